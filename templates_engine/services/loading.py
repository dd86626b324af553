"""Loading a catalog of files: the portal's first documents, and what arrives with an upgrade."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from opsportal.audit.acting import acting
from templates_engine.models import Document, Version
from templates_engine.services.checking import check
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
