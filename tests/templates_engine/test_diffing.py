"""What changed, in sentences that somebody reads who writes no YAML."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from templates_engine.spec import diffing, documents

TEXT = (Path(documents.__file__).parents[1] / "catalog" / "template-any-customer-trouble.yaml").read_text()
SOLVE = "  - {id: solve, do: wait_for_resolution, title: Solve it}\n"


def body(text: str) -> dict[str, Any]:
    """The raw body, faulty or not."""
    found = documents.parse(text).body
    assert found is not None
    return found


def changed(*swaps: tuple[str, str]) -> list[diffing.Change]:
    """What the swaps in the text mean."""
    text = TEXT
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return diffing.compare(body(TEXT), body(text))


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("order: 1000", "order: 900", "order", "Order: 1000 → 900"),
        ("escalation: {team: operations}", "escalation: {person: cleo}", "owners.escalation",
         "Escalation owner: team operations → cleo"),
        ("steps:", "clocks: {acknowledge: 5m}\nsteps:", "clocks.acknowledge",
         "Acknowledge within (nothing) → 5 min"),
        (SOLVE, "", "steps.2", "Step 'solve' is gone: Wait until it is resolved"),
        (SOLVE, SOLVE + "  - {id: page, do: page, repeat: 3, every: 5m}\n", "steps.3",
         "New step 'page' after 'solve': Page the owner on every channel, up to 3 times, every 5 min"),
        ("to: [primary]", "to: [primary, {team: sales}]", "steps.1.to",
         "Step 'tell', recipients: the primary owner → the primary owner and team sales"),
        ("title: Solve it", 'title: Solve it, when: tier == "enterprise" && known.title', "steps.2.when",
         "Step 'solve', condition: tier is \"enterprise\" and title is known (new)"),
        ("outcome:", "exceptions: [{when: amount > 5, reason: Large}]\noutcome:", "exceptions.0",
         "New exception path: Large, when amount > 5"),
        ("outcome:", "close: {when: manual}\noutcome:", "close.when",
         "Closes by itself when the checks have passed → by hand"),
        ("title: Customer trouble", "title: Trouble", "title", "Title: Customer trouble → Trouble"),
    ],
)  # fmt: skip
def test_one_change_one_sentence(old: str, new: str, path: str, words: str) -> None:
    found = changed((old, new))
    assert [(one.path, one.words) for one in found if one.path.startswith(path)] == [(path, words)]


def test_a_step_that_moved_is_one_step_that_moved() -> None:
    """Parts are known by their names, not by their places."""
    found = changed((SOLVE, ""), ("steps:\n", "steps:\n" + SOLVE))
    assert [one.words for one in found] == ["Step 'solve' now comes first"]


def test_a_change_inside_a_branch_is_named_by_its_step() -> None:
    branch = "  - {id: big, do: branch, when: amount > 5, then: [{id: ask, do: page, repeat: %d, every: 5m}]}\n"
    one, two = (body(TEXT.replace(SOLVE, branch % number + SOLVE)) for number in (2, 3))
    assert [(c.path, c.words) for c in diffing.compare(one, two)] == [
        ("steps.2.then.0.repeat", "Step 'ask', repeat: 2 → 3")
    ]


def test_policies_too() -> None:
    sla = body("kind: sla\nkey: s\ntitle: S\nlevels: {high: {acknowledge: 5m, resolve: 1h}}\nfloor: {resolve: 1d}")
    later = body("kind: sla\nkey: s\ntitle: S\nlevels: {high: {acknowledge: 10m, resolve: 1h}}\nfloor: {resolve: 1d}")
    assert [one.words for one in diffing.compare(sla, later)] == ["Severity, high, Acknowledge within 5 min → 10 min"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["id", "do", "when", "steps", "then", "to", "team", "person", "within", "choices", "run", "on_failure", "qa"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
_BODY = st.dictionaries(st.sampled_from(["steps", "owners", "clocks", "exceptions", "key", "close"]), _JSON, max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_BODY, _BODY)
def test_any_two_bodies_are_compared(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A draft may hold anything: nothing raises, equal bodies differ in nothing, and each change has words."""
    assert diffing.compare(before, before) == []
    found = diffing.compare(before, after)
    assert all(one.words and one.path for one in found)
    assert bool(found) == (documents.canonical(before) != documents.canonical(after)) or _empty(before, after)


def _empty(before: Any, after: Any) -> bool:
    """Nothing against an empty list or mapping is no change anybody could name."""
    return _trimmed(before) == _trimmed(after) or True in (before in ({}, []), after in ({}, []))


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _trimmed(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, [], {})}
    return [_trimmed(one) for one in value] if isinstance(value, list) else value
