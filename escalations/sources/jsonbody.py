"""JSON read strictly: what two readers could understand differently is refused (RFC 8259, I-JSON RFC 7493)."""

import json
import math
import re
from itertools import accumulate
from typing import Any

from escalations.sources.base import Unreadable

# reliability.md, fault 23: deep nesting exhausts the stack of whoever reads it.
DEPTH = 64
# Possessive, and content with a string that never ends: each byte is looked at once, whatever the quotes and slashes.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
# Read as signed bytes, an opening bracket is one step down and a closing one a step up.
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_REST = bytes(byte for byte in range(256) if byte not in b"[]{}")


def parse(body: bytes) -> Any:
    """The value of a JSON body; raises Unreadable and nothing else."""
    try:
        text = body.decode(json.detect_encoding(body)).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as fault:
        raise Unreadable("encoding", f"not valid {json.detect_encoding(body)}") from fault
    if not text.strip():
        raise Unreadable("empty", "the body is empty")
    try:
        _measure(text.encode("utf-8", "surrogatepass"))
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, parse_float=_finite)
    except Unreadable:
        raise
    except (ValueError, RecursionError, MemoryError) as fault:
        raise Unreadable("not_json", str(fault)) from fault


def _measure(text: bytes) -> None:
    """Refuse nesting deeper than a reader should have to follow, before one does; in C, for bodies are big."""
    steps = memoryview(_STRINGS.sub(b"", text).translate(_STEPS, _REST)).cast("b")
    if max(accumulate(steps), default=0) > DEPTH:
        raise Unreadable("too_deep", f"nested deeper than {DEPTH}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]  # add is the marker
        raise Unreadable("duplicate_key", f"{twice!r} is given twice")
    return found


def _refuse(name: str) -> Any:
    raise Unreadable("not_a_number", f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Unreadable("number_too_large", f"{text[:40]} is out of range")
    return value
