"""What a record's own fields say about its clocks and its place on the Desk.

Everything here is derived: a verb changes the record, `settle` finds the next deadline, `wanted`
the timers that must be pending, `place` the rank. Nothing else decides these.
"""

from datetime import datetime

from escalations.domain import ownership, priority
from escalations.domain.weighing import weights
from escalations.models import OPEN, Escalation, Timer
from escalations.queries.directory import Directory
from templates_engine.queries import Documents

LAST = 3


def candidates(escalation: Escalation) -> dict[str, datetime]:
    """The unmet due moments of an unfinished record, by kind."""
    running = {
        "acknowledge": escalation.acknowledge_by if escalation.state == "open" else None,
        "wake": escalation.wake_at if escalation.state == "waiting" else None,
        "expected": escalation.expected_by if escalation.state == "acknowledged" else None,
        "resolve": escalation.resolve_by if escalation.state != "waiting" else None,
        "promise": escalation.promise_at,
    }
    return {kind: due for kind, due in running.items() if due is not None}


def settle(escalation: Escalation, *, now: datetime, human: bool) -> None:
    """Find the next deadline, and the moment the rank counts from (machine acts never make it later)."""
    if escalation.state not in OPEN:
        escalation.next_due_at, escalation.next_due_kind = None, ""
        return
    due = candidates(escalation)
    kind = min(due, key=lambda name: due[name])
    escalation.next_due_kind, escalation.next_due_at = kind, due[kind]
    escalation.rank_base_at = priority.base_after(human=human, old_base=escalation.rank_base_at, new_due=due[kind])


def wanted(escalation: Escalation) -> dict[str, datetime]:
    """The timers that must be pending for the record as it stands."""
    # A resolved record may still have steps to run; a closed one has none.
    steps = (
        {str(Timer.Kind.STEP): escalation.step_due_at} if escalation.step_due_at and not escalation.closed_at else {}
    )
    if escalation.state not in OPEN:
        return steps
    timers: dict[str, datetime] = {**candidates(escalation), **steps}
    if escalation.level >= LAST and escalation.state == "open":
        timers.pop("acknowledge", None)
    if escalation.remind_at is not None:
        timers[Timer.Kind.REMIND] = escalation.remind_at
    if escalation.rerank_at is not None:
        timers[Timer.Kind.RERANK] = escalation.rerank_at
    return timers


def place(escalation: Escalation, *, documents: Documents, people: Directory, now: datetime) -> None:
    """Put the record where it belongs on the Desk, with the reasons in hours."""
    account = escalation.account
    owner = escalation.owner
    certainty = ownership.certainty(
        acknowledged=escalation.state != "open",
        present=owner is not None and people.present(owner),
        is_last_owner=escalation.level >= LAST,
    )
    rank = priority.rank(
        base_due=escalation.rank_base_at,
        now=now,
        severity=escalation.severity,
        amount=account.amount,
        renews_in_days=(account.renewal_on - now.date()).days if account.renewal_on else None,
        certainty=certainty,
        ranking=weights(documents.ranking),
        executive="executive" in escalation.risk,
        currency=account.currency,
    )
    escalation.rank_at = rank.at
    escalation.rank_reasons = [{"words": part.words, "hours": part.hours} for part in rank.reasons]
    escalation.rerank_at = rank.rerank_at
