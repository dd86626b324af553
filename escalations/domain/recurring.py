"""Exceptions that are the same thing again, also under other names: groups, what each costs, what would end it."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from escalations.domain.likewords import plain, stems

# From here on two cases are the same exception. Chosen on the half of the labelled set that is for choosing.
ALIKE = 0.65
_WORDS, _LETTERS = 0.7, 0.3  # how much whole words count, and how much their letters (misspelling, word forms)
_BODY = 0.12  # how much the shape of the body adds to the text; alone it proves little, two senders rarely share it
_CONTRAST = 0.18  # how much it speaks against two texts that each has a word the other lacks
_NEAR_WORD = 75.0  # per cent: a misspelt word is the same word
_NEAR_VALUE = 88.0  # per cent: a misspelt value is the same value, unless it holds a digit
_NEAR_STEP = 80.0
_DEEPEST, _MOST_PATHS = 12, 400


@dataclass(frozen=True, slots=True)
class Item:
    """A case as it is compared. `key` is unique; `about` the values in question, such as the word no table knew.

    `names` (customers) are taken out of `text`; `shape` is what `shape_of` says of the body.
    """

    key: int
    reason: str
    text: str
    step: str = ""
    about: frozenset[str] = frozenset()
    shape: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class _Form:
    """What is left of an item; items with one form are never told apart."""

    reason: str
    step: str
    about: tuple[str, ...]
    stems: tuple[str, ...]
    shape: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are one exception, by key in ascending order. `words` is what most of them say, without names."""

    id: str
    keys: tuple[int, ...]
    reason: str
    step: str
    words: str


def group(items: Iterable[Item]) -> list[Group]:
    """Every item in exactly one group, the same for every order of the items.

    Whether two items belong together is seen from these two alone, and groups are what hangs together: one more
    item can join or bridge groups that it is like, and leaves all others as they were.
    """
    texts: dict[int, str] = {}
    members: dict[_Form, list[Item]] = defaultdict(list)
    forms: dict[tuple[object, ...], _Form] = {}
    for item in items:
        texts[item.key] = plain(item.text, item.names)
        seen = (item.reason, item.step, item.about, texts[item.key], item.shape)
        if seen not in forms:
            forms[seen] = _form(item, texts[item.key])
        members[forms[seen]].append(item)
    ordered = sorted(members)
    joined = _Union(len(ordered))
    blocks: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, form in enumerate(ordered):
        for key in _blocks(form):
            blocks[key].append(place)
    for block in blocks.values():
        _join(ordered, block, joined)
    together: dict[int, list[Item]] = defaultdict(list)
    for place, form in enumerate(ordered):
        together[joined.root(place)].extend(members[form])
    groups = (_group(ordered[root], held, texts) for root, held in together.items())
    return sorted(groups, key=lambda one: one.keys)


def shape_of(body: Any) -> frozenset[str]:
    """The JSON paths of a body; places in a list are one path. Deep and broad bodies are cut, always at one place."""
    return frozenset(path for path, _ in zip(_paths(body, "", 0), range(_MOST_PATHS), strict=False))


def _paths(body: Any, path: str, depth: int) -> Iterator[str]:
    if depth >= _DEEPEST:
        return
    if isinstance(body, Mapping):
        for name in sorted(map(str, body)):
            yield f"{path}.{name}"
            yield from _paths(body.get(name), f"{path}.{name}", depth + 1)
    elif isinstance(body, list):
        for one in body[:20]:
            yield from _paths(one, f"{path}[]", depth + 1)


def _form(item: Item, text: str) -> _Form:
    step = " ".join(stems(plain(item.step.replace("-", " ").replace("_", " "))))
    about = tuple(sorted({" ".join(one.split()).casefold() for one in item.about}))
    return _Form(item.reason, step, about, stems(text), tuple(sorted(item.shape)))


def _blocks(form: _Form) -> Iterator[tuple[object, ...]]:
    """Where it may meet its like.

    Two sets of words that share so much share one of their first words in any fixed order (prefix filtering). The
    order is by length: long words are rare, and which come first must not hang on what else there is.
    """
    if not form.stems:
        yield (form.reason, form.step, "values" if form.about else "body", form.about or form.shape)
    ordered = sorted(form.stems, key=lambda word: (-len(word), word))
    for word in ordered[: len(ordered) - int(len(ordered) * 0.3)]:
        yield (form.reason, len(form.about), word)


def _join(forms: Sequence[_Form], block: Sequence[int], joined: "_Union") -> None:
    """Join what is one exception in a block; pairs that hang together already are not looked at again."""
    if not forms[block[0]].stems:  # without words, what the block has in common is all there is
        for other in block[1:]:
            joined.join(block[0], other)
        return
    rows = [forms[place].stems for place in block]
    lowest = (ALIKE - _BODY) / (1 - _BODY)
    for at, place in enumerate(block):
        root = joined.root(place)
        later = {beyond: row for beyond, row in enumerate(rows[at + 1 :], at + 1) if joined.root(block[beyond]) != root}
        found = process.extract_iter(
            rows[at],
            later,
            scorer=Indel.normalized_similarity,
            processor=None,
            score_cutoff=max((lowest - _LETTERS) / _WORDS, 0.0),
        )
        for _, words, beyond in found:
            one, like = forms[place], forms[block[beyond]]
            if (
                joined.root(place) != joined.root(block[beyond])
                and _compatible(one, like)
                and _score(one, like, words) >= ALIKE
            ):
                joined.join(place, block[beyond])


def _score(one: _Form, other: _Form, words: float) -> float:
    """How alike, 0 to 1; `words` is how alike the sets of their words are."""
    text = _WORDS * words + _LETTERS * fuzz.ratio(" ".join(one.stems), " ".join(other.stems)) / 100
    if _contrast(one.stems, other.stems):
        text -= _CONTRAST
    bodies = _overlap(one.shape, other.shape)
    return text if bodies is None else (1 - _BODY) * text + _BODY * bodies


def _contrast(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether each has a word of its own: "disk low" against "disk full" says more than "disk low on a volume"."""
    left, right = set(one) - set(other), set(other) - set(one)
    unlike = [word for word in left if not any(fuzz.ratio(word, near) >= _NEAR_WORD for near in right)]
    return bool(unlike) and len(right) > len(left) - len(unlike)


def _compatible(one: _Form, other: _Form) -> bool:
    """Not two questions: the same step, and where both are about values, the same values."""
    if one.step != other.step and (not one.step or not other.step or fuzz.ratio(one.step, other.step) < _NEAR_STEP):
        return False
    return one.about == other.about or (
        len(one.about) == len(other.about) and all(map(_same_value, one.about, other.about))
    )


def _same_value(one: str, other: str) -> bool:
    if one == other:
        return True
    return not any(map(str.isdigit, one + other)) and fuzz.ratio(one, other) >= _NEAR_VALUE


def _overlap(one: Sequence[str], other: Sequence[str]) -> float | None:
    if not one or not other:
        return None
    left, right = set(one), set(other)
    return len(left & right) / len(left | right)


class _Union:
    """Union-find over places; the root of a set is its first place, whatever the order of joining."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, place: int) -> int:
        """The first place that hangs together with this one."""
        above = self._above
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    def join(self, one: int, other: int) -> None:
        """From now on they hang together."""
        first, second = sorted((self.root(one), self.root(other)))
        self._above[second] = first


def _group(root: _Form, held: Sequence[Item], texts: Mapping[int, str]) -> Group:
    said = Counter(texts[item.key] for item in held)
    words = min(said, key=lambda text: (not text, -said[text], len(text), text))
    steps = Counter(item.step for item in held)
    digest = hashlib.sha256(json.dumps([root.reason, root.step, root.about, root.stems, root.shape]).encode())
    return Group(
        id=digest.hexdigest()[:12],
        keys=tuple(sorted(item.key for item in held)),
        reason=root.reason,
        step=min(steps, key=lambda step: (-steps[step], step)),
        words=words,
    )


WEEKS = 8
EVERY_WEEK = 4  # so many weeks in a row make a design fault


@dataclass(frozen=True, slots=True)
class Span:
    """When a case was opened, claimed and decided."""

    opened: datetime
    claimed: datetime | None
    decided: datetime | None


@dataclass(frozen=True, slots=True)
class Cost:
    """`hours` from opened to decided (to now where it waits), summed; `handling` in minutes from claimed to decided.

    `timed` is how many cases `handling` is known of. `weeks` counts by opening, oldest first; a week ends now.
    `fault`: it happened in each of the last EVERY_WEEK weeks.
    """

    hours: float
    handling: float
    timed: int
    waiting: int
    weeks: tuple[int, ...]
    fault: bool


def cost(spans: Iterable[Span], *, now: datetime, weeks: int = WEEKS) -> Cost:
    """What a group has cost so far."""
    waited, handling, timed, waiting = timedelta(), timedelta(), 0, 0
    counts = [0] * weeks
    for span in spans:
        waited += max((span.decided or now) - span.opened, timedelta())
        waiting += span.decided is None
        if span.claimed and span.decided:
            handling += max(span.decided - span.claimed, timedelta())
            timed += 1
        ago = max(now - span.opened, timedelta()) // timedelta(weeks=1)
        if ago < weeks:
            counts[weeks - 1 - ago] += 1
    return Cost(
        hours=waited.total_seconds() / 3600,
        handling=handling.total_seconds() / 60,
        timed=timed,
        waiting=waiting,
        weeks=tuple(counts),
        fault=all(counts[-EVERY_WEEK:]),
    )
