"""One HTTP POST with a deadline: what every channel over the web shares."""

import functools
import ssl
from collections.abc import Mapping
from datetime import timedelta

import httpx

from escalations.channels.base import Outcome

# A total deadline, not a read timeout: an endpoint that drips bytes must not hold a sender (reliability.md, 18).
DEADLINE = httpx.Timeout(10.0, connect=3.0)
_TOO_MANY = 429
_GONE = frozenset({403, 404, 410})


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom we trust, read once: it costs twenty milliseconds, which a backlog would pay for each message."""
    return httpx.create_ssl_context(trust_env=False)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Post it once, without following redirects or proxies; never raises."""
    try:
        with httpx.Client(verify=_trusted(), timeout=DEADLINE, trust_env=False, follow_redirects=False) as client:
            answer = client.post(url, content=body, headers={"Content-Type": "application/json", **headers})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        return Outcome(ok=False, detail=f"{type(fault).__name__}: {fault}"[:300])
    if answer.is_success:
        return Outcome(ok=True, detail=f"{answer.status_code}")
    seconds = answer.headers.get("retry-after", "")
    wait = timedelta(seconds=int(seconds)) if answer.status_code == _TOO_MANY and seconds.isdigit() else None
    return Outcome(ok=False, detail=f"HTTP {answer.status_code}", final=answer.status_code in _GONE, retry_after=wait)
