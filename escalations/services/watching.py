"""The watch over all clocks, and the canary that tells whether the queue still answers."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from escalations.models import Canary, Lease
from opsportal.lib import clock, lease, queue

WATCH = "watch"
TICK_S = 1.0
SHIFT_S = 95.0
# A tick and a half more than the watch's own: a supervisor may sweep once too often, never too late.
QUIET_S = 2.5
FORGET = timedelta(days=1)


def watch(*, sweep: Callable[[], dict[str, int]]) -> int:
    """Sweep each second until the next watch takes over; returns how often."""
    queue.prune()
    Canary.objects.filter(asked_at__lt=timezone.now() - FORGET).delete()
    Lease.objects.filter(name__startswith="sweep ", beat_at__lt=timezone.now() - FORGET).delete()
    holder = f"{queue.own_queue() or 'alone'}#{uuid.uuid4().hex[:12]}"
    return lease.hold(Lease, name=WATCH, holder=holder, work=sweep, every=TICK_S, at_most=SHIFT_S)


def watched() -> bool:
    """Whether somebody holds the watch and swept a moment ago."""
    return lease.silence(Lease, name=WATCH) < QUIET_S


def call_watch(*, own: str) -> None:
    """Have the cluster behind this queue take up the watch now, not at the schedule's next minute."""
    queue.enqueue("escalations.tasks.watch", to=own)


def end_watch(*, own: str) -> None:
    """Take the watch from this cluster, if it has it: its holder ends at the next tick."""
    lease.let_go(Lease, name=WATCH, prefix=f"{own}#")
    queue.forget(own)


def note_sweep(*, own: str, done: dict[str, int]) -> None:
    """The supervisor swept by itself: health asks for the newest sweep, whoever did it."""
    lease.take(Lease, name=f"sweep {own}", holder=own, seconds=60)
    lease.beat(Lease, name=f"sweep {own}", holder=own, seconds=60, data=done)


def ask_canary(*, own: str) -> int:
    """Send a question through this cluster's own queue; returns its number.

    Asked again without an answer, `asked_at` stays: it says since when nobody answers, over restarts too.
    """
    now = clock.db_now()
    mine = Canary.objects.filter(holder=own)
    answered = mine.filter(answered_at__isnull=False)
    if not answered.update(number=F("number") + 1, asked_at=now, answered_at=None) and not mine.update(
        number=F("number") + 1
    ):
        Canary.objects.create(holder=own, number=1, asked_at=now)
    number = Canary.objects.values_list("number", flat=True).get(holder=own)
    queue.enqueue("escalations.tasks.canary", own, number, to=own)
    return number


def answer_canary(*, own: str, number: int) -> bool:
    """The question arrived in a worker; False when a newer one was asked meanwhile."""
    rows = Canary.objects.filter(holder=own, number=number, answered_at__isnull=True)
    return bool(rows.update(answered_at=clock.db_now()))


def canary_answered(*, own: str) -> bool:
    """Whether the last question came back."""
    return Canary.objects.filter(holder=own, answered_at__isnull=False).exists()


def retire(*, own: str) -> None:
    """A supervisor that stops in order leaves no question behind that nobody will answer."""
    end_watch(own=own)
    Canary.objects.filter(holder=own).delete()
    Lease.objects.filter(name=f"sweep {own}").delete()
