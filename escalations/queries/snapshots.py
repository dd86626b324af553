"""What a snapshot keeps: the record's state, its recent changes, and what its signals said."""

import hashlib
from typing import Any

from escalations.models import Entry, Escalation, Signal, Snapshot
from templates_engine.spec.documents import canonical

CHANGES, LOGS = 50, 20
_PEOPLE = ("owner", "primary", "backup", "escalation_owner")
_FIELDS = ("title", "summary", "severity", "tier", "state", "level", "blocker", "blocker_note", "held", "facts")
_MOMENTS = ("opened_at", "acknowledged_at", "acknowledge_by", "resolve_by", "promise_at", "last_touch_at")


def state(escalation: Escalation) -> dict[str, Any]:
    """The record as it stands in memory."""
    said: dict[str, Any] = {name: getattr(escalation, name) for name in _FIELDS}
    said |= {name: moment.isoformat() for name in _MOMENTS if (moment := getattr(escalation, name)) is not None}
    said |= {name: person.username for name in _PEOPLE if (person := getattr(escalation, name)) is not None}
    return said | {"account": escalation.account.key, "template": escalation.template_id}


def complete(snapshot: Snapshot) -> Snapshot:
    """Add what other rows of the same transaction say, and the digest of it all."""
    content = dict(snapshot.content)
    if "changes" in content:
        content["changes"] = _changes(snapshot.escalation)
    if "logs" in content:
        content["logs"] = _logs(snapshot.escalation)
    snapshot.content = content
    snapshot.digest = hashlib.sha256(canonical(content).encode()).hexdigest()
    return snapshot


def _changes(escalation: Escalation) -> list[dict[str, str]]:
    rows = Entry.objects.filter(escalation=escalation).order_by("-id")[:CHANGES]
    return [{"at": one.at.isoformat(), "verb": one.verb, "by": one.actor, "text": one.text} for one in rows]


def _logs(escalation: Escalation) -> list[dict[str, Any]]:
    rows = Signal.objects.filter(escalation=escalation).select_related("source", "delivery").order_by("-id")[:LOGS]
    return [
        {
            "signal": one.pk,
            "source": one.source.slug,
            "at": one.received_at.isoformat(),
            "facts": one.facts,
            "sha256": one.delivery.sha256,
        }
        for one in rows
    ]
