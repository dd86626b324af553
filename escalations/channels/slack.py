"""Slack-compatible incoming webhooks."""

import json

from escalations.channels.base import Note, Outcome
from escalations.channels.posting import post


class Slack:
    """Posts `{"text": ...}`; the key travels as Idempotency-Key."""

    def send(self, note: Note) -> Outcome:
        """Post it once."""
        if not note.slack_url:
            return Outcome(ok=False, detail=f"{note.name} has no Slack webhook", final=True)
        body = json.dumps({"text": f"*{note.subject}*\n{note.body}"}).encode()
        return post(note.slack_url, body, {"Idempotency-Key": note.key})
