"""When things are due: moments from spans, the earliest of several, and reminders that grow rarer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Spans:
    """How long acknowledging and resolving may take; None where this level leaves it to the next."""

    acknowledge: timedelta | None = None
    resolve: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """When a record must be acknowledged and resolved."""

    acknowledge_by: datetime
    resolve_by: datetime


def due(start: datetime, span: timedelta) -> datetime:
    """The moment a span after `start`, in UTC; raises ValueError for a naive start or a span of no length."""
    if start.tzinfo is None:
        raise ValueError("a clock starts at a moment with its time zone")
    if span <= timedelta():
        raise ValueError(f"a clock runs for some time, not {span}")
    return start.astimezone(UTC) + span


def clocks(start: datetime, *levels: Spans) -> Clocks:
    """Both clocks from the first level that names each: template, then SLA, then the floor.

    Raises ValueError when no level names one: the floor must.
    """
    acknowledge = next((level.acknowledge for level in levels if level.acknowledge is not None), None)
    resolve = next((level.resolve for level in levels if level.resolve is not None), None)
    if acknowledge is None or resolve is None:
        raise ValueError("the floor names both clocks")
    return Clocks(due(start, acknowledge), due(start, resolve))


def tightest(levels: Sequence[Spans]) -> Spans:
    """The shortest of each span: what runs while it is doubtful which level holds."""
    return Spans(
        acknowledge=min((level.acknowledge for level in levels if level.acknowledge is not None), default=None),
        resolve=min((level.resolve for level in levels if level.resolve is not None), default=None),
    )


def next_due(candidates: Mapping[str, datetime | None]) -> tuple[str, datetime] | None:
    """The kind and moment that come first (ties by name), or None when no clock runs."""
    running = [(at, kind) for kind, at in candidates.items() if at is not None]
    if not running:
        return None
    at, kind = min(running)
    return kind, at


def remind_after(n: int, every: Sequence[timedelta]) -> timedelta:
    """How long to wait before reminder `n` (0 is the first); the last span goes on for ever.

    Raises ValueError for an empty sequence: whoever holds a record keeps being reminded.
    """
    if not every:
        raise ValueError("reminders need at least one span")
    return every[min(max(n, 0), len(every) - 1)]
