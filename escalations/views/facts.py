"""Facts of a record as lines: label, value, source, whether it is the authority, and what was overruled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from escalations.models import Escalation
from escalations.views.who import Viewer
from templates_engine.queries import Documents, MissingDocument

# Shown elsewhere on the pane, or the bare key of something shown.
ELSEWHERE = ("title", "summary", "account", "source_updated_at", "url", "risk")
FIRST = ("severity", "tier")
CURRENCIES = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact. `agree` is how many other sources say the same, `overruled` what stands against it."""

    label: str
    value: str
    source: str
    authority: bool = False
    agree: int = 0
    link: str = ""
    overruled: list[str] = field(default_factory=list)


def lines(record: Escalation, *, documents: Documents, viewer: Viewer, now: datetime) -> list[FactLine]:
    """The settled facts and what the account directory adds, the ones that decide first."""
    try:
        specs, authority = documents.facts.fields, documents.authority.fields
    except MissingDocument:
        specs, authority = {}, {}
    declared = [name for name in specs if name in record.facts]
    named = [*FIRST, *declared, *(name for name in record.facts if name not in declared)]
    names = [name for name in dict.fromkeys(named) if name not in ELSEWHERE]
    found: list[FactLine] = []
    for name in names:
        fact = record.facts.get(name) or _own(record, name)
        if fact.get("value") in (None, "", []):
            continue
        rule = authority.get(name)
        source = str(fact.get("source") or "")
        spec = specs.get(name)
        found.append(
            FactLine(
                label=(spec.label if spec and spec.label else name.replace("_", " ").capitalize()),
                value=_value(name, fact["value"], viewer, now),
                source=SOURCES.get(source, source),
                authority=bool(rule and rule.order and rule.order[0] == source) or source == "decided",
                agree=int(fact.get("agree") or 0),
                link=_url(record.facts) if name == "ticket" else "",
                overruled=[f"{one['source']} says {one['value']}, overruled" for one in fact.get("overruled") or ()],
            )
        )
    place = min(2, len(found))
    return [*found[:place], *_directory(record, now), *found[place:]]


SOURCES = {"decided": "decided", "worse value until decided": "worse value"}


def _own(record: Escalation, name: str) -> dict[str, Any]:
    """What the record runs at, where no source said it."""
    return {"value": getattr(record, name), "source": "template" if name == "severity" else "directory"}


def _directory(record: Escalation, now: datetime) -> list[FactLine]:
    account = record.account
    found: list[FactLine] = []
    if account.amount is not None:
        sign = CURRENCIES.get(account.currency, f"{account.currency} ")
        found.append(FactLine("Value", f"{sign}{account.amount:,} a year", "directory"))
    if account.renewal_on is not None:
        days = (account.renewal_on - now.date()).days
        ahead = f"in {days} d" if days > 0 else "today" if days == 0 else f"{-days} d overdue"
        day = account.renewal_on
        found.append(FactLine("Renewal", f"{day.day} {day:%b %Y}, {ahead}", "directory"))
    if account.owner is not None:
        found.append(FactLine("Account", account.owner.name, "directory"))
    if record.risk:
        found.append(FactLine("Risk", ", ".join(str(one).replace("_", " ") for one in record.risk).capitalize(), ""))
    return found


def _value(name: str, value: Any, viewer: Viewer, now: datetime) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, int | float):
        return f"{value:,}"
    text = str(value)
    if name in FIRST:
        return text[:1].upper() + text[1:]
    moment = _moment(text)
    return viewer.clock(moment, now) if moment else text


def _moment(text: str) -> datetime | None:
    if len(text) < 16 or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _url(facts: Mapping[str, Any]) -> str:
    """The record's address at its source, if it is one a browser may follow."""
    address = str((facts.get("url") or {}).get("value") or "")
    return address if urlsplit(address).scheme in ("http", "https") else ""
