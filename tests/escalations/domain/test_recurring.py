"""Recurring exceptions: grouped alike whatever they are called, whatever their order, and quickly."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.domain.likewords import plain, stems
from escalations.domain.recurring import Cost, Item, Span, cost, group, shape_of

DATA = Path(__file__).parents[2] / "data" / "recurring"
NAMES = ["Brightwave Energy", "Oak & Finch", "Lumen Foods", "Société Générique", "Nordlicht GmbH"]
# What has been reached; docs/recurring.md says the same.
FLOOR, FLOOR_HELD, TITLES = 0.95, 0.78, 0.14


def labelled(half: str = "") -> list[tuple[Item, str, str]]:
    """Every wording twice, with other names, ids, numbers and dates: the item, its group and its title."""
    shapes = {name: frozenset(paths) for name, paths in json.loads((DATA / "shapes.json").read_text()).items()}
    chance = random.Random(7)
    found: list[tuple[Item, str, str]] = []
    for one in json.loads((DATA / "labelled.json").read_text()):
        for text in one["texts"] * 2:
            sender, _, words = text.rpartition("|")
            name, n = chance.choice(NAMES), chance.randrange(3, 99_999)
            title = words.format(
                name=name, n=n, id=f"{chance.randrange(16**8):08x}-7", mail=f"person{n}@example.com",
                date=f"2026-03-{n % 28 + 1:02}", host=f"web-{n}.example.com", inc=f"INC{n:07}", chan=f"#team-{n}",
            )  # fmt: skip
            item = Item(
                len(found), one["reason"], title, one["step"], frozenset(one["about"]),
                shapes.get(sender, frozenset()), (name,),
            )  # fmt: skip
            if half in ("", one["half"]):
                found.append((item, one["group"], f"{one['reason']}: {title}"))
    return found


def pairs(sizes: Iterable[int]) -> int:
    return sum(comb(size, 2) for size in sizes)


def f1(truth: dict[int, str], found: dict[int, str]) -> float:
    """Pairwise: of the pairs put together and the pairs that belong together, how many are both."""
    both = pairs(Counter((truth[key], found[key]) for key in truth).values())
    return 2 * both / (pairs(Counter(truth.values()).values()) + pairs(Counter(found.values()).values()))


def reached(half: str) -> tuple[float, float]:
    """F1 of the groups, and of grouping by exact title."""
    rows = labelled(half)
    truth = {item.key: name for item, name, _ in rows}
    ours = {key: one.id for one in group(item for item, _, _ in rows) for key in one.keys}
    return f1(truth, ours), f1(truth, {item.key: title for item, _, title in rows})


def test_the_labelled_set_is_grouped_far_better_than_by_title() -> None:
    assert len(labelled()) >= 300
    (every, titles), (held, _) = reached(""), reached("held")
    assert every >= FLOOR
    assert held >= FLOOR_HELD
    assert titles <= TITLES


WORDS = st.sampled_from(
    ["invoice", "payment", "failed", "refund", "disk", "full", "low", "login", "error", "search", "slow"]
)
ITEMS = st.builds(
    Item,
    key=st.just(0),
    reason=st.sampled_from(["account_unknown", "tier_missing"]),
    text=st.lists(WORDS, max_size=5).map(" ".join),
    step=st.sampled_from(["", "", "notify-customer"]),
    about=st.sampled_from([frozenset(), frozenset({"p0"}), frozenset({"urgnt"}), frozenset({"urgent"})]),
    shape=st.sampled_from([frozenset(), frozenset({".a", ".b"}), frozenset({".a", ".c"})]),
)


def numbered(items: list[Item]) -> list[Item]:
    return [Item(key, one.reason, one.text, one.step, one.about, one.shape, one.names) for key, one in enumerate(items)]


@given(st.lists(ITEMS, max_size=25), st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_everything_is_in_one_group(items: list[Item], chance: random.Random) -> None:
    items = numbered(items)
    shuffled = items.copy()
    chance.shuffle(shuffled)
    assert group(items) == group(shuffled)
    assert sorted(key for one in group(items) for key in one.keys) == [item.key for item in items]


@given(st.lists(ITEMS, min_size=1, max_size=25))
def test_one_more_item_moves_at_most_its_own_group(items: list[Item]) -> None:
    items = numbered(items)
    added = items[-1].key
    before = {one.keys for one in group(items[:-1])}
    after = {one.keys for one in group(items)}
    (own,) = [keys for keys in after if added in keys]
    assert after - {own} <= before, "another group changed"
    assert all(set(keys) <= set(own) for keys in before - after), "a group was torn apart"


@given(st.text(max_size=300), st.lists(st.text(max_size=12), max_size=3))
def test_any_text_can_be_compared(text: str, names: list[str]) -> None:
    assert len(group([Item(1, "r", text, names=tuple(names)), Item(2, "r", text, names=tuple(names))])) == 1


TAKEN_OUT = [
    ("Refund for order 4711 from Lumen Foods", "Refund for order from"),
    ("Lumen Foods' login fails since 2026-03-10T09:00:00Z", "login fails since"),
    ("mail ana.b@example.com about “Q3 plan” #4411", "mail about"),
    ("Error 8f14e45f-ceea-467a-9575-1e5d at web-3.example.com", "Error at"),
    ("Lumen Foodservice is another name", "Lumen Foodservice is another name"),
    ("can't open https://example.com/a?b=1", "can't open"),
]


@pytest.mark.parametrize(("text", "left"), TAKEN_OUT)
def test_what_names_one_thing_is_taken_out(text: str, left: str) -> None:
    assert plain(text, ["Lumen Foods"]) == left


def test_other_words_for_the_same() -> None:
    assert stems("Zahlung der Rechnung fehlgeschlagen") == stems("invoice payments failed")
    assert stems("can't log in") != stems("log in")


def test_the_label_has_no_customer_in_it() -> None:
    rows = labelled()
    for one in group(item for item, _, _ in rows):
        assert not any(name.casefold() in one.words.casefold() for name in NAMES)


def test_ten_thousand_cases_take_seconds() -> None:
    rows = [item for item, _, _ in labelled()]
    chance = random.Random(3)
    filler = [f"{one}{other}x" for one in "abcd" for other in "efgh"]
    many = [
        Item(key, one.reason, f"{one.text} {chance.choice(filler)}", one.step, one.about,
             one.shape, one.names)
        for key, one in enumerate(rows[chance.randrange(len(rows))] for _ in range(10_000))
    ]  # fmt: skip
    began = time.process_time()
    found = group(many)
    assert sum(len(one.keys) for one in found) == 10_000
    assert time.process_time() - began < 10


def test_shapes_are_paths_and_survive_hostile_bodies() -> None:
    assert shape_of({"a": [{"b": 1}, {"c": 2}]}) == {".a", ".a[].b", ".a[].c"}
    assert shape_of("text") == shape_of(None) == frozenset()
    deep: object = 1
    for _ in range(5000):
        deep = {"a": deep}
    assert len(shape_of(deep)) == 12
    assert len(shape_of({str(one): 1 for one in range(100_000)})) == 400


NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)


def weekly(*weeks: int) -> Cost:
    return cost([Span(NOW - timedelta(weeks=one, hours=2), None, None) for one in weeks], now=NOW)


def test_what_a_group_cost() -> None:
    opened = NOW - timedelta(hours=10)
    found = cost(
        [
            Span(opened, opened + timedelta(hours=1), opened + timedelta(hours=1, minutes=30)),
            Span(opened, None, opened + timedelta(hours=2)),
            Span(opened, None, None),
        ],
        now=NOW,
    )
    assert (found.hours, found.handling, found.timed, found.waiting) == (13.5, 30, 1, 1)
    assert found.weeks == (0, 0, 0, 0, 0, 0, 0, 3)


def test_what_happens_every_week_is_a_design_fault() -> None:
    assert all(weekly(*weeks).fault for weeks in ([0, 1, 2, 3], [0, 1, 2, 3, 5]))
    assert not any(weekly(*weeks).fault for weeks in ([0, 1, 3, 4], [1, 2, 3, 4], [0, 0, 0, 0]))
