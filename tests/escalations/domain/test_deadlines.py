"""Moments from spans: which clock runs, which comes first, how reminders grow rarer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalations.domain.deadlines import Clocks, Spans, clocks, due, next_due, remind_after, tightest

T0 = datetime(2026, 3, 10, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FLOOR = Spans(HOUR, 8 * HOUR)

LEVELS: list[tuple[str, list[Spans], tuple[timedelta, timedelta]]] = [
    ("Only the floor.", [FLOOR], (HOUR, 8 * HOUR)),
    ("The template names both.", [Spans(MINUTE, HOUR), FLOOR], (MINUTE, HOUR)),
    ("The template names one, the SLA the other.", [Spans(MINUTE), Spans(HOUR, 2 * HOUR), FLOOR], (MINUTE, 2 * HOUR)),
    ("A level may leave both to the next.", [Spans(), FLOOR], (HOUR, 8 * HOUR)),
]


@pytest.mark.parametrize(("why", "levels", "spans"), LEVELS, ids=[row[0] for row in LEVELS])
def test_which_level_a_clock_comes_from(why: str, levels: list[Spans], spans: tuple[timedelta, timedelta]) -> None:
    assert clocks(T0, *levels) == Clocks(T0 + spans[0], T0 + spans[1]), why


def test_a_floor_without_both_clocks_is_refused() -> None:
    with pytest.raises(ValueError, match="floor names both"):
        clocks(T0, Spans(MINUTE))


def test_in_doubt_the_shorter_clock_runs() -> None:
    assert tightest([Spans(HOUR, HOUR), Spans(MINUTE, None), Spans(None, 2 * HOUR)]) == Spans(MINUTE, HOUR)
    assert tightest([]) == Spans()


def test_a_span_is_real_time_over_the_change_to_summer() -> None:
    saturday = datetime(2026, 3, 28, 20, tzinfo=ZoneInfo("Europe/Berlin"))
    assert due(saturday, 8 * HOUR) == datetime(2026, 3, 29, 3, tzinfo=UTC)


@pytest.mark.parametrize("span", [timedelta(), -MINUTE])
def test_a_clock_runs_for_some_time(span: timedelta) -> None:
    with pytest.raises(ValueError, match="runs for some time"):
        due(T0, span)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(T0.replace(tzinfo=None), HOUR)


FIRST: list[tuple[str, dict[str, datetime | None], tuple[str, datetime] | None]] = [
    ("No clock runs.", {"promise": None}, None),
    ("The earliest comes first.", {"resolve": T0 + HOUR, "promise": T0, "wake": None}, ("promise", T0)),
    ("At one moment the names decide, so that it is never chance.", {"wake": T0, "promise": T0}, ("promise", T0)),
]


@pytest.mark.parametrize(("why", "candidates", "first"), FIRST, ids=[row[0] for row in FIRST])
def test_what_is_due_first(
    why: str, candidates: dict[str, datetime | None], first: tuple[str, datetime] | None
) -> None:
    assert next_due(candidates) == first, why


def test_reminders_grow_rarer_and_never_end() -> None:
    every = [5 * MINUTE, 15 * MINUTE, HOUR]
    assert [remind_after(n, every) for n in (0, 1, 2, 3, 999)] == [5 * MINUTE, 15 * MINUTE, HOUR, HOUR, HOUR]
    with pytest.raises(ValueError, match="at least one"):
        remind_after(0, [])
