"""The library of documents: what each kind holds, where its versions stand, and what was made of them lately."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Count, Max
from django.utils import timezone

from escalations.models import Escalation
from templates_engine.models import Document, Version

State = Version.State
# Figures over the whole ledger are counted once for all readers, and say as of when.
SECONDS = 30
OPEN_STATES = (State.DRAFT, State.IN_REVIEW, State.APPROVED, State.PILOT, State.ACTIVE)


@dataclass(slots=True)
class Shelf:
    """A document with those of its versions that somebody can still do something about."""

    document: Document
    versions: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))
    last: datetime | None = None
    running: int = 0

    def first(self, state: str) -> Version | None:
        """The newest version in a state."""
        return next(iter(self.versions.get(state, ())), None)


@dataclass(frozen=True, slots=True)
class Use:
    """What ran on each document, by its id, as of a moment."""

    last: dict[int, datetime]
    running: dict[int, int]
    at: datetime


def shelves(kinds: Sequence[str]) -> list[Shelf]:
    """Every document of these kinds, in the order of their keys."""
    found = {one.pk: Shelf(one) for one in Document.objects.filter(kind__in=kinds).order_by("kind", "title", "pk")}
    rows = Version.objects.filter(document__kind__in=kinds, state__in=OPEN_STATES).order_by("-number")
    for version in rows.select_related("author__person", "approved_by__person").defer("text", "body"):
        found[version.document_id].versions[version.state].append(version)
    used = use()
    for pk, shelf in found.items():
        shelf.last, shelf.running = used.last.get(pk), used.running.get(pk, 0)
    return list(found.values())


def counts() -> dict[str, int]:
    """Documents by kind."""
    return dict(Document.objects.values_list("kind").annotate(n=Count("pk")).order_by())


def use() -> Use:
    """When each template last opened an escalation, and how many run on it."""
    known: Use | None = cache.get("library.use")
    if known is None:
        every = Escalation.objects.order_by().values_list("template__document")
        last = dict(every.annotate(at=Max("opened_at")))
        running = dict(
            Escalation.objects.unfinished().order_by().values_list("template__document").annotate(n=Count("pk"))
        )
        known = Use(last, running, timezone.now())
        cache.set("library.use", known, timedelta(seconds=SECONDS).total_seconds())
    return known


def is_untouched() -> bool:
    """Whether nobody has written a document of their own yet: all that is here was shipped."""
    return not Version.objects.exclude(origin=Version.Origin.SHIPPED).exists()


def document(kind: str, key: str) -> Document | None:
    """A document by its name."""
    return Document.objects.filter(kind=kind, key=key).first()


def versions(of: Document) -> list[Version]:
    """All its versions, the newest first, with those who wrote and signed; without their bodies."""
    rows = of.versions.select_related("author__person", "approved_by__person").defer("body")
    return list(rows.order_by("-number"))


def version(version_id: int) -> Version | None:
    """One version with its document."""
    return Version.objects.select_related("document", "author__person").filter(pk=version_id).first()


def active(kind: str) -> list[Version]:
    """The active versions of a kind, to start a new one from."""
    rows = Version.objects.filter(document__kind=kind, state=State.ACTIVE).select_related("document")
    return list(rows.defer("body").order_by("document__title"))


def starters(keys: Iterable[str]) -> list[Version]:
    """The active versions of these templates, in the order asked."""
    rows = {one.document.key: one for one in active("template")}
    return [rows[key] for key in keys if key in rows]


def name_of(user: User | None) -> str:
    """How people know a login."""
    if user is None:
        return ""
    person = getattr(user, "person", None)
    return str(person) if person else user.get_full_name() or user.get_username()
