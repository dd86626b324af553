"""Any system that can post JSON.

Signatures: Standard Webhooks (standardwebhooks.com: `webhook-id`, `webhook-timestamp`, `webhook-signature`), or
`X-Signature-256: sha256=<hex HMAC-SHA256 of the body>`.
"""

import base64
import binascii
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from escalations.sources import checking, jsonbody
from escalations.sources.base import Handshake, Incoming, Refusal, SourceConfig, Unreadable, Verdict

KIND = "generic"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PLAIN = "x-signature-256"
HEADERS = frozenset({ID, TIMESTAMP, "idempotency-key"})
MOST = 500


def verify(incoming: Incoming, config: SourceConfig) -> Verdict:
    """Whether one of the source's secrets signed these bytes, in either way."""
    headers = incoming.headers
    standard, plain = headers.get(SIGNATURE, ""), headers.get(PLAIN, "")
    early = checking.ready(config, standard or plain)
    if early is not None:
        return early
    if not standard:
        plains = (
            b"sha256=" + checking.sha256(one, incoming.body).hexdigest().encode() for one in checking.keys(config)
        )
        return checking.OK if any(checking.same(plain, one) for one in plains) else checking.refused(Refusal.BAD)
    name, stamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not name or not stamp:
        return checking.refused(Refusal.MISSING)
    parts = (checking.raw(name), b".", checking.raw(stamp), b".", incoming.body)
    secrets = [key for one in checking.usable(config) if (key := secret_bytes(one)).strip(b"\0")]
    made = [b"v1," + base64.b64encode(checking.sha256(one, *parts).digest()) for one in secrets]
    if not any(checking.same(part, one) for part in standard.split() for one in made):
        return checking.refused(Refusal.BAD)
    return checking.fresh(checking.epoch(stamp), incoming)


def secret_bytes(secret: str) -> bytes:
    """A Standard Webhooks secret: base64 behind `whsec_`, else the text itself."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            pass  # not base64 after all: it was meant as text
    return secret.strip().encode("utf-8", "surrogatepass")


def delivery_key(incoming: Incoming, config: SourceConfig) -> str:
    """The configured path into the body, else the sender's id header, else the body's hash."""
    return (
        _at_path(incoming, config.key_path)
        or checking.key("id", incoming.headers.get(ID, ""))
        or checking.key("idempotency", incoming.headers.get("idempotency-key", ""))
        or checking.body_key(incoming)
    )


def _at_path(incoming: Incoming, path: str | None) -> str | None:
    if not path:
        return None
    try:
        return checking.key("path", jmespath.search(path, jsonbody.parse(incoming.body)))
    # Functions of a path calculate with the sender's numbers: avg() and ceil() of huge ones overflow.
    except (Unreadable, JMESPathError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError):
        return None


def handshake(incoming: Incoming, config: SourceConfig) -> Handshake | None:
    """There is none."""
    return None


def payload(incoming: Incoming) -> Any:
    """The body as JSON."""
    return jsonbody.parse(incoming.body)


def split(value: Any) -> list[Any]:
    """A list is a batch; a group of alerts is one signal each, with what the group says beside it.

    Raises Unreadable for more parts than are read at once: a person looks, rather than a part being lost.
    """
    if isinstance(value, list) and value:
        return _counted(value)
    if isinstance(value, dict) and isinstance(value.get("alerts"), list) and value["alerts"]:
        group = {name: part for name, part in value.items() if name != "alerts"}
        return [{**one, "group": group} if isinstance(one, dict) else one for one in _counted(value["alerts"])]
    return [value]


def _counted(parts: list[Any]) -> list[Any]:
    if len(parts) > MOST:
        raise Unreadable("too_many_parts", f"{len(parts):,} in one body, at most {MOST} are read")
    return parts
