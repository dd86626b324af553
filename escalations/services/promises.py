"""Promises to customers: written here first, told afterwards."""

from datetime import datetime

from escalations.models import Escalation, Person, Promise
from escalations.services.errors import Refused, require, require_ahead
from escalations.services.holding import locked, move, writing


def promise(
    *,
    escalation_id: int,
    by: Person,
    to_whom: str,
    text: str,
    due_at: datetime,
    now: datetime,
    reason: str = "",
    seen_version: int | None = None,
) -> Promise:
    """Promise the customer an update by a moment; a promise that is open is kept, or moved with a reason.

    Raises Refused when a field is empty, the moment lies behind, or an open promise is moved without a reason.
    """
    require(to_whom=to_whom.strip(), text=text.strip(), due_at=due_at)
    long = {name: most for name, said, most in (("to_whom", to_whom, 120), ("text", text, 300)) if len(said) > most}
    if long:
        raise Refused({name: f"is longer than {most} characters" for name, most in long.items()})
    require_ahead("due_at", due_at, now)
    with writing(now=now, human=True, reason=reason or text) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        move(escalation, "promise")
        old = Promise.objects.filter(escalation=escalation, state="open").first()
        if old is not None:
            if not reason.strip():
                raise Refused({"reason": f"say why the promise of {old.due_at:%H:%M} UTC moves"})
            _end(old, Promise.State.MOVED, now, reason)
        made = Promise.objects.create(
            escalation=escalation, to_whom=to_whom, text=text, made_at=now, made_by=by, due_at=due_at
        )
        escalation.promise_at = due_at
        unit.change(escalation)
        moved = f", was {old.due_at:%d %b %H:%M}: {reason}" if old else ""
        unit.tell(escalation, "promise", f"{by.name} promised {to_whom} by {due_at:%d %b %H:%M} UTC: {text}{moved}")
    return made


def keep(*, escalation_id: int, by: Person, text: str, now: datetime, seen_version: int | None = None) -> Escalation:
    """The customer was told: the open promise ends as kept, or kept late."""
    require(text=text.strip())
    with writing(now=now, human=True, reason=text) as unit:
        escalation = locked(escalation_id, seen_version=seen_version)
        old = Promise.objects.filter(escalation=escalation, state="open").first()
        if old is None:
            raise Refused({"promise": "no promise is open on this record"})
        late = old.due_at < now
        _end(old, Promise.State.LATE if late else Promise.State.KEPT, now, text)
        escalation.promise_at, escalation.last_touch_at = None, now
        unit.change(escalation)
        unit.tell(escalation, "touch", f"{by.name} told {old.to_whom}{' (late)' if late else ''}: {text}")
    return escalation


def _end(promise: Promise, state: str, now: datetime, reason: str) -> None:
    promise.state, promise.ended_at, promise.reason = state, now, reason[:300]
    promise.save()
