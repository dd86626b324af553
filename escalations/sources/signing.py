"""Signing as the senders do: for the simulator, tests, and whoever connects a system of their own."""

import base64
from datetime import UTC, datetime

from escalations.sources import checking, generic, slack, zendesk


def sign(kind: str, secret: str, body: bytes, now: datetime, delivery_id: str) -> dict[str, str]:
    """The headers that a sender of the kind would add; raises KeyError for a kind that nobody speaks for."""
    return _SIGNERS[kind](secret, body, now, delivery_id)


def _zendesk(secret: str, body: bytes, now: datetime, delivery_id: str) -> dict[str, str]:
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = checking.sha256(secret.encode(), stamp.encode(), body).digest()
    return {
        zendesk.SIGNATURE: base64.b64encode(digest).decode(),
        zendesk.TIMESTAMP: stamp,
        zendesk.INVOCATION: delivery_id,
    }


def _slack(secret: str, body: bytes, now: datetime, delivery_id: str) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    digest = checking.sha256(secret.encode(), b"v0:", stamp.encode(), b":", body).hexdigest()
    return {slack.SIGNATURE: f"v0={digest}", slack.TIMESTAMP: stamp}


def _generic(secret: str, body: bytes, now: datetime, delivery_id: str) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    parts = (delivery_id.encode(), b".", stamp.encode(), b".", body)
    digest = base64.b64encode(checking.sha256(generic.secret_bytes(secret), *parts).digest())
    return {generic.ID: delivery_id, generic.TIMESTAMP: stamp, generic.SIGNATURE: f"v1,{digest.decode()}"}


_SIGNERS = {zendesk.KIND: _zendesk, slack.KIND: _slack, generic.KIND: _generic}
