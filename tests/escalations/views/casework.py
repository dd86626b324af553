"""A small company with trouble that only a person can judge, made through the portal's own verbs."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.utils import timezone

from escalations import pipeline
from escalations.models import Account, Case, Person, Source
from escalations.services import accounts, intake, people, sources
from opsportal import roles
from templates_engine import services as documents
from templates_engine.management.commands.load_catalog import SHIPPED

OWNERSHIP = """
kind: ownership
key: ownership
title: Who holds and who decides
last_owner: lena
reviewers:
  default: {team: support}
review_within: 30m
remind_every: [5m, 15m]
max_hops: 6
"""


@dataclass(frozen=True)
class World:
    """Who and what there is."""

    omar: Person
    lena: Person
    reader: User
    source: Source
    account: Account

    def login(self, person: Person) -> User:
        assert person.user is not None
        return person.user


def world() -> World:
    """People, teams, one customer, one source, the shipped documents."""
    cache.clear()
    roles.ensure_roles()
    texts = [(str(file), file.read_text(encoding="utf-8")) for file in sorted(SHIPPED.glob("*.yaml"))]
    documents.load([*texts, ("ownership", OWNERSHIP)], now=timezone.now())
    omar, lena = _person("omar", "Omar Said", "operator"), _person("lena", "Lena Fors", "lead")
    for key in ("support", "support-backup", "operations", "success"):
        people.save_team(key=key, name=key.capitalize(), members=[omar, lena])
    account = accounts.upsert(
        key="tessel-bank",
        name="Tessel Bank",
        tier="business",
        amount=96_000,
        owner=lena,
        identifiers=[("name", "Tessel Bank")],
    )
    accounts.upsert(key="otter-finance", name="Otter Finance", tier="starter", identifiers=[("name", "Otter Finance")])
    source, _ = sources.connect(kind="generic", slug="monitoring", name="Monitoring", unsigned=True)
    return World(omar, lena, _login("rita", "auditor"), source, account)


def arrive(here: World, **payload: object) -> Case | None:
    """A signal comes in and goes down the line; the case it made, when it made one."""
    body = json.dumps(payload).encode()
    now = timezone.now()
    before = set(Case.objects.values_list("pk", flat=True))
    key = f"test:{payload}"[:200]
    intake.keep(source=here.source, key=key, body=body, headers={"x-id": "1"}, verdict="unsigned", now=now)
    pipeline.drain()
    cache.clear()
    return Case.objects.exclude(pk__in=before).order_by("pk").first()


def stranger(here: World, name: str = "Tessel Bnak", title: str = "Payout file rejected") -> Case:
    """Somebody whom no account carries."""
    case = arrive(here, account=name, title=title, severity="high", problem="payouts")
    assert case is not None
    assert case.reason == "account_unknown"
    return case


def doubtful(here: World, severity: str = "P9", title: str = "Card payments fail") -> Case:
    """A severity that no table knows: the record runs at the worst meanwhile."""
    case = arrive(here, account="Tessel Bank", title=title, severity=severity, problem=title)
    assert case is not None
    assert case.reason == "severity_unclear"
    return case


def later(case: Case, minutes: int) -> datetime:
    """Move a case's deadline, so that the order of the queue is known."""
    case.due_at += timedelta(minutes=minutes)
    case.save()
    return case.due_at


def _person(username: str, name: str, role: str) -> Person:
    person = Person(username=username, name=name, title=role.capitalize(), user=_login(username, role))
    return people.save_person(person=person)


def _login(name: str, role: str) -> User:
    user = User.objects.create_user(name, password="pass")
    user.groups.add(Group.objects.get(name=role))
    return user
