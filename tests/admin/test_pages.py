"""The admin page of every model: it answers for whoever may look, costs little, and changes nothing by looking."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core import serializers
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from escalations import models as m
from opsportal.roles import ROLES, ensure_roles
from templates_engine.models import Contribution, Document, Remark, Version
from tests import factories

pytestmark = pytest.mark.django_db
OWN = ("escalations", "templates_engine")
EVIL = "<script>alert(1)</script>"
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OWN), key=lambda model: model._meta.label
)


@pytest.fixture
def world(db: None, request: pytest.FixtureRequest) -> User:
    """A row of every model (or as many as a test asks for), and somebody who may do all."""
    root = User.objects.create_superuser("root", "root@example.org", "x", first_name="Rosa", last_name="Root")
    lead = factories.catalog()
    record = factories.escalation(owner=lead, title=EVIL, facts={"title": {"value": EVIL}})
    for _ in range(getattr(request, "param", 1)):
        rows_about(record, lead, root)
    m.Lease.objects.create(name="sweeper", data={"swept": 3})
    m.Canary.objects.create(holder="one", asked_at=factories.now())
    return root


def rows_about(record: m.Escalation, lead: m.Person, root: User) -> None:
    """One more row of whatever may have many."""
    at, number = factories.now(), m.Entry.objects.count()
    case = factories.case(record, owner=lead, known={"says": [{"value": EVIL}]})
    source = m.Source(slug=f"source-{number}", kind="generic", name="Tickets", mapping_key="generic")
    source.seal_secrets("s3cret")
    source.save()
    rota = m.Rota.objects.create(key=f"rota-{number}", name=EVIL[:100])
    m.RotaLayer.objects.create(rota=rota, name="Week", starts_on=at.date(), hand_over_at=at.time(), people=[lead.pk])
    later = at + timedelta(days=1)
    m.RotaOverride.objects.create(rota=rota, person=lead, starts_at=at, ends_at=later, reason=EVIL)
    m.Absence.objects.create(person=lead, starts_at=at, ends_at=later, reason=EVIL)
    delivery = m.Delivery.objects.create(
        source=source, key="k", received_at=at, body=EVIL.encode() + b"\x00\xff", verdict="signed", sha256="0"
    )
    m.Rejection.objects.create(source=source, at=at, reason="signature", length=3)
    signal = m.Signal.objects.create(
        delivery=delivery, source=source, received_at=at, escalation=record, case=case, facts={"title": EVIL}
    )
    message = m.Message.objects.create(
        key=f"m{number}", person=lead, escalation=record, case=case, channel="email", subject=EVIL, body=EVIL,
        next_try_at=at, created_at=at, state="failed",
    )  # fmt: skip
    m.Attempt.objects.create(message=message, number=1, at=at, ok=False, detail="no answer")
    m.CorrelationKey.objects.create(escalation=record, key=f"ticket:{number}")
    m.Handoff.objects.create(escalation=record, how="opened", to_person=lead, reason="first", at=at)
    factories.promise(record, by=lead, due=at, state="kept")
    run = factories.step(record, number, "Tell them")
    m.StepAnswer.objects.create(run=run, turn=1, verdict="ticked", comment=EVIL, by=lead, at=at)
    m.Snapshot.objects.create(run=run, escalation=record, at=at, content={"logs": [EVIL]}, digest="0")
    room = m.Destination(key=f"room-{number}", name=EVIL[:100], kind="room", url="https://chat.example.com/hook")
    room.save()
    factories.timer(record, "wake", at)
    factories.entry(record, EVIL)
    m.Token.objects.create(user=root, name="robot", digest=f"{number}", created_at=at)
    m.ReplayedRequest.objects.create(user=root, key=f"k{number}", request_digest="0", at=at, answer={"a": EVIL})
    team = m.Team.objects.create(key=f"team-{number}", name="Team")
    m.Membership.objects.create(team=team, person=factories.person())
    m.AccountIdentifier.objects.create(account=factories.account(owner=lead), system="x", value=f"{number}")
    document = Document.objects.create(kind="mapping", key=f"made-{number}", title="Made")
    row = {"text": EVIL, "body": {}, "digest": "0", "created_at": at, "author": root}
    version = Version.objects.create(document=document, number=1, **row)
    Contribution.objects.create(version=version, user=root, at=at)
    Remark.objects.create(version=version, by=root, at=at, text=EVIL)
    tried = m.Backtest.objects.create(
        version=version, version_digest="0", since=at, until=later, report={"a": EVIL}, fault=EVIL, started_at=at,
        beat_at=at, started_by=root,
    )  # fmt: skip
    words = {"words": EVIL}
    m.BacktestRow.objects.create(backtest=tried, signal=signal, at=at, outcome="open", before=words, after=words)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def login_as(role: str) -> Client:
    ensure_roles()
    user = User.objects.create_user(f"the-{role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return client_of(user)


def addresses(model: type[Model]) -> dict[str, str]:
    """The pages of a model and of its newest row, old version included."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row: Any = model._default_manager.order_by("-pk").first()
    found = {
        "changelist": reverse(f"{name}_changelist"),
        "add": reverse(f"{name}_add"),
        "change": reverse(f"{name}_change", args=[row.pk]),
        "delete": reverse(f"{name}_delete", args=[row.pk]),
        "history": reverse(f"{name}_history", args=[row.pk]),
    }
    if hasattr(model, "history"):
        found["version"] = reverse(f"{name}_simple_history", args=[row.pk, row.history.first().pk])
    for act in getattr(admin.site._registry[model], "actions_detail", None) or ():
        found[act] = reverse(f"{name}_{act}", args=[row.pk])
    return found


def digest() -> str:
    """Every row of our own tables, history too."""
    whole = hashlib.sha256()
    for label in OWN:
        for model in apps.get_app_config(label).get_models():
            whole.update(serializers.serialize("json", model._default_manager.order_by("pk")).encode())
    return whole.hexdigest()


@pytest.mark.parametrize("world", [50], indirect=True)
def test_every_page_answers_within_its_budget(world: User) -> None:
    client = client_of(world)
    client.get(reverse("admin:escalations_team_changelist"))
    for model in MODELS:
        for page, address in addresses(model).items():
            if page in ("add", "delete"):
                continue
            with CaptureQueriesContext(
                connection,
            ) as asked:
                answer = client.get(address)
            assert answer.status_code == 200, address
            assert EVIL not in answer.content.decode(), address
            assert page != "changelist" or len(asked) <= 12, (address, [one["sql"][:200] for one in asked])


def test_every_list_can_be_searched_and_filtered(world: User) -> None:
    client = client_of(world)
    for model in MODELS:
        page = admin.site._registry[model]
        address = addresses(model)["changelist"]
        assert not page.search_fields or client.get(address, {"q": "o'%<x> \x00"}).status_code in (200, 400), address
        assert not page.search_fields or client.get(address, {"q": "one two"}).status_code == 200, address
        for column in range(1, len(page.list_display) + 1):
            assert client.get(address, {"o": column}).status_code == 200, address


def test_a_secret_is_on_no_page(world: User) -> None:
    client = client_of(world)
    for model in (m.Source, m.Token):
        for page, address in addresses(model).items():
            if page not in ("add", "delete"):
                text = client.get(address).content.decode()
                assert "s3cret" not in text
                assert "sealed_secrets" not in text


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_gets_what_it_was_given(world: User, role: str) -> None:
    client = login_as(role)
    for model in MODELS:
        opts, found = model._meta, addresses(model)
        may = {verb: f"{opts.app_label}.{verb}_{opts.model_name}" in ROLES[role] for verb in ("view", "add", "change")}
        seen = 200 if may["view"] or may["change"] else 403
        old = f"{opts.app_label}.view_historical{opts.model_name}" in ROLES[role]
        for page in ("changelist", "change", "history", "version"):
            if page in found:
                may_see = old if page in ("history", "version") and "version" in found else seen == 200
                assert client.get(found[page]).status_code == (200 if may_see else 403), (role, found[page])
        may_add = may["add"] and "FormAdmin" in [one.__name__ for one in type(admin.site._registry[model]).__mro__]
        assert client.get(found["add"]).status_code == (200 if may_add else 403), (role, found["add"])
        assert client.post(found["delete"], {"post": "yes"}).status_code == 403


def test_an_auditor_changes_nothing_by_posting(world: User) -> None:
    client = login_as("auditor")
    every = [address for model in MODELS for address in addresses(model).values()]
    before = digest()
    for address in every:
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(address, {"name": "Eve", "state": "disabled"} if method == "post" else "")
            assert answer.status_code < 500, (method, address)
    assert digest() == before


def test_the_digest_sees_a_change(world: User) -> None:
    before = digest()
    m.Lease.objects.update(holder="Eve")
    assert digest() != before


def test_the_queue_and_the_histories_have_no_pages() -> None:
    names = {model._meta.label for model in admin.site._registry}
    assert not [name for name in names if name.startswith("django_q") or "Historical" in name]
