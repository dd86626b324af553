"""A record of its own: the template whose trigger holds, and what it means for severity, owners and clocks."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from escalations.domain import priority
from escalations.domain.decision import Decision
from escalations.domain.inputs import Inputs
from escalations.domain.line import Bundle, Line, condition_values, review
from escalations.domain.weighing import weights
from templates_engine.spec import conditions, matching, planning
from templates_engine.spec.documents import Template


def match(line: Line) -> Template | None:
    """The first template whose trigger holds; doubt about one above it asks a person."""
    decision, wanted = line.decision, line.inputs.answers.get("template")
    templates = [one for one in line.documents.templates if wanted in (None, one.key)]
    values = line.values()
    result = matching.match(values, templates, line.documents.facts)
    decision.tried = [[key, holds] for key, holds in result.tried]
    tried = ", ".join(f"{key}: {_VERDICT[holds]}" for key, holds in result.tried)
    decision.explain("match", tried or "no template is active")
    if wanted is not None and templates:
        return templates[0]
    if result.tie or result.unclear:
        doubtful = list(result.tie or result.unclear)
        known = {"templates": doubtful, "missing": [f"what {key} needs to decide" for key in doubtful]}
        reason = "templates_tie" if result.tie else "condition_unresolved"
        review(line, reason, known=known)
        return None
    if result.template is None:
        decision.explain("ignore", "no template's trigger holds")
        return None
    missing = [name for name in result.template.requires if values.get(name) in (None, "")]
    if not missing:
        return result.template
    says = [{"source": name, "value": None, "rule": f"required by {result.template.key}"} for name in missing]
    review(line, "field_invalid", about=missing[0], known={"says": says, "missing": missing})
    return None


_VERDICT = {True: "yes", False: "no", None: "can not tell"}


def open_on(line: Line, template: Template) -> None:
    """A record of its own: severity, tier, owners, clocks and place, and what is doubtful about them."""
    decision, documents = line.decision, line.documents
    values = line.settled.values()
    decision.outcome, decision.template = "open", template.key
    decision.template_digest = documents.digest("template", template.key)
    fixed = planning.severity(template, line.values(), documents.facts)
    decision.severity, decision.tier = fixed or values["severity"], values["tier"]
    # A template that says the severity has settled that doubt.
    decision.doubts = [one for one in decision.doubts if one["field"] != "severity" or fixed is None]
    for number in _exceptions(line, template):
        reason = template.exceptions[number].reason
        known = {"says": [{"source": template.title, "value": reason}], "missing": [reason]}
        decision.exceptions.append(number)
        decision.doubt("exception_path", f"exception {number + 1}", known)
    plan = planning.plan(template, decision.severity, documents.sla)
    if plan.from_floor:
        decision.doubt("sla_unclear", "severity", {"says": [], "runs": decision.severity})
    decision.clocks = {name: span.total_seconds() for name, span in plan.clocks.items()}
    decision.owners = {role: ref.words for role, ref in template.owners.filled.items()}
    decision.head_starts = _head_starts(line, plan.clocks["acknowledge"])


def _exceptions(line: Line, template: Template) -> Iterator[int]:
    """The template's own exception paths that hold; one that no longer fits the declared facts holds too."""
    if not template.exceptions:
        return
    values = {**line.values(), "severity": line.decision.severity, "tier": line.decision.tier}
    types = conditions.fact_types(line.documents.facts, template)
    for number, path in enumerate(template.exceptions):
        try:
            holds = conditions.compile(path.condition, types).evaluate(values)
        except conditions.ConditionError:
            holds = True
        if holds:
            yield number


def _head_starts(line: Line, acknowledge: timedelta) -> list[list[Any]]:
    """What the ranking gives the record at its opening, its owner being there."""
    account, values, now = line.account, line.values(), line.now
    risk = values.get("risk")
    rank = priority.rank(
        base_due=now + acknowledge,
        now=now,
        severity=line.decision.severity,
        amount=account.get("amount"),
        renews_in_days=values.get("renews_in_days"),
        certainty="present",
        ranking=weights(line.documents.ranking),
        executive="executive" in (risk if isinstance(risk, list) else [risk]),
        currency=account.get("currency", "EUR"),
    )
    return [[part.words, part.hours] for part in rank.reasons]


def collisions(key: str, inputs: Inputs, decision: Decision, documents: Bundle, now: datetime) -> list[str]:
    """The other templates whose triggers hold too where that of a template does; none where nothing was matched."""
    if not decision.tried:
        return []
    asked = {name: bool(holds) for name, holds in decision.tried}
    values = condition_values(inputs, {name: fact["value"] for name, fact in decision.facts.items()}, now)
    ours = next((one for one in documents.templates if one.key == key), None)
    if ours is None or not (asked[key] if key in asked else _triggers(ours, values, documents)):
        return []
    others = (one for one in documents.templates if one.key != key)
    return [one.key for one in others if (asked[one.key] if one.key in asked else _triggers(one, values, documents))]


def _triggers(template: Template, values: Mapping[str, Any], documents: Bundle) -> bool:
    return bool(matching.match(values, [template], documents.facts).template)
