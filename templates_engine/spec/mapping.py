"""From a vendor's payload to canonical facts, as a mapping document says. Never raises for any payload."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.parser import ParsedResult
from pydantic import Field, field_validator

from templates_engine.spec import values as coercion
from templates_engine.spec.base import Header, Name, Strict
from templates_engine.spec.policies import FactsPolicy
from templates_engine.spec.template import FactType

_PLACES = 20
LONGEST = 4000


class FactPath(Strict):
    """Where a fact stands in the payload, and what it is turned into."""

    path: str | None = None
    type: FactType = "string"
    values: dict[str, str] | None = None
    default: Any = None
    template: str | None = None

    @field_validator("path")
    @classmethod
    def _compiles(cls, path: str | None) -> str | None:
        if path is not None:
            _checked(path)
        return path


class AccountPath(Strict):
    """What the payload says of the account, in one system's words."""

    system: str
    path: str

    @field_validator("path")
    @classmethod
    def _compiles(cls, path: str) -> str:
        return _checked(path)


class Variant(Strict):
    """One shape that the source sends; the first whose `when` is true reads the payload."""

    name: str
    when: str | None = None
    ignore: str | None = None
    facts: dict[Name, FactPath] = Field(default_factory=dict)
    account: list[AccountPath] = Field(default_factory=list)
    correlate: list[list[Name]] = Field(default_factory=list)

    @field_validator("when")
    @classmethod
    def _compiles(cls, when: str | None) -> str | None:
        return None if when is None else _checked(when)


class MappingDocument(Header):
    """How the payloads of one kind of source are read."""

    kind: Literal["mapping"]
    source_kind: str
    variants: list[Variant] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A value that is there and does not do."""

    field: str
    rule: str
    seen: str


@dataclass(slots=True)
class Mapped:
    """What a payload says: facts, doubts (values no table knows), problems, and what to find its record by."""

    variant: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)
    accounts: list[tuple[str, str]] = field(default_factory=list)
    correlation: list[str] = field(default_factory=list)
    ignored: str | None = None


def apply(mapping: MappingDocument, payload: Any) -> Mapped:
    """Read one payload."""
    try:
        clean = coercion.sanitise(payload)
    except RecursionError:
        return Mapped(problems=[FieldProblem("payload", "nested deeper than anything reads", "")])
    for variant in mapping.variants:
        if variant.when is None or _truthy(_search(variant.when, clean)):
            return _read(mapping, variant, clean)
    return Mapped(ignored=f"no variant of mapping {mapping.key} reads this shape")


def in_order(facts: Mapping[str, Any], policy: FactsPolicy) -> dict[str, Any]:
    """The facts, those that have an order written as the order writes them: High is high."""
    said = dict(facts)
    for name, spec in policy.fields.items():
        value = said.get(name)
        if spec.order and isinstance(value, str) and value not in spec.order:
            plain = value.strip().casefold()
            said[name] = next((one for one in spec.order if one.casefold() == plain), value)
    return said


def _read(mapping: MappingDocument, variant: Variant, payload: Any) -> Mapped:
    mapped = Mapped(variant=variant.name, ignored=variant.ignore)
    if variant.ignore is not None:
        return mapped
    for name in _in_turn(variant.facts):
        _fact(mapped, name, variant.facts[name], payload)
    for place in variant.account:
        found = _search(place.path, payload)
        for value in found if isinstance(found, list) else [found]:
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                mapped.accounts.append((place.system, str(value).strip()[:200]))
    mapped.correlation = list(_keys(mapping, variant, mapped.facts))
    return mapped


def _in_turn(facts: Mapping[str, FactPath]) -> Iterable[str]:
    """The names in an order in which every template comes after what it names.

    Never the order of the text: PostgreSQL keeps a document's fields in one of its own.
    """
    waiting = {name: _named(spec.template) for name, spec in facts.items() if spec.template is not None}
    yield from (name for name in facts if name not in waiting)
    while waiting:
        ready = sorted(name for name, needs in waiting.items() if not needs & (waiting.keys() - {name}))
        for name in ready or sorted(waiting)[:1]:  # a circle is begun anywhere: its first template stays empty
            del waiting[name]
            yield name


def _named(template: str) -> set[str]:
    return {part.split("}")[0] for part in template.split("{")[1:]}


def _fact(mapped: Mapped, name: str, spec: FactPath, payload: Any) -> None:
    value = _search(spec.path, payload) if spec.path else None
    if spec.template is not None and value in (None, "", []):
        value = _filled(spec.template, mapped.facts)
    if value in (None, "", [], {}):
        value = spec.default
        if value is None:
            return
    elif spec.values is not None:
        known = {key.casefold(): to for key, to in spec.values.items()}
        asked = str(value).strip()
        value = known.get(asked.casefold())
        if value is None:
            mapped.doubts[name] = asked[:80]
            return
    try:
        mapped.facts[name] = coercion.coerce(value, spec.type)
    except ValueError as fault:
        mapped.problems.append(FieldProblem(name, f"{spec.type}: {fault}", str(value)[:80]))


def _keys(mapping: MappingDocument, variant: Variant, facts: Mapping[str, Any]) -> Iterable[str]:
    for names in variant.correlate:
        parts = [str(facts.get(name, "")).strip() for name in names]
        if all(parts):
            yield f"{'+'.join(names)}:{mapping.source_kind}:{':'.join(parts)}"


def _filled(template: str, facts: Mapping[str, Any]) -> str | None:
    names = [part.split("}")[0] for part in template.split("{")[1:]]
    if not all(facts.get(name) not in (None, "") for name in names):
        return None
    text = template
    for name in names[:_PLACES]:
        text = text.replace(f"{{{name}}}", str(facts[name]))
    return text[:LONGEST]


def _truthy(value: Any) -> bool:
    return value not in (None, False, "", [], {})


@functools.lru_cache(maxsize=4096)
def _compiled(path: str) -> ParsedResult:
    return jmespath.compile(path)


def _checked(path: str) -> str:
    try:
        tree = _compiled(path).parsed
    except (JMESPathError, RecursionError) as fault:
        raise ValueError(f"is no JMESPath expression: {str(fault).splitlines()[0]}") from fault
    unknown = sorted(set(_functions(tree)) - set(Functions.FUNCTION_TABLE))
    if unknown:
        raise ValueError(f"calls {', '.join(unknown)}; JMESPath knows {', '.join(sorted(Functions.FUNCTION_TABLE))}")
    return path


def _functions(node: Any) -> Iterable[str]:
    """The functions a parsed expression calls: jmespath itself would complain only when a payload comes."""
    if not isinstance(node, dict):
        return
    if node.get("type") == "function_expression":
        yield str(node.get("value"))
    for child in node.get("children", ()):
        yield from _functions(child)


def _search(path: str, payload: Any) -> Any:
    try:
        return _compiled(path).search(payload)
    except (JMESPathError, TypeError, ValueError, RecursionError, OverflowError, KeyError, AttributeError):
        return None
