"""Policies: facts, authority, ownership, SLA and ranking."""

from typing import Literal

from pydantic import Field, model_validator

from templates_engine.spec.base import Duration, Header, Key, Name, Strict, later
from templates_engine.spec.clocks import Level, WorkingHours
from templates_engine.spec.template import FactType, OwnerRef


class FactSpec(Strict):
    """A declared fact; `order` lists what it may be, the worst first."""

    type: FactType
    """What its values are."""
    label: str = ""
    """What people read."""
    order: list[str] | None = None
    """The values it may have, the worst first."""
    required: bool = False
    """Missing, the signal waits for a person."""


class FactsPolicy(Header):
    """The facts every template can use."""

    kind: Literal["facts"]
    fields: dict[Name, FactSpec]
    """The facts by name."""

    @model_validator(mode="after")
    def _needed(self) -> "FactsPolicy":
        missing = [name for name in ("severity", "tier") if not (name in self.fields and self.fields[name].order)]
        if missing:
            raise ValueError(f"{' and '.join(missing)} must be declared with an order, the worst first")
        return self


class Authority(Strict):
    """Who is believed about a field, and whether a disagreement asks a person."""

    order: list[str] = Field(default_factory=list)
    """Sources, the most believed first."""
    on_conflict: Literal["win", "review"] = "win"
    """The first holds (win), or the worst holds and a person decides (review)."""


class AuthorityPolicy(Header):
    """The source of truth, field by field."""

    kind: Literal["authority"]
    fields: dict[Name, Authority]
    """The facts by name."""


class OwnershipPolicy(Header):
    """Who holds what nobody else holds, and who decides which cases."""

    kind: Literal["ownership"]
    last_owner: str
    """The person at the end of every chain, by username."""
    reviewers: dict[str, OwnerRef]
    """Who decides which cases; default decides the rest."""
    review_within: Duration
    """The time for a decision."""
    remind_every: list[Duration] = Field(min_length=1)
    """Growing times between reminders of the last owner."""
    max_hops: int = Field(6, ge=2, le=100)
    """Moves after which a person is asked."""

    @model_validator(mode="after")
    def _default(self) -> "OwnershipPolicy":
        if "default" not in self.reviewers:
            raise ValueError("reviewers must name a default")
        return self


class SlaPolicy(Header):
    """Clocks by severity; the floor holds where no level does."""

    kind: Literal["sla"]
    levels: dict[str, Level]
    """The clocks of each severity."""
    floor: Level
    """The clocks of a severity without a level; a case then asks for one."""
    hours: dict[Key, WorkingHours] = later({})
    """Working hours by key, for levels and templates to name."""

    def level(self, severity: str) -> Level:
        """The clocks of a severity, or the floor."""
        return self.levels.get(severity, self.floor)


class RenewalBand(Strict):
    """A head start for a renewal within so many days."""

    within_days: int = Field(ge=0)
    hours: float = Field(ge=0)


class AmountBand(Strict):
    """A head start for a yearly amount of at least so much."""

    at_least: int = Field(ge=0)
    hours: float = Field(ge=0)


class RankingPolicy(Header):
    """Head starts, in hours."""

    kind: Literal["ranking"]
    severity: dict[str, float]
    renewal: list[RenewalBand] = Field(default_factory=list)
    amount: list[AmountBand] = Field(default_factory=list)
    certainty: dict[Literal["acknowledged", "present", "unacknowledged", "last_owner"], float]
    executive: float = 0.0
    overdue_cap_hours: float = Field(24.0, ge=1)
