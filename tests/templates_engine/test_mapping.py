"""Payloads become facts: real ones as they should, any other without an exception."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.spec import documents, mapping, values
from templates_engine.spec.documents import MappingDocument

CATALOG = Path(documents.__file__).parents[1] / "catalog"
PAYLOADS = Path(__file__).parents[1] / "data" / "payloads"


def _shipped(key: str) -> MappingDocument:
    document = documents.parse((CATALOG / f"mapping-{key}.yaml").read_text()).document
    assert isinstance(document, MappingDocument)
    return document


SHIPPED = {key: _shipped(key) for key in ("zendesk", "slack", "generic")}


def _sample(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("key", "name", "facts", "correlation"),
    [
        ("zendesk", "zendesk-trigger",
         {"ticket": "7", "severity": "normal", "tags": ["change_address", "help", "order"],
          "source_updated_at": "2025-02-03T00:00:00+00:00"}, ["ticket:zendesk:7"]),
        ("slack", "slack-message",
         {"title": "Hello World!", "occurred_at": "2020-07-31T08:24:40.004200+00:00"}, ["problem:slack:Hello World!"]),
        ("slack", "slack-mention", {"event": "app_mention"}, ["problem:slack:<@W111> Hi there!"]),
        ("generic", "alertmanager-firing",
         {"severity": "critical", "problem": "High CPU Temperature"}, ["problem:generic:High CPU Temperature"]),
        ("generic", "pagerduty-triggered", {"severity": "high", "title": "Test Incident 3"},
         ["ticket:generic:PFQZPSY"]),
        ("generic", "stripe-payment-failed", {"severity": "high", "occurred_at": "2022-03-26T18:40:09+00:00"},
         ["ticket:generic:in_000000000000000000000000", "problem:generic:payment failed"]),
    ],
)  # fmt: skip
def test_real_payloads(key: str, name: str, facts: dict[str, Any], correlation: list[str]) -> None:
    mapped = mapping.apply(SHIPPED[key], _sample(name))
    assert mapped.ignored is None
    assert mapped.problems == []
    assert mapped.correlation == correlation
    assert {name: mapped.facts.get(name) for name in facts} == facts


@pytest.mark.parametrize(
    ("key", "payload", "says"),
    [
        ("slack", _sample("slack-reaction"), "not a message"),
        ("slack", _sample("slack-interactive"), "a click"),
        ("slack", {"event": {"type": "message", "bot_id": "B1", "text": "x"}}, "by an app"),
        ("slack", {"event": {"type": "message", "subtype": "message_changed"}}, "an edit"),
        ("slack", {"type": "url_verification", "challenge": "x"}, "checks the address"),
        ("slack", 7, "no variant"),
        ("generic", {"zen": "Design for failure.", "hook_id": 1}, "test delivery"),
        ("generic", [{"subscriptionType": "contact.creation", "objectId": 1}], "not trouble"),
        ("generic", {"status": "resolved", "alerts": [{}]}, "over"),
    ],
)
def test_what_is_ignored_says_why(key: str, payload: Any, says: str) -> None:
    mapped = mapping.apply(SHIPPED[key], payload)
    assert says in str(mapped.ignored)
    assert mapped.facts == {}


@pytest.mark.parametrize("told", ["URGENT", "Urgent", " urgent "])
def test_priorities_in_any_case(told: str) -> None:
    payload = {"type": "zen:event-type:ticket.created", "detail": {"id": 5, "priority": told}}
    mapped = mapping.apply(SHIPPED["zendesk"], payload)
    assert mapped.facts["severity"] == "critical"
    assert mapped.facts["title"] == "Ticket 5"


def test_an_unknown_value_is_a_doubt_and_a_bad_one_a_problem() -> None:
    mapped = mapping.apply(SHIPPED["generic"], {"title": "x", "severity": "P9", "affected": "many", "account": "Ada"})
    assert mapped.doubts == {"severity": "P9"}
    assert "severity" not in mapped.facts
    assert [(one.field, one.seen) for one in mapped.problems] == [("affected", "many")]
    assert "int" in mapped.problems[0].rule
    assert mapped.accounts == [("name", "Ada")]


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2025-01-08T10:12:07.672717030Z", "2025-01-08T10:12:07.672717+00:00"),
        ("2025-01-08T12:12:07+02:00", "2025-01-08T10:12:07+00:00"),
        (1736331127, "2025-01-08T10:12:07+00:00"),
        ("1736331127000", "2025-01-08T10:12:07+00:00"),
        ("1595926230.009600", "2020-07-28T08:50:30.009600+00:00"),
        (1420452224764002246, "2015-01-05T10:03:44.764002+00:00"),
        ("February 3, 2025", "2025-02-03T00:00:00+00:00"),
        ("Wed, 08 Jan 2025 10:12:07 GMT", "2025-01-08T10:12:07+00:00"),
        ("20250203", "2025-02-03T00:00:00+00:00"),
    ],
)
def test_moments(told: Any, moment: str) -> None:
    assert values.moment(told) == moment


@pytest.mark.parametrize("told", [True, "soon", "", [], {}, "nan", "inf", 1e300, "0001-01-01T00:00:00+14:00"])
def test_no_moments(told: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        values.moment(told)


def test_what_no_database_keeps_is_replaced() -> None:
    mapped = mapping.apply(SHIPPED["generic"], {"title": "a\x00b\ud800c", "account": "x\x00"})
    assert mapped.facts["title"] == "a\ufffdb\ufffdc"
    assert mapped.accounts == [("name", "x\ufffd")]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(6000).map(lambda digits: 10**digits),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_NAMES = st.sampled_from(
    ["title", "event", "detail", "type", "alerts", "data", "object", "item", "severity", "priority", "affected", "tags",
     "occurred_at", "created", "id", "ticket_id", "labels", "issue", "account", "status", "command", "text", "channel"]
)  # fmt: skip
_LIKELY = st.recursive(
    _JSON, lambda inner: st.dictionaries(_NAMES, inner, max_size=6) | st.lists(inner, max_size=2), max_leaves=10
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SHIPPED)), _LIKELY)
def test_never_raises(key: str, payload: Any) -> None:
    mapped = mapping.apply(SHIPPED[key], payload)
    json.dumps(mapped.facts, allow_nan=False).encode()


def test_depth_is_a_problem_not_a_crash() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert mapping.apply(SHIPPED["generic"], deep).problems[0].field == "payload"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("High", "high"), (" CRITICAL ", "critical"), ("low", "low"), ("dire", "dire"), (3, 3), (None, None)],
)
def test_ordered_facts_are_written_as_their_order_writes_them(said: Any, kept: Any) -> None:
    """A mapping without a values table: High is high; what the order does not know is left for a person."""
    policy = documents.parse((CATALOG / "facts.yaml").read_text()).document
    assert isinstance(policy, documents.FactsPolicy)
    assert mapping.in_order({"severity": said, "title": "High"}, policy) == {"severity": kept, "title": "High"}


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_a_template_is_filled_whatever_stands_first(order: tuple[str, ...]) -> None:
    """PostgreSQL keeps the fields of a document in an order of its own, so an order can mean nothing."""
    said = {"a": {"path": "n"}, "b": {"template": "B{a}"}, "c": {"template": "C{b}"}}
    body = {
        "kind": "mapping",
        "key": "m",
        "title": "M",
        "source_kind": "generic",
        "variants": [{"name": "v", "facts": {name: said[name] for name in order}}],
    }
    document = documents.load(body)
    assert isinstance(document, MappingDocument)
    assert mapping.apply(document, {"n": "1"}).facts == {"a": "1", "b": "B1", "c": "CB1"}


def test_templates_that_name_each_other_end() -> None:
    body = {
        "kind": "mapping",
        "key": "m",
        "title": "M",
        "source_kind": "generic",
        "variants": [{"name": "v", "facts": {"a": {"template": "{b}"}, "b": {"template": "{a}", "default": "x"}}}],
    }
    document = documents.load(body)
    assert isinstance(document, MappingDocument)
    assert mapping.apply(document, {}).facts == {"b": "x"}
