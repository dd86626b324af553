"""Steps under crashes, replays and many workers at once: what left the building left it once, under one key."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from escalations import clockwork, pipeline
from escalations.models import Case, Escalation, Message, StepAnswer, StepRun
from escalations.services import answering, destinations, outbox, resuming
from escalations.services.writing import Writing
from templates_engine.management.commands.load_catalog import SHIPPED
from tests.stories import world
from tests.stories.receiver import HANGS_UP, Receiver, receiving
from tests.stories.test_races import together
from tests.stories.test_steps import BODY, HEAD

STEPS = """\
  - {id: lock, do: call_webhook, destination: shop, event: lock, on_failure: {retry: 2, back_off: 1s}}
  - {id: move, do: call_webhook, destination: shop, event: move}
  - {id: how, do: ask_person, question: How?, within: 30m, choices: [{key: a, title: A}, {key: b, title: B}]}
  - {id: pay, do: call_webhook, destination: shop, event: pay}
  - {id: solve, do: wait_for_resolution}
"""


@pytest.fixture
def shop(transactional_db: None, tmp_path: Path) -> Iterator[Receiver]:
    """A committed portal whose template calls a listening shop."""
    where = 'problem == "orders"'
    text = HEAD.format(key="steps", title="Steps", order=1, trigger=f"'{where}'") + STEPS
    (tmp_path / "steps.yaml").write_text(text)
    world.build(SHIPPED, world.OWNERSHIP, tmp_path)
    with receiving() as receiver:
        destinations.connect(key="shop", kind="webhook", url=f"{receiver.url}/shop", secret=world.SECRET)
        yield receiver


def told(shop: Receiver) -> list[str]:
    """What the shop was told, in order."""
    return [json.loads(body)["type"] for body in shop.bodies("/shop")]


def states(record: Escalation) -> list[str]:
    """How the steps stand."""
    return list(StepRun.objects.filter(escalation=record).order_by("position").values_list("state", flat=True))


def test_many_sweeps_at_once_tell_the_shop_once(shop: Receiver) -> None:
    """Six workers sweep at the same moments: each order is given once, each step done once."""
    world.post("generic", BODY)
    for _ in range(4):
        assert set(together(*[clockwork.sweep] * 6)) == {"won"}
    record = Escalation.objects.get()
    assert (told(shop), states(record)[:3]) == (["lock", "move"], ["done", "done", "waiting"])


def test_of_two_answers_at_once_one_counts(shop: Receiver) -> None:
    """Both may answer, one does; the order that follows is given once."""
    record = world.opened("generic", BODY)
    for _ in range(3):
        clockwork.sweep()

    def answer(who: str, key: str) -> Callable[[], object]:
        by, now = world.person(who), datetime.now(UTC)
        return lambda: answering.choose(escalation_id=record.pk, step="how", by=by, answer=key, now=now)

    came = Counter(together(answer("ada", "a"), answer("ben", "b"), answer("cleo", "a")))
    assert came == {"won": 1, "Taken": 2}
    clockwork.sweep()
    assert StepAnswer.objects.count() == 1
    assert told(shop) == ["lock", "move", "pay"]


def test_an_order_whose_answer_was_lost_is_repeated_under_its_key(shop: Receiver) -> None:
    """The shop acted and hung up: it is asked again under the same key, by which it knows the repeat."""
    shop.answers["/shop"] = [HANGS_UP, HANGS_UP]
    record = world.opened("generic", BODY)
    for seconds in (0, 2, 5, 6):
        clockwork.sweep(now=datetime.now(UTC) + timedelta(seconds=seconds))
    assert told(shop) == ["lock", "lock", "lock", "move"]
    assert len(set(shop.keys("/shop")[:3])) == 1
    assert (states(record)[0], Case.objects.exists()) == ("done", False)


@pytest.mark.parametrize("dies_in", ["opening", "sending", "proving"])
def test_a_worker_that_dies_leaves_nothing_half_done(
    shop: Receiver, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    """Killed before it commits: nothing of it is there, the next sweep does it whole, every order has one key."""
    place, name = {
        "opening": (Writing, "save"),
        "sending": (outbox, "_prove"),
        "proving": (resuming, "_take_up"),
    }[dies_in]
    real, deaths = getattr(place, name), iter([True])

    def dying(*args: object, **kwargs: object) -> object:
        if next(deaths, False):
            raise SystemExit("killed")
        return real(*args, **kwargs)

    world.post("generic", BODY)
    monkeypatch.setattr(place, name, dying)
    with pytest.raises(SystemExit):
        clockwork.sweep()
    for seconds in (3, 70, 71, 72):
        clockwork.sweep(now=datetime.now(UTC) + timedelta(seconds=seconds))
    record = Escalation.objects.get()
    assert states(record)[:3] == ["done", "done", "waiting"]
    # Killed between the order and its proof nobody can know: it is given again, under the same key.
    again = ["lock"] if dies_in == "sending" else []
    assert (told(shop), len(set(shop.keys("/shop")))) == ([*again, "lock", "move"], 2)
    assert Message.objects.filter(escalation=record, destination__isnull=False).count() == 2


def test_replays_change_nothing(shop: Receiver) -> None:
    """The same delivery again, the same signal down the line again: one record, one order each."""
    record = world.opened("generic", BODY, delivery="d-1")
    for _ in range(3):
        world.post("generic", BODY, delivery="d-1")
        pipeline.drain()
        clockwork.sweep()
    assert Escalation.objects.get() == record
    assert told(shop) == ["lock", "move"]
