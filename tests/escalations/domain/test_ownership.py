"""The chain of owners: it always ends with somebody, and asks nobody twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.domain.ownership import ROLES, Link, Step, certainty, first_owner, goes_round, next_in_chain

ANN, BEN, CAT, ZOE = 1, 2, 3, 9


def chain(*people: int, absent: tuple[int, ...] = ()) -> list[Link]:
    return [Link(role, one, one not in absent) for role, one in zip(ROLES, people, strict=True)]


FULL = (ANN, BEN, CAT, ZOE)
NEXT: list[tuple[str, list[Link], int, dict[str, Any], Step]] = [
    ("It begins with the primary owner.", chain(*FULL), -1, {}, Step(0, ANN, False, False)),
    ("An absent primary falls through at once.", chain(*FULL, absent=(ANN,)), -1, {}, Step(1, BEN, False, False)),
    ("After the primary comes the backup.", chain(*FULL), 0, {}, Step(1, BEN, False, False)),
    ("An absent backup is passed over.", chain(*FULL, absent=(BEN,)), 0, {}, Step(2, CAT, False, False)),
    ("One person in two roles is asked once.", chain(ANN, ANN, CAT, ZOE), 0, {}, Step(2, CAT, False, False)),
    (
        "Whoever let it pass before is not asked again.",
        chain(ANN, BEN, CAT, ZOE),
        0,
        {"visited": {BEN, CAT}},
        Step(3, ZOE, True, False),
    ),
    (
        "It was handed to the backup by a person: the one who holds it is passed over.",
        chain(*FULL),
        0,
        {"current": BEN},
        Step(2, CAT, False, False),
    ),
    ("Behind the escalation owner stands the last owner.", chain(*FULL), 2, {}, Step(3, ZOE, True, False)),
    ("The last owner keeps it.", chain(*FULL), 3, {}, Step(3, ZOE, True, False)),
    ("The last owner holds it even when away.", chain(*FULL, absent=FULL), 0, {}, Step(3, ZOE, True, False)),
    (
        "The last owner was asked earlier in another role: still the end.",
        chain(ANN, BEN, ZOE, ZOE),
        2,
        {"visited": {ZOE}},
        Step(3, ZOE, True, False),
    ),
    ("It moved too often: straight to the end.", chain(*FULL), 0, {"hops": 8, "max_hops": 8}, Step(3, ZOE, True, True)),
    ("One move below the limit it goes on.", chain(*FULL), 0, {"hops": 7, "max_hops": 8}, Step(1, BEN, False, False)),
]


@pytest.mark.parametrize(("why", "links", "level", "given_", "step"), NEXT, ids=[row[0] for row in NEXT])
def test_who_is_next(why: str, links: list[Link], level: int, given_: dict[str, Any], step: Step) -> None:
    assert next_in_chain(links, level, **given_) == step, why


def test_the_first_owner_is_who_is_there() -> None:
    assert first_owner(chain(*FULL, absent=(ANN, BEN))) == Step(2, CAT, exhausted=False, loop=False)


@pytest.mark.parametrize("links", [[], [Link("primary", ANN, True)]])
def test_a_chain_without_an_end_is_refused(links: list[Link]) -> None:
    with pytest.raises(ValueError, match="ends with its last owner"):
        first_owner(links)


LINKS = st.tuples(*[st.tuples(st.integers(1, 5), st.booleans()) for _ in ROLES]).map(
    lambda rows: [Link(role, person, present) for role, (person, present) in zip(ROLES, rows, strict=True)]
)


@given(links=LINKS, level=st.integers(-1, 3), visited=st.sets(st.integers(1, 5)))
def test_every_step_leads_on_or_to_the_last_owner(links: list[Link], level: int, visited: set[int]) -> None:
    step = next_in_chain(links, level, visited=visited)
    assert step.person == links[step.level].person
    assert step.exhausted == (step.level == 3)
    if not step.exhausted:
        assert step.level > level
        assert links[step.level].present
        assert step.person not in visited


@given(links=LINKS)
def test_whatever_happens_the_last_owner_has_it_after_three_moves(links: list[Link]) -> None:
    step, asked = first_owner(links), []
    for _ in range(3):
        asked.append(step.person)
        step = next_in_chain(links, step.level, visited=asked)
    assert step.person == links[-1].person
    assert step.exhausted


ROUNDS: list[tuple[str, list[int], int, bool]] = [
    ("The first move repeats nothing.", [ANN], BEN, False),
    ("Handing back once is a clarification.", [ANN, BEN], ANN, False),
    ("The same move a second time goes round.", [ANN, BEN, ANN], BEN, True),
    ("So does a longer round.", [ANN, BEN, CAT, ANN], BEN, True),
    ("The same receiver from somebody else does not.", [ANN, BEN, CAT], BEN, False),
    ("Nobody held it yet.", [], ANN, False),
]


@pytest.mark.parametrize(("why", "holders", "to", "round_"), ROUNDS, ids=[row[0] for row in ROUNDS])
def test_going_round(why: str, holders: list[int], to: int, round_: bool) -> None:
    assert goes_round(holders, to) is round_, why


CERTAIN = [
    ("Somebody said: I have it.", (True, True, False), "acknowledged"),
    ("An acknowledgement holds while its owner is at lunch.", (True, False, False), "acknowledged"),
    ("The last owner, too, can take it.", (True, True, True), "acknowledged"),
    ("There, but silent.", (False, True, False), "present"),
    ("Away and silent.", (False, False, False), "unacknowledged"),
    ("Nobody but the last owner.", (False, True, True), "last_owner"),
]


@pytest.mark.parametrize(("why", "seen", "how"), CERTAIN, ids=[row[0] for row in CERTAIN])
def test_how_sure_it_is_that_somebody_acts(why: str, seen: tuple[bool, bool, bool], how: str) -> None:
    acknowledged, present, last = seen
    assert certainty(acknowledged=acknowledged, present=present, is_last_owner=last) == how, why
