"""Breaking one row on purpose: a check that can not fail proves nothing."""

from collections.abc import Callable
from datetime import timedelta

from escalations.models import Attempt, CorrelationKey, Delivery, Entry, Escalation, Person, Signal, Timer
from opsportal.lib import clock


def break_one(what: str) -> None:
    """Do one of the things that the verdict must see; raises KeyError for an unknown one."""
    SABOTAGES[what]()


def _signal() -> None:
    Signal.objects.filter(pk=Signal.objects.order_by("pk").values_list("pk", flat=True)[:1].get()).delete()


def _bytes() -> None:
    delivery = Delivery.objects.order_by("pk")[:1].get()
    Delivery.objects.filter(pk=delivery.pk).update(body=bytes(delivery.body)[:-1] + b" }")


def _timer() -> None:
    timer = Timer.objects.filter(state="fired", kind="acknowledge").order_by("pk")[:1].get()
    past = clock.db_now() - timedelta(minutes=2)
    Timer.objects.filter(pk=timer.pk).update(state="pending", fired_at=None, due_at=past)


def _owner() -> None:
    record = Escalation.objects.order_by("pk")[:1].get()
    Escalation.objects.filter(pk=record.pk).update(owner=Person.objects.get(username="second"))


def _escalation() -> None:
    """The same record once more, with everything that makes it look whole."""
    record = Escalation.objects.order_by("pk")[:1].get()
    key = CorrelationKey.objects.filter(escalation=record)[:1].get()
    entry = Entry.objects.filter(escalation=record).order_by("pk")[:1].get()
    clock_of = Timer.objects.filter(escalation=record, state="pending", kind="resolve")[:1].get()
    record.pk, record._state.adding = None, True
    record.save(force_insert=True)
    CorrelationKey.objects.create(escalation=record, key=f"{key.key} again")
    Entry.objects.create(escalation=record, at=entry.at, verb=entry.verb, actor=entry.actor, text=entry.text)
    Timer.objects.create(
        escalation=record, kind="resolve", generation=clock_of.generation, due_at=clock_of.due_at, urgency=1
    )


def _attempt() -> None:
    attempt = Attempt.objects.order_by("pk")[:1].get()
    attempt.delete()


SABOTAGES: dict[str, Callable[[], None]] = {
    "signal": _signal,
    "bytes": _bytes,
    "timer": _timer,
    "owner": _owner,
    "escalation": _escalation,
    "attempt": _attempt,
}
