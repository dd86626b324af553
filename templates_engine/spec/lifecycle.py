"""The states of a version, and which verb leads from which to which: one table, which prints itself."""

from enum import StrEnum


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PILOT = "pilot"
    ACTIVE = "active"
    RETIRED = "retired"


class Verb(StrEnum):
    """What can be done to a version."""

    EDIT = "edit"
    REBASE = "rebase"
    DISCARD = "discard"
    SUBMIT = "submit"
    RECALL = "recall"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    ACTIVATE = "activate"
    START_PILOT = "start_pilot"
    END_PILOT = "end_pilot"
    RETIRE = "retire"
    ROLL_BACK = "roll_back"
    EMERGENCY_ROLL_BACK = "emergency_roll_back"
    TAKE_EFFECT = "take_effect"
    REPLACE = "replace"
    COUNTERSIGN = "countersign"
    REMARK = "remark"


_SAID: dict[str, str] = {State.IN_REVIEW: "in review", State.PILOT: "in pilot"}
_DONE: dict[str, str] = {
    Verb.EDIT: "edited",
    Verb.REBASE: "rebased",
    Verb.DISCARD: "discarded",
    Verb.SUBMIT: "submitted",
    Verb.RECALL: "recalled",
    Verb.SEND_BACK: "sent back",
    Verb.APPROVE: "approved",
    Verb.ACTIVATE: "activated",
    Verb.START_PILOT: "piloted",
    Verb.END_PILOT: "taken out of pilot",
    Verb.RETIRE: "retired",
    Verb.ROLL_BACK: "rolled back to",
    Verb.EMERGENCY_ROLL_BACK: "rolled back to",
    Verb.COUNTERSIGN: "countersigned",
    Verb.REMARK: "remarked on",
}

NEXT: dict[tuple[str, str], State] = {
    (State.DRAFT, Verb.EDIT): State.DRAFT,
    (State.DRAFT, Verb.REBASE): State.DRAFT,
    # Nothing is ever deleted: a draft that nobody wants is retired without having been at work.
    (State.DRAFT, Verb.DISCARD): State.RETIRED,
    (State.DRAFT, Verb.SUBMIT): State.IN_REVIEW,
    # Only a copy of a version that was at work, made by an emergency roll back, takes this way.
    (State.DRAFT, Verb.TAKE_EFFECT): State.ACTIVE,
    (State.IN_REVIEW, Verb.RECALL): State.DRAFT,
    (State.IN_REVIEW, Verb.SEND_BACK): State.DRAFT,
    (State.IN_REVIEW, Verb.APPROVE): State.APPROVED,
    (State.APPROVED, Verb.ACTIVATE): State.ACTIVE,
    (State.APPROVED, Verb.START_PILOT): State.PILOT,
    (State.APPROVED, Verb.RETIRE): State.RETIRED,
    (State.PILOT, Verb.END_PILOT): State.APPROVED,
    (State.PILOT, Verb.ACTIVATE): State.ACTIVE,
    (State.PILOT, Verb.RETIRE): State.RETIRED,
    (State.ACTIVE, Verb.RETIRE): State.RETIRED,
    (State.ACTIVE, Verb.REPLACE): State.RETIRED,
    (State.ACTIVE, Verb.COUNTERSIGN): State.ACTIVE,
    # A wrong signature is replaced by a version after it; what an emergency did still wants its second one.
    (State.RETIRED, Verb.COUNTERSIGN): State.RETIRED,
    (State.RETIRED, Verb.ROLL_BACK): State.RETIRED,
    (State.RETIRED, Verb.EMERGENCY_ROLL_BACK): State.RETIRED,
    **{(state, Verb.REMARK): state for state in State},
}


class NotAllowed(Exception):
    """The verb does not fit the state; says which state it is in."""

    def __init__(self, state: str, verb: str) -> None:
        super().__init__(f"is {_SAID.get(state, state)}: it can not be {_DONE.get(verb, verb)} now.")
        self.state, self.verb = state, verb


def move(state: str, verb: str) -> State:
    """The state a version is in after the verb; raises NotAllowed where the table has no such move."""
    try:
        return NEXT[state, verb]
    except KeyError:
        raise NotAllowed(state, verb) from None


def changes() -> list[tuple[str, str]]:
    """Every change of state that some verb makes, once: what the database lets through."""
    return sorted({(before, after) for (before, _), after in NEXT.items() if before != after})


def table() -> str:
    """The whole table in Markdown, for the docs: a row a verb, a column a state."""
    states = list(State)
    rows = [["verb", *(_SAID.get(state, state) for state in states)], ["---"] * (len(states) + 1)]
    rows += [[verb, *(NEXT.get((state, verb), "") for state in states)] for verb in Verb]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
