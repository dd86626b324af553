"""Documents as files: the portal's first ones, what arrives with an upgrade, import as drafts, export for review."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from opsportal.audit.acting import acting
from templates_engine.models import Document, Version
from templates_engine.services.checking import check
from templates_engine.services.drafting import draft
from templates_engine.services.holding import active_of, next_number
from templates_engine.spec import documents as spec

State = Version.State


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did with one document."""

    kind: str
    key: str
    outcome: str


def is_new() -> bool:
    """Whether nobody holds anything here yet: an ownership policy names who does, and from then on somebody signs."""
    return not Version.objects.filter(document__kind="ownership", activated_at__isnull=False).exists()


def load(texts: Iterable[tuple[str, str]], *, now: datetime) -> list[Loaded]:
    """Load a catalog: on a new portal it becomes active; later what is new or differs becomes a draft; all or nothing.

    Raises DocumentError with the problems of all texts. Of two texts with one key the later holds.
    """
    named = dict(texts)
    parsed, problems = check(named.items())
    if problems:
        raise spec.DocumentError(
            [spec.Problem(f"{name}: {one.path}", one.message, one.line, one.column) for name, one in problems]
        )
    chosen: dict[tuple[str, str], tuple[spec.Document, str, dict[str, object]]] = {}
    for name, one in parsed:
        if one.document is not None and one.body is not None:
            chosen[one.document.kind, one.document.key] = (one.document, named[name], one.body)
    with transaction.atomic(), acting(door="catalog", reason="catalog loaded"):
        new = is_new()
        # The ownership policy comes last: with it the portal has somebody to sign, and the database asks for that.
        order = sorted(chosen.values(), key=lambda one: one[0].kind == "ownership")
        done: dict[tuple[str, str], Loaded] = {
            (one[0].kind, one[0].key): _load_one(*one, new=new, now=now) for one in order
        }
    return [done[name] for name in chosen]


def _load_one(document: spec.Document, text: str, body: dict[str, object], *, new: bool, now: datetime) -> Loaded:
    row, _ = Document.objects.get_or_create(kind=document.kind, key=document.key, defaults={"title": document.title})
    digest = spec.digest(body)
    if row.versions.filter(digest=digest).exists():
        return Loaded(document.kind, document.key, "unchanged")
    number = next_number(row)
    # Of a policy one rules: another of its kind waits as a draft, whatever its key.
    rules = Version.objects.filter(state=State.ACTIVE, document__kind=document.kind).exclude(document=row)
    first = new and number == 1 and not (row.rules_alone and rules.exists())
    Version.objects.create(
        document=row,
        number=number,
        state=State.ACTIVE if first else State.DRAFT,
        origin=Version.Origin.SHIPPED,
        text=text,
        body=body,
        digest=digest,
        based_on=active_of(row),
        created_at=now,
        activated_at=now if first else None,
    )
    return Loaded(document.kind, document.key, "active" if first else "draft")


def bring(texts: Iterable[tuple[str, str]], *, by: User, now: datetime) -> list[Loaded]:
    """Import texts as drafts of somebody; what is active or drafted already in the same words is left out.

    Raises DocumentError with the problems of all texts, and then none is imported.
    """
    named = list(texts)
    parsed, problems = check(named)
    faults = [spec.Problem(f"{name}: {one.path}", one.message, one.line, one.column) for name, one in problems]
    first: dict[tuple[str, str], str] = {}
    for name, one in parsed:
        if one.document is not None:
            other = first.setdefault((one.document.kind, one.document.key), name)
            if other != name:
                faults.append(spec.Problem(name, f"is {one.document.kind} {one.document.key}, and so is {other}"))
    if faults:
        raise spec.DocumentError(faults)
    with transaction.atomic(), acting(user_id=by.pk, name=by.get_full_name() or by.username, door="import"):
        return [
            _bring_one(one.document, text, by, now)
            for (_, one), (_, text) in zip(parsed, named, strict=True)
            if one.document is not None
        ]


def _bring_one(document: spec.Document, text: str, by: User, now: datetime) -> Loaded:
    same = Version.objects.filter(document__kind=document.kind, document__key=document.key, text=text)
    if same.exclude(state=State.RETIRED).exists():
        return Loaded(document.kind, document.key, "unchanged")
    made = draft(text=text, author=by, now=now, origin=Version.Origin.IMPORTED)
    return Loaded(document.kind, document.key, f"draft v{made.number}")


def exported(*, every: bool = False) -> Iterator[tuple[str, str]]:
    """File names and texts as they were written: of each document the active version, or all its versions."""
    rows = Version.objects.select_related("document").order_by("document__kind", "document__key", "number")
    for version in (rows if every else rows.filter(state=State.ACTIVE)).iterator():
        name = f"{version.document.kind}-{version.document.key}"
        yield f"{name}.v{version.number}.{version.state}.yaml" if every else f"{name}.yaml", version.text
