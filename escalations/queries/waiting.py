"""The rail of the review queue: waiting cases by the page, in the order of their deadlines, and how many there are.

However long the queue is, a page costs the same: rows are found by their deadline and id, counting stops at MOST.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from math import ceil
from operator import or_
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from escalations.models import Case, Message, Person, Signal
from escalations.queries.review import MOST, Bounded, Recent, counted

PAGE = 24  # more than a screen holds, and the whole page stays under 60 KB
ASLEEP = 10  # snoozed cases that a rail lists; the rest is a number
TOGETHER = 400  # cases decided at once; their ids still fit into one address
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)

# What a row needs of the record and its account, and nothing beside.
_ROW = (
    "reason", "state", "question", "subject", "field", "answers", "alike", "due_at", "wake_at", "opened_at",
    "claimed_at", "version",
    "owner", "owner__name", "claimed_by", "claimed_by__name", "source", "source__name",
    "escalation", "escalation__short", "escalation__tier",
    "escalation__account", "escalation__account__name", "escalation__account__renewal_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader chose to see: `who` is "mine" or nothing, `reason` a code or nothing."""

    who: str = ""
    reason: str = ""

    def within(self, rows: QuerySet[Case], person: Person | None) -> QuerySet[Case]:
        """The rows of the filter."""
        if self.reason:
            rows = rows.filter(reason=self.reason)
        if self.who == "mine":
            rows = rows.filter(owner=person)
        return rows


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of waiting cases as one person sees them, and how many there are; counts above MOST are MOST + 1."""

    mine: Sequence[Case] = ()
    others: Sequence[Case] = ()
    snoozed: Sequence[Case] = ()
    waiting: int = 0
    shown: int = 0
    asleep: int = 0
    seconds: float = 60.0
    more: str = ""

    @property
    def rows(self) -> list[Case]:
        """All of them, as they stand on the screen."""
        return [*self.mine, *self.others, *self.snoozed]

    @property
    def left(self) -> int:
        """How many can be decided now, as far as the filter shows them."""
        return max(self.shown - self.asleep, 0)

    @property
    def minutes(self) -> int:
        """How long they will take, by what the last decisions took."""
        return ceil(self.seconds * min(self.left, MOST) / 60)

    @property
    def waiting_words(self) -> str:
        """The count as it is said."""
        return f"over {MOST:,}" if self.waiting > MOST else f"{self.waiting:,}"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The three groups of a rail as queries, each in the order of its rows."""

    mine: QuerySet[Case]
    others: QuerySet[Case]
    asleep: QuerySet[Case]
    every: QuerySet[Case] = field(default_factory=Case.objects.none)


def queue(*, person: Person | None, now: datetime, decided: Recent, filters: Filters) -> Queue:
    """The first page: one's own first, then those of others, then the first of the snoozed. One statement."""
    parts = _parts(person, now, filters)
    pages = (parts.mine[: PAGE + 1], parts.others[: PAGE + 1], parts.asleep[:ASLEEP])
    found = list(
        rows(reduce(or_, (Q(pk__in=Subquery(page.values("pk"))) for page in pages))).annotate(
            waiting=_count(Case.objects.exclude(state=Case.State.DECIDED)),
            shown=_count(parts.every),
            asleep=_count(parts.asleep),
        )
    )
    if not found:
        waiting = Case.objects.exclude(state=Case.State.DECIDED).order_by()[: MOST + 1].count()
        return Queue(waiting=waiting, seconds=decided.seconds)
    asleep = [row for row in found if row.wake_at is not None and row.wake_at > now]
    awake = [row for row in found if row not in asleep]
    mine = [row for row in awake if _of(row, person)]
    others = [row for row in awake if not _of(row, person)]
    listed = [*mine, *others]
    more = cursor(listed[PAGE - 1], person) if len(listed) > PAGE else ""
    first: Any = found[0]
    return Queue(
        mine[:PAGE], others[: max(PAGE - len(mine), 0)], asleep, first.waiting, first.shown, first.asleep,
        decided.seconds, more,
    )  # fmt: skip


def further(after: str, *, person: Person | None, now: datetime, filters: Filters) -> Queue:
    """The page after a cursor; empty where the cursor means nothing."""
    group, place = _read(after)
    if place is None:
        return Queue()
    parts = _parts(person, now, filters)
    mine: list[Case] = []
    if group == "m":
        mine = list(rows(Q(pk__in=Subquery(_beyond(parts.mine, place)[: PAGE + 1].values("pk")))))
    rest = PAGE + 1 - len(mine)
    beyond = parts.others if group == "m" else _beyond(parts.others, place)
    others = list(rows(Q(pk__in=Subquery(beyond[:rest].values("pk"))))) if rest > 0 else []
    listed = [*mine, *others]
    more = cursor(listed[PAGE - 1], person) if len(listed) > PAGE else ""
    return Queue(mine[:PAGE], others[: max(PAGE - len(mine), 0)], more=more)


def following(case: Case, *, person: Person | None, now: datetime, filters: Filters) -> Case | None:
    """The case whose turn it is after this one: the one below it, else the first."""
    parts, place = _parts(person, now, filters), (case.due_at, case.pk)
    own = _of(case, person)
    turns = (
        (_beyond(parts.mine, place), parts.others, parts.mine)
        if own
        else (_beyond(parts.others, place), parts.mine, parts.others)
    )
    found = (one.exclude(pk=case.pk).only("pk").first() for one in turns)
    return next((one for one in found if one is not None), None)


def alike(case: Case) -> int:
    """How many cases that ask the same wait, this one among them."""
    return Case.objects.filter(alike=case.alike).exclude(state=Case.State.DECIDED).order_by()[: MOST + 1].count()


def together(*, ids: Sequence[int] = (), like: Case | None = None) -> list[Case]:
    """Cases to be decided together: those chosen, or all that ask the same and wait; TOGETHER at most."""
    chosen = Case.objects.filter(pk__in=ids[:TOGETHER])
    if like is not None:
        chosen = Case.objects.filter(alike=like.alike).exclude(state=Case.State.DECIDED)
    held = Message.objects.filter(escalation=OuterRef("escalation"), state=Message.State.HELD)
    stopped = Signal.objects.filter(case=OuterRef("pk"), stage=Signal.Stage.REVIEW)
    return list(
        chosen.select_related("owner", "claimed_by", "decided_by", "escalation__account")
        .annotate(held_messages=counted(held, "escalation"), stopped_signals=counted(stopped, "case"))
        .order_by("due_at", "id")[:TOGETHER]
    )


def rows(where: Q) -> QuerySet[Case]:
    """Cases with what a row shows: people, the customer, what waits for the decision."""
    held = Message.objects.filter(escalation=OuterRef("escalation"), state=Message.State.HELD)
    stopped = Signal.objects.filter(case=OuterRef("pk"), stage=Signal.Stage.REVIEW)
    return (
        Case.objects.filter(where)
        .select_related("owner", "claimed_by", "source", "escalation__account")
        .only(*_ROW)
        .annotate(held_messages=counted(held, "escalation"), stopped_signals=counted(stopped, "case"))
        .annotate(said=F("known__says"))
        .order_by("due_at", "id")
    )


def cursor(row: Case, person: Person | None) -> str:
    """Where the next page begins: the group, the deadline in microseconds, the id."""
    return f"{'m' if _of(row, person) else 'o'}.{(row.due_at - _EPOCH) // _MICRO}.{row.pk}"


def _parts(person: Person | None, now: datetime, filters: Filters) -> _Parts:
    waiting = filters.within(Case.objects.exclude(state=Case.State.DECIDED).order_by("due_at", "id"), person)
    awake = waiting.filter(Q(wake_at__isnull=True) | Q(wake_at__lte=now))
    asleep = waiting.filter(wake_at__gt=now).order_by("wake_at", "id")
    if person is None:
        return _Parts(Case.objects.none(), awake, asleep, waiting)
    return _Parts(awake.filter(owner=person), awake.exclude(owner=person), asleep, waiting)


def _beyond(part: QuerySet[Case], place: tuple[datetime, int]) -> QuerySet[Case]:
    due, pk = place
    return part.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk), due_at__gte=due)


def _read(after: str) -> tuple[str, tuple[datetime, int] | None]:
    group, _, place = after.partition(".")
    due, _, pk = place.partition(".")
    if group not in ("m", "o") or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in (due, pk)):
        return "", None
    try:
        return group, (_EPOCH + int(due) * _MICRO, int(pk))
    except OverflowError:
        return "", None


def _count(waiting: QuerySet[Case]) -> Bounded:
    return Bounded(waiting.order_by().values("pk")[: MOST + 1])


def _of(row: Case, person: Person | None) -> bool:
    # Not by who has it in hand: opening a case must not move its row.
    return person is not None and row.owner_id == person.pk
