"""The case of a step that failed: what it had changed, and where the line goes on."""

from collections.abc import Sequence

from escalations.models import Escalation, StepRun
from escalations.services import cases
from escalations.services.steps.base import Here, State
from escalations.services.writing import Writing


def ask(unit: Writing, escalation: Escalation, rows: Sequence[StepRun]) -> None:
    """Open the case of every step that failed, once everything of its block that can be is set back."""
    if any(run.state == State.UNDOING for run in rows):
        return
    for run in rows:
        if run.state == State.FAILED and run.case_id is None:
            _open(unit, escalation, run, rows)


def _open(unit: Writing, escalation: Escalation, run: StepRun, rows: Sequence[StepRun]) -> None:
    mine = [one for one in rows if one.data.get("undone_for") == run.position]
    undone = [one for one in mine if one.state == State.UNDONE]
    stands = [f"{one.title} ({one.data['stands']})" for one in mine if one.data.get("stands")]
    first = min([run, *undone], key=lambda one: one.position)
    made = {"set back": ", ".join(one.title for one in undone) or "nothing"}
    if stands:
        made["still stands"] = ", ".join(stands)
    run.case = cases.open_case(
        unit,
        "step_failed",
        escalation=escalation,
        key=f"step_failed:esc{escalation.pk}:{run.position}",
        field=run.step[:80],
        known={
            "step": run.title,
            "seen": run.outcome,
            "do": run.do,
            "says": [{"source": run.title, "value": run.outcome}],
            "made": made,
            "missing": [f"a decision: the line goes on at {first.title}"],
        },
    )
    unit.step(run)


def ask_about_undo(here: Here, why: str) -> None:
    """A person wanted it set back and it was not: somebody has to do it another way."""
    cases.open_case(
        here.unit,
        "delivery_failed",
        escalation=here.escalation,
        key=f"undo_failed:esc{here.escalation.pk}:{here.run.position}",
        field="undo",
        subject=here.run.title,
        known={"seen": why, "says": [{"source": here.run.title, "value": why}]},
    )
