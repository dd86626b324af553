"""Messages whose end a step waits for."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from escalations.models import Message, StepRun

ENDED = (Message.State.SENT, Message.State.FAILED, Message.State.DROPPED)


def waiting(*, limit: int) -> list[int]:
    """Records with a step whose message has come to its end."""
    mine = Message.objects.filter(key=OuterRef("awaits"), state__in=ENDED)
    rows = StepRun.objects.filter(Exists(mine), awaits__isnull=False).order_by("escalation_id")
    return list(rows.values_list("escalation_id", flat=True).distinct()[:limit])


def ended(keys: Iterable[str]) -> dict[str, Message]:
    """Of these messages those that have come to their end, by key."""
    rows = Message.objects.filter(key__in=list(keys), state__in=ENDED).select_related("person", "destination")
    return {one.key: one for one in rows}
