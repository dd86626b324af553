"""What people do to a record: acknowledge, note, block, snooze, resolve, close, reopen."""

from datetime import datetime

from escalations.models import Escalation, Person
from escalations.services import closing, running
from escalations.services.errors import Refused, require, require_ahead
from escalations.services.holding import locked, move, writing


def acknowledge(*, escalation_id: int, by: Person, now: datetime, seen_version: int | None = None) -> Escalation:
    """Take it: the clock of acknowledgement stops, whoever acknowledges becomes the next owner."""
    with writing(now=now, human=True, reason="acknowledged") as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "acknowledge")
        if escalation.owner_id != by.pk:
            unit.hand(escalation, by, how="handed", reason="took it by acknowledging")
        escalation.acknowledged_at, escalation.acknowledged_by = now, by
        escalation.acknowledge_by = escalation.remind_at = None
        escalation.reminders = 0
        unit.change(escalation)
        unit.tell(escalation, "acknowledge", f"{by.name} acknowledged")
        running.finish_waiting(unit, escalation, do="wait_for_acknowledgement", by=by)
    return escalation


def note(
    *,
    escalation_id: int,
    by: Person,
    text: str,
    now: datetime,
    customer_told: bool = False,
    seen_version: int | None = None,
) -> Escalation:
    """Write something down on the timeline; `customer_told` also counts as the last customer touch."""
    require(note=text.strip())
    with writing(now=now, human=True, reason="note") as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "note")
        if customer_told:
            escalation.last_touch_at = now
        unit.change(escalation)
        unit.tell(escalation, "note", f"{by.name} noted: {text.strip()}")
    return escalation


def set_blocker(
    *, escalation_id: int, by: Person, blocker: str, note: str, now: datetime, seen_version: int | None = None
) -> Escalation:
    """Say what truly blocks it; an empty blocker says that nothing does any more."""
    if blocker not in Escalation.Blocker.values:
        raise Refused({"blocker": f"is one of {', '.join(filter(None, Escalation.Blocker.values))}"})
    with writing(now=now, human=True, reason=note) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "set_blocker")
        before = escalation.get_blocker_display()
        escalation.blocker, escalation.blocker_note = blocker, note[:300]
        unit.change(escalation)
        after = escalation.get_blocker_display()
        unit.tell(escalation, "set_blocker", f"{by.name} set blocker: {before} → {after}{f', {note}' if note else ''}")
    return escalation


def snooze(
    *, escalation_id: int, by: Person, until: datetime, reason: str, now: datetime, seen_version: int | None = None
) -> Escalation:
    """Let it wait until a moment, for a reason; its place on the Desk never gets later by that."""
    require(until=until, reason=reason.strip())
    require_ahead("until", until, now)
    with writing(now=now, reason=reason) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "wait")
        escalation.wake_at = until
        unit.change(escalation)
        unit.tell(escalation, "wait", f"{by.name} snoozed until {until:%d %b %H:%M} UTC: {reason}")
    return escalation


def resume(
    *, escalation_id: int, by: Person, reason: str, now: datetime, seen_version: int | None = None
) -> Escalation:
    """Wake a snoozed record before its time."""
    with writing(now=now, human=True, reason=reason) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "resume")
        running.ask_again(unit, escalation)
        unit.change(escalation)
        unit.tell(escalation, "resume", f"{by.name} woke it: {reason}")
    return escalation


def resolve(
    *, escalation_id: int, by: Person, resolution: str, now: datetime, seen_version: int | None = None
) -> Escalation:
    """Say how it was solved; the checks run, and where the template says so it closes by itself."""
    require(resolution=resolution.strip())
    with writing(now=now, human=True, reason=resolution) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "resolve")
        escalation.resolved_at, escalation.resolution = now, resolution.strip()
        escalation.wake_at = escalation.remind_at = escalation.acknowledge_by = None
        unit.change(escalation)
        unit.tell(escalation, "resolve", f"{by.name} resolved: {resolution.strip()}")
        running.finish_waiting(unit, escalation, do="wait_for_resolution", by=by)
    return escalation


def close(*, escalation_id: int, by: Person, reason: str, now: datetime, seen_version: int | None = None) -> Escalation:
    """Close a resolved record; refused with every check that has not passed."""
    with writing(now=now, human=True, reason=reason) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        failed = [result for result in closing.checks(escalation, now=now) if not result.passed]
        if failed:
            raise Refused({result.id: result.words for result in failed})
        closing.shut(escalation, now=now)
        unit.change(escalation)
        unit.tell(escalation, "close", f"{by.name} closed{f': {reason}' if reason else ''}")
        running.finish_all(unit, escalation)
    return escalation


def reopen(
    *, escalation_id: int, by: Person, reason: str, now: datetime, seen_version: int | None = None
) -> Escalation:
    """It was not over: open again, unacknowledged, with its clocks started anew."""
    require(reason=reason.strip())
    with writing(now=now, human=True, reason=reason) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "reopen")
        escalation.resolved_at = escalation.closed_at = None
        escalation.acknowledged_at = escalation.acknowledged_by = None
        unit.change(escalation)
        unit.tell(escalation, "reopen", f"{by.name} reopened: {reason}")
        running.begin_again(unit, escalation)
    return escalation
