"""The steps of a template: a list read from top to bottom, each step one small thing.

    steps:
      - {id: keep, do: snapshot}
      - {id: lock, do: call_webhook, destination: shop, event: lock, undo: {do: call_webhook, destination: shop,
         event: unlock}, on_failure: {retry: 3, back_off: 1m, then: case}}
      - {id: how, do: ask_person, to: owner, question: What now?, within: 30m, sets: plan,
         choices: [{key: wait, title: Wait for the vendor}, {key: refund, title: Refund}]}
      - id: refund
        do: branch
        when: plan == "refund"
        then:
          - {id: may, do: ask_approval, to: {team: finance}, question: "Refund {customer}?", within: 2h}
        otherwise:
          - {id: updates, run: customer-updates}

`when` decides about one step: where it is false the step is skipped. `branch` decides about several: its `when`
is asked once, the steps under `then` or under `otherwise` follow, the others are skipped. A branch whose facts
do not tell fails like any other step. `run: other` (short for `do: run`) puts the steps of another template
in this place when the record opens, from the version active then.

`on_failure` is `case` (default: a person decides), `skip`, `fail_over` (of steps that ask: the next in the chain
is asked), or `{retry: n, back_off: 1m, then: case}`, waiting twice as long each time. `undo` says how to set back
what the step did: a step of its own, or `restore` where the value of before is known (assign, set_field). When a
step fails for good, the steps with `undo` that ran since a person was last waited for are set back, the last first.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, WrapValidator, field_validator, model_validator

from templates_engine.spec.base import Duration, Key, Name, Strict
from templates_engine.spec.owners import OwnerRef, Role
from templates_engine.spec.stepkinds import KINDS

Do = Literal[
    "assign", "notify", "page", "wait_for_acknowledgement", "wait_for_resolution", "ask_approval", "ask_person",
    "set_field", "snapshot", "open_task", "war_room", "call_webhook", "run", "branch", "check", "close",
]  # fmt: skip
Undoer = Literal["assign", "notify", "page", "set_field", "open_task", "war_room", "call_webhook"]
Scalar = bool | int | float | str | list[str]
Text = Annotated[str, Field(max_length=4000)]
Then = Literal["case", "skip", "fail_over"]
MOST_CHOICES = 9


def _named(value: Any, read: Any) -> Any:
    try:
        return read(value)
    except ValidationError as fault:
        roles = "primary, backup, escalation, owner, account_owner"
        raise ValueError(f"name a role ({roles}), {{team: key}} or {{person: username}}") from fault


Who = Annotated[Role | OwnerRef, WrapValidator(_named)]


class OnFailure(Strict):
    """What happens when a step fails, or nobody answers it in time."""

    retry: int = Field(0, ge=0, le=10)
    back_off: Duration = "30s"
    then: Then = "case"

    @property
    def tries(self) -> int:
        """How often it is tried in all."""
        return self.retry + 1


class Choice(Strict):
    """One answer a person may give; `why` says when it is the right one."""

    key: Key
    title: str = Field(min_length=1, max_length=120)
    why: str = Field("", max_length=300)


class Undo(Strict):
    """A step that sets back what another did."""

    do: Undoer
    to: list[Who] | None = Field(None, min_length=1, max_length=10)
    channel: Literal["email", "slack", "auto"] | None = None
    message: Text | None = None
    leaves: bool | None = None
    field: Name | None = None
    value: Scalar | None = None
    title: str = Field("", max_length=200)
    within: Duration | None = None
    destination: Key | None = None
    event: Key | None = None
    data: dict[Name, Scalar] | None = None

    @field_validator("to", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return value if value is None or isinstance(value, list) else [value]


def _conditional(schema: dict[str, Any]) -> None:
    """The table of kinds in the words of JSON Schema: editors complete only what a kind takes."""
    schema["anyOf"] = [{"required": ["do"]}, {"required": ["run"]}]
    schema["required"] = ["id"]
    schema["allOf"] = [
        {
            "if": {"properties": {"do": {"const": name}}, "required": ["do"]},
            "then": {"propertyNames": {"enum": list(kind.fields)}, "required": list(kind.needs)},
        }
        for name, kind in KINDS.items()
    ]


class Step(Strict):
    """One small thing to do; which fields go with which kind stands in stepkinds.KINDS."""

    model_config = ConfigDict(json_schema_extra=_conditional)

    id: Key
    do: Do
    title: str = Field("", max_length=200)
    when: str | None = None
    to: list[Who] | None = Field(None, min_length=1, max_length=10)
    channel: Literal["email", "slack", "auto"] | None = None
    message: Text | None = None
    leaves: bool | None = None
    within: Duration | None = None
    repeat: int | None = Field(None, ge=1, le=20)
    every: Duration | None = None
    question: str | None = Field(None, min_length=1, max_length=300)
    guidance: Text | None = None
    show: list[Name] | None = Field(None, max_length=12)
    choices: list[Choice] | None = Field(None, min_length=2, max_length=MOST_CHOICES)
    sets: Name | None = None
    field: Name | None = None
    value: Scalar | None = None
    of: list[Literal["state", "changes", "logs"]] | None = Field(None, min_length=1)
    wait: bool | None = None
    destination: Key | None = None
    event: Key | None = None
    data: dict[Name, Scalar] | None = Field(None, max_length=40)
    run: Key | None = None
    then: "list[Step] | None" = Field(None, min_length=1, max_length=50)
    otherwise: "list[Step] | None" = Field(None, min_length=1, max_length=50)
    on_failure: OnFailure | None = None
    undo: Undo | Literal["restore"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        if isinstance(value, Mapping) and "run" in value and "do" not in value:
            return {**value, "do": "run"}
        return value

    @field_validator("to", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return value if value is None or isinstance(value, list) else [value]

    @field_validator("on_failure", mode="before")
    @classmethod
    def _said(cls, value: object) -> object:
        return {"then": value} if isinstance(value, str) else value

    @field_validator("undo", mode="wrap")
    @classmethod
    def _one_undo(cls, value: object, read: Any) -> object:
        if isinstance(value, str):
            if value != "restore":
                raise ValueError("is restore, or a step that sets it back")
            return value
        return None if value is None else Undo.model_validate(value)

    @property
    def failing(self) -> OnFailure:
        """What its failure means; a person decides where nothing is said."""
        return self.on_failure or OnFailure()

    @property
    def goes_out(self) -> bool:
        """Whether it leaves the building, so that it pauses while the record is doubtful."""
        return KINDS[self.do].leaves and self.leaves is not False


Step.model_rebuild()


def kind_of(step: Mapping[str, Any]) -> str:
    """The kind a raw step means; empty where it says none that there is."""
    said = step.get("do", "run" if "run" in step else "")
    return said if isinstance(said, str) and said in KINDS else ""
