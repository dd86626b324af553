"""Steps: what each kind takes, each fault with its place, and how a template's steps are laid out."""

from pathlib import Path

import pytest

import templates_engine
from templates_engine.spec import flow
from templates_engine.spec.documents import FactsPolicy, Problem, Template, parse
from templates_engine.spec.stepkinds import KINDS, UNDOERS
from templates_engine.spec.steps import Do, Undoer

CATALOG = Path(templates_engine.__file__).parent / "catalog"
HEAD = """
kind: template
key: {key}
title: T
order: 1
trigger: severity == "critical"
owners: {{primary: {{team: support}}, backup: {{team: support-backup}}, escalation: {{team: operations}}}}
facts: {{plan: {{type: string}}, agreed: {{type: bool}}}}
steps:
"""
EVERY_KIND = """\
  - {id: keep, do: snapshot, of: [state, logs]}
  - {id: mine, do: assign, to: {team: finance}, undo: restore}
  - {id: tell, do: notify, to: [primary, {person: ada}], channel: email, message: "{customer}", leaves: false}
  - {id: page, do: page, repeat: 3, every: 5m}
  - {id: seen, do: wait_for_acknowledgement, within: 15m}
  - {id: lock, do: call_webhook, destination: shop, event: lock, data: {order: "{id}", days: 3},
     undo: {do: call_webhook, destination: shop, event: unlock}, on_failure: {retry: 3, back_off: 1m, then: case}}
  - {id: room, do: war_room, destination: rooms, message: "{title}", on_failure: skip}
  - {id: how, do: ask_person, question: What now?, within: 30m, sets: plan, show: [title], guidance: Look first.,
     on_failure: fail_over, choices: [{key: wait, title: Wait}, {key: refund, title: Refund, why: They paid.}]}
  - id: refund
    do: branch
    when: plan == "refund"
    then:
      - {id: may, do: ask_approval, to: {team: finance}, question: "Refund {customer}?", within: 2h, sets: agreed}
      - id: large
        do: branch
        when: amount > 100000
        then:
          - {id: again, do: ask_approval, to: {person: cleo}, question: It is large. Sure?, within: 2h}
    otherwise:
      - {id: updates, run: updates}
  - {id: milder, do: set_field, field: severity, value: high, undo: restore, when: plan == "wait"}
  - {id: task, do: open_task, title: Write to them, within: 1d, wait: true}
  - {id: solve, do: wait_for_resolution}
  - {id: checks, do: check}
  - {id: close, do: close}
"""


def read(steps: str, key: str = "t") -> Template:
    """The template of these steps."""
    parsed = parse(HEAD.format(key=key) + steps, facts())
    assert isinstance(parsed.document, Template), parsed.problems
    return parsed.document


def facts() -> FactsPolicy:
    """The shipped facts."""
    document = parse((CATALOG / "facts.yaml").read_text()).document
    assert isinstance(document, FactsPolicy)
    return document


def problems(steps: str) -> dict[str, Problem]:
    """What is wrong with these steps, by place."""
    return {one.path: one for one in parse(HEAD.format(key="t") + steps, facts()).problems}


def test_every_kind_can_be_said() -> None:
    """One document uses all of them, and the three lists of kinds are one."""
    assert {row.step.do for row in flow.flat(read(EVERY_KIND).steps)} == set(KINDS)
    assert set(Do.__args__) == set(KINDS)  # type: ignore[attr-defined]  # a Literal has them
    assert set(Undoer.__args__) == set(UNDOERS)  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize(
    ("step", "path", "said"),
    [
        ("{id: a, do: dance}", "steps.0.do", "is one of 'assign'"),
        ("{id: a, do: snapshot, to: owner}", "steps.0.to", "does not go with snapshot, which takes of"),
        ("{id: a, do: close, within: 3m}", "steps.0.within", "does not go with close, which takes nothing more"),
        ("{id: a, do: notify, wihtin: 3m}", "steps.0.wihtin", "is no field here"),
        ("{id: a, do: notify, to: boss}", "steps.0.to.0", "name a role (primary"),
        ("{id: a, do: notify, to: {teem: x}}", "steps.0.to.0", "name a role (primary"),
        ("{id: a, do: notify, to: []}", "steps.0.to", "at least 1"),
        ("{id: a, do: wait_for_acknowledgement}", "steps.0", "wait_for_acknowledgement needs within"),
        ("{id: a, do: assign, to: [primary, backup]}", "steps.0.to", "a record has one owner"),
        ("{id: a, do: assign, to: owner}", "steps.0.to", "other than the present owner"),
        ("{id: a, do: page, repeat: 3}", "steps.0", "give both or none"),
        ("{id: a, do: ask_approval, to: backup, within: 1h}", "steps.0", "ask_approval needs question"),
        ("{id: a, do: ask_person, question: Q, within: 0.2s}", "steps.0.within", "shorter than a second"),
        (
            '{id: a, do: ask_approval, to: backup, within: 1h, question: "{who}"}',
            "steps.0.question",
            "{who} is unknown",
        ),
        ("{id: a, do: ask_approval, to: backup, within: 1h, question: Q, sets: plan}", "steps.0.sets", "sets a bool"),
        ("{id: a, do: set_field, field: amount, value: 3}", "steps.0.field", "no fact that a step can set"),
        ("{id: a, do: set_field, field: severity, value: bad}", "steps.0.value", "none of critical, high, normal"),
        ("{id: a, do: set_field, field: affected, value: many}", "steps.0.value", "whole number"),
        ("{id: a, do: call_webhook, event: lock}", "steps.0", "call_webhook needs destination"),
        ("{id: a, do: snapshot, undo: {do: notify}}", "steps.0.undo", "does not go with snapshot"),
        ("{id: a, do: notify, undo: restore}", "steps.0.undo", "for assign and set_field only"),
        ("{id: a, do: notify, undo: forget}", "steps.0.undo", "is restore, or a step"),
        ("{id: a, do: notify, undo: {do: close}}", "steps.0.undo.do", "is one of 'assign'"),
        ("{id: a, do: notify, undo: {do: set_field, field: plan}}", "steps.0.undo", "set_field needs value"),
        ("{id: a, do: set_field, field: plan, value: x, on_failure: fail_over}", "steps.0.on_failure", "asks nobody"),
        ("{id: a, do: set_field, field: plan, value: x, on_failure: {retry: 99}}", "steps.0.on_failure.retry", "10"),
        ("{id: a, do: branch, when: 'true'}", "steps.0", "branch needs then"),
        ("{id: a, do: branch, when: 'plam', then: [{id: b, do: snapshot}]}", "steps.0.when", "undeclared reference"),
        ("{id: a, do: branch, when: 'true', then: [{id: a, do: snapshot}]}", "steps.0.then.0.id", "given twice"),
        (
            "{id: a, do: branch, when: 'true', then: [{id: b, do: notify, of: [logs]}]}",
            "steps.0.then.0.of",
            "with notify",
        ),
        ("{id: a, run: UPPER}", "steps.0.run", "small letters"),
    ],
)
def test_each_fault_is_said_at_its_place(step: str, path: str, said: str) -> None:
    """One fault, one problem, in words, with its line."""
    found = problems(f"  - {step}\n")
    assert said in found[path].message
    assert found[path].line == 10


def test_all_faults_are_said_at_once() -> None:
    """Faults of the model, of the table and of the facts in one go."""
    found = problems("  - {id: a, do: dance}\n  - {id: b, do: check, to: owner}\n  - {id: c, do: notify, when: nope}\n")
    assert set(found) == {"steps.0.do", "steps.1.to", "steps.2.when"}


def test_steps_lie_flat_with_the_way_to_them() -> None:
    """A called template stands in its place without what would end the record, named behind its caller."""
    updates = read("  - {id: tell, do: notify}\n  - {id: solve, do: wait_for_resolution}\n", key="updates")
    rows = flow.lay_out(read(EVERY_KIND), lambda key: (updates, 7) if key == "updates" else None)
    placed = {row.name: (row.block, row.version) for row in rows}
    assert placed["again"] == ("refund:then/large:then", None)
    assert placed["updates"] == ("refund:otherwise", None)
    assert placed["updates.tell"] == ("refund:otherwise/updates", 7)
    assert "updates.solve" not in placed


@pytest.mark.parametrize(
    ("calls", "fault"),
    [
        ({"t": "b", "b": "t"}, "calls itself: t → b → t"),
        ({"t": "t"}, "calls itself: t → t"),
        ({"t": "gone"}, "no template gone is active"),
        ({"t": "b", "b": "c", "c": "d", "d": "e", "e": "f", "f": "g"}, "calls deeper than 5 templates"),
    ],
)
def test_a_call_that_can_not_be_followed_says_why(calls: dict[str, str], fault: str) -> None:
    """The record opens all the same: the step itself carries the words."""
    made = {key: read(f"  - {{id: call-{to}, run: {to}}}\n", key=key) for key, to in calls.items()}
    rows = flow.lay_out(made["t"], lambda key: (made[key], 1) if key in made else None)
    assert [row.fault for row in rows if row.fault] == [fault]


def test_a_template_that_grows_without_end_is_cut() -> None:
    """Ten calls of ten calls of fifty steps would be five thousand rows."""
    small = read("".join(f"  - {{id: s{n}, do: snapshot}}\n" for n in range(50)), key="small")
    wide = read("".join(f"  - {{id: c{n}, run: small}}\n" for n in range(10)))
    rows = flow.lay_out(wide, lambda key: (small, 1))
    assert len(rows) <= flow.MOST + 10
    assert any("more than 300 steps" in row.fault for row in rows)
