"""What the parts of a document say about each other: read from the raw body, so that one fault hides no other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opsportal.lib import durations
from templates_engine.spec import conditions, stepchecks, templatechecks
from templates_engine.spec import values as coercion
from templates_engine.spec.base import Problem
from templates_engine.spec.clocks import CALENDAR
from templates_engine.spec.faults import meant
from templates_engine.spec.policies import FactsPolicy

Body = Mapping[str, Any]


def problems(body: Body, facts: FactsPolicy | None) -> Iterator[Problem]:
    """Every disagreement inside the body; with facts also those with what is declared. Never raises."""
    match body.get("kind"):
        case "template":
            yield from _template(body, facts)
        case "mapping":
            yield from _mapping(body, facts)
        case "ownership":
            yield from _growing(body)
        case "authority" if facts is not None:
            yield from _named("fields", _dict(body.get("fields")), facts.fields, "declared fact")
        case "sla":
            yield from _hours(body)
            if facts is None:
                return
            yield from _named("levels", _dict(body.get("levels")), _order(facts, "severity"), "severity")
        case "ranking" if facts is not None:
            yield from _named("severity", _dict(body.get("severity")), _order(facts, "severity"), "severity")


def _template(body: Body, facts: FactsPolicy | None) -> Iterator[Problem]:
    yield from stepchecks.problems(body.get("steps"))
    yield from templatechecks.problems(body)
    if facts is None:
        return
    own = {name: one["type"] for name, one in _dict(body.get("facts")).items() if _typed(one)}
    for name, kind in own.items():
        declared = conditions.BUILT_IN.get(name) or (facts.fields[name].type if name in facts.fields else kind)
        if declared != kind:
            yield Problem(f"facts.{name}", f"is {kind} here and {declared} in the declared facts")
    types = {**own, **conditions.fact_types(facts)}
    yield from stepchecks.typed(body.get("steps"), types, facts)
    yield from templatechecks.typed(body, types, facts)


def _mapping(body: Body, facts: FactsPolicy | None) -> Iterator[Problem]:
    for number, variant in _numbered(body.get("variants")):
        path, own = f"variants.{number}", _dict(variant.get("facts"))
        for place, names in enumerate(_lists(variant.get("correlate"))):
            for name in names:
                if isinstance(name, str) and name not in own:
                    yield Problem(
                        f"{path}.correlate.{place}", f"{name!r} is no fact of this variant: {stepchecks.words(own)}"
                    )
        for name, spec in own.items():
            if isinstance(spec, dict):
                yield from _fact(f"{path}.facts.{name}", name, spec, own, facts)


def _fact(path: str, name: str, spec: Body, own: Body, facts: FactsPolicy | None) -> Iterator[Problem]:
    kind = spec.get("type", "string")
    if not any(spec.get(word) is not None for word in ("path", "default", "template")):
        yield Problem(path, "gives nothing: say a path, a template or a default")
    yield from stepchecks.places(f"{path}.template", spec.get("template"), own)
    if spec.get("default") is not None and kind in coercion.KINDS:
        try:
            coercion.coerce(spec["default"], kind)
        except ValueError as fault:
            yield Problem(f"{path}.default", f"{kind}: {fault}")
    declared = facts.fields.get(name) if facts else None
    if declared is None:
        return
    if kind in coercion.KINDS and declared.type != kind:
        yield Problem(f"{path}.type", f"is {kind} here and {declared.type} in the declared facts")
    said = [("values", one) for one in _dict(spec.get("values")).values()] + [("default", spec.get("default"))]
    for word, value in said:
        if declared.order and isinstance(value, str) and value not in declared.order:
            yield Problem(f"{path}.{word}", f"{value!r} is none of {', '.join(declared.order)}")


def _hours(body: Body) -> Iterator[Problem]:
    """Hours that a level names and nobody defined."""
    known = {CALENDAR, *_dict(body.get("hours"))}
    for path, level in [*((f"levels.{name}", one) for name, one in _dict(body.get("levels")).items()),
                        ("floor", body.get("floor"))]:  # fmt: skip
        named = _dict(level).get("hours")
        if isinstance(named, str) and named not in known:
            said = meant(named, known) or f"known are {stepchecks.words(known)}"
            yield Problem(f"{path}.hours", f"no hours {named!r} are defined; {said}")


def _growing(body: Body) -> Iterator[Problem]:
    try:
        spans = [durations.parse(one) for one in body.get("remind_every", [])]
    except (AttributeError, TypeError, ValueError):
        return  # the model says so of the one that does not parse
    if spans != sorted(spans):
        yield Problem("remind_every", "reminders must grow apart, the shortest first")


def _named(path: str, names: Iterable[str], allowed: Iterable[str], what: str) -> Iterator[Problem]:
    for name in names:
        if name not in allowed:
            said = meant(str(name), allowed) or f"known are {stepchecks.words(allowed)}"
            yield Problem(f"{path}.{name}", f"{name!r} is no {what}; {said}")


def _order(facts: FactsPolicy, name: str) -> list[str]:
    return facts.fields[name].order or []


def _typed(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") in coercion.KINDS


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _lists(value: object) -> list[list[Any]]:
    return [one if isinstance(one, list) else [] for one in value] if isinstance(value, list) else []


def _numbered(value: object) -> list[tuple[int, Body]]:
    rows = value if isinstance(value, list) else []
    return [(number, row) for number, row in enumerate(rows) if isinstance(row, dict)]
