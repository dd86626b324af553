"""A document as an outline that people read: templates as steps and clocks, the others as what they say."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML

from templates_engine.queries import MissingDocument, active_documents
from templates_engine.spec.documents import Document, SlaPolicy, Template
from templates_engine.spec.outline import outline

MOST = 400  # lines; what is longer is read as YAML
LONG = 160


GROUPS = {
    "trigger": "Starts",
    "owner": "Who has it",
    "clock": "Clocks",
    "step": "Steps",
    "branch": "Steps",
    "otherwise": "Steps",
    "exception": "Asks a person",
    "check": "Before it closes",
    "close": "Before it closes",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the outline and the line of the text it stands for; `group` begins a part with a heading."""

    level: int
    what: str
    words: str
    note: str = ""
    path: str = ""
    number: str = ""
    clock: str = ""
    when: str = ""
    group: str = ""
    line: int = 0


def rows(document: Document, body: dict[str, Any], text: str) -> list[Row]:
    """The outline of a document that was read from this text."""
    found = list(_template(document) if isinstance(document, Template) else _plain(body))[:MOST]
    read = YAML(typ="rt", pure=True).load(io.StringIO(text))
    return [replace(row, line=_line(read, row.path)) for row in found]


def _line(read: Any, path: str) -> int:
    """The line where a path stands, or its nearest parent's; 0 where the text says nothing of it."""
    node, line = read, -1
    for part in path.split(".") if path else ():
        try:
            listed = isinstance(node, list)
            key: Any = int(part) if listed else part
            line, node = (node.lc.item if listed else node.lc.key)(key)[0], node[key]
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            break
    return int(line) + 1


def _sla() -> SlaPolicy | None:
    try:
        return active_documents().sla
    except MissingDocument:
        return None


def _template(document: Template) -> Iterator[Row]:
    group = ""
    for one in outline(document, _sla()):
        named = GROUPS.get(one.what, "")
        yield Row(
            level=one.level,
            what=one.what,
            words=one.words,
            note=one.note,
            path=one.path,
            number=one.number,
            clock=one.clock,
            when=one.when,
            group=named if named != group else "",
        )
        group = named


def _plain(body: dict[str, Any]) -> Iterator[Row]:
    """Names and values, two levels deep, in the order they were written."""
    for name, value in body.items():
        if name in ("kind", "key", "title"):
            continue
        yield from _said(0, name.replace("_", " "), value, name)


def _said(level: int, name: str, value: Any, path: str) -> Iterator[Row]:
    if isinstance(value, dict) and not _flat(value):
        yield Row(level, "part", name, "", path)
        for key, one in value.items():
            yield from _said(level + 1, str(key), one, f"{path}.{key}")
    elif isinstance(value, list) and not _flat(value):
        yield Row(level, "part", name, f"{len(value)}", path)
        for number, one in enumerate(value):
            label = str(one.get("name") or one.get("id") or number + 1) if isinstance(one, dict) else str(number + 1)
            inner = {k: v for k, v in one.items() if k not in ("name", "id")} if isinstance(one, dict) else one
            yield from _said(level + 1, label, inner, f"{path}.{number}")
    else:
        yield Row(level, "value", name, _words(value), path)


def _flat(value: Any) -> bool:
    """Whether it fits on one line."""
    inner = value.values() if isinstance(value, dict) else value
    return not any(isinstance(one, dict | list) and one for one in inner) and len(_words(value)) <= LONG


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
