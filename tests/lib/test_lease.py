"""One holder at a time, on the real database, with real threads."""

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from escalations.models import Lease
from opsportal.lib import clock, lease

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, act: Callable[[int], None]) -> None:
    """Run `act(number)` in so many threads at the same moment."""
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_eight_that_claim_one_gets_it() -> None:
    for round_ in range(5):
        won: list[int] = []
        name = f"race {round_}"
        at_once(
            8,
            lambda number, name=name, won=won: (
                won.append(number) if lease.claim(Lease, name=name, holder=str(number), seconds=60) else None
            ),
        )
        assert len(won) == 1
        assert Lease.objects.get(name=name).holder == str(won[0])


def test_a_lease_that_ran_out_can_be_claimed() -> None:
    assert lease.claim(Lease, name="a", holder="one", seconds=60)
    assert not lease.claim(Lease, name="a", holder="two", seconds=60)
    assert lease.claim(Lease, name="a", holder="one", seconds=60)
    Lease.objects.update(until=clock.db_now() - timedelta(seconds=1))
    assert lease.claim(Lease, name="a", holder="two", seconds=60)
    assert not lease.beat(Lease, name="a", holder="one", seconds=60)
    assert lease.beat(Lease, name="a", holder="two", seconds=60)


def test_silence_is_counted_from_the_last_beat() -> None:
    assert lease.silence(Lease, name="a") == float("inf")
    lease.take(Lease, name="a", holder="x#1", seconds=60)
    assert lease.silence(Lease, name="a") < 1
    Lease.objects.update(beat_at=clock.db_now() - timedelta(seconds=5))
    assert 5 <= lease.silence(Lease, name="a") < 6
    assert not lease.let_go(Lease, name="a", prefix="y#")
    assert lease.let_go(Lease, name="a", prefix="x#")
    assert lease.silence(Lease, name="a") == float("inf")


def test_the_watch_is_handed_over_without_a_hole() -> None:
    """The first ends when the second appears; between any two pieces of work there is hardly more than a tick."""
    done: list[tuple[int, float]] = []
    ticks: dict[int, int] = {}

    def watch(number: int) -> None:
        if number:
            clock.time.sleep(0.5)

        def work() -> dict[str, int]:
            done.append((number, clock.time.monotonic()))
            return {}

        ticks[number] = lease.hold(Lease, name="w", holder=str(number), work=work, every=0.1, at_most=1.0)

    at_once(2, watch)
    times = [moment for _, moment in done]
    assert max(after - before for before, after in pairwise(times)) < 0.4
    assert {number for number, _ in done} == {0, 1}
    assert [number for number, _ in done][-1] == 1
    assert ticks[0] < 9


def test_work_that_fails_does_not_end_the_watch() -> None:
    tries: list[int] = []

    def work() -> dict[str, int]:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("this tick")
        return {"fired": 0}

    assert lease.hold(Lease, name="w", holder="a", work=work, every=0.02, at_most=0.3) >= 1
    assert Lease.objects.get(name="w").data == {"fired": 0}
