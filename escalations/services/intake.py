"""Keeping what arrived, before anything reads it."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from escalations.models import Case, Delivery, Rejection, Signal, Source
from escalations.services import cases
from escalations.services.holding import writing
from opsportal.audit.acting import acting
from opsportal.lib.patience import briefly
from templates_engine.queries import MissingDocument

log = logging.getLogger(__name__)
# decisions.md, Intake: two seconds for the database, then the sender is asked to come back.
WAIT_S = 2.0
# decisions.md, Intake: three refusals in five minutes open a case, oversized bodies one per source and hour.
REFUSALS = 3
REFUSALS_WITHIN = timedelta(minutes=5)
_LONGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Kept:
    """The signal that the sender is told, and whether the delivery was there already."""

    signal_id: int
    duplicate: bool


def keep(*, source: Source, key: str, body: bytes, headers: dict[str, str], verdict: str, now: datetime) -> Kept:
    """Store the delivery and its first signal in one transaction; the same key again finds the first one."""
    digest = hashlib.sha256(body).hexdigest()
    try:
        with briefly(WAIT_S):
            delivery = Delivery.objects.create(
                source=source, key=key, received_at=now, body=body, headers=headers, verdict=verdict, sha256=digest
            )
            signal = Signal.objects.create(delivery=delivery, source=source, received_at=now)
        return Kept(signal.pk, duplicate=False)
    except IntegrityError:
        first = Signal.objects.select_related("escalation").get(delivery__source=source, delivery__key=key, position=0)
    closed = first.escalation is not None and first.escalation.closed_at is not None
    if closed and key.partition("#")[0] == f"sha256:{digest}":
        # A body that names no id of its own is the same only while its escalation is unfinished.
        again = f"sha256:{digest}#{first.pk}"
        return keep(source=source, key=again, body=body, headers=headers, verdict=verdict, now=now)
    return Kept(first.pk, duplicate=True)


def refuse(*, source: Source, reason: str, length: int, sha256: str, now: datetime) -> None:
    """Count a request that was turned away; when it goes on, a person is asked to look."""
    with briefly(WAIT_S):
        Rejection.objects.create(source=source, at=now, reason=reason, length=min(length, _LONGEST), sha256=sha256)
    if reason == "too_large":
        _ask(source, "oversized", f"{now:%Y%m%d%H}", now, {"missing": [f"a body under {source.max_bytes:,} bytes"]})
        return
    lately = Rejection.objects.filter(source=source, at__gt=now - REFUSALS_WITHIN).exclude(reason="too_large").count()
    if lately >= REFUSALS:
        _ask(source, "signatures_failing", "", now, {"missing": ["the secret that the sender signs with"]})


def _ask(source: Source, reason: str, when: str, now: datetime, known: dict[str, object]) -> None:
    key = f"{reason}:{source.slug}:{when}"
    if Case.objects.filter(key=key).exclude(state="decided").exists():
        return  # a flood of refusals costs no more than counting it
    try:
        with acting(door="webhook"), writing(now=now, reason=reason) as unit:
            cases.open_case(unit, reason, source=source, key=key, known=known)
    except MissingDocument as fault:
        # Before the first start is finished nobody can own a case; the refusals are counted all the same.
        log.warning("nobody can be asked about %s: %s", key, fault)
