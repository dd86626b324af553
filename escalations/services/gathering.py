"""What the line has to know before it can decide: everything is looked up here, once, and kept with the signal."""

from dataclasses import dataclass, field
from typing import Any

from escalations.domain.inputs import Inputs
from escalations.models import Account, Escalation, Signal
from escalations.queries import records
from escalations.services import reading, signals
from escalations.services.writing import Writing


@dataclass(slots=True)
class Gathered:
    """What was looked up: as plain values to decide on, and as rows to write to."""

    inputs: Inputs
    accounts: dict[int, Account] = field(default_factory=dict)
    records: list[Escalation] = field(default_factory=list)


def gather(unit: Writing, signal: Signal) -> Gathered:
    """Read the bytes, map them, find the account and lock the records that are open under the signal's keys."""
    delivery, source = signal.delivery, signal.source
    named = reading.about(signal.pk, source, signal.received_at)
    try:
        parts = reading.parts(source.kind, bytes(delivery.body), delivery.headers, delivery.received_at)
    except reading.Unreadable as fault:
        return Gathered(reading.unreadable(named, fault, signal.answers))
    if signal.position == 0 and len(parts) > 1:
        signals.add_siblings(signal, len(parts))
    document, version = reading.mapping_of(unit.documents, source)
    signal.versions = {"mapping": version}
    part = parts[min(signal.position, len(parts) - 1)]
    fields = reading.read_signal(named, part, document, signal.answers, unit.documents.facts)
    signal.facts = fields["facts"]
    return look_up(fields)


def look_up(fields: dict[str, Any]) -> Gathered:
    """The account that the identifiers lead to, and what is open under the keys."""
    if fields["ignored"]:
        return Gathered(Inputs(**fields))
    answers = fields["answers"]
    accounts = records.accounts(fields["identifiers"], decided=answers.get("account"))
    fields["accounts"] = [records.account_values(one) for one in accounts]
    found: list[Escalation] = []
    if len(accounts) == 1:
        fields["keys"] = reading.keys(fields, accounts[0].pk)
        found = records.by_ids([int(answers["join"])]) if "join" in answers else records.by_keys(fields["keys"])
        fields["records"] = [records.record_values(one, first=one is found[0]) for one in found]
    return Gathered(Inputs(**fields), {one.pk: one for one in accounts}, found)
