"""The webhook that is posted: a ticket of a known customer, as Zendesk sends it."""

import json
from datetime import UTC, datetime

from escalations.demo.company import CUSTOMERS
from escalations.demo.letters import Trouble, write


def body(ticket: str, number: int) -> bytes:
    """A trigger webhook about a new ticket."""
    one = CUSTOMERS[number % len(CUSTOMERS)]
    trouble = Trouble("Exports hang since nine", "HIGH", "trigger", one.name, one.zendesk, one.channel, 1)
    told = json.loads(write(trouble, datetime.now(UTC)).body)
    return json.dumps({**told, "ticket_id": ticket}).encode()
