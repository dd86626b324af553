"""Escalation templates: what should happen when something is in trouble."""

from typing import Literal

from pydantic import Field

from templates_engine.spec.base import Duration, Header, Key, Name, Strict
from templates_engine.spec.owners import OwnerRef, Role
from templates_engine.spec.steps import Step

__all__ = [
    "Check",
    "Clocks",
    "Close",
    "ExceptionPath",
    "FactDeclaration",
    "OwnerRef",
    "Owners",
    "Role",
    "Step",
    "Template",
]

FactType = Literal["string", "int", "double", "bool", "timestamp", "list"]


class Owners(Strict):
    """Who is asked first, second and third."""

    primary: OwnerRef
    backup: OwnerRef
    escalation: OwnerRef


class Clocks(Strict):
    """Times of the template itself; what is left out comes from the SLA policy."""

    acknowledge: Duration | None = None
    resolve: Duration | None = None


class Check(Strict):
    """Something that must hold before the record closes."""

    id: Key
    title: str = ""
    check: Literal["acknowledged", "notified", "no_open_case", "no_open_promise", "no_open_task", "resolution_noted"]


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
