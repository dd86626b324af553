"""A small company whose clocks are short: four people in a chain, twenty customers, four sources."""

import io
from pathlib import Path

from django.core.management import call_command

from escalations.models import Person
from escalations.services import accounts, people, sources
from faults.sender import ACCOUNTS, SOURCES
from opsportal.roles import ensure_roles
from templates_engine.management.commands.load_catalog import SHIPPED

CHAIN = ("first", "second", "third", "last")
CATALOG = Path(__file__).resolve().parent.parent / "catalog"


def build(*, hooks: str, secret: str) -> None:
    """Fill the database, whose tables are there; `hooks` is where people are told."""
    ensure_roles()
    call_command("load_catalog", str(SHIPPED), str(CATALOG), stdout=io.StringIO())
    made = [
        people.save_person(
            person=Person(username=name, name=name.title(), email=f"{name}@example.com", slack_url=f"{hooks}/{name}")
        )
        for name in CHAIN
    ]
    for person in made[:3]:
        people.save_team(key=f"faults-{person.username}", name=f"{person.name} line", members=[person])
    for number in range(ACCOUNTS):
        accounts.upsert(
            key=f"customer-{number}",
            name=f"Customer {number}",
            tier="enterprise",
            owner=made[3],
            identifiers=[("zendesk_organization", str(1000 + number)), ("key", f"customer-{number}")],
        )
    for slug, kind in SOURCES:
        sources.connect(kind=kind, slug=slug, secrets=(secret,))
