"""The JSON Schema of all kinds of documents, for editors: completion, and the shape while one types.

It says the shape. What parts of a document say about each other, and whether conditions fit the declared facts, only
`documents.parse` can tell.
"""

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from templates_engine.spec.documents import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS = {
    "template": "Template",
    "mapping": "MappingDocument",
    "facts": "FactsPolicy",
    "authority": "AuthorityPolicy",
    "ownership": "OwnershipPolicy",
    "sla": "SlaPolicy",
    "ranking": "RankingPolicy",
}
# What may be written shorter than it is kept: one recipient for a list, a word for a failure's end.
_SHORT = {
    "Step": {"to": "one", "on_failure": "word"},
    "Undo": {"to": "one"},
}


@lru_cache(maxsize=1)
def _made() -> dict[str, Any]:
    made = TypeAdapter(Document).json_schema(mode="validation", schema_generator=_Generator)
    definitions = made["$defs"]
    for name, fields in _SHORT.items():
        for field, how in fields.items():
            _widened(definitions[name]["properties"][field], how)
    return {
        "$schema": DIALECT,
        "title": "Opsportal document",
        "description": "One template, mapping or policy. The kind says which.",
        "type": "object",
        "required": ["kind", "key", "title"],
        "properties": {"kind": {"enum": list(_KINDS), "description": "What the document is."}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for kind, name in _KINDS.items()
        ],
        "$defs": definitions,
    }


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of every kind of document; a copy of its own for every caller."""
    made: dict[str, Any] = _copied(_made())
    return made


class _Generator(GenerateJsonSchema):
    """Titles made from names only repeat them: left out."""

    def get_title_from_name(self, name: str) -> str:
        return ""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _widened(field: dict[str, Any], how: str) -> None:
    """The field also takes its short form."""
    forms = field.setdefault("anyOf", [])
    if how == "word":
        forms.append({"enum": ["case", "skip", "fail_over"]})
        return
    forms.append(next(one["items"] for one in forms if one.get("type") == "array"))


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value
