"""war_room and call_webhook: something outside is told to act, once, and its answer is waited for."""

from datetime import timedelta
from typing import Any

from escalations.models import Destination, Message
from escalations.services import outbox, wording
from escalations.services.steps.base import Doing, Here, StepFailed
from opsportal.lib import durations
from templates_engine.spec.documents import canonical


def _room(here: Here) -> None:
    room = _destination(here, Destination.Kind.ROOM)
    body = here.message()
    _post(here, room, channel="slack", subject=wording.subject(here.escalation), body=body)
    if room.link:
        here.keep(link=room.link)


def _webhook(here: Here) -> None:
    system = _destination(here, Destination.Kind.WEBHOOK)
    data = {name: here.text(one) if isinstance(one, str) else one for name, one in (here.act.data or {}).items()}
    body = canonical({"type": here.act.event, "data": data, "step": here.run.step, "escalation": _about(here)})
    _post(here, system, channel="webhook", subject=f"{here.act.event} to {system.name}", body=body)


def _destination(here: Here, kind: str) -> Destination:
    key = here.act.destination or ""
    found = Destination.objects.filter(key=key, is_active=True).first()
    if found is None:
        raise StepFailed(f"no destination {key} is set up")
    if found.kind != kind:
        raise StepFailed(f"destination {key} is a {found.get_kind_display()}")
    return found


def _post(here: Here, to: Destination, *, channel: str, subject: str, body: str) -> None:
    key = here.purpose.replace(" ", "-")[:200]
    sent = (here.run.data.get("message") if here.undoing is None else None) or key
    if Message.objects.filter(key=sent, state=Message.State.FAILED).exists():
        # The same message under the same key: a receiver that had taken it sees a repeat, not a second order.
        outbox.again(key=sent, now=here.unit.now, held=here.escalation.held and here.act.leaves is not False)
        here.run.awaits = sent
        here.keep(message=None)
        return
    failing = here.step.failing if here.step.on_failure else None
    here.run.awaits = here.unit.post(
        here.escalation,
        to,
        key=key,
        channel=channel,
        subject=subject,
        body=body,
        leaves=here.act.leaves is not False,
        most_attempts=failing.tries if failing else None,
        back_off_s=_seconds(durations.parse(failing.back_off)) if failing else None,
    )
    here.unit.step(here.run)


def _about(here: Here) -> dict[str, Any]:
    """What every call says of the record; it has no number before it is opened, its account and title tell it."""
    record = here.escalation
    return {
        "id": record.pk,
        "reference": record.reference if record.pk else "",
        "account": record.account.key,
        "title": record.title,
        "severity": record.severity,
        "tier": record.tier,
        "opened_at": record.opened_at.isoformat(),
        "facts": {name: fact.get("value") for name, fact in record.facts.items()},
    }


def _seconds(span: timedelta) -> int:
    return max(1, int(span.total_seconds()))


WAR_ROOM = Doing(effect=_room)
CALL_WEBHOOK = Doing(effect=_webhook)
