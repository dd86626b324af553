"""Rows made directly, for tests that are not about how rows come to be; what matters is given by keyword."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.management import call_command

from escalations.models import Account, Case, Entry, Escalation, Person, Promise, StepRun, Timer
from templates_engine import services
from templates_engine.models import Version

ACT = ("view", "change")
READ = ("view",)
_numbers = count(1)


def now() -> datetime:
    """The moment that tests begin at, in UTC."""
    return datetime.now(UTC)


OWNERSHIP = """
kind: ownership
key: ownership
title: Who holds what nobody answers
last_owner: lead
reviewers: {default: {person: lead}}
review_within: 30m
remind_every: [5m, 30m]
max_hops: 8
"""


def catalog() -> Person:
    """The documents that ship with the portal, active, and the person whom the ownership policy names last."""
    call_command("load_catalog", stdout=StringIO())
    services.load([("ownership.yaml", OWNERSHIP)], now=now())
    return person("lead", name="Dana Okafor", title="Head of support")


def login(username: str, *, may: tuple[str, ...] = ACT, **fields: Any) -> User:
    """Somebody who can sign in, with the rights to every model of the ledger that `may` names."""
    user = User.objects.create_user(username, password="demo", is_staff=True, **fields)
    user.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="escalations", codename__regex=rf"^({'|'.join(may or ('-',))})_"
        )
    )
    return user


def person(username: str = "", *, name: str = "", **fields: Any) -> Person:
    """Somebody who can own work."""
    username = username or f"person-{next(_numbers)}"
    return Person.objects.create(username=username, name=name or username.capitalize(), **fields)


def account(name: str = "", **fields: Any) -> Account:
    """A customer."""
    number = next(_numbers)
    return Account.objects.create(key=f"account-{number}", name=name or f"Account {number}", **fields)


def template(key: str = "enterprise-critical-incident") -> Version:
    """The active version of a template of the shipped catalog (see `catalog`)."""
    return Version.objects.get(document__kind="template", document__key=key, state="active")


def escalation(**fields: Any) -> Escalation:
    """An open record of a customer, owned and due in a quarter of an hour, unless the fields say otherwise."""
    at = fields.pop("at", None) or now()
    due = fields.pop("due", at + timedelta(minutes=15))
    owner = fields.pop("owner", None) or person()
    title = fields.pop("title", "Nobody can sign in")
    values: dict[str, Any] = {
        "account": fields.pop("account", None) or account(),
        "title": title,
        "short": title[:60],
        "severity": "critical",
        "tier": "enterprise",
        "template": fields.pop("template", None) or template(),
        "primary": owner,
        "backup": owner,
        "escalation_owner": owner,
        "owner": owner,
        "next_due_at": due,
        "next_due_kind": "acknowledge",
        "rank_at": due,
        "rank_base_at": due,
        "rank_reasons": [{"words": "critical", "hours": 24}],
        "opened_at": at,
        "acknowledge_by": due,
        "resolve_by": at + timedelta(hours=8),
    }
    return Escalation.objects.create(**values | fields)


def promise(record: Escalation, *, by: Person, due: datetime, **fields: Any) -> Promise:
    """A promise that is open on a record; the record's own clock says so too."""
    Escalation.objects.filter(pk=record.pk).update(promise_at=due)
    values: dict[str, Any] = {"to_whom": "Karin Holm", "text": "update", "made_at": now(), "made_by": by}
    return Promise.objects.create(escalation=record, due_at=due, **values | fields)


def step(record: Escalation, position: int, title: str, **fields: Any) -> StepRun:
    """One guided step of a record."""
    values: dict[str, Any] = {"step": f"step-{position}", "do": "notify"}
    return StepRun.objects.create(escalation=record, position=position, title=title, **values | fields)


def timer(record: Escalation, kind: str, due: datetime) -> Timer:
    """A pending clock of a record."""
    return Timer.objects.create(escalation=record, kind=kind, due_at=due, generation=next(_numbers))


def entry(record: Escalation, text: str, *, actor: str = "Opsportal", at: datetime | None = None) -> Entry:
    """One sentence on a record's timeline."""
    return Entry.objects.create(escalation=record, at=at or now(), verb="note", actor=actor, text=text, act="0")


def case(record: Escalation, *, owner: Person, question: str = "Which tier holds?", **fields: Any) -> Case:
    """An open case about a record."""
    values: dict[str, Any] = {"reason": "tier_missing", "key": f"case-{next(_numbers)}", "opened_at": now()}
    due = fields.pop("due", now() + timedelta(hours=1))
    return Case.objects.create(escalation=record, owner=owner, question=question, due_at=due, **values | fields)
