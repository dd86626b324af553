"""The plain forms and the acts of the admin: they go through the verbs, name who did it, and refuse in words."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from escalations import models as m
from escalations.services import tokens
from tests import factories

pytestmark = pytest.mark.django_db
INLINE = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}


@pytest.fixture
def root(client: Client) -> User:
    user = User.objects.create_superuser("root", "root@example.org", "x", first_name="Rosa", last_name="Root")
    client.force_login(user)
    return user


def at(noun: str, row: Any = None, page: str = "change") -> str:
    return reverse(f"admin:escalations_{noun}_{'add' if row is None else page}", args=[] if row is None else [row.pk])


def person_form(**fields: Any) -> dict[str, Any]:
    return {"username": "lead", "name": "Dana Okafor", "time_zone": "Europe/Berlin", "is_active": "on"} | fields


def inline(prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """The management form of an inline and its new rows."""
    values = {f"{prefix}-{name}": value for name, value in (INLINE | {"TOTAL_FORMS": len(rows)}).items()}
    for number, row in enumerate(rows):
        values |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return values


def test_a_person_is_saved_with_who_and_where(client: Client, root: User) -> None:
    lead = factories.catalog()
    answer = client.post(at("person", lead), person_form(name="Dana O."))
    assert answer.status_code == 302
    row = lead.history.first()
    assert (row.name, row.history_actor, row.history_door) == ("Dana O.", "Rosa Root", "admin")


@pytest.mark.parametrize("change", [{"is_active": ""}, {"username": "another"}])
def test_the_last_owner_stays(client: Client, root: User, change: dict[str, str]) -> None:
    lead = factories.catalog()
    answer = client.post(at("person", lead), person_form(**change))
    assert answer.status_code == 200
    assert "last owner" in answer.content.decode()
    lead.refresh_from_db()
    assert (lead.is_active, lead.username) == (True, "lead")


def test_a_portal_without_documents_saves_people(client: Client, root: User) -> None:
    assert client.post(at("person"), person_form(username="ann")).status_code == 302
    assert m.Person.objects.get().username == "ann"


def test_a_team_takes_members_in_order(client: Client, root: User) -> None:
    ann, ben = factories.person("ann"), factories.person("ben")
    rows = inline("memberships", {"position": 1, "person": ann.pk}, {"position": 0, "person": ben.pk})
    assert client.post(at("team"), {"key": "one", "name": "One"} | rows).status_code == 302
    assert [place.person for place in m.Team.objects.get().memberships.all()] == [ben, ann]
    twice = inline("memberships", {"position": 1, "person": ann.pk}, {"position": 0, "person": ann.pk})
    assert client.post(at("team"), {"key": "two", "name": "Two"} | twice).status_code == 200
    assert m.Team.objects.count() == 1


def test_an_identifier_belongs_to_one_account(client: Client, root: User) -> None:
    taken = m.AccountIdentifier.objects.create(account=factories.account(), system="zendesk", value="7")
    rows = inline("identifiers", {"system": taken.system, "value": taken.value})
    answer = client.post(at("account"), {"key": "new", "name": "New", "currency": "EUR"} | rows)
    assert answer.status_code == 200
    assert not m.Account.objects.filter(key="new").exists()
    rows = inline("identifiers", {"system": "zendesk", "value": "8"})
    assert client.post(at("account"), {"key": "new", "name": "New", "currency": "EUR"} | rows).status_code == 302
    made = m.Account.objects.get(key="new")
    assert made.identifiers.get().history.get().history_actor == made.history.get().history_actor == "Rosa Root"


@pytest.mark.parametrize("amount", ["9" * 40, "-1", "x"])
def test_a_number_too_large_is_an_error_on_the_form(client: Client, root: User, amount: str) -> None:
    form = {"key": "new", "name": "New\x00", "currency": "EUR", "amount": amount} | inline("identifiers")
    assert client.post(at("account"), form).status_code == 200


def connect(client: Client, **fields: str) -> Any:
    form = {"kind": "generic", "slug": "tickets", "name": "Tickets", "mapping_key": "generic"} | fields
    return client.post(at("source"), form, follow=True)


def test_a_source_is_connected_and_its_secret_shown_once(client: Client, root: User) -> None:
    answer = connect(client)
    source = m.Source.objects.get()
    assert source.secrets[0] in answer.content.decode()
    assert source.secrets[0] not in client.get(at("source", source)).content.decode()
    assert source.history.count() == 1
    assert connect(client).status_code == 200
    assert m.Source.objects.count() == 1


def test_settings_of_a_source_leave_address_and_secret(client: Client, root: User) -> None:
    connect(client)
    source = m.Source.objects.get()
    form = {"name": "Desk", "state": "paused", "mapping_key": "generic", "max_bytes": 10, "slug": "eve", "kind": "eve"}
    assert client.post(at("source", source), form).status_code == 302
    changed = m.Source.objects.get()
    assert (changed.name, changed.state, changed.slug, changed.kind) == ("Desk", "paused", "tickets", "generic")
    assert changed.secrets == source.secrets
    assert changed.history.first().history_actor == "Rosa Root"


@pytest.mark.parametrize(("act", "state"), [("pause", "paused"), ("disable", "disabled"), ("resume", "active")])
def test_a_source_is_switched_by_a_post_only(client: Client, root: User, act: str, state: str) -> None:
    connect(client)
    source = m.Source.objects.get()
    m.Source.objects.update(state="paused" if act == "resume" else "active")
    client.get(at("source", source, act))
    assert m.Source.objects.get().state != state
    assert client.post(at("source", source, act), {"_form_submitted": "True"}).status_code in (204, 302)
    assert m.Source.objects.get().state == state


def test_a_token_is_revoked(client: Client, root: User) -> None:
    tokens.create(user=root, name="robot", now=factories.now())
    token = m.Token.objects.get()
    client.get(at("token", token, "revoke"))
    assert m.Token.objects.get().revoked_at is None
    client.post(at("token", token, "revoke"), {"_form_submitted": "True"})
    revoked = m.Token.objects.get()
    assert revoked.revoked_at is not None
    assert revoked.history.first().history_actor == "Rosa Root"


def test_a_failed_message_is_tried_again(client: Client, root: User) -> None:
    now = factories.now()
    message = m.Message.objects.create(
        key="k", person=factories.person(), channel="email", subject="s", body="b", state="failed",
        next_try_at=now, created_at=now,
    )  # fmt: skip
    client.get(at("message", message, "retry"))
    assert m.Message.objects.get().state == "failed"
    client.post(at("message", message, "retry"), {"_form_submitted": "True"})
    assert m.Message.objects.get().state == "pending"
