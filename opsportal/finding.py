"""What the palette finds: records by number, customers by name, cases by number. Bounded, and by permission."""

import re
from typing import Any

from django.urls import NoReverseMatch, reverse

from escalations.models import OPEN, Account, Case, Escalation

LIMIT = 8
NUMBER = re.compile(r"^(?:(ESC|EXC)-?)?(\d{1,12})$", re.IGNORECASE)


def _address(*names: str, pk: int) -> str:
    """The first of the pages that exists for a record."""
    for name in names:
        try:
            return reverse(name, args=[pk])
        except NoReverseMatch:
            continue
    return "/"


def _line(title: str, note: str, link: str) -> dict[str, str]:
    return {"title": title, "note": note, "link": link}


def _escalations(words: str, prefix: str, number: int | None) -> list[dict[str, str]]:
    rows = Escalation.objects.select_related("account").only("pk", "short", "state", "account__name")
    if number is not None:
        rows = rows.filter(pk=number) if prefix != "EXC" else rows.none()
    else:
        # Only what is unfinished, so that the search reads a partial index and never a million closed rows.
        rows = rows.filter(state__in=OPEN, account__name__icontains=words) | rows.filter(
            state__in=OPEN, title__icontains=words
        )
    return [
        _line(
            f"{row.account.name}: {row.short}",
            f"{row.reference} {row.state}",
            _address("desk-record", "admin:escalations_escalation_change", pk=row.pk),
        )
        for row in rows[:LIMIT]
    ]


def _cases(words: str, prefix: str, number: int | None) -> list[dict[str, str]]:
    rows = Case.objects.only("pk", "question", "subject", "state")
    if number is not None:
        rows = rows.filter(pk=number) if prefix != "ESC" else rows.none()
    else:
        rows = rows.exclude(state=Case.State.DECIDED).filter(subject__icontains=words)
    return [
        _line(
            f"{row.subject}: {row.question}" if row.subject else row.question,
            f"{row.reference} {row.state}",
            _address("review-case", "admin:escalations_case_change", pk=row.pk),
        )
        for row in rows[:LIMIT]
    ]


def _accounts(words: str, prefix: str, number: int | None) -> list[dict[str, str]]:
    if number is not None:
        return []
    return [
        _line(row.name, "customer", _address("admin:escalations_account_change", pk=row.pk))
        for row in Account.objects.filter(name__icontains=words).only("pk", "name").order_by("name")[:LIMIT]
    ]


FINDERS = (
    ("Escalations", "escalations.view_escalation", _escalations),
    ("Cases", "escalations.view_case", _cases),
    ("Customers", "escalations.view_account", _accounts),
)


def find(words: str, *, user: Any) -> list[dict[str, Any]]:
    """Groups of links for what somebody typed; nothing under two letters, unless it is a number."""
    words = words.strip()[:80]
    match = NUMBER.match(words)
    number = int(match[2]) if match else None
    if number is None and len(words) < 2:
        return []
    prefix = (match[1] or "").upper() if match else ""
    groups = []
    for title, permission, finder in FINDERS:
        if user.has_perm(permission) and (lines := finder(words, prefix, number)):
            groups.append({"title": title, "lines": lines})
    return groups
