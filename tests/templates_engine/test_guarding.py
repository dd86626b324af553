"""Once per window, and silence while something worse is open: the pure rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from templates_engine.spec.guarding import Before, held_back
from tests.templates_engine.test_examples import template

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
FACTS = {"account": "acme", "problem": "disk"}
ORDER = ("critical", "high", "normal", "low")


def before(**said: Any) -> Before:
    """A record of the same template, an hour ago."""
    plain: dict[str, Any] = {
        "template": "first-time-only", "opened_at": NOW - timedelta(hours=1), "severity": "high", "facts": FACTS,
        "reference": "ESC-1",
    }  # fmt: skip
    return Before(**(plain | said))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "once in 1 d: ESC-1 opened on it already"),
        ({"opened_at": NOW - timedelta(hours=24)}, ""),
        ({"opened_at": NOW - timedelta(hours=23, minutes=59)}, "once in"),
        ({"template": "other"}, ""),
        ({"facts": {"account": "acme", "problem": "cpu"}}, ""),
        ({"facts": {"account": "acme"}}, ""),
        ({"open": False}, "once in"),
    ],
)
def test_once_per_window(said: dict[str, Any], words: str) -> None:
    assert held_back(template("13-"), FACTS, "high", [before(**said)], NOW, ORDER).startswith(words)
    assert bool(held_back(template("13-"), FACTS, "high", [before(**said)], NOW, ORDER)) == bool(words)


@pytest.mark.parametrize(
    ("said", "severity", "silent"),
    [
        ({"severity": "critical"}, "high", True),
        ({"severity": "high"}, "high", False),
        ({"severity": "critical", "open": False}, "high", False),
        ({"severity": "critical", "facts": {"account": "other", "problem": "disk"}}, "high", False),
        ({"severity": "critical"}, "unheard of", False),
    ],
)
def test_silent_while_a_worse_one_is_open(said: dict[str, Any], severity: str, silent: bool) -> None:
    assert bool(held_back(template("10-"), FACTS, severity, [before(**said)], NOW, ORDER)) is silent


def test_without_guards_nothing_is_held_back() -> None:
    assert held_back(template("14-"), FACTS, "low", [before(severity="critical")], NOW, ORDER) == ""
