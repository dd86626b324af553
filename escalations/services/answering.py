"""What people do to a step: answer, approve, refuse, tick off, set back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction

from escalations.models import Escalation, Person, StepAnswer, StepRun
from escalations.services import running
from escalations.services.errors import Refused, Taken, require
from escalations.services.holding import locked, surroundings, writing
from escalations.services.steps.asking import eligible, refuse
from escalations.services.steps.base import Here, State, StepFailed
from escalations.services.steps.setting import set_fact
from escalations.services.writing import Writing

_DO = {"choose": "ask_person", "approve": "ask_approval", "turn_down": "ask_approval", "tick": "open_task"}
Verdict = StepAnswer.Verdict


def choose(
    *,
    escalation_id: int,
    step: str,
    by: Person,
    answer: str,
    now: datetime,
    comment: str = "",
    seen_version: int | None = None,
) -> Escalation:
    """Answer a question with one of its choices; raises Refused for any other, Taken when somebody was first."""
    require(answer=answer)
    with _waiting(escalation_id, step, by, now, seen_version, _DO["choose"], comment) as here:
        choice = next((one for one in here.step.choices or () if one.key == answer), None)
        if choice is None:
            allowed = ", ".join(one.key for one in here.step.choices or ())
            raise Refused({"answer": f"is one of {allowed}"})
        _answered(here, by, Verdict.CHOSEN, comment, value=answer)
        if here.step.sets:
            _set(here, here.step.sets, answer)
        here.keep(answer=answer)
        here.done(f"{choice.title}{f': {comment}' if comment else ''}", by)
        here.unit.tell(here.escalation, "answer", _words(here, f"answered “{choice.title}”", comment))
    return here.escalation


def approve(
    *, escalation_id: int, step: str, by: Person, now: datetime, comment: str = "", seen_version: int | None = None
) -> Escalation:
    """Approve what somebody else asked for; raises Refused for whoever asked, and for whom the step does not name."""
    with _waiting(escalation_id, step, by, now, seen_version, _DO["approve"], comment) as here:
        _may_approve(here, by)
        _answered(here, by, Verdict.APPROVED, comment)
        if here.step.sets:
            _set(here, here.step.sets, True)
        here.done(f"approved{f': {comment}' if comment else ''}", by)
        here.unit.tell(here.escalation, "approve", _words(here, "approved", comment))
    return here.escalation


def turn_down(
    *, escalation_id: int, step: str, by: Person, reason: str, now: datetime, seen_version: int | None = None
) -> Escalation:
    """Refuse, with a reason. Where the step keeps the answer as a fact the line goes on with it, else it fails."""
    require(reason=reason.strip())
    with _waiting(escalation_id, step, by, now, seen_version, _DO["turn_down"], reason) as here:
        _may_approve(here, by)
        _answered(here, by, Verdict.REFUSED, reason)
        here.unit.tell(here.escalation, "refuse", _words(here, "refused", reason))
        if here.step.sets:
            _set(here, here.step.sets, False)
            here.done(f"refused: {reason}", by)
        else:
            refuse(here, f"{by.name} refused: {reason}")
    return here.escalation


def tick(
    *, escalation_id: int, step: str, by: Person, now: datetime, comment: str = "", seen_version: int | None = None
) -> Escalation:
    """A task is done."""
    with _waiting(escalation_id, step, by, now, seen_version, _DO["tick"], comment) as here:
        _answered(here, by, Verdict.TICKED, comment)
        here.done(f"done{f': {comment}' if comment else ''}", by)
        here.unit.tell(here.escalation, "tick", _words(here, "ticked off", comment))
    return here.escalation


def undo_step(
    *, escalation_id: int, step: str, by: Person, reason: str, now: datetime, seen_version: int | None = None
) -> Escalation:
    """Set back what a finished step did, because it made something worse; the line itself stays where it is."""
    require(reason=reason.strip())
    with _held(escalation_id, step, by, now, seen_version, reason) as here:
        why_not = not_undoable(here.run, here.escalation)
        if why_not:
            raise Refused({"step": why_not})
        _answered(here, by, Verdict.UNDONE, reason)
        here.run.state = State.UNDOING
        here.unit.step(here.run)
        here.unit.tell(here.escalation, "undo_step", f"{by.name} sets {here.run.title} back: {reason.strip()}")
    return here.escalation


def not_undoable(run: StepRun, escalation: Escalation) -> str:
    """Why a step can not be set back; empty where it can."""
    if not run.data.get("undo"):
        return "nothing says how to set it back"
    if run.state != State.DONE:
        return f"it is {run.state}: only what is done can be set back"
    return "the record is closed" if escalation.state == Escalation.State.CLOSED else ""


def look(escalation: Escalation, step: str, *, now: datetime, by: Person | None) -> Here | None:
    """A step as it stands, to be read: nothing of it is written."""
    rows = running.rows_of(escalation)
    run = next((one for one in rows if one.step == step), None)
    if run is None:
        return None
    around = surroundings(now=now)
    unit = Writing(now=now, documents=around.documents, people=around.people)
    return running.place(unit, escalation, run, rows, by=by)


def may_approve(here: Here, by: Person) -> str:
    """Why somebody may not approve; empty where they may."""
    if here.run.asked_by_id == by.pk:
        return "you asked for it: somebody else approves"
    named = eligible(here)
    if by.pk not in {one.pk for one in named}:
        return f"only {', '.join(one.name for one in named) or 'nobody'} may approve"
    return ""


def _may_approve(here: Here, by: Person) -> None:
    why_not = may_approve(here, by)
    if why_not:
        raise Refused({"step": why_not})


@contextmanager
def _held(
    escalation_id: int, step: str, by: Person, now: datetime, seen_version: int | None, reason: str
) -> Iterator[Here]:
    """The record under its lock with the step in question; what was done there is written and the line goes on."""
    with writing(now=now, human=True, reason=reason) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        rows = running.rows_of(escalation)
        run = next((one for one in rows if one.step == step), None)
        if run is None:
            raise StepRun.DoesNotExist
        yield running.place(unit, escalation, run, rows, by=by)
        unit.change(escalation)
        running.advance(unit, escalation, rows, by=by)


@contextmanager
def _waiting(
    escalation_id: int, step: str, by: Person, now: datetime, seen_version: int | None, do: str, reason: str
) -> Iterator[Here]:
    """The same for a step that must be of a kind, and wait for an answer; raises Taken when somebody was first."""
    with _held(escalation_id, step, by, now, seen_version, reason or do) as here:
        if here.run.do != do:
            raise Refused({"step": f"is {here.run.do}, not {do}"})
        if here.run.state == State.DONE:
            raise Taken(what=here.run.title, by=str(here.run.done_by))
        if here.run.state != State.WAITING:
            raise Refused({"step": f"is {here.run.state}: it waits for nobody"})
        yield here


def _answered(here: Here, by: Person, verdict: str, comment: str, value: str = "") -> None:
    """Keep the answer for good; of two at once the database takes one, and refuses whoever asked for it."""
    try:
        with transaction.atomic():
            StepAnswer.objects.create(
                run=here.run,
                turn=here.run.turn,
                verdict=verdict,
                value=value,
                comment=comment.strip(),
                asked_by=here.run.asked_by,
                by=by,
                at=here.unit.now,
            )
    except IntegrityError as fault:
        raise Refused({"step": "somebody else has answered it, or you asked for it yourself"}) from fault


def _set(here: Here, name: str, value: str | bool) -> None:
    try:
        set_fact(here, name, value)
    except StepFailed as fault:
        raise Refused({"answer": str(fault)}) from fault


def _words(here: Here, did: str, comment: str) -> str:
    said = comment.strip()
    return f"{here.by.name if here.by else 'Somebody'} {did}: {here.run.title}{f', {said}' if said else ''}"
