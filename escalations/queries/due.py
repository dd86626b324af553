"""What is due, and the records it concerns, locked before anything about them is believed."""

from collections.abc import Sequence
from datetime import datetime

from escalations.models import Case, Escalation, Timer

URGENCIES = (0, 1, 2, 3)


def timers(*, now: datetime, limit: int) -> list[int]:
    """Due timers, the most urgent first: one index range per urgency, so that a backlog costs what is taken."""
    found: list[int] = []
    for urgency in URGENCIES:
        rows = Timer.objects.filter(state=Timer.State.PENDING, urgency=urgency, due_at__lte=now)
        found += rows.order_by("due_at").values_list("pk", flat=True)[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def lock_records(timer_ids: Sequence[int]) -> tuple[dict[int, Escalation], dict[int, Case]]:
    """The escalations and cases of the timers, locked in the order of their ids; held ones are left out.

    Every change of a record's timers happens under the record's lock, so two sweeps, or a sweep and a person,
    can neither fire one timer twice nor wait for each other in a circle.
    """
    rows = Timer.objects.filter(pk__in=timer_ids, state=Timer.State.PENDING)
    escalations = (
        Escalation.objects.select_for_update(skip_locked=True)
        .prefetch_related("account", "owner")  # joined, they would be of the time before the lock
        .filter(pk__in=list(rows.exclude(escalation=None).values_list("escalation_id", flat=True)))
        .order_by("pk")
    )
    cases = (
        Case.objects.select_for_update(skip_locked=True)
        .prefetch_related("owner", "escalation__account")
        .filter(pk__in=list(rows.exclude(case=None).values_list("case_id", flat=True)))
        .order_by("pk")
    )
    return {one.pk: one for one in escalations}, {one.pk: one for one in cases}


def decisions(*, now: datetime, limit: int) -> list[int]:
    """Decided cases that have yet to take effect."""
    rows = Case.objects.filter(state="decided", applied_at__isnull=True, effective_at__lte=now)
    return list(rows.order_by("effective_at").values_list("pk", flat=True)[:limit])
