"""Slack's Events API, slash commands and interactive messages.

Signature: `v0=` + hex(HMAC-SHA256(secret, "v0:" + timestamp + ":" + body)), see docs.slack.dev,
“Verifying requests from Slack”.
"""

from typing import Any
from urllib.parse import parse_qs

from escalations.sources import checking, jsonbody
from escalations.sources.base import Handshake, Incoming, Refusal, SourceConfig, Unreadable, Verdict

KIND = "slack"
SIGNATURE = "x-slack-signature"
TIMESTAMP = "x-slack-request-timestamp"
HEADERS = frozenset({TIMESTAMP, "x-slack-retry-num", "x-slack-retry-reason"})
_FIELDS = 200


def verify(incoming: Incoming, config: SourceConfig) -> Verdict:
    """Whether one of the source's secrets signed these bytes within five minutes of now."""
    given, stamp = incoming.headers.get(SIGNATURE, ""), incoming.headers.get(TIMESTAMP, "")
    early = checking.ready(config, given, stamp)
    if early is not None:
        return early
    parts = (b"v0:", checking.raw(stamp), b":", incoming.body)
    made = (b"v0=" + checking.sha256(secret, *parts).hexdigest().encode() for secret in checking.keys(config))
    if not any(checking.same(given, digest) for digest in made):
        return checking.refused(Refusal.BAD)
    return checking.fresh(checking.epoch(stamp), incoming)


def delivery_key(incoming: Incoming, config: SourceConfig) -> str:
    """The event's or the trigger's id: a retry carries the same one, and may be the only copy."""
    try:
        body = payload(incoming)
    except Unreadable:
        body = None
    if not isinstance(body, dict):
        return checking.body_key(incoming)
    return (
        checking.key("event", body.get("event_id"))
        or checking.key("trigger", body.get("trigger_id"))
        or checking.body_key(incoming)
    )


def handshake(incoming: Incoming, config: SourceConfig) -> Handshake | None:
    """Slack's `url_verification` wants its challenge back."""
    if b"url_verification" not in incoming.body:
        return None  # most bodies are events: they need not be read here
    try:
        body = payload(incoming)
    except Unreadable:
        return None
    if not isinstance(body, dict) or body.get("type") != "url_verification":
        return None
    challenge = str(body.get("challenge", ""))
    return Handshake(200, "text/plain; charset=utf-8", challenge.encode("utf-8", "replace"))


def payload(incoming: Incoming) -> Any:
    """JSON as it is; a form as its fields; an interactive message as the JSON in its `payload` field."""
    if incoming.body.lstrip()[:1] in (b"{", b"[") or "json" in incoming.headers.get("content-type", ""):
        return jsonbody.parse(incoming.body)
    try:
        fields = parse_qs(incoming.body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError as fault:
        raise Unreadable("form", str(fault)) from fault
    if "payload" in fields:
        return jsonbody.parse(fields["payload"][0].encode("utf-8", "surrogatepass"))
    if not any("=" in part for part in incoming.body.decode().split("&")):
        raise Unreadable("form", "neither JSON nor a form")
    return {name: values[0] for name, values in fields.items()}


def split(value: Any) -> list[Any]:
    """One event, one signal."""
    return [value]
