"""What the fields of steps say about each other: read from the raw body, so that one fault hides no other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opsportal.lib import durations
from templates_engine.spec import values as coercion
from templates_engine.spec.base import Problem
from templates_engine.spec.flow import walk
from templates_engine.spec.policies import FactsPolicy
from templates_engine.spec.stepkinds import COMMON, KINDS, NOT_UNDOING, UNDOERS
from templates_engine.spec.steps import Step, Undo, kind_of

Body = Mapping[str, Any]
# Words that a step's text may have filled in.
PLACES = ("customer", "title", "severity", "owner", "due", "id")
_TEXTS = ("message", "question", "guidance")
# What the directory and the clock say: no step can set it.
_FIXED = frozenset({"account", "amount", "renews_in_days", "source", "now"})
# The type of the fact that an answer sets.
_ANSWERS = {"ask_person": "string", "ask_approval": "bool"}


def problems(steps: object) -> Iterator[Problem]:
    """Everything wrong between the fields of each step, and with ids that are given twice. Never raises."""
    rows = list(walk(steps))
    yield from _once(rows)
    for path, step in rows:
        undo = step.get("undo")
        yield from _fits(path, step, kind_of(step))
        yield from _said(path, step)
        if isinstance(undo, dict):
            do = undo.get("do")
            if isinstance(do, str) and do in UNDOERS:
                yield from _fits(f"{path}.undo", undo, do, undoing=True)
            yield from _said(f"{path}.undo", undo)


def typed(steps: object, types: Mapping[str, str], facts: FactsPolicy) -> Iterator[Problem]:
    """What steps say about facts that are not declared, or are of another type. Never raises."""
    for path, step in walk(steps):
        for number, name in enumerate(_list(step.get("show"))):
            if isinstance(name, str) and name not in types:
                yield Problem(f"{path}.show.{number}", f"{name!r} is no declared fact; declared are {words(types)}")
        yield from _set(path, step, types, facts)
        if isinstance(step.get("undo"), dict):
            yield from _set(f"{path}.undo", step["undo"], types, facts)
        yield from _answered(path, step, types, facts)


def places(path: str, text: object, allowed: Iterable[str]) -> Iterator[Problem]:
    """Placeholders in a text that nothing fills in."""
    if not isinstance(text, str):
        return
    for part in text.split("{")[1:]:
        name = part.split("}")[0][:40]
        if name not in allowed:
            yield Problem(path, f"{{{name}}} is unknown; allowed are {words(allowed)}")


def words(names: Iterable[str]) -> str:
    """Names as a sentence lists them."""
    return ", ".join(sorted(map(str, names))) or "none"


def _once(rows: Iterable[tuple[str, Body]]) -> Iterator[Problem]:
    seen = Counter[str]()
    for path, step in rows:
        name = step.get("id")
        if isinstance(name, str):
            seen[name] += 1
            if seen[name] > 1:
                yield Problem(f"{path}.id", f"{name!r} is given twice: each id stands for one thing")


def _fits(path: str, step: Body, name: str, *, undoing: bool = False) -> Iterator[Problem]:
    """Fields that do not go with the kind, those it lacks, and ways of failing that it can not have."""
    kind = KINDS.get(name)
    if kind is None:
        return
    model = Undo if undoing else Step
    fields = [one for one in kind.fields if not (undoing and one in NOT_UNDOING)] + ["do"] * undoing
    takes = ", ".join(one for one in fields if one not in COMMON) or "nothing more"
    for field in step:
        if field in model.model_fields and field not in fields:
            yield Problem(f"{path}.{field}", f"does not go with {name}, which takes {takes}")
    for field in kind.needs:
        if step.get(field) in (None, "", [], {}):
            yield Problem(path, f"{name} needs {field}")
    failing = step.get("on_failure")
    if (failing.get("then") if isinstance(failing, dict) else failing) == "fail_over" and not kind.asks:
        yield Problem(f"{path}.on_failure", f"fail_over asks the next person, and {name} asks nobody: case or skip")
    if step.get("undo") == "restore" and name not in ("assign", "set_field"):
        yield Problem(
            f"{path}.undo", f"restore knows the value of before for assign and set_field only, not for {name}"
        )
    if name == "assign":
        yield from _one_owner(path, step.get("to"))
    if name == "page" and (step.get("repeat") is None) != (step.get("every") is None):
        yield Problem(path, "repeat says how often and every says how far apart: give both or none")


def _one_owner(path: str, to: object) -> Iterator[Problem]:
    roles = _list(to) or [to]
    if len(roles) > 1:
        yield Problem(f"{path}.to", "assign names one: a record has one owner")
    elif roles == ["owner"]:
        yield Problem(f"{path}.to", "assign names a role other than the present owner")


def _said(path: str, step: Body) -> Iterator[Problem]:
    for name in _TEXTS:
        yield from places(f"{path}.{name}", step.get(name), PLACES)
    data = step.get("data")
    for name, value in data.items() if isinstance(data, dict) else ():
        yield from places(f"{path}.data.{name}", value, PLACES)
    for name in ("within", "every"):
        if _shorter_than_a_second(step.get(name)):
            yield Problem(f"{path}.{name}", "is shorter than a second")
    seen = Counter(str(one.get("key")) for one in _list(step.get("choices")) if isinstance(one, dict))
    for key, times in seen.items():
        if times > 1:
            yield Problem(f"{path}.choices", f"{key!r} is given twice: each key stands for one answer")


def _set(path: str, step: Body, types: Mapping[str, str], facts: FactsPolicy) -> Iterator[Problem]:
    """The fact of a set_field, and whether its value is one."""
    name, value = step.get("field"), step.get("value")
    if not isinstance(name, str):
        return
    if name not in types or name in _FIXED:
        settable = words(one for one in types if one not in _FIXED)
        yield Problem(f"{path}.field", f"{name!r} is no fact that a step can set; it can set {settable}")
    elif value is not None:
        try:
            coercion.coerce(value, types[name])
        except (ValueError, TypeError) as fault:
            yield Problem(f"{path}.value", f"{types[name]}: {fault}")
        else:
            yield from _in_order(f"{path}.value", name, [value], facts)


def _answered(path: str, step: Body, types: Mapping[str, str], facts: FactsPolicy) -> Iterator[Problem]:
    """The fact that an answer sets, and whether every answer is a value of it."""
    name, wanted = step.get("sets"), _ANSWERS.get(kind_of(step))
    if not isinstance(name, str) or wanted is None:
        return
    if name not in types or name in _FIXED:
        yield Problem(f"{path}.sets", f"{name!r} is no fact that an answer can set; declare it under facts")
    elif types[name] != wanted:
        yield Problem(f"{path}.sets", f"{name} is {types[name]}; {kind_of(step)} sets a {wanted}")
    elif wanted == "string":
        keys = [one.get("key") for one in _list(step.get("choices")) if isinstance(one, dict)]
        yield from _in_order(f"{path}.choices", name, keys, facts)


def _in_order(path: str, name: str, values: Iterable[object], facts: FactsPolicy) -> Iterator[Problem]:
    order = facts.fields[name].order if name in facts.fields else None
    for value in values:
        if order and value not in order:
            yield Problem(path, f"{value!r} is none of {', '.join(order)}")


def _shorter_than_a_second(text: object) -> bool:
    try:
        return isinstance(text, str) and durations.parse(text).total_seconds() < 1
    except ValueError:
        return False  # the model says so of what does not parse


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
