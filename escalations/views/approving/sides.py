"""Two texts side by side: lines that stayed are folded with their count, words that changed are marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

AROUND = 1  # unchanged lines shown on either side of a change
ALIKE = 0.3  # below this two lines have nothing to do with each other, and marking words only makes noise
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
# Longer texts are compared with difflib's short cut; below it would call frequent lines junk and miss changes.
EXACT = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a line; marked where they changed."""

    text: str
    marked: bool = False


@dataclass(slots=True)
class Row:
    """One line of the table: two lines beside each other, or a fold of `folded` lines that stayed."""

    old: list[Piece] = field(default_factory=list)
    new: list[Piece] = field(default_factory=list)
    old_no: int = 0
    new_no: int = 0
    changed: bool = False
    first: bool = False
    folded: int = 0
    said: list[Any] = field(default_factory=list)


def rows(before: str, after: str, *, whole: bool = False) -> list[Row]:
    """Both texts as rows; with `whole` nothing is folded. Two equal texts are one fold."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > EXACT)
    blocks = matcher.get_opcodes()
    found: list[Row] = []
    for place, (what, i, j, k, m) in enumerate(blocks):
        if what == "equal":
            same = [Row([Piece(old[i + n])], [Piece(new[k + n])], i + n + 1, k + n + 1) for n in range(j - i)]
            head, tail = place == 0, place == len(blocks) - 1
            found += same if whole else _folded(same, head=head, tail=tail)
        else:
            found += _beside(old, new, (i, j), (k, m))
    return found


def count(found: Sequence[Row]) -> int:
    """How many places changed."""
    return sum(row.first for row in found)


def _folded(same: list[Row], *, head: bool, tail: bool) -> Iterator[Row]:
    """Keep what stands next to a change."""
    above, below = (0 if head else AROUND), (0 if tail else AROUND)
    hidden = len(same) - above - below
    if hidden <= AROUND:
        yield from same
        return
    yield from same[:above]
    yield Row(folded=hidden)
    yield from same[len(same) - below :] if below else []


def _beside(old: list[str], new: list[str], was: tuple[int, int], now: tuple[int, int]) -> Iterator[Row]:
    for n in range(max(was[1] - was[0], now[1] - now[0])):
        i, k = was[0] + n, now[0] + n
        row = Row(changed=True, first=n == 0)
        before = old[i] if i < was[1] else None
        after = new[k] if k < now[1] else None
        row.old_no, row.new_no = (i + 1 if before is not None else 0), (k + 1 if after is not None else 0)
        row.old, row.new = _marked(before, after)
        yield row


def _marked(before: str | None, after: str | None) -> tuple[list[Piece], list[Piece]]:
    if before is None or after is None:
        return [Piece(before)] if before is not None else [], [Piece(after)] if after is not None else []
    one, two = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [Piece(before)], [Piece(after)]
    left: list[Piece] = []
    right: list[Piece] = []
    for what, i, j, k, m in matcher.get_opcodes():
        for pieces, text in ((left, "".join(one[i:j])), (right, "".join(two[k:m]))):
            if text:
                pieces.append(Piece(text, what != "equal"))
    return left, right
