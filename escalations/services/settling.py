"""Which value holds: claims of the signals and the directory, settled by the authority document."""

from typing import Any

from escalations.domain import validation
from escalations.domain.authority import Claim
from escalations.domain.settling import Rule, Settlement, settle_all
from escalations.models import Account, Escalation, Signal
from escalations.services.openings import Doubt
from escalations.services.writing import Writing
from templates_engine.queries import Documents
from templates_engine.spec.mapping import Mapped

DIRECTORY = "directory"


def settle(unit: Writing, signal: Signal, account: Account, escalation: Escalation | None) -> Settlement:
    """Settle the facts of a signal with those of the record's other signals and the account directory."""
    claims: dict[str, list[Claim]] = {}
    earlier = Signal.objects.filter(escalation=escalation).select_related("source") if escalation else ()
    for one in (*earlier, signal):
        for name, value in one.facts.items():
            if value not in (None, "", []):
                claims.setdefault(name, []).append(_claim(one, value))
    if account.tier:
        at = unit.now.isoformat() if "tier" not in claims else ""
        claims.setdefault("tier", []).append(Claim(source=DIRECTORY, value=account.tier, at=at, signal=None))
    decided = dict(signal.answers)
    if escalation is not None:
        decided |= {name: one["value"] for name, one in escalation.facts.items() if one.get("source") == "decided"}
    authority = unit.documents.authority.fields
    rules = {name: Rule(tuple(one.order), one.on_conflict) for name, one in authority.items()}
    orders = {name: list(spec.order or ()) for name, spec in unit.documents.facts.fields.items()}
    return settle_all({name: claims[name] for name in claims}, rules, orders, decided)


def field_specs(documents: Documents) -> dict[str, validation.FieldSpec]:
    """The declared fields as the validation rules take them."""
    return {
        name: validation.FieldSpec(type=spec.type, required=spec.required, order=tuple(spec.order or ()))
        for name, spec in documents.facts.fields.items()
    }


def doubts(unit: Writing, signal: Signal, mapped: Mapped, settled: Settlement) -> list[Doubt]:
    """What a person has to settle while the record runs; severity and tier run at the worse value meanwhile.

    Templates are matched on that value too: a doubt must not keep the record from opening.
    """
    found = [Doubt("sources_disagree", one["field"], one) for one in settled.conflicts]
    for name, reason in (("severity", "severity_unclear"), ("tier", "tier_missing")):
        spec = unit.documents.facts.fields[name]
        value, doubtful = validation.settle_doubt(settled.values().get(name), tuple(spec.order or ()))
        if not doubtful:
            continue
        said = mapped.doubts.get(name)
        source = {"source": str(signal.source), "at": signal.received_at.isoformat(), "signal": signal.pk}
        known: dict[str, Any] = {
            "says": [{**source, "value": said}] if said else [],
            "runs": value,
            "missing": [f"the {name}, from anybody who knows"],
        }
        found.append(Doubt(reason, name, known))
        settled.facts[name] = {"value": value, "source": "worse value until decided"}
    return found


def _claim(signal: Signal, value: Any) -> Claim:
    at = str(signal.facts.get("source_updated_at") or signal.facts.get("occurred_at") or signal.received_at.isoformat())
    return Claim(source=str(signal.source), value=value, at=at, signal=signal.pk, kind=signal.source.kind)
