"""What a template says beside its steps: guards, grouping, the chain, exception paths, and what is looked at after."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from opsportal.lib import durations
from templates_engine.spec.base import Duration, Key, Name, Strict, later
from templates_engine.spec.owners import OwnerRef

Same = Annotated[list[Name], Field(min_length=1, max_length=6)]
Measure = Literal[
    "time_to_acknowledge", "time_to_respond", "time_to_resolve", "handoffs", "reopened", "repeats_per_account",
    "resolved_in_time",
]  # fmt: skip
DECIDED = ("severity", "tier", "owner")


class SeverityRule(Strict):
    """What the record's severity is made of: the first rule that holds says it."""

    when: str
    """A condition."""
    severity: str = Field(alias="is")
    """The severity it means."""


class Chain(Strict):
    """How the chain of owners is walked when nobody acknowledges."""

    after: Duration | None = later()
    """Time for each level; today it is the clock acknowledge."""
    repeat: int = later(0, ge=0, le=5)
    """How often the whole chain is walked again, at most five times, before the last owner has it."""


class Guards(Strict):
    """What keeps a template from opening the same thing again."""

    once_per: Duration | None = later()
    """Within this time of the first, another of the same opens nothing."""
    same: Same = later(["account", "problem"])
    """The facts that make two the same."""


class Grouping(Strict):
    """How many signals become one record."""

    same: Same = later(["account", "problem"])
    """Signals with the same values of these facts belong together."""
    wait: Duration | None = later()
    """Time to collect before anybody is told."""
    every: Duration | None = later()
    """Least time between two messages about what was added."""
    remind: Duration | None = later()
    """When to tell again about what is still open."""
    at_least: int | None = later(None, ge=2, le=100_000)
    """So many signals …"""
    within: Duration | None = later()
    """… within this time, before anything opens."""

    @model_validator(mode="after")
    def _both(self) -> "Grouping":
        if (self.at_least is None) != (self.within is None):
            raise ValueError("at_least and within go together: so many in this time")
        return self


class Suppress(Strict):
    """Silence while something worse is open."""

    while_open: list[Key] = later([], max_length=20)
    """Templates whose open records silence this one; empty means any record of a worse severity."""
    same: Same = later(["account"])
    """The facts in which the two must agree."""


class AutoClose(Strict):
    """What closes by itself when nothing more is heard."""

    after: Duration = later(...)
    """Time without a signal."""
    when: str | None = later()
    """Only where this condition holds."""


class ExceptionPath(Strict):
    """A condition, or any of several, under which a person is asked."""

    when: str | None = None
    """A condition."""
    any: list[str] | None = Field(None, min_length=1, max_length=20)
    """Conditions of which one is enough."""
    reason: str
    """What the reviewer reads: why this is no routine."""
    code: Key | None = later()
    """A short name for the reason, for counting."""
    reviewer: OwnerRef | None = later()
    """Who decides; today whom the ownership policy names for exception_path."""
    severity: str | None = later()
    """The severity it has if the reviewer agrees."""
    guidance: str = later("", max_length=4000)
    """What the reviewer should look at."""

    @model_validator(mode="after")
    def _one(self) -> "ExceptionPath":
        if (self.when is None) == (self.any is None):
            raise ValueError("give when (one condition) or any (a list of conditions)")
        return self

    @property
    def condition(self) -> str:
        """The one condition that holds where the path is taken."""
        return self.when or " || ".join(f"({one})" for one in self.any or ())


class DeEscalation(Strict):
    """Lowering a severity that was set."""

    reasons: list[str] = later(..., min_length=1, max_length=20)
    """The reasons to choose from; one must be given."""
    by: OwnerRef | None = later()
    """Who may; absent means whoever owns the record."""


class Success(Strict):
    """How one will know that the template works."""

    measure: Measure = later(...)
    """What is measured."""
    at_most: Duration | float | None = later()
    """The value that is good enough from below: a duration for times, else a number."""
    at_least: float | None = later(None, ge=0)
    """The value that is good enough from above, such as a share of 0.9."""

    @model_validator(mode="after")
    def _fits(self) -> "Success":
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("give at_most or at_least")
        timed = self.measure.startswith("time_")
        if timed != isinstance(self.at_most, str):
            what = "a duration at_most, such as 5m" if timed else "a number"
            raise ValueError(f"{self.measure} takes {what}")
        return self


class Due(Strict):
    """A date for the post-mortem."""

    within: Duration = later(...)
    """Time after the record is resolved."""
    days: Literal["calendar", "business"] = later("calendar")
    """Whether weekends and holidays count."""

    @field_validator("within")
    @classmethod
    def _long(cls, text: str) -> str:
        if durations.parse(text).total_seconds() < 3600:
            raise ValueError("is shorter than an hour")
        return text


class PostMortem(Strict):
    """What is written down afterwards."""

    when: str | None = later()
    """Only where this condition holds; absent means always."""
    owner: OwnerRef | Literal["primary", "backup", "escalation", "owner"] = later("owner")
    """Who writes it."""
    sections: list[str] = later(..., min_length=1, max_length=30)
    """Its headings, in order."""
    due: dict[str, Due] = later(..., min_length=1)
    """When it is due, by severity."""
