"""Opening a record: owned, timed, ranked and running its template from its first moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalations.models import Account, CorrelationKey, Escalation, Person, StepRun, Timer
from escalations.services import cases, clocks, running
from escalations.services.writing import Writing, new_timer
from templates_engine.spec import planning
from templates_engine.spec.documents import OwnerRef, Template


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person has to settle while the record already runs at the worse value."""

    reason: str
    field: str
    known: dict[str, Any]


@dataclass(slots=True)
class Draft:
    """All that is known of a record before it opens."""

    account: Account
    template: Template
    template_version: int
    facts: dict[str, Any]
    severity: str
    tier: str
    keys: Sequence[str]
    cause: str
    doubts: list[Doubt] = field(default_factory=list)
    source_seen_at: datetime | None = None

    def said(self, name: str, default: str = "") -> str:
        """A settled fact as text."""
        value = self.facts.get(name, {}).get("value")
        return default if value is None else str(value)


def open_escalation(unit: Writing, draft: Draft) -> Escalation:
    """Open it; raises IntegrityError when a record with one of its keys opened meanwhile."""
    plan = planning.plan(draft.template, draft.severity, unit.documents.sla)
    owners = _owners(unit, draft)
    if plan.from_floor:
        draft.doubts.append(Doubt("sla_unclear", "severity", {"says": [], "runs": draft.severity}))
    title = draft.said("title", draft.template.title)
    escalation = Escalation(
        account=draft.account,
        title=title[:300],
        short=shorten(title),
        summary=draft.said("summary"),
        kind=draft.template.kind_of_trouble or Escalation.Kind.TECHNICAL,
        severity=draft.severity,
        tier=draft.tier,
        risk=_risks(draft),
        template_id=draft.template_version,
        facts=draft.facts,
        primary=owners[0],
        backup=owners[1],
        escalation_owner=owners[2],
        opened_at=unit.now,
        acknowledge_by=unit.now + plan.clocks["acknowledge"],
        resolve_by=unit.now + plan.clocks["resolve"],
        rank_base_at=unit.now + plan.clocks["acknowledge"],
        rank_at=unit.now,
        held=bool(draft.doubts),
        source_seen_at=draft.source_seen_at,
    )
    unit.hand(escalation, owners[0], how="opened", reason=f"opened by {draft.template.title}")
    unit.tell(escalation, "open", f"Opened from {draft.cause}: {draft.template.title}, {draft.severity}")
    runs = running.plan(escalation, draft.template)
    running.advance(unit, escalation, runs, cause=draft.cause)
    _insert(unit, escalation, runs, draft.keys)
    for doubt in draft.doubts:
        cases.open_case(unit, doubt.reason, escalation=escalation, field=doubt.field, known=doubt.known)
    return escalation


def _insert(unit: Writing, escalation: Escalation, runs: list[StepRun], keys: Sequence[str]) -> None:
    clocks.settle(escalation, now=unit.now, human=True)
    clocks.place(escalation, documents=unit.documents, people=unit.people, now=unit.now)
    escalation.save(force_insert=True)
    CorrelationKey.objects.bulk_create([CorrelationKey(escalation=escalation, key=key) for key in keys])
    StepRun.objects.bulk_create(runs)
    Timer.objects.bulk_create(
        new_timer(escalation, kind, due, documents=unit.documents) for kind, due in clocks.wanted(escalation).items()
    )


def _owners(unit: Writing, draft: Draft) -> tuple[Person, Person, Person]:
    """Primary, backup and escalation owner; where one is not to be found, the last owner and a case."""
    refs = draft.template.owners
    return (
        _owner(unit, draft, "primary", refs.primary),
        _owner(unit, draft, "backup", refs.backup),
        _owner(unit, draft, "escalation", refs.escalation),
    )


def _owner(unit: Writing, draft: Draft, role: str, ref: OwnerRef) -> Person:
    found = unit.people.resolve(ref, draft.account)
    if found is not None and found.is_active:
        return found
    draft.doubts.append(Doubt("owner_unknown", role, {"role": role, "missing": [f"the {role} owner: {ref.words}"]}))
    return unit.people.last_owner


def _risks(draft: Draft) -> list[str]:
    said = draft.facts.get("risk", {}).get("value")
    return [str(one) for one in said] if isinstance(said, list) else [str(said)] if said else []


def shorten(title: str, length: int = 60) -> str:
    """The title cut at a word, for a row."""
    words = " ".join(title.split())
    if len(words) <= length:
        return words
    cut = words[: length - 1].rsplit(" ", 1)[0]
    return f"{cut or words[: length - 1]}…"
