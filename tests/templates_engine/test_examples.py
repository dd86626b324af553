"""What eighteen others wrote can be said here: each of their examples as a document, each feature by one at least."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from templates_engine.spec import conditions, documents, planning
from templates_engine.spec.checks import across
from templates_engine.spec.documents import FactsPolicy, Parsed, SlaPolicy, Template
from tests.templates_engine.test_steps import facts

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
CATALOG = Path(documents.__file__).parents[1] / "catalog"


@lru_cache(maxsize=1)
def declared() -> FactsPolicy:
    """The shipped facts."""
    return facts()


@lru_cache(maxsize=64)
def parsed(file: Path) -> Parsed:
    """A document, read against the shipped facts."""
    return documents.parse(file.read_text(), declared())


def template(start: str) -> Template:
    """The example whose file begins so."""
    document = parsed(next(one for one in EXAMPLES if one.name.startswith(start))).document
    assert isinstance(document, Template)
    return document


def sla(start: str) -> SlaPolicy:
    """The policy whose file begins so."""
    document = parsed(next(one for one in EXAMPLES if one.name.startswith(start))).document
    assert isinstance(document, SlaPolicy)
    return document


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda one: one.stem)
def test_every_example_reads_clean(file: Path) -> None:
    assert [str(one) for one in parsed(file).problems] == []


def test_all_eighteen_are_there_and_fit_together() -> None:
    assert {one.name[:2] for one in EXAMPLES} == {f"{number:02}" for number in range(1, 19)}
    sound = [(one.name, document) for one in EXAMPLES if (document := parsed(one).document) is not None]
    assert across(sound) == []


# The checklist of the collection, each line by an example that says it.
CHECKLIST: list[tuple[str, Callable[[], Any]]] = [
    ("source and event in the trigger", lambda: 'event == "attention_request"' in template("01-").trigger),
    ("time past a promise as entry", lambda: "sla_minutes_over >= 60" in template("01-").trigger),
    ("a required reason of the requester", lambda: template("01-").requires == ["summary"]),
    ("all, any, not, list membership, pattern, contains", lambda: all(
        part in template("08-").trigger for part in ("&&", "!", " in tags", ".matches(", ".contains("))),
    ("calendar conditions with a zone", lambda: "getDayOfWeek(" in template("12-").trigger),
    ("early exit", lambda: template("12-").steps[0].otherwise[1].do == "close"),
    ("order of rules", lambda: template("08-").order < template("09-").order),
    ("routes inside routes with a default", lambda: template("10-").steps[1].then[1].then),
    ("going on by another template", lambda: template("10-").steps[1].otherwise[0].run),
    ("severity made from impact, priority beside it", lambda: template("04-p").severity_when[0].severity == "critical"),
    ("when unsure, worse and review", lambda: template("05-").when_unsure == "worse_and_review"),
    ("a derived flag", lambda: template("05-").steps[0].field == "major"),
    ("first answer by level", lambda: sla("04-f").levels["critical"].respond == "30m"),
    ("updates in phases", lambda: len(template("06-").clocks.customer_update or "") == 4),
    ("two reports, one never", lambda: sla("17-r").levels["low"].internal_report["executive"] == "never"),
    ("a level without updates", lambda: sla("17-r").levels["low"].customer_update == "never"),
    ("working hours with zone and holidays", lambda: sla("18-default-t").hours["workdays"].holidays),
    ("pause states", lambda: sla("18-default-t").levels["critical"].pause.states == ["waiting"]),
    ("owner by rota", lambda: template("01-").owners.primary.rota),
    ("owner by manager", lambda: template("01-").owners.backup.manager_of == "primary"),
    ("owner by turns", lambda: template("15-").owners.primary.round_robin),
    ("an empty slot falls to the next", lambda: template("09-").owners.filled["primary"].round_robin == "support"),
    ("chain with bounded repeat", lambda: template("14-").chain.repeat == 3),
    ("repeat of one message", lambda: template("16-").steps[1].repeat == 2),
    ("exception path of several, with code and reviewer", lambda: template("03-").exceptions[0].reviewer),
    ("exception path overrides the severity", lambda: template("03-").exceptions[0].severity == "critical"),
    ("lowering needs a reason", lambda: template("02-w").de_escalation.reasons),
    ("once per window", lambda: template("13-").guards.once_per == "24h"),
    ("unless already linked", lambda: template("13-").steps[0].when == "!known.ticket"),
    ("so many in a window", lambda: template("15-").grouping.at_least == 20),
    ("grouping: wait, interval, repeat", lambda: template("10-").grouping.remind == "3h"),
    ("silence while a worse one is open", lambda: template("10-").suppress.same),
    ("auto close", lambda: template("08-").auto_close.after == "1h"),
    ("state on the record, changed by a step", lambda: template("11-").steps[2].value == 1),
    ("next update present before a step counts", lambda: (template("06-").qa[0].check, template("06-").qa[0].at)),
    ("post-mortem sections and owner", lambda: len(template("07-").post_mortem.sections) == 11),
    ("due by severity, calendar and business days", lambda: {
        one.days for one in template("07-").post_mortem.due.values()} == {"calendar", "business"}),
    ("outcome measured", lambda: template("07-").success[0].at_most == "4h"),
    ("a default policy is required", lambda: sla("18-default-t").floor.respond == "8h"),
]  # fmt: skip


@pytest.mark.parametrize(("feature", "said"), CHECKLIST, ids=[name for name, _ in CHECKLIST])
def test_each_feature_of_the_checklist_is_said(feature: str, said: Callable[[], Any]) -> None:
    assert said(), feature


def test_what_does_not_run_yet_is_told() -> None:
    """A field that is kept only must not look as if it worked."""
    told = {note.path: note for file in EXAMPLES for note in parsed(file).notes}
    for path in ("guards.once_per", "chain.repeat", "post_mortem.sections", "clocks.customer_update", "suppress.same",
                 "exceptions.0.reviewer", "levels.critical.respond", "owners.primary.round_robin",
                 "qa.0.at"):  # fmt: skip
        assert told[path].message == "is kept, not run yet", path
        assert told[path].line


@pytest.mark.parametrize(
    ("file", "values", "holds"),
    [
        ("08-", {"tags": ["payments"], "title": "Error in settlement", "severity": "high"}, True),
        ("08-", {"tags": ["payments"], "title": "Error in test", "severity": "high"}, False),
        ("12-", {"environment": "production", "now": "2026-11-21T09:00:00+00:00"}, True),  # a Saturday
        ("12-", {"environment": "production", "now": "2026-11-20T09:00:00+00:00"}, False),
        ("09-", {"now": "2026-11-20T09:00:00+00:00"}, True),  # 4 in the morning there
        ("09-", {"now": "2026-11-20T18:00:00+00:00"}, False),
        ("04-p", {"priority": "urgent", "severity": "low"}, True),
    ],
)
def test_their_triggers_hold_when_they_should(file: str, values: dict[str, Any], holds: bool) -> None:
    made = template(file)
    types = conditions.fact_types(declared(), made)
    assert conditions.compile(made.trigger, types).evaluate(values) is holds


@pytest.mark.parametrize(("affected", "severity"), [(2000, "critical"), (60, "high"), (3, None), (None, None)])
def test_severity_is_made_from_impact(affected: int | None, severity: str | None) -> None:
    assert planning.severity(template("04-p"), {"affected": affected}, declared()) == severity


def shipped() -> list[Template]:
    """The templates of the shipped catalog."""
    found = [parsed(file).document for file in sorted(CATALOG.glob("template-*.yaml"))]
    return [one for one in found if isinstance(one, Template)]


def test_shipped_templates_do_not_tie_and_say_what_they_are_for() -> None:
    orders = [one.order for one in shipped()]
    assert len(orders) == len(set(orders)) == 10
    assert all(one.intent and one.outcome for one in shipped())


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("enterprise-critical-incident", {"severity": "critical", "tier": "enterprise", "amount": 1000}),
        ("high-value-incident", {"severity": "critical", "tier": "enterprise", "amount": 900_000}),
        ("lead-routing-failure", {"lead_state": "rejected", "lead_source": "Paid campaign"}),
        ("content-publishing-block", {"pipeline_state": "failed"}),
        ("content-publishing-block", {"content_check": "ambiguous"}),
        ("sla-breach-high-priority", {"severity": "high", "sla_minutes_over": 31}),
        ("sla-breach-runbook", {"severity": "normal", "customer_priority": "High", "sla_minutes_over": 31}),
        ("failed-renewal", {"event": "invoice.payment_failed", "sentiment": -0.6}),
        ("vendor-outage", {"vendor": "Hosting", "vendor_status": "Outage"}),
        ("security-concern", {"risk": ["security"]}),
        ("security-concern", {"tags": ["vip", "Phishing"]}),
        ("any-customer-trouble", {"severity": "high", "sla_minutes_over": 29}),
    ],
)
def test_each_shipped_template_is_met(key: str, values: dict[str, Any]) -> None:
    """By what it is for, and by no other that stands above it; nothing above stays unclear."""
    said = {"severity": "normal", "tier": "business", "title": "T", "source": "generic", **values}
    first = None
    for one in sorted(shipped(), key=lambda it: it.order):
        holds = conditions.compile(one.trigger, conditions.fact_types(declared(), one)).evaluate(said)
        assert holds is not None, one.key
        first = first or (one.key if holds else None)
    assert first == key
