"""The table of moves, written out once more by hand: a blank means that the verb is refused."""

import pytest

from escalations.domain import lifecycle
from escalations.domain.lifecycle import CaseState, CaseVerb, NotAllowed, State, Verb

#  verb          open            acknowledged    waiting         resolved    closed
MOVES = """
   acknowledge   acknowledged    -               acknowledged    -           -
   hand_off      open            open            open            -           -
   fail_over     open            open            open            -           -
   wait          waiting         waiting         waiting         -           -
   resume        -               -               open            -           -
   resolve       resolved        resolved        resolved        -           -
   close         -               -               -               closed      -
   reopen        -               -               -               open        open
   note          open            acknowledged    waiting         resolved    closed
   promise       open            acknowledged    waiting         -           -
   set_blocker   open            acknowledged    waiting         -           -
   touch         open            acknowledged    waiting         resolved    closed
"""

#  verb          open            claimed         decided
CASE_MOVES = """
   claim         claimed         -               -
   release       -               open            -
   reassign      open            open            -
   snooze        open            open            -
   decide        decided         decided         -
   undo          -               -               open
"""


def table(text: str, states: list[str]) -> list[tuple[str, str, str]]:
    rows = [line.split() for line in text.split("\n") if line.strip()]
    return [(state, verb, to) for verb, *cells in rows for state, to in zip(states, cells, strict=True)]


@pytest.mark.parametrize(("state", "verb", "to"), table(MOVES, list(State)))
def test_moves_of_an_escalation(state: str, verb: str, to: str) -> None:
    if to == "-":
        with pytest.raises(NotAllowed):
            lifecycle.move(state, verb)
    else:
        assert lifecycle.move(state, verb) == to


@pytest.mark.parametrize(("state", "verb", "to"), table(CASE_MOVES, list(CaseState)))
def test_moves_of_a_case(state: str, verb: str, to: str) -> None:
    if to == "-":
        with pytest.raises(NotAllowed):
            lifecycle.move_case(state, verb)
    else:
        assert lifecycle.move_case(state, verb) == to


def test_the_tables_above_are_whole() -> None:
    assert {verb for _, verb, _ in table(MOVES, list(State))} == set(Verb)
    assert {verb for _, verb, _ in table(CASE_MOVES, list(CaseState))} == set(CaseVerb)


def test_every_open_record_can_be_handed_on_and_resolved() -> None:
    for state in lifecycle.OPEN_STATES:
        assert lifecycle.move(state, "hand_off") == "open"
        assert lifecycle.move(state, "fail_over") == "open"
        assert lifecycle.move(state, "resolve") == "resolved"


def test_a_refusal_says_what_is_the_matter_and_what_would_do() -> None:
    with pytest.raises(NotAllowed) as refused:
        lifecycle.move("closed", "acknowledge")
    assert refused.value.words == "This record is closed: it can not be acknowledged now."
    assert (refused.value.state, refused.value.verb) == ("closed", "acknowledge")
    assert set(refused.value.allowed) == {"reopen", "note", "touch"}
    with pytest.raises(NotAllowed, match="This case is decided: it can not be claimed now"):
        lifecycle.move_case("decided", "claim")


def test_a_verb_nobody_knows_is_refused_too() -> None:
    with pytest.raises(NotAllowed):
        lifecycle.move("open", "explode")
