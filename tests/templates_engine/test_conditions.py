"""Conditions: typed when written, never raising when evaluated, always bounded."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.spec import conditions
from tests.templates_engine import fuzz

TYPES = {**conditions.BUILT_IN, "affected": "int", "tags": "list", "sentiment": "double", "at": "timestamp"}
FULL = {
    "severity": "critical", "tier": "enterprise", "amount": 120000, "affected": 40, "tags": ["vip"],
    "sentiment": -0.5, "at": "2026-11-21T05:00:00+00:00", "now": "2026-11-21T06:00:00+00:00",
}  # fmt: skip
BOMB = "[1,2,3,4,5,6,7,8,9,10]"


@pytest.mark.parametrize(
    ("source", "values", "holds"),
    [
        ('severity == "critical" && tier == "enterprise"', FULL, True),
        ("amount > 50000 && affected >= 40", FULL, True),
        ("sentiment < 0.0", FULL, True),
        ('"vip" in tags', FULL, True),
        ('now - at > duration("30m")', FULL, True),
        ('severity.matches("^crit")', FULL, True),
        ("known.tier", {}, False),
        ("!known.tier", {}, True),
        # Unknown stays unknown, unless the rest decides.
        ('tier == "enterprise"', {}, None),
        ('severity == "critical" && tier == "enterprise"', {"severity": "low"}, False),
        ('severity == "critical" && tier == "enterprise"', {"severity": "critical"}, None),
        ('severity == "critical" || tier == "enterprise"', {"severity": "critical"}, True),
        ("known.affected && affected > 3", {}, False),
        # A value of another type is as good as none.
        ("affected > 3", {"affected": "many"}, None),
        ("affected > 3", {"affected": True}, None),
        ("affected > 3", {"affected": 2**80}, None),
        ("affected / 0 > 3", FULL, None),
        ('severity == "x"', {"severity": "\ud800"}, None),
        ("at < now", {"at": "no date", "now": FULL["now"]}, None),
    ],
)
def test_evaluates(source: str, values: dict[str, Any], holds: bool | None) -> None:
    assert conditions.compile(source, TYPES).evaluate(values) is holds


@pytest.mark.parametrize(
    ("source", "says", "place"),
    [
        ('severty == "critical"', "severty", (1, 1)),
        ('true &&\n severty == "x"', "severty", (2, 2)),
        ('affected > "many"', "no matching overload", (1, 10)),
        ("affected", "true or false", (1, 1)),
        ("", "empty", (1, 1)),
        ("a" * 5000, "longer", (1, 1)),
        ("severity ==", "Syntax error", (1, 12)),
        ("\ud800", "", (1, 1)),
    ],
)
def test_refuses_with_a_place(source: str, says: str, place: tuple[int, int]) -> None:
    with pytest.raises(conditions.ConditionError) as caught:
        conditions.compile(source, TYPES)
    assert says in caught.value.message
    assert (caught.value.line, caught.value.column) == place


def test_two_faults_are_both_said() -> None:
    with pytest.raises(conditions.ConditionError, match=r"(?s)severty.*amunt"):
        conditions.compile("severty == 'x' && amunt > 3", TYPES)


@pytest.mark.parametrize("source", ["(" * 900 + "true" + ")" * 900, "[" * 900 + "]" * 900 + " == []"])
def test_deep_nesting_is_refused(source: str) -> None:
    with pytest.raises(conditions.ConditionError):
        conditions.compile(source, TYPES)


def test_a_loop_of_a_hundred_million_ends_at_once() -> None:
    source = "true"
    for name in "abcdefgh":
        source = f"{BOMB}.all({name}, {source})"
    begun = time.monotonic()
    with pytest.raises(conditions.ConditionError, match="a loop inside a loop"):
        conditions.compile(source, TYPES)
    assert conditions.Condition(source, tuple(TYPES.items())).evaluate(FULL) is None  # the language has its own bounds
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("title.matches(severity)", "written out"),
        ("matches(title, 'a')", "written out"),
        ("title.matches('a' + 'b')", "one text"),
        ("title.matches('((a{1,9}){1,9}){1,9}')", "multiply to 729"),
        ("tags.exists(t, t.matches('a{2}'))", "inside a loop"),
        (f"title.matches('{'a' * 300}')", "longer than 200"),
        ("tags.all(a, tags.all(b, a == b))", "a loop inside a loop"),
        (" && ".join(["tags.all(a, a == 'x')"] * 5), "more than 4 loops"),
        (" && ".join(["title.matches('x')"] * 17), "more than 16 patterns"),
    ],
)
def test_what_could_cost_too_much_is_refused(source: str, says: str) -> None:
    with pytest.raises(conditions.ConditionError) as caught:
        conditions.compile(source, {**TYPES, "title": "string"})
    assert says in caught.value.message


def test_what_looks_like_it_and_is_text_is_not() -> None:
    source = "title == 'tags.all(a, tags.all(b, ' // title.matches(severity)"
    assert conditions.compile(source, {"title": "string"}).evaluate({"title": "x"}) is False


_WORDS = st.sampled_from(
    ["severity", "affected", "tags", "known.tier", "now", "(", ")", "[", "]", "&&", "||", "!", "==", "<", "+", "-", "/",
     "?", ":", ".", "'x'", "1", "0", "2.5", "true", "null", "in", "size(", "has(", ".all(x,", ".matches('(a+)+$')",
     "duration('9h')", "timestamp('x')", "\n", "\x00", "\ud800", "é"]
)  # fmt: skip
_SOURCES = st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=14).map(" ".join))
_VALUES = st.dictionaries(
    st.sampled_from(sorted(TYPES)),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text(), max_size=3)),
)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(_SOURCES, _VALUES)
def test_nothing_but_a_condition_error(source: str, values: dict[str, Any]) -> None:
    try:
        made = conditions.compile(source, TYPES)
    except conditions.ConditionError:
        return
    assert made.evaluate(values) in {True, False, None}


def test_a_sample_of_the_fuzz_is_quick() -> None:
    """Three thousand of the hundred thousand of `python -m tests.templates_engine.fuzz 100000`."""
    figures = fuzz.run(3000)
    assert figures.count == 3000
    assert figures.compiled > 500
    assert figures.late == []
