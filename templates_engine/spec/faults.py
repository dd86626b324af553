"""A fault in the words of somebody who writes YAML: where it is, what was seen, what is allowed, what was meant."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

from templates_engine.spec.base import Problem

# What pydantic says in the words of a programmer; the rest is clear as it is.
_SAID = {
    "missing": "is missing",
    "extra_forbidden": "is no field here: {meant}",
    "literal_error": "is one of {expected}",
    "string_pattern_mismatch": "is written in small letters and digits, as {pattern} allows",
    "union_tag_not_found": "kind is missing: the first line says one of {kinds}",
    "union_tag_invalid": "kind {tag!r} is none of {kinds}",
    "string_type": "is text: put it in quotes",
    "int_type": "is a whole number",
    "int_parsing": "is a whole number",
    "float_type": "is a number",
    "bool_type": "is true or false",
    "list_type": "is a list",
    "dict_type": "is a mapping of names to values",
    "model_type": "is a mapping of names to values",
    "model_attributes_type": "is a mapping of names to values",
}
_UNKNOWN = re.compile(r"undeclared reference to '([\w.]+)'")


def problem(error: Any, body: Any, root: type[BaseModel] | None, kinds: str) -> Problem:
    """One of pydantic's errors about a body that is a document of the root model."""
    where = _place(error, body)
    path = ".".join(map(str, where)) or ("kind" if error["type"].startswith("union_tag") else "document")
    seen = error.get("input")
    shown = "" if isinstance(seen, dict | list) or error["type"] == "missing" else f" (saw {seen!r})"[:120]
    asked = error.get("ctx", {})
    allowed = {name: str(asked.get(name, "")) for name in ("expected", "pattern", "tag")}
    if error["type"] == "extra_forbidden":
        allowed["meant"], shown = _meant_field(where, root), ""
    said = _SAID.get(error["type"], "{msg}")
    return Problem(
        path, f"{said.format(msg=error['msg'].removeprefix('Value error, '), kinds=kinds, **allowed)}{shown}"
    )


def meant(name: str, known: Iterable[str]) -> str:
    """A question where a known name looks like this one, else nothing."""
    found = get_close_matches(name.casefold(), sorted(map(str, known)), n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else ""


def meant_fact(said: str, types: Mapping[str, str]) -> str:
    """What a condition's fault says, with the facts that may have been meant."""
    unknown = [name.removeprefix("known.") for name in _UNKNOWN.findall(said)]
    asked = [meant(name, types) for name in dict.fromkeys(unknown)]
    return " ".join([said, *(one for one in asked if one)])


def _place(error: Any, body: Any) -> list[str | int]:
    """The path through the body: pydantic also names the kind, and the forms of a union that it tried."""
    found: list[str | int] = []
    node, parts = body, list(error["loc"])
    for number, part in enumerate(parts):
        listed = isinstance(node, list) and isinstance(part, int) and part < len(node)
        if listed or (isinstance(node, dict) and part in node):
            node = node[part]
        elif not isinstance(part, int) and not (number == len(parts) - 1 and error["type"] == "missing"):
            continue
        found.append(part)
    return found


def _meant_field(where: list[str | int], root: type[BaseModel] | None) -> str:
    models = {root} if root else set()
    for part in where[:-1]:
        inner = {one for model in models if part in model.model_fields
                 for one in _models(model.model_fields[str(part)].annotation)}  # fmt: skip
        models = inner or models
    known = sorted({name for model in models for name in model.model_fields})
    return meant(str(where[-1]) if where else "", known) or f"known are {', '.join(known)}"


def _models(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {one for part in get_args(annotation) for one in _models(part)}
