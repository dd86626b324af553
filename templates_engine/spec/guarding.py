"""Whether a template holds back although its trigger holds: it opened the same already, or something worse is open.

Pure rules over what opened before; nothing calls them yet (a check says so of the fields).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from opsportal.lib import durations
from templates_engine.spec.template import Template


@dataclass(frozen=True, slots=True)
class Before:
    """A record that opened before: when, on which template, with which facts, and whether it is open still."""

    template: str
    opened_at: datetime
    severity: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    open: bool = True
    reference: str = ""


def held_back(
    template: Template, facts: Mapping[str, Any], severity: str, before: Iterable[Before], now: datetime,
    order: Sequence[str] = (),
) -> str:  # fmt: skip
    """The sentence why nothing opens, or nothing. `order` names the severities, the worst first."""
    rows = list(before)
    return _once(template, facts, rows, now) or _silenced(template, facts, severity, rows, order)


def _once(template: Template, facts: Mapping[str, Any], before: list[Before], now: datetime) -> str:
    guards = template.guards
    if guards is None or guards.once_per is None:
        return ""
    window: timedelta = durations.parse(guards.once_per)
    for one in before:
        if one.template == template.key and now - window < one.opened_at <= now and _alike(guards.same, facts, one):
            return f"once in {durations.words(window)}: {one.reference or 'a record'} opened on it already"
    return ""


def _silenced(
    template: Template, facts: Mapping[str, Any], severity: str, before: list[Before], order: Sequence[str]
) -> str:
    rule = template.suppress
    if rule is None:
        return ""
    for one in before:
        named = one.template in rule.while_open if rule.while_open else _worse(one.severity, severity, order)
        if one.open and named and _alike(rule.same, facts, one):
            return f"silent while {one.reference or one.template} is open"
    return ""


def _alike(names: Sequence[str], facts: Mapping[str, Any], one: Before) -> bool:
    """Facts that are not known make no two the same."""
    return all(facts.get(name) is not None and facts.get(name) == one.facts.get(name) for name in names)


def _worse(one: str, than: str, order: Sequence[str]) -> bool:
    return one in order and than in order and order.index(one) < order.index(than)
