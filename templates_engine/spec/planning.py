"""What a template means for one record: its clocks and its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from opsportal.lib import durations
from templates_engine.spec import conditions
from templates_engine.spec.policies import FactsPolicy, SlaPolicy
from templates_engine.spec.template import Step, Template


@dataclass(frozen=True, slots=True)
class Plan:
    """Clocks by name and steps in order; `from_floor` says that no level named the severity's clocks."""

    clocks: Mapping[str, timedelta]
    steps: tuple[Step, ...]
    from_floor: bool


def plan(template: Template, severity: str, sla: SlaPolicy) -> Plan:
    """The template's own clocks, else those of the severity, else the floor."""
    level = sla.level(severity)
    own = template.clocks
    clocks = {
        "acknowledge": durations.parse(own.acknowledge or level.acknowledge),
        "resolve": durations.parse(own.resolve or level.resolve),
    }
    missing = severity not in sla.levels and not (own.acknowledge and own.resolve)
    return Plan(clocks, tuple(template.steps), missing)


def severity(template: Template, values: Mapping[str, Any], facts: FactsPolicy | None = None) -> str | None:
    """The severity the template says: fixed, or by the first rule that holds; None leaves what was sent.

    A rule that no longer fits the declared facts, or whose facts are not known, is passed over.
    """
    if template.severity or not template.severity_when:
        return template.severity
    types = conditions.fact_types(facts, template)
    for rule in template.severity_when:
        try:
            if conditions.compile(rule.when, types).evaluate(values):
                return rule.severity
        except conditions.ConditionError:
            continue
    return None
