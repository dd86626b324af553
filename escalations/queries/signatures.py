"""What must hold of documents and their signatures, asked of the database itself."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from templates_engine import guards
from templates_engine.models import Contribution, Version
from templates_engine.spec.documents import digest

WORKS = ("approved", "pilot", "active")
CHECKS = 2


def unsigned(now: datetime) -> QuerySet[Version]:
    """At work although nobody, or one of its authors, signed it."""
    own = Contribution.objects.filter(version=OuterRef("pk"), user=OuterRef("approved_by"))
    first = Q(origin="shipped", number=1, submitted_at__isnull=True)
    late = Q(emergency=True, second_by__isnull=True) & Q(second_due_at__isnull=True)
    nobody = Q(approved_by__isnull=True, emergency=False) & ~first
    return Version.objects.filter(state__in=WORKS).filter(nobody | late | Exists(own) | Q(approved_by=F("author")))


def countersigned_by_an_author(now: datetime) -> QuerySet[Version]:
    """The second signature is that of somebody who had a hand in it."""
    own = Contribution.objects.filter(version=OuterRef("pk"), user=OuterRef("second_by"))
    return Version.objects.filter(Exists(own))


def altered() -> list[int]:
    """Ids of versions at work whose body is not what their digest says, or not what was signed."""
    rows = Version.objects.filter(state__in=WORKS).values_list("pk", "body", "digest", "approved_digest")
    return [pk for pk, body, said, signed in rows if digest(body) != said or signed not in ("", said)]


def faults() -> list[tuple[str, list[Any]]]:
    """What is no query: guards that are not up, and texts that were altered; each with what breaks it."""
    found: list[tuple[str, list[Any]]] = [
        ("a guard of documents and signatures that is not up, or not as written", list(guards.missing())),
        ("a version whose text is not the one that was signed", list(altered())),
    ]
    return [(words, broken) for words, broken in found if broken]
