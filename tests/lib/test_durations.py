"""Durations as people write them."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsportal.lib import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("8h", 28800), ("1h30m", 5400), ("2d", 172800), (" 1H 5m ", 3900), ("0.5h", 1800)],
)
def test_reads(text: str, seconds: int) -> None:
    assert durations.parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 parsecs", "5m?", "9" * 400 + "d", "99999d", "٣m"])
def test_refuses_with_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"no duration|longer than"):
        durations.parse(text)


@given(st.text(max_size=40))
def test_raises_nothing_else(text: str) -> None:
    with suppress(ValueError):
        assert durations.parse(text) >= timedelta(0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (45, "45 s"), (720, "12 min"), (3600, "1 h"), (6000, "1 h 40"), (183600, "2 d 3 h"), (-60, "1 min")],
)
def test_words(seconds: int, words: str) -> None:
    assert durations.words(timedelta(seconds=seconds)) == words
