"""Who is on call: layers of turns in local time, with overrides and absences, as spans of UTC instants.

A rota is read from its top layer down: whoever an override names holds it; else the highest layer that has somebody
present; an empty slot, a closed hour or an absence falls through to the layer below at once. What no layer covers is
a gap, and is said as one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY, _CLOCK = f"({'|'.join(_DAYS)})", r"(?:[01]\d|2[0-3]):[0-5]\d"
_HOURS = re.compile(rf"{_DAY}(?:-{_DAY})? ({_CLOCK})-({_CLOCK})", re.IGNORECASE)
# A turn is counted from a fixed start; a shorter one than this would make a year of them too long a list.
SHORTEST_TURN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant (included) to another (not included), both UTC."""

    start: datetime
    end: datetime

    def cut(self, other: "Span") -> "Span | None":
        """What both have in common, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Window:
    """Local hours on some weekdays (0 is Monday); an end at or before its start is the next day's."""

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns; None is a slot that nobody holds. Without windows it covers all hours."""

    name: str
    people: tuple[int | None, ...]
    starts: datetime  # naive: local time of the first hand-over
    turn: timedelta
    windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        if self.turn < SHORTEST_TURN:
            raise ValueError(f"a turn of {self.turn} is shorter than an hour")
        if self.starts.tzinfo is not None:
            raise ValueError("the first hand-over is a local time, without a zone")


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody holds it for a while, whatever the layers say."""

    person: int
    span: Span


@dataclass(frozen=True, slots=True)
class Rota:
    """Layers from the lowest to the highest, overrides from the oldest to the newest, absences by person."""

    zone: ZoneInfo
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()
    absences: Mapping[int, Sequence[Span]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """Who holds it over a span; None is a gap. `by` names the layer or "override", `absent` whom it passed over."""

    span: Span
    person: int | None
    by: str
    absent: tuple[int, ...] = ()


def shifts(rota: Rota, since: datetime, until: datetime) -> list[Shift]:
    """The rota from `since` to `until`, without holes: every instant belongs to exactly one shift."""
    whole = Span(since, until)
    stack = _stack(rota, whole)
    edges = {since, until}
    for _, spans in stack:
        edges.update(edge for _, span in spans for edge in (span.start, span.end))
    for spans_away in rota.absences.values():
        edges.update(edge for away in spans_away if (cut := away.cut(whole)) for edge in (cut.start, cut.end))
    found: list[Shift] = []
    for start, end in pairwise(sorted(edges)):
        shift = _holder(rota, stack, Span(start, end))
        last = found[-1] if found else None
        if last and (last.person, last.by, last.absent) == (shift.person, shift.by, shift.absent):
            found[-1] = Shift(Span(last.span.start, end), shift.person, shift.by, shift.absent)
        else:
            found.append(shift)
    return found


def on_call(rota: Rota, at: datetime) -> Shift:
    """The shift of an instant, as far as the next two weeks tell its end."""
    return shifts(rota, at, at + 14 * DAY)[0]


def gaps(rota: Rota, since: datetime, until: datetime) -> list[Span]:
    """The spans in which nobody is on call."""
    return _joined(shift.span for shift in shifts(rota, since, until) if shift.person is None)


def turns(layer: Layer, zone: ZoneInfo, within: Span) -> Iterator[tuple[int | None, Span]]:
    """The layer's turns that touch a span. Hand-overs keep their local time: a turn over a clock change is an hour off.

    Counted on the wall clock, so that "Mondays at nine" stays Mondays at nine in summer and in winter.
    """
    if not layer.people:
        return
    local = within.start.astimezone(zone).replace(tzinfo=None)
    # A day's room, as the same wall time may be another instant by the zone's changes.
    number = max(0, (local - DAY - layer.starts) // layer.turn)
    while True:
        span = Span(
            _instant(layer.starts + number * layer.turn, zone), _instant(layer.starts + (number + 1) * layer.turn, zone)
        )
        if span.start >= within.end:
            return
        cut = span.cut(within)
        if cut:
            yield layer.people[number % len(layer.people)], cut
        number += 1


def open_hours(windows: Iterable[Window], zone: ZoneInfo, within: Span) -> list[Span]:
    """The hours of the windows within a span, in order; windows that overlap are told as one."""
    found: list[Span] = []
    day = within.start.astimezone(zone).date() - DAY
    last = within.end.astimezone(zone).date()
    while day <= last:
        for window in windows:
            if day.weekday() in window.days:
                ends = day if window.end > window.start else day + DAY
                start = _instant(datetime.combine(day, window.start), zone)
                end = _instant(datetime.combine(ends, window.end), zone)
                # Hours that a clock change swallowed whole are none.
                cut = Span(start, end).cut(within) if start < end else None
                if cut:
                    found.append(cut)
        day += DAY
    return _joined(found)


def said_hours(text: str) -> list[dict[str, Any]]:
    """Windows from words such as "Mon-Fri 09:00-17:00; Sat 10:00-14:00"; raises ValueError naming what does not do."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        match = _HOURS.fullmatch(part)
        if match is None:
            raise ValueError(f"{part[:40]!r} is not said like Mon-Fri 09:00-17:00")
        first, last = _DAYS.index(match[1].title()), _DAYS.index((match[2] or match[1]).title())
        days = [(first + number) % 7 for number in range((last - first) % 7 + 1)]
        found.append({"days": days, "from": match[3], "until": match[4]})
    return found


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time; one that a change skips has the offset before it, a doubled one is the first."""
    return local.replace(tzinfo=zone).astimezone(UTC)


type _Stack = list[tuple[str, list[tuple[int | None, Span]]]]


def _stack(rota: Rota, whole: Span) -> _Stack:
    """Overrides and layers with their spans, the highest first."""
    stack: _Stack = []
    stack += [("override", [(one.person, cut)]) for one in reversed(rota.overrides) if (cut := one.span.cut(whole))]
    for layer in reversed(rota.layers):
        spans = list(turns(layer, rota.zone, whole))
        if layer.windows:
            hours = open_hours(layer.windows, rota.zone, whole)
            spans = [(person, cut) for person, span in spans for hour in hours if (cut := span.cut(hour))]
        stack.append((layer.name, spans))
    return stack


def _holder(rota: Rota, stack: _Stack, span: Span) -> Shift:
    """Who holds an elementary span, in which nothing changes."""
    absent: list[int] = []
    for name, spans in stack:
        # A layer's spans do not overlap: the last one that began is the only one that may hold.
        place = bisect_right(spans, span.start, key=lambda one: one[1].start)
        person, one = spans[place - 1] if place else (None, span)
        if person is None or span.start >= one.end:
            continue
        if any(away.start <= span.start < away.end for away in rota.absences.get(person, ())):
            absent.append(person)
            continue
        return Shift(span, person, name, tuple(absent))
    return Shift(span, None, "", tuple(absent))
