"""Reads of the Desk: saved views over the ledger, pages by rank, counts that never look at everything.

A view that no index serves is looked for among the most urgent `WINDOW` records after the place where the page
begins, so that a page and a count cost the same at a thousand open records and at a million. Where the window
ended before the ledger did, counts say "at least" and the page says where to look further.

SQLite proves that a query fits a partial index only from literals: `state IN (?, ?, ?)` sorts the whole ledger
(42 ms at 100,000 records), `state IN ('open', ..)` reads the first rows of the index (0.2 ms). Hence `models.IsOpen`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

from escalations.models import Account, Escalation, Person
from escalations.models.escalations import EscalationQuerySet

PAGE = 50
WINDOW = 2_000
FOUND = 200  # a text that fits more records than this wants more letters
LAST = 3  # the level at which the policy's last owner holds a record

# What a row shows: a record has many more columns, and making objects of them is what a page costs.
SHOWN = (
    *("version", "severity", "short", "title", "state", "level", "rank_at", "rank_reasons", "next_due_at"),
    *("promise_at", "wake_at", "blocker", "account__name", "owner__name"),
)

Key = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class View:
    """A saved view: `indexed` ones are read straight from an index, the others within the window."""

    key: str
    title: str
    words: str
    test: Callable[[Person | None, datetime], Q]
    indexed: bool = False
    tab: bool = True


VIEWS = (
    View("all", "All open", "Everything that still needs somebody", lambda who, now: Q(), indexed=True),
    View("mine", "Mine", "You are the next owner", lambda who, now: Q(owner=who), indexed=True),
    View("executive", "Executive visibility", "Executives watch it", lambda who, now: Q(risks__contains='"executive"')),
    View(
        "engineering",
        "Engineering response",
        "A fix or a dependency blocks it",
        lambda who, now: Q(blocker__in=(Escalation.Blocker.BUG_FIX, Escalation.Blocker.DEPENDENCY)),
    ),
    View(
        "reproduction",
        "Better reproduction",
        "Nobody can show the fault yet",
        lambda who, now: Q(blocker=Escalation.Blocker.REPRO),
    ),
    View(
        "reset",
        "Customer reset",
        "A promise has drifted, or the trouble is what was said",
        lambda who, now: Q(promise_at__lt=now) | Q(kind=Escalation.Kind.COMMUNICATION),
    ),
    View("waiting", "Waiting", "Snoozed until its wake time", lambda who, now: Q(state=Escalation.State.WAITING)),
    View(
        "ownerless",
        "Ownerless",
        "Nobody answered: the last owner holds it",
        lambda who, now: Q(level__gte=LAST, state=Escalation.State.OPEN),
    ),
    View(
        "late",
        "Clocks late",
        "The next deadline has passed",
        lambda who, now: Q(next_due_at__lt=now) & ~Q(state=Escalation.State.WAITING),
        tab=False,
    ),
    View(
        "promises",
        "Promises late",
        "The customer was promised an update by now",
        lambda who, now: Q(promise_at__lt=now),
        tab=False,
    ),
)
BY_KEY = {view.key: view for view in VIEWS}


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one page in their order; `after` begins the next one, None where the ledger ended.

    `looked` says how many records were looked through, where the window ended before the page was full.
    """

    rows: list[Escalation]
    after: Key | None
    looked: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records each view holds; `cut` when the ledger is longer than what was counted."""

    values: dict[str, int]
    cut: bool

    def words(self, key: str) -> str:
        """The count as a tab shows it: exact, or "at least"."""
        count = self.values[key]
        if count > WINDOW:
            return f"{WINDOW:,}+"
        return f"{count:,}+" if self.cut and not BY_KEY[key].indexed else f"{count:,}"


def ledger() -> EscalationQuerySet:
    """Open records in the order of their rank, with the risks as text (no JSON operator is on both databases)."""
    return _ranked().annotate(risks=Cast("risk", TextField()))


def _ranked() -> EscalationQuerySet:
    return Escalation.objects.ranked()


def page(
    view: View, *, person: Person | None, now: datetime, after: Key | None = None, text: str = "", size: int = PAGE
) -> Page:
    """The next `size` records of a view after a place in the ranking, filtered by a text."""
    if text:
        rows = _rows(_found(text, after=after).filter(view.test(person, now)), after, size)
        return Page(rows[:size], _key(rows, size))
    if view.indexed:
        rows = _rows(ledger().filter(view.test(person, now)), after, size)
        return Page(rows[:size], _key(rows, size))
    window = list(_after(_ranked(), after).values_list("rank_at", "pk")[:WINDOW])
    inside = ledger().filter(view.test(person, now))
    if len(window) == WINDOW:
        inside = inside.filter(_not_beyond(window[-1]))
    rows = _rows(inside, after, size)
    if len(rows) > size or len(window) < WINDOW:
        return Page(rows[:size], _key(rows, size))
    return Page(rows, window[-1], looked=WINDOW)


def stamps(rows: Sequence[Escalation]) -> list[tuple[object, ...]]:
    """What a page's identity hangs on: a record that only moved in rank has changed too."""
    return [(row.pk, row.version, row.rank_at, row.next_due_at, row.promise_at) for row in rows]


def count(*, person: Person | None, now: datetime) -> Counts:
    """All tabs in one statement over the most urgent records, plus what a person owns."""
    window = ledger()[: WINDOW + 1]
    tests = {view.key: Count("pk", filter=view.test(person, now) or Q(pk__isnull=False)) for view in VIEWS}
    values: dict[str, int] = (
        Escalation.objects.filter(pk__in=window.values("pk"))
        .annotate(risks=Cast("risk", TextField()))
        .aggregate(**tests)
    )
    cut = values["all"] > WINDOW
    if cut and person is not None:
        values["mine"] = ledger().filter(owner=person)[: WINDOW + 1].count()
    return Counts(values, cut)


def _rows(records: EscalationQuerySet, after: Key | None, size: int) -> list[Escalation]:
    return list(_after(records.select_related("account", "owner").only(*SHOWN), after)[: size + 1])


def _after(records: EscalationQuerySet, after: Key | None) -> EscalationQuerySet:
    """Only what ranks behind a place; the second comparison alone lets the index begin there."""
    if after is None:
        return records
    rank_at, pk = after
    return records.filter(Q(rank_at__gt=rank_at) | Q(rank_at=rank_at, pk__gt=pk), rank_at__gte=rank_at)


def _not_beyond(key: Key) -> Q:
    rank_at, pk = key
    return Q(rank_at__lte=rank_at) & (Q(rank_at__lt=rank_at) | Q(rank_at=rank_at, pk__lte=pk))


def _key(rows: Sequence[Escalation], size: int) -> Key | None:
    return (rows[size - 1].rank_at, rows[size - 1].pk) if len(rows) > size else None


def _found(text: str, *, after: Key | None) -> EscalationQuerySet:
    """Records that a text names: by number (open or not), by customer, or by title among the most urgent."""
    numbered = re.fullmatch(r"(?:esc[- ]?)?(\d{1,18})", text.strip(), re.IGNORECASE)
    if numbered:
        everything = Escalation.objects.order_by("rank_at", "id").annotate(risks=Cast("risk", TextField()))
        return everything.filter(pk=int(numbered[1]))
    accounts = list(Account.objects.filter(name__icontains=text).order_by("pk").values_list("pk", flat=True)[:FOUND])
    by_account = _ranked().filter(account__in=accounts).values_list("pk", flat=True)[:FOUND]
    window = _ranked()[:WINDOW].values("pk")
    by_title = Escalation.objects.filter(pk__in=window, title__icontains=text).values_list("pk", flat=True)[:FOUND]
    return ledger().filter(pk__in={*by_account, *by_title})
