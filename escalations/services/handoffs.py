"""Moving the next owner: by a person with a reason, or by itself when somebody is silent or absent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from escalations.domain import deadlines, ownership
from escalations.models import Absence, Escalation, Handoff, Person
from escalations.queries import rotas
from escalations.services import cases, running, wording
from escalations.services.clocks import LAST
from escalations.services.errors import Refused, require
from escalations.services.holding import locked, move, someone, writing
from escalations.services.writing import Writing
from opsportal.lib import durations


def hand_off(
    *,
    escalation_id: int,
    by: Person,
    to_id: int | None,
    reason: str,
    expected: str,
    now: datetime,
    seen_version: int | None = None,
) -> Escalation:
    """Give it to somebody else, saying why and by when something is expected of them.

    `expected` is a duration such as "2h". Raises Refused with every field that does not do.
    """
    require(reason=reason.strip())
    window = _expected(expected)
    to = someone(to_id, field="to")
    until = rotas.away(now).get(to.pk)
    if until is not None:
        raise Refused({"to": f"{to.name} is absent until {until:%d %b %H:%M} UTC"})
    with writing(now=now, human=True, reason=reason) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        if escalation.owner_id == to.pk:
            raise Refused({"to": f"{to.name} has it already"})
        holders = _holders(escalation)
        move(escalation, "hand_off")
        escalation.expected_by = now + window
        escalation.hops += 1
        unit.hand(escalation, to, how=Handoff.How.HANDED, reason=reason, expected_by=escalation.expected_by)
        running.ask_again(unit, escalation)
        escalation.level = 0
        unit.change(escalation)
        unit.tell(escalation, "hand_off", f"{by.name} → {to.name}: {reason} (expected in {durations.words(window)})")
        tell_owner(unit, escalation, why=f"{by.name} handed it to you: {reason}")
        if ownership.goes_round(holders, to.pk) or escalation.hops >= unit.documents.ownership.max_hops:
            cases.open_case(unit, "routing_loop", escalation=escalation)
    return escalation


def fail_over(unit: Writing, escalations: Sequence[Escalation], *, why: str, absence: Absence | None = None) -> None:
    """Nobody answered in time, or the owner is away: each record moves along its chain, or to the deputy who is there.

    At the end of the chain the last owner keeps being told.
    """
    deputy = unit.people.people.get(absence.deputy_id) if absence and absence.deputy_id else None
    for escalation in escalations:
        links = chain(unit, escalation)
        if deputy is not None and unit.people.present(deputy):
            step = ownership.Step(escalation.level, deputy.pk, exhausted=False, loop=False)
        else:
            step = ownership.next_in_chain(
                links,
                escalation.level,
                current=escalation.owner_id,
                hops=escalation.hops,
                max_hops=unit.documents.ownership.max_hops,
            )
        before = escalation.owner
        move(escalation, "fail_over")
        escalation.level, escalation.hops = step.level, escalation.hops + 1
        to = unit.people.people[step.person]
        if to.pk != escalation.owner_id:
            unit.hand(escalation, to, how=Handoff.How.FAILED_OVER, reason=why, absence=absence)
        running.ask_again(unit, escalation)
        if step.level >= LAST:
            _remind_later(unit, escalation)
        unit.change(escalation)
        name = before.name if before else "nobody"
        unit.tell(escalation, "fail_over", f"{name} → {to.name} by itself: {why}")
        tell_owner(unit, escalation, why=why)
        if step.loop:
            cases.open_case(unit, "routing_loop", escalation=escalation)
        elif step.exhausted:
            cases.open_case(unit, "chain_exhausted", escalation=escalation)


def give_back(unit: Writing, escalations: Sequence[Escalation], to: Person) -> None:
    """Somebody is back: what moved because they were away, and nobody took up, is theirs again."""
    for escalation in escalations:
        before = escalation.owner
        why = f"{to.name} is back"
        move(escalation, "hand_off")
        unit.hand(escalation, to, how=Handoff.How.FAILED_OVER, reason=why)
        escalation.level = 0
        running.ask_again(unit, escalation)
        unit.change(escalation)
        unit.tell(escalation, "fail_over", f"{before.name if before else 'nobody'} → {to.name} by itself: {why}")
        tell_owner(unit, escalation, why=why)


def remind(unit: Writing, escalations: Sequence[Escalation]) -> None:
    """Tell the owner again, each time a little later: never silence."""
    for escalation in escalations:
        _remind_later(unit, escalation)
        unit.change(escalation)
        unit.tell(escalation, "remind", f"{escalation.owner} was told again ({escalation.reminders})")
        tell_owner(unit, escalation, why="still waiting for you")


def chain(unit: Writing, escalation: Escalation) -> list[ownership.Link]:
    """The record's owners in their order, with who is present; the last owner stands at the end."""
    ids = (
        escalation.primary_id,
        escalation.backup_id,
        escalation.escalation_owner_id,
        unit.people.last_owner.pk,
    )
    return [
        ownership.Link(role=role, person=person_id, present=unit.people.present(unit.people.people[person_id]))
        for role, person_id in zip(ownership.ROLES, ids, strict=True)
    ]


def _remind_later(unit: Writing, escalation: Escalation) -> None:
    every = [durations.parse(text) for text in unit.documents.ownership.remind_every]
    escalation.remind_at = unit.now + deadlines.remind_after(escalation.reminders, every)
    escalation.reminders += 1


def tell_owner(unit: Writing, escalation: Escalation, *, why: str) -> None:
    """Tell the next owner that it is theirs, and why now."""
    owner = escalation.owner
    if owner is None:
        return
    due = escalation.acknowledge_by or escalation.resolve_by
    unit.send(
        escalation,
        owner,
        purpose=f"esc{escalation.pk}v{escalation.version}:owner",
        subject=wording.subject(escalation),
        body=f"{why}\n\nYou are the next owner of {escalation.reference}. Acknowledge by {due:%H:%M} UTC.",
    )


def _holders(escalation: Escalation) -> list[int]:
    """Who held it, in order, the present owner last."""
    return list(Handoff.objects.filter(escalation=escalation).order_by("pk").values_list("to_person_id", flat=True))


def _expected(text: str) -> timedelta:
    require(expected=text.strip())
    try:
        window = durations.parse(text)
    except ValueError as fault:
        raise Refused({"expected": f"{fault}; say it like 30m, 2h or 1d"}) from fault
    if window <= timedelta(0):
        raise Refused({"expected": "must be longer than nothing"})
    return window
