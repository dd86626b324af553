"""Rotas as calendars (iCalendar, RFC 5545): what others subscribe to, and what others keep for us."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from escalations.domain.rotas import Shift, Span

# A year of hourly shifts; a longer calendar is a mistake or an attack.
MOST = 9_000
LONGEST = 2 * 1024 * 1024


class UnreadableCalendar(ValueError):
    """The bytes are no calendar that can be used; says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A span that a calendar gives to somebody: what it calls them, and their mail addresses."""

    span: Span
    summary: str
    addresses: tuple[str, ...]


def feed(key: str, name: str, shifts: Iterable[Shift], names: Mapping[int, str], now: datetime) -> bytes:
    """The shifts of a rota as a calendar that programs subscribe to; gaps are not in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Opsportal//rotas//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for shift in shifts:
        if shift.person is None:
            continue
        event = Event()
        event.add("uid", f"{key}-{shift.span.start:%Y%m%dT%H%M%SZ}@opsportal")
        event.add("dtstamp", now)
        event.add("dtstart", shift.span.start)
        event.add("dtend", shift.span.end)
        event.add("summary", f"{names.get(shift.person, '?')}: {name}")
        calendar.add_component(event)
    said: bytes = calendar.to_ical()
    return said


def read(body: bytes, within: Span, zone: ZoneInfo) -> list[Entry]:
    """The events of a calendar within a span, repeated ones unrolled. Whole days are days of `zone`.

    Raises UnreadableCalendar.
    """
    if len(body) > LONGEST:
        raise UnreadableCalendar(f"is longer than {LONGEST // 1024 // 1024} MB")
    try:
        calendar = Calendar.from_ical(body)
        if any(map(_bomb, calendar.walk("VEVENT"))):
            raise ValueError("an event repeats more often than every hour")
        found = recurring_ical_events.of(calendar).between(within.start, within.end)
        entries = [_entry(event, zone) for event in found[: MOST + 1]]
    except Exception as fault:  # the readers raise whatever the text makes them stumble over
        raise UnreadableCalendar(f"can not be read: {fault}"[:200]) from fault
    if len(entries) > MOST:
        raise UnreadableCalendar(f"holds more than {MOST} events")
    cut = [(entry, entry.span.cut(within)) for entry in entries]
    return [Entry(span, entry.summary, entry.addresses) for entry, span in cut if span is not None]


def _bomb(event: Any) -> bool:
    """Whether its rule unrolls to more turns than any duty has: the reader would go on for minutes."""
    rules = event.get("rrule", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        often = {str(one).upper() for one in rule.get("freq", [])} & {"SECONDLY", "MINUTELY"}
        times = [len(rule.get(name, [])) for name in ("bysecond", "byminute")]
        if often or max(times) > 1:
            return True
    return False


def _entry(event: Any, zone: ZoneInfo) -> Entry:
    attendees = event.get("attendee", [])
    listed = attendees if isinstance(attendees, list) else [attendees]
    addresses = tuple(str(one).lower().removeprefix("mailto:") for one in listed)
    span = Span(_instant(event.start, zone), _instant(event.end, zone))
    return Entry(span, str(event.get("summary", ""))[:300], addresses)


def _instant(said: date | datetime, zone: ZoneInfo) -> datetime:
    """A moment as the event says it; a day begins at midnight, and a floating time is one of the rota's zone."""
    if not isinstance(said, datetime):
        said = datetime.combine(said, time.min, zone)
    return (said if said.tzinfo else said.replace(tzinfo=zone)).astimezone(UTC)
