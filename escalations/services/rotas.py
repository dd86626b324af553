"""Rotas: the verbs behind the page, the forms and the API."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from escalations.domain import calendars
from escalations.domain import rotas as rules
from escalations.domain.rotas import Span
from escalations.models import Person, Rota, RotaLayer, RotaOverride
from escalations.queries import rotas as reads
from escalations.services.errors import FARTHEST, Refused, require
from opsportal.audit.acting import acting
from opsportal.lib.zones import zones

# How far ahead a calendar of others is taken; it is read anew long before.
AHEAD = timedelta(days=60)


def save_rota(*, key: str, name: str, time_zone: str) -> Rota:
    """Write a rota. Raises Refused."""
    require(key=key.strip(), name=name.strip())
    if time_zone not in {zone for zone, _ in zones()}:
        raise Refused({"time_zone": f"{time_zone!r} is no time zone"})
    with acting(reason="rotas"):
        rota, _ = Rota.objects.update_or_create(key=key, defaults={"name": name.strip(), "time_zone": time_zone})
    return rota


def save_layer(
    *,
    rota: Rota,
    position: int,
    name: str,
    people: Sequence[Person | None],
    starts_on: date,
    hand_over_at: time,
    turn_hours: int = 168,
    windows: Sequence[Mapping[str, Any]] = (),
) -> RotaLayer:
    """Write a layer at its place; the one that was there changes. Raises Refused with every field that does not do."""
    problems: dict[str, str] = {}
    if not name.strip():
        problems["name"] = "is required"
    if not people:
        problems["people"] = "name at least one, or a turn that nobody holds"
    gone = [one.name for one in people if one is not None and not one.is_active]
    if gone:
        problems["people"] = f"{', '.join(gone)}: not active"
    if not 1 <= turn_hours <= 24 * 366:
        problems["turn_hours"] = "a turn lasts from one hour to a year"
    try:
        for said in windows:
            reads.window(dict(said))
    except (KeyError, TypeError, ValueError) as fault:
        problems["windows"] = f"hours are said as days, from and until: {fault}"
    if problems:
        raise Refused(problems)
    with acting(reason=f"rota {rota.key}"):
        layer, _ = RotaLayer.objects.update_or_create(
            rota=rota,
            position=position,
            defaults={
                "name": name.strip(),
                "people": [one.pk if one else None for one in people],
                "starts_on": starts_on,
                "hand_over_at": hand_over_at,
                "turn_hours": turn_hours,
                "windows": [dict(said) for said in windows],
            },
        )
    return layer


def add_layer(*, rota: Rota, **layer: Any) -> RotaLayer:
    """Put a layer on top of those there are. Raises Refused as save_layer does."""
    highest = rota.layers.aggregate(highest=Max("position"))["highest"]
    return save_layer(rota=rota, position=0 if highest is None else highest + 1, **layer)


def remove_layer(*, layer_id: int, reason: str) -> None:
    """Take a layer away; its history stays. Raises Refused without a reason."""
    require(reason=reason.strip())
    with acting(reason=reason):
        RotaLayer.objects.get(pk=layer_id).delete()


def override(
    *,
    rota: Rota,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    now: datetime,
    origin: str = RotaOverride.Origin.FORM,
) -> RotaOverride:
    """Let somebody hold the rota for a while, whatever its layers say. Raises Refused."""
    problems: dict[str, str] = {}
    if not person.is_active:
        problems["person"] = f"{person.name} is not active"
    if ends_at <= starts_at:
        problems["ends_at"] = "must lie after the start"
    elif ends_at <= now:
        problems["ends_at"] = "is over: who was on call is history and stays as it was"
    elif ends_at - now > FARTHEST:
        problems["ends_at"] = "lies more than ten years ahead"
    if problems:
        raise Refused(problems)
    with acting(reason=reason):
        return RotaOverride.objects.create(
            rota=rota,
            person=person,
            # Hours that are over were somebody's duty: an override never rewrites them.
            starts_at=max(starts_at, now),
            ends_at=ends_at,
            reason=reason[:300],
            origin=origin,
        )


def read_calendar(*, rota: Rota, body: bytes, now: datetime) -> int:
    """Take the next sixty days of a calendar as overrides, in place of those that a calendar gave before.

    People are known by their mail address among the attendees, else by their name in the summary. Returns how many
    shifts it gave. Raises Refused, and changes nothing, when it can not be read or names nobody we know.
    """
    try:
        entries = calendars.read(body, Span(now, now + AHEAD), ZoneInfo(rota.time_zone))
    except calendars.UnreadableCalendar as fault:
        raise Refused({"calendar": f"the calendar {fault}"}) from fault
    people = list(Person.objects.filter(is_active=True))
    found = [(entry, _meant(entry, people)) for entry in entries]
    unknown = sorted({entry.summary or "an event without a name" for entry, person in found if person is None})
    if unknown:
        raise Refused({"calendar": f"nobody in the directory is meant by: {', '.join(unknown[:5])}"})
    with transaction.atomic(), acting(reason=f"calendar of {rota.key}"):
        before = RotaOverride.objects.select_for_update().filter(
            rota=rota, origin=RotaOverride.Origin.CALENDAR, cancelled_at=None, ends_at__gt=now
        )
        for row in before:
            _take_back(row, now)
        for entry, person in found:
            if person is not None:
                override(
                    rota=rota,
                    person=person,
                    starts_at=entry.span.start,
                    ends_at=entry.span.end,
                    reason=entry.summary,
                    now=now,
                    origin=RotaOverride.Origin.CALENDAR,
                )
    return len(found)


def _meant(entry: calendars.Entry, people: Sequence[Person]) -> Person | None:
    said = entry.summary.casefold()
    by_mail = [one for one in people if one.email and one.email.lower() in entry.addresses]
    by_name = [one for one in people if one.name.casefold() in said or one.username.casefold() in said.split()]
    return next(iter([*by_mail, *by_name]), None)


def cancel_override(*, override_id: int, reason: str, now: datetime) -> RotaOverride:
    """Take an override back; what it already covered stays on the record. Raises Refused when it is over."""
    with transaction.atomic(), acting(reason=reason):
        row = RotaOverride.objects.select_for_update().filter(pk=override_id).first()
        if row is None or row.cancelled_at is not None or row.ends_at <= now:
            raise Refused({"override": "is over already"})
        _take_back(row, now)
    return row


def _take_back(row: RotaOverride, now: datetime) -> None:
    """What it covered already stays on the record."""
    if row.starts_at < now:
        row.ends_at = now
    else:
        row.cancelled_at = now
    row.save()


def swap(
    *, rota: Rota, first: tuple[datetime, datetime], second: tuple[datetime, datetime], reason: str, now: datetime
) -> tuple[RotaOverride, RotaOverride]:
    """Two people change their turns with one another: whoever holds the one span gets the other. Raises Refused."""
    known = reads.read([rota.key], since=min(first[0], second[0]), until=max(first[1], second[1]))[rota.key]
    holders = []
    for field, (start, end) in (("first", first), ("second", second)):
        held = {one.person for one in rules.shifts(known, start, end)}
        if len(held) != 1 or None in held:
            raise Refused({field: "choose a span that one person holds from its start to its end"})
        holders.append(Person.objects.get(pk=next(one for one in held if one)))
    if holders[0] == holders[1]:
        raise Refused({"second": f"{holders[0].name} holds both already"})
    with transaction.atomic():
        origin = RotaOverride.Origin.SWAP
        return (
            override(
                rota=rota,
                person=holders[1],
                starts_at=first[0],
                ends_at=first[1],
                reason=reason,
                now=now,
                origin=origin,
            ),
            override(
                rota=rota,
                person=holders[0],
                starts_at=second[0],
                ends_at=second[1],
                reason=reason,
                now=now,
                origin=origin,
            ),
        )
