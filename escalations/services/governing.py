"""The lifecycle of documents as doors use it: the verbs of templates_engine, and what they mean for the ledger.

Pages, API and commands call these. Here approvers and authors are told, named people must be reachable before anything
goes to work, and running records move where that was decided. What the clock does alone stands in overseeing.py.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from escalations.models import Source
from escalations.queries import readiness as checks
from escalations.queries.readiness import Finding as Finding
from escalations.services import migrating, notices, overseeing
from escalations.services.errors import Stale
from escalations.services.migrating import Moved as Moved
from escalations.services.migrating import fingerprint as fingerprint
from escalations.services.migrating import migrate as migrate
from templates_engine import services as documents
from templates_engine.models import Remark, Version
from templates_engine.services import LifecycleError as LifecycleError
from templates_engine.services import NotYours as NotYours
from templates_engine.services import StaleVersion as StaleVersion
from templates_engine.services import may as may

Running = Version.Running


def readiness(version: Version, *, now: datetime | None = None) -> list[Finding]:
    """Whether it can go to work, check by check; what `blocks` refuses approval and activation."""
    return checks.readiness(version, now=now or timezone.now())


def affected(version: Version, *, now: datetime | None = None) -> list[Moved]:
    """Running records on another version of it, before and after they would be moved."""
    return migrating.affected(version, now=now or timezone.now())


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
        version = documents.submit(version_id=version_id, by=by, intent=intent, now=now)
        notices.asked(version, now=now)
        return version


def recall(*, version_id: int, by: User, comment: str, now: datetime | None = None) -> Version:
    """An author takes it back."""
    return documents.recall(version_id=version_id, by=by, comment=comment)


def send_back(*, version_id: int, by: User, comment: str, now: datetime | None = None) -> Version:
    """Return it to its authors, who are told."""
    at = now or timezone.now()
    with transaction.atomic():
        version = documents.send_back(version_id=version_id, by=by, comment=comment, now=at)
        notices.told_authors(version, by=by, verb="sent back", comment=comment, now=at)
        return version


def approve(
    *,
    version_id: int,
    by: User,
    seen_digest: str,
    comment: str,
    now: datetime,
    activate_at: datetime | None = None,
    running: str = Running.STAY,
    seen_list: str = "",
) -> Version:
    """Sign what was seen; its authors are told. `seen_list` is the fingerprint of the records that would move.

    Raises LifecycleError where readiness blocks, Stale when other records would move than were shown.
    """
    with transaction.atomic():
        version = documents.approve(
            version_id=version_id,
            by=by,
            seen_digest=seen_digest,
            comment=comment,
            now=now,
            activate_at=activate_at,
            running=running,
        )
        overseeing.require_ready(version, now)
        moved = affected(version, now=now) if seen_list else []
        if seen_list and fingerprint(moved) != seen_list:
            raise Stale(what="the list of running escalations", seen=0, current=len(moved))
        notices.told_authors(version, by=by, verb="approved", comment=comment, now=now)
        return version


def activate(*, version_id: int, by: User, now: datetime, seen_list: str = "") -> Version:
    """Put a signed version to work; where its approver said so, running records move to it."""
    return overseeing.put_to_work(version_id=version_id, by=by, now=now, seen_list=seen_list)


def cancel_schedule(*, version_id: int, by: User, now: datetime) -> Version:
    """It does not go to work by itself any more; it stays approved and waits for somebody."""
    return documents.unschedule(version_id=version_id, by=by)


def activate_due(*, now: datetime) -> int:
    """Put to work what is due by schedule."""
    return overseeing.activate_due(now=now)


def start_pilot(*, version_id: int, by: User, mode: str, now: datetime, team: str = "") -> Version:
    """Try a signed version in shadow, or live for one team."""
    with transaction.atomic():
        version = documents.start_pilot(version_id=version_id, by=by, mode=mode, now=now, team=team)
        overseeing.require_ready(version, now)
        return version


def end_pilot(*, version_id: int, by: User, now: datetime) -> Version:
    """The pilot is over; it is approved still."""
    return documents.end_pilot(version_id=version_id, by=by, now=now)


def retire(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Take a version away without a successor; refused while a source is read by it."""
    with transaction.atomic():
        version = documents.retire(version_id=version_id, by=by, comment=comment, now=now)
        key = version.document.key if version.document.kind == "mapping" and version.activated_at else ""
        readers = [str(one) for one in Source.objects.filter(mapping_key=key).exclude(state="disabled")] if key else []
        if readers:
            raise LifecycleError(f"{', '.join(readers)} could not be read without it: connect another mapping first.")
        return version


def roll_back(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Ask for an earlier version again; somebody else signs."""
    with transaction.atomic():
        version = documents.roll_back(version_id=version_id, by=by, comment=comment, now=now)
        notices.asked(version, now=now)
        return version


def emergency_roll_back(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """An earlier text at work at once; those who may sign it are told by when."""
    with transaction.atomic():
        version = documents.emergency_roll_back(version_id=version_id, by=by, comment=comment, now=now)
        notices.emergency(version, now=now)
        return version


def countersign(*, version_id: int, by: User, seen_digest: str, comment: str, now: datetime) -> Version:
    """The second signature; a case that asked for it is decided by that."""
    with transaction.atomic():
        version = documents.countersign(version_id=version_id, by=by, seen_digest=seen_digest, comment=comment, now=now)
        overseeing.signed(version, by=by, comment=comment, now=now)
        notices.told_authors(version, by=by, verb="countersigned", comment=comment, now=now)
        return version
