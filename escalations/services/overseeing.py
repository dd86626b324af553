"""What the clock sees to about documents: scheduled activations, and signatures that are missing."""

import logging
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from escalations.models import Case, Person
from escalations.queries import readiness as checks
from escalations.services import cases, migrating, notices
from escalations.services.errors import Taken
from escalations.services.holding import writing
from templates_engine import services as documents
from templates_engine.models import Version

log = logging.getLogger(__name__)
# Decided without having been signed, it comes back.
AGAIN = timedelta(hours=24)


def require_ready(version: Version, now: datetime) -> None:
    """Raises LifecycleError with everything that blocks it, and whom or what to mend."""
    blocks = [one for one in checks.readiness(version, now=now) if one.level == "blocks"]
    if blocks:
        words = "; ".join(f"{one.words}. {one.fix}" if one.fix else one.words for one in blocks)
        raise documents.LifecycleError(f"{version} is not ready: {words}.")


def put_to_work(*, version_id: int, by: User | None, now: datetime, seen_list: str = "") -> Version:
    """Activate it, move running records where that was decided, tell its authors; all or nothing.

    Raises LifecycleError where it can not go to work, Stale when other records would move than were shown.
    """
    with transaction.atomic():
        version = documents.activate(version_id=version_id, by=by, now=now)
        require_ready(version, now)
        if version.running == Version.Running.MIGRATE:
            migrating.migrate(version_id=version.pk, by=by, now=now, seen=seen_list)
        if by is None:
            notices.tell(
                version, documents.authors(version), "active", f"At work: {version}", "As scheduled, it is active.", now
            )
        return version


def activate_due(*, now: datetime) -> int:
    """Put to work what is due; one that can not go waits for a person, and a case says why. Returns how many went."""
    done = 0
    for version_id in documents.due(now=now):
        try:
            put_to_work(version_id=version_id, by=None, now=now)
            done += 1
        except documents.LifecycleError as fault:
            log.warning("version %s was due and is not activated: %s", version_id, fault)
            _refused(version_id, str(fault), now)
        except Exception as fault:  # whatever it was, the next second must not try it again: a person looks
            log.exception("version %s was due and could not be activated", version_id)
            _refused(version_id, f"{type(fault).__name__}: {fault}", now)
    return done


def _refused(version_id: int, words: str, now: datetime) -> None:
    with writing(now=now, reason="scheduled activation refused") as unit:
        version = documents.unschedule(version_id=version_id)
        known = {"version": version.pk, "missing": [words[:300]], "seen": words[:120]}
        key = f"activation_refused:{version.pk}"
        cases.open_case(unit, "activation_refused", key=key, subject=str(version), known=known)


def ask_for_signatures(*, now: datetime) -> int:
    """Open a case for each emergency whose second signature is late; returns how many were opened."""
    late = Version.objects.filter(emergency=True, second_at__isnull=True, second_due_at__lte=now)
    opened = 0
    for version in late.select_related("document", "author"):
        asked = Case.objects.filter(key=_key(version)).order_by("-id").first()
        if asked is None or (asked.state == Case.State.DECIDED and (asked.decided_at or now) + AGAIN <= now):
            _ask(version, now)
            opened += 1
    return opened


def _ask(version: Version, now: datetime) -> None:
    by = version.author.get_full_name() or version.author.get_username() if version.author else "somebody"
    known = {
        "version": version.pk,
        "says": [{"source": by, "value": version.intent, "at": version.created_at.isoformat()}],
        "missing": ["the signature of somebody without a hand in it"],
    }
    with writing(now=now, reason="second signature is late") as unit:
        cases.open_case(unit, "signature_missing", key=_key(version), subject=str(version), known=known)
        notices.emergency(version, now=now)


def signed(version: Version, *, by: User, comment: str, now: datetime) -> None:
    """Decide the case that asked for the signature, where there is one that nobody else has in hand."""
    case = Case.objects.filter(key=_key(version)).exclude(state=Case.State.DECIDED).first()
    person = Person.objects.filter(user=by.pk).first()
    if case is None or person is None:
        return
    try:
        with transaction.atomic():
            answer = {"title": "Countersigned", "seen": True}
            cases.decide(case_id=case.pk, by=person, answer=answer, reason=comment.strip() or "countersigned", now=now)
    except Taken:
        log.info("case %s is in somebody's hands and stays open", case.pk)


def _key(version: Version) -> str:
    return f"signature_missing:{version.pk}"
