"""The states of a record and of a case, and which verb leads from which to which: one table each."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """Where an escalation stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Verb(StrEnum):
    """What can be done to an escalation."""

    ACKNOWLEDGE = "acknowledge"
    HAND_OFF = "hand_off"
    FAIL_OVER = "fail_over"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    NOTE = "note"
    PROMISE = "promise"
    SET_BLOCKER = "set_blocker"
    TOUCH = "touch"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


class CaseVerb(StrEnum):
    """What can be done to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    REASSIGN = "reassign"
    DECIDE = "decide"
    SNOOZE = "snooze"
    UNDO = "undo"


OPEN_STATES = (State.OPEN, State.ACKNOWLEDGED, State.WAITING)
OPEN_CASE_STATES = (CaseState.OPEN, CaseState.CLAIMED)

_MOVES: dict[Verb, tuple[tuple[State, ...], State]] = {
    # One who acknowledges a waiting record wakes it by that.
    Verb.ACKNOWLEDGE: ((State.OPEN, State.WAITING), State.ACKNOWLEDGED),
    # Whoever gets it has not acknowledged it yet, whatever the one before had done.
    Verb.HAND_OFF: (OPEN_STATES, State.OPEN),
    Verb.FAIL_OVER: (OPEN_STATES, State.OPEN),
    Verb.WAIT: (OPEN_STATES, State.WAITING),
    # What wakes wants to be looked at: a snooze is not an acknowledgement that lasts.
    Verb.RESUME: ((State.WAITING,), State.OPEN),
    Verb.RESOLVE: (OPEN_STATES, State.RESOLVED),
    Verb.CLOSE: ((State.RESOLVED,), State.CLOSED),
    Verb.REOPEN: ((State.RESOLVED, State.CLOSED), State.OPEN),
}
# A promise or a blocker on a finished record would be a clock or a cause that nobody watches.
_STAYING: dict[Verb, tuple[State, ...]] = {
    Verb.NOTE: tuple(State),
    Verb.TOUCH: tuple(State),
    Verb.PROMISE: OPEN_STATES,
    Verb.SET_BLOCKER: OPEN_STATES,
}

NEXT: dict[tuple[str, str], State] = {
    **{(state, verb): to for verb, (states, to) in _MOVES.items() for state in states},
    **{(state, verb): state for verb, states in _STAYING.items() for state in states},
}

CASE_NEXT: dict[tuple[str, str], CaseState] = {
    (CaseState.OPEN, CaseVerb.CLAIM): CaseState.CLAIMED,
    (CaseState.CLAIMED, CaseVerb.RELEASE): CaseState.OPEN,
    (CaseState.OPEN, CaseVerb.REASSIGN): CaseState.OPEN,
    (CaseState.CLAIMED, CaseVerb.REASSIGN): CaseState.OPEN,
    (CaseState.OPEN, CaseVerb.SNOOZE): CaseState.OPEN,
    (CaseState.CLAIMED, CaseVerb.SNOOZE): CaseState.OPEN,
    (CaseState.OPEN, CaseVerb.DECIDE): CaseState.DECIDED,
    (CaseState.CLAIMED, CaseVerb.DECIDE): CaseState.DECIDED,
    (CaseState.DECIDED, CaseVerb.UNDO): CaseState.OPEN,
}

_DONE: dict[str, str] = {
    Verb.ACKNOWLEDGE: "acknowledged",
    Verb.HAND_OFF: "handed off",
    Verb.FAIL_OVER: "failed over",
    Verb.WAIT: "snoozed",
    Verb.RESUME: "woken",
    Verb.RESOLVE: "resolved",
    Verb.CLOSE: "closed",
    Verb.REOPEN: "reopened",
    Verb.NOTE: "noted on",
    Verb.PROMISE: "promised on",
    Verb.SET_BLOCKER: "given a blocker",
    Verb.TOUCH: "touched",
    CaseVerb.CLAIM: "claimed",
    CaseVerb.RELEASE: "released",
    CaseVerb.REASSIGN: "reassigned",
    CaseVerb.DECIDE: "decided",
    CaseVerb.SNOOZE: "snoozed",
    CaseVerb.UNDO: "undone",
}


class NotAllowed(Exception):
    """The verb does not fit the state. `words` say so to people, `allowed` are the verbs that would do."""

    def __init__(self, state: str, verb: str, *, allowed: tuple[str, ...] = (), what: str = "record") -> None:
        done = _DONE.get(verb, verb)
        self.words = f"This {what} is {state}: it can not be {done} now."
        super().__init__(self.words)
        self.state, self.verb, self.allowed = state, verb, allowed


def move(state: str, verb: str) -> State:
    """The state an escalation is in after the verb; raises NotAllowed where the table has no such move."""
    try:
        return NEXT[state, verb]
    except KeyError:
        raise NotAllowed(state, verb, allowed=_verbs(NEXT, state)) from None


def move_case(state: str, verb: str) -> CaseState:
    """The state a case is in after the verb; raises NotAllowed where the table has no such move."""
    try:
        return CASE_NEXT[state, verb]
    except KeyError:
        raise NotAllowed(state, verb, allowed=_verbs(CASE_NEXT, state), what="case") from None


def _verbs(table: Iterable[tuple[str, str]], state: str) -> tuple[str, ...]:
    return tuple(verb for before, verb in table if before == state)
