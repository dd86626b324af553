"""At work: pilot, activation, retirement, and the ways back. What runs stays on the version it began with."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from opsportal.audit.acting import acting
from templates_engine.models import Version
from templates_engine.services.drafting import draft
from templates_engine.services.errors import LifecycleError
from templates_engine.services.holding import active_of, contributed, held, locked, move, needs, next_number
from templates_engine.services.reviewing import fresh, sound, submit
from templates_engine.spec.lifecycle import Verb

State = Version.State
# Within this time somebody else signs what an emergency put to work.
SECOND_WITHIN = timedelta(hours=24)


def activate(*, version_id: int, by: User | None = None, now: datetime) -> Version:
    """Put a signed version to work; the one before retires. Without `by` it is the schedule that does it."""
    with transaction.atomic(), acting(reason="activated" if by else "activated by schedule"):
        version = held(version_id, Verb.ACTIVATE, by) if by else locked(version_id, Verb.ACTIVATE)
        if by is None and (version.activate_at is None or version.activate_at > now):
            raise LifecycleError(f"{version} is not due yet.")
        sound(version)
        fresh(version)
        _take_over(version, Verb.ACTIVATE, now)
        version.activated_by = by
        version.save()
        return version


def due(*, now: datetime) -> list[int]:
    """Approved versions whose moment has come."""
    rows = Version.objects.filter(state=State.APPROVED, activate_at__lte=now)
    return list(rows.order_by("activate_at", "pk").values_list("pk", flat=True))


def activate_due(*, now: datetime) -> list[Version]:
    """Put to work what is due by schedule; raises LifecycleError at the first that can not go."""
    return [activate(version_id=pk, now=now) for pk in due(now=now)]


def unschedule(*, version_id: int, by: User | None = None) -> Version:
    """It waits for somebody instead of for the clock. Without `by`: its moment came and it could not go."""
    reason = "schedule cancelled" if by else "its scheduled activation was refused"
    with transaction.atomic(), acting(reason=reason):
        version = held(version_id, Verb.ACTIVATE, by) if by else locked(version_id, Verb.ACTIVATE)
        version.activate_at = None
        version.save()
        return version


def _take_over(version: Version, verb: str, now: datetime) -> None:
    """The version goes to work, and what it replaces retires: of a policy any of its kind."""
    document = version.document
    before = Version.objects.select_for_update().filter(state=State.ACTIVE)
    rules = before.filter(document__kind=document.kind) if document.rules_alone else before.filter(document=document)
    for old in rules.order_by("pk"):
        move(old, Verb.REPLACE)
        old.retired_at = now
        old.save()
    move(version, verb)
    version.activated_at, version.activate_at = now, None
    version.pilot_mode, version.pilot_team = "", ""
    title = str(version.body.get("title") or document.title)[:120]
    if title != document.title:
        document.title = title
        document.save()


def start_pilot(*, version_id: int, by: User, mode: str, now: datetime, team: str = "") -> Version:
    """Try a signed version on live signals: in its shadow, or for one team only."""
    if mode not in ("shadow", "team"):
        raise LifecycleError("A pilot runs in shadow, or live for one team.")
    if mode == "team":
        needs("Say which team tries it.", team)
    with transaction.atomic(), acting(reason=f"pilot {mode} {team}".strip()):
        version = held(version_id, Verb.START_PILOT, by)
        if version.document.kind != "template":
            raise LifecycleError("Templates are piloted; a mapping or policy is backtested and activated.")
        sound(version)
        move(version, Verb.START_PILOT)
        version.pilot_mode, version.pilot_team, version.pilot_since = mode, team if mode == "team" else "", now
        version.activate_at = None
        version.save()
        return version


def end_pilot(*, version_id: int, by: User, now: datetime) -> Version:
    """The pilot is over: it is approved still, and waits to be activated or retired."""
    with transaction.atomic(), acting(reason="pilot ended"):
        version = held(version_id, Verb.END_PILOT, by)
        move(version, Verb.END_PILOT)
        version.pilot_mode, version.pilot_team = "", ""
        version.save()
        return version


def retire(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Take it away without a successor: nothing matches it any more, what runs on it goes on."""
    needs("Say why it is retired.", comment)
    with transaction.atomic(), acting(reason=comment):
        version = held(version_id, Verb.RETIRE, by)
        move(version, Verb.RETIRE)
        version.retired_at, version.comment, version.activate_at = now, comment.strip(), None
        version.pilot_mode, version.pilot_team = "", ""
        version.save()
        return version


def roll_back(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Ask for an earlier version again: its text as a new version, which somebody else signs."""
    needs("Say why the earlier version should hold again.", comment)
    with transaction.atomic(), acting(reason=comment):
        old = held(version_id, Verb.ROLL_BACK, by)
        made = draft(text=old.text, author=by, now=now, based_on=old, origin=Version.Origin.ROLLED_BACK)
        return submit(version_id=made.pk, by=by, intent=f"Back to v{old.number}: {comment.strip()}", now=now)


def emergency_roll_back(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Put an earlier text to work at once; somebody else signs within a day."""
    needs("Say what happened: the second signer reads it first.", comment)
    with transaction.atomic(), acting(reason=comment):
        old = held(version_id, Verb.EMERGENCY_ROLL_BACK, by)
        if active_of(old.document) is None and old.document.rules_alone:
            raise LifecycleError(
                f"Another {old.document.kind} policy rules now; go back to an earlier version of that."
            )
        made = Version(
            document=old.document,
            number=next_number(old.document),
            origin=Version.Origin.ROLLED_BACK,
            text=old.text,
            body=old.body,
            digest=old.digest,
            based_on=old,
            author=by,
            created_at=now,
            intent=f"Back to v{old.number} at once: {comment.strip()}"[:300],
        )
        made.save()
        sound(made)
        contributed(made, by, now)
        made.submitted_by, made.submitted_at, made.activated_by = by, now, by
        made.emergency, made.second_due_at, made.comment = True, now + SECOND_WITHIN, comment.strip()
        _take_over(made, Verb.TAKE_EFFECT, now)
        made.save()
        return made
