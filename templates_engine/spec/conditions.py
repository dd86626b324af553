"""Conditions in Google's CEL: compiled and typed against declared facts, never raising, always bounded.

The language: https://github.com/google/cel-spec. Its C++ implementation bounds iterations and recursion
and matches with RE2, so a condition can neither hang nor reach anything outside its facts.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from templates_engine.spec import limits
from templates_engine.spec.policies import FactsPolicy
from templates_engine.spec.template import Template

LONGEST = 4096
# What the engine itself adds to the declared facts.
BUILT_IN = {
    "account": "string",
    "severity": "string",
    "tier": "string",
    "amount": "int",
    "renews_in_days": "int",
    "source": "string",
    "now": "timestamp",
}
_TYPES = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "bool": cel.Type.BOOL,
    "timestamp": cel.Type.TIMESTAMP,
    "list": cel.Type.List(cel.Type.STRING),
}
_WORD = re.compile(r"\w+")
_VALUE = re.compile(r"(?<![\w.])\w+")
REMEMBERED = 2048  # answers that a condition keeps
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")


class ConditionError(Exception):
    """The condition does not compile; line and column count from one."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class Condition:
    """A compiled condition; use `compile`."""

    def __init__(self, source: str, types: tuple[tuple[str, str], ...]) -> None:
        self.source, self.types = source, dict(types)
        # Every fact that is handed over costs time, so only those are that the source can mean: by value, or as known.
        values, words = set(_VALUE.findall(source)), set(_WORD.findall(source))
        self._valued = [(name, kind) for name, kind in types if name in values]
        self._known = [name for name, _ in types if name in words]
        self._found: dict[object, bool | None] = {}
        variables = {name: _TYPES[kind] for name, kind in types}
        variables |= {f"known.{name}": cel.Type.BOOL for name, _ in types}
        try:
            self._expression = cel.NewEnv(variables=variables).compile(source)
            result = self._expression.return_type()
        except Exception as fault:  # the library raises several kinds for a bad source; each is the author's error
            raise _explained(fault) from fault
        if result != cel.Type.BOOL:
            raise ConditionError(f"gives {result}, a condition gives true or false")

    def evaluate(self, values: Mapping[str, Any]) -> bool | None:
        """True, False, or None where the facts do not tell. Never raises."""
        try:
            typed = [_typed(values.get(name), kind) for name, kind in self._valued]
            known = [values.get(name) is not None for name in self._known]
            key = (*known, *(tuple(one) if isinstance(one, list) else one for one in typed))
            if key not in self._found:
                if len(self._found) >= REMEMBERED:
                    self._found.clear()
                self._found[key] = self._ask(typed, known)
            return self._found[key]
        except Exception:  # noqa: BLE001  surrogates and spent budgets raise several kinds: all mean unresolved
            return None

    def _ask(self, typed: list[Any], known: list[bool]) -> bool | None:
        """What the same values gave once they give again, so that this is asked once for each."""
        data = {f"known.{name}": there for name, there in zip(self._known, known, strict=True)}
        named = zip(self._valued, typed, strict=True)
        outcome = self._expression.eval(data=data | {name: one for (name, _), one in named if one is not None})
        return bool(outcome.value()) if outcome.type() == cel.Type.BOOL else None


@lru_cache(maxsize=2048)
def _compiled(source: str, types: tuple[tuple[str, str], ...]) -> Condition:
    too_much = limits.excess(source)
    if too_much is not None:
        before = source[: too_much.at].split("\n")
        raise ConditionError(too_much.words, len(before), len(before[-1]) + 1)
    return Condition(source, types)


def compile(source: str, types: Mapping[str, str]) -> Condition:  # noqa: A001  the field's word for it
    """Compile against declared types; raises ConditionError with its place."""
    if len(source.encode("utf-8", "replace")) > LONGEST:
        raise ConditionError(f"longer than {LONGEST} bytes")
    if not source.strip():
        raise ConditionError("is empty")
    return _compiled(source, tuple(sorted(types.items())))


def fact_types(facts: FactsPolicy | None, template: Template | None = None) -> dict[str, str]:
    """Every name a condition of the template may use, with its type."""
    declared = {name: spec.type for name, spec in facts.fields.items()} if facts else {}
    own = {name: spec.type for name, spec in template.facts.items()} if template else {}
    return {**declared, **own, **BUILT_IN}


def _typed(value: Any, kind: str) -> Any:
    """The value as the declared type takes it; None where it does not fit, which leaves it unresolved."""
    if value is None:
        return None
    match kind:
        case "string":
            return value if isinstance(value, str) else None
        case "int":
            return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None
        case "double":
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "bool":
            return value if isinstance(value, bool) else None
        case "timestamp":
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        case _:
            return [str(one) for one in value] if isinstance(value, list) else None


def _explained(fault: Exception) -> ConditionError:
    if isinstance(fault, ConditionError):
        return fault
    text = str(fault)
    found = _PLACE.findall(text)
    if not found:
        return ConditionError(text.splitlines()[0][:300] if text else type(fault).__name__)
    said = "; ".join(dict.fromkeys(message for _, _, message in found)).replace(" (in container '')", "")
    return ConditionError(said[:600], int(found[0][0]), int(found[0][1]))
