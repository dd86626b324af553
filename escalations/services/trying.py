"""A draft tried on one stored signal, for its author: what would become of the signal, in words. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from escalations.domain.deciding import Decision, Inputs, decide
from escalations.models import Signal
from escalations.queries import backtests, records
from escalations.services.simulating import Row, Simulation, rows_of
from templates_engine.queries import Documents, active_documents
from templates_engine.spec import documents as spec


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the signal, what would now, and what would with the draft in place of what is active.

    `problems` are those of the text; with any, nothing was tried. `facts`, `unsure` and `wrong` are what the mapping
    reads: values, words that no table knows, and fields with their rule and what was seen.
    """

    signal_id: int
    problems: tuple[spec.Problem, ...] = ()
    happened: str = ""
    before: str = ""
    after: str = ""
    changed: bool = False
    differences: tuple[tuple[str, Any, Any], ...] = ()
    explained: tuple[str, ...] = ()
    tried: tuple[tuple[str, bool | None], ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    wrong: tuple[tuple[str, str, str], ...] = ()


class _Directory:
    """Accounts looked up one by one: a single signal is not worth reading the whole directory."""

    def find(self, identifiers: Iterable[Sequence[str]], decided: int | None = None) -> list[dict[str, Any]]:
        """The accounts that identifiers lead to."""
        pairs = [(system, value) for system, value in identifiers]
        return [records.account_values(one) for one in records.accounts(pairs, decided=decided)]


def try_on(*, text: str, signal_id: int, now: datetime) -> Trial:
    """Decide a stored signal as if the text were active now; raises Signal.DoesNotExist."""
    active = active_documents()
    parsed = spec.parse(text, active.facts)
    if parsed.problems or parsed.document is None or parsed.body is None:
        return Trial(signal_id, problems=tuple(parsed.problems))
    rows = rows_of([signal_id])
    if not rows:
        raise Signal.DoesNotExist(f"there is no signal {signal_id}")
    row = rows[0]
    simulation = Simulation(parsed.document, spec.digest(parsed.body), 0, active, accounts=_Directory())
    seen = _inputs(simulation, row, active, now)
    inputs = _inputs(simulation, row, simulation.trial, now) if simulation.reads(row) else seen
    before, after = decide(seen, active, now), decide(inputs, simulation.trial, now)
    was, would = before.route(), after.route()
    return Trial(
        signal_id,
        happened=Decision.from_json(row.decided).words if row.decided else "",
        before=before.words,
        after=after.words,
        changed=was != would,
        differences=tuple((name, was[name], would[name]) for name in was if was[name] != would[name]),
        explained=tuple(one["words"] for one in after.reasons),
        tried=tuple((key, holds) for key, holds in after.tried),
        facts=inputs.facts,
        unsure=inputs.unsure,
        wrong=tuple((name, rule, shown) for name, rule, shown in inputs.problems),
    )


def _inputs(simulation: Simulation, row: Row, documents: Documents, now: datetime) -> Inputs:
    """What was considered then; where the bytes have to be read again, what is open under the keys now."""
    recorded = Inputs.from_json(row.considered) if row.decided else None
    if recorded is not None and not simulation.reads(row):
        return recorded
    inputs = simulation.look(row, documents)
    if recorded is not None and inputs.keys == recorded.keys:
        return replace(inputs, records=recorded.records)
    return replace(inputs, records=backtests.open_at(inputs.keys, now, before=row.pk)) if inputs.keys else inputs
