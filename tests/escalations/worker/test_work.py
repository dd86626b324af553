"""The real worker: it answers, hands the watch over, survives the loss of its workers, and leaves nothing behind."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django_q.models import OrmQ, Schedule

from escalations.models import Canary, Lease
from opsportal.lib import queue
from tests.escalations.worker.processes import below, command, kill, table, until, workers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are processes read from /proc"),
]


class Beats:
    """Watches the sweeps of everybody, and the longest pause between two."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.count = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        seen, at = None, time.monotonic()
        while not self._over.wait(0.05):
            rows = Lease.objects.exclude(beat_at=None).order_by("-beat_at")
            newest = rows.values_list("beat_at", flat=True).first()
            if newest is not None and newest != seen:
                if seen is not None:
                    self.longest = max(self.longest, time.monotonic() - at)
                seen, at = newest, time.monotonic()
                self.count += 1
        connection.close()

    def end(self) -> None:
        self._over.set()
        self._thread.join()


@pytest.fixture
def beats() -> Iterator[Beats]:
    watched = Beats()
    yield watched
    watched.end()


def answered() -> Canary | None:
    return Canary.objects.filter(answered_at__isnull=False).first()


def holder() -> str:
    return Lease.objects.filter(name="watch").values_list("holder", flat=True).first() or ""


def test_the_worker(process_environment: dict[str, str], tmp_path: Path, beats: Beats) -> None:
    began = time.monotonic()
    with command(process_environment, "work", "--late", "4", log=tmp_path / "log") as work:
        until(lambda: beats.count, 10)
        swept = time.monotonic() - began
        until(answered, 20)
        first = until(holder, 10)
        assert Schedule.objects.get().func == "escalations.tasks.watch"

        # The next watch takes over from the first.
        queue.enqueue("escalations.tasks.watch")
        second = until(lambda: holder() not in {"", first} and holder(), 10)
        handover = beats.longest

        # Every worker is killed, among them the one that holds the queue's lock: the cluster would hang for ever.
        lost = until(lambda: workers(work.pid), 5)
        asked = Canary.objects.get().number
        beats.longest = 0.0
        killed = time.monotonic()
        kill(lost)
        until(lambda: Canary.objects.filter(number__gt=asked + 1, answered_at__isnull=False).exists(), 30)
        recovered = time.monotonic() - killed
        until(lambda: holder() not in {"", second} and holder(), 10)

        everything = [work.pid, *below(work.pid)]
        work.send_signal(signal.SIGTERM)
        assert work.wait(15) == 0
        until(lambda: not any(pid in table() for pid in everything), 5)
    print(f"swept after {swept:.1f} s, handover {handover:.2f} s, back {recovered:.1f} s, gap {beats.longest:.2f} s")
    assert handover < 4
    assert recovered < 25
    assert beats.longest < 10
    assert not OrmQ.objects.filter(key__contains="@").exists()
    assert not Canary.objects.exists()


def test_a_killed_supervisor_takes_its_workers_with_it(process_environment: dict[str, str], tmp_path: Path) -> None:
    with command(process_environment, "work", log=tmp_path / "log") as work:
        until(lambda: len(workers(work.pid)) >= 5, 20)
        everything = below(work.pid)
        kill([work.pid])
        until(lambda: not any(pid in table() for pid in everything), 5)
