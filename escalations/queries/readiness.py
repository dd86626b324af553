"""Whether a version can go to work: everybody it names can be reached, it falls back on somebody, its parts are there.

Only what `blocks` stops an approval; what is to be `read` stands in the review beside the text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from escalations.models import Account, Escalation, Person, Source, Team
from escalations.queries.directory import Directory, directory
from templates_engine.models import Version
from templates_engine.queries import active_documents
from templates_engine.services import fallout
from templates_engine.spec import flow
from templates_engine.spec.documents import (
    Document,
    DocumentError,
    MappingDocument,
    OwnerRef,
    OwnershipPolicy,
    SlaPolicy,
    Template,
    load,
)

Level = Literal["pass", "read", "blocks"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it found in words, and what would mend it."""

    level: Level
    words: str
    fix: str = ""


def readiness(version: Version, *, now: datetime) -> list[Finding]:
    """Every check of a version, the blocking ones first."""
    if version.problems:
        many = "1 problem" if len(version.problems) == 1 else f"{len(version.problems)} problems"
        return [Finding("blocks", f"The text has {many}", "Its author mends the text")]
    try:
        document = load(version.body)
    except DocumentError as fault:
        return [Finding("blocks", f"The text can not be read: {fault}"[:300], "Its author mends the text")]
    found = list(_checks(version, document, now))
    order = {"blocks": 0, "read": 1, "pass": 2}
    return sorted(found, key=lambda one: order[one.level])


def _checks(version: Version, document: Document, now: datetime) -> Iterator[Finding]:
    policy = _policy(document)
    if policy is None:
        yield Finding("blocks", "No ownership policy is active: nobody would hold what nobody answers", _LOAD)
        return
    people = directory(now=now, policy=policy)
    yield from _people(document, people)
    yield from _fallback(policy, people)
    for words in fallout(version):
        yield Finding("blocks", f"With these facts {words}", "Change that document first, or keep the fact")
    match document:
        case Template():
            yield from _template(version, document, people)
        case MappingDocument():
            yield from _mapping(document)
        case SlaPolicy():
            running = Escalation.objects.unfinished().count()
            yield Finding("read", f"{running} open escalations keep the clocks they began with")
        case _:
            pass


_LOAD = "Load or write an ownership policy, and have it signed"


def _policy(document: Document) -> OwnershipPolicy | None:
    """The ownership policy that will hold: this one, or the active one."""
    if isinstance(document, OwnershipPolicy):
        return document
    active = active_documents().policies.get("ownership")
    return active if isinstance(active, OwnershipPolicy) else None


def named(value: Any, path: str = "") -> Iterator[tuple[str, OwnerRef]]:
    """Everybody a document names, with the field that does, however deep."""
    if isinstance(value, OwnerRef):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from named(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from named(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from named(one, f"{path}.{number}")


def reachable(person: Person) -> bool:
    """Whether something that leaves the portal gets to them."""
    return person.is_active and bool(person.email or person.slack_url)


def _people(document: Document, people: Directory) -> Iterator[Finding]:
    seen: set[OwnerRef] = set()
    faults = 0
    for path, ref in named(document):
        if ref in seen:
            continue
        seen.add(ref)
        finding = _team(path, ref, people) if ref.team else _person(path, ref.person, people)
        if finding is not None:
            faults += finding.level == "blocks"
            yield finding
    if isinstance(document, Template) and any(ref.account_owner for ref in seen):
        without = Account.objects.filter(owner__isnull=True).count()
        if without:
            words = f"{without} accounts have no owner: the last owner holds what the account's owner would"
            yield Finding("read", words, "Name owners of the accounts")
    if seen and not faults:
        yield Finding("pass", "Everybody it names can be reached")


def _team(path: str, ref: OwnerRef, people: Directory) -> Finding | None:
    members = people.teams.get(ref.team or "", ())
    if not members and not Team.objects.filter(key=ref.team).exists():
        return Finding("blocks", f"{path} names team {ref.team}, which there is not", f"Make a team {ref.team}")
    active = [one for one in members if one.is_active]
    if not active:
        return Finding("blocks", f"Team {ref.team} has nobody who is active", f"Add somebody to team {ref.team}")
    silent = [one.name for one in active if not reachable(one)]
    if len(silent) == len(active):
        return Finding(
            "blocks",
            f"Nobody of team {ref.team} can be reached: {_listed(silent)} {_has(silent)} neither e-mail nor Slack",
            f"Give {_listed(silent, 'or')} an e-mail address or a Slack webhook",
        )
    if silent:
        words = f"{_listed(silent)} of team {ref.team} {_has(silent)} neither e-mail nor Slack"
        return Finding("read", words, f"Give {_listed(silent)} an e-mail address or a Slack webhook")
    return None


def _person(path: str, username: str | None, people: Directory) -> Finding | None:
    if username is None:
        return None
    person = people.usernames.get(username)
    if person is None:
        return Finding("blocks", f"{path} names {username}, whom the directory lacks", f"Add {username} to the people")
    if not person.is_active:
        return Finding("blocks", f"{person.name} ({path}) is not active", f"Name somebody else than {person.name}")
    if not reachable(person):
        words = f"{person.name} ({path}) has neither e-mail nor Slack, so nothing would reach them"
        return Finding("blocks", words, f"Give {person.name} an e-mail address or a Slack webhook")
    return None


def _fallback(policy: OwnershipPolicy, people: Directory) -> Iterator[Finding]:
    finding = _person("last owner", policy.last_owner, people)
    yield finding or Finding("pass", f"What nobody answers falls to {people.last_owner.name}")


def _template(version: Version, template: Template, people: Directory) -> Iterator[Finding]:
    documents = active_documents()
    filled = template.owners.filled
    chain = [people.resolve(ref, None) for ref in (filled["primary"], filled["backup"])]
    if chain[0] is not None and chain[0] == chain[1]:
        yield Finding("read", f"Primary and backup are both {chain[0].name}: failover changes nothing")
    yield from _called(version, template)
    sla = documents.policies.get("sla")
    if isinstance(sla, SlaPolicy) and template.severity and template.severity not in sla.levels:
        yield Finding("read", f"The SLA policy has no level {template.severity}: its floor holds")
    rulers = [f"{one.document.kind} v{one.number}" for one in _settings()]
    yield (
        Finding("read", f"It was read against {_listed(rulers)}") if rulers else Finding("read", "No policy is active")
    )
    yield Finding("read", "Whether somebody is there at every hour is not known: no rota covers its owners")


def _called(version: Version, template: Template) -> Iterator[Finding]:
    """Called templates are inside the review: named with their version, blocking where they are not at work."""
    rows = Version.objects.filter(document__kind="template", state="active").select_related("document")
    active = {one.document.key: one for one in rows}
    calls = {key: called(one.body) for key, one in active.items()}
    own = version.document.key
    calls[own] = called(version.body)
    for key in sorted(calls[own]):
        way = _way_back(key, own, calls)
        if way:
            words = f"It never ends: {' runs '.join([own, *way])}"
            yield Finding("blocks", words, "Take one of these steps out")
        elif key not in active:
            yield Finding("blocks", f"It runs {key}, which is not active", f"Have {key} signed and activated first")
        else:
            one = active[key]
            since = f"{one.activated_at:%d %b}" if one.activated_at else "its first load"
            yield Finding("read", f"It runs {one.document.title} v{one.number}, active since {since}")


def called(body: Any) -> set[str]:
    """Keys of the templates that a body's steps run, branches included."""
    steps = flow.walk(body.get("steps") if isinstance(body, dict) else None)
    return {step["run"] for _, step in steps if isinstance(step.get("run"), str)}


def _way_back(key: str, own: str, calls: dict[str, set[str]], seen: tuple[str, ...] = ()) -> list[str]:
    """The templates from a called one back to the caller, where there is such a way."""
    if key == own:
        return [own]
    for following in sorted(calls.get(key, set()) - set(seen)):
        way = _way_back(following, own, calls, (*seen, key))
        if way:
            return [key, *way]
    return []


def _settings() -> Iterable[Version]:
    rows = Version.objects.filter(state="active").exclude(document__kind__in=("template", "mapping"))
    return rows.select_related("document").order_by("document__kind")


def _mapping(mapping: MappingDocument) -> Iterator[Finding]:
    names = [str(one) for one in Source.objects.filter(mapping_key=mapping.key).exclude(state="disabled")]
    yield Finding(
        "read", f"{_listed(names)} {'is' if len(names) == 1 else 'are'} read by it" if names else "No source uses it"
    )


def _listed(names: list[str], last: str = "and") -> str:
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def _has(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"
