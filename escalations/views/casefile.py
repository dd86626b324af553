"""One case as a page shows it: what each source says, what was made of it, what waits for the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from escalations.domain.reasons import Reason
from escalations.models import Case, Person, Signal
from escalations.queries import review
from escalations.queries.evidence import NONE, Evidence, last_alike
from escalations.views import answers
from escalations.views.suggesting import MOST, Choice, choices
from templates_engine.queries import Documents

ROWS = 10  # facts that fit beside the answers without scrolling
# What the quotation says already, or what only a machine reads.
QUIET = frozenset({"title", "summary", "url", "event", "tags", "source_updated_at", "occurred_at", "requester"})
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
WORSE = "worse value until decided"


@dataclass(frozen=True, slots=True)
class Say:
    """What one source says: a value or a quotation, since when, by whose authority, on which signal."""

    source: str
    value: str
    at: datetime | None
    when: str
    signal: int | None
    note: str = ""
    authority: bool = False
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """One line of what the system made of it."""

    label: str
    value: str
    note: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Casefile:
    """All that the page of a case needs."""

    case: Case
    kind: str
    guidance: str
    because: str
    says: list[Say]
    missing: list[str]
    made: list[Made]
    hold: str
    choices: list[Choice]
    own: list[answers.OwnField]
    own_title: str
    own_key: str
    alike: Sequence[Case]
    evidence: Evidence


def casefile(case: Case, *, documents: Documents, now: datetime, evidence: Evidence = NONE) -> Casefile:
    """Gather it: two queries beside the case, three where people can be chosen."""
    reason = Reason(case.reason)
    signals = list(review.signals(case))
    own = answers.own_fields(case, documents=documents, now=now)
    offered = choices(case, case.known.get("says") or [], evidence)
    return Casefile(
        case=case,
        kind=reason.type_words,
        guidance=reason.guidance,
        because=_because(case, documents),
        says=_says(case, signals, documents, now),
        missing=[str(one) for one in case.known.get("missing", [])],
        made=_made(case, signals, documents)[:ROWS],
        hold=hold(case),
        choices=offered,
        own=own,
        own_title=answers.own_title(own),
        own_key=str(len(offered) + 1) if len(offered) < MOST else "",
        alike=last_alike(case, now=now),
        evidence=evidence,
    )


def standing(case: Case, person: Person | None, local: Any) -> tuple[str, str]:
    """How the case stands towards this person, and that in words: free, mine, taken or decided."""
    if case.state == Case.State.DECIDED:
        title = (case.decision or {}).get("title") or "an answer of their own"
        who = "You" if person is not None and case.decided_by_id == person.pk else str(case.decided_by)
        return "decided", f"{who} decided {case.reference} at {local(case.decided_at):%H:%M:%S}: {title}"
    if case.state == Case.State.CLAIMED and case.claimed_by is not None:
        at = f"{local(case.claimed_at):%H:%M}"
        if person is not None and case.claimed_by_id == person.pk:
            return "mine", f"Claimed by you {at}"
        return "taken", f"{case.claimed_by} has {case.reference} in hand since {at}"
    return "free", "Not claimed"


def _says(case: Case, signals: list[Signal], documents: Documents, now: datetime) -> list[Say]:
    rule = documents.authority.fields.get(case.field)
    first = rule.order[0] if rule and rule.order else ""
    found = [_say(say, case, first, now) for say in case.known.get("says", [])]
    if case.escalation_id is None:
        found += [_quote(signal, now) for signal in signals[:3] if signal.facts.get("title")]
    elif not found:
        found += [_quote(signal, now) for signal in signals[-1:] if signal.facts.get("title")]
    return found


def _say(say: dict[str, Any], case: Case, first: str, now: datetime) -> Say:
    source, at = str(say.get("source") or "Somebody"), str(say.get("at") or "")
    rule = str(say.get("rule") or "")
    led = source == first
    moment = parse_datetime(at) if at else None
    return Say(
        source=named(source),
        value=shown(say.get("value")) or "nothing",
        at=moment,
        when=spoken(moment, now) if moment else at,
        signal=say.get("signal") or case.known.get("signal"),
        note=rule or (f"authority for {case.field}" if led else ""),
        authority=led,
    )


def _quote(signal: Signal, now: datetime) -> Say:
    title, summary = (shown(signal.facts.get(name)) for name in ("title", "summary"))
    # Many senders repeat the title as the first words of the text.
    text = summary if summary.startswith(title) else f"{title} {summary}".strip()
    note = str(signal.facts.get("requester") or "the signal itself")
    return Say(
        str(signal.source), text[:400], signal.received_at, spoken(signal.received_at, now), signal.pk, note, quote=True
    )


def _made(case: Case, signals: list[Signal], documents: Documents) -> list[Made]:
    escalation = case.escalation
    facts: dict[str, dict[str, Any]] = escalation.facts if escalation else _bare(signals)
    rows = []
    for name, fact in facts.items():
        doubtful = name == case.field or fact.get("source") == WORSE
        if fact.get("value") in (None, "", []) or (name in QUIET and not doubtful):
            continue
        agree = fact.get("agree")
        note = "doubtful" if doubtful else (f"{agree + 1} agree" if agree else _short(str(fact.get("source") or "")))
        rows.append(Made(_label(name, documents), shown(fact["value"])[:160], note, doubtful))
    rows.sort(key=lambda row: not row.doubtful)
    if escalation is None:
        return rows
    known = {row.label for row in rows}
    rows += [row for row in _record(case) if row.label not in known]
    return rows


def _record(case: Case) -> list[Made]:
    escalation = case.escalation
    assert escalation is not None
    version, account = escalation.template, escalation.account
    rows = [
        Made("Severity", escalation.severity.capitalize(), "runs"),
        Made("Owner", str(escalation.owner or "nobody"), "acts next"),
        Made("Template", version.document.title, f"v{version.number}"),
    ]
    if account.amount:
        sign = SIGNS.get(account.currency, f"{account.currency} ")
        rows.append(Made("Value", f"{sign}{account.amount:,}", "a year"))
    if account.renewal_on:
        rows.append(Made("Renewal", f"{account.renewal_on.day} {account.renewal_on:%b %Y}", "directory"))
    return rows


def _bare(signals: list[Signal]) -> dict[str, dict[str, Any]]:
    signal = next(iter(signals), None)
    if signal is None:
        return {}
    return {name: {"value": value, "source": str(signal.source)} for name, value in signal.facts.items()}


def hold(case: Case) -> str:
    """What waits for the decision, in words."""
    held, stopped = case.held_messages, case.stopped_signals  # type: ignore[attr-defined]  # annotated by review.case
    if case.escalation_id is None:
        return _counted(stopped, "signal") if stopped else "nothing"
    return _counted(held, "message") if held else "nothing"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _label(name: str, documents: Documents) -> str:
    spec = documents.facts.fields.get(name)
    return (spec.label if spec else "") or name.replace("_", " ").capitalize()


def named(source: str) -> str:
    """A source as people read it."""
    return {"directory": "Account directory"}.get(source.lower(), source[:1].upper() + source[1:])


def _short(source: str) -> str:
    """A source in a narrow column."""
    return "directory" if source.lower() == "directory" else named(source)


def spoken(at: datetime, now: datetime) -> str:
    """A moment in the reader's zone, as short as it can be said."""
    here = timezone.localtime(at) if at.tzinfo else at
    if here.date() == timezone.localtime(now).date():
        return f"today {here:%H:%M}"
    return f"{here.day} {here:%b %H:%M}"


def asks(case: Case, said: list[dict[str, Any]]) -> str:
    """The question in the few words that a row has room for."""
    values = list(dict.fromkeys(shown(say.get("value")) for say in said if say.get("value") is not None))
    if case.reason == Reason.sources_disagree and len(values) > 1:
        return f"{' or '.join(values)}?"
    return case.question.rpartition(": ")[2]


def _because(case: Case, documents: Documents) -> str:
    """Which rule stopped it, and at which value it runs meanwhile."""
    rule, said = documents.authority.fields.get(case.field), ""
    if case.reason == Reason.sources_disagree and rule and rule.order:
        order = ", then ".join(named(source) for source in rule.order)
        said = f"The authority policy believes {order} on {case.field}, and asks a person when they disagree."
    runs = shown(case.known.get("runs"))
    return f"{said} It runs as {runs} until it is decided.".strip() if runs and case.escalation_id else said


def shown(value: Any) -> str:
    """A value from outside as one line of text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return " ".join(str(value).split()) if value is not None else ""
