"""A decision takes effect: the line resumes exactly where it paused."""

from typing import Any

from escalations.models import AccountIdentifier, Case, Escalation, Message, Signal
from escalations.services import resuming, running, severities, signals
from escalations.services.holding import locked
from escalations.services.writing import Writing

STEERING = frozenset({"title", "retry", "seen"})


def apply(unit: Writing, case: Case) -> None:
    """Carry out what was decided; called once, after the time in which it could be taken back."""
    answer = {name: value for name, value in (case.decision or {}).items() if name != "title"}
    case.applied_at = unit.now
    case.save()
    if case.escalation_id is not None:
        _settle(unit, case, locked(case.escalation_id), answer)
    _resume(unit, case, answer)


def _resume(unit: Writing, case: Case, answer: dict[str, Any]) -> None:
    waiting = list(Signal.objects.filter(case=case, stage=Signal.Stage.REVIEW).select_related("source", "delivery"))
    if "ignore" in answer:
        for signal in waiting:
            signals.ignored(signal, f"{case.decided_by}: {answer['ignore']} ({case.decision_reason})", unit.now)
        return
    if "account" in answer:
        for system, value in case.known.get("identifiers", []):
            AccountIdentifier.objects.get_or_create(
                system=system, value=value, defaults={"account_id": answer["account"]}
            )
    signals.again(waiting, {name: value for name, value in answer.items() if name not in STEERING})


def _settle(unit: Writing, case: Case, escalation: Escalation, answer: dict[str, Any]) -> None:
    decided = {name: value for name, value in answer.items() if name in escalation.facts}
    for name, value in decided.items():
        escalation.facts[name] = {**escalation.facts[name], "value": value, "source": "decided"}
    if "severity" in answer and answer["severity"] != escalation.severity:
        severities.change(unit, escalation, str(answer["severity"]), words="Severity decided")
    if "tier" in answer:
        escalation.tier = str(answer["tier"])
    if "owner" in answer:
        _change_owner(unit, case, escalation, int(answer["owner"]))
    others = Case.objects.filter(escalation=escalation).exclude(state="decided").exclude(pk=case.pk)
    if escalation.held and not others.exists():
        release(unit, escalation)
    unit.change(escalation)
    if case.reason == "qa_failed":
        running.advance(unit, escalation)
    if case.reason == "step_failed":
        resuming.resume(unit, escalation, case, answer)


def release(unit: Writing, escalation: Escalation) -> None:
    """Nothing is doubtful any more: what was held goes out."""
    escalation.held = False
    freed = Message.objects.filter(escalation=escalation, state=Message.State.HELD).update(
        state=Message.State.PENDING, next_try_at=unit.now
    )
    unit.tell(escalation, "release", f"The line goes on: {freed} held {'message' if freed == 1 else 'messages'} sent")


def _change_owner(unit: Writing, case: Case, escalation: Escalation, person_id: int) -> None:
    to = unit.people.people[person_id]
    role = {"primary": "primary", "backup": "backup", "escalation": "escalation_owner"}.get(case.field)
    if role is not None:
        setattr(escalation, role, to)
    if role in (None, "primary") and escalation.owner_id != to.pk and escalation.is_open:
        escalation.state, escalation.level = "open", 0
        unit.hand(escalation, to, how="handed", reason=f"decided in {case.reference}")
        running.ask_again(unit, escalation)
