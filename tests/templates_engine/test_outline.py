"""The outline of a template: what it says, line by line."""

from pathlib import Path

from templates_engine.spec import documents
from templates_engine.spec.documents import SlaPolicy, Template
from templates_engine.spec.outline import outline
from templates_engine.spec.phrases import STEPS, condition
from templates_engine.spec.stepkinds import KINDS
from tests.templates_engine.test_examples import EXAMPLES, parsed, template
from tests.templates_engine.test_steps import EVERY_KIND, read

CATALOG = Path(documents.__file__).parents[1] / "catalog"


def test_every_kind_of_step_has_words() -> None:
    assert set(STEPS) == set(KINDS)


def test_steps_are_numbered_into_their_branches() -> None:
    lines = {line.number: line for line in outline(read(EVERY_KIND)) if line.number}
    assert lines["9"].words == 'If plan is "refund"'
    assert (lines["9a.1"].level, lines["9a.1"].words) == (1, "Ask team finance to approve: Refund {customer}?")
    assert lines["9a.2a.1"].level == 2
    assert lines["9a.2a.1"].path == "steps.8.then.1.then.0"
    assert lines["4"].clock == "up to 3 times, every 5 min"
    assert lines["10"].when == 'only if plan is "wait"'
    assert "tries 3 times more, then a person decides" in lines["6"].note


def test_clocks_are_those_of_every_severity_it_may_run_at() -> None:
    shipped = documents.parse((CATALOG / "template-any-customer-trouble.yaml").read_text()).document
    sla = documents.parse((CATALOG / "sla.yaml").read_text()).document
    assert isinstance(shipped, Template)
    assert isinstance(sla, SlaPolicy)
    clocks = {line.when: line.words for line in outline(shipped, sla) if line.what == "clock"}
    assert clocks["critical"] == "Acknowledge within 15 min, resolve within 4 h"
    assert set(clocks) == {"critical", "high", "normal", "low"}


def test_conditions_in_words() -> None:
    assert condition("!known.sla_over || (known.a && a != 'x==y')") == (
        "sla over is not known or (a is known and a is not 'x==y')"
    )


def test_exception_paths_and_made_severities_are_lines() -> None:
    lines = {line.what: line for line in outline(template("03-"))}
    assert lines["exception"].words == "Ask duty-manager: The letter says no emergency, the harm says one"
    assert "licence expired is known" in lines["exception"].when
    made = [line for line in outline(template("04-p")) if line.what == "severity"]
    assert [line.words for line in made] == ["Severity critical", "Severity high"]
    assert made[0].when == "if affected is known and affected > 1000"


def test_every_example_has_an_outline() -> None:
    for file in EXAMPLES:
        document = parsed(file).document
        assert not isinstance(document, Template) or len(outline(document)) > 5
