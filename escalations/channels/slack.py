"""Slack-compatible incoming webhooks."""

import functools
import ssl
from datetime import timedelta

import httpx

from escalations.channels.base import Note, Outcome

# A total deadline, not a read timeout: an endpoint that drips bytes must not hold a sender (reliability.md, 18).
DEADLINE = httpx.Timeout(10.0, connect=3.0)
_TOO_MANY = 429
_GONE = frozenset({403, 404, 410})


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom we trust, read once: it costs twenty milliseconds, which a backlog would pay for each message."""
    return httpx.create_ssl_context(trust_env=False)


class Slack:
    """Posts `{"text": ...}`; the key travels as Idempotency-Key."""

    def send(self, note: Note) -> Outcome:
        """Post it once, without following redirects or proxies."""
        if not note.slack_url:
            return Outcome(ok=False, detail=f"{note.name} has no Slack webhook", final=True)
        try:
            with httpx.Client(verify=_trusted(), timeout=DEADLINE, trust_env=False, follow_redirects=False) as client:
                answer = client.post(
                    note.slack_url,
                    json={"text": f"*{note.subject}*\n{note.body}"},
                    headers={"Idempotency-Key": note.key},
                )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
            return Outcome(ok=False, detail=f"{type(fault).__name__}: {fault}"[:300])
        if answer.is_success:
            return Outcome(ok=True, detail=f"{answer.status_code}")
        seconds = answer.headers.get("retry-after", "")
        wait = timedelta(seconds=int(seconds)) if answer.status_code == _TOO_MANY and seconds.isdigit() else None
        return Outcome(
            ok=False, detail=f"HTTP {answer.status_code}", final=answer.status_code in _GONE, retry_after=wait
        )
