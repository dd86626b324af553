"""A record's place on the Desk: its due moment, minus head starts in hours, each with its words.

Customer impact, revenue exposure and missing certainty of ownership earn head starts; lateness counts by
itself, up to a cap. Titles, comments, mentions and repeats are no input, so that noise can not move a record.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """Head starts in hours, as the ranking policy gives them."""

    severity: Mapping[str, float] = field(default_factory=dict)
    renewal: tuple[tuple[int, float], ...] = ()  # (within days, hours)
    amount: tuple[tuple[int, float], ...] = ()  # (at least, hours)
    certainty: Mapping[str, float] = field(default_factory=dict)
    overdue_cap_hours: float = 24.0  # less than an hour counts as one hour
    executive: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for the place, and the hours it is worth (below zero where it holds the record back)."""

    words: str
    hours: float


@dataclass(frozen=True, slots=True)
class Rank:
    """`at` orders the Desk, earliest first, ties by id: it is the due moment minus the hours of all reasons.

    Until `rerank_at` the same answer holds (None: for good, as long as the record does not change).
    """

    at: datetime
    reasons: tuple[Part, ...]
    rerank_at: datetime | None


def rank(
    *,
    base_due: datetime,
    now: datetime,
    severity: str,
    amount: int | None,
    renews_in_days: int | None,
    certainty: str,
    ranking: RankingWeights,
    executive: bool = False,
    currency: str = "EUR",
) -> Rank:
    """Where the record stands at `now`; amounts are whole units a year, days are counted by the UTC calendar."""
    counted_due, rerank_late = _capped(base_due, now, ranking.overdue_cap_hours)
    heads = (
        Part(severity, ranking.severity.get(severity, 0.0)),
        _renewal(renews_in_days, ranking),
        _amount(amount, ranking, currency),
        Part(_HELD.get(certainty, certainty), ranking.certainty.get(certainty, 0.0)),
        Part("executive visibility", ranking.executive if executive else 0.0),
    )
    earned = tuple(part for part in heads if part.hours)
    held_back = (base_due - counted_due) / HOUR
    reasons = (*earned, Part("late for long", held_back)) if held_back else earned
    moments = [at for at in (rerank_late, _next_renewal(renews_in_days, ranking, now)) if at is not None]
    return Rank(
        at=counted_due - timedelta(hours=math.fsum(part.hours for part in earned)),
        reasons=reasons,
        rerank_at=min(moments, default=None),
    )


def base_after(*, human: bool, old_base: datetime | None, new_due: datetime) -> datetime:
    """What the rank counts from after an act: a person's act counts anew, a machine's never makes it later."""
    return new_due if human or old_base is None else min(old_base, new_due)


_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_HELD = {
    "acknowledged": "acknowledged",
    "present": "unacknowledged",
    "unacknowledged": "owner away",
    "last_owner": "no owner",
}


def _capped(base_due: datetime, now: datetime, cap_hours: float) -> tuple[datetime, datetime]:
    """The due moment as it counts, and when that changes next.

    The cap moves from full hour to full hour, so that all records beyond it move together and keep their order.
    """
    cap = timedelta(hours=max(cap_hours, 1.0))
    next_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    oldest = next_hour - cap
    if base_due <= oldest:
        return oldest, next_hour
    hours_ahead = math.ceil((base_due - oldest) / HOUR)
    return base_due, next_hour + (hours_ahead - 1) * HOUR


def _renewal(days: int | None, ranking: RankingWeights) -> Part:
    """A renewal whose day has passed counts as one of today until the account says otherwise."""
    if days is None:
        return Part("", 0.0)
    hours = max((hours for within, hours in ranking.renewal if max(days, 0) <= within), default=0.0)
    if days < 0:
        return Part(f"renewal {-days} d overdue", hours)
    return Part(f"renews in {days} d" if days else "renews today", hours)


def _next_renewal(days: int | None, ranking: RankingWeights, now: datetime) -> datetime | None:
    """The next midnight (UTC) that changes the renewal's hours, or the number of days on the row."""
    if days is None or not ranking.renewal:
        return None
    ahead = days - max(within for within, _ in ranking.renewal)
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    return midnight + timedelta(days=max(ahead, 1))


def _amount(amount: int | None, ranking: RankingWeights, currency: str) -> Part:
    if amount is None:
        return Part("", 0.0)
    hours = max((hours for at_least, hours in ranking.amount if amount >= at_least), default=0.0)
    return Part(f"{_SIGNS.get(currency, f'{currency} ')}{_short(amount)} a year", hours)


def _short(amount: int) -> str:
    """Money as a row has room for it, always rounded down: 950, 412k, 1.2M."""
    if amount < 1000:
        return str(amount)
    if amount < 1_000_000:
        return f"{amount // 1000}k"
    tenths = amount // 100_000
    return f"{tenths / 10:g}M" if tenths < 1000 else f"{tenths // 10}M"
