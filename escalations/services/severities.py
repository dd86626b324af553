"""What a severity means for a record's clocks."""

from datetime import timedelta

from escalations.models import Escalation
from escalations.services.writing import Writing
from opsportal.lib import durations
from templates_engine.queries import template_of
from templates_engine.spec import flow, planning


def change(unit: Writing, escalation: Escalation, severity: str, *, words: str) -> None:
    """Give it another severity: the time to fix counts from its opening, an unanswered first call anew."""
    before, escalation.severity = escalation.severity, severity
    escalation.resolve_by = escalation.opened_at + unit.documents.sla.level(severity).resolve_in
    if escalation.state == "open" and escalation.level == 0:
        escalation.acknowledge_by = unit.now + acknowledge_window(unit, escalation)
    unit.tell(escalation, "severity", f"{words}: {before} → {severity}")


def acknowledge_window(unit: Writing, escalation: Escalation) -> timedelta:
    """How long an owner has to acknowledge: the waiting step says, else the template's or the policy's clock."""
    template = template_of(escalation.template_id)
    steps = (row.step for row in flow.flat(template.steps))
    step = next((one for one in steps if one.do == "wait_for_acknowledgement" and one.within), None)
    if step is not None and step.within:
        return durations.parse(step.within)
    planned: timedelta = planning.plan(template, escalation.severity, unit.documents.sla).clocks["acknowledge"]
    return planned
