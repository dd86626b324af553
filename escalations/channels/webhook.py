"""Calls to other systems, signed as Standard Webhooks asks.

The specification: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from datetime import UTC, datetime

from escalations.channels.base import Note, Outcome
from escalations.channels.posting import post
from escalations.sources.signing import sign


class Webhook:
    """Posts the body as it stands; the key is the webhook-id, so that a receiver sees a repeat as one."""

    def send(self, note: Note) -> Outcome:
        """Sign it with the present time and post it once."""
        if not note.url:
            return Outcome(ok=False, detail=f"{note.name} has no address", final=True)
        body = note.body.encode()
        headers = sign("generic", note.secret, body, datetime.now(UTC), note.key)
        return post(note.url, body, {**headers, "Idempotency-Key": note.key})
