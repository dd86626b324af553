"""Another company, another trade, another catalog: the same engine, unchanged. Nothing shipped is loaded here."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from escalations import clockwork
from escalations.models import Account, Case, Escalation, Handoff, Message, Person, Signal, StepRun
from escalations.services import accounts, cases, ledger, people, sources
from templates_engine.models import Version
from tests.stories import world

CATALOG = Path(__file__).parent / "second_catalog"
PEOPLE = ("eli", "mira", "voss", "sam", "dot", "cora", "duty")


@pytest.fixture(autouse=True)
def northmark(db: None, tmp_path: Path) -> None:
    """Seven people, four teams, three houses, two sources of one made-up vendor, and only this catalog."""
    world.forget()
    call_command("load_catalog", str(CATALOG), stdout=StringIO())
    made = {name: people.save_person(person=Person(username=name, name=name.title())) for name in PEOPLE}
    for key, member in (("engineers", "eli"), ("dispatch", "dot"), ("cold-store", "cora")):
        people.save_team(key=key, name=key.title(), members=[made[member]])
    for key, name, tier, amount in (
        ("martin", "St. Martin", "trauma", 400_000),
        ("kings", "King's", "general", 2_000_000),
        ("hill", "Hill", "clinic", 50_000),
    ):
        site = [("medilog_site", key.upper())]
        accounts.upsert(key=key, name=name, tier=tier, amount=amount, owner=made["sam"], identifiers=site)
    sources.connect(kind="generic", slug="wards", secrets=(world.SECRET,), mapping_key="medilog")
    secret = tmp_path / "secret"
    secret.write_text(world.SECRET)
    call_command("connect_source", "generic", "telemetry", mapping="medilog", secret_file=secret, stdout=StringIO())


def fault(number: str = "WO-1", site: str = "MARTIN", *, grade: str | None = "A", **more: Any) -> dict[str, Any]:
    """A work order as the wards send it; `more` goes into the readings, the asset and the order by name."""
    place = {"ward": "ICU", "nurse": "Ines", "site": {"code": site}}
    return {
        "evt": {"cls": "order", "at": 1_763_700_000_123},
        "order": {"no": number, "grade": grade, "state": "OPEN", "text": "No pressure", **more.get("order", {})},
        "asset": {"tag": f"VNT-{number}", "place": place, **more.get("asset", {})},
        "readings": {"attached": True, **more.get("readings", {})},
    }


def alarm(tag: str, level: int, site: str = "MARTIN") -> dict[str, Any]:
    """An alarm as a device sends it."""
    place = {"site": {"code": site}}
    event = {"cls": "alarm", "code": "P17", "level": level, "words": "Pressure low", "at": 1_763_700_100}
    return {"evt": event, "asset": {"tag": tag, "place": place}}


def sent(body: dict[str, Any], slug: str = "wards", delivery: str = "") -> Signal:
    """Post through the wire, sweep, read back."""
    return world.told("generic", body, slug=slug, delivery=delivery or f"{slug}-{Signal.objects.count()}")


def opened(body: dict[str, Any], slug: str = "wards") -> Escalation:
    """The record it opened or joined."""
    signal = sent(body, slug)
    assert signal.escalation is not None, signal.reasons
    return signal.escalation


def owners(record: Escalation) -> list[str]:
    """Primary, backup, escalation owner."""
    return [one.username for one in (record.primary, record.backup, record.escalation_owner)]


def test_only_these_documents_are_active() -> None:
    """The catalog checks, loads, loads again without a change, and nothing shipped is among it."""
    out = StringIO()
    call_command("check_catalog", *map(str, CATALOG.glob("*.yaml")), stdout=out)
    call_command("load_catalog", str(CATALOG), stdout=out)
    assert "10 files are fine" in out.getvalue()
    assert "10 documents, 10 unchanged" in out.getvalue()
    assert Version.objects.filter(state="active").count() == Version.objects.count() == 10


def test_a_patient_at_risk_gets_an_engineer_in_four_minutes() -> None:
    """Its template, owners by team, account and name, its clocks; nested facts with their types; the chief told."""
    codes = {"codes": [{"code": "E7"}, {"code": "LEAK"}], "down": 2}
    record = opened(fault(readings=codes))
    assert (record.template.document.key, record.severity, record.tier) == ("patient-at-risk", "safety", "trauma")
    assert (owners(record), record.owner) == (["eli", "sam", "voss"], world.person("eli"))
    assert record.acknowledge_by == record.opened_at + timedelta(minutes=4)
    assert record.resolve_by == record.opened_at + timedelta(hours=2)
    facts = {name: one["value"] for name, one in record.facts.items()}
    assert (facts["devices_down"], facts["patient_attached"], facts["error_codes"]) == (2, True, ["E7", "LEAK"])
    assert facts["occurred_at"] == "2025-11-21T04:40:00.123000+00:00"
    assert {one.person.username for one in Message.objects.filter(escalation=record)} == {"eli", "voss"}


@pytest.mark.parametrize("readings", [{"down": 1}, {}])
def test_a_step_whose_condition_does_not_hold_is_passed_over(readings: dict[str, int]) -> None:
    """One device down, or nobody says how many: the chief sleeps."""
    record = opened(fault(readings=readings))
    assert StepRun.objects.get(escalation=record, step="chief").state == "skipped"
    assert {one.person.username for one in Message.objects.filter(escalation=record)} == {"eli"}


@pytest.mark.parametrize("grade", ["C", "Q", None])
def test_the_law_fixes_the_severity_whatever_the_ward_says(grade: str | None) -> None:
    """Fixed severity and own clocks; a doubt about a grade that does not count asks nobody."""
    past = {"calibrated_until": 1_700_000_000}
    record = opened(fault(grade=grade, asset=past, readings={"attached": False}))
    assert (record.template.document.key, record.severity, record.held) == ("calibration-lapsed", "major", False)
    assert owners(record) == ["mira", "eli", "voss"]
    assert record.acknowledge_by == record.opened_at + timedelta(hours=2)
    assert record.resolve_by == record.opened_at + timedelta(days=3)
    assert not Case.objects.exists()


def test_a_double_and_a_list_choose_the_cold_chain_and_the_rest_is_caught() -> None:
    """8.5 degrees and the code COLD; at 8 degrees the last template takes it, with the clocks of its severity."""
    cold = {"celsius": 8.5, "codes": [{"code": "COLD"}], "attached": False}
    record = opened(fault("WO-1", grade="B", readings=cold))
    assert (record.template.document.key, owners(record)) == ("cold-chain", ["cora", "eli", "voss"])
    other = opened(fault("WO-2", grade="B", readings={**cold, "celsius": 8}))
    assert (other.template.document.key, owners(other)) == ("any-fault", ["eli", "mira", "voss"])
    assert other.acknowledge_by == other.opened_at + timedelta(minutes=45)


def test_the_order_is_the_companys_own() -> None:
    """Amount outweighs: a minor fault at King's stands before a major one at Hill, due much sooner; safety leads."""
    calm = {"attached": False}
    major = opened(fault("WO-1", "HILL", grade="B", readings=calm))
    minor = opened(fault("WO-2", "KINGS", grade="C", readings=calm))
    safety = opened(fault("WO-3", "HILL"))
    assert list(Escalation.objects.order_by("rank_at")) == [safety, minor, major]
    assert {part["hours"] for part in minor.rank_reasons} == {30.0, 1.0}
    assert {part["words"]: part["hours"] for part in safety.rank_reasons}["safety"] == 40.0


def test_silence_goes_along_its_own_chain_to_its_own_last_owner() -> None:
    """eli, sam (the house's), voss, duty; then reminders after 3 and 9 minutes; dispatch decides the case."""
    record = opened(fault())
    for expected in ("sam", "voss", "duty"):
        assert record.acknowledge_by is not None
        clockwork.sweep(now=record.acknowledge_by)
        record.refresh_from_db()
        assert record.owner == world.person(expected)
    case = Case.objects.get()
    assert (case.reason, case.owner) == ("chain_exhausted", world.person("dot"))
    assert Handoff.objects.filter(escalation=record, how="failed_over").count() == 3
    last = Handoff.objects.filter(escalation=record).latest("pk").at
    for minutes in (3, 9):
        assert record.remind_at == last + timedelta(minutes=minutes)
        last = record.remind_at
        clockwork.sweep(now=last)
        record.refresh_from_db()


@pytest.mark.parametrize("grade", ["Q", None])
def test_a_doubtful_grade_runs_at_its_own_worst_until_voss_decides(grade: str | None) -> None:
    """safety, held, asked; minor after the decision, ten seconds later, and what was held is sent."""
    record = opened(fault(grade=grade))
    assert (record.severity, record.held, record.template.document.key) == ("safety", True, "patient-at-risk")
    case = Case.objects.get()
    assert (case.reason, case.owner) == ("severity_unclear", world.person("voss"))
    assert case.due_at == case.opened_at + timedelta(minutes=20)
    offered = [one["answer"] for one in case.answers]
    assert {"severity": "minor"} in offered
    assert {"severity": "safety"} in offered
    decided(case, {"severity": "minor"}, by="voss")
    record.refresh_from_db()
    assert (record.severity, record.held) == ("minor", False)
    assert record.resolve_by == record.opened_at + timedelta(days=7)
    assert not Message.objects.filter(escalation=record, state="held").exists()


def decided(case: Case, answer: dict[str, Any], *, by: str) -> None:
    """Decide, and let the time to take it back go by."""
    cases.decide(case_id=case.pk, by=world.person(by), answer=answer, reason="looked", now=case.opened_at)
    clockwork.sweep(now=case.opened_at + cases.UNDO)


def test_two_systems_find_one_record_by_device_and_fault_and_their_disagreement_asks_the_houses_owner() -> None:
    """The ward's order and the device's alarm join; the worse grade runs; sam, who owns the house, decides."""
    record = opened(fault(grade="B", order={"fault": {"code": "P17"}}))
    assert record.severity == "major"
    alarmed = opened(alarm("VNT-WO-1", 3), "telemetry")
    assert (alarmed, alarmed.severity, alarmed.held) == (record, "safety", True)
    case = Case.objects.get()
    assert (case.reason, case.owner) == ("sources_disagree", world.person("sam"))
    assert {say["value"] for say in case.known["says"]} == {"major", "safety"}
    decided(case, {"severity": "major"}, by="sam")
    record.refresh_from_db()
    assert (record.severity, record.held, record.signals.count()) == ("major", False, 2)


def test_another_fault_of_the_device_or_another_device_is_another_record() -> None:
    """Both parts of a key count; the order's number joins alone."""
    first = opened(fault("WO-1", order={"fault": {"code": "P17"}}))
    assert opened(alarm("VNT-OTHER", 3), "telemetry") != first
    assert opened(fault("WO-1", order={"state": "WAITING"})) == first
    assert (Escalation.objects.count(), first.signals.count()) == (2, 2)


def test_heartbeats_are_ignored_with_words() -> None:
    """They are kept and say why nothing came of them; so does a shape that no variant reads."""
    beat = sent({"evt": {"cls": "heartbeat", "at": 1}})
    assert (beat.stage, beat.escalation) == ("ignored", None)
    strange = sent({"evt": {"cls": "firmware"}})
    assert strange.stage == "ignored"
    assert not Case.objects.exists()


def test_a_house_nobody_knows_asks_mira_and_goes_on() -> None:
    """Her answer links the site's code; the line resumes on the template, with the account's own terms."""
    signal = sent(fault(site="ELSEWHERE"))
    case = Case.objects.get()
    assert (signal.stage, case.reason, case.owner) == ("review", "account_unknown", world.person("mira"))
    decided(case, {"account": Account.objects.get(key="hill").pk}, by="mira")
    signal.refresh_from_db()
    assert signal.escalation is not None
    assert (signal.escalation.account.key, signal.escalation.tier) == ("hill", "clinic")


def test_it_closes_by_itself_or_by_hand_as_its_template_says() -> None:
    """The first closes when its checks pass; calibration waits for a signature."""
    record = opened(fault())
    at = record.opened_at
    eli, mira = world.person("eli"), world.person("mira")
    ledger.acknowledge(escalation_id=record.pk, by=eli, now=at)
    ledger.resolve(escalation_id=record.pk, by=eli, resolution="hose replaced", now=at)
    record.refresh_from_db()
    assert record.state == "closed"
    lapsed = opened(fault("WO-2", asset={"calibrated_until": 1_700_000_000}, readings={"attached": False}))
    at = lapsed.opened_at
    ledger.resolve(escalation_id=lapsed.pk, by=mira, resolution="new seal", now=at)
    lapsed.refresh_from_db()
    assert lapsed.state == "resolved"
    ledger.close(escalation_id=lapsed.pk, by=mira, reason="", now=at)
    lapsed.refresh_from_db()
    assert lapsed.state == "closed"
