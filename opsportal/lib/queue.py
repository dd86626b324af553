"""The task queue, and the only module that knows django-q. The queue is an alarm clock: every truth is in our rows.

Names and arguments travel as plain JSON data: task rows are pickles signed with the secret key, and a result that can
not be pickled would be run again for ever.
"""

import functools
import json
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task

log = logging.getLogger(__name__)
PLAIN = (int, bool, type(None))
KEEP_FAILURES = timedelta(days=14)
KEEP_SUCCESSES = timedelta(hours=1)
ABANDONED = timedelta(minutes=10)
OWN_QUEUE = "OPSPORTAL_OWN_QUEUE"
PRUNE_AT_ONCE = 1000
# It tells of every task otherwise, and the canary alone is a task each few seconds.
logging.getLogger("django-q").setLevel(logging.WARNING)


class NotPlain(TypeError):
    """Something that is not plain JSON data was to travel through the queue."""


class Broker(ORM):
    """The ORM broker, oldest first, that also takes what is addressed to this cluster alone, and that before all else.

    A canary through the common queue would be answered by any host's cluster and prove nothing about this one.
    """

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Lock and return the next tasks; None after a short sleep when there is none."""
        for key in filter(None, (own_queue(), self.list_key)):
            rows = self.get_connection().filter(key=key, lock__lt=timezone.now()).order_by("id")[: Conf.BULK]
            taken = [
                (row.pk, row.payload)
                for row in rows
                if self.get_connection().filter(id=row.pk, lock=row.lock).update(lock=self.timeout(row))
            ]
            if taken:
                return taken
        time.sleep(Conf.POLL)
        return None


def own_queue() -> str:
    """The queue of this process's supervisor alone, or nothing outside of a supervised cluster."""
    return os.environ.get(OWN_QUEUE, "")


def name_own_queue() -> str:
    """A name nobody else has: of this host and process; for the supervisor, which hands it to its cluster."""
    return f"{Conf.CLUSTER_NAME}@{socket.gethostname()[:60]}:{os.getpid()}:{int(time.time())}"


def plain(value: Any) -> None:
    """Raise NotPlain unless JSON can carry the value and gives it back unchanged."""
    if isinstance(value, PLAIN):
        return
    try:
        same = json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError) as fault:
        raise NotPlain(f"{type(value).__name__}: {fault}") from fault
    if not same:
        raise NotPlain(f"{type(value).__name__} does not come back as it was")


def job[**P, R](task: Callable[P, R]) -> Callable[P, R]:
    """What the queue may call: takes and returns plain data only, and begins and ends without a stale connection."""

    @functools.wraps(task)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        plain(list(args))
        plain(dict(kwargs))
        _refresh()
        try:
            result = task(*args, **kwargs)
        finally:
            _refresh()
        plain(result)
        return result

    return run


def _refresh() -> None:
    """Drop a connection that broke or is too old; never in the middle of a caller's transaction."""
    if not connection.in_atomic_block:
        close_old_connections()


def enqueue(dotted: str, *args: Any, to: str | None = None) -> None:
    """Put a task on the queue in the current transaction: it is there if and only if that one commits.

    `to`: the own queue of one cluster, instead of the common one.
    """
    plain(list(args))
    async_task(dotted, *args, broker=Broker(list_key=to or Conf.CLUSTER_NAME), save=False)


def enqueue_after_commit(dotted: str, *args: Any) -> None:
    """Put a task on the queue once the current transaction has committed."""
    plain(list(args))
    transaction.on_commit(functools.partial(enqueue, dotted, *args))


_rung: dict[str, float] = {}


def wake(dotted: str, every: float = 0.2) -> None:
    """Ring for a sweep after commit, at most once each `every` seconds and name in this process.

    Losing a ring costs a second at most: the watch sweeps anyway. So nothing that is wrong with the queue may fail
    the caller, whose own work is already committed.
    """
    transaction.on_commit(functools.partial(_ring, dotted, every))


def _ring(dotted: str, every: float) -> None:
    now = time.monotonic()
    if now - _rung.get(dotted, float("-inf")) < every:
        return
    _rung[dotted] = now
    try:
        # A savepoint: where the caller's transaction is a test's, a failure must not spoil it.
        with transaction.atomic():
            enqueue(dotted)
    except DatabaseError:
        log.warning("could not ring %s; the next sweep finds the work", dotted, exc_info=True)


def ensure_schedules(schedules: Mapping[str, str]) -> None:
    """Each name calls its task once a minute; any other schedule goes: one unreadable row would block them all."""
    with transaction.atomic():
        Schedule.objects.exclude(name__in=list(schedules)).delete()
        for name, dotted in schedules.items():
            wanted = {"func": dotted, "schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1}
            quiet = {"args": None, "kwargs": None, "hook": None, "cluster": None}
            rows = list(Schedule.objects.filter(name=name).order_by("id").values_list("pk", flat=True))
            if rows:
                Schedule.objects.filter(pk__in=rows[1:]).delete()
                Schedule.objects.filter(pk=rows[0]).update(**wanted, **quiet)
            else:
                Schedule.objects.create(name=name, **wanted)


def prune() -> int:
    """Delete old results and what was addressed to clusters that are gone; returns how many rows."""
    now = timezone.now()
    gone: int = 0
    for success, keep in ((True, KEEP_SUCCESSES), (False, KEEP_FAILURES)):
        old = Task.objects.filter(success=success, stopped__lt=now - keep).values_list("pk", flat=True)
        gone += Task.objects.filter(pk__in=list(old[:PRUNE_AT_ONCE])).delete()[0]
    abandoned = OrmQ.objects.filter(key__startswith=f"{Conf.CLUSTER_NAME}@", lock__lt=now - ABANDONED)
    gone += abandoned.delete()[0]
    return gone


def forget(own: str) -> None:
    """Delete what is addressed to one cluster alone: its canaries, when it is killed or stopped."""
    OrmQ.objects.filter(key=own).delete()


def waiting() -> int:
    """How many tasks wait in the common queue, locked ones included."""
    count: int = OrmQ.objects.filter(key=Conf.CLUSTER_NAME).count()
    return count


def run_cluster(*, workers: int | None = None) -> None:
    """Be the cluster until a TERM: connections are kept, not pooled (forked workers would share a pool's sockets)."""
    keep_connections()
    if workers:
        Conf.WORKERS = workers
    Cluster(broker=Broker(list_key=Conf.CLUSTER_NAME)).start()


def keep_connections() -> None:
    """Keep this process's database connection for ten minutes, without a pool."""
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = 600
    connection.settings_dict["CONN_HEALTH_CHECKS"] = True
    connection.settings_dict.get("OPTIONS", {}).pop("pool", None)
