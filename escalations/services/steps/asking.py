"""ask_person, ask_approval, open_task: a named person is asked, in writing, with a time."""

from escalations.models import Person
from escalations.services.steps.base import Doing, Here, StepFailed
from escalations.services.steps.failing import fail, give_up
from templates_engine.spec.owners import OwnerRef
from templates_engine.spec.steps import Step

_ASK = {"ask_person": "Asked", "ask_approval": "Approval asked", "open_task": "Task"}


def eligible(here: Here) -> list[Person]:
    """Whom the step names: all members of a team, in their order. Of an approval never whoever asked for it."""
    found: dict[int, Person] = {}
    for one in here.step.to or ["owner"]:
        team = isinstance(one, OwnerRef) and one.team
        people = here.unit.people.teams.get(team, ()) if team else [here.person(one)]
        found |= {who.pk: who for who in people if who is not None and who.is_active}
    if here.step.do == "ask_approval":
        found.pop(here.run.asked_by_id or 0, None)
    return list(found.values())


def _begin(here: Here) -> None:
    here.run.asked_by = here.by or here.escalation.owner
    named = eligible(here)
    who = next((one for one in named if here.unit.people.present(one)), named[0] if named else None)
    if who is None:
        raise StepFailed("nobody else may approve it" if here.step.do == "ask_approval" else "nobody is there to ask")
    _ask(here, who)


def _again(here: Here) -> None:
    """It waits on, whatever happened to the record; a reassigned one is still asked of the same person."""


def _ask(here: Here, who: Person) -> None:
    """Tell them what is asked; it goes out while the record is doubtful too, since it may be what ends the doubt."""
    here.run.waits_for = who
    asked = [*here.run.data.get("asked", []), who.pk]
    here.keep(asked=asked)
    until = here.unit.now + here.window
    question = here.text(here.step.question or here.step.title, who)
    here.unit.send(
        here.escalation,
        who,
        purpose=f"{here.purpose}:asked{len(asked)}",
        subject=f"{_ASK[here.step.do]}: {question}",
        body=_body(here, question, who, f"{until:%d %b %H:%M} UTC"),
        leaves=False,
    )
    here.wait(until=until)


def _body(here: Here, question: str, who: Person, until: str) -> str:
    choices = [f"- {one.title}{f': {one.why}' if one.why else ''}" for one in here.step.choices or ()]
    guidance = here.text(here.step.guidance, who) if here.step.guidance else ""
    about = f"{here.escalation.account.name}: {here.escalation.title}. Answer by {until}."
    return "\n\n".join(part for part in (question, guidance, "\n".join(choices), about) if part)


def _late(here: Here) -> None:
    """Nobody answered: asked again, then whoever comes next, then what the step says."""
    failing, named = here.step.failing, here.run.waits_for
    name = named.name if named else "nobody"
    here.run.tries += 1
    if here.run.tries <= failing.retry and named is not None:
        here.unit.tell(here.escalation, "step", f"{here.run.title}: {name} was asked again")
        _ask(here, named)
        return
    if failing.then == "fail_over":
        who = _next(here)
        if who is not None:
            here.unit.tell(here.escalation, "step", f"{here.run.title}: {name} → {who.name}, not answered in time")
            _ask(here, who)
            return
    give_up(here, f"{name} did not answer in time", set_back=False)


def _next(here: Here) -> Person | None:
    """Who is asked after the last one: others who may, then (where anybody may) the record's chain."""
    record, people = here.escalation, here.unit.people
    chain = (record.primary_id, record.backup_id, record.escalation_owner_id, people.last_owner.pk)
    line = eligible(here)
    if here.step.do != "ask_approval":
        line += [people.people[pk] for pk in chain]
    asked = here.run.data.get("asked", [])
    return next((one for one in line if one.pk not in asked and people.present(one)), None)


def refuse(here: Here, words: str) -> None:
    """The approver says no: nothing of it is tried again."""
    fail(here, words, again=False)


def _aside(step: Step) -> bool:
    return step.wait is not True


ASK = Doing(begin=_begin, again=_again, late=_late)
TASK = Doing(begin=_begin, again=_again, late=_late, aside=_aside)
