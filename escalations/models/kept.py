"""JSON that comes back byte for byte: text on both databases, written in its one canonical way.

PostgreSQL's own jsonb reorders names and rewrites numbers, so that what was hashed could not be hashed again.
"""

import json
from typing import Any

from django.db import models

from escalations.domain.decision import canonical


class Written(dict[str, Any]):
    """A value that was written down already: `text` is its canonical JSON, so that it is not made twice."""

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.text = canonical(value)


class KeptJSONField(models.TextField):  # type: ignore[type-arg]  # generic only for the type checker
    """A dict or list, kept as canonical JSON text; it can not be asked into by a query."""

    # What the type checker takes attributes of this field to be.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """The value of the text."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """The value, also from a fixture's text."""
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """The text."""
        if value is None:
            return None
        return value.text if isinstance(value, Written) else canonical(value)

    def value_to_string(self, obj: models.Model) -> str:
        """For fixtures."""
        return canonical(self.value_from_object(obj))
