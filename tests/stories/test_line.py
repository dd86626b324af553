"""From a signed webhook to a closed record, through the wire and the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalations import clockwork
from escalations.domain.lifecycle import NotAllowed
from escalations.models import Case, Delivery, Entry, Escalation, Handoff, Message, Rejection, Signal, StepRun, Timer
from escalations.services import absences, cases, handoffs, ledger, promises
from escalations.services.errors import Refused, Stale
from templates_engine.services import load
from tests.stories import world

pytestmark = pytest.mark.usefixtures("company")


def test_a_webhook_becomes_an_owned_timed_record() -> None:
    """Everything the issue promises of one signal, read back from the rows."""
    record = world.opened()
    assert (record.account.key, record.severity, record.tier) == ("acme", "critical", "enterprise")
    assert record.template.document.key == "enterprise-critical-incident"
    assert [record.primary.username, record.backup.username, record.escalation_owner.username] == ["ada", "ben", "cleo"]
    assert (record.owner, record.next_due_kind, record.held) == (world.person("ada"), "acknowledge", False)
    assert record.next_due_at == record.opened_at + timedelta(minutes=15)
    assert set(Timer.objects.filter(state="pending").values_list("kind", flat=True)) >= {"acknowledge", "resolve"}
    assert [run.state for run in StepRun.objects.filter(escalation=record)][:4] == ["done", "done", "done", "waiting"]
    told = Message.objects.filter(escalation=record)
    assert {message.person.username for message in told} == {"ada", "cleo"}
    assert {message.state for message in told} == {"sent"}
    assert all(message.tries.count() == 1 for message in told)
    assert record.history.count() == 1
    assert record.history.get().history_door == "task"


def test_the_bytes_are_kept_as_they_came() -> None:
    """A3: byte for byte, with the verdict and the headers that matter; never the signature."""
    body = b'{"ticket_id":"9",  "ticket_title":"spaced   \\u00e4", "organization_id":"77"}'
    signal = world.told("zendesk", body)
    delivery = signal.delivery
    assert bytes(delivery.body) == body
    assert delivery.verdict == "verified"
    assert "x-zendesk-webhook-signature" not in delivery.headers
    assert delivery.headers["x-zendesk-webhook-invocation-id"] == "d-1"


def test_the_same_delivery_twice_is_one_signal() -> None:
    """A7: the same id is answered, nothing is added."""
    first = world.post("zendesk", world.ticket(), delivery="d-7").json()
    again = world.post("zendesk", world.ticket(), delivery="d-7").json()
    assert first == again
    assert (Delivery.objects.count(), Signal.objects.count()) == (1, 1)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_updates_land_on_one_record_in_any_order(order: tuple[int, int, int]) -> None:
    """A7: created, raised and commented, in whatever order they arrive; the worst severity holds."""
    bodies = [
        world.ticket(5, ticket_priority="High", updated_at="2026-11-21T05:00:00Z"),
        world.ticket(5, ticket_priority="Urgent", updated_at="2026-11-21T05:01:00Z"),
        world.ticket(5, ticket_priority="Urgent", ticket_status="Pending", updated_at="2026-11-21T05:02:00Z"),
    ]
    for number in order:
        world.told("zendesk", bodies[number], delivery=f"d-{number}")
    record = Escalation.objects.get()
    assert record.signals.count() == 3
    assert record.severity == "critical"
    assert record.facts["status"]["value"] == "Pending"


def test_silence_moves_it_along_the_chain_and_never_ends() -> None:
    """C5 and C11: ada, ben, cleo, then the last owner, who keeps being told, and a named case."""
    record = world.opened()
    for expected in ("ben", "cleo", "last"):
        record.refresh_from_db()
        assert record.acknowledge_by is not None
        early = clockwork.sweep(now=record.acknowledge_by - timedelta(seconds=1))
        assert early["fired"] == 0
        clockwork.sweep(now=record.acknowledge_by)
        record.refresh_from_db()
        assert record.owner == world.person(expected)
    assert Case.objects.get().reason == "chain_exhausted"
    assert Handoff.objects.filter(escalation=record, how="failed_over").count() == 3
    for reminder in (1, 2, 3):
        record.refresh_from_db()
        assert record.remind_at is not None
        clockwork.sweep(now=record.remind_at)
        assert Entry.objects.filter(escalation=record, verb="remind").count() == reminder
    assert Timer.objects.filter(state="fired", fired_at__lt=record.opened_at).count() == 0


def test_an_absent_owner_is_passed_over_at_once() -> None:
    """C11: the backup is away, so silence of the primary goes to the escalation owner."""
    ben = world.person("ben")
    record = world.opened()
    absences.say(
        person=ben, starts_at=record.opened_at, ends_at=record.opened_at + timedelta(days=1), now=record.opened_at
    )
    assert record.acknowledge_by is not None
    clockwork.sweep(now=record.acknowledge_by)
    record.refresh_from_db()
    assert record.owner == world.person("cleo")


def test_acknowledged_work_goes_on_to_closed() -> None:
    """Acknowledge, promise, tell, resolve; the checks pass and the template closes it."""
    record = world.opened()
    ada = world.person("ada")
    at = record.opened_at + timedelta(minutes=1)
    ledger.acknowledge(escalation_id=record.pk, by=ada, now=at, seen_version=record.version)
    due = at + timedelta(hours=1)
    promises.promise(escalation_id=record.pk, by=ada, to_whom="Karin", text="cause", due_at=due, now=at)
    record.refresh_from_db()
    assert (record.state, record.next_due_kind, record.promise_at) == ("acknowledged", "promise", due)
    promises.keep(escalation_id=record.pk, by=ada, text="told her", now=at + timedelta(minutes=5))
    ledger.resolve(escalation_id=record.pk, by=ada, resolution="IdP address allowed", now=at + timedelta(minutes=6))
    record.refresh_from_db()
    assert (record.state, record.next_due_at) == ("closed", None)
    assert not Timer.objects.filter(escalation=record, state="pending").exists()
    assert not record.keys.filter(live=True).exists()
    assert [run.state for run in StepRun.objects.filter(escalation=record)] == ["done"] * 7


def test_a_failed_check_keeps_it_open_and_asks_a_person() -> None:
    """E3: an open promise stops the closing; kept, and checked again, it closes."""
    record = world.opened()
    ada = world.person("ada")
    at = record.opened_at
    ledger.acknowledge(escalation_id=record.pk, by=ada, now=at)
    due = at + timedelta(hours=1)
    promises.promise(escalation_id=record.pk, by=ada, to_whom="Karin", text="cause", due_at=due, now=at)
    ledger.resolve(escalation_id=record.pk, by=ada, resolution="fixed", now=at)
    record.refresh_from_db()
    assert record.state == "resolved"
    case = Case.objects.get(reason="qa_failed")
    with pytest.raises(Refused, match="promise"):
        ledger.close(escalation_id=record.pk, by=ada, reason="", now=at)
    promises.keep(escalation_id=record.pk, by=ada, text="told her", now=at)
    cases.decide(case_id=case.pk, by=ada, answer={"retry": True}, reason="promise kept", now=at)
    clockwork.sweep(now=at + cases.UNDO)
    record.refresh_from_db()
    assert record.state == "closed"


def test_a_stale_form_is_refused_and_nothing_is_lost() -> None:
    """C9: who wrote second sees that somebody wrote first."""
    record = world.opened()
    ada, ben = world.person("ada"), world.person("ben")
    seen = record.version
    ledger.note(escalation_id=record.pk, by=ben, text="looking", now=record.opened_at)
    with pytest.raises(Stale):
        ledger.acknowledge(escalation_id=record.pk, by=ada, now=record.opened_at, seen_version=seen)
    record.refresh_from_db()
    assert record.state == "open"


def test_a_hand_off_wants_a_reason_a_person_and_a_time() -> None:
    """C6: every problem at once; then it is on the record, with a clock of its own."""
    record = world.opened()
    ada, ben = world.person("ada"), world.person("ben")
    for fields in ({"reason": ""}, {"expected": "soon"}, {"to_id": None}):
        said = {"to_id": ben.pk, "reason": "knows it", "expected": "2h", **fields}
        with pytest.raises(Refused):
            handoffs.hand_off(escalation_id=record.pk, by=ada, now=record.opened_at, **said)  # type: ignore[arg-type]  # the wrong kinds of value are the point here
    handoffs.hand_off(
        escalation_id=record.pk, by=ada, to_id=ben.pk, reason="knows it", expected="2h", now=record.opened_at
    )
    record.refresh_from_db()
    assert (record.owner, record.state) == (ben, "open")
    assert record.expected_by == record.opened_at + timedelta(hours=2)


def test_a_loop_of_hand_offs_is_noticed() -> None:
    """C6: ada to ben, ben to ada, ada to ben: a person is asked to stop it."""
    record = world.opened()
    pair = [world.person("ada"), world.person("ben")]
    for turn in range(3):
        handoffs.hand_off(
            escalation_id=record.pk,
            by=pair[turn % 2],
            to_id=pair[(turn + 1) % 2].pk,
            reason="yours",
            expected="1h",
            now=record.opened_at,
        )
    assert Case.objects.filter(reason="routing_loop").exists()


def test_a_snooze_wakes_and_waits_for_somebody_again() -> None:
    """A snooze needs a time; at that time it is unacknowledged work again, with a clock."""
    record = world.opened()
    ada = world.person("ada")
    until = record.opened_at + timedelta(minutes=10)
    ledger.snooze(escalation_id=record.pk, by=ada, until=until, reason="waiting for logs", now=record.opened_at)
    clockwork.sweep(now=until)
    record.refresh_from_db()
    assert (record.state, record.wake_at) == ("open", None)
    assert record.acknowledge_by == until + timedelta(minutes=15)
    with pytest.raises(NotAllowed):
        ledger.resume(escalation_id=record.pk, by=ada, reason="?", now=until)


def test_an_unknown_account_waits_for_a_person_and_then_goes_on() -> None:
    """D2 and A10: the case is the record; the answer links the identifier and the line resumes."""
    signal = world.told("zendesk", world.ticket(organization_id="404"))
    case = Case.objects.get()
    assert (signal.stage, case.reason, case.owner) == ("review", "account_unknown", world.person("ada"))
    ada = world.person("ada")
    answer = {"account": world.acme().pk, "title": "It is Acme"}
    cases.decide(case_id=case.pk, by=ada, answer=answer, reason="their second brand", now=case.opened_at)
    clockwork.sweep(now=case.opened_at + timedelta(seconds=5))
    signal.refresh_from_db()
    assert signal.stage == "review", "nothing moves while it can be taken back"
    clockwork.sweep(now=case.opened_at + cases.UNDO)
    signal.refresh_from_db()
    assert (signal.stage, signal.escalation.account.key) == ("matched", "acme")
    assert world.told("zendesk", world.ticket(2, organization_id="404"), delivery="d-2").stage == "matched"


def test_a_decision_can_be_taken_back_for_ten_seconds() -> None:
    """D6: undone, the case waits again; after ten seconds it can not be undone."""
    world.told("zendesk", world.ticket(organization_id="404"))
    case, ada = Case.objects.get(), world.person("ada")
    answer = {"ignore": "spam"}
    cases.decide(case_id=case.pk, by=ada, answer=answer, reason="spam", now=case.opened_at)
    cases.undo(case_id=case.pk, by=ada, now=case.opened_at + timedelta(seconds=3))
    clockwork.sweep(now=case.opened_at + timedelta(minutes=1))
    assert Signal.objects.get().stage == "review"
    cases.decide(case_id=case.pk, by=ada, answer=answer, reason="spam", now=case.opened_at)
    clockwork.sweep(now=case.opened_at + timedelta(minutes=1))
    assert Signal.objects.get().stage == "ignored"
    with pytest.raises(Refused):
        cases.undo(case_id=case.pk, by=ada, now=case.opened_at)


def test_a_doubtful_severity_runs_at_the_worse_value_and_holds_what_leaves() -> None:
    """D2: clocks run, messages are held; decided, they go out and the severity is what was decided."""
    body = {"account": "Acme", "title": "Exports slow", "severity": "P9", "problem": "exports"}
    signal = world.told("generic", body)
    record = signal.escalation
    assert (record.severity, record.held) == ("critical", True)
    assert set(record.messages.values_list("state", flat=True)) == {"held"}
    case = Case.objects.get()
    assert (case.reason, case.known["says"][0]["value"]) == ("severity_unclear", "P9")
    answer = next(one["answer"] for one in case.answers if one["title"] == "High")
    cases.decide(case_id=case.pk, by=world.person("ada"), answer=answer, reason="few hit", now=case.opened_at)
    clockwork.sweep(now=case.opened_at + cases.UNDO)
    record.refresh_from_db()
    assert (record.severity, record.held) == ("high", False)
    assert set(record.messages.values_list("state", flat=True)) == {"sent"}


def test_sources_that_disagree_ask_and_keep_both_values() -> None:
    """A5: the directory says enterprise, the sender says starter: the worse runs, both stay visible."""
    body = {"account": "Acme", "title": "Down", "severity": "critical", "problem": "down", "tier": "starter"}
    record = world.told("generic", body).escalation
    assert (record.tier, record.held) == ("enterprise", True)
    case = Case.objects.get()
    assert case.reason == "sources_disagree"
    assert {say["value"] for say in case.known["says"]} == {"enterprise", "starter"}
    assert record.facts["tier"]["overruled"][0]["value"] == "starter"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"x-zendesk-webhook-signature": "bm9wZQ=="}, "bad_signature"),
        ({"x-zendesk-webhook-signature": ""}, "missing_signature"),
        ({"x-zendesk-webhook-signature": "ä"}, "bad_signature"),
    ],
)
def test_a_wrong_signature_keeps_nothing_but_its_trace(headers: dict[str, str], reason: str) -> None:
    """401 in constant words; time, reason, length and hash are kept, never the body."""
    answer = world.post("zendesk", world.ticket(), **headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "signature refused"})
    trace = Rejection.objects.get()
    assert (trace.reason, trace.length > 0, len(trace.sha256)) == (reason, True, 64)
    assert not Delivery.objects.exists()


def test_three_wrong_signatures_ask_a_person() -> None:
    """Three in five minutes open one case, not three."""
    for _ in range(4):
        world.post("zendesk", world.ticket(), **{"x-zendesk-webhook-signature": "bm9wZQ=="})
    assert Case.objects.get().reason == "signatures_failing"


def test_a_body_over_the_limit_is_refused_before_its_signature() -> None:
    """413, counted, one case an hour."""
    source = world.source("generic")
    source.max_bytes = 100
    source.save()
    world.forget()
    for _ in range(2):
        assert world.post("generic", b"x" * 101).status_code == 413
    assert (Rejection.objects.count(), Case.objects.get().reason) == (2, "oversized")


def test_a_paused_source_keeps_and_a_disabled_one_is_not_there() -> None:
    """Paused: stored and answered. Disabled or unknown: 404. Another method: 405."""
    source = world.source("zendesk")
    source.state = "paused"
    source.save()
    world.forget()
    assert world.post("zendesk", world.ticket()).status_code == 202
    source.state = "disabled"
    source.save()
    world.forget()
    assert world.post("zendesk", world.ticket()).status_code == 404
    assert world.post("zendesk", world.ticket(), slug="nowhere").status_code == 404


def test_slack_gets_its_challenge_back_only_when_signed() -> None:
    """The handshake is answered as Slack asks, and needs a signature too."""
    hello = {"type": "url_verification", "challenge": "abc123", "token": "x"}
    answer = world.post("slack", hello)
    assert (answer.status_code, answer.content) == (200, b"abc123")
    assert world.post("slack", hello, **{"x-slack-signature": "v0=00"}).status_code == 401
    assert not Signal.objects.exists()


def test_slack_and_monitoring_land_where_they_belong() -> None:
    """A Slack message of the customer's channel, and a generic alert with its problem, each open a record."""
    event = {"type": "message", "text": "Exports hang", "channel": "C0ACME", "event_ts": "1763700000.000100"}
    message = {"type": "event_callback", "event_id": "Ev1", "event": event}
    record = world.opened("slack", message)
    assert (record.account.key, record.template.document.key) == ("acme", "any-customer-trouble")
    alert = {"account": "Acme", "title": "Disk full", "severity": "high", "problem": "disk", "sla_minutes_over": 45}
    assert world.opened("generic", alert).template.document.key == "sla-breach-high-priority"


def test_one_signal_costs_few_statements() -> None:
    """The whole line of one new record in at most thirty statements, savepoints not counted."""
    world.post("zendesk", world.ticket())
    with CaptureQueriesContext(
        connection,
    ) as seen:
        clockwork.pipeline.drain()
    asked = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(asked) <= 30, "\n".join(sql[:150] for sql in asked)


def test_a_second_policy_of_a_kind_waits_as_a_draft() -> None:
    """Of two policies one rules: loading another under a new key changes nothing that runs."""
    text = "kind: sla\nkey: other\ntitle: Other\nlevels: {}\nfloor: {acknowledge: 1s, resolve: 2s}\n"
    assert [one.outcome for one in load([("other", text)], now=datetime.now(UTC))] == ["draft"]
