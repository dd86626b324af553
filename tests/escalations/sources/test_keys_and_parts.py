"""What makes two deliveries the same one, and how many signals a body holds."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from escalations.sources import generic, registry
from escalations.sources.base import Incoming, SourceConfig, Unreadable

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def key(kind: str, body: Any, path: str | None = None, **headers: str) -> str:
    """The delivery key of a body."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = SourceConfig("s", kind, ("x",), key_path=path)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return registry.vendor(kind).delivery_key(Incoming(data, named, "POST", "/", NOW), told)


def test_the_sender_s_id_is_the_key() -> None:
    """Events by their id, calls by their header, else the body itself."""
    call = {"x_zendesk_webhook_invocation_id": "inv-1"}
    assert key("zendesk", {"type": "zen:event-type:ticket.created", "id": "e1"}, **call) == "event:e1"
    assert key("zendesk", {"id": "e1"}, **call) == "call:inv-1"
    assert key("slack", {"event_id": "Ev1"}, x_slack_retry_num="2") == key("slack", {"event_id": "Ev1"}) == "event:Ev1"
    assert key("slack", b"trigger_id=1.2.3&text=") == "trigger:1.2.3"
    assert key("slack", b"payload=%7B%22trigger_id%22%3A%229%22%7D") == "trigger:9"
    assert key("generic", {"a": {"id": 5}}, "a.id", webhook_id="w") == "path:5"
    assert key("generic", {"a": {}}, "a.id", webhook_id="w", idempotency_key="i") == "id:w"
    assert key("generic", {}, idempotency_key="i") == "idempotency:i"
    for kind in registry.KINDS:
        assert key(kind, b"\xff").startswith("sha256:")


@pytest.mark.parametrize("odd", [None, True, 1.5, [], {}, ""])
def test_an_id_of_an_odd_kind_is_none(odd: Any) -> None:
    """The next way to tell deliveries apart is taken."""
    assert key("slack", {"event_id": odd}).startswith("sha256:")
    assert key("generic", {"id": odd}, "id").startswith("sha256:")


@pytest.mark.parametrize(
    ("body", "path"), [(b"[1" + b"0" * 400 + b", 1]", "avg(@)"), (b'["inf"]', "ceil(to_number([0]))")]
)
def test_a_path_that_calculates_never_raises(body: bytes, path: str) -> None:
    """Numbers that overflow fall back to the body; a 503 would have the sender come back with them for ever."""
    assert key("generic", body, path).startswith("sha256:")


def test_long_and_broken_ids_fit_and_stay_different() -> None:
    """Two ids that begin alike are two deliveries."""
    one, two = (key("slack", {"event_id": "e" * 5000 + tail}) for tail in "ab")
    assert one != two
    assert len(one) < 200
    assert key("slack", {"event_id": "a\x00\ud800"}) == "event:a\ufffd?"


def test_batches_are_taken_apart_whole_or_not_at_all() -> None:
    """No part of a batch is cut off in silence."""
    assert generic.split([1, 2]) == [1, 2]
    assert generic.split([]) == [[]]
    parts = generic.split({"alerts": [{"a": 1}, 2], "groupKey": "g"})
    assert parts == [{"a": 1, "group": {"groupKey": "g"}}, 2]
    assert len(generic.split([0] * generic.MOST)) == generic.MOST
    for body in ([0] * (generic.MOST + 1), {"alerts": [0] * (generic.MOST + 1)}):
        with pytest.raises(Unreadable, match="501 in one body"):
            generic.split(body)


def test_slack_s_three_ways_of_writing_a_body() -> None:
    """JSON, form, and JSON in a form; nothing else is a body of Slack's."""
    read = registry.vendor("slack").payload
    told = {
        b'{"a":1}': {"a": 1},
        b"command=%2Fdown&text=a+b&x": {"command": "/down", "text": "a b", "x": ""},
        b"payload=%7B%22a%22%3A1%7D": {"a": 1},
    }
    for body, value in told.items():
        assert read(Incoming(body, {}, "POST", "/", NOW)) == value
    for body in (b"", b"hello", b"\xff=1", b"payload=nope", b"a=1&" * 300):
        with pytest.raises(Unreadable):
            read(Incoming(body, {}, "POST", "/", NOW))
