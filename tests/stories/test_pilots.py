"""B5: an approved version runs beside the live line, in shadow or live for one team first."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from escalations import clockwork
from escalations.domain import deciding
from escalations.models import Backtest, Case, Escalation, Message, Signal
from escalations.queries.pilots import pilot_report
from escalations.services import backtesting, cases, people, piloting
from templates_engine import services as documents
from templates_engine.models import Document, Version
from tests.stories import mix, world

pytestmark = pytest.mark.usefixtures("company")


def piloted(mode: str, team: str = "", *, key: str = "any-customer-trouble", words: dict[str, str]) -> Version:
    """A version with some words changed, written by one, signed by another, on trial."""
    author = User.objects.create_user("ann", is_superuser=True)
    approver = User.objects.create_user("bea")
    approver.user_permissions.set(Permission.objects.filter(codename="change_version"))
    now = datetime.now(UTC)
    active = Document.objects.get(key=key).versions.get(state="active")
    text = active.text
    for before, after in words.items():
        assert before in text
        text = text.replace(before, after)
    made = documents.draft(text=text, author=author, now=now, based_on=active)
    documents.submit(version_id=made.pk, by=author, intent="see whether it is better", now=now)
    documents.approve(version_id=made.pk, by=approver, seen_digest=made.digest, comment="good", now=now)
    return documents.start_pilot(version_id=made.pk, by=approver, mode=mode, team=team, now=now)


NARROW = {"known.title &&": 'known.title && severity == "critical" &&'}
TEAM = {"primary: {team: support}": "primary: {team: operations}"}


def test_a_shadow_decides_beside_and_nothing_comes_of_it() -> None:
    """Every live signal has its row; nobody else is told, nothing else opens; its own ledger is followed."""
    version = piloted("shadow", words=NARROW)
    mix.customers()
    for number, priority in enumerate(("High", "Urgent", "High")):
        body = world.ticket(7, ticket_priority=priority, organization_id="95")
        world.told("zendesk", body, delivery=f"d-{number}")
    assert (Escalation.objects.count(), Escalation.objects.get().signals.count()) == (1, 3)
    assert not Message.objects.exclude(escalation=Escalation.objects.get()).exists()
    run = Backtest.objects.get(kind="pilot")
    rows = [(row.outcome, row.changed, row.before["route"]["outcome"]) for row in run.rows.all()]
    assert rows == [("ignored", True, "open"), ("open", True, "join"), ("join", True, "join")]
    report = pilot_report(version)
    assert (report["signals"], report["opened"], report["before"]["opened"], report["changed"]) == (3, 1, 1, 3)
    assert report["owners"] == {"team support": 1}


def test_a_pilot_says_what_a_backtest_over_the_same_signals_says() -> None:
    """One engine: the same counts and differences, signal by signal."""
    version = piloted("shadow", words=NARROW | TEAM)
    mix.play(120, people=False)
    now = datetime.now(UTC)
    run = backtesting.run(backtesting.start(version_id=version.pk, by=None, now=now).pk)
    told: dict[str, Any] = pilot_report(version)
    same = ("signals", "matched", "opened", "joined", "review", "ignored", "changed", "owners", "pages_by_hour")
    assert {name: told[name] for name in same} == {name: run.report[name] for name in same}
    assert told["collisions"] == run.report["collisions"]
    assert told["changed"] > 0


def test_a_signal_that_a_person_answers_counts_once() -> None:
    """Decided again after the answer: its last decision stands in the pilot too."""
    version = piloted("shadow", words=NARROW)
    world.told("zendesk", world.ticket(organization_id="404"))
    assert pilot_report(version)["review"] == 1
    case = Case.objects.get()
    answer = {"account": world.acme().pk}
    cases.decide(case_id=case.pk, by=world.person("ada"), answer=answer, reason="known", now=case.opened_at)
    clockwork.sweep(now=case.opened_at + cases.UNDO)
    report = pilot_report(version)
    assert (report["signals"], report["review"], report["opened"]) == (1, 0, 1)


def test_a_fault_of_the_pilot_never_touches_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """In shadow or for a team: the live record opens as if it were not there."""
    piloted("team", "support", words=TEAM)

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the pilot is at fault")

    monkeypatch.setattr(piloting, "decide", fails)
    record = world.opened("generic", {"account": "Acme", "title": "Disk", "severity": "low", "problem": "disk"})
    assert record.primary == world.person("ada")
    assert piloting.decide is not deciding.decide
    assert not Backtest.objects.filter(rows__isnull=False).exists()


def test_live_for_one_team_and_for_nobody_else() -> None:
    """Records of the team run on the version on trial, all others stay on the active one."""
    version = piloted("team", "support", words=SLOWER)
    active = Version.objects.get(document=version.document, state="active")
    record = world.opened("generic", {"account": "Acme", "title": "Disk", "severity": "low", "problem": "disk"})
    assert record.template == version
    assert Signal.objects.get().decided["template_digest"] == version.digest
    assert version.pk in Signal.objects.get().decided_on
    report = pilot_report(version)
    assert (report["signals"], report["opened"], report["changed"]) == (1, 1, 1)
    people.save_team(key="somebody-else", name="Somebody else", members=[world.person("ben")])
    Version.objects.filter(pk=version.pk).update(pilot_team="somebody-else")
    other = world.opened("generic", {"account": "Acme", "title": "X", "severity": "low", "problem": "x"}, delivery="2")
    assert other.template == active


SLOWER = {"owners:\n": "clocks: {acknowledge: 3h}\nowners:\n"}
