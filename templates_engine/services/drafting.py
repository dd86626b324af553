"""Writing: a draft is kept with its faults, everyone who saves it is an author, and nothing of it is at work."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from opsportal.audit.acting import acting
from templates_engine.models import Contribution, Document, Remark, Version
from templates_engine.services import checking
from templates_engine.services.errors import LifecycleError
from templates_engine.services.holding import active_of, contributed, held, move, needs, next_number, noted, seen
from templates_engine.spec.lifecycle import Verb

LONGEST_REMARK = 10_000


def draft(
    *, text: str, author: User, now: datetime, based_on: Version | None = None, origin: str = Version.Origin.WRITTEN
) -> Version:
    """A new draft, with its problems; without `based_on` it builds on what is active.

    Raises DocumentError only where the text says of no document that it is one.
    """
    reading = checking.read(text)
    with transaction.atomic(), acting(reason="draft"):
        Document.objects.get_or_create(kind=reading.kind, key=reading.key, defaults={"title": reading.title})
        document = Document.objects.select_for_update().get(kind=reading.kind, key=reading.key)
        if based_on is not None and based_on.document_id != document.pk:
            based_on = None
        version = Version.objects.create(
            document=document,
            number=next_number(document),
            origin=origin,
            text=text,
            body=reading.body,
            digest=reading.digest,
            problems=reading.problems,
            based_on=based_on or active_of(document),
            author=author,
            created_at=now,
        )
        contributed(version, author, now)
        if based_on is not None:
            _inherit(version, based_on, now)
        return version


def _inherit(version: Version, source: Version, now: datetime) -> None:
    """A draft made from one that nobody signed keeps its authors: copying is no way to lose them."""
    if source.approved_at is None and source.activated_at is None:
        for contribution in source.contributions.select_related("user"):
            contributed(version, contribution.user, now)


def edit(*, version_id: int, text: str, by: User, seen_digest: str, now: datetime) -> Version:
    """Save a draft, with its problems. Raises StaleVersion when somebody else saved since."""
    with transaction.atomic(), acting(reason="edited"):
        version = held(version_id, Verb.EDIT, by)
        seen(version, seen_digest)
        reading = checking.read(text, document=version.document)
        version.text, version.body, version.digest = text, reading.body, reading.digest
        version.problems = reading.problems
        version.author = version.author or by
        version.save()
        contributed(version, by, now)
        return version


def rebase(*, version_id: int, by: User, now: datetime) -> Version:
    """Build on what is active now: the text stays, the difference is reckoned anew, its author answers for it."""
    with transaction.atomic(), acting(reason="rebased"):
        version = held(version_id, Verb.REBASE, by)
        version.based_on = active_of(version.document)
        version.save()
        contributed(version, by, now)
        return version


def discard(*, version_id: int, by: User, now: datetime | None = None) -> Version:
    """Nobody wants this draft: it is retired without having been at work."""
    with transaction.atomic(), acting(reason="discarded"):
        version = held(version_id, Verb.DISCARD, by)
        move(version, Verb.DISCARD)
        version.retired_at = now or version.created_at
        version.save()
        return version


def remark(*, version_id: int, by: User, text: str, now: datetime, path: str = "") -> Remark:
    """Say something about the version or about one of its fields."""
    needs("Write something.", text)
    if len(text) > LONGEST_REMARK:
        raise LifecycleError(f"A remark has {LONGEST_REMARK} characters at most; this one has {len(text)}.")
    with transaction.atomic(), acting(reason="remark"):
        version = held(version_id, Verb.REMARK, by)
        noted(version, by, text, now, path)
        return version.remarks.latest("id")


def authors(version: Version) -> list[User]:
    """Everybody who had a hand in this version, in the order of their first."""
    rows = Contribution.objects.filter(version=version).select_related("user").order_by("at", "id")
    return [one.user for one in rows]
