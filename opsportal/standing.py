"""The few figures in the frame of every page, asked once for all readers and kept for seconds."""

from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from escalations.domain.reasons import Reason
from escalations.models import Case, Escalation, Source
from templates_engine.models import Version

KEY = "opsportal:standing"
SECONDS = 5


def _counts() -> dict[str, Any]:
    waiting = Case.objects.exclude(state=Case.State.DECIDED).count()
    second = Q(emergency=True, second_at__isnull=True, second_due_at__isnull=False)
    to_sign = Version.objects.filter(Q(state="in_review") | second & ~Q(state="draft")).count()
    return {
        "desk": Escalation.objects.unfinished().count(),
        "review": waiting,
        "sign": f"{to_sign} to sign" if to_sign else None,
    }


def _sources() -> dict[str, Any] | None:
    """The line at the foot of the sidebar; None before anybody has connected anything."""
    states = list(Source.objects.values_list("state", flat=True))
    if not states:
        return None
    live = states.count(Source.State.ACTIVE)
    paused = states.count(Source.State.PAUSED)
    words = f"{live} source{'' if live == 1 else 's'} live" + (f", {paused} paused" if paused else "")
    silent = (
        Case.objects.filter(~Q(state=Case.State.DECIDED), reason=Reason.source_silent, source__isnull=False)
        .order_by("opened_at")
        .values("pk", "source__name")
        .first()
    )
    return {
        "words": words,
        "as_of": timezone.now(),
        "silent": f"{silent['source__name']} silent" if silent else "",
        "case": silent["pk"] if silent else None,
    }


def standing() -> dict[str, Any]:
    """Counts by key and the sources line, at most five seconds old."""
    known: dict[str, Any] | None = cache.get(KEY)
    if known is None:
        known = {"counts": _counts(), "sources": _sources()}
        cache.set(KEY, known, SECONDS)
    return known
