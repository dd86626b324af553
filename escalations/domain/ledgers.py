"""The ledger a version on trial would have kept: which records are open under which keys, where it differs from ours.

Records of our own ledger are named by their id, those that only the version would have opened by minus the id of the
signal that opens them. A record lives until it was closed in truth, or else until its planned resolution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from escalations.domain import authority
from escalations.domain.authority import Claim
from escalations.domain.decision import Decision
from escalations.domain.inputs import Inputs, claim, claims_of, listed

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Truth:
    """What really became of a signal: on what it was decided, the record it is part of, and when that was closed."""

    inputs: Inputs
    decision: Decision
    record: int | None = None
    closed_at: datetime | None = None


@dataclass(slots=True)
class Ledger:
    """Records that are other than in truth (`own`), and those in truth that are not here (`absent`)."""

    own: dict[int, Record] = field(default_factory=dict)
    absent: set[int] = field(default_factory=set)
    by_key: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is carried from step to step."""
        return {"own": [self.own[one] for one in sorted(self.own)], "absent": sorted(self.absent)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Ledger":
        """What `to_json` wrote."""
        made = cls({one["id"]: one for one in kept.get("own", ())}, set(kept.get("absent", ())))
        made.by_key = {key: one["id"] for one in made.own.values() for key in one["keys"]}
        return made

    def seen_by(self, inputs: Inputs, now: datetime) -> Inputs:
        """The inputs as they would have been: the same where nothing differs."""
        mine = {pk for key in inputs.keys if (pk := self._living(key, now)) is not None}
        if not mine and not self.absent.intersection(one["id"] for one in inputs.records):
            return inputs
        found = [self._shown(one) for one in inputs.records if one["id"] not in self.absent]
        there = {one["id"] for one in found}
        found += [self._shown(self.own[pk]) for pk in sorted(mine - there, key=lambda pk: self.own[pk]["opened"])]
        return replace(inputs, records=found)

    def note(self, inputs: Inputs, decision: Decision, now: datetime, truth: Truth | None = None) -> None:
        """Take what the version decides into its ledger; without a truth everything in it is its own."""
        if truth is not None and truth.decision.outcome == "open" and truth.record is not None:
            self._truly_opened(inputs, decision, truth, truth.record)
            return
        if truth is not None and truth.decision.outcome == "join" and truth.decision.record != decision.record:
            self._missed(truth)
        if decision.outcome == "open":
            until = now + timedelta(seconds=decision.clocks.get("resolve", 0))
            self._add(-inputs.signal, inputs, decision, until)
        elif decision.outcome == "join" and decision.record is not None:
            self._joined(decision.record, inputs, decision, truth)

    def forget(self, now: datetime) -> None:
        """Drop what is over."""
        for pk in [pk for pk, one in self.own.items() if _over(one, now)]:
            self._drop(pk)

    def _living(self, key: str, now: datetime) -> int | None:
        pk = self.by_key.get(key)
        if pk is None:
            return None
        if _over(self.own[pk], now):
            self._drop(pk)
            return None
        return pk

    def _drop(self, pk: int) -> None:
        for key in self.own.pop(pk)["keys"]:
            if self.by_key.get(key) == pk:
                del self.by_key[key]

    def _shown(self, record: Record) -> Record:
        """A record as Inputs name it; what is our own about it stands above what was in truth."""
        mine = self.own.get(record["id"])
        if mine is None:
            return record
        known = {"decided": mine["decided"], "state": mine["state"], **record}
        shown = {name: known[name] for name in ("id", "state", "decided")}
        return shown | {"severity": mine["severity"], "claims": mine["claims"]}

    def _truly_opened(self, inputs: Inputs, decision: Decision, truth: Truth, record: int) -> None:
        if decision.outcome != "open":
            self.absent.add(record)
            if decision.outcome == "join" and decision.record is not None:
                self._joined(decision.record, inputs, decision, truth)
        elif decision.severity != truth.decision.severity or decision.facts != truth.decision.facts:
            self._add(record, inputs, decision, truth.closed_at)

    def _joined(self, record: int, inputs: Inputs, decision: Decision, truth: Truth | None) -> None:
        mine = self.own.get(record)
        if mine is None:
            was = truth.decision if truth else decision
            if was.record == record and was.severity == decision.severity:
                return
            mine = self._take(record, inputs, truth.closed_at if truth and truth.record == record else None)
        # A copy: inputs that were shown the claims as they were keep them so.
        mine["severity"], mine["claims"] = decision.severity, {**mine["claims"]}
        _hear(mine["claims"], inputs)
        for key in inputs.keys:
            if key not in mine["keys"]:
                mine["keys"].append(key)
            self.by_key[key] = record

    def _missed(self, truth: Truth) -> None:
        """In truth the signal is part of a record, here it is not: the record goes on without what it says."""
        record = truth.decision.record
        if record is not None and record not in self.absent and record not in self.own:
            self._take(record, truth.inputs, truth.closed_at)

    def _take(self, record: int, inputs: Inputs, until: datetime | None) -> Record:
        """A record of truth becomes our own, as the signal found it."""
        seen = next((one for one in inputs.records if one["id"] == record), {})
        mine: Record = {
            "id": record,
            "state": seen.get("state", "open"),
            "severity": seen.get("severity", ""),
            "decided": {**seen.get("decided", {})},
            "claims": {**seen.get("claims", {})},
            "keys": list(inputs.keys),
            "opened": inputs.signal,
            "until": until.isoformat() if until else "",
        }
        self.own[record] = mine
        for key in inputs.keys:
            self.by_key[key] = record
        return mine

    def _add(self, pk: int, inputs: Inputs, decision: Decision, until: datetime | None) -> None:
        record = self._take(pk, inputs, until)
        record.update(severity=decision.severity, state="open", decided={}, claims={})
        _hear(record["claims"], inputs)


def _over(record: Record, now: datetime) -> bool:
    return bool(record["until"]) and datetime.fromisoformat(record["until"]) <= now


def _hear(claims: dict[str, list[list[Any]]], inputs: Inputs) -> None:
    """Add what a signal says: of each source only the latest counts."""
    own = claims_of(inputs.facts, inputs.source, inputs.kind, inputs.received_at, inputs.signal)
    for name, said in own.items():
        others: Sequence[list[Any]] = claims.get(name, ())
        same = [one for one in others if one[0] == said.source]
        kept = said if all(_earlier(one, said) for one in same) else authority.latest([*map(claim, same), said])[-1]
        claims[name] = [*(one for one in others if one[0] != said.source), listed(kept)]


def _earlier(kept: Sequence[Any], said: Claim) -> bool:
    """Whether a claim is older at a glance: both say so in UTC at the same length, or the times are the same."""
    _, _, _, before, signal = kept
    alike = len(before) == len(str(said.at)) and before.endswith(_UTC) and str(said.at).endswith(_UTC)
    return bool((alike and before < str(said.at)) or (before == said.at and signal < (said.signal or 0)))


_UTC = "+00:00"
