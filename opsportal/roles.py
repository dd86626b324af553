"""The seven roles: Django groups, each with the permissions its work needs and none beside.

A view permission opens a page. What a person may do there is asked of the verb's own permission: `change_escalation`
acts on the ledger, `change_case` decides, `add_version` drafts, `change_version` signs, `add_backtest` tries one out,
`change_source` connects.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

RECORDS = (
    "absence", "account", "accountidentifier", "attempt", "backtest", "backtestrow", "canary", "case", "correlationkey",
    "delivery", "destination", "entry", "escalation", "handoff", "lease", "membership", "message", "person", "promise",
    "rejection", "rota", "rotalayer", "rotaoverride", "signal", "snapshot", "source", "stepanswer", "steprun", "team",
    "timer",
)  # fmt: skip
DOCUMENTS = ("contribution", "document", "remark", "version")
VIEW = frozenset(
    {f"escalations.view_{name}" for name in RECORDS} | {f"templates_engine.view_{name}" for name in DOCUMENTS}
)
KEYS = frozenset({"escalations.view_token", "escalations.view_replayedrequest"})
HISTORY = frozenset(
    f"escalations.view_historical{name}"
    for name in (
        "absence", "account", "accountidentifier", "case", "destination", "escalation", "membership", "person",
        "promise", "rota", "rotalayer", "rotaoverride", "source", "team", "token",
    )
) | {f"templates_engine.view_historical{name}" for name in ("document", "version")}  # fmt: skip
LEDGER = frozenset({"escalations.change_escalation", "escalations.add_promise", "escalations.add_handoff"})
DECIDE = frozenset({"escalations.change_case"})
PEOPLE = frozenset(
    f"escalations.{verb}_{name}" for verb in ("add", "change") for name in ("person", "team", "membership")
) | {"escalations.delete_membership"}
ACCOUNTS = frozenset(
    f"escalations.{verb}_{name}" for verb in ("add", "change") for name in ("account", "accountidentifier")
) | {"escalations.delete_accountidentifier"}
SOURCES = frozenset(
    f"escalations.{code}"
    for code in (
        "add_source", "change_source", "add_destination", "change_destination", "change_signal", "change_message"
    )
)  # fmt: skip
DUTY = frozenset({"escalations.add_absence", "escalations.add_rotaoverride"})
ROTAS = frozenset({"escalations.add_rota", "escalations.change_rota"})
TRY = frozenset({"escalations.add_backtest", "escalations.change_backtest"})
LOGINS = frozenset({"auth.view_user", "auth.add_user", "auth.change_user", "auth.view_group", "escalations.view_token"})

ROLES: dict[str, frozenset[str]] = {
    "operator": VIEW | LEDGER | DECIDE | DUTY,
    "lead": VIEW
    | LEDGER
    | DECIDE
    | DUTY
    | ROTAS
    | ACCOUNTS
    | {"escalations.change_person", "escalations.change_message"},
    "author": VIEW | TRY | {"templates_engine.add_document", "templates_engine.add_version"},
    "approver": VIEW | TRY | {"templates_engine.change_version"},
    "auditor": VIEW | KEYS | HISTORY | {"auth.view_user", "auth.view_group"},
    "integrator": VIEW | SOURCES | {"escalations.view_token", "escalations.add_token", "escalations.change_token"},
    "admin": VIEW
    | DUTY
    | ROTAS
    | PEOPLE
    | ACCOUNTS
    | SOURCES
    | LOGINS
    | {"escalations.add_token", "escalations.change_token"},
}


def _wanted(codes: frozenset[str], known: dict[str, Permission]) -> list[Permission]:
    """Permissions for codes; raises LookupError naming each code that no model has (a typing error, or no migrate)."""
    unknown = sorted(codes - known.keys())
    if unknown:
        raise LookupError(f"no such permission: {', '.join(unknown)}")
    return [known[code] for code in codes]


def ensure_roles() -> None:
    """Make the seven groups and give each exactly its permissions. Safe to run again; follows every migrate."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    with transaction.atomic():
        for name, codes in ROLES.items():
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.set(_wanted(codes, known))
