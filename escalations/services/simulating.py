"""Deciding stored signals again as a version would have: read in batches, decided in memory, written by nobody here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from escalations.domain import opening
from escalations.domain.deciding import Decision, Inputs, decide
from escalations.domain.ledgers import Ledger, Truth
from escalations.models import Delivery, Escalation, Signal, Source
from escalations.queries import backtests
from escalations.services import reading
from templates_engine.queries import Documents, documents_of
from templates_engine.spec.documents import Document, MappingDocument, Template

_COLUMNS = (
    "pk", "delivery_id", "source_id", "position", "received_at", "stage", "answers", "escalation_id", "considered",
    "decided", "decided_on", "versions",
)  # fmt: skip


class Accounts(Protocol):
    """Where accounts are found by what systems call them."""

    def find(self, identifiers: Iterable[Sequence[str]], decided: int | None = None) -> list[dict[str, Any]]:
        """The accounts that identifiers lead to; what a person decided goes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored signal, without the cost of a model."""

    pk: int
    delivery_id: int
    source_id: int
    position: int
    received_at: datetime
    stage: str
    answers: dict[str, Any]
    escalation_id: int | None
    considered: dict[str, Any]
    decided: dict[str, Any]
    decided_on: list[int]
    versions: dict[str, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """What happened to a signal, and what the version would have done; `inputs` are as the version sees them."""

    row: Row
    before: Decision
    after: Decision
    inputs: Inputs
    documents: Documents
    recorded: bool
    at: datetime


@dataclass(slots=True)
class Worlds:
    """Three ledgers: the version's beside what happened, and for imported logs the baseline's and the version's."""

    live: Ledger = field(default_factory=Ledger)
    baseline: Ledger = field(default_factory=Ledger)
    trial: Ledger = field(default_factory=Ledger)

    def to_json(self) -> dict[str, Any]:
        """As they are carried from step to step."""
        return {
            "live": self.live.to_json(),
            "baseline": self.baseline.to_json(),
            "trial": self.trial.to_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Worlds":
        """What `to_json` wrote."""
        return cls(*(Ledger.from_json(kept.get(name, {})) for name in ("live", "baseline", "trial")))

    def forget(self, now: datetime) -> None:
        """Drop what is over."""
        for ledger in (self.live, self.baseline, self.trial):
            ledger.forget(now)


class Simulation:
    """A document on trial over stored signals: everything that does not change from signal to signal is read once."""

    def __init__(
        self, document: Document, digest: str, version_id: int, beside: Documents, *, accounts: Accounts | None = None
    ) -> None:
        self.document, self.digest, self.version_id, self.beside = document, digest, version_id, beside
        self.trial = beside.replacing(document, digest, version_id)
        self.sources = {one.pk: one for one in Source.objects.all()}
        self.accounts: Accounts = accounts or backtests.AccountBook()
        self._bundles: dict[tuple[int, ...], tuple[Documents, Documents]] = {}

    def compare(self, rows: Sequence[Row], worlds: Worlds) -> Iterator[Compared]:
        """Each signal in turn; the worlds are moved on as it goes."""
        bodies = self._bodies(rows)
        closed = _closed(rows)
        for row in rows:
            if row.decided:
                yield self._beside_truth(row, worlds, bodies, closed)
            else:
                yield self._of_a_log(row, worlds, bodies)

    def bundles(self, decided_on: Sequence[int]) -> tuple[Documents, Documents]:
        """The documents of a time, and the same with the one on trial in its place."""
        key = tuple(decided_on)
        found = self._bundles.get(key)
        if found is None:
            then = documents_of(key)
            same = then.ids.get((self.document.kind, self.document.key)) == self.version_id != 0
            found = self._bundles[key] = (
                then,
                then if same else then.replacing(self.document, self.digest, self.version_id),
            )
        return found

    def look(self, row: Row, documents: Documents) -> Inputs:
        """One signal as a bundle reads it now, without the records under its keys."""
        fresh = replace(row, considered={}, versions={})
        return self._map(fresh, documents, self._bodies([fresh]))

    def reads(self, row: Row) -> bool:
        """Whether the document on trial is the mapping that reads the signal."""
        return isinstance(self.document, MappingDocument) and self._mapping_key(row) == self.document.key

    def _mapping_key(self, row: Row) -> str:
        return self.sources[row.source_id].mapping_key

    def _beside_truth(
        self, row: Row, worlds: Worlds, bodies: Mapping[int, tuple[bytes, Any]], closed: Mapping[int, datetime]
    ) -> Compared:
        before, recorded = Decision.from_json(row.decided), Inputs.from_json(row.considered)
        then, trial = self.bundles(row.decided_on)
        at = datetime.fromisoformat(before.at)
        own = self._read_again(row, recorded, trial, bodies) if self.reads(row) and trial is not then else recorded
        inputs = worlds.live.seen_by(own, at)
        after = decide(inputs, trial, at)
        record = row.escalation_id
        truth = Truth(recorded, before, record, closed.get(record) if record else None)
        worlds.live.note(inputs, after, at, truth)
        return Compared(row, before, after, inputs, trial, recorded=True, at=at)

    def _of_a_log(self, row: Row, worlds: Worlds, bodies: Mapping[int, tuple[bytes, Any]]) -> Compared:
        at = row.received_at
        fields = self._map(row, self.beside, bodies)
        first = worlds.baseline.seen_by(fields, at)
        before = decide(first, self.beside, at)
        worlds.baseline.note(first, before, at)
        other = self._map(row, self.trial, bodies) if self.reads(row) else fields
        inputs = worlds.trial.seen_by(other, at)
        # What no template was asked about is decided alike, whatever the template on trial says.
        alike = isinstance(self.document, Template) and not before.tried and inputs.records == first.records
        after = before if alike else decide(inputs, self.trial, at)
        worlds.trial.note(inputs, after, at)
        return Compared(row, before, after, inputs, self.trial, recorded=False, at=at)

    def _read_again(
        self, row: Row, recorded: Inputs, documents: Documents, bodies: Mapping[int, tuple[bytes, Any]]
    ) -> Inputs:
        """A mapping on trial reads the stored bytes anew; the account and the records under new keys with it."""
        inputs = self._map(row, documents, bodies)
        if inputs.account is None:
            return inputs
        if inputs.keys == recorded.keys:
            return _with_records(inputs, recorded.records)
        at = datetime.fromisoformat(row.decided["at"])
        return _with_records(inputs, backtests.open_at(inputs.keys, at, before=row.pk))

    def _map(self, row: Row, documents: Documents, bodies: Mapping[int, tuple[bytes, Any]]) -> Inputs:
        """What the bytes say by the mapping of a bundle, and whose trouble it is by the directory as it is now."""
        source = self.sources[row.source_id]
        named = reading.about(row.pk, source, row.received_at)
        mapping, version = reading.mapping_of(documents, source)
        if row.considered and row.versions.get("mapping") == version != 0:
            fields = row.considered | named
        else:
            body, headers = bodies[row.delivery_id]
            try:
                parts = reading.parts(source.kind, body, headers, row.received_at)
            except reading.Unreadable as fault:
                return reading.unreadable(named, fault, row.answers)
            part = parts[min(row.position, len(parts) - 1)]
            fields = reading.read_signal(named, part, mapping, row.answers, documents.facts)
        if fields.get("ignored"):
            return Inputs.from_json(fields)
        found = self.accounts.find(fields.get("identifiers", ()), row.answers.get("account"))
        known = reading.keys(fields, found[0]["id"]) if len(found) == 1 else []
        return Inputs.from_json(fields | {"accounts": found, "keys": known, "records": []})

    def _unread(self, row: Row) -> bool:
        """Whether nothing was considered yet, or what was by another mapping than holds now."""
        active = self.beside.ids.get(("mapping", self._mapping_key(row)))
        return not row.considered or (not row.decided and row.versions.get("mapping") != active)

    def _bodies(self, rows: Sequence[Row]) -> dict[int, tuple[bytes, Any]]:
        """The stored bytes of those that are read again."""
        wanted = {row.delivery_id for row in rows if self._unread(row) or self.reads(row)}
        found = Delivery.objects.filter(pk__in=wanted).values_list("pk", "body", "headers")
        return {pk: (bytes(body), headers) for pk, body, headers in found}


def rows_of(ids: Iterable[int]) -> list[Row]:
    """The signals of the ids, in that order."""
    wanted = list(ids)
    found = {one[0]: Row(*one) for one in Signal.objects.filter(pk__in=wanted).values_list(*_COLUMNS)}
    return [found[pk] for pk in wanted if pk in found]


def collisions(compared: Compared, document: Document) -> list[str]:
    """The other templates whose triggers hold for a signal that the template on trial would take."""
    if not isinstance(document, Template):
        return []
    one = compared
    return opening.collisions(document.key, one.inputs, one.after, one.documents, one.at)


def _with_records(inputs: Inputs, found: list[dict[str, Any]]) -> Inputs:
    return replace(inputs, records=found) if found else inputs


def _closed(rows: Sequence[Row]) -> dict[int, datetime]:
    """When the records of the signals were closed, as far as they are."""
    wanted = {row.escalation_id for row in rows if row.escalation_id}
    found = Escalation.objects.filter(pk__in=wanted, closed_at__isnull=False)
    return {pk: at for pk, at in found.values_list("pk", "closed_at") if at is not None}
