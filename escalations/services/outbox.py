"""What leaves the building: leased, sent outside any transaction, proved by a row."""

import random
from datetime import datetime, timedelta

from django.db import transaction

from escalations.channels import Note, Outcome, channel
from escalations.models import Attempt, Message
from escalations.services import cases
from escalations.services.holding import writing

LEASE = timedelta(seconds=60)
# Doubling from five seconds; after the last try a person is told that it never arrived.
FIRST_RETRY = timedelta(seconds=5)
MAX_ATTEMPTS = 6
LONGEST = timedelta(hours=1)


def deliver(*, now: datetime, limit: int = 50) -> int:
    """Send what is due. At least once on the wire; the key lets a receiver see it once."""
    leased = _lease(now, limit)
    for message in leased:
        note = _note(message)
        _prove(message, channel(message.channel).send(note), now)
    return len(leased)


def _note(message: Message) -> Note:
    who, where = message.person, message.destination
    return Note(
        key=message.key,
        subject=message.subject,
        body=message.body,
        name=str(message.to),
        email=who.email if who else "",
        slack_url=who.slack_url if who else where.url if where and message.channel == "slack" else "",
        url=where.url if where else "",
        secret=where.secret if where else "",
    )


def retry(*, message_id: int, now: datetime) -> None:
    """A person asks for another try of a message that failed."""
    Message.objects.filter(pk=message_id, state=Message.State.FAILED).update(
        state=Message.State.PENDING, next_try_at=now, leased_until=None
    )


def again(*, key: str, now: datetime, held: bool) -> None:
    """A step is run again: its message, the same under the same key, gets as many tries as it had."""
    message = Message.objects.get(key=key)
    message.state = Message.State.HELD if held else Message.State.PENDING
    message.next_try_at, message.leased_until = now, None
    message.most_attempts = message.attempts + (message.most_attempts or MAX_ATTEMPTS)
    message.save()


def _lease(now: datetime, limit: int) -> list[Message]:
    """Take what waits, and what a sender that died had taken; each has an index of its own."""
    waits = Message.objects.filter(state=Message.State.PENDING, next_try_at__lte=now).order_by("next_try_at")
    left = Message.objects.filter(state=Message.State.SENDING, leased_until__lt=now).order_by("leased_until")
    with transaction.atomic():
        ids: list[int] = []
        for rows in (waits, left):
            ids += rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[: limit - len(ids)]
        if not ids:
            return []
        Message.objects.filter(pk__in=ids).update(state=Message.State.SENDING, leased_until=now + LEASE)
    return list(Message.objects.filter(pk__in=ids).select_related("person", "destination").order_by("pk"))


def _prove(message: Message, outcome: Outcome, now: datetime) -> None:
    number = message.attempts + 1
    with transaction.atomic():
        mine = Message.objects.filter(pk=message.pk, state=Message.State.SENDING, attempts=message.attempts)
        changed = mine.update(attempts=number, **_next(message, outcome, number, now))
        # Another sender may have taken over after the lease ran out: its word stands, ours is not applied.
        if changed:
            Attempt.objects.create(message=message, number=number, at=now, ok=outcome.ok, detail=outcome.detail[:300])
    # What a step sends is the step's to answer for: it sets back what it changed, and asks then.
    if changed and message.destination_id is None and not outcome.ok and (outcome.final or number >= MAX_ATTEMPTS):
        _ask(message, outcome, now)


def _next(message: Message, outcome: Outcome, number: int, now: datetime) -> dict[str, object]:
    if outcome.ok:
        return {"state": Message.State.SENT, "sent_at": now, "leased_until": None, "error": ""}
    first = timedelta(seconds=message.back_off_s) if message.back_off_s else FIRST_RETRY
    wait = min(first * 2 ** (number - 1), LONGEST) * (1 + random.random() / 4)  # noqa: S311  jitter, no secret
    failed = number >= (message.most_attempts or MAX_ATTEMPTS) or outcome.final
    return {
        "state": Message.State.FAILED if failed else Message.State.PENDING,
        "leased_until": None,
        "next_try_at": now + max(wait, outcome.retry_after or wait),
        "error": outcome.detail[:300],
    }


def _ask(message: Message, outcome: Outcome, now: datetime) -> None:
    with writing(now=now, reason="not delivered") as unit:
        cases.open_case(
            unit,
            "delivery_failed",
            escalation=message.escalation,
            key=f"delivery_failed:{message.pk}",
            subject=f"{message.to} by {message.channel}",
            known={"says": [{"source": message.channel, "value": outcome.detail[:200]}]},
        )
