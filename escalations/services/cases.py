"""Cases: opening, claiming, deciding, undoing, applying. The only writer of a case's state."""

from datetime import datetime, timedelta
from typing import Any

from escalations.domain import alike, lifecycle
from escalations.domain.reasons import Reason
from escalations.models import Account, Case, Escalation, Person, Source, Timer
from escalations.queries import suggestions
from escalations.services.errors import Refused, Stale, Taken, require, require_ahead
from escalations.services.holding import locked_case, someone, writing
from escalations.services.writing import Writing
from opsportal.lib import durations

# DESIGN.md 4.3: nothing leaves for ten seconds, so that a decision can be taken back.
UNDO = timedelta(seconds=10)
# Decided together, a person has a list to look over before anything leaves.
UNDO_TOGETHER = timedelta(seconds=30)
# A browser that died holds its claim no longer than this.
CLAIM = timedelta(minutes=15)


def open_case(
    unit: Writing,
    reason: str,
    *,
    escalation: Escalation | None = None,
    account: Account | None = None,
    source: Source | None = None,
    key: str = "",
    field: str = "",
    subject: str = "",
    known: dict[str, Any] | None = None,
) -> Case:
    """Ask a person: a named owner with a deadline; a like question that waits already is joined."""
    code = Reason(reason)
    key = (key or f"{reason}:{f'esc{escalation.pk}' if escalation else ''}:{field}")[:220]
    waiting = Case.objects.filter(key=key).exclude(state="decided").first()
    known = known or {}
    account = account or (escalation.account if escalation else None)
    if waiting is not None:
        heard = {name: value for name, value in waiting.known.items() if name != "asked"}
        if code is Reason.sources_disagree and known != heard:
            _hear(unit, waiting, known, subject or str(account or ""))
        return waiting
    case = Case.objects.create(
        reason=code.value,
        question=question(code, field, subject or str(account or ""), source, known)[:300],
        subject=(subject or (str(account) if account else str(source or "")))[:200],
        key=key,
        escalation=escalation,
        source=source,
        field=field,
        known=known,
        answers=suggestions.answers(
            code, field=field, known=known, account=account, documents=unit.documents, people=unit.people
        ),
        owner=unit.people.reviewer(code.value, account),
        due_at=unit.now + durations.parse(unit.documents.ownership.review_within),
        opened_at=unit.now,
        alike=alike.kind(code.value, field, source.slug if source else "", known),
    )
    Timer.objects.create(case=case, kind=Timer.Kind.DECIDE, generation=case.version, urgency=1, due_at=case.due_at)
    unit.tell(escalation, "case", f"Case {case.reference}: {case.question}", case=case)
    return case


def _hear(unit: Writing, case: Case, known: dict[str, Any], subject: str) -> None:
    """One more source, or a newer word of one: the question that waits says what all of them say now.

    Whoever has it open sees another question than this one: their answer to that is refused as stale.
    """
    code = Reason(case.reason)
    account = case.escalation.account if case.escalation else None
    case.version += 1
    # What was asked of a colleague meanwhile stays with the case.
    case.known = {**known, **({"asked": case.known["asked"]} if "asked" in case.known else {})}
    case.question = question(code, case.field, subject, case.source, known)[:300]
    case.answers = suggestions.answers(
        code, field=case.field, known=known, account=account, documents=unit.documents, people=unit.people
    )
    case.alike = alike.kind(code.value, case.field, case.source.slug if case.source else "", known)
    case.save()


def question(code: Reason, field: str, subject: str, source: Source | None, known: dict[str, Any]) -> str:
    """The one sentence a person answers."""
    told = {**known, "field": field, "subject": subject, "source": str(source) if source else ""}
    return code.question(**told)


def claim(*, case_id: int, by: Person, now: datetime, seen_version: int | None = None) -> Case:
    """Take the case in hand; raises Taken when somebody else has it, Stale when it moved on since it was seen."""
    with writing(now=now, human=True, reason="claimed"):
        case = locked_case(case_id)
        if case.state == "decided":
            raise Taken(what=case.reference, by=str(case.decided_by))
        if is_held_from(case, by, now):
            raise Taken(what=case.reference, by=str(case.claimed_by))
        if seen_version not in (None, case.version):
            raise Stale(what=case.reference, seen=seen_version or 0, current=case.version)
        if case.state == "open" or case.claimed_by_id != by.pk:
            case.state = lifecycle.move_case("open", "claim")
            case.claimed_by, case.claimed_at = by, now
            case.version += 1
            case.save()
    return case


def is_held_from(case: Case, by: Person | None, now: datetime) -> bool:
    """Whether somebody else has it in hand, and not for so long that they must have left."""
    fresh = case.claimed_at is not None and case.claimed_at > now - CLAIM
    return case.state == "claimed" and (by is None or case.claimed_by_id != by.pk) and fresh


def release(*, case_id: int, by: Person, now: datetime) -> Case:
    """Give a claimed case back to the queue.

    It asks what it asked before, so its version stays: whoever turns from a case to deciding it together with its
    like gives it back on the way, and must not be refused for that.
    """
    with writing(now=now, human=True, reason="released"):
        case = locked_case(case_id)
        if case.claimed_by_id == by.pk and case.state == "claimed":
            case.state = lifecycle.move_case(case.state, "release")
            case.claimed_by = case.claimed_at = None
            case.save()
    return case


def decide(
    *,
    case_id: int,
    by: Person,
    answer: dict[str, Any],
    reason: str,
    now: datetime,
    seen_version: int | None = None,
    together: bool = False,
) -> Case:
    """Answer the case. The line resumes ten seconds later; until then the decision can be taken back.

    `together` says that it is one of many decided with one reason: there is half a minute then.
    Raises Taken when somebody decided first, Refused without an answer or a reason.
    """
    require(answer=answer or "", reason=reason.strip())
    with writing(now=now, human=True, reason=reason) as unit:
        case = locked_case(case_id)
        if case.state == "decided":
            raise Taken(what=case.reference, by=str(case.decided_by))
        if is_held_from(case, by, now):
            raise Taken(what=case.reference, by=str(case.claimed_by))
        locked_case(case_id, seen_version=seen_version)
        case.state = lifecycle.move_case(case.state, "decide")
        case.decided_by, case.decided_at = by, now
        case.decision, case.decision_reason = answer, reason.strip()
        case.answered = alike.said(case.reason, answer, case.known)
        case.effective_at = now + (UNDO_TOGETHER if together else UNDO)
        case.version += 1
        case.save()
        title = answer.get("title") or "an answer of their own"
        unit.tell(
            case.escalation, "decide", f"{by.name} decided {case.reference}: {title}, because {reason}", case=case
        )
    return case


def undo(*, case_id: int, by: Person, now: datetime, only_own: bool = False) -> Case:
    """Take a decision back while nothing has left the building; with `only_own`, one's own."""
    with writing(now=now, human=True, reason="undone") as unit:
        case = locked_case(case_id)
        if only_own and case.decided_by_id != by.pk:
            raise Taken(what=case.reference, by=str(case.decided_by))
        if case.state != "decided" or case.applied_at is not None:
            raise Refused({"case": "the line went on already; nothing can be undone here"})
        case.state = lifecycle.move_case(case.state, "undo")
        case.claimed_by, case.claimed_at = by, now
        case.decision = case.decided_at = case.decided_by = case.effective_at = None
        case.decision_reason = case.answered = ""
        case.version += 1
        case.save()
        unit.tell(case.escalation, "undo", f"{by.name} took the decision of {case.reference} back", case=case)
    return case


def reassign(
    *, case_id: int, by: Person, to_id: int | None, reason: str, now: datetime, seen_version: int | None = None
) -> Case:
    """Not mine: name who decides instead, and why."""
    require(reason=reason.strip())
    to = someone(to_id, field="to")
    with writing(now=now, human=True, reason=reason) as unit:
        case = locked_case(case_id, seen_version=seen_version)
        case.state = lifecycle.move_case(case.state, "reassign")
        case.owner, case.claimed_by, case.claimed_at = to, None, None
        case.version += 1
        case.save()
        unit.tell(case.escalation, "reassign", f"{by.name} gave {case.reference} to {to.name}: {reason}", case=case)
    return case


def snooze(
    *, case_id: int, by: Person, until: datetime, reason: str, now: datetime, seen_version: int | None = None
) -> Case:
    """Let the case wait until a moment, for a reason; its deadline stands.

    Raises Taken while somebody else has it in hand: it must not leave from under them.
    """
    require(until=until, reason=reason.strip())
    require_ahead("until", until, now)
    with writing(now=now, human=True, reason=reason) as unit:
        case = locked_case(case_id)
        if case.state == "decided" or is_held_from(case, by, now):
            raise Taken(what=case.reference, by=str(case.decided_by or case.claimed_by))
        locked_case(case_id, seen_version=seen_version)
        case.state = lifecycle.move_case(case.state, "snooze")
        case.wake_at, case.claimed_by, case.claimed_at = until, None, None
        case.version += 1
        case.save()
        unit.tell(case.escalation, "snooze", f"{by.name} snoozed {case.reference}: {reason}", case=case)
    return case


def overdue(unit: Writing, waiting: list[Case]) -> None:
    """Nobody decided in time: the case goes to the last owner, and is timed anew."""
    for case in waiting:
        late = case.owner
        case.owner = unit.people.last_owner
        case.due_at = unit.now + durations.parse(unit.documents.ownership.review_within)
        case.version += 1
        case.save()
        Timer.objects.create(case=case, kind=Timer.Kind.DECIDE, generation=case.version, urgency=1, due_at=case.due_at)
        unit.tell(
            case.escalation, "overdue", f"{case.reference} not decided by {late}: {case.owner} decides", case=case
        )
