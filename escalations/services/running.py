"""Running a template's steps over a record: in order, each with its outcome, until one waits.

next → running → done         what does its work; tries left: running again
next → waiting → done         what waits for a person or for the record
… → failed                    a case asks a person; the answer resumes the line exactly here
done → undoing → undone       what was set back, the last first
… → skipped                   not needed, or not on this way
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from escalations.models import CorrelationKey, Escalation, Person, StepRun
from escalations.services import wording
from escalations.services.severities import acknowledge_window
from escalations.services.steps import DO
from escalations.services.steps.asking import refuse
from escalations.services.steps.base import SETTLED, Doing, Here, State, StepFailed
from escalations.services.steps.cases import ask
from escalations.services.steps.failing import fail
from escalations.services.steps.flowing import NOT_THIS_WAY, holds, leave_out
from escalations.services.steps.undoing import set_back
from escalations.services.writing import Writing
from templates_engine.queries import Documents, active_documents, template_of
from templates_engine.spec import flow
from templates_engine.spec.documents import Step, Template
from templates_engine.spec.stepkinds import ENDING

__all__ = [
    "acknowledge_window",
    "advance",
    "ask_again",
    "ask_what_failed",
    "begin_again",
    "due",
    "finish_all",
    "finish_waiting",
    "place",
    "plan",
    "refuse",
    "rows_of",
]


def plan(escalation: Escalation, template: Template, documents: Documents | None = None) -> list[StepRun]:
    """The step rows of a record that is about to open, called templates pinned to what is active now."""
    documents = documents or active_documents()
    active = {one.key: one for one in documents.templates}
    found = {key: (one, documents.version_id("template", key)) for key, one in active.items()}

    return [_planned(escalation, number, row, active) for number, row in enumerate(flow.lay_out(template, found.get))]


def _planned(escalation: Escalation, number: int, row: flow.Placed, active: dict[str, Template]) -> StepRun:
    data: dict[str, object] = {"undo": True} if row.step.undo else {}
    if row.step.run:
        data["fault" if row.fault else "runs"] = row.fault or active[row.step.run].title
    return StepRun(
        escalation=escalation,
        position=number,
        step=row.name,
        block=row.block,
        template_id=row.version,
        do=row.step.do,
        title=wording.fill(row.step.title or row.step.question or row.step.id, escalation)[:200],
        data=data,
    )


def advance(
    unit: Writing,
    escalation: Escalation,
    runs: Sequence[StepRun] | None = None,
    *,
    cause: str = "",
    by: Person | None = None,
) -> None:
    """Run what can run; stop at the first step that waits for a person, a clock or a proof."""
    rows = rows_of(escalation) if runs is None else runs
    _walk([place(unit, escalation, run, rows, cause=cause, by=by) for run in rows])
    _set_clock(unit, escalation, rows)
    if not escalation._state.adding:
        ask(unit, escalation, rows)


def ask_what_failed(unit: Writing, escalation: Escalation, runs: Sequence[StepRun]) -> None:
    """The record is written now: the cases of steps that failed while it opened can be."""
    ask(unit, escalation, runs)


def _walk(line: Sequence[Here]) -> None:
    if any(here.run.state == State.UNDOING for here in line):
        set_back(line)
    for here in line:
        if here.run.state in SETTLED:
            continue
        if here.run.state in (State.FAILED, State.UNDOING):
            return
        doing = DO[here.run.do]
        _go(here, doing)
        if any(one.run.state == State.UNDOING for one in line):
            set_back(line)
        if here.run.state not in SETTLED and not (doing.aside(here.step) and here.run.state != State.FAILED):
            return


def _go(here: Here, doing: Doing) -> None:
    """Begin a step, or look again at one that was begun."""
    fresh = here.run.state == State.NEXT
    if fresh:
        here.run.started_at = here.unit.now
        if here.step.when and here.run.do != "branch" and holds(here, here.step.when) is False:
            here.skip(f"not needed: {here.step.when}")
            if here.run.do == "run":
                leave_out(here, flow.inside(here.run.block, here.run.step), f"not needed: {here.step.when}")
            return
    elif doing.again is not None:
        doing.again(here)
        return
    elif here.run.awaits or (here.run.due_at and here.run.due_at > here.unit.now):
        return
    _do(here, doing)


def _do(here: Here, doing: Doing) -> None:
    try:
        if doing.begin is not None:
            doing.begin(here)
        elif doing.effect is not None:
            outcome = doing.effect(here)
            if outcome is None:
                here.go_on("held until the case is decided" if here.escalation.held and here.step.goes_out else "")
            else:
                here.done(outcome)
    except StepFailed as fault:
        fail(here, str(fault))


def due(unit: Writing, escalations: Sequence[Escalation]) -> None:
    """The time of a step came: an answer is late, a page is repeated, what failed is tried again."""
    for escalation in escalations:
        rows = rows_of(escalation)
        for run in rows:
            if run.due_at is None or run.due_at > unit.now or run.state not in (State.RUNNING, State.WAITING):
                continue
            here = place(unit, escalation, run, rows)
            late = DO[run.do].late
            run.due_at = None
            unit.step(run)
            if late is not None:
                _guarded(here, late)
        unit.change(escalation)
        advance(unit, escalation, rows)


def _guarded(here: Here, late: Callable[[Here], None]) -> None:
    try:
        late(here)
    except StepFailed as fault:
        fail(here, str(fault))


def finish_waiting(unit: Writing, escalation: Escalation, *, do: str, by: Person) -> None:
    """A person did what a step waited for: it is done, and the line goes on.

    Whoever resolves a record makes what was still to be asked or done before that needless.
    """
    rows = rows_of(escalation)
    waited = [run for run in rows if run.do == do and run.state in (State.WAITING, State.NEXT)]
    last = waited[0].position if waited else -1
    for run in rows:
        here = place(unit, escalation, run, rows, by=by)
        if run in waited and run.state == State.WAITING:
            here.done(f"by {by.name}", by)
        elif do == "wait_for_resolution" and run.position < last and not _stays(here):
            here.skip("resolved before it was needed", by)
        elif run in waited and run.position == last and _reached(rows, run):
            here.done(f"by {by.name}", by)
    advance(unit, escalation, rows, by=by)


def _stays(here: Here) -> bool:
    """What a resolution leaves alone: what is over, what is being set back, tasks beside the line."""
    run = here.run
    return run.state in (*SETTLED, State.UNDOING) or (DO[run.do].aside(here.step) and run.state != State.NEXT)


def _reached(rows: Sequence[StepRun], run: StepRun) -> bool:
    return all(one.state in (*SETTLED, State.WAITING, State.RUNNING) for one in rows if one.position < run.position)


def finish_all(unit: Writing, escalation: Escalation) -> None:
    """The record closed by hand: what was left is skipped, and says so."""
    rows = rows_of(escalation)
    for run in rows:
        if run.state not in SETTLED:
            here = place(unit, escalation, run, rows)
            here.settle(State.DONE if run.do == "close" else State.SKIPPED, "closed by hand")
    escalation.step_due_at = None


def begin_again(unit: Writing, escalation: Escalation) -> None:
    """A reopened record: its clocks and its last steps start anew, later signals find it again."""
    escalation.level = 0
    ask_again(unit, escalation)
    escalation.resolve_by = unit.now + (escalation.resolve_by - escalation.opened_at)
    ending = StepRun.objects.filter(escalation=escalation, do__in=ENDING).exclude(outcome__startswith=NOT_THIS_WAY)
    ending.update(state=State.NEXT, done_at=None, done_by=None, outcome="")
    taken = CorrelationKey.objects.filter(live=True).values("key")
    CorrelationKey.objects.filter(escalation=escalation, live=False).exclude(key__in=taken).update(live=True)
    advance(unit, escalation)


def ask_again(unit: Writing, escalation: Escalation) -> None:
    """It waits for an acknowledgement anew, with a fresh clock."""
    escalation.acknowledge_by = unit.now + acknowledge_window(unit, escalation)
    escalation.acknowledged_at = escalation.acknowledged_by = None
    escalation.wake_at = escalation.remind_at = None


def place(
    unit: Writing,
    escalation: Escalation,
    run: StepRun,
    rows: Sequence[StepRun],
    *,
    cause: str = "",
    by: Person | None = None,
) -> Here:
    """A step with what its pinned document says of it."""
    return Here(unit, escalation, run, _definition(escalation, run), rows, cause, by)


def _definition(escalation: Escalation, run: StepRun) -> Step:
    """The step of the version it was planned from; one that the record's own version lacks does nothing more."""
    steps = flow.named(template_of(run.template_id or escalation.template_id))
    found = steps.get(run.step.rsplit(".", 1)[-1])
    return found or Step.model_validate({"id": "gone", "do": "snapshot", "when": "false"})


def rows_of(escalation: Escalation) -> list[StepRun]:
    """All steps of a record, in their order."""
    return list(
        StepRun.objects.filter(escalation=escalation).select_related("waits_for", "asked_by").order_by("position")
    )


def _set_clock(unit: Writing, escalation: Escalation, rows: Sequence[StepRun]) -> None:
    """The record carries the earliest time at which one of its steps is looked at again."""
    waiting: list[datetime] = [
        run.due_at for run in rows if run.due_at is not None and run.state in (State.RUNNING, State.WAITING)
    ]
    soonest = min(waiting, default=None)
    if escalation.step_due_at != soonest:
        escalation.step_due_at = soonest
        unit.change(escalation)
