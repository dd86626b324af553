"""The steps of a template: what each kind may say."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from templates_engine.spec.base import Duration, Key, Strict
from templates_engine.spec.owners import Role


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
