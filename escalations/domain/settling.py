"""Facts of several signals and the directory become one settled set, with every doubt named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalations.domain.authority import Claim, settle


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is believed about a field, and whether a disagreement asks a person."""

    order: tuple[str, ...] = ()
    on_conflict: str = "win"


# Where no document names a field, the latest is believed.
_LATEST = Rule()


@dataclass(slots=True)
class Settlement:
    """Settled facts, each with its source and what was overruled, and the conflicts a person must settle."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    conflicts: list[dict[str, Any]] = field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """The bare values."""
        return {name: fact["value"] for name, fact in self.facts.items() if fact.get("value") is not None}


def settle_all(
    claims: Mapping[str, Sequence[Claim]],
    rules: Mapping[str, Rule],
    orders: Mapping[str, Sequence[str]],
    decided: Mapping[str, Any],
    new: Collection[str] = (),
) -> Settlement:
    """Settle each field by its rule; what a person decided stands; a disputed enumeration runs at its worse value.

    A decided field is asked about again only where it is among the `new`: somebody says what nobody had said when it
    was decided. Until that is answered too, the decision stands.
    """
    result = Settlement()
    for name in sorted(claims):
        rule = rules.get(name, _LATEST)
        settled = settle(name, claims[name], rule.order, rule.on_conflict, worst_first=orders.get(name, ()))
        disputed = settled.conflict and (name not in decided or name in new)
        value = decided.get(name, settled.value)
        overruled = [{"source": one.source, "value": one.value} for one in settled.overruled]
        result.facts[name] = {"value": value, "source": "decided" if name in decided else settled.source}
        if overruled:
            result.facts[name]["overruled"] = overruled
        if settled.agreeing:
            result.facts[name]["agree"] = len(settled.agreeing)
        if disputed:
            says = [
                {"source": one.source, "value": one.value, "at": str(one.at), "signal": one.signal}
                for one in settled.heard
            ]
            result.conflicts.append({"field": name, "says": says, "runs": value})
    return result
