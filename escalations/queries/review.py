"""The review queue as its screen reads it: who waits, what is known of one case, what was decided alike."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from escalations.models import Case, Delivery, Message, Person, Signal, Source

RECENT = 40  # decisions looked at for the average time, the recent reasons and the last one
REASONS_SHOWN = 3
MOST = 1000  # counting stops here: nobody plans a day by the difference of 1,200 and 1,300
# A source that spoke once and then not for this long is named beside an empty queue.
SILENT_AFTER = timedelta(minutes=30)
CACHE_S = 20


@dataclass(frozen=True, slots=True)
class Recent:
    """What was decided last, newest first."""

    cases: list[Case] = field(default_factory=list)

    @property
    def last(self) -> Case | None:
        """The newest decision."""
        return self.cases[0] if self.cases else None

    @property
    def seconds(self) -> float:
        """How long a decision took on average, from the claim (else a minute is assumed)."""
        pairs = [(one.claimed_at, one.decided_at) for one in self.cases]
        spent = [(end - begin).total_seconds() for begin, end in pairs if begin is not None and end is not None]
        return sum(spent) / len(spent) if spent else 60.0

    def undoable(self, *, by: Person | None, now: datetime) -> Case | None:
        """The person's newest decision, while it can be taken back."""
        for one in self.cases:
            if by is not None and one.decided_by_id == by.pk:
                open_still = one.applied_at is None and one.effective_at is not None and one.effective_at > now
                return one if open_still else None
        return None

    def reasons(self, *, by: Person | None) -> list[str]:
        """The reasons people gave lately, one's own first, each once."""
        own = [one.decision_reason for one in self.cases if by is not None and one.decided_by_id == by.pk]
        rest = [one.decision_reason for one in self.cases]
        return [text for text in dict.fromkeys([*own, *rest]) if len(text) <= 80][:REASONS_SHOWN]


def recent() -> Recent:
    """The newest decisions."""
    rows = Case.objects.filter(state=Case.State.DECIDED).select_related("decided_by").order_by("-decided_at")
    wanted = ("decided_at", "claimed_at", "effective_at", "applied_at", "decision_reason", "decided_by")
    return Recent(list(rows.only(*wanted, "decided_by__name")[:RECENT]))


def case(case_id: int) -> Case | None:
    """One case with its people, its record and how much waits for it."""
    rows = Case.objects.select_related(
        "owner",
        "claimed_by",
        "decided_by",
        "source",
        "escalation__account",
        "escalation__owner",
        "escalation__template__document",
    ).defer("escalation__template__body", "escalation__template__text")
    held = Message.objects.filter(escalation=OuterRef("escalation"), state=Message.State.HELD)
    stopped = Signal.objects.filter(case=OuterRef("pk"), stage=Signal.Stage.REVIEW)
    asking = Case.objects.filter(alike=OuterRef("alike")).exclude(state=Case.State.DECIDED)
    return (
        rows.annotate(held_messages=counted(held, "escalation"), stopped_signals=counted(stopped, "case"))
        .annotate(alike_waiting=Bounded(asking.order_by().values("pk")[: MOST + 1]))
        .filter(pk=case_id)
        .first()
    )


class Bounded(Subquery):
    """How many rows there are, counted no further than the limit of the query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) bounded)"
    output_field = IntegerField()


def signals(one: Case) -> QuerySet[Signal]:
    """The first signals that the case is about."""
    rows = Signal.objects.select_related("source")
    if one.escalation_id is not None:
        return rows.filter(escalation=one.escalation_id).order_by("id")[:5]
    # A signal that went on no longer names the case; the case still names it.
    return rows.filter(Q(case=one) | Q(pk=one.known.get("signal"))).order_by("id")[:5]


def people(*, now: datetime) -> QuerySet[Person]:
    """Who can decide, or take over, now."""
    return Person.objects.present(now)


def passed_today(*, since: datetime) -> tuple[int, int]:
    """Signals since a moment that ended without a person, and all that ended; a figure of the last CACHE_S."""
    key = f"review:passed:{since.isoformat()}"
    found: tuple[int, int] | None = cache.get(key)
    if found is None:
        sources = list(Source.objects.values_list("pk", flat=True))
        of_today = Signal.objects.filter(delivery__source__in=sources, delivery__received_at__gte=since)
        ends = (Signal.Stage.MATCHED, Signal.Stage.IGNORED, Signal.Stage.REVIEW)
        alone = Q(answers={}) & ~Q(stage=Signal.Stage.REVIEW)
        counted = of_today.filter(stage__in=ends).aggregate(alone=Count("pk", filter=alone), all=Count("pk"))
        found = (counted["alone"], counted["all"])
        cache.set(key, found, CACHE_S)
    return found


def silent(*, now: datetime) -> list[tuple[str, datetime]]:
    """Active sources that have gone quiet, with when they last spoke; a figure of the last CACHE_S."""
    found: list[tuple[str, datetime]] | None = cache.get("review:silent")
    if found is None:
        newest = Delivery.objects.filter(source=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
        rows = Source.objects.filter(state=Source.State.ACTIVE).annotate(last=Subquery(newest))
        found = [(str(row), row.last) for row in rows if row.last is not None]
        cache.set("review:silent", found, CACHE_S)
    return [(name, last) for name, last in found if now - last > SILENT_AFTER]


def counted(rows: QuerySet[Message] | QuerySet[Signal], by: str) -> Coalesce:
    """How many rows of another table belong to this one, as a column."""
    found = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)
