"""What all documents share."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from opsportal.lib import durations


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document: where, and what was seen against what is allowed."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}: " if self.line else ""
        return f"{place}{self.path}: {self.message}"


class DocumentError(Exception):
    """The document does not do; all its problems at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class Strict(BaseModel):
    """Unknown fields are errors: a misspelt word must not be lost."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def later(default: Any = None, **rules: Any) -> Any:
    """A field that is read, checked, compared and shown, and that nothing acts upon yet; a check says so."""
    return Field(default, json_schema_extra={"x-runs": False}, **rules)


def _duration(text: str) -> str:
    durations.parse(text)
    return text


def _cadence(text: str) -> str:
    return text if text == NEVER else _duration(text)


NEVER = "never"
Duration = Annotated[str, AfterValidator(_duration)]
# A duration, or the word never.
Cadence = Annotated[str, AfterValidator(_cadence)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Header(Strict):
    """How every document begins."""

    key: Key
    """Its name for good: small letters, digits, - and _."""
    title: str = Field(min_length=1, max_length=120)
    """What people read."""
    note: str = ""
    """A remark."""
