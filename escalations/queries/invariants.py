"""What must always hold, asked of the database itself. Each rule is one query that finds the rows that break it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet

from escalations.models import (
    OPEN,
    Attempt,
    Case,
    CorrelationKey,
    Delivery,
    Escalation,
    Message,
    Signal,
    StepAnswer,
    StepRun,
    Timer,
)
from escalations.queries import signatures
from escalations.queries.proofs import ENDED

LATE = timedelta(seconds=45)
UNREAD = timedelta(seconds=60)
STUCK = timedelta(minutes=5)
SAMPLE = 5
# With everything overdue at the last owner, the reminder is what keeps ticking.
CLOCKS = ("acknowledge", "resolve", "expected", "promise", "wake", "remind")
# Steps that ask a person: each has a time, after which somebody else hears of it.
ASKING = ("ask_person", "ask_approval", "open_task")


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that does not hold: how many rows break it, and a few of their ids."""

    rule: str
    words: str
    count: int
    sample: list[Any]


type Rule = Callable[[datetime], QuerySet[Any]]


def _nobody_wrote_it_down(model: type[Model]) -> QuerySet[Any]:
    """Records without a history row (`history` is simple-history's manager)."""
    rows: Any = model
    found: QuerySet[Any] = rows.objects.filter(~Exists(rows.history.model.objects.filter(id=OuterRef("pk"))))
    return found


def _without_timer(rows: QuerySet[Any], of: Q) -> QuerySet[Any]:
    return rows.filter(~Exists(Timer.objects.filter(of, state=Timer.State.PENDING)))


RULES: tuple[tuple[str, str, Rule], ...] = (
    (
        "I1 preserved",
        "a delivery without a signal: it was answered and leads nowhere",
        lambda now: Delivery.objects.filter(~Exists(Signal.objects.filter(delivery=OuterRef("pk")))),
    ),
    (
        "I1 preserved",
        "a delivery without the hash of its bytes",
        lambda now: Delivery.objects.filter(sha256=""),
    ),
    (
        "I1 read",
        "a signal that nobody took down the line for a minute",
        lambda now: Signal.objects.filter(
            Q(next_try_at__isnull=True) | Q(next_try_at__lt=now - UNREAD),
            stage="received",
            received_at__lt=now - UNREAD,
        ).exclude(source__state="paused"),
    ),
    (
        "I2 once",
        "two deliveries of one source under one key",
        lambda now: Delivery.objects.values("source", "key").annotate(n=Count("pk")).filter(n__gt=1),
    ),
    (
        "I2 once",
        "a correlation key that leads to two unfinished records",
        lambda now: CorrelationKey.objects.filter(live=True).values("key").annotate(n=Count("pk")).filter(n__gt=1),
    ),
    (
        "I2 once",
        "an unfinished record that no signal can find",
        lambda now: Escalation.objects.filter(
            ~Exists(CorrelationKey.objects.filter(escalation=OuterRef("pk"))), state__in=OPEN
        ),
    ),
    (
        "I3 timers",
        "a clock that is over 45 s late",
        lambda now: Timer.objects.filter(state="pending", due_at__lt=now - LATE),
    ),
    (
        "I3 timers",
        "a clock that fired before its time",
        lambda now: Timer.objects.filter(state="fired", fired_at__lt=F("due_at")),
    ),
    (
        "I3 timers",
        "a clock that fired twice",
        lambda now: (
            Timer.objects.filter(state="fired")
            .values("escalation", "case", "kind", "generation")
            .annotate(n=Count("pk"))
            .filter(n__gt=1)
        ),
    ),
    (
        "I4 owned",
        "an unfinished record without an active owner",
        lambda now: Escalation.objects.filter(
            Q(owner__isnull=True) | Q(owner__is_active=False) | Q(next_due_at__isnull=True), state__in=OPEN
        ),
    ),
    (
        "I4 owned",
        "an unfinished record without a running deadline",
        lambda now: _without_timer(
            Escalation.objects.filter(state__in=OPEN), Q(escalation=OuterRef("pk"), kind__in=CLOCKS)
        ),
    ),
    (
        "I4 owned",
        "a waiting case without an active owner",
        lambda now: Case.objects.exclude(state="decided").filter(owner__is_active=False),
    ),
    (
        "I4 owned",
        "a waiting case without a running clock",
        lambda now: _without_timer(Case.objects.exclude(state="decided"), Q(case=OuterRef("pk"))),
    ),
    (
        "I4 owned",
        "a decision that did not take effect in time",
        lambda now: Case.objects.filter(state="decided", applied_at__isnull=True, effective_at__lt=now - LATE),
    ),
    (
        "I5 outbox",
        "two messages under one key",
        lambda now: Message.objects.values("key").annotate(n=Count("pk")).filter(n__gt=1),
    ),
    (
        "I5 outbox",
        "a message that was sent without a recorded try",
        lambda now: Message.objects.filter(
            ~Exists(Attempt.objects.filter(message=OuterRef("pk"), ok=True)), state="sent"
        ),
    ),
    (
        "I5 outbox",
        "a message that should have been tried five minutes ago",
        lambda now: Message.objects.filter(
            Q(state="pending", next_try_at__lt=now - STUCK) | Q(state="sending", leased_until__lt=now - STUCK)
        ),
    ),
    (
        "I5 outbox",
        "a step that was not told within five minutes what became of its message",
        lambda now: StepRun.objects.filter(
            Exists(Message.objects.filter(key=OuterRef("awaits"), state__in=ENDED, next_try_at__lt=now - STUCK)),
            awaits__isnull=False,
        ),
    ),
    (
        "I3 timers",
        "a step that asks somebody without a clock that ends the wait",
        lambda now: _without_timer(
            StepRun.objects.filter(do__in=ASKING, state="waiting").exclude(escalation__state="closed"),
            Q(escalation=OuterRef("escalation"), kind="step"),
        ),
    ),
    (
        "I7 four eyes",
        "a step approved by whoever asked for it",
        lambda now: StepAnswer.objects.filter(
            Q(asked_by__isnull=True) | Q(by=F("asked_by")), verdict__in=("approved", "refused")
        ),
    ),
    ("I7 four eyes", "a version at work that nobody else signed", signatures.unsigned),
    ("I7 four eyes", "a second signature by somebody with a hand in it", signatures.countersigned_by_an_author),
    ("I6 history", "a record without a history row", lambda now: _nobody_wrote_it_down(Escalation)),
    ("I6 history", "a case without a history row", lambda now: _nobody_wrote_it_down(Case)),
)


def breaches(*, now: datetime) -> list[Breach]:
    """Every rule that does not hold at `now` (the database's time); an empty list is what is wanted."""
    found = []
    for rule, words, rows in RULES:
        broken = rows(now).order_by()
        sample = list(broken[:SAMPLE])
        if sample:
            found.append(Breach(rule, words, broken.count(), [_name(row) for row in sample]))
    return found + [Breach("I7 four eyes", words, len(ids), ids[:SAMPLE]) for words, ids in signatures.faults()]


def _name(row: Any) -> Any:
    """The id of a row; of a group, what its rows have in common."""
    if isinstance(row, Model):
        return row.pk
    return {name: value for name, value in row.items() if value is not None}


def as_json(found: list[Breach]) -> dict[str, Any]:
    """What `check_invariants --json` prints."""
    return {"holds": not found, "rules": len(RULES) + signatures.CHECKS, "breaches": [asdict(one) for one in found]}
