"""What a run over many signals comes to: counts, pages by hour, collisions, the first differences, one digest."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from escalations.domain.decision import Decision, canonical

DIFFERENCES = 200
HOURS = 24
_COUNTS = ("signals", "matched", "opened", "joined", "review", "ignored", "changed", "recorded", "reproduced")
_NAMES = {"open": "opened", "join": "joined", "review": "review", "ignored": "ignored"}


def empty() -> dict[str, Any]:
    """Nothing counted yet."""
    return {
        **dict.fromkeys(_COUNTS, 0),
        "owners": {},
        "pages_by_owner_hour": {},
        "collisions": {},
        "differences": [],
        "before": {**dict.fromkeys(_NAMES.values(), 0), "owners": {}, "pages_by_owner_hour": {}},
        "digest": "",
    }


def count(
    tally: dict[str, Any], signal: int, before: Decision, after: Decision, *, recorded: bool, matched: bool
) -> bool:
    """Count one signal; whether the version sends it another way."""
    was, is_now = before.route(), after.route()
    changed = was != is_now
    tally["signals"] += 1
    tally["matched"] += matched
    tally["changed"] += changed
    tally["recorded"] += recorded
    tally["reproduced"] += recorded and not changed and before.to_json() == after.to_json()
    _load(tally, after)
    _load(tally["before"], before)
    if changed and len(tally["differences"]) < DIFFERENCES:
        tally["differences"].append({"signal": signal, "before": before.words, "after": after.words})
    told = f"{tally['digest']}{signal}{canonical(is_now)}{int(changed)}"
    tally["digest"] = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    return changed


def collide(tally: dict[str, Any], key: str, others: Iterable[str]) -> None:
    """Both triggers hold for one signal."""
    for other in others:
        pair = "|".join(sorted((key, other)))
        tally["collisions"][pair] = tally["collisions"].get(pair, 0) + 1


def report(tally: Mapping[str, Any]) -> dict[str, Any]:
    """What people and screens read: hours are of the day, UTC."""
    before = tally["before"]
    return {
        **{name: tally[name] for name in _COUNTS},
        "owners": _sorted(tally["owners"]),
        "pages_by_hour": _by_hour(tally["pages_by_owner_hour"]),
        "pages_by_owner_hour": tally["pages_by_owner_hour"],
        "collisions": [[*pair.split("|"), number] for pair, number in _sorted(tally["collisions"]).items()],
        "differences": tally["differences"],
        "before": {
            **{name: before[name] for name in _NAMES.values()},
            "owners": _sorted(before["owners"]),
            "pages_by_hour": _by_hour(before["pages_by_owner_hour"]),
            "pages_by_owner_hour": before["pages_by_owner_hour"],
        },
        "digest": tally["digest"],
    }


def _load(side: dict[str, Any], decision: Decision) -> None:
    """What it means for people: an opened record pages its primary owner at once."""
    side[_NAMES[decision.outcome]] += 1
    if decision.outcome != "open":
        return
    owner = decision.owners["primary"]
    side["owners"][owner] = side["owners"].get(owner, 0) + 1
    hours = side["pages_by_owner_hour"].setdefault(owner, [0] * HOURS)
    hours[datetime.fromisoformat(decision.at).astimezone(UTC).hour] += 1


def _by_hour(owners: Mapping[str, list[int]]) -> list[int]:
    return [sum(hours[number] for hours in owners.values()) for number in range(HOURS)]


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
