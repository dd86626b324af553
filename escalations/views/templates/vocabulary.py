"""The words the editor offers: facts, people, teams, the fields of every kind, and signals to try a text on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.models import Person, Signal, Team
from templates_engine.queries import MissingDocument, active_documents
from templates_engine.spec import conditions, stepchecks, stepkinds
from templates_engine.spec.documents import FactsPolicy
from templates_engine.spec.schema import json_schema

MOST_PEOPLE, MOST_SIGNALS = 1000, 40
BUILT_IN = {
    "account": "Key of the account",
    "severity": "Severity",
    "tier": "Tier of the account",
    "amount": "Yearly amount of the account",
    "renews_in_days": "Days until the account renews",
    "source": "Kind of the source that sent it",
    "now": "The moment of the decision",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A stored signal to try a text on."""

    pk: int
    at: datetime
    source: str
    words: str


def facts() -> FactsPolicy | None:
    """The declared facts, where there are any."""
    try:
        return active_documents().facts
    except MissingDocument:
        return None


def words() -> dict[str, Any]:
    """Everything to complete and to explain."""
    return {
        "facts": _facts(),
        "people": [
            {"name": one.username, "words": f"{one.name}, {one.title}" if one.title else one.name}
            for one in Person.objects.filter(is_active=True).only("username", "name", "title")[:MOST_PEOPLE]
        ],
        "teams": [{"name": key, "words": name} for key, name in Team.objects.values_list("key", "name")[:MOST_PEOPLE]],
        "places": list(stepchecks.PLACES),
        "steps": {name: {"words": one.words, "fields": one.fields} for name, one in stepkinds.KINDS.items()},
        "schema": json_schema(),
    }


def _facts() -> list[dict[str, Any]]:
    policy = facts()
    declared = policy.fields if policy else {}
    said = [
        {"name": name, "type": one.type, "words": one.label, "order": one.order or []} for name, one in declared.items()
    ]
    built_in = [
        {"name": name, "type": kind, "words": BUILT_IN.get(name, ""), "order": []}
        for name, kind in conditions.BUILT_IN.items()
        if name not in declared
    ]
    return [*said, *built_in]


def recent_signals() -> list[Choice]:
    """The newest signals that were read, in words."""
    rows = Signal.objects.exclude(stage__in=("received", "erased")).select_related("source", "escalation__account")
    rows = rows.only("received_at", "source__name", "source__slug", "facts", "stage", "escalation__account__name")
    return [_choice(one) for one in rows.order_by("-id")[:MOST_SIGNALS]]


def _choice(signal: Signal) -> Choice:
    title = str(signal.facts.get("title") or "") or f"Signal {signal.pk}"
    who = signal.escalation.account.name if signal.escalation else ""
    return Choice(signal.pk, signal.received_at, str(signal.source), f"{who}: {title}"[:90] if who else title[:90])
