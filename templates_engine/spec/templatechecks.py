"""What the parts of a template say about each other, beside its steps: read from the raw body. Never raises."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from templates_engine.spec import conditions, flow
from templates_engine.spec.base import Problem
from templates_engine.spec.faults import meant, meant_fact
from templates_engine.spec.policies import FactsPolicy
from templates_engine.spec.steps import kind_of

Body = Mapping[str, Any]


def problems(body: Body) -> Iterator[Problem]:
    """Disagreements that need no declared facts."""
    steps = {str(step.get("id")) for _, step in flow.walk(body.get("steps"))}
    seen = Counter[str]()
    for number, check in _numbered(body.get("qa")):
        path, name = f"qa.{number}", check.get("id")
        if isinstance(name, str):
            seen[name] += 1
            if seen[name] > 1:
                yield Problem(f"{path}.id", f"{name!r} is given twice: each id stands for one thing")
        if (check.get("check") == "holds") != isinstance(check.get("when"), str):
            yield Problem(path, "the check holds and the condition when go together")
        at = check.get("at")
        if isinstance(at, str) and at not in steps:
            yield Problem(f"{path}.at", f"{at!r} is no step; {meant(at, steps) or 'steps are ' + _words(steps)}")
    escalation = _dict(_dict(body.get("owners")).get("escalation"))
    if escalation.get("nobody"):
        said = "the last place of the chain names somebody: only the first two may be empty"
        yield Problem("owners.escalation", said)
    yield from _unreachable(body.get("steps"), "steps", "")


def typed(body: Body, types: Mapping[str, str], facts: FactsPolicy) -> Iterator[Problem]:
    """Conditions that do not compile, and names that are no declared fact or severity."""
    for path, source in sources(body):
        try:
            conditions.compile(source, types)
        except conditions.ConditionError as fault:
            said = meant_fact(fault.message, types)
            yield Problem(path, f"{said} (at {fault.line}:{fault.column} of the condition)")
    for path, names in _facts_named(body):
        for number, name in enumerate(names):
            if isinstance(name, str) and name not in types:
                said = meant(name, types) or f"declared are {_words(types)}"
                yield Problem(f"{path}.{number}", f"{name!r} is no declared fact; {said}")
    order = facts.fields["severity"].order or []
    for path, severity in _severities(body):
        if isinstance(severity, str) and severity not in order:
            yield Problem(path, f"{severity!r} is none of {', '.join(order)}")


def sources(body: Body) -> Iterator[tuple[str, str]]:
    """Every condition of a template with its path."""
    places = [("trigger", body.get("trigger"))]
    places += [(f"{path}.when", step.get("when")) for path, step in flow.walk(body.get("steps"))]
    for name in ("severity_when", "exceptions", "qa"):
        places += [(f"{name}.{number}.when", one.get("when")) for number, one in _numbered(body.get(name))]
    for number, one in _numbered(body.get("exceptions")):
        places += [(f"exceptions.{number}.any.{place}", said) for place, said in enumerate(_list(one.get("any")))]
    places += [(f"{name}.when", _dict(body.get(name)).get("when")) for name in ("auto_close", "post_mortem")]
    return ((path, source) for path, source in places if isinstance(source, str))


def _facts_named(body: Body) -> Iterator[tuple[str, list[Any]]]:
    yield "requires", _list(body.get("requires"))
    for name in ("guards", "grouping", "suppress"):
        yield f"{name}.same", _list(_dict(body.get(name)).get("same"))


def _severities(body: Body) -> Iterator[tuple[str, Any]]:
    yield "severity", body.get("severity")
    for number, one in _numbered(body.get("severity_when")):
        yield f"severity_when.{number}.is", one.get("is")
    for number, one in _numbered(body.get("exceptions")):
        yield f"exceptions.{number}.severity", one.get("severity")
    for name in _dict(_dict(body.get("post_mortem")).get("due")):
        yield f"post_mortem.due.{name}", name


def _unreachable(steps: object, path: str, after: str) -> Iterator[Problem]:
    """Steps that nothing leads to: behind the one that closes, or on a way that is never taken."""
    for number, step in _numbered(steps):
        here = f"{path}.{number}"
        if after:
            yield Problem(here, f"is never reached: {after} closes the record before it")
            return
        always = constant(step.get("when")) if "when" in step else None
        if always is False and kind_of(step) != "branch":
            yield Problem(f"{here}.when", "never holds: the step is never reached")
        for side, never in (("then", False), ("otherwise", True)):
            if always is never and _list(step.get(side)):
                yield Problem(
                    f"{here}.{side}", f"is never reached: when is always {'false' if never is False else 'true'}"
                )
            yield from _unreachable(step.get(side), f"{here}.{side}", "")
        if kind_of(step) == "close" and always is not False and "when" not in step:
            after = f"step {str(step.get('id'))!r}"


def constant(source: object) -> bool | None:
    """What a condition always says; None where it depends on a fact, or is none."""
    try:
        return conditions.compile(source, {}).evaluate({}) if isinstance(source, str) else None
    except conditions.ConditionError:
        return None


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(map(str, names))) or "none"


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _numbered(value: object) -> list[tuple[int, Body]]:
    return [(number, row) for number, row in enumerate(_list(value)) if isinstance(row, dict)]
