"""Setting back what steps did: the last first, each proved before the next."""

from collections.abc import Sequence

from escalations.services.steps import DO
from escalations.services.steps.base import Here, State, StepFailed
from escalations.services.steps.cases import ask_about_undo
from templates_engine.spec.steps import Undo


def set_back(line: Sequence[Here]) -> None:
    """Go on with what is being undone; stops at the first that waits for its proof."""
    for here in sorted(line, key=lambda one: -one.run.position):
        if here.run.state == State.UNDOING:
            if here.run.awaits is None:
                undo(here)
            if here.run.state == State.UNDOING:
                return


def undo(here: Here) -> None:
    """Set one step back; what can not be is done as before, and says so."""
    how, doing = here.step.undo, DO[here.run.do]
    try:
        if isinstance(how, Undo):
            here.undoing = how
            effect = DO[how.do].effect
            outcome = effect(here) if effect is not None else ""
        elif how == "restore" and doing.restore is not None:
            outcome = doing.restore(here)
        else:
            raise StepFailed("nothing says how to set it back")
    except StepFailed as fault:
        kept(here, str(fault))
        return
    finally:
        here.undoing = None
    if outcome is None:
        here.unit.step(here.run)
    else:
        undone(here, outcome)


def undone(here: Here, outcome: str) -> None:
    """It is set back."""
    here.keep(did=here.run.data.get("did") or here.run.outcome, undone_at=here.unit.now.isoformat())
    here.settle(State.UNDONE, f"set back: {outcome}" if outcome else "set back")
    here.unit.tell(here.escalation, "undo_step", f"{here.run.title} was set back")


def kept(here: Here, why: str) -> None:
    """It could not be set back: what it did stands, and a person will see that."""
    here.keep(stands=why)
    here.settle(State.DONE, f"could not be set back: {why}", here.run.done_by)
    here.unit.tell(here.escalation, "undo_step", f"{here.run.title} could not be set back: {why}")
    # Set back for a step that failed, it stands in that step's case.
    if "undone_for" not in here.run.data:
        ask_about_undo(here, why)
