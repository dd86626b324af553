"""Random conditions, seeded: none takes long, none raises anything but the language's own error.

The suite plays a sample. All of them, with figures:

    python -m tests.templates_engine.fuzz 100000
"""

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from templates_engine.spec import conditions

SEED = 20261121
# Milliseconds of processor time that compiling and evaluating one condition may take.
LIMIT = 50.0
TYPES = {**conditions.BUILT_IN, "affected": "int", "tags": "list", "sentiment": "double", "at": "timestamp",
         "title": "string", "flag": "bool"}  # fmt: skip
VALUES: tuple[dict[str, Any], ...] = (
    {},
    {"severity": "critical", "tier": "enterprise", "amount": 120000, "affected": 40, "tags": ["vip"] * 200,
     "sentiment": -0.5, "at": "2026-11-21T05:00:00+00:00", "now": "2026-11-21T06:00:00+00:00", "title": "a" * 4000,
     "flag": True, "account": "acme", "source": "generic", "renews_in_days": 3},
    {"severity": "\ud800", "amount": 2**70, "affected": "many", "tags": "vip", "sentiment": float("nan"), "at": 7,
     "title": "\x00", "flag": None},
)  # fmt: skip
_WORDS = [
    *TYPES, *(f"known.{name}" for name in TYPES), *'()[]{}!<+-*/%?:.,"10\n\x00\ud800é💥',
    "&&", "||", "==", "!=", ">=", "'x'", "9223372036854775807", "1e999", "2.5", "true", "null", "in", "size(", "has(",
    "tags.all(x,", "tags.exists(x,", "tags.map(x,", "tags.filter(x,", ".matches('(a+)+$')", ".contains(",
    "duration('9h')", "timestamp('x')", "now.getHours('Mars')", "b'\\xff'", "r'\\d'", "'''", "//", "\u202e",
    "[1,2,3,4,5,6,7,8,9,10]",
]  # fmt: skip
_TEXTS = ["title", "severity", "account", "'a'", "title + title"]
_NUMBERS = ["affected", "amount", "renews_in_days", "1", "size(tags)", "size(title)", "affected * affected"]


@dataclass(slots=True)
class Figures:
    """What a run showed; times in milliseconds of processor time."""

    count: int = 0
    compiled: int = 0
    slowest: float = 0.0
    worst: str = ""
    late: list[tuple[float, str]] = field(default_factory=list)
    spent: float = 0.0


def sources(count: int, seed: int = SEED) -> Iterator[str]:
    """So many conditions: half of them well formed, the others words in any order, bombs and single faults."""
    dice = random.Random(seed)
    for _ in range(count):
        yield dice.choice((_formed, _formed, _formed, _jumble, _broken, _bomb))(dice)


def run(count: int, seed: int = SEED) -> Figures:
    """Compile and evaluate them; raises whatever is no ConditionError."""
    figures = Figures()
    begun = time.process_time()
    for source in sources(count, seed):
        spent = _one(source, figures)
        if spent > LIMIT:
            # A garbage collection or the machine itself may have been in the way: what is slow is slow again.
            conditions._compiled.cache_clear()
            spent = min(spent, *(_again(source) for _ in range(2)))
        if spent > figures.slowest:
            figures.slowest, figures.worst = spent, source
        if spent > LIMIT:
            figures.late.append((spent, source))
    figures.spent = (time.process_time() - begun) * 1000
    return figures


def _one(source: str, figures: Figures) -> float:
    begun = time.process_time()
    figures.count += 1
    try:
        made = conditions.compile(source, TYPES)
    except conditions.ConditionError:
        return (time.process_time() - begun) * 1000
    figures.compiled += 1
    spent = time.process_time() - begun
    for values in VALUES:
        begun = time.process_time()
        assert made.evaluate(values) in {True, False, None}
        spent = max(spent, time.process_time() - begun)
    return spent * 1000


def _again(source: str) -> float:
    conditions._compiled.cache_clear()
    return _one(source, Figures())


def _formed(dice: random.Random, depth: int = 0) -> str:
    if depth > 4 or dice.random() < 0.35:
        return _leaf(dice)
    kind, one = dice.randrange(6), _formed(dice, depth + 1)
    match kind:
        case 0:
            return f"!({one})"
        case 1:
            return f"tags.{dice.choice(('all', 'exists', 'exists_one'))}(t{depth}, {one})"
        case 2:
            return f"({one} ? {_formed(dice, depth + 1)} : {_formed(dice, depth + 1)})"
        case _:
            return f"({one} {dice.choice(('&&', '||'))} {_formed(dice, depth + 1)})"


def _leaf(dice: random.Random) -> str:
    text, number = dice.choice(_TEXTS), dice.choice(_NUMBERS)
    return dice.choice((
        f"known.{dice.choice(list(TYPES))}", f"{text} == {dice.choice(_TEXTS)}", f"{number} >= {dice.choice(_NUMBERS)}",
        f"{text}.matches({_pattern(dice)})", f"{text}.contains({dice.choice(_TEXTS)})", f"{text} in tags",
        f"sentiment < {dice.uniform(-1, 1):.3f}", "at < now", "now - at > duration('30m')", "flag",
        f"now.getDayOfWeek('Europe/Berlin') == {dice.randrange(7)}", f"{number} / {dice.choice(('0', number))} > 1",
    ))  # fmt: skip


def _pattern(dice: random.Random) -> str:
    return dice.choice(("'^(a+)+$'", "'(a|a)*b'", "'(?i)x{1,99}'", "'[^a]*'", "'('", "title", "'((a{1,9}){1,9}){1,9}'"))


def _jumble(dice: random.Random) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(dice.randrange(1, 30)))


def _broken(dice: random.Random) -> str:
    source = list(_formed(dice))
    for _ in range(dice.randrange(1, 4)):
        source[dice.randrange(len(source))] = dice.choice((*"()[]'\"!&|.,?", "", "\x00", "é"))
    return "".join(source)


def _bomb(dice: random.Random) -> str:
    deep = dice.randrange(2, 400)
    loop = "true"
    for number in range(dice.randrange(1, 7)):
        loop = f"{dice.choice(('tags', '[1,2,3,4,5,6,7,8,9]'))}.all(v{number}, {loop})"
    return dice.choice((
        loop, "(" * deep + "true" + ")" * deep, "!" * deep + "true", " && ".join(["flag"] * deep),
        " || ".join([f"title == 'x{deep}'"] * deep), "title" + " + title" * deep + " == ''", "[" * deep + "]" * deep,
        f"title.matches('{'(' * deep}a{')' * deep}')", f"'{'a' * deep * 12}' == title", "- " * deep + "1 == 1",
        "flag ? " * deep + "true" + " : false" * deep,
    ))  # fmt: skip


def main() -> None:
    """Print the figures of a run."""
    figures = run(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    print(f"{figures.count} conditions, {figures.compiled} of them compiled, {figures.spent / 1000:.1f} s of processor")
    print(f"slowest {figures.slowest:.1f} ms, above {LIMIT:.0f} ms: {len(figures.late)}")
    print(f"the slowest: {figures.worst[:300]!r}")
    sys.exit(1 if figures.late else 0)


if __name__ == "__main__":
    main()
