"""Two weeks of a rota as strips of segments, in hundredths of the width."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from escalations.domain import rotas as rules

DAYS = 14


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a strip: where it stands, what it says, and when exactly."""

    left: float
    width: float
    label: str
    exact: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of the picture: a layer, the overrides, or what holds in the end."""

    name: str
    segments: tuple[Segment, ...]
    final: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A column of the picture."""

    left: float
    width: float
    label: str
    weekend: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """From when to when the picture goes, in whose time."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    def place(self, at: datetime) -> float:
        """Where a moment stands, from 0 to 100."""
        whole = (self.until - self.since).total_seconds()
        return round(min(max((at - self.since).total_seconds() / whole, 0), 1) * 100, 3)

    def segment(self, span: rules.Span, label: str, kind: str = "") -> Segment:
        """A span as a piece of a strip."""
        left = self.place(span.start)
        # A bar has room for a first name; the whole one stands behind it and in the list.
        return Segment(
            left,
            round(self.place(span.end) - left, 3),
            label.split(maxsplit=1)[0],
            f"{label}: {self.words(span)}",
            kind,
        )

    def words(self, span: rules.Span) -> str:
        """From when to when, as one says it; the day only once where it is the same."""
        start, end = span.start.astimezone(self.zone), span.end.astimezone(self.zone)
        ends = f"{end:%H:%M}" if end.date() == start.date() else moment(end)
        return f"{moment(start)} to {ends}"


def moment(at: datetime) -> str:
    """A moment with its day."""
    return f"{at:%a} {at.day} {at:%b %H:%M}"


def scale(now: datetime, zone: ZoneInfo) -> Scale:
    """Two weeks from the reader's midnight on."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    end = (midnight.replace(tzinfo=None) + timedelta(days=DAYS)).replace(tzinfo=zone)
    return Scale(midnight, end, zone)


def days(within: Scale) -> list[Day]:
    """The columns; a day of 23 or 25 hours is as wide as it is long."""
    found = []
    for number in range(DAYS):
        first = within.since.replace(tzinfo=None) + timedelta(days=number)
        start, end = (one.replace(tzinfo=within.zone) for one in (first, first + timedelta(days=1)))
        left = within.place(start)
        label = f"{first:%a} {first.day}"
        found.append(Day(left, round(within.place(end) - left, 3), label, first.weekday() >= 5, number == 0))
    return found


def strips(rota: rules.Rota, within: Scale, names: Mapping[int, str]) -> list[Strip]:
    """What holds in the end first, then its overrides and layers, the highest first."""
    whole = rules.Span(within.since, within.until)
    listed = [Strip("On call", tuple(_final(rules.shifts(rota, whole.start, whole.end), within, names)), final=True)]
    covers = [(one.person, cut) for one in rota.overrides if (cut := one.span.cut(whole))]
    if covers:
        listed.append(Strip("Overrides", tuple(_plain(covers, within, names))))
    for layer in reversed(rota.layers):
        spans = [
            (person, cut)
            for person, span in rules.turns(layer, rota.zone, whole)
            for hours in (rules.open_hours(layer.windows, rota.zone, whole) if layer.windows else [whole])
            if (cut := span.cut(hours))
        ]
        listed.append(Strip(layer.name, tuple(_plain(spans, within, names))))
    return listed


def _final(shifts: Sequence[rules.Shift], within: Scale, names: Mapping[int, str]) -> Iterable[Segment]:
    for shift in shifts:
        if shift.person is None:
            yield within.segment(shift.span, "Nobody", "gap")
        else:
            away = f", for {' and '.join(names.get(one, '?') for one in shift.absent)}" if shift.absent else ""
            kind = "over" if shift.by == "override" else ""
            yield within.segment(shift.span, f"{names.get(shift.person, '?')}{away}", kind)


def _plain(
    spans: Iterable[tuple[int | None, rules.Span]], within: Scale, names: Mapping[int, str]
) -> Iterable[Segment]:
    for person, span in spans:
        yield within.segment(span, names.get(person, "?") if person is not None else "nobody", "" if person else "none")
