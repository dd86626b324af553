"""What a vendor's module takes and gives. Plain values: no request, no row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: raw bytes, header names in lower case."""

    body: bytes
    headers: Mapping[str, str]
    method: str
    url: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """What the portal knows of the source."""

    slug: str
    kind: str
    secrets: tuple[str, ...]
    unsigned: bool = False
    key_path: str | None = None


class Refusal(StrEnum):
    """Why a request was turned away; kept, never told to the sender."""

    NONE = ""
    MISSING = "missing_signature"
    BAD = "bad_signature"
    STALE = "stale_timestamp"
    FUTURE = "future_timestamp"
    BAD_TIME = "bad_timestamp"
    UNKNOWN = "no_secret"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the signature holds."""

    ok: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a vendor's first call wants to hear."""

    status: int
    content_type: str
    body: bytes


class Unreadable(Exception):
    """The body can not be read; `code` is for machines, `detail` for people."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail[:200]
        super().__init__(f"{code}: {self.detail}" if detail else code)


class Vendor(Protocol):
    """One vendor, as one module."""

    KIND: str
    verify: Callable[[Incoming, SourceConfig], Verdict]
    delivery_key: Callable[[Incoming, SourceConfig], str]
    handshake: Callable[[Incoming, SourceConfig], Handshake | None]
    payload: Callable[[Incoming], Any]
    split: Callable[[Any], list[Any]]
