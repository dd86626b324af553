"""Running a template's steps over a record: in order, each with its outcome, until one waits."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from escalations.models import CorrelationKey, Escalation, Person, StepRun
from escalations.services import cases, closing, wording
from escalations.services.writing import Writing
from opsportal.lib import durations
from templates_engine.queries import template_of
from templates_engine.spec import conditions, planning
from templates_engine.spec.documents import Step, Template

State = StepRun.State


def plan(escalation: Escalation, template: Template) -> list[StepRun]:
    """The step rows of a record that is about to open."""
    return [
        StepRun(escalation=escalation, position=number, step=step.id, do=step.do, title=step.title or step.id)
        for number, step in enumerate(template.steps)
    ]


def advance(unit: Writing, escalation: Escalation, runs: Sequence[StepRun] | None = None, *, cause: str = "") -> None:
    """Run what can run; stop at the first step that waits for a person or a clock."""
    template = template_of(escalation.template_id)
    for run in StepRun.objects.filter(escalation=escalation).order_by("position") if runs is None else runs:
        if run.state in (State.DONE, State.SKIPPED):
            continue
        step = template.steps[run.position]
        if run.state == State.NEXT:
            run.started_at = unit.now
            if step.when and not _holds(step, template, escalation, unit):
                _end(unit, run, State.SKIPPED, f"not needed: {step.when}")
                continue
        DO[step.do](unit, escalation, run, step, cause)
        if run.state not in (State.DONE, State.SKIPPED):
            unit.step(run)
            return


def finish_waiting(unit: Writing, escalation: Escalation, *, do: str, by: Person) -> None:
    """A person did what a step waited for: it is done, and the line goes on."""
    for run in StepRun.objects.filter(escalation=escalation, do=do, state__in=(State.WAITING, State.NEXT)):
        if run.state == State.WAITING or do == "wait_for_acknowledgement":
            _end(unit, run, State.DONE, f"by {by.name}", by=by)
            run.save()
    advance(unit, escalation)


def finish_all(unit: Writing, escalation: Escalation) -> None:
    """The record closed by hand: what was left is skipped, and says so."""
    for run in StepRun.objects.filter(escalation=escalation).exclude(state__in=(State.DONE, State.SKIPPED)):
        _end(unit, run, State.DONE if run.do == "close" else State.SKIPPED, "closed by hand")


def begin_again(unit: Writing, escalation: Escalation) -> None:
    """A reopened record: its clocks and its last steps start anew, later signals find it again."""
    escalation.level = 0
    ask_again(unit, escalation)
    escalation.resolve_by = unit.now + (escalation.resolve_by - escalation.opened_at)
    StepRun.objects.filter(escalation=escalation, do__in=("wait_for_resolution", "check", "close")).update(
        state=State.NEXT, done_at=None, done_by=None, outcome=""
    )
    taken = CorrelationKey.objects.filter(live=True).values("key")
    CorrelationKey.objects.filter(escalation=escalation, live=False).exclude(key__in=taken).update(live=True)
    advance(unit, escalation)


def acknowledge_window(unit: Writing, escalation: Escalation) -> timedelta:
    """How long an owner has to acknowledge: the waiting step says, else the template's or the policy's clock."""
    template = template_of(escalation.template_id)
    step = next((one for one in template.steps if one.do == "wait_for_acknowledgement" and one.within), None)
    if step is not None and step.within:
        return durations.parse(step.within)
    planned: timedelta = planning.plan(template, escalation.severity, unit.documents.sla).clocks["acknowledge"]
    return planned


def ask_again(unit: Writing, escalation: Escalation) -> None:
    """It waits for an acknowledgement anew, with a fresh clock."""
    escalation.acknowledge_by = unit.now + acknowledge_window(unit, escalation)
    escalation.acknowledged_at = escalation.acknowledged_by = None
    escalation.wake_at = escalation.remind_at = None


def _holds(step: Step, template: Template, escalation: Escalation, unit: Writing) -> bool:
    condition = conditions.compile(step.when or "true", conditions.fact_types(unit.documents.facts, template))
    return condition.evaluate(wording.values(escalation, unit.now)) is not False


def _end(unit: Writing, run: StepRun, state: str, outcome: str, by: Person | None = None) -> None:
    run.state, run.done_at, run.outcome, run.done_by = state, unit.now, outcome[:300], by
    unit.step(run)


def _assign(unit: Writing, escalation: Escalation, run: StepRun, step: Step, cause: str) -> None:
    who = wording.role(escalation, unit.people, (step.to or ["primary"])[0])
    if escalation.owner_id != who.pk:
        unit.hand(escalation, who, how="opened", reason=f"{step.title or step.id}")
        unit.change(escalation)
    _end(unit, run, State.DONE, f"{who.name}")


def _notify(unit: Writing, escalation: Escalation, run: StepRun, step: Step, cause: str) -> None:
    told = []
    for role in step.to or ["owner"]:
        who = wording.role(escalation, unit.people, role)
        unit.send(
            escalation,
            who,
            purpose=f"{cause or f'esc{escalation.pk}v{escalation.version}'}:{run.step}",
            subject=wording.subject(escalation),
            body=wording.message(step.message, escalation, who),
            channel=step.channel or "auto",
            leaves=step.leaves is not False,
        )
        told.append(who.name)
    held = escalation.held and step.leaves is not False
    _end(unit, run, State.DONE, f"{'held for' if held else 'told'} {', '.join(dict.fromkeys(told))}")


def _wait_for_acknowledgement(unit: Writing, escalation: Escalation, run: StepRun, step: Step, cause: str) -> None:
    if escalation.state != "open":
        _end(unit, run, State.DONE, "was acknowledged already")
        return
    if run.state == State.NEXT and step.within:
        escalation.acknowledge_by = unit.now + durations.parse(step.within)
        unit.change(escalation)
    run.state = State.WAITING


def _wait_for_resolution(unit: Writing, escalation: Escalation, run: StepRun, step: Step, cause: str) -> None:
    if escalation.state in ("resolved", "closed"):
        _end(unit, run, State.DONE, "resolved", by=escalation.owner)
    else:
        run.state = State.WAITING


def _check(unit: Writing, escalation: Escalation, run: StepRun, step: Step, cause: str) -> None:
    if escalation.state not in ("resolved", "closed"):
        run.state = State.WAITING
        return
    failed = [result.words for result in closing.checks(escalation) if not result.passed]
    if not failed:
        _end(unit, run, State.DONE, "every check passed")
        return
    run.state, run.outcome = State.WAITING, "; ".join(failed)[:300]
    cases.open_case(unit, "qa_failed", escalation=escalation, known={"missing": failed})


def _close(unit: Writing, escalation: Escalation, run: StepRun, step: Step, cause: str) -> None:
    if escalation.state == "resolved" and template_of(escalation.template_id).close.when == "qa":
        closing.shut(escalation, now=unit.now)
        unit.change(escalation)
        unit.tell(escalation, "close", "Closed: every check passed")
        _end(unit, run, State.DONE, "closed by itself")
    elif escalation.state == "closed":
        _end(unit, run, State.DONE, "closed")
    else:
        run.state = State.WAITING


DO: dict[str, Callable[[Writing, Escalation, StepRun, Step, str], None]] = {
    "assign": _assign,
    "notify": _notify,
    "wait_for_acknowledgement": _wait_for_acknowledgement,
    "wait_for_resolution": _wait_for_resolution,
    "check": _check,
    "close": _close,
}
