"""The published schema and the reader agree about the shape of every document that is shipped or tried."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command

from templates_engine.spec import documents
from templates_engine.spec.schema import json_schema
from tests.templates_engine.test_steps import EVERY_KIND, HEAD

ROOT = Path(__file__).parents[2]
FOLDERS = ("templates_engine/catalog", "escalations/demo", "tests/stories", "tests/templates_engine/examples")
SHIPPED = sorted(str(one.relative_to(ROOT)) for folder in FOLDERS for one in (ROOT / folder).rglob("*.yaml"))


@pytest.fixture(scope="module")
def checker() -> Any:
    """The schema, itself checked."""
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_document_fits(checker: Any, name: str) -> None:
    body = documents.parse((ROOT / name).read_text()).body
    assert [f"{one.json_path}: {one.message}" for one in checker.iter_errors(body)] == []


def test_every_kind_of_step_fits(checker: Any) -> None:
    assert not list(checker.iter_errors(documents.parse(HEAD.format(key="t") + EVERY_KIND).body))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("kind: juggling\nkey: a\ntitle: b", "$.kind"),
        ("kind: sla\nkey: a\ntitle: b\nlevels: {}\nfloor: {acknowledge: 1h}", "$.floor"),
        ("kind: sla\nkey: a\ntitle: b\nlevels: {}\nfloor: {acknowledge: 1h, resolve: 1d}\ncolour: red", "$"),
        (HEAD.format(key="t") + "  - {id: a, do: close, within: 5m}", "$.steps[0]"),
        (HEAD.format(key="t") + "  - {id: a, do: ask_approval}", "$.steps[0]"),
        (HEAD.format(key="UPPER") + "  - {id: a, do: close}", "$.key"),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(checker: Any, text: str, path: str) -> None:
    parsed = documents.parse(text)
    assert parsed.problems
    assert path in {one.json_path for one in checker.iter_errors(parsed.body)}


def test_it_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("document_schema")
    assert json.loads(capsys.readouterr().out) == json_schema()
