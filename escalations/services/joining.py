"""A further signal about a record that is there: facts settle anew, noise moves nothing."""

from typing import Any

from escalations.domain.settling import Settlement
from escalations.models import CorrelationKey, Escalation, Signal
from escalations.services import cases, running
from escalations.services.writing import Writing

DONE_WORDS = frozenset({"closed", "solved", "resolved", "done"})


def join(unit: Writing, escalation: Escalation, signal: Signal, settled: Settlement, keys: tuple[str, ...]) -> None:
    """Take the signal into the record: worse severity raises it, a conflict asks a person, the rest is noted."""
    _take_facts(unit, escalation, settled)
    status = str(signal.facts.get("status") or "").casefold()
    if escalation.state == "resolved" and status not in DONE_WORDS:
        escalation.state = "open"
        escalation.resolved_at = escalation.acknowledged_at = escalation.acknowledged_by = None
        unit.tell(escalation, "reopen", f"{signal.source} reports it again: reopened")
        running.begin_again(unit, escalation)
    unit.change(escalation)
    said = f", status {status}" if status else ""
    unit.tell(escalation, "signal", f"{signal.source} sent an update{said}", signal=signal.pk)
    known = set(CorrelationKey.objects.filter(key__in=keys, live=True).values_list("key", flat=True))
    CorrelationKey.objects.bulk_create(
        [CorrelationKey(escalation=escalation, key=key) for key in keys if key not in known], ignore_conflicts=True
    )
    for doubt in settled.conflicts:
        _ask(unit, escalation, doubt)


def overlap(unit: Writing, records: list[Escalation]) -> None:
    """One signal speaks of two records: they stay apart until a person says that they are one."""
    first, *others = records
    cases.open_case(
        unit,
        "records_overlap",
        escalation=first,
        field=",".join(str(one.pk) for one in others),
        known={"says": [{"source": one.reference, "value": one.title} for one in records]},
    )


def _take_facts(unit: Writing, escalation: Escalation, settled: Settlement) -> None:
    escalation.facts = settled.facts
    order = unit.documents.facts.fields["severity"].order or []
    said = settled.facts.get("severity", {}).get("value")
    if said in order and escalation.severity in order and order.index(said) < order.index(escalation.severity):
        unit.tell(escalation, "raise", f"Severity raised from {escalation.severity} to {said}")
        escalation.severity = said
        level = unit.documents.sla.level(said)
        escalation.resolve_by = min(escalation.resolve_by, unit.now + level.resolve_in)


def _ask(unit: Writing, escalation: Escalation, doubt: dict[str, Any]) -> None:
    escalation.held = True
    cases.open_case(unit, "sources_disagree", escalation=escalation, field=doubt["field"], known=doubt)
