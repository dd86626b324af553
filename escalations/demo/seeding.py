"""Filling the demo: people, customers, sources, and a morning's work done through the same verbs as by hand."""

from datetime import datetime, time, timedelta

from django.contrib.auth.models import Group, User
from django.db import transaction

from escalations import pipeline
from escalations.demo.company import COLLEAGUES, CUSTOMERS, PASSWORD, TEAMS, TROUBLES
from escalations.demo.letters import write
from escalations.demo.simulator import trouble
from escalations.models import Escalation, Person, Source
from escalations.services import absences, accounts, handoffs, intake, ledger, people, promises, rotas, sources
from escalations.sources import registry
from escalations.sources.base import Incoming, SourceConfig
from opsportal.audit.acting import acting

HANDED = (("mira", "knows payments"), ("tomas", "platform is on call"), ("sofia", "knows the customer"))


def seed(*, secret: str, now: datetime) -> bool:
    """Make Larkfield and its morning; False when it is there already."""
    if Person.objects.exists():
        return False
    with acting(door="demo", name="Demo", reason="demo company"), transaction.atomic():
        _people()
        _customers(now)
        _rotas(now)
        _sources(secret)
    return True


def morning(*, now: datetime) -> int:
    """Escalations of the last hours, most of them in somebody's hands; returns how many."""
    with acting(door="demo", name="Demo", reason="demo morning"):
        made = 0
        for number, what in enumerate((*TROUBLES[3:], *TROUBLES[5:]), start=1):
            customer = CUSTOMERS[(number * 7 + number // 20) % len(CUSTOMERS)]
            at = now - timedelta(minutes=7 * number)
            letter = write(trouble(customer, what, 88000 + number), at)
            escalation = _arrive(letter.source, letter.body, at)
            if escalation is not None:
                made += 1
                _work(escalation, number, now)
    return made


def _people() -> None:
    made: dict[str, Person] = {}
    for one in COLLEAGUES:
        person = Person(
            username=one.username,
            name=one.name,
            title=one.title,
            time_zone=one.zone,
            email=f"{one.username}@larkfield.example",
            user=_login(one.login, one.name) if one.login else None,
        )
        made[one.username] = people.save_person(person=person)
    for key, (name, members) in TEAMS.items():
        people.save_team(key=key, name=name, members=[made[username] for username in members])


def _login(role: str, name: str) -> User:
    first, _, last = name.partition(" ")
    user = User.objects.create_user(role, f"{role}@larkfield.example", PASSWORD, first_name=first, last_name=last)
    user.is_staff = True
    user.is_superuser = role == "admin"
    user.save()
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def _customers(now: datetime) -> None:
    owners = {person.username: person for person in Person.objects.all()}
    for one in CUSTOMERS:
        accounts.upsert(
            key=one.key,
            name=one.name,
            tier=one.tier,
            renewal_on=(now + timedelta(days=one.renews_in)).date(),
            amount=one.amount,
            owner=owners[one.owner],
            identifiers=(
                ("zendesk_organization", one.zendesk),
                ("slack_channel", one.channel),
                ("name", one.name),
            ),
        )


def _rotas(now: datetime) -> None:
    """Two duties: one around the clock, one for working days only, whose gaps the page shows."""
    by = {person.username: person for person in Person.objects.all()}
    monday = (now - timedelta(days=now.weekday() + 7)).date()
    platform = rotas.save_rota(key="platform", name="Platform on call", time_zone="Europe/Berlin")
    week = [by["operator"], by["tomas"], by["mira"]]
    rotas.add_layer(rota=platform, name="Week", people=week, starts_on=monday, hand_over_at=time(9))
    nights = [{"days": list(range(7)), "from": "22:00", "until": "07:00"}]
    rotas.add_layer(
        rota=platform,
        name="Nights",
        people=[by["tomas"], by["sofia"]],
        starts_on=monday,
        hand_over_at=time(9),
        windows=nights,
    )
    start = now + timedelta(days=2)
    rotas.override(
        rota=platform,
        person=by["mira"],
        starts_at=start,
        ends_at=start + timedelta(days=1),
        reason="a wedding",
        now=now,
    )
    payments = rotas.save_rota(key="payments", name="Payments on call", time_zone="Europe/Stockholm")
    office = [{"days": [0, 1, 2, 3, 4], "from": "08:00", "until": "18:00"}]
    rotas.add_layer(
        rota=payments,
        name="Working days",
        people=[by["mira"], by["tomas"]],
        starts_on=monday,
        hand_over_at=time(8),
        turn_hours=24,
        windows=office,
    )
    away = now + timedelta(days=5)
    absences.say(person=by["tomas"], starts_at=away, ends_at=away + timedelta(days=2), reason="holiday", now=now)


def _sources(secret: str) -> None:
    for kind, slug, name in (
        ("zendesk", "zendesk", "Zendesk"),
        ("slack", "slack", "Slack"),
        ("generic", "monitoring", "Monitoring"),
    ):
        sources.connect(kind=kind, slug=slug, name=name, secrets=(secret,))


def _arrive(slug: str, body: bytes, at: datetime) -> Escalation | None:
    source = Source.objects.get(slug=slug)
    vendor = registry.vendor(source.kind)
    config = SourceConfig(source.slug, source.kind, source.secrets, source.unsigned, None)
    key = vendor.delivery_key(Incoming(body, {}, "POST", "", at), config)
    kept = intake.keep(source=source, key=key, body=body, headers={}, verdict="demo", now=at)
    pipeline.process(kept.signal_id, now=at)
    return Escalation.objects.filter(signals=kept.signal_id).first()


def _work(escalation: Escalation, number: int, now: datetime) -> None:
    """What people did with it since; every fifth was left for the person who looks at the demo."""
    owner = escalation.owner
    if owner is None or number % 5 == 0:
        return
    at = escalation.opened_at + timedelta(minutes=2)
    ledger.acknowledge(escalation_id=escalation.pk, by=owner, now=at)
    blockers = ("bug_fix", "access", "missing_decision", "unclear_repro", "policy_exception", "dependency")
    later = min(at + timedelta(minutes=3), now - timedelta(seconds=1))
    if number % 3:
        said = "waiting for the vendor" if number % 2 else ""
        blocker = blockers[number % len(blockers)]
        ledger.set_blocker(escalation_id=escalation.pk, by=owner, blocker=blocker, note=said, now=later)
    if number % 2:
        promises.promise(
            escalation_id=escalation.pk,
            by=owner,
            to_whom=f"{escalation.account.name}, administrator",
            text="What we found, and when it is fixed",
            due_at=now + timedelta(minutes=20 * number),
            now=later,
        )
    if number % 4 != 0:
        username, reason = HANDED[number % len(HANDED)]
        to = Person.objects.get(username=username)
        handoffs.hand_off(escalation_id=escalation.pk, by=owner, to_id=to.pk, reason=reason, expected="8h", now=later)
        ledger.acknowledge(escalation_id=escalation.pk, by=to, now=later)
