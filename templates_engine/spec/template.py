"""Escalation templates: what should happen when something is in trouble."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from templates_engine.spec.base import Duration, Header, Key, Name, Strict

FactType = Literal["string", "int", "double", "bool", "timestamp", "list"]
Role = Literal["primary", "backup", "escalation", "owner", "account_owner"]


class OwnerRef(Strict):
    """A role that is looked up when it is needed: exactly one of a team, a person, the account's owner."""

    team: Key | None = None
    person: str | None = None
    account_owner: bool = False

    @model_validator(mode="after")
    def _one(self) -> "OwnerRef":
        if sum((self.team is not None, self.person is not None, self.account_owner)) != 1:
            raise ValueError("give exactly one of team, person, account_owner: true")
        return self

    @property
    def words(self) -> str:
        """The reference as a person says it."""
        if self.team:
            return f"team {self.team}"
        return f"person {self.person}" if self.person else "the account's owner"


class Owners(Strict):
    """Who is asked first, second and third."""

    primary: OwnerRef
    backup: OwnerRef
    escalation: OwnerRef


class Clocks(Strict):
    """Times of the template itself; what is left out comes from the SLA policy."""

    acknowledge: Duration | None = None
    resolve: Duration | None = None


class Step(Strict):
    """One small thing to do."""

    id: Key
    do: Literal["assign", "notify", "wait_for_acknowledgement", "wait_for_resolution", "check", "close"]
    title: str = ""
    to: list[Role] | None = None
    channel: Literal["email", "slack", "auto"] | None = None
    message: str | None = Field(None, max_length=4000)
    within: Duration | None = None
    when: str | None = None
    leaves: bool | None = None

    @field_validator("to", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits(self) -> "Step":
        if self.do == "wait_for_acknowledgement" and self.within is None:
            raise ValueError("a step that waits for an acknowledgement says within what time")
        if self.do == "assign" and self.to and self.to[0] == "owner":
            raise ValueError("assign names a role other than the present owner")
        return self


class Check(Strict):
    """Something that must hold before the record closes."""

    id: Key
    title: str = ""
    check: Literal["acknowledged", "notified", "no_open_case", "no_open_promise", "resolution_noted"]


class Close(Strict):
    """Whether the record closes by itself when its checks have passed."""

    when: Literal["qa", "manual"] = "qa"


class ExceptionPath(Strict):
    """A condition under which a person is asked."""

    when: str
    reason: str


class FactDeclaration(Strict):
    """A fact of the template's own."""

    type: FactType
    label: str = ""


class Template(Header):
    """One escalation path, in one readable document."""

    kind: Literal["template"]
    order: int = Field(ge=0, le=100_000)
    intent: str = ""
    requires: list[Name] = Field(default_factory=list)
    facts: dict[Name, FactDeclaration] = Field(default_factory=dict)
    trigger: str
    severity: str | None = None
    kind_of_trouble: Literal["operational", "technical", "policy", "communication"] | None = None
    owners: Owners
    clocks: Clocks = Field(default_factory=Clocks)
    steps: list[Step] = Field(min_length=1, max_length=100)
    qa: list[Check] = Field(default_factory=list)
    close: Close = Field(default_factory=Close)
    exceptions: list[ExceptionPath] = Field(default_factory=list)
    outcome: str = ""
