"""Signals from a log: either through the line like any other, or as history that only backtests look at.

History is a stage of its own: the line never takes such a signal, nothing opens, nobody is told, no replay touches it.
It counts from the moment its own log gives it, so that a backtest sees the log as it came.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from escalations.models import Delivery, Signal, Source
from escalations.services import intake, reading
from templates_engine.queries import Documents, active_documents

HEADERS = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log: the body it is kept as, and when it happened."""

    body: bytes
    at: datetime

    @property
    def sha256(self) -> str:
        """What the same line is found again by."""
        return hashlib.sha256(self.body).hexdigest()


def keep(source: Source, line: Line) -> bool:
    """Put a line on the line, as if it had been posted; whether it is new."""
    key = f"import:{line.sha256}"
    kept = intake.keep(source=source, key=key, body=line.body, headers=HEADERS, verdict="imported", now=line.at)
    return not kept.duplicate


def remember(source: Source, lines: Sequence[Line]) -> int:
    """Keep lines as history, all or none; those known already are left as they are. Returns how many are new.

    Each is read by the mapping that is active now, so that a backtest need not; another mapping reads it again.
    """
    documents = active_documents()
    named = {f"import:{line.sha256}": line for line in lines}
    with transaction.atomic():
        known = set(Delivery.objects.filter(source=source, key__in=list(named)).values_list("key", flat=True))
        made = Delivery.objects.bulk_create(
            [
                Delivery(
                    source=source,
                    key=key,
                    received_at=line.at,
                    body=line.body,
                    headers=HEADERS,
                    verdict="imported",
                    sha256=key.removeprefix("import:"),
                )
                for key, line in named.items()
                if key not in known
            ]
        )
        Signal.objects.bulk_create([one for delivery in made for one in _signals(source, delivery, documents)])
    return len(made)


def _signals(source: Source, delivery: Delivery, documents: Documents) -> list[Signal]:
    """The signals of a delivery that is history; a body that nobody can read is one."""
    try:
        parts = reading.parts(source.kind, bytes(delivery.body), delivery.headers, delivery.received_at)
    except reading.Unreadable:
        parts = [None]
    made = [
        Signal(
            delivery=delivery,
            source=source,
            position=place,
            stage=Signal.Stage.HISTORY,
            received_at=delivery.received_at,
            processed_at=delivery.received_at,
            reasons=[{"stage": "import", "words": "imported as history: backtests look at it, nothing comes of it"}],
        )
        for place in range(len(parts))
    ]
    if source.mapping_key in documents.mappings:
        mapping, version = reading.mapping_of(documents, source)
        for signal, part in zip(made, parts, strict=True):
            if part is not None:
                fields = reading.read_signal({}, part, mapping, {}, documents.facts)
                signal.facts, signal.versions = fields["facts"], {"mapping": version}
                signal.considered = {name: value for name, value in fields.items() if value}
    return made
