"""What each kind of step does, needs and takes: one table for model, checks, schema and outline."""

from dataclasses import dataclass

COMMON = ("id", "do", "title", "when")


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind: `needs` and `takes` name fields beside the common ones; `asks` waits for a named person."""

    words: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    asks: bool = False
    leaves: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field the kind may have."""
        return (*COMMON, *self.needs, *self.takes)


_OUT = ("message", "leaves", "undo")
_ASKED = ("guidance", "show", "on_failure")

KINDS: dict[str, StepKind] = {
    "assign": StepKind("Makes somebody the next owner", takes=("to", "undo")),
    "notify": StepKind("Tells people over one channel", takes=("to", "channel", *_OUT), leaves=True),
    "page": StepKind(
        "Tells people over every channel they have, again and again until somebody acknowledges",
        takes=("to", "repeat", "every", *_OUT),
        leaves=True,
    ),
    "wait_for_acknowledgement": StepKind("Waits until somebody has acknowledged", needs=("within",)),
    "wait_for_resolution": StepKind("Waits until somebody has resolved the record"),
    "ask_approval": StepKind(
        "Asks somebody other than whoever asked to approve",
        needs=("to", "question", "within"),
        takes=("sets", *_ASKED),
        asks=True,
    ),
    "ask_person": StepKind(
        "Asks a person to choose", needs=("question", "choices", "within"), takes=("to", "sets", *_ASKED), asks=True
    ),
    "set_field": StepKind("Sets a fact of the record", needs=("field", "value"), takes=("undo", "on_failure")),
    "snapshot": StepKind("Keeps what the record and its signals say at this moment", takes=("of",)),
    "open_task": StepKind(
        "Gives a person something to tick off",
        needs=("title", "within"),
        takes=("to", "guidance", "wait", "undo", "on_failure"),
        asks=True,
    ),
    "war_room": StepKind(
        "Posts to a shared channel and keeps the link",
        needs=("destination",),
        takes=("on_failure", *_OUT),
        leaves=True,
    ),
    "call_webhook": StepKind(
        "Tells another system to act, signed and once",
        needs=("destination", "event"),
        takes=("data", "leaves", "undo", "on_failure"),
        leaves=True,
    ),
    "run": StepKind("Runs the steps of another template, as it is when the record opens", needs=("run",)),
    "branch": StepKind("Takes one of two ways", needs=("when", "then"), takes=("otherwise", "on_failure")),
    "check": StepKind("Runs the template's checks"),
    "close": StepKind("Closes the record when its checks have passed"),
}
# What may set back what a step did.
UNDOERS = ("assign", "notify", "page", "set_field", "open_task", "war_room", "call_webhook")
# What a step that stands under `undo` has no use for.
NOT_UNDOING = frozenset({"id", "when", "undo", "on_failure", "repeat", "every", "guidance", "wait"})
# Steps of a called template that belong to the caller's own record: left out where they are spliced in.
ENDING = ("wait_for_resolution", "check", "close")
