"""Finding accounts and unfinished records for the line."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from escalations.domain.inputs import claims_of, heard
from escalations.models import Account, AccountIdentifier, CorrelationKey, Escalation, Signal


def accounts(identifiers: Sequence[tuple[str, str]], *, decided: int | None = None) -> list[Account]:
    """The accounts that any of the identifiers belongs to; what a person decided goes first."""
    if decided is not None:
        return list(Account.objects.select_related("owner").filter(pk=decided))
    if not identifiers:
        return []
    named = reduce(or_, (Q(system=system, value=value) for system, value in identifiers))
    rows = AccountIdentifier.objects.filter(named).select_related("account__owner")
    return list({row.account_id: row.account for row in rows}.values())


def by_keys(keys: Iterable[str]) -> list[Escalation]:
    """The records that live under the keys, locked, the oldest first."""
    ids = CorrelationKey.objects.filter(key__in=list(keys), live=True).values_list("escalation_id", flat=True)
    return by_ids(sorted(set(ids)))


def by_ids(ids: Sequence[int]) -> list[Escalation]:
    """The records of the ids, locked in the order of their ids."""
    if not ids:
        return []
    # Not joined: PostgreSQL, having waited for the lock, would show the row as it is now beside the owner that was.
    rows = Escalation.objects.select_for_update().prefetch_related("account", "owner")
    return list(rows.filter(pk__in=ids).order_by("pk"))


def account_values(account: Account) -> dict[str, Any]:
    """An account as the line considers it."""
    return {
        "id": account.pk,
        "key": account.key,
        "name": account.name,
        "tier": account.tier,
        "amount": account.amount,
        "currency": account.currency,
        "renewal_on": account.renewal_on.isoformat() if account.renewal_on else None,
    }


def record_values(escalation: Escalation, *, first: bool, before: int | None = None) -> dict[str, Any]:
    """A record as the line considers it; only of the first it matters what its signals said.

    `before`: the signal until which they are heard, for looking back.
    """
    known = {"id": escalation.pk, "state": escalation.state, "severity": escalation.severity}
    if not first:
        return known
    decided = {name: one["value"] for name, one in escalation.facts.items() if one.get("source") == "decided"}
    rows = Signal.objects.filter(escalation=escalation).select_related("source").order_by("pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    said = [
        claims_of(one.facts, str(one.source), one.source.kind, one.received_at.isoformat(), one.pk)
        for one in rows.only("facts", "received_at", "source__slug", "source__name", "source__kind")
    ]
    return known | {"decided": decided, "claims": heard(said)}
