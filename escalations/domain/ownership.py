"""Who is next: a chain of people that is never without an end, because its last owner always holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Literal

type Role = Literal["primary", "backup", "escalation", "last"]
ROLES: tuple[Role, ...] = ("primary", "backup", "escalation", "last")


@dataclass(frozen=True, slots=True)
class Link:
    """One place in the chain, in order; `person` is an id, `present` whether they can act now."""

    role: Role
    person: int
    present: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Who holds it next. `exhausted`: it fell to the last owner; `loop`: because it moved too often."""

    level: int
    person: int
    exhausted: bool
    loop: bool


class Certainty(StrEnum):
    """How sure it is that somebody acts, surest first."""

    ACKNOWLEDGED = "acknowledged"
    PRESENT = "present"
    UNACKNOWLEDGED = "unacknowledged"
    LAST_OWNER = "last_owner"


def first_owner(links: Sequence[Link]) -> Step:
    """The first of the chain who is present, else the last owner; raises ValueError as next_in_chain does."""
    return next_in_chain(links, -1)


def next_in_chain(
    links: Sequence[Link],
    current_level: int,
    *,
    current: int | None = None,
    visited: Collection[int] = (),
    hops: int = 0,
    max_hops: int | None = None,
) -> Step:
    """The next person after a level; -1 begins the chain.

    Passed over at once: the absent, whoever holds it now (`current`, else the link of the level) and
    those in `visited`, who let it pass before. From `max_hops` moves on it goes straight to the last
    owner, who holds it even when absent. Raises ValueError when the chain does not end with role "last".
    """
    last = len(links) - 1
    if not links or links[last].role != "last":
        raise ValueError("a chain of owners ends with its last owner")
    loop = max_hops is not None and hops >= max_hops
    had_it = {*visited, links[current_level].person if current is None and 0 <= current_level <= last else current}
    for level in range(last if loop else max(current_level + 1, 0), last):
        if links[level].present and links[level].person not in had_it:
            return Step(level, links[level].person, exhausted=False, loop=False)
    return Step(last, links[last].person, exhausted=True, loop=loop)


def goes_round(holders: Sequence[int], to: int) -> bool:
    """Whether handing on to `to` repeats a move already made; `holders` so far, in order, the present one last."""
    return bool(holders) and (holders[-1], to) in set(pairwise(holders))


def certainty(*, acknowledged: bool, present: bool, is_last_owner: bool) -> Certainty:
    """How sure it is that the present owner acts: an acknowledgement counts most, the last owner is no owner yet."""
    if acknowledged:
        return Certainty.ACKNOWLEDGED
    if is_last_owner:
        return Certainty.LAST_OWNER
    return Certainty.PRESENT if present else Certainty.UNACKNOWLEDGED
