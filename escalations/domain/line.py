"""One decision in the making: what it is made from, what is settled so far, and how it ends in a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from escalations.domain.decision import Decision
from escalations.domain.inputs import Inputs, account_values
from escalations.domain.settling import Settlement
from templates_engine.spec.documents import (
    AuthorityPolicy,
    FactsPolicy,
    OwnershipPolicy,
    RankingPolicy,
    SlaPolicy,
    Template,
)


class Bundle(Protocol):
    """The documents that decide, as templates_engine.queries.Documents holds them."""

    @property
    def templates(self) -> Sequence[Template]:
        """Templates in their order."""

    @property
    def facts(self) -> FactsPolicy:
        """The declared facts."""

    @property
    def authority(self) -> AuthorityPolicy:
        """The source of truth per field."""

    @property
    def ownership(self) -> OwnershipPolicy:
        """Who decides what."""

    @property
    def sla(self) -> SlaPolicy:
        """Clocks."""

    @property
    def ranking(self) -> RankingPolicy:
        """Head starts."""

    def digest(self, kind: str, key: str) -> str:
        """The content hash of the document."""


@dataclass(slots=True)
class Line:
    """One decision in the making."""

    inputs: Inputs
    documents: Bundle
    now: datetime
    decision: Decision
    settled: Settlement = field(default_factory=Settlement)

    @property
    def account(self) -> dict[str, Any]:
        """The account it is about; empty while nobody knows which."""
        return self.inputs.account or {}

    def values(self) -> dict[str, Any]:
        """What conditions see of what is settled."""
        return condition_values(self.inputs, self.settled.values(), self.now)


def review(line: Line, reason: str, *, subject: str = "", key: str = "", about: str = "", known: Any = None) -> None:
    """End in a question to a person."""
    decision, policy = line.decision, line.documents.ownership
    decision.outcome = "review"
    named = line.account["name"] if decision.account else line.inputs.source
    case = {"reason": reason, "key": key, "field": about, "subject": subject or named, "known": known}
    decision.case = {name: value for name, value in case.items() if value}
    decision.decider = (policy.reviewers.get(reason) or policy.reviewers["default"]).words


def condition_values(inputs: Inputs, settled: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What conditions see: the account directory, then the settled facts, then what the engine adds."""
    account = inputs.account or {}
    renewal = account.get("renewal_on")
    known = account_values(
        account.get("tier", ""), account.get("amount"), date.fromisoformat(renewal) if renewal else None, now
    )
    return {**known, "account": account.get("key"), **settled, "source": inputs.kind, "now": now}
