"""A vendor's side: posts signed webhooks, tries again as vendors do, and remembers every promise it was given."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from escalations.sources.signing import sign

SENDERS = 6
ACCOUNTS = 20
SIGNALS_A_TICKET = 3
DUPLICATES = 0.05
LATE_COMERS = 0.2
PATIENCE = httpx.Timeout(15.0, connect=3.0)
RETRY_S = (0.2, 0.5, 1.0, 2.0)
ACCEPTED = 202
# Slug and kind of each source: two of a kind, so that a kind's tickets come in by several ways.
SOURCES = (("desk-a", "zendesk"), ("desk-b", "zendesk"), ("json-a", "generic"), ("json-b", "generic"))


@dataclass(slots=True)
class Letter:
    """One delivery: what is sent, and what was answered."""

    slug: str
    kind: str
    ticket: str
    delivery: str
    body: bytes
    twice: bool
    tries: int = 0
    answers: list[str] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.body).hexdigest()


def letters(*, count: int, choice: random.Random) -> list[Letter]:
    """All deliveries of a run: every body is different, a ticket has about three, some are sent twice on purpose."""
    made = []
    for number in range(count):
        # Three of a ticket come at once and race for its opening; one in five comes late, for a record long there.
        ticket = number // SIGNALS_A_TICKET
        if ticket and choice.random() < LATE_COMERS:
            ticket = choice.randrange(ticket)
        slug, kind = SOURCES[ticket % len(SOURCES)]
        body = json.dumps(_body(kind, ticket, number, choice)).encode()
        made.append(Letter(slug, kind, str(ticket), f"d-{number}", body, choice.random() < DUPLICATES))
    return made


def _body(kind: str, ticket: int, number: int, choice: random.Random) -> dict[str, Any]:
    account, high = ticket % ACCOUNTS, choice.random() < 1 / 2
    if kind == "zendesk":
        return {
            "ticket_id": str(ticket),
            "ticket_title": f"Trouble {ticket} of customer {account}",
            "ticket_description": f"Report {number}",
            "ticket_status": "Open",
            "ticket_priority": "High" if high else "Urgent",
            "organization_id": str(1000 + account),
        }
    return {
        "ticket": f"J{ticket}",
        "title": f"Trouble {ticket} of customer {account}",
        "description": f"Report {number}",
        "severity": "high" if high else "critical",
        "account_key": f"customer-{account}",
    }


class Sender:
    """Sends the letters evenly over `seconds`, each until it is acknowledged or `stop_at` is reached."""

    def __init__(self, *, address: str, secret: str, post: Sequence[Letter], seconds: float) -> None:
        self.address, self.secret, self.post, self.seconds = address, secret, post, seconds
        self.failures = self.acknowledged = 0
        self.allowed = len(post)  # how many may be under way: the storm holds the stream back to keep up with it
        self._next = 0
        self._lock = threading.Lock()
        self._began = 0.0
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; returns at once."""
        self._began = time.monotonic()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def sending(self) -> bool:
        """Whether letters are still on their way."""
        return any(thread.is_alive() for thread in self._threads)

    def _take(self) -> Letter | None:
        with self._lock:
            number, self._next = self._next, self._next + 1
        if number >= len(self.post):
            return None
        time.sleep(max(0.0, self._began + self.seconds * number / len(self.post) - time.monotonic()))
        while number >= self.allowed:
            time.sleep(0.05)
        return self.post[number]

    def _work(self) -> None:
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            while (letter := self._take()) is not None:
                self._deliver(client, letter)
                if letter.twice:
                    self._deliver(client, letter)

    def _deliver(self, client: httpx.Client, letter: Letter) -> None:
        """Post until it is taken; gives up long after any outage of the run should be over."""
        limit = time.monotonic() + self.seconds + 60
        tries = 0
        while time.monotonic() < limit:
            signed = sign(letter.kind, self.secret, letter.body, datetime.now(UTC), letter.delivery)
            headers = {"Content-Type": "application/json", **signed}
            letter.tries += 1
            try:
                answer = client.post(f"{self.address}/in/{letter.slug}/", content=letter.body, headers=headers)
                if answer.status_code == ACCEPTED:
                    letter.answers.append(answer.json()["signal"])
                    self.acknowledged += len(letter.answers) == 1
                    return
            except httpx.HTTPError:
                pass  # refused or broken off: the web server was just killed
            self.failures += 1
            time.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1
