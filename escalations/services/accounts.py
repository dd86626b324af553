"""The account directory: written by CSV, by the API and by the demo."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from escalations.models import Account, AccountIdentifier, Person
from escalations.services.errors import Refused
from opsportal.audit.acting import acting


def upsert(
    *,
    key: str,
    name: str,
    tier: str = "",
    renewal_on: date | None = None,
    amount: int | None = None,
    currency: str = "EUR",
    owner: Person | None = None,
    identifiers: Iterable[tuple[str, str]] = (),
) -> Account:
    """Make or change an account and what systems call it; an identifier of another account is refused."""
    pairs = list(identifiers)
    with transaction.atomic(), acting(reason="account directory"):
        account, made = Account.objects.get_or_create(key=key, defaults={"name": name})
        wanted = {
            "name": name,
            "tier": tier,
            "renewal_on": renewal_on,
            "amount": amount,
            "currency": currency,
            "owner": owner,
        }
        if made or any(getattr(account, field) != value for field, value in wanted.items()):
            for field, value in wanted.items():
                setattr(account, field, value)
            account.save()
        for system, value in pairs:
            row, _ = AccountIdentifier.objects.get_or_create(system=system, value=value, defaults={"account": account})
            if row.account_id != account.pk:
                raise Refused({"identifiers": f"{system} {value} belongs to {row.account}"})
    return account
