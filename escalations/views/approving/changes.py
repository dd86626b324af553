"""What changes in plain words, each sentence with the line it is about, and what was said there."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from escalations.queries.library import name_of
from escalations.views.approving import sides
from templates_engine.models import Remark, Version
from templates_engine.spec import diffing


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the summary: what comes before the arrow and after it, and the line it leads to."""

    path: str
    words: str
    now: str
    line: int
    gone: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark as it is read: by whom, whether they had a hand in the text, and where it belongs."""

    remark: Remark
    who: str
    role: str
    line: int


def said(before: Version | None, after: Version) -> list[Said]:
    """Every change against the version before; nothing where there is none, or a body can not be compared."""
    if before is None or not isinstance(after.body, dict) or not isinstance(before.body, dict):
        return []
    found = diffing.compare(before.body, after.body)
    new = lines(after.text, [one.path for one in found])
    old = lines(before.text, [one.path for one in found if one.after is None])
    return [_said(one, new, old) for one in found]


def _said(change: diffing.Change, new: dict[str, int], old: dict[str, int]) -> Said:
    gone = change.after is None
    words, now = change.words, ""
    if words.count(" → ") == 1:
        words, _, now = words.partition(" → ")
    return Said(change.path, words, now, (old if gone else new).get(change.path, 0), gone)


def lines(text: str, paths: Iterable[str]) -> dict[str, int]:
    """The line of each path, or of its nearest parent; empty for a text that can not be read."""
    try:
        read = YAML(typ="rt", pure=True).load(io.StringIO(text))
    except YAMLError:
        return {}
    return {path: _line(read, path) for path in dict.fromkeys(paths)}


def _line(read: Any, path: str) -> int:
    node, line = read, 0
    for part in path.split(".") if path else ():
        try:
            listed = isinstance(node, list)
            key: Any = int(part) if listed else part
            line = (node.lc.item if listed else node.lc.key)(key)[0] + 1
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            break
    return line


def comments(version: Version, hands: set[int]) -> list[Comment]:
    """The discussion, the oldest first; an author is named as one."""
    rows = list(version.remarks.select_related("by__person").order_by("pk"))
    known = lines(version.text, [one.path for one in rows if one.path])
    return [
        Comment(one, name_of(one.by), "author" if one.by_id in hands else "", known.get(one.path, 0)) for one in rows
    ]


def anchored(rows: Sequence[sides.Row], found: Sequence[Comment]) -> None:
    """Hang what was said about a field under its line, where that line is shown."""
    by_line: dict[int, list[Comment]] = {}
    for one in found:
        if one.line:
            by_line.setdefault(one.line, []).append(one)
    for row in rows:
        row.said = by_line.get(row.new_no, []) if row.new_no else []
