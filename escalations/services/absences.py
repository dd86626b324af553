"""Absences: somebody is away, their open work moves at once, and what nobody took up comes back with them."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from escalations.models import OPEN, Absence, Escalation, Handoff, Person
from escalations.services import handoffs
from escalations.services.errors import FARTHEST, Refused
from escalations.services.holding import Surroundings, writing
from opsportal.audit.acting import acting

BATCH = 200


def say(
    *,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    deputy: Person | None = None,
    reason: str = "",
) -> Absence:
    """Say from when until when somebody is away; the next sweep moves their open work. Raises Refused."""
    problems: dict[str, str] = {}
    if ends_at <= max(starts_at, now):
        problems["ends_at"] = "must lie ahead, and after the start"
    elif ends_at - now > FARTHEST:
        problems["ends_at"] = "lies more than ten years ahead"
    if deputy is not None and (deputy.pk == person.pk or not deputy.is_active):
        problems["deputy"] = "choose somebody else who is active"
    if problems:
        raise Refused(problems)
    with acting(reason=reason or f"{person.name} is away"):
        return Absence.objects.create(
            person=person, starts_at=starts_at, ends_at=ends_at, deputy=deputy, reason=reason[:300]
        )


def end(*, absence_id: int, now: datetime) -> Absence:
    """They are back earlier, or do not go at all. Raises Refused."""
    with transaction.atomic(), acting(reason="back"):
        absence = Absence.objects.select_for_update().filter(pk=absence_id).first()
        if absence is None or absence.ends_at <= now:
            raise Refused({"absence": "is over already"})
        absence.ends_at = max(absence.starts_at, now)
        absence.save()
    return absence


def begin(*, now: datetime, around: Surroundings | None = None) -> int:
    """Move the open work of everybody whose absence has begun; returns how many records moved.

    In steps: a record that moved is no longer theirs, so a crash between two steps loses and doubles nothing.
    """
    moved = 0
    for absence in Absence.objects.filter(moved_at=None, starts_at__lte=now).select_related("person", "deputy"):
        if absence.ends_at > now:
            moved += _move(absence, now, around)
        _done(absence, "moved_at", now)
    return moved


def _move(absence: Absence, now: datetime, around: Surroundings | None) -> int:
    why = f"{absence.person.name} is away until {absence.ends_at:%d %b %H:%M} UTC"
    mine = Escalation.objects.filter(owner=absence.person, state__in=OPEN).order_by("pk")
    last, count = 0, 0
    while True:
        with writing(now=now, reason=why, around=around) as unit:
            records = list(mine.select_for_update().filter(pk__gt=last)[:BATCH])
            handoffs.fail_over(unit, records, why=why, absence=absence)
        if not records:
            return count
        last, count = records[-1].pk, count + len(records)


def give_back(*, now: datetime, around: Surroundings | None = None) -> int:
    """Whose absence is over gets back what moved because of it and nobody acknowledged; returns how many."""
    given = 0
    over = Absence.objects.filter(ends_at__lte=now, moved_at__isnull=False, returned_at=None).select_related("person")
    for absence in over:
        latest = Handoff.objects.filter(escalation=OuterRef("pk")).order_by("-pk").values("absence_id")[:1]
        # From the few that moved because of it, never from all that is open.
        moved = Handoff.objects.filter(absence=absence).values("escalation_id")
        waiting = Escalation.objects.filter(pk__in=moved, state="open")
        waiting = waiting.annotate(because=Subquery(latest)).filter(because=absence.pk)
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        with writing(now=now, reason=f"{absence.person.name} is back", around=around) as unit:
            records = list(Escalation.objects.select_for_update().filter(pk__in=ids, state="open").order_by("pk"))
            handoffs.give_back(unit, records, absence.person)
        given += len(records)
        _done(absence, "returned_at", now)
    return given


def _done(absence: Absence, field: str, now: datetime) -> None:
    setattr(absence, field, now)
    with acting(reason=field.replace("_at", "")):
        absence.save(update_fields=[field])
