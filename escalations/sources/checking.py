"""What all vendors' checks share: bytes compared in constant time, clocks looked at from both sides."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from escalations.sources.base import Incoming, Refusal, SourceConfig, Verdict

WINDOW = timedelta(minutes=5)
LONGEST_KEY = 200
OK = Verdict(ok=True)


def refused(reason: Refusal) -> Verdict:
    """Turned away, and why."""
    return Verdict(ok=False, reason=reason.value)


def fresh(moment: datetime | None, incoming: Incoming) -> Verdict:
    """Whether a signed time lies within five minutes of now, before or after."""
    if moment is None:
        return refused(Refusal.BAD_TIME)
    age = incoming.received_at - moment
    if age > WINDOW:
        return refused(Refusal.STALE)
    return refused(Refusal.FUTURE) if age < -WINDOW else OK


def same(given: str, expected: bytes) -> bool:
    """Compare as bytes: text with letters beyond ASCII would raise."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected)


def sha256(secret: bytes, *parts: bytes) -> "hmac.HMAC":
    """HMAC-SHA256 over the parts."""
    return hmac.new(secret, b"".join(parts), hashlib.sha256)


def raw(text: str) -> bytes:
    """A header's text as the bytes that came over the wire."""
    return text.encode("latin-1", "replace")


def epoch(text: str) -> datetime | None:
    """Seconds since 1970 as a moment; None where it is no such number."""
    if not (text.isascii() and text.isdigit()) or len(text) > len("9999999999"):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def iso(text: str) -> datetime | None:
    """An ISO 8601 moment with a zone; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def ready(config: SourceConfig, *headers: str) -> Verdict | None:
    """The verdict that needs no look at the signature, if there is one."""
    if config.unsigned:
        return OK
    if not keys(config):
        return refused(Refusal.UNKNOWN)
    return None if all(headers) else refused(Refusal.MISSING)


def keys(config: SourceConfig) -> list[bytes]:
    """The secrets as they are; never an empty one, with which anybody could sign."""
    return [one.encode("utf-8", "surrogatepass") for one in usable(config)]


def usable(config: SourceConfig) -> list[str]:
    """The secrets that keep somebody out. HMAC fills keys up with zero bytes, so only these are an empty key too."""
    return [one for one in config.secrets if one.strip().removeprefix("whsec_").strip("\0 \t\r\n")]


def key(kind: str, value: Any) -> str | None:
    """A sender's id as a delivery key that fits its column; None where there is none."""
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        return None
    text = f"{kind}:{value}".replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_KEY else f"{kind}:sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def body_key(incoming: Incoming) -> str:
    """The key of a delivery that names no id of its own."""
    return f"sha256:{hashlib.sha256(incoming.body).hexdigest()}"
