"""What happens to documents: loading the catalog, and the way of a version to being active."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from opsportal.audit.acting import acting
from templates_engine.models import Document, Version
from templates_engine.spec import documents as spec

State = Version.State


class LifecycleError(Exception):
    """The version can not go there; says why."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did with one document."""

    kind: str
    key: str
    outcome: str


def check(texts: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, spec.Parsed]], list[tuple[str, spec.Problem]]]:
    """Parse named texts together, so that conditions are checked against the facts among them."""
    named = list(texts)
    parsed = [(name, spec.parse(text)) for name, text in named]
    # Of two with one key the later holds, so the later facts do too.
    facts = next((one.document for _, one in reversed(parsed) if isinstance(one.document, spec.FactsPolicy)), None)
    facts = facts or _active_facts()
    if facts is not None:
        parsed = [(name, spec.parse(text, facts)) for name, text in named]
    return parsed, [(name, problem) for name, one in parsed for problem in one.problems]


def load(texts: Iterable[tuple[str, str]], *, now: datetime) -> list[Loaded]:
    """Load a catalog: what is new becomes active, what differs becomes a draft; all or nothing.

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
        return [_load_one(document, text, body, now) for document, text, body in chosen.values()]


def _load_one(document: spec.Document, text: str, body: dict[str, object], now: datetime) -> Loaded:
    row, _ = Document.objects.get_or_create(kind=document.kind, key=document.key, defaults={"title": document.title})
    digest = spec.digest(body)
    newest = row.versions.order_by("-number").first()
    if row.versions.filter(digest=digest).exists():
        return Loaded(document.kind, document.key, "unchanged")
    # Of a policy one rules: another of its kind waits as a draft, whatever its key.
    rules = Version.objects.filter(state=State.ACTIVE, document__kind=document.kind).exclude(document=row)
    first = newest is None and not (document.kind not in ("template", "mapping") and rules.exists())
    Version.objects.create(
        document=row,
        number=1 if newest is None else newest.number + 1,
        state=State.ACTIVE if first else State.DRAFT,
        origin=Version.Origin.SHIPPED,
        text=text,
        body=body,
        digest=digest,
        created_at=now,
        activated_at=now if first else None,
    )
    return Loaded(document.kind, document.key, "active" if first else "draft")


def draft(*, text: str, author: User, now: datetime) -> Version:
    """A new draft of a document; raises DocumentError with every problem."""
    parsed, problems = check([("draft", text)])
    document, body = parsed[0][1].document, parsed[0][1].body
    if problems or document is None or body is None:
        raise spec.DocumentError([problem for _, problem in problems])
    with transaction.atomic(), acting(reason="draft"):
        row, _ = Document.objects.get_or_create(
            kind=document.kind, key=document.key, defaults={"title": document.title}
        )
        last = row.versions.aggregate(last=Max("number"))["last"] or 0
        return Version.objects.create(
            document=row,
            number=last + 1,
            text=text,
            body=body,
            digest=spec.digest(body),
            author=author,
            created_at=now,
        )


def submit(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Ask for a signature; from here on the text stands."""
    with transaction.atomic(), acting(reason=comment):
        version = _locked(version_id, State.DRAFT)
        version.state, version.submitted_at, version.author = State.IN_REVIEW, now, version.author or by
        version.comment = comment
        version.save()
        return version


def approve(*, version_id: int, by: User, seen_digest: str, comment: str, now: datetime) -> Version:
    """Sign what was seen; never one's own work."""
    with transaction.atomic(), acting(reason=comment):
        version = _locked(version_id, State.IN_REVIEW)
        if version.author_id == by.pk:
            raise LifecycleError("You wrote this version, so you can not sign it.")
        if version.digest != seen_digest or spec.digest(version.body) != seen_digest:
            raise LifecycleError("The version is not the one you saw: read it again before signing.")
        version.state, version.approved_by, version.approved_at = State.APPROVED, by, now
        version.approved_digest, version.comment = version.digest, comment
        version.save()
        return version


def send_back(*, version_id: int, by: User, comment: str) -> Version:
    """Return it to its author with a comment."""
    if not comment.strip():
        raise LifecycleError("Say what has to change.")
    with transaction.atomic(), acting(reason=comment):
        version = _locked(version_id, State.IN_REVIEW)
        version.state, version.comment = State.DRAFT, comment
        version.save()
        return version


def activate(*, version_id: int, now: datetime) -> Version:
    """Put a signed version to work; the one before retires. Running records stay on theirs."""
    with transaction.atomic(), acting(reason="activated"):
        version = _locked(version_id, State.APPROVED)
        for old in version.document.versions.select_for_update().filter(state=State.ACTIVE):
            old.state, old.retired_at = State.RETIRED, now
            old.save()
        version.state, version.activated_at = State.ACTIVE, now
        version.save()
        return version


def roll_back(*, version_id: int, by: User, comment: str, now: datetime) -> Version:
    """Ask for an earlier version again: its text as a new version, which somebody else signs. Raises LifecycleError."""
    if not comment.strip():
        raise LifecycleError("Say why the earlier version should hold again.")
    with transaction.atomic(), acting(reason=comment):
        old = Version.objects.select_related("document").get(pk=version_id)
        if old.state != State.RETIRED:
            raise LifecycleError(f"{old} is {old.get_state_display()}: only a retired version can be asked for again.")
        made = draft(text=old.text, author=by, now=now)
        return submit(version_id=made.pk, by=by, comment=comment, now=now)


def _locked(version_id: int, state: str) -> Version:
    version = Version.objects.select_for_update(of=("self",)).select_related("document").get(pk=version_id)
    if version.state != state:
        raise LifecycleError(f"{version} is {version.get_state_display()}, not {State(state).label}.")
    return version


def _active_facts() -> spec.FactsPolicy | None:
    body = Version.objects.filter(state=State.ACTIVE, document__kind="facts").values_list("body", flat=True).first()
    document = spec.load(body) if body else None
    return document if isinstance(document, spec.FactsPolicy) else None
