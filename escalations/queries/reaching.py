"""Whether everybody whom a document names can be reached, and at every hour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel

from escalations.domain import rotas as rules
from escalations.models import Account, Person, Team
from escalations.queries import rotas
from escalations.queries.directory import Directory
from templates_engine.spec.documents import Document, OwnerRef, Template

Level = Literal["pass", "read", "blocks"]
# How far ahead a gap in a rota is looked for.
AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it found in words, and what would mend it."""

    level: Level
    words: str
    fix: str = ""


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


def reachable(one: Person) -> bool:
    """Whether something that leaves the portal gets to them."""
    return one.is_active and bool(one.email or one.slack_url)


def everybody(document: Document, people: Directory) -> Iterator[Finding]:
    """A finding for each whom nothing would reach; one that all is well where it is."""
    seen: set[OwnerRef] = set()
    faults = 0
    for path, ref in named(document):
        if ref in seen:
            continue
        seen.add(ref)
        finding = _one(path, ref, people)
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


def _one(path: str, ref: OwnerRef, people: Directory) -> Finding | None:
    if ref.group:
        return _team(path, ref.group, people)
    if ref.rota:
        return _rota(path, ref.rota, people)
    if ref.manager_of:
        words = f"{path} asks for {ref.words}: nobody is found for that yet, and a case asks"
        return Finding("read", words, "Name a team, a person or a rota")
    return person(path, ref.person, people) if ref.person else None


def _team(path: str, key: str, people: Directory) -> Finding | None:
    members = people.teams.get(key, ())
    if not members and not Team.objects.filter(key=key).exists():
        return Finding("blocks", f"{path} names team {key}, which there is not", f"Make a team {key}")
    active = [one for one in members if one.is_active]
    if not active:
        return Finding("blocks", f"Team {key} has nobody who is active", f"Add somebody to team {key}")
    return _silent(f"team {key}", active)


def _rota(path: str, key: str, people: Directory) -> Finding | None:
    rota = _read(key, people)
    if rota is None:
        return Finding("blocks", f"{path} names rota {key}, which there is not", f"Make a rota {key}")
    ids = [pk for layer in rota.layers for pk in layer.people]
    active = [people.people[pk] for pk in dict.fromkeys(ids) if pk in people.people and people.people[pk].is_active]
    if not active:
        return Finding("blocks", f"Rota {key} has nobody who is active", f"Put somebody on rota {key}")
    return _silent(f"rota {key}", active)


def _read(key: str, people: Directory) -> rules.Rota | None:
    return rotas.read([key], since=people.now, until=people.now + AHEAD).get(key)


def _silent(what: str, active: Sequence[Person]) -> Finding | None:
    """Those of a group whom nothing reaches: all of them blocks, some of them is to be read."""
    silent = [one.name for one in active if not reachable(one)]
    lack = f"{listed(silent)} {'has' if len(silent) == 1 else 'have'} neither e-mail nor Slack"
    if len(silent) == len(active):
        fix = f"Give {listed(silent, 'or')} an e-mail address or a Slack webhook"
        return Finding("blocks", f"Nobody of {what} can be reached: {lack}", fix)
    fix = f"Give {listed(silent)} an e-mail address or a Slack webhook"
    return Finding("read", f"Of {what} {lack}", fix) if silent else None


def person(path: str, username: str, people: Directory) -> Finding | None:
    """What hinders reaching somebody by their username; None where nothing does."""
    found = people.usernames.get(username)
    if found is None:
        return Finding("blocks", f"{path} names {username}, whom the directory lacks", f"Add {username} to the people")
    if not found.is_active:
        return Finding("blocks", f"{found.name} ({path}) is not active", f"Name somebody else than {found.name}")
    if not reachable(found):
        words = f"{found.name} ({path}) has neither e-mail nor Slack, so nothing would reach them"
        return Finding("blocks", words, f"Give {found.name} an e-mail address or a Slack webhook")
    return None


def coverage(template: Template, people: Directory) -> Iterator[Finding]:
    """Whether somebody of the chain is there at every hour of the next two weeks, as far as rotas tell."""
    keys = [ref.rota for ref in template.owners.filled.values() if ref.rota]
    if not keys:
        yield Finding("read", "Whether somebody is there at every hour is not known: no rota covers its owners")
    for key in dict.fromkeys(keys):
        rota = _read(key, people)
        gaps = rules.gaps(rota, people.now, people.now + AHEAD) if rota else []
        if gaps:
            first = f"the first from {gaps[0].start:%a %d %b %H:%M} UTC"
            words = f"Rota {key} has {len(gaps)} {'gap' if len(gaps) == 1 else 'gaps'} in two weeks, {first}"
            yield Finding("read", words, f"Cover the gaps of rota {key}")
        elif rota:
            yield Finding("pass", f"Rota {key} is covered for two weeks")


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names as a sentence says them."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)
