"""What a document says that nothing acts upon yet: told by every check, so that nobody relies on it."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from templates_engine.spec.base import Problem

SAID = "is kept, not run yet"


def notes(document: BaseModel) -> list[Problem]:
    """One note for each such field that the document uses, at its place."""
    return list(_model(document, ""))


def _model(one: BaseModel, path: str) -> Iterator[Problem]:
    fields = type(one).model_fields
    used = [name for name in fields if name in one.model_fields_set and getattr(one, name) != fields[name].default]
    for name in used:
        field = fields[name]
        place = f"{path}{field.alias or name}"
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("x-runs") is False:
            yield Problem(place, SAID)
        else:
            yield from _value(getattr(one, name), place)


def _value(value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, BaseModel):
        yield from _model(value, f"{path}.")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _value(one, f"{path}.{number}")
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _value(one, f"{path}.{name}")
