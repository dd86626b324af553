"""set_field: a fact of the record, its severity or its tier gets a value."""

from typing import Any

from escalations.services import severities
from escalations.services.steps.base import Doing, Here, StepFailed
from templates_engine.queries import template_of
from templates_engine.spec import values as coercion


def set_fact(here: Here, name: str, value: Any) -> None:
    """Give a fact its value, and remember the one of before; later signals leave it alone."""
    escalation = here.escalation
    spec = here.unit.documents.facts.fields.get(name)
    own = template_of(here.run.template_id or escalation.template_id).facts.get(name)
    declared = spec or own
    if declared is None:
        raise StepFailed(f"{name} is no declared fact any more")
    if spec and spec.order and value not in spec.order:
        raise StepFailed(f"{name}: {value!r} is none of {', '.join(spec.order)}")
    try:
        value = coercion.coerce(value, declared.type)
    except (ValueError, TypeError) as fault:
        raise StepFailed(f"{name}: {fault}") from fault
    before = escalation.facts.get(name)
    here.keep(before={"fact": before, "severity": escalation.severity, "tier": escalation.tier, "name": name})
    escalation.facts = {**escalation.facts, name: {"value": value, "source": "decided", "step": here.run.step}}
    _mirror(here, name, value)
    here.unit.change(escalation)


def _effect(here: Here) -> str:
    name, value = here.act.field or "", here.act.value
    kept = here.run.data.get("before")
    set_fact(here, name, value)
    if here.undoing is not None and kept:
        here.keep(before=kept)
    return f"{name}: {value}"


def restore(here: Here) -> str:
    """Put back the value of before."""
    before = here.run.data.get("before")
    if not before:
        return "nothing was changed"
    escalation, name = here.escalation, before["name"]
    others = {key: fact for key, fact in escalation.facts.items() if key != name}
    escalation.facts = others | ({name: before["fact"]} if before["fact"] is not None else {})
    if name in ("severity", "tier"):
        _mirror(here, name, before[name])
    here.unit.change(escalation)
    return f"{name}: {(before['fact'] or {}).get('value', 'not set')} again"


def _mirror(here: Here, name: str, value: Any) -> None:
    """Severity and tier stand on the record itself too; a new severity moves its clocks."""
    if name == "severity" and value != here.escalation.severity:
        severities.change(here.unit, here.escalation, str(value), words=f"Severity set by step {here.run.title}")
    if name == "tier":
        here.escalation.tier = str(value)


SET_FIELD = Doing(effect=_effect, restore=restore)
