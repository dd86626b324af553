"""What changed between two bodies of one document, in sentences.

Parts of a list are matched by what names them (id, name, reason …), never by their place: a step that moved is one
step that moved. Bodies may be faulty; nothing here raises.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from templates_engine.spec import phrases

# What names a part of a list, the surest first.
_NAMES = ("id", "key", "name", "reason", "system", "field", "section", "phase", "when", "within_days", "at_least")
# What one part of such a list is called.
_PARTS = {
    "steps": "step",
    "then": "step",
    "otherwise": "step",
    "qa": "check",
    "exceptions": "exception path",
    "variants": "variant",
    "choices": "answer",
    "account": "account identifier",
    "renewal": "renewal band",
    "amount": "amount band",
    "guards": "guard",
    "phases": "phase",
    "severities": "severity",
}
_CLOSES = {
    "qa": "by itself when the checks have passed",
    "manual": "by hand",
    "None": "by itself when the checks have passed",
}
# Mappings whose every entry is a change of its own, even where all of them are new.
_NAMED_ONE_BY_ONE = frozenset({"clocks", "close", "owners", "severity", "facts", "fields", "levels", "data"})
_SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `path` leads into the newer body, or into the older one where the thing is gone."""

    path: str
    before: Any
    after: Any
    words: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the comparison is: the two paths, and the words that lead there."""

    path: str = ""
    words: str = ""
    name: str = ""

    def into(self, part: str, words: str | None = None) -> "_Place":
        said = phrases.field(part) if words is None else words
        path = f"{self.path}.{part}" if self.path else part
        return _Place(path, f"{self.words}, {said}" if self.words else phrases.capital(said), part)

    def part(self, number: int, words: str) -> "_Place":
        """A part of a list: its words stand for themselves, behind the part they are in."""
        return _Place(f"{self.path}.{number}", words, self.name)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every difference, in the order of the newer body; nothing for two equal ones."""
    return list(_mapping(_Place(), before, after))


def _any(place: _Place, before: Any, after: Any) -> Iterator[Change]:
    if before == after and type(before) is type(after):
        return
    if phrases.is_owner(before) or phrases.is_owner(after):
        yield _changed(place, before, after)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mapping(place, before, after)
    elif isinstance(before, list) and isinstance(after, list) and _parts(before) and _parts(after):
        yield from _list(place, before, after)
    else:
        yield _changed(place, before, after)


def _mapping(place: _Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in [*after, *(name for name in before if name not in after)]:
        inner = place.into(str(name), "Escalation owner" if place.name == "owners" and name == "escalation" else None)
        if place.name == "owners" and name != "escalation":
            inner = _Place(inner.path, f"{phrases.capital(str(name))} owner", str(name))
        elif place.name in ("clocks", "owners"):
            inner = _Place(inner.path, phrases.capital(inner.words.rsplit(", ", 1)[-1]), str(name))
        yield from _member(inner, before.get(name), after.get(name))


def _member(place: _Place, before: Any, after: Any) -> Iterator[Change]:
    """A part that one side lacks is compared with an empty one of its kind, so that each thing in it is named."""
    if before is None and isinstance(after, list) and _parts(after):
        before = []
    elif after is None and isinstance(before, list) and _parts(before):
        after = []
    elif before is None and isinstance(after, Mapping) and not phrases.is_owner(after) and not _small(place, after):
        before = {}
    elif after is None and isinstance(before, Mapping) and not phrases.is_owner(before) and not _small(place, before):
        after = {}
    yield from _any(place, before, after)


def _small(place: _Place, value: Mapping[str, Any]) -> bool:
    return place.name not in _NAMED_ONE_BY_ONE and all(isinstance(one, _SCALARS) for one in value.values())


def _changed(place: _Place, before: Any, after: Any) -> Change:
    old, new = phrases.value(before, place.name), phrases.value(after, place.name)
    if place.path == "close.when":
        words = f"Closes {_CLOSES.get(str(before), old)} → {_CLOSES.get(str(after), new)}"
    elif place.name in phrases.FIELDS and phrases.FIELDS[place.name].endswith("within"):
        words = f"{place.words} {'(nothing)' if before is None else old} → {'(nothing)' if after is None else new}"
    elif before is None:
        words = f"{place.words}: {new} (new)"
    elif after is None:
        words = f"{place.words}: {old} (no longer said)"
    else:
        words = f"{place.words}: {old} → {new}"
    return Change(place.path, before, after, words)


def _parts(rows: list[Any]) -> bool:
    return all(isinstance(one, Mapping) and not phrases.is_owner(one) for one in rows)


def _list(place: _Place, before: list[Any], after: list[Any]) -> Iterator[Change]:
    """Parts by their names: what is new, what is gone, what moved, and what changed inside."""
    old, new = _by_name(before), _by_name(after)
    what = _PARTS.get(place.name, place.name.removesuffix("s") or "part")
    stayed = _stayed([name for name in old if name in new], [name for name in new if name in old])
    above = ""
    for number, (name, row) in enumerate(new.items()):
        here = place.part(number, phrases.capital(f"{what} '{name}'"))
        if name not in old:
            yield Change(here.path, None, row, _new(what, name, row, above))
        else:
            if name not in stayed:
                words = f"{here.words} now comes {_after(above)}"
                yield Change(here.path, name, name, words)
            yield from _any(here, old[name], row)
        above = name
    for number, (name, row) in enumerate(old.items()):
        if name not in new:
            words = f"{phrases.capital(what)} '{name}' is gone{_means(what, row)}"
            yield Change(f"{place.path}.{number}", row, None, words)


def _new(what: str, name: str, row: Mapping[str, Any], above: str) -> str:
    if what == "exception path":
        words = f"New exception path: {phrases.value(row.get('reason'))}"
        return f"{words}, when {phrases.value(row['when'], 'when')}" if row.get("when") else words
    where = f" {_after(above)}" if what == "step" else ""
    return f"New {what} '{name}'{where}{_means(what, row)}"


def _means(what: str, row: Mapping[str, Any]) -> str:
    """What a part says, in short."""
    if what == "step":
        said = [phrases.step(row), phrases.clock(row)]
        return f": {', '.join(one for one in said if one)}"
    rest = {key: one for key, one in row.items() if key not in ("id", "key", "name")}
    return f": {phrases.value(rest)}" if rest else ""


def _after(above: str) -> str:
    return f"after '{above}'" if above else "first"


def _by_name(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The parts by name; one without a name, or with another's, is named by its place."""
    named: dict[str, Mapping[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        said = next((row[name] for name in _NAMES if isinstance(row.get(name), str | int)), None)
        name = str(number) if said is None else str(said)
        named[name if name not in named else f"{name} ({number})"] = row
    return named


def _stayed(old: list[str], new: list[str]) -> set[str]:
    """The names whose order among each other is the same: the others moved."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {old[block.a + offset] for block in blocks for offset in range(block.size)}
