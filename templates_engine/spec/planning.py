"""What a template means for one record: its clocks and its steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from opsportal.lib import durations
from templates_engine.spec.policies import SlaPolicy
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
