"""The governance page: who may approve what, what waits for whom, what changed lately, what nobody looked at again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from escalations.models import Escalation
from opsportal.lib import durations
from templates_engine.models import Document, Version
from templates_engine.services import approvers, can_decide

# A template that nobody looked at for this long is read again.
REVIEW_AFTER = timedelta(days=90)
RECENT = timedelta(days=30)
SHOWN = 50
State = Version.State


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may sign, through which roles, and of what kinds."""

    name: str
    username: str
    roles: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that waits for a signature: since when, and who could give it."""

    version: Version
    since: datetime
    age: str
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Second:
    """An emergency without its second signature; `late` is shown red."""

    version: Version
    due_at: datetime
    late: bool
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that came to work or left it."""

    version: Version
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Aged:
    """An active template and what is to be said about it; `since` is its activation."""

    version: Version
    since: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Governance:
    """Everything the page shows."""

    approvers: list[Approver]
    waiting: list[Waiting]
    approved: list[Version]
    seconds: list[Second]
    changes: list[Changed]
    past_review: list[Aged]
    never_triggered: list[Aged]


def governance(*, now: datetime, recent: timedelta = RECENT) -> Governance:
    """Read it all; the number of queries grows with what waits, never with what was."""
    return Governance(
        approvers=_approvers(),
        waiting=waiting(now=now),
        approved=list(_versions(State.APPROVED, State.PILOT)),
        seconds=seconds(now=now),
        changes=changes(since=now - recent),
        past_review=past_review(now=now),
        never_triggered=never_triggered(now=now),
    )


def _versions(*states: str) -> Iterable[Version]:
    rows = Version.objects.filter(state__in=states).select_related("document", "author", "submitted_by", "approved_by")
    return rows.defer("text", "body").order_by("submitted_at", "pk")


def _approvers() -> list[Approver]:
    kinds = tuple(str(label) for _, label in Document.Kind.choices)
    return [Approver(_name(one), one.get_username(), _roles(one), kinds) for one in approvers()]


def _roles(user: User) -> tuple[str, ...]:
    named = [group.name for group in user.groups.all()]
    return (*sorted(named), "superuser") if user.is_superuser else tuple(sorted(named))


def waiting(*, now: datetime) -> list[Waiting]:
    """Versions in review, the oldest first."""
    return [
        Waiting(one, one.submitted_at or now, durations.words(now - (one.submitted_at or now)), _who(one))
        for one in _versions(State.IN_REVIEW)
    ]


def seconds(*, now: datetime) -> list[Second]:
    """Emergencies without their second signature, the most urgent first."""
    rows = Version.objects.filter(emergency=True, second_at__isnull=True, second_due_at__isnull=False)
    found = rows.exclude(state=State.DRAFT).select_related("document", "author").order_by("second_due_at", "pk")
    return [Second(one, one.second_due_at, one.second_due_at <= now, _who(one)) for one in found if one.second_due_at]


def _who(version: Version) -> tuple[str, ...]:
    return tuple(_name(one) for one in can_decide(version))


def changes(*, since: datetime) -> list[Changed]:
    """What came to work or left it since then, the newest first."""
    rows = Version.objects.filter(Q(activated_at__gte=since) | Q(retired_at__gte=since, activated_at__isnull=False))
    found: list[Changed] = []
    for one in rows.select_related("document", "approved_by", "activated_by", "author").defer("text", "body"):
        if one.activated_at and one.activated_at >= since:
            found.append(Changed(one, one.activated_at, _came(one)))
        if one.retired_at and one.retired_at >= since:
            found.append(Changed(one, one.retired_at, f"v{one.number} retired"))
    return sorted(found, key=lambda one: (one.at, one.version.pk), reverse=True)[:SHOWN]


def _came(version: Version) -> str:
    if version.approved_by is not None:
        return f"v{version.number} active, signed by {_name(version.approved_by)}"
    if version.emergency and version.author is not None:
        return f"v{version.number} active at once, by {_name(version.author)}"
    return f"v{version.number} active since the first load"


def past_review(*, now: datetime) -> list[Aged]:
    """Active templates that are at work for longer than ninety days, the longest first."""
    limit = now - REVIEW_AFTER
    return [
        Aged(one, one.activated_at, f"at work for {(now - one.activated_at).days} days")
        for one in _templates().filter(activated_at__lte=limit)
        if one.activated_at
    ]


def never_triggered(*, now: datetime) -> list[Aged]:
    """Active templates on whose document no record ever ran, the longest at work first."""
    # One walk over the records, however many templates there are.
    ran = set(Escalation.objects.order_by().values_list("template__document", flat=True).distinct())
    return [
        Aged(one, one.activated_at, f"never triggered in {durations.words(now - one.activated_at)}")
        for one in _templates()
        if one.activated_at and one.document_id not in ran
    ]


def _templates() -> QuerySet[Version]:
    rows = Version.objects.filter(state=State.ACTIVE, document__kind=Document.Kind.TEMPLATE)
    return rows.select_related("document").defer("text", "body").order_by("activated_at", "pk")


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()
