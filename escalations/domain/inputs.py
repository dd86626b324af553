"""Everything that was looked up before the line decides about a signal: plain values, so that it can be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from escalations.domain import authority
from escalations.domain.authority import Claim
from templates_engine.spec.mapping import Mapped, in_order
from templates_engine.spec.policies import FactsPolicy

EMPTY: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Inputs:
    """One signal as the line sees it. All values are plain JSON, moments are ISO text.

    `accounts` are those its identifiers lead to: [{id, key, name, tier, amount, currency, renewal_on}].
    `records` are the unfinished records under its keys, the oldest first: [{id, state, severity, decided, claims}];
    only the first carries what its signals said: claims = {fact: [[source, kind, value, at, signal]]}.
    `answers` is what people decided about the signal.
    """

    signal: int
    source: str
    slug: str
    kind: str
    received_at: str
    unreadable: str = ""
    variant: str = ""
    ignored: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    problems: list[list[str]] = field(default_factory=list)
    identifiers: list[list[str]] = field(default_factory=list)
    told_by: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As it is kept: what is empty is left out."""
        return {name: value for name in _NAMES if (value := getattr(self, name)) not in _LEFT_OUT}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Inputs":
        """What `to_json` wrote."""
        return cls(**kept)

    @property
    def account(self) -> dict[str, Any] | None:
        """The one account it is about; None while nobody knows which."""
        return self.accounts[0] if len(self.accounts) == 1 else None


_NAMES = tuple(one.name for one in fields(Inputs))
_LEFT_OUT: tuple[object, ...] = ("", {}, [])


def read(base: Mapping[str, Any], mapped: Mapped, answers: Mapping[str, Any], facts: FactsPolicy) -> dict[str, Any]:
    """The fields of Inputs that the payload and people's answers give; `base` names the signal and its source."""
    answered = {name: value for name, value in answers.items() if name in facts.fields}
    return {
        **base,
        "variant": mapped.variant,
        "ignored": mapped.ignored or "",
        "facts": in_order(mapped.facts, facts) | answered,
        "unsure": dict(mapped.doubts),
        "problems": [[one.field, one.rule, one.seen] for one in mapped.problems],
        "identifiers": [list(pair) for pair in mapped.accounts],
        "told_by": list(mapped.correlation),
        "answers": dict(answers),
    }


def said_at(facts: Mapping[str, Any], received_at: str) -> str:
    """When a source said something: by its own clock where the facts tell, else when it arrived."""
    return str(facts.get("source_updated_at") or facts.get("occurred_at") or received_at)


def claims_of(facts: Mapping[str, Any], source: str, kind: str, received_at: str, signal: int) -> dict[str, Claim]:
    """What one signal says, fact by fact."""
    at = said_at(facts, received_at)
    return {name: Claim(source, value, at, signal, kind) for name, value in facts.items() if value not in EMPTY}


def heard(said: Sequence[Mapping[str, Claim]]) -> dict[str, list[list[Any]]]:
    """The claims of several signals as Inputs keeps them: of each source only the latest counts."""
    claims: dict[str, list[Claim]] = {}
    for one in said:
        for name, claim in one.items():
            claims.setdefault(name, []).append(claim)
    return {name: [listed(claim) for claim in authority.latest(every)] for name, every in sorted(claims.items())}


def listed(claim: Claim) -> list[Any]:
    """A claim as a plain list."""
    return [claim.source, claim.kind, claim.value, str(claim.at), claim.signal]


def claim(kept: Sequence[Any]) -> Claim:
    """The claim of a plain list."""
    source, kind, value, at, signal = kept
    return Claim(source, value, at, signal, kind)


def account_values(tier: str, amount: int | None, renewal_on: date | None, now: datetime) -> dict[str, Any]:
    """What the account directory adds to the facts."""
    known: dict[str, Any] = {"tier": tier or None, "amount": amount}
    known["renews_in_days"] = (renewal_on - now.date()).days if renewal_on else None
    return {name: value for name, value in known.items() if value is not None}
