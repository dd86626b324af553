"""Reads of backtests: the signals of a time in the order they were decided, and who and what there was then."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from escalations.models import Account, AccountIdentifier, Backtest, CorrelationKey, Escalation, Signal
from escalations.queries.records import account_values, record_values
from templates_engine.models import Version

NEVER = (Signal.Stage.RECEIVED, Signal.Stage.FAILED, Signal.Stage.ERASED)
type Place = tuple[str, int]


class AccountBook:
    """The account directory in memory, for many signals at once."""

    def __init__(self) -> None:
        self._accounts = {one.pk: account_values(one) for one in Account.objects.all()}
        rows = AccountIdentifier.objects.values_list("system", "value", "account_id")
        self._by_name = {(system, value): account for system, value, account in rows}

    def find(self, identifiers: Iterable[Sequence[str]], decided: int | None = None) -> list[dict[str, Any]]:
        """The accounts that identifiers lead to; what a person decided goes first."""
        if decided is not None:
            return [self._accounts[decided]] if decided in self._accounts else []
        named = (self._by_name.get((system, value)) for system, value in identifiers)
        return [self._accounts[pk] for pk in dict.fromkeys(pk for pk in named if pk is not None)]


def open_at(keys: Sequence[str], at: datetime, *, before: int) -> list[dict[str, Any]]:
    """The records that were open under the keys at a time, the oldest first; heard until the signal `before`."""
    ids = CorrelationKey.objects.filter(key__in=keys).values("escalation")
    alive = Q(closed_at__isnull=True) | Q(closed_at__gt=at)
    found = list(Escalation.objects.filter(alive, pk__in=ids, opened_at__lt=at).order_by("pk"))
    return [record_values(one, first=one is found[0], before=before) for one in found]


def places(since: datetime, until: datetime) -> list[Place]:
    """The decided signals of a time, in the order in which they were decided: (ISO moment, id)."""
    rows = Signal.objects.filter(processed_at__gte=since, processed_at__lt=until).exclude(stage__in=NEVER)
    found = rows.order_by("processed_at", "pk").values_list("processed_at", "pk")
    return [(at.isoformat(), pk) for at, pk in found if at is not None]


def latest(version: Version | int) -> Backtest | None:
    """The newest backtest of a version."""
    pk = version if isinstance(version, int) else version.pk
    return Backtest.objects.filter(version=pk, kind=Backtest.Kind.BACKTEST).order_by("-pk").first()


def going() -> list[int]:
    """Backtests that are to go on."""
    states = (Backtest.State.QUEUED, Backtest.State.RUNNING)
    rows = Backtest.objects.filter(kind=Backtest.Kind.BACKTEST, state__in=states)
    return list(rows.order_by("pk").values_list("pk", flat=True))
