"""A seeded mix of everything that senders send: known and unknown, clear and doubtful, new, again and broken."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from escalations import pipeline
from escalations.models import Case, Escalation, Signal, Source
from escalations.services import accounts, applying, cases, intake, ledger
from escalations.services.holding import locked_case, writing
from tests.stories import world

BEGAN = datetime(2026, 11, 1, 6, tzinfo=UTC)
CUSTOMERS = 12


def customers() -> None:
    """Some more customers: with and without a tier, two of which share a name's worth of identifiers."""
    for number in range(CUSTOMERS):
        accounts.upsert(
            key=f"customer-{number}",
            name=f"Customer {number}",
            tier=("enterprise", "business", "starter", "")[number % 4],
            amount=number * 90_000,
            renewal_on=BEGAN.date() + timedelta(days=number * 9) if number % 3 else None,
            owner=world.person("cleo") if number % 2 else None,
            identifiers=[
                ("zendesk_organization", f"9{number}"),
                ("slack_channel", f"C0{number}"),
                ("name", f"Customer {number}"),
                ("domain", f"c{number}.example"),
            ],
        )


def bodies(count: int, seed: int = 7) -> list[tuple[str, bytes]]:
    """The source's slug and the bytes of so many deliveries."""
    chance = random.Random(seed)
    return [_one(chance, number) for number in range(count)]


def _one(chance: random.Random, number: int) -> tuple[str, bytes]:
    make = chance.choices((_zendesk, _slack, _generic, _broken), (40, 15, 40, 5))[0]
    slug, body = make(chance, number)
    return slug, body if isinstance(body, bytes) else json.dumps(body).encode()


def _zendesk(chance: random.Random, number: int) -> tuple[str, Any]:
    ticket = world.ticket(
        chance.randrange(max(number // 2, 1) + 5),
        ticket_priority=chance.choice(("Urgent", "High", "Normal", "Low", "Odd", None)),
        ticket_status=chance.choice(("Open", "Pending", "Solved")),
        organization_id=chance.choice([f"9{one}" for one in range(CUSTOMERS)] + ["77", "404"]),
        ticket_title=chance.choice(("Exports hang", "Nobody can sign in", "", "Überlauf ☃ 1e300")),
        updated_at=(BEGAN + timedelta(minutes=chance.randrange(9000))).isoformat(),
    )
    return "zendesk", ticket


def _slack(chance: random.Random, number: int) -> tuple[str, Any]:
    channel = chance.choice([f"C0{one}" for one in range(CUSTOMERS)] + ["C0ACME", "C0NONE"])
    event = {"type": "message", "text": f"Exports hang {number}", "channel": channel, "event_ts": f"17637{number:05}.1"}
    return "slack", {"type": "event_callback", "event_id": f"Ev{number}", "event": event}


def _generic(chance: random.Random, number: int) -> tuple[str, Any]:
    told: dict[str, Any] = {
        "account": chance.choice([f"Customer {one}" for one in range(CUSTOMERS)] + ["Acme", "Nobody Ltd"]),
        "title": f"Trouble {number}",
        "problem": chance.choice(("disk", "sign-in", "exports", "latency", f"p{number}")),
        "severity": chance.choice(("critical", "high", "P2", "low", "P9", None)),
    }
    extras: list[dict[str, Any]] = [
        {"tier": chance.choice(("enterprise", "starter", "gold"))},
        {"sla_minutes_over": chance.choice((5, 45, 700, "many"))},
        {"sentiment": chance.choice((1e22, -0.5, 3.0, 1e-9))},
        {"affected": 2**70},
        {"account_domain": f"c{chance.randrange(CUSTOMERS)}.example"},
        {"status": chance.choice(("resolved", "open", "Closed"))},
        {"problem": None},
        {"tags": ["a", "b"], "risk": ["executive"]},
        {"type": "ping"},
        {},
        {},
        {},
    ]
    told |= chance.choice(extras)
    return "generic", [told, told | {"problem": "second"}] if chance.random() < 0.05 else told


def _broken(chance: random.Random, number: int) -> tuple[str, Any]:
    slug = chance.choice(("zendesk", "generic", "slack"))
    return slug, chance.choice((b"{", b"[]", b"\xff\xfe", b'{"a":1,"a":2}', b"null", b'{"event": {"type": "x"}}'))


def play(count: int, seed: int = 7, *, people: bool = True) -> None:
    """Store the mix and take it down the line; people answer, resolve and let close as it goes."""
    customers()
    sources = {one.slug: one for one in Source.objects.all()}
    chance = random.Random(seed + 1)
    for number, (slug, body) in enumerate(bodies(count, seed)):
        key = f"mix-{seed}-{number}"
        intake.keep(source=sources[slug], key=key, body=body, headers={}, verdict="mix", now=datetime.now(UTC))
        if number % 100 == 99:
            pipeline.drain()
            if people:
                _people(chance)
    while pipeline.drain():
        pass


def _people(chance: random.Random) -> None:
    """Somebody decides two cases in their way, and three records are over, one of them for good."""
    ada = world.person("ada")
    waiting = Case.objects.filter(state="open", signals__stage="review").distinct().order_by("pk")
    for case in waiting[:2]:
        answer: dict[str, Any] = {"account": world.acme().pk} if "account" in case.reason else {"severity": "low"}
        if case.reason == "problem_unknown":
            answer = {"problem": "told by a person"}
        cases.decide(case_id=case.pk, by=ada, answer=answer, reason="known", now=datetime.now(UTC))
        with writing(now=datetime.now(UTC), human=True) as unit:
            applying.apply(unit, locked_case(case.pk))
    records = list(Escalation.objects.unfinished().order_by("pk")[:20])
    for record in chance.sample(records, min(3, len(records))):
        ledger.resolve(escalation_id=record.pk, by=ada, resolution="done", now=datetime.now(UTC))
    pipeline.drain()


def decided() -> list[Signal]:
    """All signals that the line decided about."""
    return list(Signal.objects.exclude(decision_digest="").order_by("pk"))
