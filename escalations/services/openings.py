"""Opening a record: owned, timed, ranked and running its template from its first moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from escalations.domain.deciding import Decision
from escalations.models import Account, CorrelationKey, Escalation, Person, StepRun, Timer
from escalations.services import cases, clocks, running
from escalations.services.writing import Writing, new_timer
from templates_engine.spec.documents import Template


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is known of a record before it opens: what was decided, and the rows it speaks of."""

    decision: Decision
    account: Account
    template: Template
    template_version: int
    keys: Sequence[str]
    cause: str

    def said(self, name: str, default: str = "") -> str:
        """A settled fact as text."""
        value = self.decision.facts.get(name, {}).get("value")
        return default if value is None else str(value)


def open_escalation(unit: Writing, draft: Draft) -> Escalation:
    """Open it; raises IntegrityError when a record with one of its keys opened meanwhile."""
    decision = draft.decision
    clocks_run = {name: timedelta(seconds=span) for name, span in decision.clocks.items()}
    # Who a role means today is no part of the decision: a role that nobody fills is a doubt beside those decided.
    doubts = list(decision.doubts)
    owners = _owners(unit, draft, doubts)
    title = draft.said("title", draft.template.title)
    escalation = Escalation(
        account=draft.account,
        title=title[:300],
        short=shorten(title),
        summary=draft.said("summary"),
        kind=draft.template.kind_of_trouble or Escalation.Kind.TECHNICAL,
        severity=decision.severity,
        tier=decision.tier,
        risk=_risks(draft),
        template_id=draft.template_version,
        facts=decision.facts,
        primary=owners[0],
        backup=owners[1],
        escalation_owner=owners[2],
        opened_at=unit.now,
        acknowledge_by=unit.now + clocks_run["acknowledge"],
        resolve_by=unit.now + clocks_run["resolve"],
        rank_base_at=unit.now + clocks_run["acknowledge"],
        rank_at=unit.now,
        held=bool(doubts),
    )
    unit.hand(escalation, owners[0], how="opened", reason=f"opened by {draft.template.title}")
    unit.tell(escalation, "open", f"Opened from {draft.cause}: {draft.template.title}, {decision.severity}")
    runs = running.plan(escalation, draft.template, unit.documents)
    running.advance(unit, escalation, runs, cause=draft.cause)
    _insert(unit, escalation, runs, draft.keys)
    running.ask_what_failed(unit, escalation, runs)
    for doubt in doubts:
        cases.open_case(unit, doubt["reason"], escalation=escalation, field=doubt["field"], known=doubt["known"])
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


def _owners(unit: Writing, draft: Draft, doubts: list[dict[str, Any]]) -> tuple[Person, Person, Person]:
    """Primary, backup and escalation owner; where one is not to be found, the last owner and a case."""
    found = []
    for role, ref in draft.template.owners.filled.items():
        person = unit.people.resolve(ref, draft.account)
        if person is None or not person.is_active:
            known = {"role": role, "missing": [f"the {role} owner: {ref.words}"]}
            doubts.append({"reason": "owner_unknown", "field": role, "known": known})
            person = unit.people.last_owner
        found.append(person)
    return found[0], found[1], found[2]


def _risks(draft: Draft) -> list[str]:
    said = draft.decision.facts.get("risk", {}).get("value")
    return [str(one) for one in said] if isinstance(said, list) else [str(said)] if said else []


def shorten(title: str, length: int = 60) -> str:
    """The title cut at a word, for a row."""
    words = " ".join(title.split())
    if len(words) <= length:
        return words
    cut = words[: length - 1].rsplit(" ", 1)[0]
    return f"{cut or words[: length - 1]}…"
