"""Time passes: one sweep, any number of callers, all allowed at once. Nothing else knows what a due time does.

1. Find due timers, the most urgent first.
2. Lock their records; a record that somebody else holds is left to them, or to the next sweep.
3. Mark the timers fired, under the lock, believing only those that still wait.
4. Let each kind have its effect, in the same transaction.
5. Apply decisions whose time to be taken back is over, put signed documents to work whose moment has come.
6. Take waiting signals down the line, send what is due, and go on with steps whose message was proved.
Cost follows what is due, never what is open.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from escalations import pipeline
from escalations.models import OPEN, Case, Escalation, Timer
from escalations.queries import due
from escalations.services import absences, applying, cases, handoffs, outbox, overseeing, resuming, running
from escalations.services.holding import Surroundings, locked_case, move, surroundings, writing
from escalations.services.writing import Writing
from opsportal.audit.acting import acting
from opsportal.lib import clock

log = logging.getLogger(__name__)
BATCH = 500
# A task longer than fifteen seconds starves the canary (decisions.md, queue settings).
BUDGET_S = 10.0


def sweep(*, now: datetime | None = None, budget_s: float = BUDGET_S) -> dict[str, int]:
    """Do everything that is due; returns how much of each was done."""
    started = time.monotonic()
    done = {"fired": 0, "moved": 0, "applied": 0, "signals": 0, "sent": 0, "stepped": 0}
    with acting(door="task", name="Opsportal"):
        while time.monotonic() - started < budget_s:
            fired = fire(now=now or clock.db_now())
            done["fired"] += fired
            if not fired:
                break
        done["moved"] = absences.begin(now=now or clock.db_now()) + absences.give_back(now=now or clock.db_now())
        done["applied"] = apply_decisions(now=now or clock.db_now())
        done["governed"] = govern(now=now or clock.db_now())
        done["signals"] = pipeline.drain()
        done["sent"] = outbox.deliver(now=now or clock.db_now())
        done["stepped"] = resuming.settle(now=now or clock.db_now())
    return done


def fire(*, now: datetime, limit: int = BATCH) -> int:
    """Fire one batch of due timers; returns how many."""
    ids = due.timers(now=now, limit=limit)
    if not ids:
        return 0
    around = surroundings(now=now)
    try:
        with writing(now=now, around=around) as unit:
            return _fire(unit, ids)
    except Exception:  # one bad record must not delay the others: each gets a transaction of its own
        log.exception("a batch of %s timers", len(ids))
        return sum(_fire_alone(timer_id, now, around) for timer_id in ids)


def _fire_alone(timer_id: int, now: datetime, around: Surroundings) -> int:
    try:
        with writing(now=now, around=around) as unit:
            return _fire(unit, [timer_id])
    except Exception as fault:  # the poisoned one: a person is asked, and it does not come up again
        log.exception("timer %s", timer_id)
        with writing(now=now, around=around) as unit:
            timer = Timer.objects.select_related("escalation__account").get(pk=timer_id)
            _mark([timer_id], now)
            known = {"missing": [f"{type(fault).__name__}: {fault}"[:300]]}
            cases.open_case(
                unit, "step_failed", escalation=timer.escalation, key=f"step_failed:timer{timer_id}", known=known
            )
        return 1


def _fire(unit: Writing, ids: Sequence[int]) -> int:
    escalations, waiting_cases = due.lock_records(ids)
    timers = Timer.objects.filter(pk__in=ids, state=Timer.State.PENDING).order_by("due_at", "id")
    groups: dict[str, list[Escalation]] = defaultdict(list)
    late_cases: list[Case] = []
    fired: list[int] = []
    seen: set[int] = set()
    for timer in timers:
        if timer.case_id in waiting_cases:
            late_cases.append(waiting_cases[timer.case_id])
            fired.append(timer.pk)
        elif timer.escalation_id in escalations and timer.escalation_id not in seen:
            # One effect a record and batch: what the first one changes decides whether the next still holds.
            seen.add(timer.escalation_id)
            fired.append(timer.pk)
            groups[timer.kind].append(escalations[timer.escalation_id])
    _mark(fired, unit.now)
    for kind, records in groups.items():
        EFFECTS[kind](unit, [one for one in records if one.state in OPEN or kind == Timer.Kind.STEP])
    cases.overdue(unit, [case for case in late_cases if case.state != "decided"])
    return len(fired)


def _mark(ids: Iterable[int], now: datetime) -> None:
    Timer.objects.filter(pk__in=list(ids), state=Timer.State.PENDING).update(state=Timer.State.FIRED, fired_at=now)


def govern(*, now: datetime) -> int:
    """See to scheduled activations and to signatures that are late; returns how many there were."""
    return overseeing.activate_due(now=now) + overseeing.ask_for_signatures(now=now)


def apply_decisions(*, now: datetime, limit: int = 100) -> int:
    """Let decisions take effect that can not be taken back any more."""
    applied = 0
    for case_id in due.decisions(now=now, limit=limit):
        with writing(now=now, human=True) as unit:
            case = locked_case(case_id)
            if case.state == "decided" and case.applied_at is None:
                applying.apply(unit, case)
                applied += 1
    return applied


def _not_acknowledged(unit: Writing, records: Sequence[Escalation]) -> None:
    handoffs.fail_over(unit, records, why="not acknowledged in time")


def _expected_passed(unit: Writing, records: Sequence[Escalation]) -> None:
    for escalation in records:
        escalation.expected_by = None
    handoffs.fail_over(unit, records, why="the time asked for at hand-off is used up")


def _resolution_late(unit: Writing, records: Sequence[Escalation]) -> None:
    handoffs.fail_over(unit, records, why="not resolved in time")


def _promise_late(unit: Writing, records: Sequence[Escalation]) -> None:
    for escalation in records:
        unit.change(escalation)
        unit.tell(escalation, "promise_late", "The promised customer update is late")
        handoffs.tell_owner(unit, escalation, why="The customer was promised an update by now.")


def _wake(unit: Writing, records: Sequence[Escalation]) -> None:
    for escalation in records:
        move(escalation, "resume")
        running.ask_again(unit, escalation)
        unit.change(escalation)
        unit.tell(escalation, "resume", "Its snooze is over")
        handoffs.tell_owner(unit, escalation, why="Its snooze is over.")


def _rerank(unit: Writing, records: Sequence[Escalation]) -> None:
    for escalation in records:
        unit.rerank(escalation)


EFFECTS: dict[str, Callable[[Writing, Sequence[Escalation]], None]] = {
    Timer.Kind.ACKNOWLEDGE: _not_acknowledged,
    Timer.Kind.EXPECTED: _expected_passed,
    Timer.Kind.RESOLVE: _resolution_late,
    Timer.Kind.PROMISE: _promise_late,
    Timer.Kind.WAKE: _wake,
    Timer.Kind.REMIND: handoffs.remind,
    Timer.Kind.RERANK: _rerank,
    Timer.Kind.STEP: running.due,
}
