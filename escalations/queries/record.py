"""Everything the record pane shows, in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from escalations.models import Case, Entry, Escalation, Message, Promise, Signal, StepRun

ENTRIES, SIGNALS, MOST = 12, 8, 500
COUNTED = ("entries", "signals", "cases", "promises")  # counted with the record, so that empty ones are not asked for


@dataclass(frozen=True, slots=True)
class RecordRows:
    """One record with its rows: entries newest first, signals newest first, promises newest first."""

    escalation: Escalation
    steps: Sequence[StepRun]
    promises: Sequence[Promise]
    entries: Sequence[Entry]
    signals: Sequence[Signal]
    cases: Sequence[Case]
    entry_count: int
    signal_count: int
    whole: bool
    sending: dict[str, Message] = field(default_factory=dict)


def record_of(pk: int, *, whole: bool = False) -> RecordRows | None:
    """The record of an id with what belongs to it; `whole` takes its whole timeline (up to 500 entries)."""
    roles = ("primary", "backup", "escalation_owner", "owner", "acknowledged_by")
    escalation = (
        Escalation.objects.select_related("account__owner", "template__document", *roles)
        .defer("template__body", "template__text", "template__comment")
        .annotate(
            entries_n=_count(Entry.objects.all()),
            signals_n=_count(Signal.objects.all()),
            cases_n=_count(Case.objects.exclude(state=Case.State.DECIDED)),
            promises_n=_count(Promise.objects.all()),
        )
        .filter(pk=pk)
        .first()
    )
    if escalation is None:
        return None
    mine = {"escalation": escalation}
    many: dict[str, int] = {name: getattr(escalation, f"{name}_n") for name in COUNTED}
    entries = Entry.objects.filter(**mine).order_by("-id")[: MOST if whole else ENTRIES]
    signals = Signal.objects.filter(**mine).select_related("source").order_by("-id")[:SIGNALS]
    cases = Case.objects.filter(**mine).exclude(state=Case.State.DECIDED).select_related("owner").order_by("due_at")
    people = ("done_by", "waits_for", "asked_by", "case__owner")
    steps = list(StepRun.objects.filter(**mine).select_related(*people).order_by("position"))
    awaited = [run.awaits for run in steps if run.awaits]
    return RecordRows(
        escalation=escalation,
        steps=steps,
        sending={one.key: one for one in Message.objects.filter(key__in=awaited)} if awaited else {},
        promises=list(Promise.objects.filter(**mine).order_by("-id")[:50]) if many["promises"] else (),
        entries=list(entries),
        signals=list(signals) if many["signals"] else (),
        cases=list(cases[:3]) if many["cases"] else (),
        entry_count=many["entries"],
        signal_count=many["signals"],
        whole=whole,
    )


def since(pk: int, entry_id: int) -> list[Entry]:
    """What happened to a record after an entry somebody had seen, oldest first."""
    return list(Entry.objects.filter(escalation=pk, pk__gt=entry_id).order_by("id")[:10])


def _count(rows: QuerySet[Entry] | QuerySet[Signal] | QuerySet[Case] | QuerySet[Promise]) -> Coalesce:
    """How many rows belong to the record, counted inside the statement that reads it."""
    mine = rows.filter(escalation=OuterRef("pk")).order_by().values("escalation")
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
