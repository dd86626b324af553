"""Every broken rule at once, by field; enumerations are doubtful, never wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.domain.validation import FieldSpec, Problem, settle_doubt, validate, worst

WORST_FIRST = ("critical", "high", "normal", "low")
TYPES: list[tuple[str, str, Any, str]] = [
    ("Text is text.", "string", "x", ""),
    ("A number is no text.", "string", 5, "must be text"),
    ("A whole number.", "int", 5, ""),
    ("Yes is not one.", "int", True, "must be a whole number of at most 64 bits"),
    ("Half a unit is not whole.", "int", 5.5, "must be a whole number of at most 64 bits"),
    ("The largest that a condition can count.", "int", 2**63 - 1, ""),
    ("One more does not fit.", "int", 2**63, "must be a whole number of at most 64 bits"),
    ("A number may be whole.", "double", 5, ""),
    ("What is not a number.", "double", float("nan"), "must be a number"),
    ("Nor is infinity.", "double", float("inf"), "must be a number"),
    ("Text is no number.", "double", "5", "must be a number"),
    ("No is a value.", "bool", False, ""),
    ("Nought is not no.", "bool", 0, "must be true or false"),
    ("A moment as text.", "timestamp", "2026-03-10T09:00:00Z", ""),
    ("A moment as such.", "timestamp", datetime(2026, 3, 10, tzinfo=UTC), ""),
    ("Without a zone nobody knows when.", "timestamp", "2026-03-10T09:00:00", "must be a moment with its time zone"),
    ("No moment at all.", "timestamp", "yesterday", "must be a moment with its time zone"),
    ("Seconds since some day are not taken.", "timestamp", 1773133200, "must be a moment with its time zone"),
    ("A list may be empty.", "list", [], ""),
    ("A word is no list.", "list", "churn", "must be a list"),
]


@pytest.mark.parametrize(("why", "type_", "value", "rule"), TYPES, ids=[row[0] for row in TYPES])
def test_types(why: str, type_: str, value: Any, rule: str) -> None:
    problems = validate({"f": value}, {"f": FieldSpec(type_)})
    assert [problem.rule for problem in problems] == ([rule] if rule else []), why


PRESENCE: list[tuple[str, dict[str, Any], FieldSpec, list[str], bool]] = [
    ("An optional field may be missing.", {}, FieldSpec("string"), [], True),
    ("A required one may not.", {}, FieldSpec("string", required=True), [], False),
    ("Nor be empty.", {"f": None}, FieldSpec("string", required=True), [], False),
    ("Nor blank.", {"f": "  "}, FieldSpec("string", required=True), [], False),
    ("No is there.", {"f": False}, FieldSpec("bool", required=True), [], True),
    ("So is nought.", {"f": 0}, FieldSpec("int", required=True), [], True),
    ("A template may require more.", {}, FieldSpec("string"), ["f"], False),
    ("A template may require what is nowhere declared.", {"f": 1}, FieldSpec("string"), ["g"], False),
    ("A missing enumeration is doubtful, not wrong.", {}, FieldSpec("string", True, WORST_FIRST), ["f"], True),
    ("So is an unknown value.", {"f": 5}, FieldSpec("string", True, WORST_FIRST), [], True),
]


@pytest.mark.parametrize(("why", "facts", "spec", "requires", "good"), PRESENCE, ids=[row[0] for row in PRESENCE])
def test_presence(why: str, facts: dict[str, Any], spec: FieldSpec, requires: list[str], good: bool) -> None:
    if "g" in requires:
        assert validate(facts, {"f": FieldSpec("int")}, requires) == (Problem("g", "is required", ""),)
    else:
        assert (validate(facts, {"f": spec}, requires) == ()) is good, why


def test_everything_wrong_is_told_at_once_in_the_order_of_the_fields() -> None:
    specs = {"title": FieldSpec("string", required=True), "amount": FieldSpec("int"), "when": FieldSpec("timestamp")}
    assert validate({"amount": "much", "when": "x" * 500}, specs, ["zone"]) == (
        Problem("title", "is required", ""),
        Problem("amount", "must be a whole number of at most 64 bits", "much"),
        Problem("when", "must be a moment with its time zone", "x" * 119 + "…"),
        Problem("zone", "is required", ""),
    )


DOUBTS: list[tuple[str, object, tuple[str, bool]]] = [
    ("A known value holds.", "high", ("high", False)),
    ("Capitals and outer spaces do not matter.", " HIGH ", ("high", False)),
    ("A missing one is taken at its worst.", None, ("critical", True)),
    ("So is an unknown one.", "P9", ("critical", True)),
    ("And one of another type.", 1, ("critical", True)),
]


@pytest.mark.parametrize(("why", "value", "settled"), DOUBTS, ids=[row[0] for row in DOUBTS])
def test_doubt_takes_the_worse_value(why: str, value: object, settled: tuple[str, bool]) -> None:
    assert settle_doubt(value, WORST_FIRST) == settled, why


def test_the_worst_of_several() -> None:
    assert worst(["low", "High", "odd"], WORST_FIRST) == "high"
    assert worst(["odd"], WORST_FIRST) == "critical"
    with pytest.raises(ValueError, match="at least one"):
        worst(["low"], ())


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.lists(st.integers()))


@given(value=VALUES)
def test_a_doubtful_value_is_never_milder_than_a_known_one(value: object) -> None:
    settled, doubtful = settle_doubt(value, WORST_FIRST)
    assert settled in WORST_FIRST
    assert not doubtful or settled == "critical"


@given(value=VALUES, type_=st.sampled_from(["string", "int", "double", "bool", "timestamp", "list", "odd"]))
def test_any_value_is_judged_without_an_error(value: object, type_: str) -> None:
    assert all(problem.field == "f" for problem in validate({"f": value}, {"f": FieldSpec(type_, required=True)}))
