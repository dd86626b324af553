"""A signal arrives: the straight line from stored bytes to an owned, timed record. Read this file first.

preserved → read → mapped → validated → account known → correlated → settled → matched → opened or joined.
Every stage either goes on, or ends the signal: ignored with words, or in review with a named person.
A stage may run again at any time (a crash, a replay, an answer): the same bytes and answers give the same end.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from escalations.domain import correlation, validation
from escalations.domain.settling import Settlement
from escalations.models import Account, Escalation, Signal
from escalations.queries import records
from escalations.services import joining, openings, settling, signals, wording
from escalations.services.holding import Surroundings, surroundings, writing
from escalations.services.writing import Writing
from escalations.sources.base import Incoming, Unreadable
from escalations.sources.registry import vendor
from opsportal.audit.acting import acting
from templates_engine.queries import MissingDocument
from templates_engine.spec import conditions, mapping, matching
from templates_engine.spec import values as coercion
from templates_engine.spec.documents import Template
from templates_engine.spec.mapping import Mapped

log = logging.getLogger(__name__)
RACES = 3


def drain(*, limit: int = 500) -> int:
    """Take every waiting signal down the line; returns how many were taken."""
    now = timezone.now()
    ids = signals.waiting(now=now, limit=limit)
    if not ids:
        return 0
    try:
        around = surroundings(now=now)
    except MissingDocument as fault:
        # Before the first start is finished nobody can own anything: the signals wait, none is lost.
        log.warning("%s signals wait: %s", len(ids), fault)
        return 0
    return sum(process(signal_id, now=timezone.now(), around=around) for signal_id in ids)


def process(signal_id: int, *, now: datetime, around: Surroundings | None = None) -> bool:
    """Take one signal down the line in one transaction; True when it was ours to take."""
    with acting(door="task", name="Opsportal"):
        for race in range(RACES):
            try:
                with writing(now=now, reason=f"signal {signal_id}", around=around) as unit:
                    signal = signals.claim(signal_id)
                    if signal is not None:
                        run(unit, signal)
                    return signal is not None
            except IntegrityError as fault:
                # Another worker opened the record of the same key a moment ago: look again, and join it.
                if race == RACES - 1:
                    _stumble(signal_id, fault, now)
            except Exception as fault:  # one poisoned signal must not stop the others: it goes to a person
                log.exception("signal %s", signal_id)
                _stumble(signal_id, fault, now)
                return True
    return True


def run(unit: Writing, signal: Signal) -> None:
    """The stages, in their order."""
    mapped = _map(unit, signal)
    if mapped is None:
        return
    account = _identify(unit, signal, mapped)
    if account is None:
        return
    keys = _correlate(unit, signal, mapped, account)
    if not keys:
        return
    found = _find(signal, keys)
    settled = settling.settle(unit, signal, account, found[0] if found else None)
    if found:
        _join(unit, signal, found, settled, keys)
        return
    doubts = settling.doubts(unit, signal, mapped, settled)
    line = Line(unit, signal, account, keys, settled, doubts)
    template = _match(line)
    if template is not None:
        _open(line, template)


@dataclass(frozen=True, slots=True)
class Line:
    """What the stages know when a new record is about to open."""

    unit: Writing
    signal: Signal
    account: Account
    keys: tuple[str, ...]
    settled: Settlement
    doubts: list[openings.Doubt]


def _map(unit: Writing, signal: Signal) -> Mapped | None:
    """Read the bytes and turn them into facts."""
    delivery, source = signal.delivery, signal.source
    try:
        payload = vendor(source.kind).payload(
            Incoming(bytes(delivery.body), delivery.headers, "POST", "", delivery.received_at)
        )
        parts = vendor(source.kind).split(payload)
    except Unreadable as fault:
        missing = {"missing": [f"a body that can be read: {fault}"]}
        signals.review(unit, signal, "body_unreadable", subject=str(source), known=missing)
        return None
    if signal.position == 0 and len(parts) > 1:
        signals.add_siblings(signal, len(parts))
    document = unit.documents.mapping(source.mapping_key)
    signal.versions = {"mapping": unit.documents.version_id("mapping", source.mapping_key)}
    mapped = mapping.apply(document, parts[min(signal.position, len(parts) - 1)])
    signal.facts = mapped.facts
    signals.explain(signal, "map", f"read as {mapped.variant}")
    if mapped.ignored:
        signals.ignored(signal, mapped.ignored, unit.now)
        return None
    return mapped if _valid(unit, signal, mapped) else None


def _valid(unit: Writing, signal: Signal, mapped: Mapped) -> bool:
    """Bad fields stop here, each with its rule and what was seen."""
    mapped.facts.update({name: value for name, value in signal.answers.items() if name in unit.documents.facts.fields})
    wrong = [(one.field, one.rule, one.seen) for one in mapped.problems if one.field not in mapped.facts]
    specs = settling.field_specs(unit.documents)
    wrong += [(one.field, one.rule, one.seen) for one in validation.validate(mapped.facts, specs, ())]
    if not wrong:
        return True
    says = [{"source": field, "value": seen, "rule": rule} for field, rule, seen in wrong]
    signals.review(unit, signal, "field_invalid", field=wrong[0][0], subject=str(signal.source), known={"says": says})
    return False


def _identify(unit: Writing, signal: Signal, mapped: Mapped) -> Account | None:
    """Whose trouble it is, by the identifiers of the account directory."""
    accounts = records.accounts(mapped.accounts, decided=signal.answers.get("account"))
    if len(accounts) == 1:
        return accounts[0]
    said = {"source": str(signal.source), "at": signal.received_at.isoformat(), "signal": signal.pk}
    says = [{**said, "value": f"{system} {value}"} for system, value in mapped.accounts]
    known = {
        "says": says,
        "identifiers": [list(pair) for pair in mapped.accounts],
        "name": mapped.facts.get("account") or _spoken(mapped.accounts),
        "title": mapped.facts.get("title", ""),
        "missing": ["which of them it is"] if accounts else ["an account with one of these identifiers"],
        "accounts": [one.pk for one in accounts],
    }
    reason = "account_ambiguous" if accounts else "account_unknown"
    named = ",".join(f"{system}={value}" for system, value in sorted(mapped.accounts))
    key = f"{reason}:{signal.source.slug}:{named}" if named else ""
    signals.review(unit, signal, reason, key=key, subject=str(known["name"] or signal.source), known=known)
    return None


def _spoken(identifiers: Sequence[tuple[str, str]]) -> str:
    """The identifier that says most to a person: a name before a number."""
    values = [value for _, value in identifiers]
    return next((value for value in values if not value.isdigit()), values[0] if values else "")


def _correlate(unit: Writing, signal: Signal, mapped: Mapped, account: Account) -> tuple[str, ...]:
    """The keys under which this problem is known; without one, a person says what it is about."""
    keys = correlation.keys(account.pk, mapped.facts, mapped.correlation)
    if not keys and "join" not in signal.answers:
        title = {"title": mapped.facts.get("title", ""), "missing": ["a ticket or a problem to tell it by"]}
        signals.review(unit, signal, "problem_unknown", account=account, subject=account.name, known=title)
        return ()
    return keys or (f"signal:{signal.pk}",)


def _find(signal: Signal, keys: tuple[str, ...]) -> list[Escalation]:
    """The unfinished records under these keys, locked, the oldest first."""
    if "join" in signal.answers:
        return records.by_ids([int(signal.answers["join"])])
    return records.by_keys(keys)


def _join(unit: Writing, signal: Signal, found: list[Escalation], settled: Settlement, keys: tuple[str, ...]) -> None:
    if len(found) > 1:
        joining.overlap(unit, found)
    joining.join(unit, found[0], signal, settled, keys)
    signals.explain(signal, "correlate", f"joined {found[0].reference}")
    signals.matched(signal, found[0], unit.now)


def _match(line: Line) -> Template | None:
    """The first template whose trigger holds; doubt about one above it asks a person."""
    unit, signal = line.unit, line.signal
    wanted = signal.answers.get("template")
    templates = [one for one in unit.documents.templates if wanted in (None, one.key)]
    result = matching.match(_condition_values(line), templates, unit.documents.facts)
    tried = ", ".join(f"{key}: {_verdict(holds)}" for key, holds in result.tried)
    signals.explain(signal, "match", tried or "no template is active")
    if wanted is not None and templates:
        return templates[0]
    if result.tie or result.unclear:
        reason = "templates_tie" if result.tie else "condition_unresolved"
        doubtful = result.tie or result.unclear
        known = {"templates": list(doubtful), "missing": [f"what {key} needs to decide" for key in doubtful]}
        signals.review(unit, signal, reason, account=line.account, subject=line.account.name, known=known)
        return None
    if result.template is None:
        signals.ignored(signal, "no template's trigger holds", unit.now)
        return None
    return _with_inputs(line, result.template)


def _with_inputs(line: Line, template: Template) -> Template | None:
    missing = [name for name in template.requires if _condition_values(line).get(name) in (None, "")]
    if not missing:
        return template
    says = [{"source": name, "value": None, "rule": f"required by {template.key}"} for name in missing]
    known = {"says": says, "missing": missing}
    signals.review(line.unit, line.signal, "field_invalid", account=line.account, field=missing[0], known=known)
    return None


def _condition_values(line: Line) -> Mapping[str, Any]:
    account, now = line.account, line.unit.now
    return {
        **wording.account_values(account.tier, account.amount, account.renewal_on, now),
        "account": account.key,
        **line.settled.values(),
        "source": line.signal.source.kind,
        "now": now,
    }


def _open(line: Line, template: Template) -> None:
    unit, signal = line.unit, line.signal
    values = line.settled.values()
    # A template that fixes the severity has settled that doubt.
    doubts = [one for one in line.doubts if one.field != "severity" or template.severity is None]
    draft = openings.Draft(
        account=line.account,
        template=template,
        template_version=unit.documents.version_id("template", template.key),
        facts=line.settled.facts,
        severity=template.severity or values["severity"],
        tier=values["tier"],
        keys=line.keys,
        cause=f"signal {signal.pk}",
        doubts=doubts,
    )
    _exceptions(line, template, draft)
    escalation = openings.open_escalation(unit, draft)
    signal.versions["template"] = draft.template_version
    signals.explain(signal, "open", f"opened {escalation.reference} on {template.key}")
    signals.matched(signal, escalation, unit.now)


def _exceptions(line: Line, template: Template, draft: openings.Draft) -> None:
    """The template's own exception paths: where one holds, a person decides while the record runs."""
    values = {**_condition_values(line), "severity": draft.severity, "tier": draft.tier}
    types = conditions.fact_types(line.unit.documents.facts, template)
    for number, path in enumerate(template.exceptions):
        if conditions.compile(path.when, types).evaluate(values):
            known = {"says": [{"source": template.title, "value": path.reason}], "missing": [path.reason]}
            draft.doubts.append(openings.Doubt("exception_path", f"exception {number + 1}", known))


def _verdict(holds: bool | None) -> str:
    return {True: "yes", False: "no", None: "can not tell"}[holds]


def _stumble(signal_id: int, fault: Exception, now: datetime) -> None:
    """Count the failure in a transaction of its own; after the last try a person looks."""
    # The fault may quote what the database refused; its words must not be refused too.
    words = coercion.clean(f"{type(fault).__name__}: {fault}")[:300]
    with writing(now=now, reason="processing failed") as unit:
        signal = signals.claim(signal_id)
        if signal is None or not signals.stumbled(signal, words, now):
            return
        known = {"missing": [words]}
        signals.review(unit, signal, "processing_error", subject=str(signal.source), known=known)
