"""Signals as an event log reads them: newest first, by stage and source, each with what the line made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from escalations.models import Signal, Source

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Signals, and the id that the next page begins below; None on the last page."""

    rows: list[Signal]
    below: int | None


def signals(
    *, stage: str = "", source: str = "", below: int | None = None, record: int | None = None, case: int | None = None
) -> Page:
    """One page, newest first; the bodies stay where they are."""
    rows = Signal.objects.select_related("source", "escalation__account", "case")
    given = {"stage": stage, "source__slug": source, "escalation": record, "case": case, "pk__lt": below}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    found = list(rows.defer("versions", "answers", "considered", "decided", "decided_on").order_by("-id")[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def sources() -> list[tuple[str, str]]:
    """Slug and name of every source."""
    return [(slug, name or slug) for slug, name in Source.objects.order_by("name", "slug").values_list("slug", "name")]


def signal(signal_id: int) -> Signal | None:
    """One signal with its delivery."""
    rows = Signal.objects.select_related("delivery", "source", "escalation__account", "case")
    return rows.filter(pk=signal_id).first()


def siblings(one: Signal) -> Sequence[Signal]:
    """The other signals of the same delivery, in its order."""
    return list(Signal.objects.filter(delivery=one.delivery_id).exclude(pk=one.pk).order_by("position")[:50])
