"""The line goes on: after the proof of what a step sent, and after the decision about one that failed."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from escalations.models import Case, Escalation, Message, StepRun
from escalations.queries import proofs
from escalations.services import running
from escalations.services.holding import Surroundings, locked, surroundings, writing
from escalations.services.steps.base import Here, State
from escalations.services.steps.failing import give_up, pass_over
from escalations.services.steps.undoing import kept, undone
from escalations.services.writing import Writing

# What a step remembers when it begins anew.
_LASTING = ("undo", "runs", "fault", "undone_for", "message")
log = logging.getLogger(__name__)


def settle(*, now: datetime, limit: int = 100) -> int:
    """Take up what was proved, or has failed for good, since a step sent it; returns how many records moved.

    Any number of callers at once: who comes second finds nothing left to take up.
    """
    ids = proofs.waiting(limit=limit)
    if not ids:
        return 0
    around = surroundings(now=now)
    return sum(_settled(escalation_id, now, around) for escalation_id in ids)


def _settled(escalation_id: int, now: datetime, around: Surroundings) -> bool:
    try:
        with writing(now=now, around=around, reason="a step's message was proved") as unit:
            escalation = locked(escalation_id)
            rows = running.rows_of(escalation)
            messages = proofs.ended([run.awaits for run in rows if run.awaits])
            for run in rows:
                message = messages.get(run.awaits or "")
                if message is not None:
                    _take_up(running.place(unit, escalation, run, rows), message)
            if messages:
                unit.change(escalation)
                running.advance(unit, escalation, rows)
        return bool(messages)
    except Exception:  # one bad record must not stop the others; it is looked at again in the next sweep
        log.exception("steps of record %s", escalation_id)
        return False


def _take_up(here: Here, message: Message) -> None:
    """What was sent arrived, or never will."""
    here.run.awaits = None
    sent = message.state == Message.State.SENT
    tries = f" at try {message.attempts}" if message.attempts > 1 else ""
    words = f"{message.to} took it{tries}" if sent else f"{message.to}: {message.error or message.state}"
    if here.run.state == State.UNDOING:
        (undone if sent else kept)(here, words)
    elif sent:
        here.done(words)
    else:
        here.keep(message=message.key)
        give_up(here, f"{words}, {message.attempts} {'try' if message.attempts == 1 else 'tries'}")


def resume(unit: Writing, escalation: Escalation, case: Case, answer: dict[str, Any]) -> None:
    """A person decided about a step that failed: again, done by hand, or passed over. Other answers leave it."""
    rows = running.rows_of(escalation)
    run = next((one for one in rows if one.case_id == case.pk and one.state == State.FAILED), None)
    if run is None:
        return
    here = running.place(unit, escalation, run, rows)
    by = case.decided_by
    if "retry" in answer:
        _again(here, rows)
    elif "done" in answer and run.do not in ("ask_approval", "branch"):
        here.done(f"by hand: {case.decision_reason}", by)
    elif "skip" in answer:
        pass_over(here, f"passed over: {case.decision_reason}")
    else:
        return
    run.case = None
    unit.step(run)
    unit.change(escalation)
    running.advance(unit, escalation, rows, by=by)


def _again(here: Here, rows: Sequence[StepRun]) -> None:
    """From the first step that was set back for it; what had not been set back is not done twice."""
    for run in rows:
        if run.data.get("undone_for") == here.run.position and run.state == State.UNDONE:
            _fresh(run)
            run.data = {name: one for name, one in run.data.items() if name != "undone_for"}
            here.unit.step(run)
    _fresh(here.run, turn=0 if here.run.data.get("message") else 1)
    here.unit.step(here.run)


def _fresh(run: StepRun, turn: int = 1) -> None:
    run.state, run.outcome, run.tries = State.NEXT, "", 0
    run.turn += turn
    run.done_at = run.done_by = run.due_at = run.awaits = run.waits_for = None
    run.data = {name: one for name, one in run.data.items() if name in _LASTING}
