"""The shipped catalog at a portal's first start, and what checking files says."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from templates_engine import queries, services
from templates_engine.management.commands.load_catalog import SHIPPED
from templates_engine.models import Version
from tests.stories.world import forget
from tests.templates_engine.desk import NOW

TEMPLATE = """\
# why it is so
kind: template
key: plain
title: Plain # a word behind
order: {order}
trigger: {trigger}
owners: {{primary: {{team: a}}, backup: {{team: b}}, escalation: {{team: c}}}}
steps: [{{id: solve, do: wait_for_resolution}}]
"""


@pytest.mark.django_db
def test_a_fresh_load_puts_everything_to_work() -> None:
    """Seven ways that companies ask for first, the runbook, a large customer's own, and one for the rest."""
    forget()
    files = [(one.name, one.read_text()) for one in sorted(SHIPPED.glob("*.yaml"))]
    loaded = services.load(files, now=NOW)
    assert {one.outcome for one in loaded} == {"active"}
    templates = queries.active_documents().templates
    assert [one.key for one in templates] == [
        "security-concern", "vendor-outage", "high-value-incident", "enterprise-critical-incident",
        "sla-breach-runbook", "sla-breach-high-priority", "failed-renewal", "lead-routing-failure",
        "content-publishing-block", "any-customer-trouble",
    ]  # fmt: skip
    assert len({one.order for one in templates}) == len(templates)
    # Comments and layout are kept: what is exported is what was written.
    kept = dict(Version.objects.values_list("document__key", "text"))
    assert all(kept[one.key] == text for one, (_, text) in zip(loaded, files, strict=True))


@pytest.mark.django_db
def test_what_checking_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Faults end with 1, notes do not; conditions that nobody could check are told."""
    forget()
    file = tmp_path / "plain.yaml"
    file.write_text(TEMPLATE.format(order=5, trigger="nonsense == 3"))
    call_command("check_catalog", str(file))
    assert "the conditions were not checked" in capsys.readouterr().out
    with pytest.raises(CommandError, match="1 problem"):
        call_command("check_catalog", str(file), str(SHIPPED / "facts.yaml"))
    assert "undeclared reference to 'nonsense'" in capsys.readouterr().out
    file.write_text(TEMPLATE.format(order=5, trigger="known.title") + "guards: {once_per: 1d}\n")
    call_command("check_catalog", str(file), *map(str, SHIPPED.glob("*.yaml")))
    said = capsys.readouterr().out
    assert "guards.once_per: is kept, not run yet (a note, no fault)" in said
    assert "security-concern has the same order" in said


@pytest.mark.django_db
def test_a_cycle_with_what_is_active_is_a_fault() -> None:
    """A draft that closes a round of calls is told so, at its step."""
    forget()
    text = TEMPLATE.format(order=5, trigger="known.title").replace(
        "{id: solve, do: wait_for_resolution}", "{id: a, run: other}"
    )
    other = text.replace("key: plain", "key: other").replace("run: other", "run: third").replace("order: 5", "order: 6")
    facts = (SHIPPED / "facts.yaml").read_text()
    services.load([("facts", facts), ("plain", text), ("other", other)], now=NOW)
    third = (
        other.replace("key: other", "key: third").replace("run: third", "run: plain").replace("order: 6", "order: 7")
    )
    _, problems = services.check([("third", third)])
    assert [(one.path, one.message, one.line) for _, one in problems] == [
        ("steps.0.run", "calls itself: third → plain → other → third", 8)
    ]
