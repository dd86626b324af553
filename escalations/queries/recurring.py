"""Exceptions of the last weeks as groups with what they cost; the figures are about work, never about persons."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Min

from escalations.domain.reasons import Reason
from escalations.domain.recurring import WEEKS, Cost, Group, Item, Span, cost, group, shape_of
from escalations.models import Case, Signal

MOST = 10_000  # the newest cases that are looked at
LARGEST = 65_536  # bytes of a body whose shape is looked at
CHUNK = 500
CACHE_S = 300
# Facts that name a customer or a person; what they say is taken out of the text.
_NAMING = ("account", "account_name", "company", "customer", "organisation", "organization", "requester", "name")
_ABOUT_VALUES = frozenset({Reason.severity_unclear, Reason.tier_missing, Reason.fact_unclear, Reason.exception_path})


@dataclass(frozen=True, slots=True)
class Recurring:
    """A group with its cost; `newest` is the case whose rule is proposed, the newest decided one where there is one."""

    group: Group
    cost: Cost
    newest: int
    first: datetime
    last: datetime


def recurring(*, now: datetime) -> tuple[list[Recurring], int]:
    """Groups of two or more, design faults first, then by hours; and how many cases were looked at."""
    since = now - timedelta(weeks=WEEKS)
    rows = {
        pk: (opened, claimed, decided)
        for pk, opened, claimed, decided in Case.objects.filter(opened_at__gt=since)
        .order_by("-pk")
        .values_list("pk", "opened_at", "claimed_at", "decided_at")[:MOST]
    }
    found = []
    for one in _groups(frozenset(rows)):
        spans = {key: Span(*rows[key]) for key in one.keys if key in rows}
        if len(spans) < 2:
            continue
        newest = max(spans, key=lambda key: (spans[key].decided is not None, spans[key].opened, key))
        opened = [span.opened for span in spans.values()]
        found.append(Recurring(one, cost(spans.values(), now=now), newest, min(opened), max(opened)))
    found.sort(key=lambda one: (not one.cost.fault, -one.cost.hours, one.group.keys))
    return found, len(rows)


def cases_of(keys: Sequence[int], most: int) -> list[Case]:
    """The newest cases of a group, as lines of a list."""
    rows = Case.objects.filter(pk__in=sorted(keys)[-most:]).defer("known", "answers", "decision")
    return list(rows.order_by("-pk"))


def _groups(keys: frozenset[int]) -> list[Group]:
    """Grouping reads texts that do not change, so it is done again only for other cases."""
    kept = cache.get("recurring:groups")
    if kept is not None and kept[0] == keys:
        found: list[Group] = kept[1]
        return found
    found = group(_items(sorted(keys)))
    cache.set("recurring:groups", (keys, found), CACHE_S)
    return found


def _items(keys: Sequence[int]) -> Iterable[Item]:
    for start in range(0, len(keys), CHUNK):
        cases = list(
            Case.objects.filter(pk__in=keys[start : start + CHUNK])
            .select_related("source", "escalation__account")
            .order_by("pk")
        )
        signals = _signals(cases)
        for case in cases:
            yield _item(case, signals.get(case.pk))


def _signals(cases: Sequence[Case]) -> dict[int, Signal]:
    """The signal that each case is about: the one it names, else the first that waited for it."""
    named = {case.pk: _named(case.known) for case in cases}
    waited = dict(
        Signal.objects.filter(case__in=[pk for pk, signal in named.items() if signal is None])
        .order_by()
        .values_list("case")
        .annotate(Min("pk"))
    )
    wanted = {pk: signal or waited.get(pk) for pk, signal in named.items()}
    rows = Signal.objects.select_related("delivery").only("facts", "delivery__body")
    found = rows.in_bulk([signal for signal in wanted.values() if signal])
    return {pk: found[signal] for pk, signal in wanted.items() if signal in found}


def _named(known: Mapping[str, Any]) -> int | None:
    says = [one.get("signal") for one in known.get("says") or [] if isinstance(one, dict)]
    return next((one for one in [known.get("signal"), *says] if isinstance(one, int)), None)


def _item(case: Case, signal: Signal | None) -> Item:
    facts = signal.facts if signal else {}
    account = case.escalation.account.name if case.escalation else ""
    names = [case.subject, account, *(str(facts.get(name) or "") for name in _NAMING)]
    names += [str(value) for _, value in case.known.get("identifiers") or []]
    text = str(facts.get("title") or facts.get("problem") or case.known.get("title") or "") or case.question
    return Item(
        key=case.pk,
        reason=case.reason,
        text=text,
        step=str(case.known.get("step") or ""),
        about=frozenset(_about(case)),
        shape=shape_of(_body(signal)),
        names=tuple(name for name in names if name and name != text),
    )


def _about(case: Case) -> Iterable[str]:
    """The values in question. A customer's own identifiers are none: they differ each time."""
    known = case.known
    says = [one for one in known.get("says") or [] if isinstance(one, dict)]
    if case.reason == Reason.sources_disagree:
        return [case.field, *(str(one.get("source")) for one in says)]
    if case.reason in _ABOUT_VALUES:
        return [str(one.get("value")) for one in says]
    if case.reason == Reason.field_invalid:
        return [case.field, *(str(one.get("rule")) for one in says)]
    if case.reason in (Reason.templates_tie, Reason.condition_unresolved):
        return map(str, known.get("templates") or [])
    if case.reason == Reason.owner_unknown:
        return map(str, known.get("missing") or [])
    return [case.source.slug] if case.source and case.escalation_id is None and not says else []


def _body(signal: Signal | None) -> Any:
    if signal is None or len(signal.delivery.body) > LARGEST:
        return None
    try:
        return json.loads(bytes(signal.delivery.body))
    except (ValueError, RecursionError):
        return None  # a form, or nothing that can be read: it has no shape
