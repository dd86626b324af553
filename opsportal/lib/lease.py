"""A lease is one row: taken, renewed and given back by compare-and-set, judged by the database's clock.

The row's model is the caller's: `name` (primary key), `holder`, `until`, `beat_at`, `data`.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, close_old_connections, models, transaction
from django.db.models import Q

from opsportal.lib.clock import db_now

log = logging.getLogger(__name__)
type Row = type[models.Model]


def claim(model: Row, *, name: str, holder: str, seconds: float) -> bool:
    """Take a lease that is free or has run out; False when somebody else has it."""
    now = db_now()
    _ensure(model, name)
    free = Q(until__isnull=True) | Q(until__lte=now) | Q(holder="") | Q(holder=holder)
    rows = model._default_manager.filter(free, name=name)
    return bool(rows.update(holder=holder, until=now + timedelta(seconds=seconds), beat_at=now))


def take(model: Row, *, name: str, holder: str, seconds: float) -> None:
    """Take the lease whoever has it: the one before sees it at its next beat and ends."""
    now = db_now()
    _ensure(model, name)
    model._default_manager.filter(name=name).update(
        holder=holder, until=now + timedelta(seconds=seconds), beat_at=now, data={}
    )


def beat(model: Row, *, name: str, holder: str, seconds: float, data: dict[str, Any] | None = None) -> bool:
    """Say that the holder is alive and works; False when the lease is not its any more."""
    now = db_now()
    changes: dict[str, Any] = {"until": now + timedelta(seconds=seconds), "beat_at": now}
    if data is not None:
        changes["data"] = data
    return bool(model._default_manager.filter(name=name, holder=holder).update(**changes))


def let_go(model: Row, *, name: str, prefix: str) -> bool:
    """Free the lease if a holder with this prefix has it; True when it did."""
    rows = model._default_manager.filter(name=name, holder__startswith=prefix)
    return bool(rows.update(holder="", until=None, beat_at=None))


def silence(model: Row, *, name: str) -> float:
    """Seconds since the last beat; infinity when nobody holds the lease."""
    row = model._default_manager.filter(name=name).exclude(holder="").values_list("beat_at", flat=True).first()
    return float("inf") if row is None else max(0.0, (db_now() - row).total_seconds())


def hold(
    model: Row, *, name: str, holder: str, work: Callable[[], dict[str, int]], every: float = 1.0, at_most: float = 95.0
) -> int:
    """Take the lease and work under it, once each `every` seconds; returns how often.

    Ends when another holder appears or after `at_most` seconds. Work that fails is told to the log and tried again
    at the next tick: the database may be away for a while.
    """
    take(model, name=name, holder=holder, seconds=3 * every)
    started = time.monotonic()
    ticks = 0
    mine = True
    while mine and time.monotonic() - started < at_most:
        began = time.monotonic()
        try:
            done = work()
            ticks += 1
            mine = beat(model, name=name, holder=holder, seconds=3 * every, data=done)
        except Exception:  # whatever is wrong with one tick must not end the watch before its time
            log.exception("a tick under the lease %s", name)
            close_old_connections()
        if mine:
            time.sleep(max(0.0, every - (time.monotonic() - began)))
    return ticks


def _ensure(model: Row, name: str) -> None:
    if model._default_manager.filter(name=name).exists():
        return
    try:
        with transaction.atomic():
            model._default_manager.create(name=name)
    except DatabaseError:
        # Two asked for the row at once, and the other one made it: nothing is lost but a race.
        if not model._default_manager.filter(name=name).exists():
            raise
