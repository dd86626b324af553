"""A ledger of N open records, written set by set: customers, clocks, timeline and ranks as the line makes them."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from escalations.demo import seeding
from escalations.models import Account, Case, Escalation, Person
from opsportal.roles import ensure_roles
from templates_engine.models import Version

SEVERITIES = ("critical", "high", "normal", "normal", "low")
BATCH = 2000
ASKED = 250  # records with a question that waits: how long the queue is does not follow the ledger
# What stands beside each record, copied by the database: five rows a record through Python take a minute at 100,000.
BESIDE = {
    "timer (escalation_id, kind, generation, urgency, due_at, state)": (
        "id, 'acknowledge', 1, id % 3, acknowledge_by, 'pending'",
        "id, 'resolve', 1, id % 3, resolve_by, 'pending'",
    ),
    "correlationkey (escalation_id, key, live)": ("id, 'seed:' || id, TRUE",),
    'steprun (escalation_id, position, step, "do", title, state, outcome, block, tries, turn, data)': (
        "id, 0, 'assign', 'assign', 'Assign', 'done', '', '', 0, 1, '{}'",
    ),
    "entry (escalation_id, at, verb, actor, text, data, act)": (
        "id, opened_at, 'open', 'Opsportal', 'Opened', '{}', 'seed'",
    ),
}


def fill(count: int) -> None:
    """Make the demo company, and `count` open records of its customers and some more."""
    now = datetime.now(UTC)
    ensure_roles()
    seeding.seed(secret="bench-" + "b" * 30, now=now)
    people = [*Person.objects.filter(user__isnull=True), Person.objects.get(username="operator")]
    last = Person.objects.get(username="lead")
    template = Version.objects.get(document__key="any-customer-trouble", state="active")
    Account.objects.bulk_create(
        [
            Account(key=f"c{n}", name=f"Customer {n:05d}", tier="business", amount=n * 100)
            for n in range(count // 20 + 1)
        ],
        batch_size=BATCH,
    )
    accounts = list(Account.objects.values_list("pk", flat=True))
    for start in range(0, count, BATCH):
        _batch(range(start, min(start + BATCH, count)), now, people, last, template, accounts)
    with connection.cursor() as cursor:
        for into, every in BESIDE.items():
            for values in every:
                cursor.execute(f"INSERT INTO escalations_{into} SELECT {values} FROM escalations_escalation")  # noqa: S608  our own words
        cursor.execute("ANALYZE")


def _batch(
    numbers: range, now: datetime, people: list[Person], last: Person, template: Version, accounts: list[int]
) -> None:
    records = [_record(number, now, people, last, template, accounts) for number in numbers]
    Escalation.objects.bulk_create(records, batch_size=BATCH)
    Case.objects.bulk_create([_case(one, now, last) for one in records[: max(ASKED - numbers.start, 0)]])


def _case(escalation: Escalation, now: datetime, owner: Person) -> Case:
    says = [{"source": "Zendesk", "value": "high"}, {"source": "Slack", "value": "critical"}]
    return Case(
        reason="sources_disagree",
        question=f"Which severity has {escalation.short}?",
        subject=escalation.short,
        key=f"seed:{escalation.pk}",
        escalation=escalation,
        field="severity",
        known={"says": says, "runs": "critical"},
        owner=owner,
        due_at=now + timedelta(hours=4),
        opened_at=now,
    )


def _record(
    number: int, now: datetime, people: list[Person], last: Person, template: Version, accounts: list[int]
) -> Escalation:
    severity = SEVERITIES[number % len(SEVERITIES)]
    due = now + timedelta(hours=1, seconds=number * 7 % 500_000)
    owner, backup = people[number % len(people)], people[(number + 1) % len(people)]
    return Escalation(
        account_id=accounts[number % len(accounts)],
        title=f"Trouble {number} with exports and sign-in",
        short=f"Trouble {number}",
        severity=severity,
        tier="business",
        template=template,
        facts={"severity": {"value": severity, "source": "Zendesk"}},
        primary=owner,
        backup=backup,
        escalation_owner=last,
        owner=owner,
        next_due_at=due,
        next_due_kind="acknowledge",
        acknowledge_by=due,
        resolve_by=due + timedelta(days=1),
        rank_at=due - timedelta(hours=number % 24),
        rank_base_at=due,
        rank_reasons=[{"words": severity, "hours": 12.0}],
        opened_at=now - timedelta(hours=1),
    )
