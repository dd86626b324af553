"""Which template a set of facts belongs to: in their order, the first whose trigger holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from templates_engine.spec import conditions
from templates_engine.spec.policies import FactsPolicy
from templates_engine.spec.template import Template


@dataclass(frozen=True, slots=True)
class Match:
    """The template, or why a person has to say; `tried` explains it."""

    template: Template | None
    unclear: tuple[str, ...]
    tried: tuple[tuple[str, bool | None], ...]
    tie: tuple[str, ...]


def match(values: Mapping[str, Any], templates: Sequence[Template], facts: FactsPolicy | None = None) -> Match:
    """First match wins. An unresolved trigger above it, or another of the same order, makes it unclear."""
    tried: list[tuple[str, bool | None]] = []
    unclear: list[str] = []
    found: list[Template] = []
    for template in sorted(templates, key=lambda one: (one.order, one.key)):
        if found and template.order != found[0].order:
            break
        holds = _holds(template, values, facts)
        tried.append((template.key, holds))
        if holds:
            found.append(template)
        elif holds is None:
            unclear.append(template.key)
    tie = tuple(one.key for one in found) if len(found) > 1 else ()
    certain = found[0] if len(found) == 1 and not unclear else None
    return Match(certain, tuple(unclear), tuple(tried), tie)


def _holds(template: Template, values: Mapping[str, Any], facts: FactsPolicy | None) -> bool | None:
    """Whether the trigger holds; one that no longer fits the declared facts is unresolved, so a person sees it."""
    try:
        return conditions.compile(template.trigger, conditions.fact_types(facts, template)).evaluate(values)
    except conditions.ConditionError:
        return None
