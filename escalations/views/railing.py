"""The rail as its page shows it: each waiting case in a few words, with what it holds up and what is suggested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from escalations.domain.reasons import Reason
from escalations.models import Case, Person
from escalations.queries.evidence import NONE, Evidence
from escalations.queries.review import MOST
from escalations.queries.waiting import Queue
from escalations.views.casefile import asks, hold
from escalations.views.suggesting import Choice, suggestion


@dataclass(frozen=True, slots=True)
class Row:
    """One case on the rail."""

    case: Case
    asks: str
    customer: str
    hold: str
    age: str
    asleep: bool
    suggested: Choice | None


def groups(queue: Queue, found: Mapping[str, Evidence], *, now: datetime, may_act: bool) -> list[dict[str, Any]]:
    """The rows of the rail under their headings; a heading alone says nothing and is left out."""
    parts = (("Yours", queue.mine, False), ("Of others", queue.others, False), ("Snoozed", queue.snoozed, True))
    filled = [part for part in parts if part[1]]
    return [
        {
            "title": title if len(filled) > 1 or asleep else "",
            "words": counted(queue.asleep) if asleep else "" if queue.more else str(len(listed)),
            "rows": [_row(one, found.get(one.alike, NONE), now, may_act=may_act, asleep=asleep) for one in listed],
        }
        for title, listed, asleep in filled
    ]


def counted(count: int) -> str:
    """A count that was not counted to its end."""
    return f"over {MOST:,}" if count > MOST else f"{count:,}"


def stamp(rail: Mapping[str, Any]) -> tuple[object, ...]:
    """What a reader of the rail sees, so that nothing is sent twice."""
    queue: Queue = rail["queue"]
    listed = [[(row.pk, row.version) for row in rows] for rows in (queue.mine, queue.others, queue.snoozed)]
    last: Case | None = rail["recent"].last
    current: Case | None = rail["current"]
    person: Person | None = rail["person"]
    evidence = [(kind, one.total) for kind, one in sorted(rail["evidence"].items())]
    return (
        listed, evidence, queue.waiting, queue.minutes, last.decided_at if last else None,
        rail["undo"].pk if rail["undo"] else None, rail["passed"], [name for name, _ in rail["silent"]],
        rail["state"], rail["state_words"], current.version if current else 0, rail["query"],
        person.pk if person else 0,
    )  # fmt: skip


def _row(case: Case, evidence: Evidence, now: datetime, *, may_act: bool, asleep: bool) -> Row:
    says: Sequence[dict[str, Any]] = getattr(case, "said", None) or []
    offered = suggestion(case, says, evidence) if may_act and not asleep else None
    return Row(case, asks(case, list(says)), _customer(case, now), hold(case), _age(case, now), asleep, offered)


def _customer(case: Case, now: datetime) -> str:
    """Whose it is, beyond what the row says: the customer where the subject is another, tier, how near the renewal."""
    record = case.escalation
    if record is None:
        return ""
    renewal = _renewal(record.account.renewal_on, timezone.localtime(now).date())
    name = record.account.name if record.account.name != case.subject else ""
    return " · ".join(filter(None, (name, record.tier.capitalize(), renewal)))


def _renewal(day: date | None, today: date) -> str:
    if day is None or day < today:
        return ""
    left = (day - today).days
    return f"renews in {left} d" if left else "renews today"


def _age(case: Case, now: datetime) -> str:
    minutes = int((now - case.opened_at).total_seconds() // 60)
    if minutes < 1:
        return "new"
    if minutes < 60:
        return f"{minutes} min old"
    return f"{minutes // 60} h old" if minutes < 48 * 60 else f"{minutes // 1440} d old"


def spent(minutes: int) -> str:
    """So many minutes of work, as one says it."""
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def reason_words(code: str) -> str:
    """The words of a code that a filter names."""
    return Reason(code).words if code else ""
