"""Rotas as tables and properties: local hand-overs, windows, overrides, absences, gaps."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalations.domain import rotas
from escalations.domain.rotas import Layer, Override, Rota, Span, Window

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
ADA, BEN, CLEO = 1, 2, 3
OFFICE = Window(frozenset(range(5)), time(9), time(17))
NIGHT = Window(frozenset(range(7)), time(22), time(6))


def local(text: str) -> datetime:
    """A wall time, of no zone yet."""
    return datetime.fromisoformat(text)


def at(text: str) -> datetime:
    """A wall time in Berlin, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def weekly(*people: int | None, windows: tuple[Window, ...] = (), name: str = "main") -> Layer:
    return Layer(name, people, local("2026-03-02T09:00"), WEEK, windows)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("2026-03-02T09:00", ADA),
        ("2026-03-09T08:59", ADA),
        ("2026-03-09T09:00", BEN),
        ("2026-03-30T08:59", ADA),  # the clocks went forward the day before
        ("2026-03-30T09:00", BEN),
        ("2026-10-26T08:59", ADA),  # and back
        ("2026-10-26T09:00", BEN),
        ("2026-03-02T08:59", None),  # before its first hand-over
    ],
)
def test_turns_change_at_their_local_hour(when: str, holds: int | None) -> None:
    assert rotas.on_call(Rota(BERLIN, (weekly(ADA, BEN, CLEO),)), at(when)).person == holds


@pytest.mark.parametrize(
    ("when", "holds", "by"),
    [
        ("2026-03-04T10:00", ADA, "office"),
        ("2026-03-04T18:00", BEN, "floor"),
        ("2026-03-07T10:00", BEN, "floor"),  # Saturday
        ("2026-03-04T23:00", CLEO, "night"),
        ("2026-03-05T05:59", CLEO, "night"),
        ("2026-03-05T06:00", BEN, "floor"),
    ],
)
def test_a_closed_hour_falls_through(when: str, holds: int, by: str) -> None:
    rota = Rota(
        BERLIN,
        (
            weekly(BEN, name="floor"),
            weekly(ADA, windows=(OFFICE,), name="office"),
            weekly(CLEO, windows=(NIGHT,), name="night"),
        ),
    )
    shift = rotas.on_call(rota, at(when))
    assert (shift.person, shift.by) == (holds, by)


def test_an_empty_slot_and_an_absence_fall_through_at_once() -> None:
    away = {ADA: [Span(at("2026-03-03T12:00"), at("2026-03-03T18:00"))]}
    rota = Rota(BERLIN, (weekly(CLEO, name="floor"), weekly(ADA, None)), absences=away)
    assert rotas.on_call(rota, at("2026-03-03T11:59")).person == ADA
    passed = rotas.on_call(rota, at("2026-03-03T12:00"))
    assert (passed.person, passed.absent, passed.span.end) == (CLEO, (ADA,), at("2026-03-03T18:00"))
    assert rotas.on_call(rota, at("2026-03-10T12:00")).person == CLEO


def test_the_newest_override_holds_unless_its_person_is_away() -> None:
    day = Span(at("2026-03-03T00:00"), at("2026-03-04T00:00"))
    noon = Span(at("2026-03-03T12:00"), at("2026-03-03T13:00"))
    rota = Rota(BERLIN, (weekly(ADA),), (Override(BEN, day), Override(CLEO, noon)))
    held = [(one.person, one.by) for one in rotas.shifts(rota, day.start, day.end)]
    assert held == [(BEN, "override"), (CLEO, "override"), (BEN, "override")]
    away = Rota(BERLIN, rota.layers, rota.overrides, {CLEO: [noon], BEN: [noon]})
    assert rotas.on_call(away, noon.start).person == ADA


def test_gaps_are_said() -> None:
    rota = Rota(BERLIN, (weekly(ADA, windows=(OFFICE,)),))
    gaps = rotas.gaps(rota, at("2026-03-06T09:00"), at("2026-03-09T17:00"))
    assert gaps == [Span(at("2026-03-06T17:00"), at("2026-03-09T09:00"))]


@pytest.mark.parametrize("fault", [{"turn": timedelta(0)}, {"starts": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_what_is_no_layer(fault: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"hour|zone"):
        Layer(**{"name": "x", "people": (1,), "starts": local("2026-01-01"), "turn": WEEK, **fault})  # type: ignore[arg-type]  # by the table


_zones = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")]
)
_times = st.times().map(lambda one: one.replace(second=0, microsecond=0))
_windows = st.builds(Window, st.frozensets(st.integers(0, 6), min_size=1), _times, _times)
_layers = st.builds(
    Layer,
    st.text("abc", min_size=1, max_size=2),
    st.lists(st.sampled_from([ADA, BEN, CLEO, None]), min_size=1, max_size=4).map(tuple),
    st.datetimes(local("2025-12-01"), local("2026-11-01")),
    st.sampled_from([HOUR, 12 * HOUR, 24 * HOUR, WEEK]),
    st.lists(_windows, max_size=2).map(tuple),
)
_instants = st.datetimes(local("2026-01-01"), local("2026-12-01")).map(lambda one: one.replace(tzinfo=UTC))
_spans = st.builds(lambda start, hours: Span(start, start + hours * HOUR), _instants, st.integers(1, 200))
_rotas = st.builds(
    Rota,
    _zones,
    st.lists(_layers, max_size=3).map(tuple),
    st.lists(st.builds(Override, st.sampled_from([ADA, BEN]), _spans), max_size=3).map(tuple),
    st.dictionaries(st.sampled_from([ADA, BEN, CLEO]), st.lists(_spans, max_size=2)),
)


@settings(deadline=None, max_examples=60)
@given(_rotas, _instants, st.integers(1, 20))
def test_no_instant_is_lost_or_doubled(rota: Rota, since: datetime, days: int) -> None:
    """Whatever the clocks do: the shifts join end to end, and each agrees with who is on call within it."""
    until = since + timedelta(days=days)
    listed = rotas.shifts(rota, since, until)
    assert [listed[0].span.start, listed[-1].span.end] == [since, until]
    assert all(one.span.end == two.span.start for one, two in pairwise(listed))
    for shift in listed[:: max(1, len(listed) // 8)]:
        middle = shift.span.start + (shift.span.end - shift.span.start) / 2
        assert rotas.on_call(rota, middle).person == shift.person
        assert not any(away.start <= middle < away.end for away in rota.absences.get(shift.person or 0, ())), (
            "somebody absent is on call"
        )


@settings(deadline=None, max_examples=60)
@given(_rotas, _instants, _spans)
def test_an_absence_makes_no_gap_that_a_lower_layer_covers(rota: Rota, since: datetime, away: Span) -> None:
    """With somebody always there at the bottom, no absence of another leaves a gap."""
    floor = Layer("floor", (99,), local("2020-01-01"), WEEK)
    covered = Rota(rota.zone, (floor, *rota.layers), rota.overrides, {**rota.absences, ADA: [away]})
    assert rotas.gaps(covered, since, since + timedelta(days=10)) == []


@settings(deadline=None, max_examples=40)
@given(_zones, _instants)
def test_a_year_of_turns_has_all_its_hours(zone: ZoneInfo, since: datetime) -> None:
    """Neither spring nor autumn loses or doubles an hour of duty."""
    layer = Layer("main", (ADA, BEN), local("2025-01-01T02:30"), 24 * HOUR)
    within = Span(since, since + timedelta(days=200))
    spans = [span for _, span in rotas.turns(layer, zone, within)]
    assert sum((one.end - one.start for one in spans), timedelta()) == within.end - within.start
