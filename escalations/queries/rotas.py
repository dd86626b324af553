"""Rotas as the rules take them, and who is away."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from escalations.domain import rotas as rules
from escalations.models import Absence, Person, Rota, RotaLayer, RotaOverride

HORIZON = timedelta(days=14)


def away(now: datetime) -> dict[int, datetime]:
    """Who is absent at an instant, and until when."""
    rows = Absence.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("ends_at")
    return dict(rows.values_list("person_id", "ends_at"))


def read(keys: Iterable[str] | None = None, *, since: datetime, until: datetime) -> dict[str, rules.Rota]:
    """The rotas by key, with the overrides and absences that touch the span; all of them without keys."""
    rows = Rota.objects.all() if keys is None else Rota.objects.filter(key__in=list(keys))
    rows = rows.prefetch_related("layers")
    overrides = defaultdict(list)
    for one in _touching(RotaOverride.objects.filter(rota__in=rows, cancelled_at=None), since, until).order_by("pk"):
        overrides[one.rota_id].append(rules.Override(one.person_id, rules.Span(one.starts_at, one.ends_at)))
    absences: dict[int, list[rules.Span]] = defaultdict(list)
    for absence in _touching(Absence.objects.all(), since, until):
        absences[absence.person_id].append(rules.Span(absence.starts_at, absence.ends_at))
    # Whoever left the company is away for good, on whatever layer they still stand.
    for person_id in Person.objects.filter(is_active=False).values_list("pk", flat=True):
        absences[person_id] = [rules.Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))]
    return {
        rota.key: rules.Rota(
            ZoneInfo(rota.time_zone),
            tuple(_layer(layer) for layer in rota.layers.all()),
            tuple(overrides[rota.pk]),
            absences,
        )
        for rota in rows
    }


def on_call(key: str, now: datetime) -> rules.Shift | None:
    """Who holds a rota at an instant and how long; None for a rota that there is not."""
    rota = read([key], since=now, until=now + HORIZON).get(key)
    return rules.on_call(rota, now) if rota else None


def _touching[Row: (RotaOverride, Absence)](rows: QuerySet[Row], since: datetime, until: datetime) -> QuerySet[Row]:
    return rows.filter(starts_at__lt=until, ends_at__gt=since)


def _layer(row: RotaLayer) -> rules.Layer:
    return rules.Layer(
        name=row.name,
        people=tuple(row.people),
        starts=datetime.combine(row.starts_on, row.hand_over_at),
        turn=timedelta(hours=row.turn_hours),
        windows=tuple(window(one) for one in row.windows),
    )


def window(said: dict[str, Any]) -> rules.Window:
    """A window as a layer keeps it; raises ValueError, KeyError or TypeError on what is none."""
    days = frozenset(int(day) for day in said["days"])
    if not days or not days <= frozenset(range(7)):
        raise ValueError("days are numbers from 0, Monday, to 6, Sunday")
    return rules.Window(days, time.fromisoformat(said["from"]), time.fromisoformat(said["until"]))
