"""Telling people about documents: who may decide when something waits, its authors when it was decided.

Messages that belong to no record; their key is the version's moment, so that nobody is told twice of one thing.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User

from escalations.models import Message, Person
from escalations.queries.directory import directory
from escalations.services.writing import pick_channel
from templates_engine import services as documents
from templates_engine.models import Version
from templates_engine.queries import active_documents
from templates_engine.spec.documents import OwnershipPolicy


def reviewers(version: Version, *, now: datetime) -> list[User]:
    """Who is asked to decide: of those who may, the ones that the ownership policy names for it, where it names any.

    The policy's `reviewers` may name `approve_template`, `approve_mapping` and so on, or `approve` for all kinds.
    """
    able = documents.can_decide(version)
    policy = active_documents().policies.get("ownership")
    if not isinstance(policy, OwnershipPolicy):
        return able
    ref = policy.reviewers.get(f"approve_{version.document.kind}") or policy.reviewers.get("approve")
    if ref is None:
        return able
    people = directory(now=now, policy=policy)
    meant = people.teams.get(ref.team, ()) if ref.team else [people.usernames.get(ref.person or "")]
    wanted = {one.user_id for one in meant if one is not None and one.user_id}
    # Nobody of those named may decide: rather everybody who may than nobody at all.
    return [one for one in able if one.pk in wanted] or able


def asked(version: Version, *, now: datetime) -> int:
    """Something waits for a signature: those who may decide are told. Returns how many."""
    by = _name(version.submitted_by)
    body = f"{by} asks for a signature of {version}.\n\nWhy: {version.intent}\n\nRead it and decide:"
    return tell(version, reviewers(version, now=now), "review", f"To sign: {version}", body, now)


def told_authors(version: Version, *, by: User, verb: str, comment: str, now: datetime) -> int:
    """It was decided: everybody who wrote it is told, but whoever decided."""
    said = f"\n\n{by.get_full_name() or by.get_username()} says: {comment.strip()}" if comment.strip() else ""
    body = f"{version} was {verb} by {_name(by)}.{said}\n\nSee it:"
    whom = [one for one in documents.authors(version) if one.pk != by.pk]
    return tell(version, whom, verb.replace(" ", "-"), f"{verb.capitalize()}: {version}", body, now)


def emergency(version: Version, *, now: datetime) -> int:
    """An emergency put it to work: those who may sign are told by when."""
    due = f"{version.second_due_at:%d %b %H:%M} UTC" if version.second_due_at else "tomorrow"
    body = f"{_name(version.author)} put {version} to work at once.\n\nWhy: {version.intent}\n\nSign it by {due}:"
    return tell(version, reviewers(version, now=now), "second", f"Second signature by {due}: {version}", body, now)


def tell(version: Version, users: Iterable[User], purpose: str, subject: str, body: str, now: datetime) -> int:
    """Put a message into the outbox for each user who is a person of the directory. Returns how many."""
    people = Person.objects.filter(user__in=[one.pk for one in users], is_active=True)
    page = f"{settings.PUBLIC_URL.rstrip('/')}/templates/versions/{version.pk}/"
    rows = [
        Message(
            key=f"version{version.pk}:{purpose}:{int(now.timestamp())}:{person.pk}"[:200],
            version=version,
            person=person,
            channel=pick_channel(person, "auto"),
            subject=subject[:300],
            body=f"{body}\n{page}",
            next_try_at=now,
            created_at=now,
        )
        for person in people
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else "Somebody"
