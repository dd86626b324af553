"""Words and values that steps put into messages and conditions."""

import re
from datetime import datetime
from typing import Any

from escalations.domain.inputs import account_values
from escalations.models import Escalation, Person
from escalations.queries.directory import Directory
from opsportal.lib import durations

# What a message says that has no words of its own.
MATTER = "{customer}: {title}. Due {due}."
_PLACE = re.compile(r"\{(\w+)\}")


def role(escalation: Escalation, people: Directory, name: str) -> Person:
    """The person who holds a role on the record now; the last owner where the role is empty."""
    held = {
        "primary": escalation.primary_id,
        "backup": escalation.backup_id,
        "escalation": escalation.escalation_owner_id,
        "owner": escalation.owner_id,
        "account_owner": escalation.account.owner_id,
    }
    person_id = held.get(name)
    return people.people[person_id] if person_id else people.last_owner


def subject(escalation: Escalation) -> str:
    """The one line that names the trouble."""
    return f"{escalation.severity.capitalize()}: {escalation.account.name}: {escalation.title}"


def fill(text: str, escalation: Escalation, to: Person | None = None) -> str:
    """Fill the placeholders of a step's text from an allow-list; no template engine sees customers' text."""
    due = escalation.acknowledge_by or escalation.resolve_by
    values = {
        "customer": escalation.account.name,
        "title": escalation.title,
        "severity": escalation.severity,
        "owner": escalation.owner.name if escalation.owner else "",
        "to": to.name if to else "",
        "due": f"{due:%H:%M} UTC",
        "id": escalation.reference if escalation.pk else "a new record",
    }
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def values(escalation: Escalation, now: datetime) -> dict[str, Any]:
    """The facts of a record as conditions see them."""
    account = escalation.account
    facts = {name: fact["value"] for name, fact in escalation.facts.items() if fact.get("value") is not None}
    return (
        facts
        | account_values(account.tier, account.amount, account.renewal_on, now)
        | {
            "account": account.key,
            "severity": escalation.severity,
            "tier": escalation.tier,
            "now": now,
        }
    )


def remaining(due: datetime, now: datetime) -> str:
    """A due moment as a person says it: in 12 min, 41 min late."""
    return f"{durations.words(now - due)} late" if due < now else f"in {durations.words(due - now)}"
