"""Reading documents: YAML in, a checked value out, or every problem at once with its place."""

import hashlib
import io
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from templates_engine.spec import crosschecks, faults
from templates_engine.spec.base import DocumentError, Problem
from templates_engine.spec.mapping import MappingDocument
from templates_engine.spec.notes import notes
from templates_engine.spec.policies import (
    AuthorityPolicy,
    FactsPolicy,
    OwnershipPolicy,
    RankingPolicy,
    SlaPolicy,
)
from templates_engine.spec.template import Check, OwnerRef, Step, Template

__all__ = [
    "AuthorityPolicy",
    "Check",
    "Document",
    "DocumentError",
    "FactsPolicy",
    "MappingDocument",
    "OwnerRef",
    "OwnershipPolicy",
    "Parsed",
    "Problem",
    "RankingPolicy",
    "SlaPolicy",
    "Step",
    "Template",
    "canonical",
    "digest",
    "load",
    "parse",
    "placed",
]

Document = Template | MappingDocument | FactsPolicy | AuthorityPolicy | OwnershipPolicy | SlaPolicy | RankingPolicy
_ADAPTER: TypeAdapter[Document] = TypeAdapter(Annotated[Document, Field(discriminator="kind")])
_MODELS: dict[str, type[BaseModel]] = {
    get_args(one.model_fields["kind"].annotation)[0]: one for one in get_args(Document)
}
_LISTED = ", ".join(sorted(_MODELS))
# Characters: five times the longest known. A pure reader needs seconds for more, and checks run while one types.
LONGEST = 200_000
DEEPEST = 30
ALIASES = 5
# NUL as JSON writes it, and lone surrogates.
_UNKEPT = re.compile(r"\\u0000|[\ud800-\udfff]")


@dataclass(slots=True)
class Parsed:
    """A document as far as it could be read; notes say what of it nothing acts upon yet."""

    body: dict[str, Any] | None = None
    document: Document | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def parse(text: str, facts: FactsPolicy | None = None) -> Parsed:
    """Read a document from YAML; conditions are checked against the facts where these are given."""
    if len(text) > LONGEST:
        return Parsed(problems=[Problem("document", f"longer than {LONGEST} characters")])
    try:
        read = _read(text)
        body: dict[str, Any] = json.loads(json.dumps(read, default=str, allow_nan=False))
    except MarkedYAMLError as fault:
        mark = fault.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        return Parsed(problems=[Problem("document", str(fault.problem or fault).splitlines()[0], *place)])
    except DocumentError as fault:
        return Parsed(problems=fault.problems)
    except (YAMLError, ValueError, TypeError, RecursionError, OverflowError, AttributeError) as fault:
        return Parsed(problems=[Problem("document", f"can not be read: {fault}"[:300])])
    if _UNKEPT.search(canonical(body)):
        return Parsed(problems=[Problem("document", "holds a NUL or half a character, which no database keeps")])
    parsed = Parsed(body=body)
    try:
        parsed.document = load(body, facts)
        parsed.notes = [_placed(note, read) for note in notes(parsed.document)]
    except DocumentError as fault:
        parsed.problems = [_placed(problem, read) for problem in fault.problems]
    return parsed


def placed(problem: Problem, text: str) -> Problem:
    """A problem that was found in the body, with the line and column of its place in the text."""
    try:
        return _placed(problem, _read(text))
    except (DocumentError, YAMLError, ValueError):
        return problem


def load(body: dict[str, Any], facts: FactsPolicy | None = None) -> Document:
    """The document of a body; raises DocumentError with every problem."""
    problems = list(crosschecks.problems(body, facts))
    try:
        document = _ADAPTER.validate_python(body)
    except ValidationError as fault:
        root = _MODELS.get(str(body.get("kind")))
        wrong = [faults.problem(one, body, root, _LISTED) for one in fault.errors(include_url=False)]
        raise DocumentError(list(dict.fromkeys([*wrong, *problems]))) from fault
    if problems:
        raise DocumentError(problems)
    return document


def canonical(body: dict[str, Any]) -> str:
    """The one way to write a body down: what is hashed and compared."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(body: dict[str, Any]) -> str:
    """SHA-256 of the canonical body, hexadecimal."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def _placed(problem: Problem, read: Any) -> Problem:
    """Find the line of a path in what ruamel read; the nearest parent where the place itself is missing."""
    node: Any = read
    place = (node.lc.line, node.lc.col)
    for part in problem.path.split("."):
        try:
            listed = isinstance(node, list)
            key: Any = int(part) if listed else part
            line, column = (node.lc.item if listed else node.lc.key)(key)[:2]
            place, node = (line, column), node[key]
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            break
    return Problem(problem.path, problem.message, place[0] + 1, place[1] + 1)


@lru_cache(maxsize=64)
def _read(text: str) -> Any:
    """What the YAML says, with the places ruamel keeps; raises on bombs before anything is expanded.

    Kept by its text: a pure reader needs some 100 ms for a template, and a check asks about the same text again.
    What comes back is read, never changed.
    """
    aliases = depth = 0
    for event in YAML(typ="rt", pure=True).parse(io.StringIO(text)):
        aliases += isinstance(event, AliasEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            mark = event.start_mark
            said = f"is nested deeper than {DEEPEST} levels"
            raise DocumentError([Problem("document", said, mark.line + 1, mark.column + 1)])
    if aliases > ALIASES:
        raise DocumentError([Problem("document", f"uses {aliases} aliases, {ALIASES} are allowed")])
    read = YAML(typ="rt", pure=True).load(io.StringIO(text))
    if not isinstance(read, dict):
        raise DocumentError([Problem("document", "is no mapping of names to values")])
    return read
