"""Whether the portal can work: what the health page and the banner say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, Q

from escalations.models import Canary, Lease, Timer

# In seconds. A sweep each second is the rule; a stuck queue is restarted within half a minute; deadlines may be 45 s
# late with a dead cluster, and a supervisor that sweeps for itself keeps them well below that.
SWEEP_S = 10.0
CANARY_S = 60.0
LONG_S = 10.0
OVERDUE_S = 45.0
RECENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that is looked at: whether it holds, in words, and its age in seconds (None: never)."""

    ok: bool
    words: str
    seconds: float | None


def readiness(*, now: datetime) -> dict[str, Figure]:
    """The last sweep, the queue's last answer and the most overdue clock."""
    return {"sweep": _sweep(now), "queue": _queue(now), "timers": _timers(now)}


def _sweep(now: datetime) -> Figure:
    rows = Lease.objects.filter(Q(name="watch") | Q(name__startswith="sweep "))
    age = _age(rows.aggregate(newest=Max("beat_at"))["newest"], now)
    if age is None:
        return Figure(False, "nobody sweeps: start `manage.py work`", None)
    return Figure(age <= SWEEP_S, f"last sweep {age:.0f} s ago", age)


def _queue(now: datetime) -> Figure:
    """The newest answer of any supervisor's queue."""
    rows = Canary.objects.filter(asked_at__gt=now - RECENT)
    age = _age(rows.aggregate(newest=Max("answered_at"))["newest"], now)
    if age is not None:
        return Figure(age <= CANARY_S, f"queue answered {age:.0f} s ago", age)
    asked = _age(rows.aggregate(oldest=Min("asked_at"))["oldest"], now)
    if asked is None:
        return Figure(False, "no worker asked the queue in the last ten minutes", None)
    words = f"queue was asked {asked:.0f} s ago" if asked < LONG_S else f"queue has not answered for {asked:.0f} s"
    return Figure(asked <= CANARY_S, words, asked)


def _timers(now: datetime) -> Figure:
    oldest = Timer.objects.filter(state=Timer.State.PENDING, due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    late = _age(oldest, now) or 0.0
    return Figure(late <= OVERDUE_S, f"most overdue clock {late:.0f} s" if oldest else "no clock is overdue", late)


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, round((now - moment).total_seconds(), 1))
