"""How cases alike were decided before: what stands beside each suggested answer, without a model."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from escalations.domain import alike
from escalations.models import Case

SINCE = timedelta(days=90)
# Fewer decisions than this are told, but do not turn the order of the suggestions.
ENOUGH = 3
SHOWN = 3
# A class with so many decisions is counted anew only every CACHE_S: one more changes nothing.
MANY, CACHE_S = 1000, 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """Decisions of one class of cases within SINCE: how many, and how many of them said what."""

    total: int = 0
    said: Mapping[str, int] = field(default_factory=dict)

    def of(self, reason: str, says: Sequence[Any], answer: Mapping[str, Any]) -> int:
        """How many said what this answer says, in a case where the sources say `says`."""
        return self.said.get(alike.said(reason, answer, {"says": says}), 0)

    def order(self, case: Case, says: Sequence[Any]) -> list[tuple[int, int]]:
        """The case's suggested answers as (place, how many decided so), the one decided most often first.

        Where there is too little to go by they stay as they were suggested.
        """
        found = [(place, self.of(case.reason, says, one["answer"])) for place, one in enumerate(case.answers)]
        return found if self.total < ENOUGH else sorted(found, key=lambda one: -one[1])


NONE = Evidence()


def evidence(kinds: Iterable[str], *, now: datetime) -> dict[str, Evidence]:
    """The evidence of several classes in one statement; a class without decisions is left out."""
    wanted = {kind for kind in kinds if kind}
    known: dict[str, Evidence] = {
        key.removeprefix(_KEY): Evidence(*kept)
        for key, kept in cache.get_many([f"{_KEY}{kind}" for kind in wanted]).items()
    }
    rest = wanted - known.keys()
    if not rest:
        return known
    rows = (
        Case.objects.filter(state=Case.State.DECIDED, alike__in=rest, decided_at__gt=now - SINCE)
        .order_by()
        .values_list("alike", "answered")
        .annotate(n=Count("pk"))
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, said, count in rows:
        found[kind][said] = count
    counted = {kind: Evidence(sum(said.values()), said) for kind, said in found.items()}
    many = {f"{_KEY}{kind}": (one.total, dict(one.said)) for kind, one in counted.items() if one.total >= MANY}
    if many:
        cache.set_many(many, CACHE_S)
    return known | counted


def last_alike(case: Case, *, now: datetime) -> Sequence[Case]:
    """The last few decisions of cases like this one, newest first."""
    return list(
        Case.objects.filter(state=Case.State.DECIDED, alike=case.alike, decided_at__gt=now - SINCE)
        .exclude(pk=case.pk)
        .select_related("decided_by")
        .defer("known", "answers")
        .order_by("-decided_at")[:SHOWN]
    )


_KEY = "review:evidence:"
