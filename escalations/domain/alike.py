"""Which cases ask the same thing, and which answers say the same: what evidence and deciding together rest on."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 160  # characters of either key
# Answers in one's own words differ in every case; what was done is the same.
_FREE = frozenset({"problem", "join", "ignore", "retry", "seen", "asked"})
_QUOTING = frozenset({"severity_unclear", "tier_missing", "fact_unclear"})
_CHOOSING = frozenset({"templates_tie", "condition_unresolved"})


def kind(reason: str, field: str, source: str, known: Mapping[str, Any]) -> str:
    """The class of a case: the same reason about the same field, from the same sources, about the same value.

    `source` is the slug of the source whose signal stopped, or empty.
    """
    return _short(":".join([reason, _stem(field), *_about(reason, source, known)]))


def said(reason: str, answer: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """What an answer comes to, so that answers of different cases can be counted together.

    Where sources disagree that is whom it believes, not the value: "believes hubspot".
    """
    told = {name: value for name, value in answer.items() if name != "title"}
    free = sorted(_FREE & told.keys())
    if free:
        return free[0]
    if reason == "sources_disagree" and len(told) == 1:
        (value,) = told.values()
        believed = sorted({_plain(one.get("source")) for one in _says(known) if _same(one.get("value"), value)})
        return _short(f"believes {'+'.join(believed)}" if believed else f"neither: {_plain(value)}")
    return _short(", ".join(f"{name}={_plain(value)}" for name, value in sorted(told.items())))


def _about(reason: str, source: str, known: Mapping[str, Any]) -> Sequence[str]:
    says = _says(known)
    if reason == "sources_disagree":
        return ["+".join(sorted({_plain(one.get("source")) for one in says}))]
    if reason in _QUOTING:
        return ["+".join(sorted({f"{_plain(one.get('source'))}={_plain(one.get('value'))}" for one in says}))]
    if reason in _CHOOSING:
        return ["+".join(sorted(map(_plain, known.get("templates") or [])))]
    if reason == "field_invalid":
        return [source, "+".join(sorted({f"{_plain(one.get('source'))} {_plain(one.get('rule'))}" for one in says}))]
    if reason == "exception_path":
        return ["+".join(sorted({f"{_plain(one.get('source'))} {_plain(one.get('value'))}" for one in says}))]
    if reason == "owner_unknown":
        return ["+".join(sorted(map(_plain, known.get("missing") or [])))]
    return [source] if source else []


def _says(known: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    says = known.get("says")
    return [one for one in says if isinstance(one, Mapping)] if isinstance(says, list) else []


def _stem(field: str) -> str:
    """A list of record ids (records that overlap) says nothing about the kind of question."""
    return "" if field.replace(",", "").isdigit() else field


def _same(one: Any, other: Any) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, sort_keys=True, default=str)
    return " ".join(text.split()).casefold()


def _short(key: str) -> str:
    if len(key) <= LONGEST:
        return key
    return f"{key[: LONGEST - 17]}~{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
