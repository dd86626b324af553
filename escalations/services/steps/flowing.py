"""run and branch: they do nothing themselves, what follows them does."""

from escalations.services import wording
from escalations.services.steps.base import SETTLED, Doing, Here, StepFailed
from templates_engine.queries import template_of
from templates_engine.spec import conditions
from templates_engine.spec.flow import inside, stands_in

# How the outcome of a step on the other way begins.
NOT_THIS_WAY = "not this way: "


def holds(here: Here, condition: str) -> bool | None:
    """Whether a condition of the step holds on the record now; None where its facts do not tell."""
    template = template_of(here.run.template_id or here.escalation.template_id)
    types = conditions.fact_types(here.unit.documents.facts, template)
    try:
        return conditions.compile(condition, types).evaluate(wording.values(here.escalation, here.unit.now))
    except conditions.ConditionError:
        return None  # it was written for facts that are declared no more


def leave_out(here: Here, block: str, why: str) -> None:
    """Skip everything in a block that was not begun."""
    for run in here.rows:
        if run.position > here.run.position and stands_in(run.block, block) and run.state not in SETTLED:
            Here(here.unit, here.escalation, run, here.step, here.rows).skip(why)


def _branch(here: Here) -> None:
    took = holds(here, here.step.when or "")
    if took is None and here.step.failing.then != "skip":
        raise StepFailed(f"the facts do not tell whether {here.step.when}")
    side, other = ("then", "otherwise") if took else ("otherwise", "then")
    leave_out(here, inside(here.run.block, f"{here.run.step}:{other}"), f"{NOT_THIS_WAY}{here.run.title}")
    here.done(f"{'yes' if side == 'then' else 'no'}: {here.step.when}")


def _run(here: Here) -> None:
    fault = here.run.data.get("fault")
    if fault:
        raise StepFailed(str(fault))
    here.done(str(here.run.data.get("runs", "")))


BRANCH = Doing(begin=_branch)
RUN = Doing(begin=_run)
