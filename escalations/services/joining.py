"""A further signal about a record that is there: facts settle anew, noise moves nothing."""

from datetime import timedelta

from escalations.domain.deciding import Decision
from escalations.models import CorrelationKey, Escalation, Signal
from escalations.services import cases, running
from escalations.services.writing import Writing


def join(unit: Writing, escalation: Escalation, signal: Signal, decision: Decision, keys: list[str]) -> None:
    """Take the signal into the record: worse severity raises it, a conflict asks a person, the rest is noted."""
    _take_facts(unit, escalation, decision)
    if decision.reopens:
        escalation.state = "open"
        escalation.resolved_at = escalation.acknowledged_at = escalation.acknowledged_by = None
        unit.tell(escalation, "reopen", f"{signal.source} reports it again: reopened")
        running.begin_again(unit, escalation)
    status = str(signal.facts.get("status") or "").casefold()
    unit.change(escalation)
    said = f", status {status}" if status else ""
    unit.tell(escalation, "signal", f"{signal.source} sent an update{said}", signal=signal.pk)
    known = set(CorrelationKey.objects.filter(key__in=keys, live=True).values_list("key", flat=True))
    CorrelationKey.objects.bulk_create(
        [CorrelationKey(escalation=escalation, key=key) for key in keys if key not in known], ignore_conflicts=True
    )
    for doubt in decision.doubts:
        escalation.held = True
        cases.open_case(unit, doubt["reason"], escalation=escalation, field=doubt["field"], known=doubt["known"])


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


def _take_facts(unit: Writing, escalation: Escalation, decision: Decision) -> None:
    # What a step or an answer set stands beside what the sources say.
    kept = {name: fact for name, fact in escalation.facts.items() if fact.get("step")}
    escalation.facts = {**decision.facts, **kept}
    if decision.tier and decision.tier != escalation.tier:
        unit.tell(escalation, "tier", f"Tier settled: {escalation.tier} → {decision.tier}")
        escalation.tier = decision.tier
    if decision.raised:
        unit.tell(escalation, "raise", f"Severity raised from {decision.raised} to {decision.severity}")
        escalation.severity = decision.severity
        within = timedelta(seconds=decision.clocks["resolve"])
        escalation.resolve_by = min(escalation.resolve_by, unit.now + within)
