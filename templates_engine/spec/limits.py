"""What a condition may cost, told from its text before it is compiled, so that none takes longer than a blink.

The language itself bounds recursion and the turns of loops, but not what one turn costs: a pattern is compiled anew
in each. So loops do not stand inside loops, and patterns are written out, short, and plain where they are in a loop.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

LOOPS = ("all", "exists", "exists_one", "map", "filter")
MOST_LOOPS = 4
MOST_PATTERNS = 16
# Patterns inside loops: each is compiled once a turn.
MOST_INSIDE = 2
LONGEST_PATTERN = 200
LONGEST_INSIDE = 80
# "a{1,9}{1,9}" stands for 81 letters: what is written short must not become long.
MOST_COPIES = 60
DEEPEST = 30
_TOKENS = re.compile(
    r"//[^\n]*"
    r"|[rRbB]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"|[A-Za-z_]\w*|\d[\w.]*|\S",
    re.DOTALL,
)
_TEXT = re.compile(r"^[rRbB]{0,2}[\"']")
_COPIES = re.compile(r"\{(\d{1,9})?(?:,(\d{1,9})?)?\}")


@dataclass(frozen=True, slots=True)
class Excess:
    """What is too much, and where it begins (characters from the start)."""

    words: str
    at: int


def excess(source: str) -> Excess | None:
    """The first thing that could cost too much; None for what is always cheap."""
    return next(_excesses([(one.group(), one.start()) for one in _TOKENS.finditer(source)
                           if not one.group().startswith("//")]), None)  # fmt: skip


def _excesses(tokens: list[tuple[str, int]]) -> Iterator[Excess]:
    frames: list[bool] = []
    loops = patterns = inside = 0
    for number, (word, at) in enumerate(tokens):
        called = number + 1 < len(tokens) and tokens[number + 1][0] == "("
        if word in "([{":
            loop = word == "(" and _is_loop(tokens, number)
            if loop and any(frames):
                yield Excess("a loop inside a loop is not allowed", at)
            loops += loop
            frames.append(loop)
        elif word in ")]}" and frames:
            frames.pop()
        elif word == "matches" and called:
            patterns, inside = patterns + 1, inside + any(frames)
            yield from _pattern(tokens, number, inside=any(frames))
        yield from _too_many(at, loops, patterns, inside, len(frames))


def _too_many(at: int, loops: int, patterns: int, inside: int, depth: int) -> Iterator[Excess]:
    for count, most, what in (
        (loops, MOST_LOOPS, "loops"),
        (patterns, MOST_PATTERNS, "patterns"),
        (inside, MOST_INSIDE, "patterns inside loops"),
        (depth, DEEPEST, "brackets inside each other"),
    ):
        if count > most:
            yield Excess(f"has more than {most} {what}", at)


def _is_loop(tokens: list[tuple[str, int]], number: int) -> bool:
    return number >= 2 and tokens[number - 1][0] in LOOPS and tokens[number - 2][0] == "."


def _pattern(tokens: list[tuple[str, int]], number: int, *, inside: bool) -> Iterator[Excess]:
    """The argument of `.matches(` is one text, written out."""
    at = tokens[number][1]
    argument = [one for one, _ in tokens[number + 2 : number + 4]]
    if number == 0 or tokens[number - 1][0] != "." or len(argument) < 2 or not _TEXT.match(argument[0]):
        yield Excess("a pattern is written out: text.matches('pattern')", at)
        return
    if argument[1] != ")":
        yield Excess("a pattern is one text, written out", at)
    pattern = argument[0]
    if len(pattern) > (LONGEST_INSIDE if inside else LONGEST_PATTERN):
        yield Excess(f"a pattern is longer than {LONGEST_INSIDE if inside else LONGEST_PATTERN} characters", at)
    copies = prod(max([1, *(int(one) for one in found if one)]) for found in _COPIES.findall(pattern) if any(found))
    if copies > MOST_COPIES:
        yield Excess(f"the repetitions of a pattern multiply to {copies}; {MOST_COPIES} are allowed", at)
    if inside and (copies > 1 or "\\p" in pattern.casefold()):
        yield Excess("a pattern inside a loop has no {repetition} and no \\p class", at)
