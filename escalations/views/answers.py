"""Answers to a case: one of those suggested, or one's own where a value can be named freely."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from escalations.domain.reasons import Reason
from escalations.models import Account, Case, Person
from escalations.queries import review
from escalations.services.errors import Refused
from templates_engine.queries import Documents

OWN = "own"
BETWEEN = " · "  # an offered account reads "Name · key"
OF_ACCOUNT = frozenset({Reason.account_unknown, Reason.account_ambiguous})
OF_OWNER = frozenset({Reason.owner_unknown, Reason.chain_exhausted, Reason.routing_loop})
OF_VALUE = frozenset(
    {
        Reason.severity_unclear,
        Reason.tier_missing,
        Reason.fact_unclear,
        Reason.sources_disagree,
        Reason.sla_unclear,
        Reason.field_invalid,
    }
)
TITLES = {"account": "Another account", "owner": "Somebody else takes it", "problem": "In your own words"}


@dataclass(frozen=True, slots=True)
class OwnField:
    """One thing that a person may fill in."""

    name: str
    label: str
    kind: str  # account, person, choice, text
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    needed: bool = True


def own_fields(case: Case, *, documents: Documents, now: datetime) -> list[OwnField]:
    """What the person may fill in instead of taking a suggestion; empty where only the suggestions make sense."""
    reason = Reason(case.reason)
    if reason in OF_ACCOUNT:
        return [
            OwnField("account", "Account", "account", help="Begin to type its name; the identifier is kept for it.")
        ]
    if reason in OF_OWNER:
        people = tuple((str(one.pk), _titled(one)) for one in review.people(now=now))
        return [OwnField("owner", "Person", "person", people, "Everybody who is there now.")]
    if reason is Reason.problem_unknown:
        return [OwnField("problem", "Problem", "text", help="A few words that other signals of it would match.")]
    if reason in OF_VALUE:
        return [field for name in _names(case) if not _offered(field := _value(name, documents), case)]
    if reason is Reason.condition_unresolved:
        ordered = [name for name, spec in documents.facts.fields.items() if spec.order]
        return [replace(_value(name, documents), needed=False) for name in ordered]
    return []


def own_title(fields: list[OwnField]) -> str:
    """How the answer of one's own is called."""
    if not fields:
        return ""
    if not fields[0].needed:
        return "Supply what is missing"
    return TITLES.get(fields[0].name, "Another value" if len(fields) == 1 else "Correct the values")


def read(case: Case, data: Mapping[str, str], *, documents: Documents, now: datetime) -> dict[str, Any]:
    """The answer that was chosen, with its title; empty when none was. Raises Refused for one that does not do."""
    choice = data.get("choice", "")
    if choice != OWN:
        place = int(choice) - 1 if choice.isascii() and choice.isdigit() else -1
        if not 0 <= place < len(case.answers):
            return {}
        return {**case.answers[place]["answer"], "title": case.answers[place]["title"]}
    answer: dict[str, Any] = {}
    problems: dict[str, str] = {}
    said: list[str] = []
    for field in own_fields(case, documents=documents, now=now):
        if not field.needed and not data.get(f"own-{field.name}", "").strip():
            continue
        try:
            value, words = _read(field, data.get(f"own-{field.name}", "").strip(), documents)
        except ValueError as fault:
            problems[f"own-{field.name}"] = str(fault)
        else:
            answer[field.name] = value
            said.append(words)
    if problems:
        raise Refused(problems)
    return {**answer, "title": ", ".join(said)} if answer else {}


def _read(field: OwnField, text: str, documents: Documents) -> tuple[Any, str]:
    if not text:
        raise ValueError("is required for an answer of your own")
    if field.kind == "account":
        account = Account.objects.filter(key=text.rpartition(BETWEEN)[2]).first()
        account = account or Account.objects.filter(name__iexact=text).first()
        if account is None:
            raise ValueError("no account has this name")
        return account.pk, f"It is {account.name}"
    if field.kind == "person":
        person = Person.objects.filter(pk=text, is_active=True).first() if text.isdigit() else None
        if person is None:
            raise ValueError("choose somebody who is active")
        return person.pk, f"{person.name} takes it"
    spec = documents.facts.fields.get(field.name)
    if field.choices and text not in dict(field.choices):
        raise ValueError(f"is none of {', '.join(value for value, _ in field.choices)}")
    return _typed(spec.type if spec else "string", text), f"{field.label}: {text}"


def _typed(kind: str, text: str) -> Any:
    """The text as its declared type; raises ValueError in words."""
    try:
        if kind == "int":
            return int(text)
        if kind == "double":
            return float(text)
        if kind == "timestamp":
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
    except ValueError:
        wanted = {"int": "a whole number", "double": "a number", "timestamp": "a time such as 2026-11-21T14:30"}
        raise ValueError(f"must be {wanted[kind]}") from None
    if kind == "bool":
        if text.lower() not in {"yes", "no", "true", "false"}:
            raise ValueError("must be yes or no")
        return text.lower() in {"yes", "true"}
    return [part.strip() for part in text.split(",")] if kind == "list" else text


def _names(case: Case) -> list[str]:
    wrong = [say["source"] for say in case.known.get("says", []) if say.get("rule")]
    return list(dict.fromkeys([*([case.field] if case.field else []), *wrong]))


def _value(name: str, documents: Documents) -> OwnField:
    spec = documents.facts.fields.get(name)
    label = (spec.label if spec else "") or name.replace("_", " ").capitalize()
    if spec and spec.order:
        return OwnField(name, label, "choice", tuple((value, value) for value in spec.order))
    if spec and spec.type == "bool":
        return OwnField(name, label, "choice", (("yes", "yes"), ("no", "no")))
    return OwnField(name, label, "text")


def _offered(field: OwnField, case: Case) -> bool:
    """Whether the suggestions hold every value that the field could take."""
    offered = {str(one["answer"].get(field.name)) for one in case.answers}
    return field.kind == "choice" and {value for value, _ in field.choices} <= offered


def _titled(person: Person) -> str:
    return f"{person.name}, {person.title}" if person.title else person.name
