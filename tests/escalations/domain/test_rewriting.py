"""Small changes to a document's text leave what its author wrote as it is."""

from pathlib import Path

import pytest

from escalations.domain.rewriting import Edit, rewrite
from templates_engine.management.commands.load_catalog import SHIPPED

TEXT = """\
# Who is believed.
kind: authority
key: authority   # one of its kind
fields:
  tier: {order: [directory, "hubspot"], on_conflict: review}  # asked since May
  severity:
    order:
    - zendesk   # they triage
    - slack
"""


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_nothing_changes_without_an_edit(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert rewrite(text, []) == text


def test_comments_quotes_and_lists_stay() -> None:
    assert rewrite(TEXT, []) == TEXT
    changed = rewrite(TEXT, [Edit(("fields", "tier", "on_conflict"), "win")])
    # A comment behind a value keeps its column.
    assert changed == TEXT.replace("on_conflict: review}", "on_conflict: win}   ")


def test_what_is_missing_on_the_way_is_made() -> None:
    changed = rewrite(TEXT, [Edit(("fields", "status", "on_conflict"), "review")])
    assert changed.startswith(TEXT)
    assert changed.endswith("  status:\n    on_conflict: review\n")


def test_items_come_first_and_go() -> None:
    changed = rewrite(TEXT, [Edit(("fields", "severity", "order"), "hubspot", "first")])
    assert "- hubspot\n    - zendesk   # they triage" in changed
    assert "slack" not in rewrite(TEXT, [Edit(("fields", "severity", "order", 1), do="drop")])


def test_a_path_through_nothing_is_refused() -> None:
    with pytest.raises((KeyError, TypeError, IndexError)):
        rewrite(TEXT, [Edit(("fields", "severity", "order", 7, "x"), 1)])
