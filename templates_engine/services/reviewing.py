"""The review: asked for, taken back, sent back, signed. What is signed is the hash that was read."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from opsportal.audit.acting import acting
from templates_engine.models import Version
from templates_engine.services import checking
from templates_engine.services.errors import LifecycleError, StaleVersion
from templates_engine.services.holding import active_of, contributed, held, move, needs, noted, seen
from templates_engine.spec import documents as spec
from templates_engine.spec.lifecycle import Verb

State = Version.State
LIVE = (State.IN_REVIEW, State.APPROVED, State.PILOT)


def submit(*, version_id: int, by: User, intent: str, now: datetime) -> Version:
    """Ask for a signature, with one sentence why; from here on the text stands.

    Raises LifecycleError with every problem, StaleVersion when it builds on what is active no more.
    """
    needs("Say in one sentence why: approvers read it first.", intent)
    with transaction.atomic(), acting(reason=intent):
        version = held(version_id, Verb.SUBMIT, by)
        other = version.document.versions.filter(state__in=LIVE).first()
        if other is not None:
            words = f"{other} is {other.get_state_display().lower()} already: one review of a document at a time."
            raise LifecycleError(f"{words} Wait for it or have it recalled; then rebase this draft on it.")
        _pin(version)
        fresh(version)
        move(version, Verb.SUBMIT)
        version.submitted_at, version.submitted_by, version.intent = now, by, intent.strip()[:300]
        version.author = version.author or by
        contributed(version, by, now)
        version.save()
        return version


def _pin(version: Version) -> None:
    """Read the text once more, against the facts of now: what is signed later is exactly this."""
    reading = checking.read(version.text, document=version.document)
    if reading.problems:
        raise LifecycleError(f"It has problems: {'; '.join(map(problem, reading.problems))}")
    version.body, version.digest, version.problems = reading.body, reading.digest, []


def problem(one: dict[str, object]) -> str:
    """A stored problem as a person reads it."""
    place = f"line {one['line']}, " if one.get("line") else ""
    return f"{place}{one['path']}: {one['message']}"


def fresh(version: Version) -> None:
    """Raises StaleVersion when another version came to work since this one was begun."""
    active = active_of(version.document)
    if version.origin == Version.Origin.ROLLED_BACK:
        begun = active is None or active.activated_at is None or active.activated_at <= version.created_at
    else:
        begun = version.based_on_id == (active.pk if active else None)
    if not begun:
        now = f"{active} is active now" if active else "nothing of this document is active any more"
        words = f"{version} builds on {version.based_on or 'nothing'}, and {now}."
        raise StaleVersion(f"{words} Its author rebases it: compare, take over what is missing, submit again.")


def recall(*, version_id: int, by: User, comment: str) -> Version:
    """An author takes it back: a draft again, with the authors it had."""
    with transaction.atomic(), acting(reason=comment):
        version = held(version_id, Verb.RECALL, by)
        return _returned(version, Verb.RECALL, comment)


def send_back(*, version_id: int, by: User, comment: str, now: datetime | None = None) -> Version:
    """Return it to its authors with what has to change."""
    needs("Say what has to change.", comment)
    with transaction.atomic(), acting(reason=comment):
        version = held(version_id, Verb.SEND_BACK, by)
        noted(version, by, comment, now or version.submitted_at or version.created_at)
        return _returned(version, Verb.SEND_BACK, comment)


def _returned(version: Version, verb: str, comment: str) -> Version:
    move(version, verb)
    version.comment = comment.strip()
    version.save()
    return version


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
    """Sign what was seen; never one's own work. With a moment, the schedule puts it to work then.

    Raises NotYours for whoever had a hand in it, StaleVersion when it is not what was seen or not built on what is
    active, LifecycleError when it does not do any more.
    """
    if running not in Version.Running.values:
        raise LifecycleError("Running escalations stay or migrate.")
    if activate_at is not None and activate_at <= now:
        raise LifecycleError("The moment of activation must lie ahead.")
    with transaction.atomic(), acting(reason=comment):
        version = held(version_id, Verb.APPROVE, by)
        seen(version, seen_digest)
        sound(version)
        fresh(version)
        move(version, Verb.APPROVE)
        version.approved_by, version.approved_at, version.approved_digest = by, now, version.digest
        version.activate_at, version.running, version.comment = activate_at, running, comment.strip()
        version.save()
        noted(version, by, comment, now)
        return version


def sound(version: Version) -> None:
    """Raises LifecycleError unless text, body and hash are one, and it fits what is declared and active now."""
    reading = checking.read(version.text, document=version.document)
    if {version.digest, spec.digest(version.body)} != {reading.digest}:
        raise LifecycleError(f"{version} does not say what its hash says: it was changed behind the portal's back.")
    faults = [*map(problem, reading.problems), *checking.fallout(version)]
    if faults:
        raise LifecycleError(f"It does not fit any more: {'; '.join(faults)}")


def countersign(*, version_id: int, by: User, seen_digest: str, comment: str, now: datetime) -> Version:
    """The second signature that an emergency still wants, by somebody else."""
    with transaction.atomic(), acting(reason=comment):
        version = held(version_id, Verb.COUNTERSIGN, by)
        seen(version, seen_digest)
        version.second_by, version.second_at = by, now
        version.save()
        noted(version, by, comment, now)
        return version
