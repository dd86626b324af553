"""Whether facts may go on: every field that breaks a rule at once, and the worse value where one is doubtful."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SEEN = 120  # characters of a wrong value that are shown
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a fact must be. `order` makes it an enumeration, worst value first."""

    type: str  # string, int, double, bool, timestamp or list
    required: bool = False
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: "`field` `rule`" is a sentence, `seen` shows what came ("" for nothing)."""

    field: str
    rule: str
    seen: str


def validate(
    facts: Mapping[str, Any], field_specs: Mapping[str, FieldSpec], requires: Iterable[str] = ()
) -> tuple[Problem, ...]:
    """Everything wrong with the facts, in the order of the fields; `requires` are those the template adds.

    Enumerations are not judged here: a missing or unknown one is doubtful, not wrong (`settle_doubt`).
    """
    wanted = set(requires)
    names = [*field_specs, *sorted(wanted - field_specs.keys())]
    asked = ((name, facts.get(name), field_specs.get(name, _ANY)) for name in names)
    # Most fields of most signals are absent and need not be there: looked at here, they cost next to nothing.
    problems = (
        _problem(name, value, spec, wanted=name in wanted)
        for name, value, spec in asked
        if value is not None or spec.required or name in wanted
    )
    return tuple(problem for problem in problems if problem is not None)


def worst(values: Iterable[str], order: Sequence[str]) -> str:
    """The worst of the values by an order (worst first); the worst of all where none is in it.

    Raises ValueError for an empty order, which makes no enumeration.
    """
    if not order:
        raise ValueError("an enumeration names at least one value")
    known = {place for value in values if (place := _place(value, order)) is not None}
    return order[min(known, default=0)]


def settle_doubt(value: object, order: Sequence[str]) -> tuple[str, bool]:
    """The value to go on with, and whether it is doubtful: one that is missing or unknown is taken at its worst."""
    place = _place(value, order)
    return (worst((), order), True) if place is None else (order[place], False)


def _place(value: object, order: Sequence[str]) -> int | None:
    """Where a value stands in the order; capitals and outer spaces do not matter."""
    if not isinstance(value, str):
        return None
    plain = value.strip().casefold()
    return next((place for place, name in enumerate(order) if name.casefold() == plain), None)


def _problem(name: str, value: Any, spec: FieldSpec, *, wanted: bool) -> Problem | None:
    if spec.order:
        return None
    if value is None or (isinstance(value, str) and not value.strip()):
        return Problem(name, "is required", "") if spec.required or wanted else None
    fits, rule = _RULES.get(spec.type, (_anything, ""))
    return None if fits(value) else Problem(name, rule, _seen(value))


def _seen(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SEEN else f"{text[: SEEN - 1]}…"


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _SMALLEST <= value <= _LARGEST


def _is_double(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return _is_int(value)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_timestamp(value: Any) -> bool:
    """Text in ISO 8601 with its offset, or a datetime that knows its zone."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return False
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _anything(value: Any) -> bool:
    return value is not None


_ANY = FieldSpec("any")
_RULES = {
    "string": (_is_string, "must be text"),
    "int": (_is_int, "must be a whole number of at most 64 bits"),
    "double": (_is_double, "must be a number"),
    "bool": (_is_bool, "must be true or false"),
    "timestamp": (_is_timestamp, "must be a moment with its time zone"),
    "list": (_is_list, "must be a list"),
}
