"""B6: a version tried over stored signals, with nothing written beside its own tables and nobody asked."""

import socket
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User

from escalations.domain.deciding import Decision, Inputs, decide
from escalations.models import Backtest, BacktestRow, Signal
from escalations.services import backtesting
from escalations.services.errors import Refused
from templates_engine.models import Document, Version
from templates_engine.queries import active_documents
from templates_engine.spec import documents as spec
from tests.stories import mix, world

pytestmark = pytest.mark.usefixtures("company")
OWN = {"escalations.Backtest", "escalations.BacktestRow"}
COUNT = 240


def drafted(kind: str, key: str, *, words: dict[str, str]) -> Version:
    """A draft of the active document with some words changed."""
    document = Document.objects.get(kind=kind, key=key)
    active = document.versions.get(state="active")
    text = active.text
    for before, after in words.items():
        assert before in text
        text = text.replace(before, after)
    return _version(document, text)


def new(text: str) -> Version:
    """A draft of a document that is not there yet."""
    one = spec.parse(text, active_documents().facts)
    assert one.document is not None, one.problems
    document, _ = Document.objects.get_or_create(
        kind=one.document.kind, key=one.document.key, defaults={"title": one.document.title}
    )
    return _version(document, text)


def _version(document: Document, text: str) -> Version:
    one = spec.parse(text, active_documents().facts)
    assert one.body is not None, one.problems
    assert not one.problems, one.problems
    number = document.versions.count() + 1
    author, _ = User.objects.get_or_create(username="ann")
    return Version.objects.create(
        document=document,
        number=number,
        text=text,
        body=one.body,
        digest=spec.digest(one.body),
        author=author,
        created_at=datetime.now(UTC),
    )


def tried(version: Version, **more: Any) -> Backtest:
    """Run to its end, here and now."""
    now = datetime.now(UTC)
    started = backtesting.start(version_id=version.pk, by=None, now=now, **more)
    ended = backtesting.run(started.pk)
    assert (ended.state, ended.fault) == ("done", "")
    return ended


def counts() -> dict[str, int]:
    """Rows of every table but its own."""
    return {one._meta.label: one._default_manager.count() for one in apps.get_models() if one._meta.label not in OWN}


def test_what_was_live_reproduces_every_recorded_decision() -> None:
    """Field.md 3.1 (a): templates, mappings and policies alike; the same run again has the same digest."""
    mix.play(COUNT)
    decided = len(mix.decided())
    for version in Version.objects.filter(state="active"):
        report = tried(version).report
        assert (report["signals"], report["recorded"], report["reproduced"]) == (decided,) * 3, version
        assert (report["changed"], report["differences"]) == (0, [])
    one, two = tried(version), tried(version)
    assert one.digest == two.digest != ""
    outcomes = Counter(one.decided["outcome"] for one in mix.decided())
    names = {"opened": "open", "joined": "join", "review": "review", "ignored": "ignored"}
    assert {name: report[name] for name in names} == {name: outcomes[outcome] for name, outcome in names.items()}


def test_nothing_is_written_and_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other table keeps its rows; a socket would be an alarm."""
    mix.play(60)
    version = drafted("template", "any-customer-trouble", words={"order: 1000": "order: 1"})
    before = counts()
    rows = {pk: (considered, decided) for pk, considered, decided in _kept()}
    run = backtesting.start(version_id=version.pk, by=None, now=datetime.now(UTC))

    def alarm(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a backtest opened a socket")

    monkeypatch.setattr(socket, "socket", alarm)
    assert backtesting.run(run.pk).state == "done"
    monkeypatch.undo()
    after = counts()
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}
    assert rows == {pk: (considered, decided) for pk, considered, decided in _kept()}
    assert BacktestRow.objects.filter(changed=True).exists()


def _kept() -> Any:
    return Signal.objects.values_list("pk", "considered", "decided")


def test_a_changed_rule_gives_exactly_the_difference_it_makes() -> None:
    """Field.md 3.1 (b): a rule that changes no later record is worked out signal by signal, beside the backtest."""
    mix.play(COUNT)
    words = {"team: support}\n  backup": "team: operations}\n  backup"}
    version = drafted("template", "any-customer-trouble", words=words)
    trial = active_documents().replacing(spec.load(version.body), version.digest, version.pk)
    expected = set()
    for signal in mix.decided():
        was = Decision.from_json(signal.decided)
        again = decide(Inputs.from_json(signal.considered), trial, datetime.fromisoformat(was.at))
        if was.outcome == "open" and was.template == "any-customer-trouble":
            expected.add(signal.pk)
        assert (again.route() != was.route()) == (signal.pk in expected)
    run = tried(version)
    assert expected
    assert set(run.rows.filter(changed=True).values_list("signal", flat=True)) == expected
    assert run.report["changed"] == len(expected) == run.report["matched"]
    assert run.report["owners"]["team operations"] == len(expected)
    assert run.report["before"]["owners"].get("team operations", 0) == 0
    assert sum(run.report["pages_by_hour"]) == run.report["opened"]


NARROW = {"known.title &&": 'known.title && severity == "critical" &&'}


def test_later_signals_follow_the_ledger_the_version_would_have_kept() -> None:
    """Ignored at first, a ticket's next signal opens what it would have joined; the one after joins that."""
    low = world.ticket(7, ticket_priority="High", organization_id="95")
    mix.customers()
    for number, priority in enumerate(("High", "Urgent", "High")):
        world.told("zendesk", {**low, "ticket_priority": priority}, delivery=f"d-{number}")
    before = [one.decided["outcome"] for one in mix.decided()]
    assert before == ["open", "join", "join"]
    run = tried(drafted("template", "any-customer-trouble", words=NARROW))
    routes = [(row.outcome, row.after["route"]["record"]) for row in run.rows.order_by("pk")]
    first, second, third = (one.pk for one in mix.decided())
    assert routes == [("ignored", None), ("open", None), ("join", -second)], (first, third)


def test_a_record_that_would_not_be_over_is_not_opened_twice() -> None:
    """A planned resolution ends what only the version would have opened: then the next signal opens anew."""
    mix.customers()
    alert = {"account": "Customer 1", "title": "x", "problem": "disk", "severity": "low", "status": "resolved"}
    for number in range(3):
        world.told("generic", alert, delivery=f"d-{number}")
    Signal.objects.filter(pk=mix.decided()[2].pk).update(
        decided=_later(mix.decided()[2].decided, days=30), processed_at=datetime.now(UTC) + timedelta(days=30)
    )
    words = {'known.title && !(known.status && status.matches("(?i)^(closed|solved|resolved)$"))': "known.title"}
    version = drafted("template", "any-customer-trouble", words=words)
    run = tried(version, until=datetime.now(UTC) + timedelta(days=31), since=datetime.now(UTC) - timedelta(days=1))
    assert [row.outcome for row in run.rows.order_by("pk")] == ["open", "join", "open"]


def _later(decided: dict[str, Any], *, days: int) -> dict[str, Any]:
    return decided | {"at": (datetime.fromisoformat(decided["at"]) + timedelta(days=days)).isoformat()}


def test_two_triggers_that_hold_are_named() -> None:
    """Collisions: the pair and how often."""
    mix.play(60)
    version = new(TWIN)
    run = tried(version)
    pairs = {(one, two): number for one, two, number in run.report["collisions"]}
    assert pairs["any-customer-trouble", "twin"] > 0
    assert run.report["opened"] == run.report["before"]["opened"], "it stands below, so it takes nothing"


TWIN = """
kind: template
key: twin
title: Twin
order: 2000
trigger: known.title && !(known.status && status.matches("(?i)^(closed|solved|resolved)$"))
owners: {primary: {team: support}, backup: {team: support-backup}, escalation: {team: operations}}
steps:
  - {id: solve, do: wait_for_resolution, title: Solve it}
"""


def test_a_mapping_on_trial_reads_the_stored_bytes_again() -> None:
    """What was P9 and doubtful is known to the new mapping; the account and the record stay the same."""
    body = {"account": "Acme", "title": "Exports slow", "severity": "P9", "problem": "exports"}
    for number in range(2):
        world.told("generic", body, delivery=f"d-{number}")
    world.told("zendesk", world.ticket(), delivery="z-1")
    words = {'          "5": low\n      tier': '          "5": low\n          P9: low\n      tier'}
    run = tried(drafted("mapping", "generic", words=words))
    rows = list(run.rows.order_by("pk"))
    assert [(row.outcome, row.changed) for row in rows] == [("open", True), ("join", True)]
    assert rows[0].after["route"]["severity"] == "low"
    assert rows[0].after["route"]["doubts"] == []
    assert run.report["matched"] == 2


@pytest.mark.parametrize(
    ("kind", "words", "shows"),
    [
        ("sla", {"acknowledge: 15m": "acknowledge: 1m"}, "clocks"),
        ("authority", {"on_conflict: review": "on_conflict: win"}, "doubts"),
        ("ranking", {"critical: 24": "critical: 48"}, "head starts"),
        ("ownership", {"default: {person: ada}": "default: {person: cleo}"}, "decider"),
        ("facts", {"order: [critical, high, normal, low]": "order: [low, normal, high, critical]"}, "severity"),
    ],
)
def test_policies_are_tried_alike(kind: str, words: dict[str, str], shows: str) -> None:
    """Authority, SLA, ownership, ranking and facts: each changes what it rules, and says so."""
    mix.play(60)
    disagrees = {"account": "Acme", "title": "Down", "severity": "critical", "problem": "down", "tier": "starter"}
    world.told("generic", disagrees)
    active = Version.objects.get(document__kind=kind, state="active")
    run = tried(drafted(kind, active.document.key, words=words))
    changed = list(run.rows.filter(changed=True))
    assert changed
    assert any(row.before["route"][shows] != row.after["route"][shows] for row in changed)


def test_it_stops_and_goes_on_where_it_was() -> None:
    """Killed between two batches it counts nothing twice; stopped it stays stopped."""
    mix.play(90)
    version = drafted("template", "any-customer-trouble", words=NARROW)
    whole = tried(version)
    run = backtesting.start(version_id=version.pk, by=None, now=datetime.now(UTC), until=whole.until, since=whole.since)
    steps = 0
    while backtesting.step(run.pk, seconds=0, batch=20):
        steps += 1
        run.refresh_from_db()
        assert (run.state, run.done) == ("running", steps * 20)
    run.refresh_from_db()
    assert steps >= 4
    assert (run.state, run.digest, run.report) == ("done", whole.digest, whole.report)
    assert backtesting.step(run.pk) is False
    again = backtesting.start(version_id=version.pk, by=None, now=datetime.now(UTC))
    backtesting.step(again.pk, seconds=0, batch=10)
    assert backtesting.stop(backtest_id=again.pk, now=datetime.now(UTC)).state == "stopped"
    assert backtesting.step(again.pk) is False
    assert backtesting.latest(version) == again


def test_a_draft_that_changed_meanwhile_ends_the_run() -> None:
    """The digest it began with is the one it tries."""
    mix.play(20)
    version = drafted("template", "any-customer-trouble", words=NARROW)
    run = backtesting.start(version_id=version.pk, by=None, now=datetime.now(UTC))
    Version.objects.filter(pk=version.pk).update(digest="0" * 64)
    assert backtesting.step(run.pk) is False
    run.refresh_from_db()
    assert run.state == "failed"
    assert "changed while it was tried" in run.fault


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    """Said at once, nothing is queued."""
    version = Version.objects.filter(state="active").first()
    assert version is not None
    now = datetime.now(UTC)
    with pytest.raises(Refused):
        backtesting.start(version_id=version.pk, by=None, now=now, since=now, until=now)
    assert not Backtest.objects.exists()
