"""The one clock that decides what is due: the database's, so that no host's own clock can fire anything early."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone


@dataclass(slots=True)
class _Guard:
    """What a guarded process has seen last, on the wall and on a clock that knows no wall."""

    on: bool = False
    seen: datetime | None = None
    at: float = 0.0


_guard = _Guard()


def db_now() -> datetime:
    """This moment as the database tells it; on SQLite the host's clock, which is the only one there is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
        return moment
    return _never_back(timezone.now()) if _guard.on else timezone.now()


def guard(*, on: bool = True) -> None:
    """From now on this process's clock never goes back: after a step back it runs on from where it was.

    For processes that fire timers. Timers are compared with the time they were set at: a clock set back by an hour
    would otherwise stop every deadline for an hour.
    """
    _guard.on, _guard.seen, _guard.at = on, None, 0.0


def _never_back(now: datetime) -> datetime:
    tick = time.monotonic()
    if _guard.seen is not None and now < _guard.seen:
        now = _guard.seen + timedelta(seconds=tick - _guard.at)
    _guard.seen, _guard.at = now, tick
    return now
