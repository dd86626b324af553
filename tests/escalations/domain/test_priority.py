"""Rank: what may move a record, what may not, and that the printed hours add up to the order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.domain.priority import Part, Rank, RankingWeights, base_after, rank

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEIGHTS = RankingWeights(
    severity={"critical": 24, "high": 8, "normal": 0, "low": -8},
    renewal=((90, 3), (30, 8)),
    amount=((100_000, 3), (1_000_000, 6)),
    certainty={"acknowledged": 0, "present": 2, "unacknowledged": 4, "last_owner": 6},
    overdue_cap_hours=6,
    executive=4,
)
PLAIN: dict[str, Any] = {
    "base_due": NOW + HOUR,
    "now": NOW,
    "severity": "normal",
    "amount": None,
    "renews_in_days": None,
    "certainty": "acknowledged",
    "ranking": WEIGHTS,
}


def ranked(**changes: Any) -> Rank:
    return rank(**{**PLAIN, **changes})


def said(result: Rank) -> list[tuple[str, float]]:
    return [(part.words, part.hours) for part in result.reasons]


ROWS: list[tuple[str, dict[str, Any], list[tuple[str, float]]]] = [
    ("Nothing special: the due moment alone counts.", {}, []),
    ("A critical record has a head start.", {"severity": "critical"}, [("critical", 24)]),
    ("A low one stands back.", {"severity": "low"}, [("low", -8)]),
    ("A severity the policy does not name earns nothing.", {"severity": "odd"}, []),
    ("The narrowest band that holds the renewal counts.", {"renews_in_days": 21}, [("renews in 21 d", 8)]),
    ("The last day of a band is inside.", {"renews_in_days": 30}, [("renews in 30 d", 8)]),
    ("The day before is in the wider band.", {"renews_in_days": 31}, [("renews in 31 d", 3)]),
    ("Far renewals are not mentioned.", {"renews_in_days": 91}, []),
    ("It renews today.", {"renews_in_days": 0}, [("renews today", 8)]),
    ("A renewal that passed is still exposure.", {"renews_in_days": -3}, [("renewal 3 d overdue", 8)]),
    ("Money counts from its first band.", {"amount": 412_300}, [("€412k a year", 3)]),
    ("The highest band counts, rounded down.", {"amount": 1_290_000}, [("€1.2M a year", 6)]),
    ("Large money has no decimals.", {"amount": 230_000_000}, [("€230M a year", 6)]),
    ("The account's currency is shown.", {"amount": 100_000, "currency": "CHF"}, [("CHF 100k a year", 3)]),
    ("Little money is not mentioned.", {"amount": 99_999}, []),
    ("Somebody is there but has not acknowledged.", {"certainty": "present"}, [("unacknowledged", 2)]),
    ("Whoever should act is away.", {"certainty": "unacknowledged"}, [("owner away", 4)]),
    ("Held by the last owner is ownerless.", {"certainty": "last_owner"}, [("no owner", 6)]),
    ("Executives look at it.", {"executive": True}, [("executive visibility", 4)]),
    (
        "All four factors stand side by side.",
        {"severity": "critical", "renews_in_days": 21, "amount": 500_000, "certainty": "present"},
        [("critical", 24), ("renews in 21 d", 8), ("€500k a year", 3), ("unacknowledged", 2)],
    ),
    ("A little late is no reason of its own: the due moment says it.", {"base_due": NOW - 5 * HOUR}, []),
    (
        "Late beyond the cap is held back to six hours at the coming full hour (10:00 - 6 h = 04:00).",
        {"base_due": NOW - 48 * HOUR},
        [("late for long", -42.5)],
    ),
]


@pytest.mark.parametrize(("why", "changes", "reasons"), ROWS, ids=[row[0] for row in ROWS])
def test_the_row_says_why(why: str, changes: dict[str, Any], reasons: list[tuple[str, float]]) -> None:
    result = ranked(**changes)
    assert said(result) == reasons, why
    assert result.at == {**PLAIN, **changes}["base_due"] - timedelta(hours=sum(hours for _, hours in reasons))


MIDNIGHT = datetime(2026, 3, 11, tzinfo=UTC)
MOMENTS: list[tuple[str, dict[str, Any], datetime | None]] = [
    ("Due ahead: nothing changes before the cap bites, at the full hour.", {}, datetime(2026, 3, 10, 16, tzinfo=UTC)),
    (
        "A due moment on the full hour meets the cap when it is the cap's length ago.",
        {"base_due": datetime(2026, 3, 10, 11, tzinfo=UTC)},
        datetime(2026, 3, 10, 16, tzinfo=UTC),
    ),
    ("Beyond the cap: every full hour.", {"base_due": NOW - 48 * HOUR}, datetime(2026, 3, 10, 10, tzinfo=UTC)),
    (
        "Inside a band the days on the row change at midnight.",
        {"renews_in_days": 21, "base_due": NOW + 90 * HOUR},
        MIDNIGHT,
    ),
    (
        "Outside the bands: the midnight that begins the widest one.",
        {"renews_in_days": 95, "base_due": NOW + 900 * HOUR},
        datetime(2026, 3, 15, tzinfo=UTC),
    ),
    (
        "The first of several moments.",
        {"renews_in_days": 21, "base_due": NOW - 48 * HOUR},
        datetime(2026, 3, 10, 10, tzinfo=UTC),
    ),
]


@pytest.mark.parametrize(("why", "changes", "moment"), MOMENTS, ids=[row[0] for row in MOMENTS])
def test_when_the_calendar_moves_it_next(why: str, changes: dict[str, Any], moment: datetime | None) -> None:
    assert ranked(**changes).rerank_at == moment, why


SEVERITIES = ["low", "normal", "high", "critical"]
CERTAINTIES = ["acknowledged", "present", "unacknowledged", "last_owner"]
FACTORS = st.fixed_dictionaries(
    {
        "base_due": st.integers(-20_000, 20_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        "now": st.integers(0, 3_000_000).map(lambda milliseconds: NOW + timedelta(milliseconds=milliseconds * 7)),
        "severity": st.sampled_from(SEVERITIES),
        "amount": st.none() | st.integers(0, 5_000_000),
        "renews_in_days": st.none() | st.integers(-60, 400),
        "certainty": st.sampled_from(CERTAINTIES),
        "executive": st.booleans(),
    }
)


@given(factors=FACTORS)
def test_the_printed_parts_add_up_to_the_order(factors: dict[str, Any]) -> None:
    result = ranked(**factors)
    total = sum(part.hours for part in result.reasons)
    assert abs(factors["base_due"] - timedelta(hours=total) - result.at) < timedelta(milliseconds=1)
    assert all(part.words and part.hours for part in result.reasons)


@given(factors=FACTORS, by=st.integers(0, 3), hours=st.integers(0, 100), more=st.integers(0, 2_000_000))
def test_raising_one_factor_never_lowers_the_rank(factors: dict[str, Any], by: int, hours: int, more: int) -> None:
    before = ranked(**factors).at
    worse = SEVERITIES[min(SEVERITIES.index(factors["severity"]) + by, 3)]
    vaguer = CERTAINTIES[min(CERTAINTIES.index(factors["certainty"]) + by, 3)]
    raised: list[dict[str, Any]] = [
        {"severity": worse},
        {"certainty": vaguer},
        {"base_due": factors["base_due"] - hours * HOUR},
        {"amount": (factors["amount"] or 0) + more},
        {"renews_in_days": (400 if factors["renews_in_days"] is None else factors["renews_in_days"]) - hours},
        {"executive": True},
    ]
    for change in raised:
        assert ranked(**{**factors, **change}).at <= before, change


@given(factors=FACTORS, seconds=st.integers(0, 10**7))
def test_until_the_next_moment_nothing_changes(factors: dict[str, Any], seconds: int) -> None:
    """The stored answer is true until its own `rerank_at`: the same question asked later gives the same answer."""
    first = ranked(**factors)
    assert first.rerank_at is not None
    assert first.rerank_at > factors["now"]
    later = min(factors["now"] + timedelta(seconds=seconds), first.rerank_at - timedelta(microseconds=1))
    days = factors["renews_in_days"]
    if days is not None:
        days -= (later.date() - factors["now"].date()).days
    again = ranked(**{**factors, "now": later, "renews_in_days": days})
    assert (again.at, again.reasons) == (first.at, first.reasons)


@given(factors=FACTORS, minutes=st.integers(0, 10**6))
def test_as_time_goes_by_a_record_counts_later_only_by_the_cap(factors: dict[str, Any], minutes: int) -> None:
    """However long it was due, at most the cap's hours of lateness count."""
    result = ranked(**{**factors, "base_due": factors["now"] - timedelta(minutes=minutes)})
    heads = sum(part.hours for part in result.reasons if part.words != "late for long")
    assert result.at + timedelta(hours=heads) >= factors["now"] - 6 * HOUR - timedelta(milliseconds=1)


@given(old=FACTORS, new=FACTORS, late=st.integers(1, 10**6), window=st.integers(0, 240))
def test_an_old_trifle_never_outranks_a_new_critical(
    old: dict[str, Any], new: dict[str, Any], late: int, window: int
) -> None:
    """Whatever else the trifle has going for it, within these weights, and critical ones are due within four hours."""
    now = new["now"]
    trifle = {**old, "severity": "low", "executive": False, "now": now, "base_due": now - timedelta(minutes=late)}
    critical = {**new, "severity": "critical", "base_due": now + timedelta(minutes=window)}
    assert ranked(**critical).at < ranked(**trifle).at


@given(old=FACTORS, other=FACTORS)
def test_records_beyond_the_cap_keep_their_order_within_the_hour(old: dict[str, Any], other: dict[str, Any]) -> None:
    """They tie by lateness, so that only the head starts (and then the ids) order them, whenever each was ranked."""
    early, late = NOW, NOW + timedelta(minutes=29)
    first = ranked(**{**old, "now": early, "base_due": NOW - 50 * HOUR})
    second = ranked(**{**old, "now": late, "base_due": NOW - 90 * HOUR})
    assert first.at == second.at


def test_no_weights_leave_the_due_moments() -> None:
    result = ranked(severity="critical", amount=10**9, renews_in_days=1, ranking=RankingWeights())
    assert (result.at, result.reasons) == (NOW + HOUR, ())


def test_a_cap_below_an_hour_counts_as_an_hour() -> None:
    """Otherwise the coming full hour would push back what is not even late."""
    short = replace(WEIGHTS, overdue_cap_hours=0)
    assert ranked(base_due=NOW + timedelta(minutes=5), ranking=short).at == NOW + timedelta(minutes=5)
    assert ranked(base_due=NOW - 9 * HOUR, ranking=short).reasons == (Part("late for long", -8.5),)


BASES = [
    ("A person acted: the new deadline counts.", True, NOW, NOW + HOUR, NOW + HOUR),
    ("The machine moved it: it never gets later by that.", False, NOW, NOW + HOUR, NOW),
    ("The machine found something earlier.", False, NOW, NOW - HOUR, NOW - HOUR),
    ("A record that just opens has no earlier base.", False, None, NOW, NOW),
]


@pytest.mark.parametrize(("why", "human", "old", "new", "base"), BASES, ids=[row[0] for row in BASES])
def test_what_the_rank_counts_from(why: str, human: bool, old: datetime | None, new: datetime, base: datetime) -> None:
    assert base_after(human=human, old_base=old, new_due=new) == base, why
