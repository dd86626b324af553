"""Policies: facts, authority, ownership, SLA and ranking."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from opsportal.lib import durations
from templates_engine.spec.base import Duration, Header, Name, Strict
from templates_engine.spec.template import FactType, OwnerRef


class FactSpec(Strict):
    """A declared fact; `order` lists what it may be, the worst first."""

    type: FactType
    label: str = ""
    order: list[str] | None = None
    required: bool = False


class FactsPolicy(Header):
    """The facts every template can use."""

    kind: Literal["facts"]
    fields: dict[Name, FactSpec]

    @model_validator(mode="after")
    def _needed(self) -> "FactsPolicy":
        missing = [name for name in ("severity", "tier") if not (name in self.fields and self.fields[name].order)]
        if missing:
            raise ValueError(f"{' and '.join(missing)} must be declared with an order, the worst first")
        return self


class Authority(Strict):
    """Who is believed about a field, and whether a disagreement asks a person."""

    order: list[str] = Field(default_factory=list)
    on_conflict: Literal["win", "review"] = "win"


class AuthorityPolicy(Header):
    """The source of truth, field by field."""

    kind: Literal["authority"]
    fields: dict[Name, Authority]


class OwnershipPolicy(Header):
    """Who holds what nobody else holds, and who decides which cases."""

    kind: Literal["ownership"]
    last_owner: str
    reviewers: dict[str, OwnerRef]
    review_within: Duration
    remind_every: list[Duration] = Field(min_length=1)
    max_hops: int = Field(6, ge=2, le=100)

    @model_validator(mode="after")
    def _default(self) -> "OwnershipPolicy":
        if "default" not in self.reviewers:
            raise ValueError("reviewers must name a default")
        return self


class Level(Strict):
    """The clocks of one severity."""

    acknowledge: Duration
    resolve: Duration

    @property
    def resolve_in(self) -> timedelta:
        """The time to resolve."""
        return durations.parse(self.resolve)


class SlaPolicy(Header):
    """Clocks by severity; the floor holds where no level does."""

    kind: Literal["sla"]
    levels: dict[str, Level]
    floor: Level

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
