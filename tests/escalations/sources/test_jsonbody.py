"""Bodies read strictly: the suite of others, what readers disagree about, and what size costs."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.sources import jsonbody
from escalations.sources.base import Unreadable
from tests.corpora import json_suite

SUITE = json_suite()
# Valid JSON that two readers may understand differently: kept raw, and a person looks.
TWICE = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
MB = 1024 * 1024


def code(body: bytes) -> str:
    """Why the body can not be read; empty when it can."""
    try:
        jsonbody.parse(body)
    except Unreadable as fault:
        return fault.code if len(str(fault)) < 300 else "wordy"
    return ""


def test_what_must_be_read_is_read_and_what_must_be_refused_is_refused() -> None:
    """Every file of JSONTestSuite; nothing but Unreadable is ever raised."""
    assert len(SUITE) == 340
    verdicts = {name: code(body) for name, body in SUITE.items()}
    assert {name for name, why in verdicts.items() if name.startswith("n_") and not why} == set()
    assert {name: why for name, why in verdicts.items() if name.startswith("y_") and why} == dict.fromkeys(
        TWICE, "duplicate_key"
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"\xff\xfe", "empty"),
        (b'{"a": NaN}', "not_a_number"),
        (b"[-Infinity]", "not_a_number"),
        (b"[1e999]", "number_too_large"),
        (b"[" + b"9" * 5000 + b"]", "not_json"),
        (b'{"a":1,"a":1}', "duplicate_key"),
        (b'{"a":1,"\\u0061":2}', "duplicate_key"),
        (b"[" * 64 + b"]" * 64, ""),
        (b"[" * 65 + b"]" * 65, "too_deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'["' + b"[" * 500 + b'"]', ""),
        (b'["\\"' + b"[" * 500 + b'"]', ""),
        (b'["\\\\"' + b"[" * 500, "too_deep"),
        (b'"' + b"[" * 500, "not_json"),
        ('["é"]'.encode("utf-16"), ""),
        ('["é"]'.encode("utf-32"), ""),
        ('["é"]'.encode("utf-8-sig"), ""),
        (b'["\xff"]', "encoding"),
        (b'["\xed\xa0\x80"]', "encoding"),
        (b'["\\ud800"]', ""),
        (b'["\\u0000"]', ""),
        (b"\x00\x00\x00\x00", "not_json"),
    ],
)
def test_edges(body: bytes, why: str) -> None:
    """Depth, numbers, keys, encodings."""
    assert code(body) == why


LEAVES = st.text() | st.integers(-(2**70), 2**70) | st.booleans() | st.none()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(VALUES)
def test_what_json_says_comes_back(value: object) -> None:
    """Any value survives, whichever way it is written."""
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert jsonbody.parse(text.encode()) == value


@given(st.binary(max_size=300) | st.text('[]{}",:\\ 1en', max_size=300).map(str.encode))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    """Unreadable or a value."""
    code(body)


@pytest.mark.parametrize(
    "body",
    [
        lambda size: b"[" * size,
        lambda size: b"[" + b"[]," * (size // 3) + b"[]]",
        lambda size: b'"' + b'\\"' * (size // 2),
        lambda size: b'"' * size,
        lambda size: b"\\" * size,
        lambda size: b"[" + b"1," * (size // 2) + b"1]",
        lambda size: b"9" * size,
        lambda size: b'["' + b"a" * size + b'"]',
        lambda size: b"{" + b",".join(b'"%d":1' % number for number in range(size // 50)) + b"}",
    ],
    ids=["opens", "pairs", "slashed quotes", "quotes", "slashes", "ones", "digits", "text", "keys"],
)
def test_the_cost_grows_with_the_length(body: Callable[[int], bytes]) -> None:
    """A string that never ends once cost the square of its length: 64 times for a body 8 times as long."""
    small, large = _cheapest(body(MB // 4)), _cheapest(body(2 * MB))
    assert large < 30 * small + 0.3, (small, large)


def _cheapest(body: bytes) -> float:
    """Processor seconds of the best of three: a busy machine adds, it never takes away."""
    spent = []
    for _ in range(3):
        started = time.process_time()
        code(body)
        spent.append(time.process_time() - started)
    return min(spent)
