"""Keeps the demo alive: signed webhooks to an address. It knows that address and a secret, nothing else."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from escalations.demo.company import CUSTOMERS, TROUBLES, Customer
from escalations.demo.letters import Letter, Trouble, write
from escalations.sources.signing import sign

KINDS = {"zendesk": "zendesk", "slack": "slack", "monitoring": "generic"}
STRANGER = Customer("", "Halden Freight GmbH", "", 0, 0, "", "9990000000001", "C0NOBODY")
PAUSE_S = (6.0, 14.0)
ASLEEP_S = 5.0


def opening(now: datetime) -> list[Trouble]:
    """What a person sees within the first minute: an urgent one that nobody takes, a stranger, a doubt, a few more."""
    by_key = {one.key: one for one in CUSTOMERS}
    urgent = trouble(by_key["halden-freight"], TROUBLES[0], 88412)
    stranger = replace(trouble(STRANGER, TROUBLES[3], 88413), told="trigger")
    odd = replace(trouble(by_key["bramble-media"], TROUBLES[7], 88414), told="generic", priority="P9")
    return [urgent, stranger, odd]


def endless(seed: int | None = None) -> Iterator[Trouble]:
    """One trouble after another; mostly ordinary, now and then urgent, from a stranger, or told twice."""
    dice = random.Random(seed)  # noqa: S311  which trouble comes next is no secret
    weights = [1 if priority == "URGENT" else 4 for _, priority, _ in TROUBLES]
    ticket = 90000 + int(time.time()) % 100000 * 10
    while True:
        ticket += 1
        customer = STRANGER if dice.random() < 0.04 else dice.choice(CUSTOMERS)  # one in 25
        yield trouble(customer, dice.choices(TROUBLES, weights)[0], ticket)


def trouble(customer: Customer, what: tuple[str, str, str], ticket: int) -> Trouble:
    """One of the troubles, at one of the customers."""
    title, priority, told = what
    return Trouble(title, priority, told, customer.name, customer.zendesk, customer.channel, ticket)


def post(client: httpx.Client, address: str, secret: str, letter: Letter) -> int:
    """Send one webhook, signed as its vendor signs; returns the status."""
    headers = sign(KINDS[letter.source], secret, letter.body, datetime.now(UTC), letter.id)
    answer = client.post(
        f"{address}/in/{letter.source}/",
        content=letter.body,
        headers={"content-type": "application/json", **headers},
    )
    return answer.status_code


def run(address: str, secret: str, *, seed: int | None = None) -> None:
    """The opening scene, then one trouble every ten seconds or so, for as long as somebody looks."""
    coming = endless(seed)
    with httpx.Client(timeout=10, trust_env=False) as client:
        for one in opening(datetime.now(UTC)):
            _patiently(client, address, secret, write(one, datetime.now(UTC)))
            time.sleep(2)
        while True:
            time.sleep(random.uniform(*PAUSE_S))  # noqa: S311  a pause is no secret
            if wanted(client, address):
                _patiently(client, address, secret, write(next(coming), datetime.now(UTC)))
            else:
                time.sleep(ASLEEP_S)


def wanted(client: httpx.Client, address: str) -> bool:
    """Whether the portal has room for more and somebody looks at it."""
    try:
        answer = client.get(f"{address}/demo/wanted/")
        return answer.status_code == httpx.codes.OK and bool(answer.json()["wanted"])
    except (httpx.HTTPError, ValueError, KeyError):
        return False


def _patiently(client: httpx.Client, address: str, secret: str, letter: Letter) -> None:
    """Send until it is taken, as vendors do: the portal may just be starting."""
    for pause in (0.5, 1, 2, 4, 8, 16):
        try:
            if post(client, address, secret, letter) < httpx.codes.INTERNAL_SERVER_ERROR:
                return
        except httpx.HTTPError:
            pass  # nothing listens there yet; the next try is a moment away
        time.sleep(pause)
