"""What the engine will do by itself if nobody acts: the next clocks of a record, each with its effect in words.

The clocks are asked of services.clocks, which also makes the timers: no statement, and no second opinion.
"""

from dataclasses import dataclass
from datetime import datetime

from escalations.models import Escalation, Promise, Timer
from escalations.queries.record import RecordRows
from escalations.services import clocks
from escalations.views.who import Viewer, left

MOST = 4


@dataclass(frozen=True, slots=True)
class Event:
    """One moment to come; `breaks` when a promise or the contract's time is missed then."""

    iso: str
    at: str
    ahead: str
    words: str
    breaks: bool
    exact: str


def events(found: RecordRows, *, viewer: Viewer, now: datetime) -> list[Event]:
    """Up to four next events; each failover is thought on from the one before."""
    record = found.escalation
    promise = next((one for one in found.promises if one.state == Promise.State.OPEN), None)
    holder, level = (_first(record.owner.name) if record.owner else "the owner"), record.level
    shown: list[Event] = []
    coming = sorted(
        (due, kind)
        for kind, due in clocks.wanted(record).items()
        if due > now and (kind in EFFECTS or kind == Timer.Kind.STEP)
    )
    for due, kind in coming[:MOST]:
        words = _step(found) if kind == Timer.Kind.STEP else _words(kind, record, promise, holder, level)
        if kind in (Timer.Kind.ACKNOWLEDGE, Timer.Kind.EXPECTED, Timer.Kind.RESOLVE):
            holder, level = _next(record, holder, level)
        shown.append(
            Event(
                iso=due.isoformat(),
                at=viewer.clock(due, now),
                ahead=f"in {left(due, now)}",
                words=words,
                breaks=kind in (Timer.Kind.PROMISE, Timer.Kind.RESOLVE),
                exact=viewer.exact(due),
            )
        )
    return shown


def _next(record: Escalation, holder: str, level: int) -> tuple[str, int]:
    """Who holds it after a failover from a level; the last owner where the chain ends."""
    chain = (record.primary, record.backup, record.escalation_owner)
    for place in range(level + 1, len(chain)):
        if _first(chain[place].name) != holder:
            return _first(chain[place].name), place
    return "the last owner", len(chain)


def _step(found: RecordRows) -> str:
    """What becomes of the step that is looked at next."""
    due = [run for run in found.steps if run.due_at is not None and run.state in ("waiting", "running")]
    run = min(due, key=lambda one: one.due_at or one.escalation.opened_at)
    if run.state == "waiting":
        who = _first(run.waits_for.name) if run.waits_for else "anybody"
        return f"No answer from {who}: {run.title} is late"
    return f"{run.title}: {'paged again' if run.do == 'page' else 'tried again'}"


def _first(name: str) -> str:
    """The name people are called by; the whole one stands among the people of the record."""
    return name.split(maxsplit=1)[0] if name.split() else name


def _words(kind: str, record: Escalation, promise: Promise | None, holder: str, level: int) -> str:
    onward, _ = _next(record, holder, level)
    to_whom = promise.to_whom if promise else "the customer"
    return EFFECTS[kind].format(onward=onward, holder=holder, to_whom=to_whom)


EFFECTS = {
    Timer.Kind.ACKNOWLEDGE.value: "No acknowledgement: {onward} becomes the next owner",
    Timer.Kind.EXPECTED.value: "Hand-off time used up: moves to {onward}",
    Timer.Kind.RESOLVE.value: "Fix time missed: moves to {onward}",
    Timer.Kind.PROMISE.value: "Promise to {to_whom} breaks, {holder} is told",
    Timer.Kind.WAKE.value: "Snooze ends, {holder} is told",
    Timer.Kind.REMIND.value: "{holder} is told again",
}
