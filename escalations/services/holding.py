"""Taking hold of records: locked, checked against what the person saw, with what verbs need around them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from escalations.domain import lifecycle
from escalations.models import Case, Escalation, Person
from escalations.queries.directory import Directory, directory
from escalations.services.errors import Refused, Stale
from escalations.services.writing import Writing
from opsportal.audit.acting import acting
from templates_engine.queries import Documents, active_documents


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The live documents and the directory, read once for a batch."""

    documents: Documents
    people: Directory


def surroundings(*, now: datetime) -> Surroundings:
    """Read both; a batch of a second or so may share them."""
    documents = active_documents()
    return Surroundings(documents, directory(now=now, policy=documents.ownership))


@contextmanager
def writing(
    *, now: datetime, human: bool = False, reason: str = "", around: Surroundings | None = None
) -> Iterator[Writing]:
    """One transaction with everything a verb needs; written at the end, or not at all."""
    with transaction.atomic(), acting(reason=reason):
        here = around or surroundings(now=now)
        unit = Writing(now=now, documents=here.documents, people=here.people, human=human)
        yield unit
        unit.save()


def locked(escalation_id: int, *, seen_version: int | None = None) -> Escalation:
    """The record under a lock; refused when it moved on since the person looked at it."""
    # No joins: PostgreSQL, having waited for the lock, shows the row as it is now beside the owner that was.
    escalation = Escalation.objects.select_for_update().get(pk=escalation_id)
    if seen_version is not None and seen_version != escalation.version:
        raise Stale(what=escalation.reference, seen=seen_version, current=escalation.version)
    return escalation


def locked_case(case_id: int, *, seen_version: int | None = None) -> Case:
    """The case under a lock; refused when it moved on since the person looked at it."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if seen_version is not None and seen_version != case.version:
        raise Stale(what=case.reference, seen=seen_version, current=case.version)
    return case


def move(escalation: Escalation, verb: str) -> None:
    """Take the record to the state the verb leads to; raises lifecycle.NotAllowed where it does not."""
    escalation.state = lifecycle.move(escalation.state, verb)


def someone(person_id: int | None, *, field: str) -> Person:
    """The active person of an id, or a refusal that names the field."""
    person = Person.objects.filter(pk=person_id, is_active=True).first() if person_id else None
    if person is None:
        raise Refused({field: "choose somebody who is active"})
    return person
