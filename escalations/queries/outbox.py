"""The outbox as its page reads it: messages newest first, why some are held, and how many stand where."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from escalations.models import Attempt, Case, Message

PAGE = 50
COUNTS_S = 10
# What a person may have to do something about comes first.
STATES = ("failed", "held", "pending", "sending", "sent", "dropped")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages stand in each state, as of a moment at most COUNTS_S old."""

    of: dict[str, int]
    at: datetime

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.of.values())


@dataclass(frozen=True, slots=True)
class Page:
    """Messages, and the id that the next page begins below; None on the last page."""

    rows: list[Message]
    below: int | None


def messages(*, state: str = "", below: int | None = None, record: int | None = None) -> Page:
    """One page, newest first; a page costs the same however many there are."""
    rows = Message.objects.select_related("person", "destination", "escalation", "case").defer("body")
    if state:
        rows = rows.filter(state=state)
    if record is not None:
        rows = rows.filter(escalation=record)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    found = list(rows.order_by("-id")[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def message(message_id: int) -> Message | None:
    """One message with its people and record."""
    rows = Message.objects.select_related("person", "destination", "escalation__account", "case")
    return rows.filter(pk=message_id).first()


def tries(one: Message) -> list[Attempt]:
    """Every try of a message, the first one first."""
    return list(Attempt.objects.filter(message=one).order_by("number"))


def holding(rows: list[Message]) -> dict[int, Case]:
    """For each record with held messages, the case that they wait for: the one due first."""
    records = {row.escalation_id for row in rows if row.state == Message.State.HELD and row.escalation_id}
    if not records:
        return {}
    waiting = Case.objects.filter(escalation__in=records).exclude(state=Case.State.DECIDED)
    found: dict[int, Case] = {}
    for case in waiting.defer("known", "answers").order_by("due_at", "id"):
        found.setdefault(case.escalation_id or 0, case)
    return found


def counts() -> Counts:
    """Counts by state."""
    found: Counts | None = cache.get("outbox:counts")
    if found is None:
        rows = Message.objects.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n")
        found = Counts(dict(rows), timezone.now())
        cache.set("outbox:counts", found, COUNTS_S)
    return found


def forget_counts() -> None:
    """After an act its author sees the new counts at once."""
    cache.delete("outbox:counts")
