"""Faulty documents: each fault at its place, with what was seen and what is allowed, and all of them at once."""

import pytest

from templates_engine.spec import checks, documents
from templates_engine.spec.documents import Problem
from tests.corpora import naughty
from tests.templates_engine.test_examples import declared

OWNERS = "owners: {primary: {team: a}, backup: {team: b}, escalation: {team: c}}"
STEPS = "steps: [{id: solve, do: wait_for_resolution}]"
TEMPLATE = {
    "kind": "kind: template",
    "key": "key: t",
    "title": "title: T",
    "order": "order: 1",
    "trigger": "trigger: known.title",
    "owners": OWNERS,
    "steps": STEPS,
}


def text(**lines: str) -> str:
    """A sound template, a line each, with other lines instead or behind."""
    return "\n".join(one for one in {**TEMPLATE, **lines}.values() if one) + "\n"


def sla(more: str, hours: str = "") -> str:
    """An SLA policy whose high level says more."""
    level = f"high: {{acknowledge: 5m, resolve: 1h{more}}}"
    return f"kind: sla\nkey: s\ntitle: S\nfloor: {{acknowledge: 1h, resolve: 1d}}\nlevels:\n  {level}\n{hours}"


OFFICE = '  office: {zone: %s, begin: "%s", end: "%s"%s}\n'
TABLE: list[tuple[str, str, int, str]] = [
    # text, path, line, what is said
    (text(order="ordr: 1"), "ordr", 4, "did you mean order?"),
    (text(order="ordr: 1"), "order", 1, "is missing"),
    (text(order="order: first"), "order", 4, "whole number"),
    (text(order="order: -1"), "order", 4, "greater than or equal to 0"),
    (text(title="title: 7"), "title", 3, "is text"),
    (text(title="title: ''"), "title", 3, "at least 1 character"),
    (text(key="key: Not A Key"), "key", 2, "small letters"),
    (text(kind="kind: tempalte"), "kind", 1, "is none of authority"),
    (text(kind=""), "kind", 1, "kind is missing"),
    (text(owners=""), "owners", 1, "is missing"),
    (text(owners="owners: {primary: {team: a}, backup: {team: b}}"), "owners.escalation", 6, "is missing"),
    (text(owners=OWNERS.replace("{team: c}", "{nobody: true}")), "owners.escalation", 6, "names somebody"),
    (text(owners=OWNERS.replace("{team: c}", "{}")), "owners.escalation", 6, "give exactly one of team, person"),
    (text(owners=OWNERS.replace("{team: c}", "{taem: c}")), "owners.escalation.taem", 6, "did you mean team?"),
    (text(owners=OWNERS.replace("{team: c}", "{team: c, rota: d}")), "owners.escalation", 6, "give exactly one"),
    (text(owners="owners: support"), "owners", 6, "is a mapping"),
    (text(trigger="trigger: severty == 'high'"), "trigger", 5, "did you mean severity?"),
    (text(trigger="trigger: affected > 'x'"), "trigger", 5, "no matching overload"),
    (text(trigger="trigger: title"), "trigger", 5, "true or false"),
    (text(trigger=f"trigger: '{'!' * 5000}true'"), "trigger", 5, "longer than"),
    (text(trigger=f"trigger: '{'(' * 90}true{')' * 90}'"), "trigger", 5, "brackets inside each other"),
    (text(trigger=f"trigger: {'title + ' * 99}title == title"), "trigger", 5, "recursion"),
    (text(steps="steps: []"), "steps", 7, "at least 1 item"),
    (text(steps="steps: solve"), "steps", 7, "is a list"),
    (text(steps="steps:\n  - {id: a, do: close}\n  - {id: b, do: notify}"), "steps.1", 9, "never reached"),
    (text(steps="steps:\n  - {id: a, do: notify, when: 'false'}"), "steps.0.when", 8, "never reached"),
    (
        text(steps="steps:\n  - id: a\n    do: branch\n    when: 'false'\n    then:\n      - {id: b, do: close}"),
        "steps.0.then", 11, "never reached",
    ),
    (
        text(steps="steps:\n  - id: a\n    do: branch\n    when: 'true'\n    then: [{id: b, do: notify}]\n"
             "    otherwise: [{id: c, do: notify}]"),
        "steps.0.otherwise", 12, "never reached",
    ),
    (text(steps="steps:\n  - {id: a, do: notify}\n  - {id: a, do: close}"), "steps.1.id", 9, "given twice"),
    (text(steps="steps:\n  - {id: a, do: notify, wihtin: 5m}"), "steps.0.wihtin", 8, "did you mean within?"),
    (text(steps="steps:\n  - {id: a, do: wait_for_acknowledgement, within: soon}"), "steps.0.within", 8, "no duration"),
    (text(steps="steps:\n  - {id: a, run: t}"), "steps.0.run", 8, "calls itself: t → t"),
    (text(more="severity: dire"), "severity", 8, "none of critical"),
    (text(more="severity_when: [{when: 'true', is: dire}]"), "severity_when.0.is", 8, "none of critical"),
    (text(more="requires: [sevrity]"), "requires.0", 8, "did you mean severity?"),
    (text(more="clocks: {acknowledge: 5 bananas}"), "clocks.acknowledge", 8, "no duration"),
    (text(more="clocks: {resolve: never}"), "clocks.resolve", 8, "no duration"),
    (text(more="clocks: {respond: sometimes}"), "clocks.respond", 8, "no duration"),
    (text(more="clocks: {customer_update: [{every: 5m}, {every: 9m}]}"), "clocks.customer_update", 8, "during"),
    (text(more="clocks: {customer_update: [{every: 5m, within: 1m}]}"), "clocks.customer_update.0", 8, "give within"),
    (text(more="chain: {repeat: 6}"), "chain.repeat", 8, "less than or equal to 5"),
    (text(more="guards: {same: [acount]}"), "guards.same.0", 8, "did you mean account?"),
    (text(more="grouping: {at_least: 5}"), "grouping", 8, "go together"),
    (text(more="auto_close: {after: 1h, when: nope}"), "auto_close.when", 8, "undeclared"),
    (text(more="exceptions: [{reason: R}]"), "exceptions.0", 8, "give when"),
    (text(more="exceptions: [{reason: R, any: ['true', 'amont > 3']}]"), "exceptions.0.any.1", 8, "mean amount?"),
    (text(more="qa: [{id: a, check: holds}]"), "qa.0", 8, "go together"),
    (text(more="qa: [{id: a, check: acknowledged, at: slove}]"), "qa.0.at", 8, "did you mean solve?"),
    (text(more="qa: [{id: a, check: happy}]"), "qa.0.check", 8, "is one of 'acknowledged'"),
    (text(more="success: [{measure: reopened, at_most: 5m}]"), "success.0", 8, "takes a number"),
    (text(more="post_mortem: {sections: [A], due: {dire: {within: 3d}}}"), "post_mortem.due.dire", 8, "none of"),
    (text(more="post_mortem: {sections: [A], due: {high: {within: 3s}}}"), "post_mortem.due.high.within", 8, "an hour"),
    (sla(", respnd: 5m"), "levels.high.respnd", 6, "did you mean respond?"),
    (sla(", hours: office"), "levels.high.hours", 6, "known are calendar"),
    (sla("", "hours:\n" + OFFICE % ("Mars/Base", "09:00", "17:00", "")), "hours.office.zone", 8, "no zone"),
    (sla("", "hours:\n" + OFFICE % ("Europe/Berlin", "17:00", "09:00", "")), "hours.office", 8, "later than begin"),
    (sla("", "hours:\n" + OFFICE % ("Europe/Berlin", "9 am", "17:00", "")), "hours.office.begin", 8, "no time of day"),
    (sla("", "hours:\n" + OFFICE % ("Europe/Berlin", "09:00", "17:00", ", holidays: [soon]")),
     "hours.office.holidays", 8, "no date"),
    (("kind: sla\nkey: s\ntitle: S\nlevels: {higj: {acknowledge: 5m, resolve: 1h}}\n"
     "floor: {acknowledge: 1h, resolve: 1d}\n"), "levels.higj", 4, "did you mean high?"),
    ("kind: ownership\nkey: o\ntitle: O\nlast_owner: x\nreviewers: {}\nreview_within: 1h\nremind_every: [1h]\n",
     "document", 1, "must name a default"),
    (("kind: ownership\nkey: o\ntitle: O\nlast_owner: x\nreviewers: {default: {team: a}}\nreview_within: 1h\n"
     "remind_every: [1h, 5m]\n"), "remind_every", 7, "grow apart"),
    ("kind: facts\nkey: f\ntitle: F\nfields: {a: {type: text}}\n", "fields.a.type", 4, "is one of 'string'"),
    ("a: &a [x]\nb: [*a, *a, *a, *a, *a, *a]\n", "document", 0, "aliases"),
    ("x" * (1024 * 1024), "document", 0, "longer than"),
    ("a:\n  b: [\n", "document", 3, "expected"),
    ("kind: template\nkind: facts\n", "document", 2, "duplicate"),
    ("[" * 40 + "]" * 40, "document", 1, "nested deeper"),
]  # fmt: skip


def read(said: str) -> list[Problem]:
    """All problems of a text, alone and with itself among the documents."""
    parsed = documents.parse(said, declared())
    across = checks.across([("it", parsed.document)]) if parsed.document else []
    return [*parsed.problems, *(documents.placed(problem, said) for _, problem in across)]


@pytest.mark.parametrize(("said", "path", "line", "words"), TABLE, ids=[f"{row[1]}-{row[3]}" for row in TABLE])
def test_each_fault_at_its_place(said: str, path: str, line: int, words: str) -> None:
    found = [one for one in read(said) if one.path == path and words in one.message]
    assert found, [str(one) for one in read(said)]
    assert (found[0].line or 0) == line
    assert (found[0].column or 0) >= (1 if line else 0)


def test_there_are_at_least_forty_and_a_sound_one_has_none() -> None:
    assert len(TABLE) >= 40
    assert read(text()) == []


def test_all_at_once() -> None:
    """Twelve faults in one document are twelve problems, in the order of nobody's patience."""
    said = text(
        order="ordr: 1", title="title: ''", trigger="trigger: severty == 'x'", owners="owners: {primary: {team: a}}",
        steps="steps:\n  - {id: a, do: close}\n  - {id: a, do: dance}", more="severity: dire\nrequires: [nix]\n"
        "chain: {repeat: 9}\nclocks: {resolve: soon}\nexceptions: [{reason: R}]",
    )  # fmt: skip
    assert {one.path for one in read(said)} >= {
        "ordr", "order", "title", "trigger", "owners.backup", "owners.escalation", "steps.1.id", "steps.1.do",
        "steps.1", "severity", "requires.0", "chain.repeat", "clocks.resolve", "exceptions.0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("calls", "way"),
    [
        ({"a": "b", "b": "a"}, "a → b → a"),
        ({"a": "b", "b": "c", "c": "a"}, "a → b → c → a"),
        ({"a": "b", "b": "b"}, ""),
    ],
)
def test_a_cycle_of_calls_is_told_at_each_of_its_templates(calls: dict[str, str], way: str) -> None:
    made = []
    for key, to in calls.items():
        parsed = documents.parse(text(key=f"key: {key}", steps=f"steps: [{{id: x, run: {to}}}]"), declared())
        assert parsed.document is not None
        made.append((key, parsed.document))
    found = {name: problem.message for name, problem in checks.across(made)}
    assert found.get("a", "") == (f"calls itself: {way}" if way else "")
    assert set(found) == (set(calls) if way else {"b"})


def test_remarks_are_no_faults() -> None:
    one = documents.parse(text(trigger="trigger: 'true'"), declared()).document
    same = documents.parse(text(key="key: u", steps="steps: [{id: a, run: tt}]"), declared()).document
    under = documents.parse(text(key="key: w", order="order: 9"), declared()).document
    assert one is not None
    assert same is not None
    assert under is not None
    found = {(name, problem.path): problem.message for name, problem in checks.remarks(
        [("t", one), ("u", same), ("w", under)])}  # fmt: skip
    assert "u has the same order" in found["t", "order"]
    assert "w is never reached" in found["t", "trigger"]
    assert "did you mean t?" in found["u", "steps.0.run"]


def test_naughty_strings_as_values_and_as_documents() -> None:
    """The lists of bad input: each is answered, none raises, and what is refused is refused in words."""
    cells = ["=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example","x")', "+1+1", "-2+3", "@SUM(1)", "%0A-3+3", "\t=1"]
    for said in [*naughty(), *cells]:
        assert documents.parse(said, declared()).document is None
        assert all(one.message for one in documents.parse(f"kind: sla\nkey: {said}\n", declared()).problems)
