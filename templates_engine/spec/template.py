"""Escalation templates: what should happen when something is in trouble."""

from typing import Literal

from pydantic import Field

from templates_engine.spec.base import Header, Key, Name, Strict, later
from templates_engine.spec.clocks import Clocks
from templates_engine.spec.conduct import (
    AutoClose,
    Chain,
    DeEscalation,
    ExceptionPath,
    Grouping,
    Guards,
    PostMortem,
    SeverityRule,
    Success,
    Suppress,
)
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
    """Who has it first."""
    backup: OwnerRef
    """Who has it when the first does not acknowledge."""
    escalation: OwnerRef
    """Who has it then; behind them stands the last owner of the ownership policy."""

    @property
    def filled(self) -> dict[str, OwnerRef]:
        """The three by role, an empty place being taken by the next in the chain."""
        backup = self.escalation if self.backup.nobody else self.backup
        return {"primary": backup if self.primary.nobody else self.primary, "backup": backup,
                "escalation": self.escalation}  # fmt: skip


class Check(Strict):
    """Something that must hold before the record closes."""

    id: Key
    """Its name inside the template."""
    title: str = ""
    """What people read."""
    check: Literal[
        "acknowledged", "notified", "no_open_case", "no_open_promise", "no_open_task", "resolution_noted", "holds",
        "next_update_set",
    ]  # fmt: skip
    """What is looked at; holds asks a condition, next_update_set whether the customer was promised the next word."""
    when: str | None = None
    """The condition that holds asks."""
    at: Key | None = later()
    """The step that counts as done only when this is so; absent means before closing."""


class Close(Strict):
    """Whether the record closes by itself when its checks have passed."""

    when: Literal["qa", "manual"] = "qa"
    """By itself when the checks passed (qa), or by a person (manual)."""


class FactDeclaration(Strict):
    """A fact of the template's own."""

    type: FactType
    """What its values are."""
    label: str = ""
    """What people read."""


class Template(Header):
    """One escalation path, in one readable document."""

    kind: Literal["template"]
    order: int = Field(ge=0, le=100_000)
    """Templates are asked from the least order up; the first whose trigger holds opens the record."""
    intent: str = ""
    """What it is for."""
    requires: list[Name] = Field(default_factory=list)
    """Facts without which a person is asked before it opens."""
    facts: dict[Name, FactDeclaration] = Field(default_factory=dict)
    """Facts of its own, beside those of the facts policy."""
    trigger: str
    """The condition under which it opens, in CEL."""
    severity: str | None = None
    """Fixes the severity, whatever was sent."""
    severity_when: list[SeverityRule] = Field(default_factory=list, max_length=20)
    """Makes the severity from the facts: the first rule that holds; where none does, what was sent."""
    when_unsure: Literal["worse_and_review", "ask_first"] = later("worse_and_review")
    """A doubtful severity or tier runs at the worse value and is reviewed; ask_first would wait for the answer."""
    kind_of_trouble: Literal["operational", "technical", "policy", "communication"] | None = None
    """What sort of trouble it is; absent means technical."""
    owners: Owners
    """Who is asked first, second and third."""
    chain: Chain | None = None
    """How the chain is walked when nobody acknowledges."""
    clocks: Clocks = Field(default_factory=Clocks)
    """Times of its own."""
    guards: Guards | None = None
    """What keeps it from opening the same thing again."""
    grouping: Grouping | None = None
    """How many signals become one record."""
    suppress: Suppress | None = None
    """Silence while something worse is open."""
    auto_close: AutoClose | None = None
    """What closes by itself when nothing more is heard."""
    steps: list[Step] = Field(min_length=1, max_length=100)
    """What happens, from top to bottom."""
    qa: list[Check] = Field(default_factory=list)
    """What must hold before the record closes."""
    close: Close = Field(default_factory=Close)
    """Whether it closes by itself."""
    exceptions: list[ExceptionPath] = Field(default_factory=list)
    """When a person is asked although the trigger holds."""
    de_escalation: DeEscalation | None = None
    """What lowering the severity needs."""
    outcome: str = ""
    """What is true at its end."""
    success: list[Success] = Field(default_factory=list, max_length=9)
    """How one will know that it works."""
    post_mortem: PostMortem | None = None
    """What is written down afterwards."""
