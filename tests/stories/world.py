"""A small company for the stories: people, a customer, sources, documents; posted to as senders do."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from escalations import clockwork
from escalations.models import Account, Escalation, Person, Signal, Source
from escalations.services import accounts, people, sources
from escalations.sources.signing import sign
from escalations.views import intake
from opsportal.roles import ensure_roles
from templates_engine import queries
from templates_engine.management.commands.load_catalog import SHIPPED

SECRET = "stories-" + "s" * 24
OWNERSHIP = Path(__file__).parent / "ownership"


def build(*folders: Path) -> None:
    """Documents, three people in a chain, a last owner, one enterprise customer, a source of each kind."""
    forget()
    ensure_roles()
    call_command("load_catalog", *map(str, folders or (SHIPPED, OWNERSHIP)), verbosity=0)
    made = {name: _person(name) for name in ("ada", "ben", "cleo", "last")}
    people.save_team(key="support", name="Support", members=[made["ada"]])
    people.save_team(key="support-backup", name="Backup", members=[made["ben"]])
    people.save_team(key="operations", name="Operations", members=[made["cleo"]])
    accounts.upsert(
        key="acme",
        name="Acme",
        tier="enterprise",
        amount=400_000,
        renewal_on=(datetime.now(UTC) + timedelta(days=20)).date(),
        owner=made["cleo"],
        identifiers=[("zendesk_organization", "77"), ("slack_channel", "C0ACME"), ("name", "Acme")],
    )
    for kind in ("zendesk", "slack", "generic"):
        sources.connect(kind=kind, slug=kind, name=kind.title(), secrets=(SECRET,))


def forget() -> None:
    """Another test's rows may have had the same ids: nothing that was cached of them holds."""
    intake._sources.clear()
    for cached in (queries._bundle, queries._parsed, queries._digests):
        cached.cache_clear()


def _person(name: str) -> Person:
    user = User.objects.create_user(name, f"{name}@example.com", "demo", first_name=name.title(), is_staff=True)
    user.groups.add(Group.objects.get(name="operator"))
    return people.save_person(person=Person(user=user, username=name, name=name.title(), email=f"{name}@example.com"))


def post(kind: str, body: Any, *, delivery: str = "d-1", slug: str = "", **headers: str) -> HttpResponse:
    """Post to a source, signed as its vendor signs."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = sign(kind, SECRET, data, datetime.now(UTC), delivery)
    return Client().post(f"/in/{slug or kind}/", data, content_type="application/json", headers={**signed, **headers})


def ticket(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A Zendesk trigger webhook."""
    return {
        "ticket_id": str(number),
        "ticket_title": "Nobody can sign in",
        "ticket_description": "Since this morning.",
        "ticket_status": "Open",
        "ticket_priority": "Urgent",
        "organization_id": "77",
        "updated_at": "2026-11-21T05:00:00Z",
        **fields,
    }


def told(kind: str, body: Any, **more: Any) -> Signal:
    """Post, sweep, and read the signal back."""
    answer = post(kind, body, **more)
    assert answer.status_code == 202, answer.content
    clockwork.sweep()
    return Signal.objects.select_related("escalation", "case").get(pk=answer.json()["signal"])


def opened(kind: str = "zendesk", body: Any = None, **more: Any) -> Escalation:
    """The record that a signal opened."""
    signal = told(kind, body or ticket(), **more)
    assert signal.escalation is not None, signal.reasons
    return signal.escalation


def person(name: str) -> Person:
    """One of the people."""
    return Person.objects.get(username=name)


def acme() -> Account:
    """The customer."""
    return Account.objects.get(key="acme")


def source(slug: str) -> Source:
    """One of the sources."""
    return Source.objects.get(slug=slug)
