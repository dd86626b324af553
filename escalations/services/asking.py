"""Asking a colleague about a case: the question stands on the case, which waits for the answer."""

from datetime import datetime, timedelta

from django.conf import settings

from escalations.domain import lifecycle
from escalations.models import Case, Person
from escalations.services.cases import is_held_from
from escalations.services.errors import Refused, Taken, require
from escalations.services.holding import locked_case, someone, writing
from escalations.services.writing import Writing

# Unanswered it comes back while there is still time to decide it.
BEFORE_DUE = timedelta(minutes=5)


def ask(
    *, case_id: int, by: Person, to_id: int | None, text: str, now: datetime, seen_version: int | None = None
) -> Case:
    """Ask somebody by name. The case leaves the queue until the answer is there, at the latest until it is due.

    Raises Refused without a question or somebody to ask, Taken when somebody else decided or has it in hand.
    """
    require(question=text.strip())
    to = someone(to_id, field="to")
    with writing(now=now, human=True, reason="asked") as unit:
        case = locked_case(case_id)
        if case.state == "decided" or is_held_from(case, by, now):
            raise Taken(what=case.reference, by=str(case.decided_by or case.claimed_by))
        locked_case(case_id, seen_version=seen_version)
        case.state = lifecycle.move_case(case.state, "snooze")
        case.wake_at = max(case.due_at - BEFORE_DUE, now + BEFORE_DUE)
        case.claimed_by = case.claimed_at = None
        asked = {"to": to.name, "to_id": to.pk, "by": by.name, "by_id": by.pk, "text": text.strip(), "at": str(now)}
        case.known = {**case.known, "asked": [*case.known.get("asked", []), asked]}
        case.version += 1
        case.save()
        unit.tell(
            case.escalation, "ask", f"{by.name} asked {to.name} about {case.reference}: {text.strip()}", case=case
        )
        _write(unit, case, to, f"{by.name} asks about {case.reference}", f"{case.question}\n\n{text.strip()}")
    return case


def answer(*, case_id: int, by: Person, text: str, now: datetime) -> Case:
    """Answer the last question that is open; the case is back in the queue, and whoever asked is told.

    Raises Refused without words, or where nothing was asked.
    """
    require(answer=text.strip())
    with writing(now=now, human=True, reason="answered") as unit:
        case = locked_case(case_id)
        asked = [dict(one) for one in case.known.get("asked", [])]
        waiting = [one for one in asked if "answer" not in one]
        if not waiting:
            raise Refused({"answer": "nothing is asked here any more"})
        waiting[-1] |= {"answer": text.strip(), "answered_by": by.name, "answered_at": str(now)}
        case.known, case.wake_at = {**case.known, "asked": asked}, None
        case.version += 1
        case.save()
        unit.tell(case.escalation, "answer", f"{by.name} answered on {case.reference}: {text.strip()}", case=case)
        asker = unit.people.people.get(waiting[-1]["by_id"])
        if asker is not None and asker.pk != by.pk:
            _write(unit, case, asker, f"{by.name} answered on {case.reference}", text.strip())
    return case


def _write(unit: Writing, case: Case, to: Person, subject: str, words: str) -> None:
    """A message between colleagues: it does not leave the building, so nothing holds it."""
    page = f"{settings.PUBLIC_URL.rstrip('/')}/review/{case.pk}/"
    purpose = f"case{case.pk}v{case.version}:asking"
    unit.send(case.escalation, to, purpose=purpose, subject=subject, body=f"{words}\n{page}", case=case, leaves=False)
