"""Many at once: one winner, one row, one effect."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from escalations import clockwork, pipeline
from escalations.domain.lifecycle import NotAllowed
from escalations.models import Case, Delivery, Entry, Escalation, Handoff, Message, Person, Signal, Timer
from escalations.services import cases, handoffs, ledger
from escalations.services.errors import Stale, Taken
from tests import factories
from tests.stories import world

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_company")]
ROUNDS = 3


def together(*acts: Callable[[], object]) -> list[str]:
    """Start all at the same moment, each on its own connection; returns what each came to, by name."""
    gate = threading.Barrier(len(acts))
    came: list[str] = []

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
            came.append("won")
        except (Stale, NotAllowed, Taken) as fault:
            came.append(type(fault).__name__)
        except Exception as fault:  # noqa: BLE001  anything else is what this test looks for
            came.append(f"{type(fault).__name__}: {fault}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def crowd(count: int = 20) -> list[Person]:
    """People with nothing else to do."""
    return [factories.person(f"racer-{number}") for number in range(count)]


def test_one_of_twenty_acknowledges() -> None:
    """Each round one winner; the others are told that the record moved on."""
    people = crowd()
    for number in range(ROUNDS):
        record = world.opened(body=world.ticket(number + 1), delivery=f"d-{number}")

        def acknowledge(person: Person, record: Escalation = record) -> None:
            ledger.acknowledge(escalation_id=record.pk, by=person, now=record.opened_at, seen_version=record.version)

        came = Counter(together(*[lambda person=person: acknowledge(person) for person in people]))
        assert came == {"won": 1, "Stale": 19}
        assert Entry.objects.filter(escalation=record, verb="acknowledge").count() == 1
        record.refresh_from_db()
        assert record.owner == record.acknowledged_by


def test_one_of_twenty_claims_and_one_decides() -> None:
    """The others read the winner's name."""
    people = crowd()
    for number in range(ROUNDS):
        world.told("zendesk", world.ticket(number + 1, organization_id=f"4{number}"), delivery=f"d-{number}")
        case = Case.objects.get(state="open")

        def claim(person: Person, case: Case = case) -> None:
            cases.claim(case_id=case.pk, by=person, now=case.opened_at)

        def decide(person: Person, case: Case = case) -> None:
            cases.decide(case_id=case.pk, by=person, answer={"ignore": "x"}, reason="x", now=case.opened_at)

        assert Counter(together(*[lambda one=one: claim(one) for one in people])) == {"won": 1, "Taken": 19}
        assert Counter(together(*[lambda one=one: decide(one) for one in people])) == {"won": 1, "Taken": 19}
        case.refresh_from_db()
        assert (case.state, case.decided_by) == ("decided", case.claimed_by)


def test_an_owner_who_changes_while_others_wait_is_the_one_they_see() -> None:
    """Hand-offs and notes at once: each hand-off tells whom it took it from, nobody is nobody."""
    people = crowd(8)
    record = world.opened()

    def give(person: Person) -> None:
        handoffs.hand_off(
            escalation_id=record.pk, by=person, to_id=person.pk, reason="race", expected="1h", now=record.opened_at
        )

    assert set(together(*[lambda one=one: give(one) for one in people])) == {"won"}
    chain = list(Handoff.objects.filter(escalation=record).order_by("pk").values_list("from_person", "to_person"))
    assert [before for before, _ in chain[1:]] == [to for _, to in chain[:-1]]
    assert Message.objects.filter(escalation=record, person__in=people).count() == 8


def test_the_same_delivery_from_eight_connections_is_one_signal() -> None:
    """All eight get the same id; the second copy of a retry is no second signal."""
    answers = []

    def send() -> None:
        answer = world.post("zendesk", world.ticket(), delivery="same")
        answers.append((answer.status_code, answer.json().get("signal")))

    assert set(together(*[send] * 8)) == {"won"}
    assert len(set(answers)) == 1
    assert answers[0][0] == 202
    assert (Delivery.objects.count(), Signal.objects.count()) == (1, 1)


def test_one_problem_told_eight_ways_at_once_is_one_record() -> None:
    """Eight signals of one ticket, taken by eight workers: one opens, the others join."""
    for number in range(8):
        world.post("zendesk", world.ticket(), delivery=f"d-{number}")
    ids = list(Signal.objects.values_list("pk", flat=True))

    def take(signal_id: int) -> None:
        pipeline.process(signal_id, now=world.source("zendesk").deliveries.latest("id").received_at)

    assert set(together(*[lambda pk=pk: take(pk) for pk in ids])) == {"won"}
    clockwork.sweep()
    record = Escalation.objects.get()
    assert record.signals.count() == 8
    assert set(Signal.objects.values_list("stage", flat=True)) == {"matched"}


def test_four_sweepers_fire_each_of_two_hundred_timers_once() -> None:
    """Due together: each record moves along its chain once, however many sweep."""
    bodies = [world.ticket(number) for number in range(1, 201)]
    for number, body in enumerate(bodies):
        world.post("zendesk", body, delivery=f"d-{number}")
    pipeline.drain()
    assert Escalation.objects.count() == 200
    moment = max(Escalation.objects.values_list("acknowledge_by", flat=True)) + timedelta(seconds=1)
    due = set(Timer.objects.filter(state="pending", due_at__lte=moment).values_list("pk", flat=True))
    assert len(due) >= 200
    assert set(together(*[lambda: clockwork.sweep(now=moment)] * 4)) == {"won"}
    clockwork.sweep(now=moment)
    assert not Timer.objects.filter(pk__in=due, state="pending").exists()
    moved = Counter(Entry.objects.filter(verb="fail_over").values_list("escalation_id", flat=True))
    assert len(moved) == 200
    assert set(moved.values()) == {1}
