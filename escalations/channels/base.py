"""What goes in and what comes out of a channel."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Note:
    """A message to one person or system, with the key under which a receiver may recognise a repeat."""

    key: str
    subject: str
    body: str
    name: str
    email: str = ""
    slack_url: str = ""
    url: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the other side took it, in its words; `final` means that trying again is no use."""

    ok: bool
    detail: str
    final: bool = False
    retry_after: timedelta | None = None


class Channel(Protocol):
    """Sends or says why not; never raises."""

    def send(self, note: Note) -> Outcome:
        """Send the note once."""
        ...
