"""What travels through the queue, when it is there, and how rarely it is rung."""

from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django_q.models import OrmQ, Schedule, Task

from opsportal.lib import queue

pytestmark = pytest.mark.django_db(transaction=True)
TASK = "escalations.tasks.drain"


@pytest.fixture(autouse=True)
def _nothing_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_rung", {})


def test_a_task_is_there_if_and_only_if_its_transaction_commits() -> None:
    with transaction.atomic():
        queue.enqueue(TASK)
        assert OrmQ.objects.count() == 1
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0
    with transaction.atomic():
        queue.enqueue(TASK)
    assert OrmQ.objects.get().key == settings.Q_CLUSTER["name"]


def test_after_commit_means_after_commit() -> None:
    with transaction.atomic():
        queue.enqueue_after_commit(TASK)
        assert OrmQ.objects.count() == 0
    assert OrmQ.objects.count() == 1


def test_a_flood_rings_once_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 100.0
    monkeypatch.setattr(queue.time, "monotonic", lambda: moment)
    for _ in range(50):
        queue.wake(TASK)
    queue.wake("escalations.tasks.deliver")
    assert OrmQ.objects.count() == 2
    moment += 0.25
    queue.wake(TASK)
    assert OrmQ.objects.count() == 3


def test_nothing_rings_for_what_was_rolled_back() -> None:
    with transaction.atomic():
        queue.wake(TASK)
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0
    queue.wake(TASK)
    assert OrmQ.objects.count() == 1


def test_a_queue_that_fails_does_not_fail_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(queue, "enqueue", away)
    with transaction.atomic():
        queue.wake(TASK)


@pytest.mark.parametrize("value", [{1, 2}, object(), (1, 2), {1: "a"}, float("nan"), b"x"])
def test_only_plain_data_travels(value: Any) -> None:
    with pytest.raises(queue.NotPlain):
        queue.enqueue(TASK, value)
    with pytest.raises(queue.NotPlain):
        queue.job(lambda: value)()
    assert OrmQ.objects.count() == 0


def test_a_job_keeps_its_name_and_result() -> None:
    @queue.job
    def named(number: int) -> dict[str, int]:
        return {"number": number}

    assert named(3) == {"number": 3}
    assert named.__name__ == "named"


def test_one_schedule_whatever_was_there() -> None:
    Schedule.objects.create(name="poison", func="os.system", args="((", schedule_type="I", minutes=1)
    Schedule.objects.create(name="watch", func="old.name", args="((", schedule_type="I", minutes=1)
    Schedule.objects.create(name="watch", func="old.name", schedule_type="I", minutes=1)
    for _ in range(2):
        queue.ensure_schedules({"watch": "escalations.tasks.watch"})
    row = Schedule.objects.get()
    assert (row.func, row.minutes, row.args, row.repeats) == ("escalations.tasks.watch", 1, None, -1)
    due = row.next_run
    queue.ensure_schedules({"watch": "escalations.tasks.watch"})
    assert Schedule.objects.get().next_run == due


def test_a_cluster_takes_its_own_queue_first_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(queue.OWN_QUEUE, "opsportal@here")
    queue.enqueue(TASK)
    queue.enqueue(TASK, to="opsportal@there")
    queue.enqueue(TASK, to="opsportal@here")
    keys = dict(OrmQ.objects.values_list("pk", "key"))
    broker = queue.Broker(list_key=settings.Q_CLUSTER["name"])
    taken = [keys[row[0][0]] for row in iter(broker.dequeue, None)]
    assert taken == ["opsportal@here", "opsportal"]


def test_what_nobody_needs_is_pruned() -> None:
    long_ago = "2020-01-01T00:00:00Z"
    for number, success in enumerate((True, False)):
        Task.objects.create(id=str(number), func=TASK, started=long_ago, stopped=long_ago, success=success)
    OrmQ.objects.create(key="opsportal@gone", payload="x", lock=long_ago)
    OrmQ.objects.create(key="opsportal", payload="x", lock=long_ago)
    assert queue.prune() == 3
    assert queue.waiting() == 1
