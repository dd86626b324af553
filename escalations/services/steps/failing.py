"""A step that failed: tried again, then set back what its block changed, then a person is asked."""

from datetime import timedelta

from escalations.models import StepRun
from escalations.services.steps.base import SETTLED, Here, State
from escalations.services.steps.flowing import leave_out
from opsportal.lib import durations
from templates_engine.spec.flow import inside, stands_in
from templates_engine.spec.stepkinds import ENDING, KINDS

# A wait that doubles ends here.
LONGEST = timedelta(hours=6)


def fail(here: Here, words: str, *, again: bool = True) -> None:
    """It failed: once more after its back-off while tries are left, else what its document says."""
    failing = here.step.failing
    here.run.tries += 1
    if again and here.run.tries <= failing.retry:
        wait = min(durations.parse(failing.back_off) * 2 ** (here.run.tries - 1), LONGEST)
        here.go_on(f"try {here.run.tries} of {failing.tries} failed: {words}", until=here.unit.now + wait)
        return
    give_up(here, words)


def give_up(here: Here, words: str, *, set_back: bool = True) -> None:
    """No try is left: passed over where the document says so, else stopped here for a person."""
    if here.step.failing.then == "skip":
        pass_over(here, f"passed over: {words}")
        return
    run = here.run
    run.state, run.outcome, run.due_at, run.awaits = State.FAILED, words[:300], None, None
    here.unit.step(run)
    here.unit.tell(here.escalation, "step_failed", f"Step {run.title} failed: {words}")
    for one in _changed(here) if set_back else ():
        one.state = State.UNDOING
        one.data = {**one.data, "undone_for": run.position}
        here.unit.step(one)


def pass_over(here: Here, words: str) -> None:
    """Go on without it. What hangs on an approval, a branch or a call that did not come about goes with it."""
    here.skip(words)
    if here.step.do == "ask_approval":
        _skip_what_hangs_on(here)
    elif here.step.do == "run":
        leave_out(here, inside(here.run.block, here.run.step), words)
    elif here.step.do == "branch":
        for side in ("then", "otherwise"):
            leave_out(here, inside(here.run.block, f"{here.run.step}:{side}"), words)


def _skip_what_hangs_on(here: Here) -> None:
    """The rest of the approval's block; at the top, up to what ends the record."""
    for run in here.rows[here.run.position + 1 :]:
        if not stands_in(run.block, here.run.block) or (run.do in ENDING and not run.block):
            return
        if run.state not in SETTLED:
            Here(here.unit, here.escalation, run, here.step, here.rows).skip(f"not approved: {here.run.title}")


def _changed(here: Here) -> list[StepRun]:
    """What ran by itself in the same block since a person was last waited for, and can be set back."""
    found = []
    for run in reversed(here.rows[: here.run.position]):
        if not stands_in(run.block, here.run.block) or _was_waited_for(run):
            break
        if run.state == State.DONE and run.data.get("undo"):
            found.append(run)
    return found


def _was_waited_for(run: StepRun) -> bool:
    waited = KINDS[run.do].asks or run.do.startswith("wait_for_")
    return waited and run.state == State.DONE and run.done_by_id is not None
