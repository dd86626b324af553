"""The lifecycle of documents as doors use it: the verbs of templates_engine, and what they mean for the ledger.

Pages, API and commands call these. Here approvers and authors are told, named people are checked to be reachable,
running records move to another version, and an emergency without its second signature becomes a case.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from escalations.queries import readiness as checks
from escalations.queries.readiness import Finding as Finding
from templates_engine import services as documents
from templates_engine.models import Remark, Version
from templates_engine.services import may as may


def readiness(version: Version, *, now: datetime | None = None) -> list[Finding]:
    """Whether it can go to work, check by check; what `blocks` refuses approval and activation."""
    return checks.readiness(version, now=now or timezone.now())


def draft(
    *, text: str, author: User, now: datetime, based_on: Version | None = None, origin: str = Version.Origin.WRITTEN
) -> Version:
    """A new draft, with its problems; raises DocumentError where kind and key can not be told."""
    return documents.draft(text=text, author=author, now=now, based_on=based_on, origin=origin)


def edit(*, version_id: int, text: str, by: User, seen_digest: str, now: datetime) -> Version:
    """Save a draft; raises StaleVersion when somebody else saved since."""
    return documents.edit(version_id=version_id, text=text, by=by, seen_digest=seen_digest, now=now)


def rebase(*, version_id: int, by: User, now: datetime) -> Version:
    """Build a draft on what is active now."""
    return documents.rebase(version_id=version_id, by=by, now=now)


def discard(*, version_id: int, by: User, now: datetime | None = None) -> Version:
    """Nobody wants this draft."""
    return documents.discard(version_id=version_id, by=by, now=now)


def remark(*, version_id: int, by: User, text: str, now: datetime, path: str = "") -> Remark:
    """Say something about a version or one of its fields."""
    return documents.remark(version_id=version_id, by=by, text=text, now=now, path=path)


def submit(*, version_id: int, by: User, intent: str, now: datetime) -> Version:
    """Ask for a signature; those who may decide are told."""
    with transaction.atomic():
        return documents.submit(version_id=version_id, by=by, intent=intent, now=now)


def recall(*, version_id: int, by: User, comment: str, now: datetime | None = None) -> Version:
    """An author takes it back."""
    return documents.recall(version_id=version_id, by=by, comment=comment)


def send_back(*, version_id: int, by: User, comment: str, now: datetime | None = None) -> Version:
    """Return it to its authors, who are told."""
    return documents.send_back(version_id=version_id, by=by, comment=comment, now=now)


def approve(
    *,
    version_id: int,
    by: User,
    seen_digest: str,
    comment: str,
    now: datetime,
    activate_at: datetime | None = None,
    running: str = Version.Running.STAY,
) -> Version:
    """Sign what was seen; its authors are told. Raises LifecycleError where readiness blocks."""
    return documents.approve(
        version_id=version_id,
        by=by,
        seen_digest=seen_digest,
        comment=comment,
        now=now,
        activate_at=activate_at,
        running=running,
    )


def activate(*, version_id: int, by: User, now: datetime) -> Version:
    """Put a signed version to work."""
    return documents.activate(version_id=version_id, by=by, now=now)


def start_pilot(*, version_id: int, by: User, mode: str, now: datetime, team: str = "") -> Version:
    """Try a signed version in shadow, or live for one team."""
    return documents.start_pilot(version_id=version_id, by=by, mode=mode, now=now, team=team)


def end_pilot(*, version_id: int, by: User, now: datetime) -> Version:
    """The pilot is over; it is approved still."""
    return documents.end_pilot(version_id=version_id, by=by, now=now)


def retire(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Take a version away without a successor."""
    return documents.retire(version_id=version_id, by=by, comment=comment, now=now)


def roll_back(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Ask for an earlier version again; somebody else signs."""
    return documents.roll_back(version_id=version_id, by=by, comment=comment, now=now)


def emergency_roll_back(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """An earlier text at work at once; somebody else signs within a day."""
    return documents.emergency_roll_back(version_id=version_id, by=by, comment=comment, now=now)


def countersign(*, version_id: int, by: User, seen_digest: str, comment: str, now: datetime) -> Version:
    """The second signature."""
    return documents.countersign(version_id=version_id, by=by, seen_digest=seen_digest, comment=comment, now=now)
