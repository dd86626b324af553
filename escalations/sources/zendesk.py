"""Zendesk event and trigger webhooks.

Signature: base64(HMAC-SHA256(secret, timestamp + body)), developer.zendesk.com “Verifying webhook authenticity”.
"""

import base64
from typing import Any

from escalations.sources import checking, jsonbody
from escalations.sources.base import Handshake, Incoming, Refusal, SourceConfig, Unreadable, Verdict

KIND = "zendesk"
SIGNATURE = "x-zendesk-webhook-signature"
TIMESTAMP = "x-zendesk-webhook-signature-timestamp"
INVOCATION = "x-zendesk-webhook-invocation-id"
HEADERS = frozenset({TIMESTAMP, INVOCATION, "x-zendesk-webhook-id", "x-zendesk-account-id"})


def verify(incoming: Incoming, config: SourceConfig) -> Verdict:
    """Whether one of the source's secrets signed these bytes within five minutes of now."""
    given, stamp = incoming.headers.get(SIGNATURE, ""), incoming.headers.get(TIMESTAMP, "")
    early = checking.ready(config, given, stamp)
    if early is not None:
        return early
    made = (checking.sha256(secret, checking.raw(stamp), incoming.body).digest() for secret in checking.keys(config))
    if not any(checking.same(given, base64.b64encode(digest)) for digest in made):
        return checking.refused(Refusal.BAD)
    return checking.fresh(checking.iso(stamp), incoming)


def delivery_key(incoming: Incoming, config: SourceConfig) -> str:
    """The event's id; for triggers, whose bodies are the admin's own, the invocation's id."""
    try:
        body = jsonbody.parse(incoming.body)
    except Unreadable:
        body = None
    is_event = isinstance(body, dict) and str(body.get("type", "")).startswith("zen:")
    found = checking.key("event", body.get("id")) if is_event else None
    return found or checking.key("call", incoming.headers.get(INVOCATION, "")) or checking.body_key(incoming)


def handshake(incoming: Incoming, config: SourceConfig) -> Handshake | None:
    """Zendesk asks for none."""
    return None


def payload(incoming: Incoming) -> Any:
    """The body as JSON."""
    return jsonbody.parse(incoming.body)


def split(value: Any) -> list[Any]:
    """One webhook, one signal."""
    return [value]
