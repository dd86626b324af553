"""Reading documents: everything wrong is said at once, with its place; nothing that is read can hurt."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_engine.spec import documents
from templates_engine.spec.documents import FactsPolicy, Problem, Template

CATALOG = Path(documents.__file__).parents[1] / "catalog"
FAULTY = """\
kind: template
key: Bad Key
title: Faulty
order: 5
requires: [sevrity]
trigger: severty == "critical"
severity: dire
owners:
  primary: {team: support, person: ann}
  backup: {team: support}
colour: red
steps:
  - {id: one, do: assign, to: primary}
  - {id: one, do: dance}
  - {id: wait, do: wait_for_acknowledgement}
  - {id: tell, do: notify, message: "{nobody}", when: "amount > 'x'"}
  - {id: late, do: wait_for_acknowledgement, within: soon}
"""


def _facts() -> FactsPolicy:
    facts = documents.parse((CATALOG / "facts.yaml").read_text()).document
    assert isinstance(facts, FactsPolicy)
    return facts


@pytest.mark.parametrize("name", sorted(file.name for file in CATALOG.glob("*.yaml")))
def test_the_shipped_catalog_is_sound(name: str) -> None:
    parsed = documents.parse((CATALOG / name).read_text(), _facts())
    assert [str(one) for one in parsed.problems] == []
    assert parsed.body is not None
    assert documents.load(parsed.body, _facts()) == parsed.document


def test_every_problem_at_once_each_with_its_line() -> None:
    parsed = documents.parse(FAULTY, _facts())
    assert parsed.document is None
    lines = {problem.path: problem.line for problem in parsed.problems}
    assert lines == {
        "key": 2,
        "requires.0": 5,
        "trigger": 6,
        "severity": 7,
        "owners.primary": 9,
        "owners.escalation": 8,
        "colour": 11,
        "steps.1.do": 14,
        "steps.1.id": 14,
        "steps.2": 15,
        "steps.3.message": 16,
        "steps.3.when": 16,
        "steps.4.within": 17,
    }
    said = {problem.path: problem.message for problem in parsed.problems}
    assert "'soon' is no duration" in said["steps.4.within"]
    assert "critical, high, normal, low" in said["severity"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no mapping"),
        ("- a", "no mapping"),
        ("kind: template\nkind: facts", "duplicate"),
        ("kind: [", "expected"),
        ("kind: juggling\nkey: a\ntitle: b", "juggling"),
        ("a: &a [x]\n" + "b: [" + ",".join(["*a"] * 60) + "]", "aliases"),
        ("a: &a [*a]", ""),
        ("a: .nan", "can not be read"),
        ("a: !!python/object/apply:os.system ['true']", ""),
        ('a: "\\0"', "NUL"),
        ('a: "\\ud800"', ""),
        ("a: " + "[" * 5000, "deeper"),
        ("a" * (documents.LONGEST + 1), "longer"),
    ],
)
def test_what_is_no_document(text: str, says: str) -> None:
    parsed = documents.parse(text)
    assert parsed.document is None
    assert any(says in str(problem) for problem in parsed.problems)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    assert documents.parse(text).problems


def test_faults_of_a_mapping() -> None:
    text = """\
kind: mapping
key: m
title: M
source_kind: generic
variants:
  - name: v
    when: "nosuch(a)"
    facts:
      severity: {path: "a[", values: {x: worst}}
      affected: {path: a, type: string}
      sentiment: {type: double, default: low}
      title: {path: t, template: "Of {nothing}"}
    correlate: [[ticket]]
"""
    lines = {one.path: one.line for one in documents.parse(text, _facts()).problems}
    assert lines == {
        "variants.0.when": 7,
        "variants.0.facts.severity.path": 9,
        "variants.0.facts.severity.values": 9,
        "variants.0.facts.affected.type": 10,
        "variants.0.facts.sentiment.default": 11,
        "variants.0.facts.title.template": 12,
        "variants.0.correlate.0": 13,
    }


def test_the_digest_is_of_meaning_not_of_layout() -> None:
    one = documents.parse("kind: sla\nkey: a\ntitle: b # said").body
    two = documents.parse("{title: b, key: a, kind: sla}").body
    assert one is not None
    assert two is not None
    assert documents.digest(one) == documents.digest(two)
    assert documents.canonical(one) == '{"key":"a","kind":"sla","title":"b"}'


def test_a_body_that_does_not_do_raises_its_problems() -> None:
    with pytest.raises(documents.DocumentError) as caught:
        documents.load({"kind": "sla"})
    assert {one.path for one in caught.value.problems} >= {"key", "title", "levels", "floor"}
    assert isinstance(caught.value.problems[0], Problem)
    assert Template.model_fields["order"].is_required()
