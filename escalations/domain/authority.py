"""Which source is believed, field by field, whatever the order in which they arrived."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says about a field, and when: a moment, its ISO text, or "" where nobody knows.

    `signal` is the id that said it (None for the directory). `kind` lets an order name all sources of a vendor.
    """

    source: str
    value: Any
    at: datetime | str
    signal: int | None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds, who said it, who else says so, and who says otherwise.

    `heard` is what each source says now, most believed first.
    `conflict` asks for a decision: the sources disagree and the policy wants that reviewed. A
    disagreement that the authority settled alone shows in `overruled` only.
    """

    field: str
    value: Any
    source: str
    agreeing: tuple[Claim, ...]
    overruled: tuple[Claim, ...]
    conflict: bool
    heard: tuple[Claim, ...] = ()


def settle(
    field: str,
    claims: Sequence[Claim],
    order: Sequence[str],
    on_conflict: str,
    *,
    worst_first: Sequence[str] = (),
) -> Settled:
    """Settle one field among what the sources say.

    Each source counts with its latest claim only; one that is empty says nothing. The first of
    `order` (a source by name or slug, or a kind of source) is believed, then the latest. Where the
    policy wants a review of a disagreement, the worst claim of `worst_first` holds until it is
    decided. Without any claim the value is None and the source empty.
    """
    ranked = _ranked(claims, order) if len(claims) > 1 else [one for one in claims if one.value not in (None, "")]
    if not ranked:
        return Settled(field, None, "", (), (), conflict=False)
    if len(ranked) == 1:
        return Settled(field, ranked[0].value, ranked[0].source, (), (), conflict=False, heard=(ranked[0],))
    conflict = on_conflict == "review" and any(not _same(one, ranked[0]) for one in ranked)
    holds = _worst(ranked, worst_first) if conflict else ranked[0]
    others = [one for one in ranked if one is not holds]
    return Settled(
        field,
        holds.value,
        holds.source,
        agreeing=tuple(one for one in others if _same(one, holds)),
        overruled=tuple(one for one in others if not _same(one, holds)),
        conflict=conflict,
        heard=tuple(ranked),
    )


def latest(claims: Sequence[Claim]) -> list[Claim]:
    """Of each source what it said last, the oldest first; the order in which claims came does not matter."""
    if len(claims) == 1:
        return list(claims)
    by_source: dict[str, list[Claim]] = {}
    for claim in claims:
        by_source.setdefault(claim.source, []).append(claim)
    return _by_age([_by_age(every)[-1] for every in by_source.values()])


def _ranked(claims: Sequence[Claim], order: Sequence[str]) -> list[Claim]:
    """The latest claim of each source that says anything, most believed first."""
    speaking = [one for one in reversed(latest(claims)) if one.value not in (None, "")]
    return sorted(speaking, key=lambda one: _place(one, order))


def _place(claim: Claim, order: Sequence[str]) -> int:
    """Where the order names the source itself, by name or slug; else where it names its kind; else behind all."""
    own = (claim.source, _slug(claim.source))
    places = {name: place for place, name in reversed(list(enumerate(order)))}
    return next((places[name] for name in (*own, claim.kind) if name in places), len(order))


@lru_cache(maxsize=1024)
def _slug(name: str) -> str:
    """A name as it stands in an address: "Zendesk EU" is zendesk-eu."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold()))


def _by_age(claims: list[Claim]) -> list[Claim]:
    """The oldest first. Texts are compared between claims of one signal only, where they are worth their cost."""
    if len(claims) == 1:
        return claims
    when = {(_moment(claim.at), claim.signal or 0): claim for claim in claims}
    return [when[one] for one in sorted(when)] if len(when) == len(claims) else sorted(claims, key=_age)


def _age(claim: Claim) -> tuple[datetime, int, str, str, str]:
    """When it was said; the rest only decides between claims of one signal, so that nothing is chance."""
    return (_moment(claim.at), claim.signal or 0, claim.source, _meaning(claim.value), repr(claim))


def _moment(at: datetime | str) -> datetime:
    """A time that can be compared; one that is missing or unreadable counts as the oldest, a naive one as UTC."""
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        return _OLDEST
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _worst(ranked: Sequence[Claim], worst_first: Sequence[str]) -> Claim:
    places = {_meaning(value): place for place, value in enumerate(worst_first)}
    return min(ranked, key=lambda one: places.get(_meaning(one.value), len(places)))


def _same(one: Claim, other: Claim) -> bool:
    if type(one.value) is type(other.value) and one.value == other.value:
        return True
    return _meaning(one.value) == _meaning(other.value)


def _meaning(value: Any) -> str:
    """A value as it is compared: capitals and spacing are no disagreement, nor is 5 against 5.0."""
    if isinstance(value, str):
        return json.dumps(" ".join(value.split()).casefold())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, sort_keys=True, default=str)
