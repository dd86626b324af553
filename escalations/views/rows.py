"""Rows of the Desk, ready for their template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from escalations.models import Escalation
from escalations.queries.desk import LAST
from escalations.views.who import Viewer, left, mood
from templates_engine.queries import Documents, MissingDocument, active_documents

BARS = ("critical", "high", "normal", "low")


@dataclass(frozen=True, slots=True)
class Clock:
    """A countdown: the moment, its words now, how it looks, and the exact time for hover."""

    iso: str
    words: str
    mood: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger. `mark` changes whenever anything on the row does."""

    pk: int
    version: int
    mark: str
    bar: str
    severity: str
    short_severity: str
    customer: str
    short: str
    title: str
    owner: str
    held_by: str
    due: Clock | None
    paused: str
    promise: Clock | None
    because: str
    blocker: str


def rows(records: Sequence[Escalation], *, viewer: Viewer, now: datetime) -> list[Row]:
    """The records as rows, in their order."""
    order = severities(active_documents())
    return [_row(record, viewer, now, order) for record in records]


def severities(documents: Documents) -> list[str]:
    """Every severity the facts policy names, the worst first; none while no such policy is active."""
    try:
        field = documents.facts.fields.get("severity")
    except MissingDocument:
        return []
    return list(field.order or ()) if field else []


def bar(severity: str, order: Sequence[str]) -> str:
    """The bar of a severity by its place among the policy's, worst first; unknown ones look normal."""
    place = order.index(severity) if severity in order else 2
    return BARS[min(place, len(BARS) - 1)]


def clock(at: datetime, viewer: Viewer, now: datetime) -> Clock:
    """A countdown to a moment."""
    return Clock(at.isoformat(), left(at, now), mood(at, now), viewer.exact(at))


def because(record: Escalation) -> str:
    """Why the record stands where it stands, each reason with its hours."""
    return " · ".join(f"{part['words']} {part['hours']:+g} h" for part in record.rank_reasons)


def _row(record: Escalation, viewer: Viewer, now: datetime, order: Sequence[str]) -> Row:
    customer, owner = record.account.name, record.owner.name if record.owner else ""
    waiting = record.state == Escalation.State.WAITING
    word = record.severity[:1].upper() + record.severity[1:]
    wake = record.wake_at or record.next_due_at
    return Row(
        pk=record.pk,
        version=record.version,
        mark=f"{record.version}.{record.rank_at.timestamp():.0f}.{record.owner_id}",
        bar=bar(record.severity, order),
        severity=word,
        short_severity=word[:4],
        customer=customer,
        short=record.short,
        title=f"{record.reference} {customer}: {record.title}",
        owner=owner.split()[0] if owner else "",
        held_by=owner if record.level >= LAST and record.state == Escalation.State.OPEN else "",
        due=clock(record.next_due_at, viewer, now) if record.next_due_at and not waiting else None,
        paused=f"Snoozed until {viewer.exact(wake)}" if waiting and wake else "",
        promise=clock(record.promise_at, viewer, now) if record.promise_at and record.is_open else None,
        because=because(record),
        blocker=record.get_blocker_display().lower() if record.blocker else "",
    )
