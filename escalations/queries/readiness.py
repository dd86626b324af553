"""Whether a version can go to work: everybody it names can be reached, it falls back on somebody, its parts are there.

Only what `blocks` stops an approval; what is to be `read` stands in the review beside the text.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from escalations.models import Destination, Escalation, Source
from escalations.queries import reaching
from escalations.queries.directory import Directory, directory
from escalations.queries.reaching import Finding as Finding
from escalations.queries.reaching import listed
from templates_engine.models import Version
from templates_engine.queries import active_documents
from templates_engine.services import fallout
from templates_engine.spec import flow
from templates_engine.spec.documents import (
    Document,
    DocumentError,
    MappingDocument,
    OwnershipPolicy,
    SlaPolicy,
    Template,
    load,
)
from templates_engine.spec.notes import notes

# More problems than these nobody reads here; the editor shows all.
MOST = 5


def readiness(version: Version, *, now: datetime) -> list[Finding]:
    """Every check of a version, the blocking ones first."""
    if version.problems:
        return [_problem(one) for one in version.problems[:MOST]]
    try:
        document = load(version.body)
    except DocumentError as fault:
        return [Finding("blocks", f"The text can not be read: {fault}"[:300], "Its author mends the text")]
    found = list(_checks(version, document, now))
    order = {"blocks": 0, "read": 1, "pass": 2}
    return sorted(found, key=lambda one: order[one.level])


def _problem(said: dict[str, Any]) -> Finding:
    """A fault that was kept with the draft."""
    fix = f"Its author mends line {said['line']}" if said.get("line") else "Its author mends the text"
    return Finding("blocks", f"{said['path']}: {said['message']}", fix)


def _checks(version: Version, document: Document, now: datetime) -> Iterator[Finding]:
    policy = _policy(document)
    if policy is None:
        yield Finding("blocks", "No ownership policy is active: nobody would hold what nobody answers", _LOAD)
        return
    people = directory(now=now, policy=policy)
    yield from reaching.everybody(document, people)
    yield from _fallback(policy, people)
    kept = [one.path for one in notes(document)]
    if kept:
        yield Finding("read", f"Kept, and not run yet: {listed(kept[:MOST])}{' and more' if len(kept) > MOST else ''}")
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


def _fallback(policy: OwnershipPolicy, people: Directory) -> Iterator[Finding]:
    finding = reaching.person("last owner", policy.last_owner, people)
    yield finding or Finding("pass", f"What nobody answers falls to {people.last_owner.name}")


def _template(version: Version, template: Template, people: Directory) -> Iterator[Finding]:
    documents = active_documents()
    filled = template.owners.filled
    chain = [people.resolve(ref, None) for ref in (filled["primary"], filled["backup"])]
    if chain[0] is not None and chain[0] == chain[1]:
        yield Finding("read", f"Primary and backup are both {chain[0].name}: failover changes nothing")
    yield from _called(version, template)
    yield from _destinations(template)
    sla = documents.policies.get("sla")
    if isinstance(sla, SlaPolicy) and template.severity and template.severity not in sla.levels:
        yield Finding("read", f"The SLA policy has no level {template.severity}: its floor holds")
    rulers = [f"{one.document.kind} v{one.number}" for one in _settings()]
    yield (
        Finding("read", f"It was read against {listed(rulers)}") if rulers else Finding("read", "No policy is active")
    )
    yield from reaching.coverage(template, people)


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


def _destinations(template: Template) -> Iterator[Finding]:
    """A step that sends to a system nobody set up would fail each time."""
    there = dict(Destination.objects.filter(is_active=True).values_list("key", "name"))
    for key in flow.destinations(template):
        if key in there:
            yield Finding("read", f"It sends to {there[key]}")
        else:
            yield Finding("blocks", f"It sends to {key}, which is not set up", "An admin sets up the destination")


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
        "read", f"{listed(names)} {'is' if len(names) == 1 else 'are'} read by it" if names else "No source uses it"
    )
