"""What is to become of a signal: one pure decision for the live line, replay, pilot and backtest alike.

decide(inputs, documents, now) reads top to bottom: what can not go on ends in a question to a person; the rest is
settled, and joins the record that is open under its keys, or opens one on the first template whose trigger holds.
The same inputs, documents and moment give the same decision, byte for byte.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from escalations.domain import opening, validation
from escalations.domain.authority import Claim
from escalations.domain.decision import Decision
from escalations.domain.inputs import Inputs, claim, claims_of
from escalations.domain.line import Bundle, Line, condition_values, review
from escalations.domain.settling import Rule, Settlement, settle_all
from templates_engine.spec.documents import AuthorityPolicy, FactsPolicy

__all__ = ["Bundle", "Decision", "Inputs", "condition_values", "decide"]

DIRECTORY = "directory"
DONE_WORDS = frozenset({"closed", "solved", "resolved", "done"})


def decide(inputs: Inputs, documents: Bundle, now: datetime) -> Decision:
    """What becomes of the signal. Raises nothing for any payload; a document that fell out of use is a question."""
    line = Line(inputs, documents, now, Decision(at=now.isoformat()))
    if _ends(line):
        return line.decision
    line.decision.account = line.account["id"]
    line.settled = _settle(line)
    if inputs.records:
        _join(line)
    else:
        _doubts(line)
        template = opening.match(line)
        if template is not None:
            opening.open_on(line, template)
    return line.decision


def _ends(line: Line) -> bool:
    """What stops before it is about anybody's trouble: each with words, or with a question."""
    inputs, decision = line.inputs, line.decision
    if inputs.unreadable:
        review(line, "body_unreadable", known={"missing": [f"a body that can be read: {inputs.unreadable}"]})
        return True
    decision.explain("map", f"read as {inputs.variant}")
    if inputs.ignored:
        decision.explain("ignore", inputs.ignored)
        return True
    return _invalid(line) or _nobody(line) or _nothing(line)


def _invalid(line: Line) -> bool:
    """Bad fields, each with its rule and what was seen."""
    inputs = line.inputs
    wrong = [tuple(one) for one in inputs.problems if one[0] not in inputs.facts]
    specs = _kept(line.documents.facts, _specs)
    wrong += [(one.field, one.rule, one.seen) for one in validation.validate(inputs.facts, specs, ())]
    if wrong:
        says = [{"source": name, "value": seen, "rule": rule} for name, rule, seen in wrong]
        review(line, "field_invalid", about=wrong[0][0], known={"says": says})
    return bool(wrong)


def _specs(facts: FactsPolicy) -> dict[str, validation.FieldSpec]:
    """The declared fields as the validation rules take them."""
    return {
        name: validation.FieldSpec(type=spec.type, required=spec.required, order=tuple(spec.order or ()))
        for name, spec in facts.fields.items()
    }


def _kept[D, T](document: D, make: Callable[[D], T]) -> T:
    """What is made of a document, made once: for each signal it costs more than deciding."""
    found = _MADE.get((id(document), make))
    if found is None or found[0] is not document:
        if len(_MADE) > _MOST:
            _MADE.clear()
        # The document is held with what was made of it, so that its address can not come to mean another one.
        found = _MADE[id(document), make] = (document, make(document))
    return cast("T", found[1])


_MADE: dict[tuple[int, Callable[[Any], Any]], tuple[object, object]] = {}
_MOST = 64


def _nobody(line: Line) -> bool:
    """Whose trouble it is, by the identifiers of the account directory."""
    inputs = line.inputs
    if inputs.account is not None:
        return False
    said = {"source": inputs.source, "at": inputs.received_at, "signal": inputs.signal}
    name = inputs.facts.get("account") or _spoken(inputs.identifiers)
    known = {
        "says": [{**said, "value": f"{system} {value}"} for system, value in inputs.identifiers],
        "identifiers": inputs.identifiers,
        "name": name,
        "title": inputs.facts.get("title", ""),
        "missing": ["which of them it is"] if inputs.accounts else ["an account with one of these identifiers"],
        "accounts": [one["id"] for one in inputs.accounts],
    }
    reason = "account_ambiguous" if inputs.accounts else "account_unknown"
    named = ",".join(f"{system}={value}" for system, value in sorted(map(tuple, inputs.identifiers)))
    key = f"{reason}:{inputs.slug}:{named}" if named else ""
    review(line, reason, key=key, subject=str(name or ""), known=known)
    return True


def _spoken(identifiers: Sequence[Sequence[str]]) -> str:
    """The identifier that says most to a person: a name before a number."""
    values = [value for _, value in identifiers]
    return next((value for value in values if not value.isdigit()), values[0] if values else "")


def _nothing(line: Line) -> bool:
    """Without a key to tell the problem by, a person says what it is about."""
    if line.inputs.keys:
        return False
    known = {"title": line.inputs.facts.get("title", ""), "missing": ["a ticket or a problem to tell it by"]}
    line.decision.account = line.account["id"]
    review(line, "problem_unknown", known=known)
    return True


def _settle(line: Line) -> Settlement:
    """Which value holds: claims of the record's signals, this one and the directory, by the authority document."""
    inputs = line.inputs
    record = inputs.records[0] if inputs.records else {}
    claims: dict[str, list[Claim]] = {
        name: [claim(one) for one in every] for name, every in record.get("claims", {}).items()
    }
    own = claims_of(inputs.facts, inputs.source, inputs.kind, inputs.received_at, inputs.signal)
    decided = record.get("decided", {})
    new = {
        name
        for name, one in own.items()
        if name in decided and one.value not in (decided[name], *(said.value for said in claims.get(name, ())))
    }
    for name, one in own.items():
        claims.setdefault(name, []).append(one)
    if tier := line.account.get("tier"):
        at = line.now.isoformat() if "tier" not in claims else ""
        claims.setdefault("tier", []).append(Claim(source=DIRECTORY, value=tier, at=at, signal=None))
    rules = _kept(line.documents.authority, _rules)
    orders = _kept(line.documents.facts, _orders)
    return settle_all(claims, rules, orders, {**inputs.answers, **decided}, new)


def _rules(authority: AuthorityPolicy) -> dict[str, Rule]:
    return {name: Rule(tuple(one.order), one.on_conflict) for name, one in authority.fields.items()}


def _orders(facts: FactsPolicy) -> dict[str, list[str]]:
    return {name: spec.order for name, spec in facts.fields.items() if spec.order}


def _join(line: Line) -> None:
    """Part of the oldest record under its keys: worse severity raises it, a report after it was solved reopens it."""
    first, *others = line.inputs.records
    decision = line.decision
    decision.outcome, decision.record, decision.overlaps = "join", first["id"], [one["id"] for one in others]
    decision.facts, decision.severity = line.settled.facts, first["severity"]
    order = line.documents.facts.fields["severity"].order or []
    said = line.settled.facts.get("severity", {}).get("value")
    if said in order and first["severity"] in order and order.index(said) < order.index(first["severity"]):
        decision.raised, decision.severity = first["severity"], said
        decision.clocks = {"resolve": line.documents.sla.level(said).resolve_in.total_seconds()}
    tier = line.settled.facts.get("tier", {}).get("value")
    decision.tier = tier if tier in (line.documents.facts.fields["tier"].order or []) else ""
    status = str(line.inputs.facts.get("status") or "").casefold()
    decision.reopens = first["state"] == "resolved" and status not in DONE_WORDS
    for conflict in line.settled.conflicts:
        decision.doubt("sources_disagree", conflict["field"], conflict)
    decision.explain("correlate", f"joined ESC-{first['id']}")


def _doubts(line: Line) -> None:
    """What a person has to settle while the record runs; severity and tier run at the worse value meanwhile.

    Templates are matched on that value too: a doubt must not keep the record from opening.
    """
    inputs, settled, decision = line.inputs, line.settled, line.decision
    for conflict in settled.conflicts:
        decision.doubt("sources_disagree", conflict["field"], conflict)
    fields = line.documents.facts.fields
    # Severity and tier every record needs; another ordered fact is doubtful only where somebody said a strange word.
    others = [(name, "fact_unclear") for name in sorted(inputs.unsure) if name not in ("severity", "tier")]
    for name, reason in (("severity", "severity_unclear"), ("tier", "tier_missing"), *others):
        order = tuple(fields[name].order or ()) if name in fields else ()
        if not order:
            continue
        value, doubtful = validation.settle_doubt(settled.facts.get(name, {}).get("value"), order)
        if not doubtful:
            continue
        said = inputs.unsure.get(name)
        source = {"source": inputs.source, "at": inputs.received_at, "signal": inputs.signal}
        says = [{**source, "value": said}] if said else []
        decision.doubt(reason, name, {"says": says, "runs": value, "missing": [f"the {name}, from anybody who knows"]})
        settled.facts[name] = {"value": value, "source": "worse value until decided"}
    decision.facts = settled.facts
