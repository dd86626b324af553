"""Ways out to people: each takes a note and says what became of it. None sees a row."""

from escalations.channels.base import Channel, Note, Outcome
from escalations.channels.registry import channel

__all__ = ["Channel", "Note", "Outcome", "channel"]
