"""What a version would have done, as a page shows it: figures, two small charts with their tables, what differs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalations.models import Backtest, BacktestRow

NIGHT = (*range(7), *range(19, 24))
SHOWN = 200
OWNERS = 6
# The drawing of pages by hour, in its own units.
WIDE, TALL, FLOOR, STEP = 430, 80, 90, 430 / 24
BAR_LEFT, BAR_WIDE = 98, 176


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and where the rows behind it stand."""

    value: str
    words: str
    link: str = ""
    warn: bool = False


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the day: pages before and after, and the two bars."""

    hour: str
    before: int
    after: int
    x: float
    old_y: float
    old_h: float
    new_y: float
    new_h: float


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is paged first: before and after, and the two bars."""

    name: str
    before: int
    after: int
    y: int
    old_w: float
    new_w: float


def of(backtest: Backtest | None, report: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """Everything the section shows; None before the first run. A pilot hands in its own report."""
    if backtest is None:
        return None
    told = report if report is not None else backtest.report
    shown: dict[str, Any] = {"backtest": backtest, "report": told or None}
    if told:
        differing = _differing(backtest)
        shown |= {
            "figures": figures(told),
            "hours": hours(told),
            "peak": max((*told["pages_by_hour"], *told["before"]["pages_by_hour"], 1)),
            "owners": owners(told),
            "chart_height": 8 + 21 * min(len(_named(told)), OWNERS),
            "differing": differing,
            "more": max(told["changed"] - len(differing), 0),
        }
    return shown


def figures(report: dict[str, Any]) -> list[Figure]:
    """The counts in a row; where there was a time before, both."""
    before = report["before"]
    nights = [sum(side["pages_by_hour"][hour] for hour in NIGHT) for side in (before, report)]
    collisions = sum(number for *_, number in report["collisions"])
    return [
        Figure(str(report["matched"]), "matched"),
        Figure(_pair(before["opened"], report["opened"]), "pages"),
        Figure(_pair(*nights), "of them at night"),
        Figure(str(report["changed"]), "go another way", "#differs" if report["changed"] else ""),
        Figure(_pair(before["review"], report["review"]), "to a person", warn=report["review"] > before["review"]),
        Figure(str(collisions), "collisions", "#collisions" if collisions else "", warn=bool(collisions)),
    ]


def _pair(before: int, after: int) -> str:
    return f"{before} → {after}"


def hours(report: dict[str, Any]) -> list[Hour]:
    """Pages by hour of the day, UTC, the highest as tall as the chart."""
    old, new = report["before"]["pages_by_hour"], report["pages_by_hour"]
    scale = TALL / max((*old, *new, 1))
    return [
        Hour(
            f"{hour:02}:00",
            was,
            is_now,
            round(hour * STEP + 2.5, 1),
            round(FLOOR - was * scale, 1),
            round(was * scale, 1),
            round(FLOOR - is_now * scale, 1),
            round(is_now * scale, 1),
        )
        for hour, (was, is_now) in enumerate(zip(old, new, strict=True))
    ]


def owners(report: dict[str, Any]) -> list[Owner]:
    """Those paged first, the most loaded first."""
    old, new = report["before"]["owners"], report["owners"]
    names = _named(report)[:OWNERS]
    scale = BAR_WIDE / max((*old.values(), *new.values(), 1))
    return [
        Owner(
            name,
            old.get(name, 0),
            new.get(name, 0),
            6 + 21 * place,
            round(old.get(name, 0) * scale, 1),
            round(new.get(name, 0) * scale, 1),
        )
        for place, name in enumerate(names)
    ]


def _named(report: dict[str, Any]) -> list[str]:
    old, new = report["before"]["owners"], report["owners"]
    return sorted({*old, *new}, key=lambda one: (-max(old.get(one, 0), new.get(one, 0)), one))


@dataclass(frozen=True, slots=True)
class Differing:
    """One signal that goes another way: what happened, and what would have, in words that are not the same."""

    signal_id: int
    at: datetime
    before: str
    after: str


def _differing(backtest: Backtest) -> list[Differing]:
    rows = BacktestRow.objects.filter(backtest=backtest, changed=True).order_by("signal_id")
    return [_words(one) for one in rows[:SHOWN]]


def _words(row: BacktestRow) -> Differing:
    """The sentences of both decisions; where they read alike, the parts of the route that differ."""
    old, new = str(row.before.get("words", "")), str(row.after.get("words", ""))
    if old == new:
        was, is_now = row.before.get("route", {}), row.after.get("route", {})
        pairs = [(name, was.get(name), is_now.get(name)) for name in {**was, **is_now}]
        parts = [_apart(name, one, two) for name, one, two in pairs if one != two]
        old, new = "; ".join(one for one, _ in parts), "; ".join(two for _, two in parts)
    return Differing(row.signal_id, row.at, old, new)


def _apart(name: str, was: Any, is_now: Any) -> tuple[str, str]:
    """One part of both routes; of a table only the entries that differ."""
    if isinstance(was, dict) and isinstance(is_now, dict):
        keys = [key for key in {**was, **is_now} if was.get(key) != is_now.get(key)]
        sides = (", ".join(f"{key} {_said(side.get(key))}" for key in keys) for side in (was, is_now))
        return f"{name}: {next(sides)}", next(sides)
    return f"{name}: {_said(was)}", _said(is_now)


def _said(value: Any) -> str:
    return "none" if value in (None, "", []) else str(value)
