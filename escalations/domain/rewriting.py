"""Small changes to a document's text: what its author wrote, comments and all, stays as it is around them."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

_UNWRAPPED = 4096  # columns: a long line of the author's is not broken


@dataclass(frozen=True, slots=True)
class Edit:
    """One change at a path: `set` a value, making what is missing on the way; `first` puts an item before a list's;
    `drop` takes an item out of a list."""

    path: tuple[str | int, ...]
    value: Any = None
    do: Literal["set", "first", "drop"] = "set"


def rewrite(text: str, edits: Sequence[Edit]) -> str:
    """The text after the edits. Raises KeyError, IndexError or TypeError where a path leads through nothing."""
    yaml = _like(text)
    read = yaml.load(text)
    for edit in edits:
        _apply(read, edit)
    out = io.StringIO()
    yaml.dump(read, out)
    return out.getvalue()


def _apply(node: Any, edit: Edit) -> None:
    *way, last = edit.path
    for part in way:
        if isinstance(node, dict) and part not in node:
            node[part] = CommentedMap()
        node = node[part]
    if edit.do == "set":
        node[last] = edit.value
    elif edit.do == "first":
        node[last].insert(0, edit.value)
    else:
        del node[last]


def _like(text: str) -> YAML:
    """A writer that keeps the author's habits: quotes, long lines, and how far lists stand in."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = _UNWRAPPED
    flush = re.search(r"^(?P<by> *)[\w-]+:[^\n]*\n(?P=by)- ", text, re.MULTILINE)
    if flush:
        yaml.indent(mapping=2, sequence=2, offset=0)
    else:
        yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
