"""Reading texts against the facts that are declared now."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, ProgrammingError

from templates_engine.models import Document, Version
from templates_engine.queries import active_documents
from templates_engine.spec import checks
from templates_engine.spec import documents as spec

_SAYS = re.compile(r"^(?P<name>kind|key):[ \t]*[\"']?(?P<value>[A-Za-z0-9_-]+)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def check(texts: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, spec.Parsed]], list[tuple[str, spec.Problem]]]:
    """Parse named texts together, so that conditions are checked against the facts among them."""
    named = list(texts)
    parsed = [(name, spec.parse(text)) for name, text in named]
    # Of two with one key the later holds, so the later facts do too.
    facts = next((one.document for _, one in reversed(parsed) if isinstance(one.document, spec.FactsPolicy)), None)
    facts = facts or active_facts()
    if facts is not None:
        parsed = [(name, spec.parse(text, facts)) for name, text in named]
    _together(dict(named), parsed, facts is not None)
    return parsed, [(name, problem) for name, one in parsed for problem in one.problems]


def _together(texts: dict[str, str], parsed: list[tuple[str, spec.Parsed]], facts: bool) -> None:
    """What the documents say about each other and the active ones: as problems, or as notes."""
    sound = [(name, one.document) for name, one in parsed if one.document is not None]
    known = _active()
    by_name = dict(parsed)
    for name, problem in checks.across(sound, known):
        by_name[name].problems.append(spec.placed(problem, texts[name]))
    for name, note in checks.remarks(sound, known):
        by_name[name].notes.append(spec.placed(note, texts[name]))
    for _, one in sound if not facts else ():
        if isinstance(one, spec.Template):
            said = "no facts document is active or among these: the conditions were not checked"
            next(by[1] for by in parsed if by[1].document is one).notes.append(spec.Problem("trigger", said))


def _active() -> list[spec.Document]:
    """The active templates and policies; none where there is no database yet, so that files can be checked anywhere."""
    try:
        active = active_documents()
    except (OperationalError, ProgrammingError):
        return []
    return [*active.templates, *active.policies.values()]


def active_facts() -> spec.FactsPolicy | None:
    """The facts that are declared now, where a policy is active."""
    active = Version.objects.filter(state=Version.State.ACTIVE, document__kind="facts")
    body = active.values_list("body", flat=True).first()
    document = spec.load(body) if body else None
    return document if isinstance(document, spec.FactsPolicy) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a draft's text says, as far as it can be told."""

    kind: str
    key: str
    title: str
    body: dict[str, Any]
    digest: str
    problems: list[dict[str, Any]]


def read(text: str, *, document: Document | None = None) -> Reading:
    """Read a draft, faults and all. Raises DocumentError where kind and key can not be told, or are another's."""
    parsed, _ = check([("draft", text)])
    one = parsed[0][1]
    body = one.body if isinstance(one.body, dict) else {}
    kind, key = _named(text, body)
    problems = list(one.problems)
    if document is not None:
        if (kind or document.kind, key or document.key) != (document.kind, document.key):
            said = (
                f"this is {document.kind} {document.key}, the text says {kind} {key}: another document is another draft"
            )
            problems.append(spec.Problem("key", said))
        kind, key = document.kind, document.key
    elif kind not in Document.Kind.values or not _KEY.fullmatch(key):
        raise spec.DocumentError(problems or [spec.Problem("document", "says neither kind nor key")])
    listed = [{"path": p.path, "message": p.message, "line": p.line, "column": p.column} for p in problems]
    digest = spec.digest(body) if body else hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return Reading(kind, key, str(body.get("title") or key)[:120], body, digest, listed)


def _named(text: str, body: dict[str, Any]) -> tuple[str, str]:
    """Kind and key: of the body, or, where the text can not be read as a whole, of its first lines that say so."""
    said = {one["name"]: one["value"] for one in reversed(list(_SAYS.finditer(text[:20_000])))}
    return str(body.get("kind") or said.get("kind", "")), str(body.get("key") or said.get("key", ""))


def fallout(version: Version) -> list[str]:
    """What active documents would no longer do if these facts were declared: one line a fault."""
    facts = spec.load(version.body) if version.document.kind == "facts" else None
    if not isinstance(facts, spec.FactsPolicy):
        return []
    found: list[str] = []
    for one in Version.objects.filter(state=Version.State.ACTIVE).exclude(document__kind="facts"):
        try:
            spec.load(one.body, facts)
        except spec.DocumentError as fault:
            found += [f"{one}: {problem}" for problem in fault.problems]
    return found
