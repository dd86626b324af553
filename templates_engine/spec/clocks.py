"""Clocks: what is promised within which time, in which hours it runs, and when it stands still."""

from datetime import date, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from opsportal.lib import durations
from templates_engine.spec.base import NEVER, Cadence, Duration, Key, Name, Strict, later

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WORKDAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
# The hours that need no definition: round the clock, every day.
CALENDAR = "calendar"


class Phase(Strict):
    """One stretch of updates: once `within` a time of the one before, or `every` so often, `during` a time."""

    within: Duration | None = None
    """One update within this time of the one before, or of the opening."""
    every: Duration | None = None
    """Updates this far apart."""
    during: Duration | None = None
    """How long this phase lasts; the last phase has no end."""

    @model_validator(mode="after")
    def _one(self) -> "Phase":
        if (self.within is None) == (self.every is None):
            raise ValueError("give within (one update) or every (again and again)")
        if self.within is not None and self.during is not None:
            raise ValueError("during goes with every: one update lasts no time")
        return self


class Pause(Strict):
    """When clocks stand still."""

    states: list[Literal["acknowledged", "waiting", "resolved"]] = Field(default_factory=list)
    """States of the record."""
    statuses: list[str] = Field(default_factory=list)
    """Values of the fact `status`, as the source says them."""


class MoreClocks(Strict):
    """The clocks beside acknowledging and resolving."""

    respond: Cadence | None = later()
    """Time to the first answer to the customer, or never."""
    customer_update: Literal["never"] | list[Phase] | None = later()
    """When the customer hears from us while it is open: phases, one after the other, or never."""
    internal_report: dict[Name, Cadence] | None = later()
    """Reports inside the house by name, each with how often it is due, or never."""
    hours: Key | None = later()
    """The hours in which these clocks run, by their key in the SLA policy; calendar means round the clock."""
    pause: Pause | None = later()
    """When these clocks stand still."""

    @field_validator("customer_update")
    @classmethod
    def _phases(cls, phases: object) -> object:
        if not isinstance(phases, list):
            return phases
        if not phases:
            raise ValueError("name a phase, or write never")
        for phase in phases[:-1]:
            if phase.every is not None and phase.during is None:
                raise ValueError("a phase before the last says during what time it holds")
        return phases


class Clocks(MoreClocks):
    """Times of the template itself; what is left out comes from the SLA policy."""

    acknowledge: Duration | None = None
    """Time until somebody has it."""
    resolve: Duration | None = None
    """Time until it is solved."""


class Level(MoreClocks):
    """The clocks of one severity."""

    acknowledge: Duration
    """Time until somebody has it."""
    resolve: Duration
    """Time until it is solved."""

    @property
    def resolve_in(self) -> timedelta:
        """The time to resolve."""
        return durations.parse(self.resolve)


class WorkingHours(Strict):
    """Hours in which people work, in their own zone."""

    zone: str
    """A zone of the IANA list, such as Europe/Berlin."""
    days: list[Day] = Field(default_factory=lambda: list(WORKDAYS), min_length=1, max_length=7)
    """The days of the week."""
    begin: str
    """When work begins: 09:00."""
    end: str
    """When work ends: 17:30, later than it begins."""
    holidays: list[str] = Field(default_factory=list, max_length=400)
    """Days without work: 2026-12-25."""

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("is no zone of the IANA list, such as Europe/Berlin")
        return str(ZoneInfo(zone))

    @field_validator("begin", "end")
    @classmethod
    def _moment(cls, text: str) -> str:
        try:
            return time.fromisoformat(text).strftime("%H:%M")
        except ValueError:
            raise ValueError("is no time of day: write it like 09:00, in quotes") from None

    @field_validator("holidays")
    @classmethod
    def _dates(cls, days: list[str]) -> list[str]:
        for day in days:
            try:
                date.fromisoformat(day)
            except ValueError:
                raise ValueError(f"{day!r} is no date: write it like 2026-12-25") from None
        return days

    @model_validator(mode="after")
    def _forward(self) -> "WorkingHours":
        if self.end <= self.begin:
            raise ValueError("end is later than begin: a shift over midnight is two")
        return self


def never(said: str | None) -> bool:
    """Whether a clock was switched off in words."""
    return said == NEVER
