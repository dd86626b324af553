"""After the storm: waiting, for a bounded time, until the portal has done what it has to do."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, close_old_connections

from escalations.models import Escalation, Message, Signal, Timer
from opsportal.lib import clock

# Every clock of the company but the long ones is shorter than this: what is due soon is waited for.
SOON = timedelta(seconds=60)
LOOK_S = 1.0


def waiting() -> dict[str, int]:
    """How much is still to be done, by what it is; all zero when the portal is quiet."""
    soon = clock.db_now() + SOON
    return {
        "signals": Signal.objects.filter(stage="received").count(),
        "timers": Timer.objects.filter(state="pending", due_at__lte=soon).count(),
        "messages": Message.objects.filter(state__in=("pending", "sending")).count(),
        "below the chain's end": Escalation.objects.filter(state="open").exclude(owner__username="last").count(),
    }


def settle(*, seconds: float, tell: Callable[[str], None]) -> bool:
    """True when it became quiet within `seconds`."""
    limit = time.monotonic() + seconds
    told = time.monotonic()
    left: dict[str, int] = {}
    while time.monotonic() < limit:
        try:
            left = waiting()
            if not any(left.values()):
                return True
        except DatabaseError:
            close_old_connections()  # a busy SQLite: look again
        if time.monotonic() - told > 15:
            told = time.monotonic()
            tell(f"  still to do: {left}")
        time.sleep(LOOK_S)
    tell(f"  did not settle in {seconds:.0f} s: {left}")
    return False
