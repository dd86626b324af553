"""Which template: order, ties, what is unclear; and what it then means in clocks."""

from datetime import timedelta
from typing import Any

import pytest

from templates_engine.spec import matching, planning
from templates_engine.spec.documents import SlaPolicy, Template

TEAM = {"team": "support"}


def _template(key: str, order: int, trigger: str, **more: Any) -> Template:
    owners = {"primary": TEAM, "backup": TEAM, "escalation": TEAM}
    steps = [{"id": "a", "do": "assign", "to": "primary"}]
    return Template.model_validate(
        {"kind": "template", "key": key, "title": key, "order": order, "trigger": trigger, "owners": owners,
         "steps": steps, **more}
    )  # fmt: skip


BIG = 'tier == "enterprise"'


@pytest.mark.parametrize(
    ("rows", "facts", "winner", "unclear", "tie"),
    [
        ([("b", 20, "true"), ("a", 10, BIG)], {"tier": "enterprise"}, "a", (), ()),
        ([("b", 20, "true"), ("a", 10, BIG)], {"tier": "starter"}, "b", (), ()),
        ([("b", 20, "true"), ("a", 10, BIG)], {}, None, ("a",), ()),
        ([("a", 10, "true"), ("b", 20, BIG)], {}, "a", (), ()),
        ([("a", 10, "true"), ("b", 10, "true")], {}, None, (), ("a", "b")),
        ([("a", 10, "true"), ("b", 10, BIG)], {}, None, ("b",), ()),
        ([("b", 10, "true"), ("a", 10, BIG)], {}, None, ("a",), ()),
        ([("a", 10, "false")], {}, None, (), ()),
        ([("a", 10, "gone == 1"), ("b", 20, "true")], {}, None, ("a",), ()),
    ],
)
def test_match(
    rows: list[tuple[str, int, str]], facts: dict[str, Any], winner: str | None, unclear: tuple[str, ...],
    tie: tuple[str, ...],
) -> None:  # fmt: skip
    found = matching.match(facts, [_template(*row) for row in rows])
    assert (found.template.key if found.template else None, found.unclear, found.tie) == (winner, unclear, tie)


SLA = SlaPolicy.model_validate(
    {"kind": "sla", "key": "s", "title": "s", "levels": {"high": {"acknowledge": "30m", "resolve": "8h"}},
     "floor": {"acknowledge": "1h", "resolve": "1d"}}
)  # fmt: skip


@pytest.mark.parametrize(
    ("clocks", "severity", "acknowledge", "resolve", "floor"),
    [
        ({}, "high", 1800, 28800, False),
        ({}, "odd", 3600, 86400, True),
        ({"acknowledge": "30s"}, "high", 30, 28800, False),
        ({"acknowledge": "30s", "resolve": "5m"}, "odd", 30, 300, False),
    ],
)
def test_plan(clocks: dict[str, str], severity: str, acknowledge: int, resolve: int, floor: bool) -> None:
    plan = planning.plan(_template("a", 1, "true", clocks=clocks), severity, SLA)
    assert plan.clocks == {
        "acknowledge": timedelta(seconds=acknowledge),
        "resolve": timedelta(seconds=resolve),
    }
    assert plan.from_floor is floor
