"""Every kind of step through the wire: from a signed webhook to a closed record, with what fails on the way."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from escalations import clockwork
from escalations.models import Case, Destination, Escalation, Message, Snapshot, StepAnswer, StepRun, Timer
from escalations.queries import invariants
from escalations.queries.readiness import readiness
from escalations.services import answering, cases, destinations, ledger, people
from escalations.services.errors import Refused, Taken
from escalations.sources import generic
from escalations.sources.base import Incoming, SourceConfig
from templates_engine.management.commands.load_catalog import SHIPPED
from templates_engine.models import Version
from tests.stories import world
from tests.stories.receiver import Receiver, receiving

Portal = Callable[..., None]

HEAD = """
kind: template
key: {key}
title: {title}
order: {order}
trigger: {trigger}
severity: high
owners: {{primary: {{team: support}}, backup: {{team: support-backup}}, escalation: {{team: operations}}}}
facts: {{plan: {{type: string}}, agreed: {{type: bool}}}}
close: {{when: qa}}
qa: [{{id: tasks, check: no_open_task}}, {{id: decided, check: no_open_case}}]
steps:
"""
UPDATES = """\
  - {id: tell, do: notify, to: account_owner, title: Tell the account owner}
  - {id: solve, do: wait_for_resolution}
"""
EVERY_KIND = """\
  - {id: mine, do: assign, to: backup, title: Give it to the backup, undo: restore}
  - {id: keep, do: snapshot, title: Keep what was said}
  - {id: page, do: page, to: owner, repeat: 3, every: 5m, title: Page the owner}
  - {id: room, do: war_room, destination: room, message: "{customer}: {title}", title: Open the war room}
  - {id: lock, do: call_webhook, destination: shop, event: lock, data: {about: "{customer}", days: 3},
     title: Lock the shop, undo: {do: call_webhook, destination: shop, event: unlock}}
  - {id: seen, do: wait_for_acknowledgement, within: 15m, title: Acknowledge}
  - {id: how, do: ask_person, to: primary, question: How do we go on?, within: 30m, sets: plan, show: [problem],
     choices: [{key: wait, title: Wait}, {key: refund, title: Refund, why: They paid for it.}]}
  - id: money
    do: branch
    title: Money back
    when: plan == "refund"
    then:
      - {id: may, do: ask_approval, to: {team: operations}, question: "Refund {customer}?", within: 2h}
      - {id: pay, do: call_webhook, destination: shop, event: refund, title: Pay it back}
    otherwise:
      - {id: vendor, do: notify, to: primary, title: Wait for the vendor}
  - {id: milder, do: set_field, field: severity, value: normal, undo: restore, title: Milder now}
  - {id: updates, run: updates, title: Keep them told}
  - {id: write, do: open_task, to: primary, title: Write to them, within: 1d}
  - {id: quiet, do: notify, to: primary, when: 'severity == "critical"', title: Only when critical}
  - {id: solve, do: wait_for_resolution, title: Solve it}
  - {id: unlock, do: call_webhook, destination: shop, event: unlock, title: Unlock the shop}
  - {id: checks, do: check, title: Check}
  - {id: close, do: close, title: Close}
"""
BODY = {"account": "Acme", "title": "Orders fail", "severity": "high", "problem": "orders"}


@pytest.fixture
def shop(db: None) -> Iterator[Receiver]:
    """A shop system and a shared channel, listening."""
    with receiving() as receiver:
        destinations.connect(key="shop", kind="webhook", url=f"{receiver.url}/shop", secret=world.SECRET)
        destinations.connect(
            key="room", kind="room", url=f"{receiver.url}/room", link="https://chat.example.com/war", name="War room"
        )
        yield receiver


@pytest.fixture
def portal(db: None, tmp_path: Path) -> Portal:
    """Begins a portal whose first catalog has these steps as a template, and others that it may call."""

    def begin(steps: str, **called: str) -> None:
        where = 'problem == "orders"'
        texts = {"steps": HEAD.format(key="steps", title="Steps", order=1, trigger=f"'{where}'") + steps}
        for key, inner in called.items():
            head = HEAD.format(key=key, title=key.title(), order=900, trigger="'false'")
            texts[key] = inner if inner.startswith("kind:") else head + inner
        for key, text in texts.items():
            (tmp_path / f"{key}.yaml").write_text(text)
        world.build(SHIPPED, world.OWNERSHIP, tmp_path)

    return begin


def states(record: Escalation) -> dict[str, str]:
    """The state of each step by its name."""
    return dict(StepRun.objects.filter(escalation=record).order_by("position").values_list("step", "state"))


def step(record: Escalation, name: str) -> StepRun:
    """One step, fresh."""
    return StepRun.objects.get(escalation=record, step=name)


def act(verb: Any, record: Escalation, name: str, by: str, **said: Any) -> None:
    """A person does something to a step, and the machine goes on."""
    verb(escalation_id=record.pk, step=name, by=world.person(by), now=datetime.now(UTC), **said)
    clockwork.sweep()


def test_every_kind_runs_from_signal_to_close(portal: Portal, shop: Receiver) -> None:
    """B3: one template with all sixteen kinds; every outcome is on its row."""
    portal(EVERY_KIND, updates=UPDATES)
    record = world.opened("generic", BODY)
    clockwork.sweep()
    ben, ada = world.person("ben"), world.person("ada")
    assert record.owner == ben
    assert list(states(record).values())[:6] == ["done", "done", "running", "done", "done", "waiting"]
    assert step(record, "page").outcome == "paged Ben, 1 of 3"
    assert step(record, "room").data["link"] == "https://chat.example.com/war"
    assert b"Acme: Orders fail" in shop.bodies("/room")[0]

    ledger.acknowledge(escalation_id=record.pk, by=ben, now=datetime.now(UTC))
    assert step(record, "page").outcome == "acknowledged after 1 page"
    assert (step(record, "how").state, step(record, "how").waits_for) == ("waiting", ada)
    act(answering.choose, record, "how", "ada", answer="refund", comment="they insist")
    assert step(record, "how").outcome == "Refund: they insist"
    record.refresh_from_db()
    assert record.facts["plan"]["value"] == "refund"
    assert (step(record, "vendor").state, step(record, "vendor").outcome) == ("skipped", "not this way: Money back")
    assert step(record, "may").asked_by == ada
    act(answering.approve, record, "may", "cleo", comment="go")
    assert states(record)["pay"] == "done"
    record.refresh_from_db()
    assert record.severity == "normal"
    assert states(record)["updates.tell"] == "done"
    assert "updates.solve" not in states(record)
    assert (states(record)["quiet"], states(record)["write"]) == ("skipped", "waiting")

    ledger.resolve(escalation_id=record.pk, by=ada, resolution="paid back", now=datetime.now(UTC))
    clockwork.sweep()
    record.refresh_from_db()
    assert (record.state, states(record)["unlock"]) == ("resolved", "done")
    assert Case.objects.get(escalation=record).reason == "qa_failed"
    act(answering.tick, record, "write", "ada", comment="sent")
    case = Case.objects.get(escalation=record)
    cases.decide(case_id=case.pk, by=ada, answer={"retry": True}, reason="written", now=datetime.now(UTC))
    clockwork.sweep(now=datetime.now(UTC) + cases.UNDO)
    record.refresh_from_db()
    assert record.state == "closed", states(record)
    assert not Timer.objects.filter(escalation=record, state="pending").exists()
    assert invariants.breaches(now=datetime.now(UTC)) == []
    sent = [json.loads(body) for body in shop.bodies("/shop")]
    assert [one["type"] for one in sent] == ["lock", "refund", "unlock"]
    assert sent[0]["data"] == {"about": "Acme", "days": 3}
    assert len(set(shop.keys("/shop"))) == 3


def test_a_call_is_signed_as_standard_webhooks_ask(portal: Portal, shop: Receiver) -> None:
    """The receiver checks it with the same rules by which we check others, and sees the id again in a repeat."""
    portal("  - {id: lock, do: call_webhook, destination: shop, event: lock}\n")
    world.opened("generic", BODY)
    _, headers, body = shop.seen[0]
    config = SourceConfig("shop", "generic", secrets=(world.SECRET,))
    assert generic.verify(Incoming(body, headers, "POST", "", datetime.now(UTC)), config).ok
    assert headers["webhook-id"] == headers["idempotency-key"]


def test_a_snapshot_keeps_the_moment(portal: Portal) -> None:
    """E5: state, changes and signals as they were; a later change does not reach it."""
    portal("  - {id: keep, do: snapshot}\n  - {id: solve, do: wait_for_resolution}\n")
    record = world.opened("generic", BODY)
    kept = Snapshot.objects.get()
    assert (kept.content["state"]["severity"], kept.content["state"]["owner"]) == ("high", "ada")
    assert kept.content["logs"][0]["facts"]["title"] == "Orders fail"
    assert kept.content["logs"][0]["sha256"] == record.signals.get().delivery.sha256
    assert "Opened from" in kept.content["changes"][-1]["text"]


def test_nothing_is_sent_twice_however_often_it_is_swept(portal: Portal, shop: Receiver) -> None:
    """A replayed delivery, further sweeps, a second sweep of the same moment: one call, one page, one message each."""
    portal(EVERY_KIND, updates=UPDATES)
    record = world.opened("generic", BODY, delivery="d-9")
    world.post("generic", BODY, delivery="d-9")
    for _ in range(4):
        clockwork.sweep()
    assert [path for path, _, _ in shop.seen] == ["/room", "/shop"]
    assert Message.objects.filter(escalation=record, subject__startswith="Page").count() == 1


def test_a_page_is_repeated_until_somebody_acknowledges(portal: Portal) -> None:
    """Three pages five minutes apart, then no more."""
    portal("  - {id: page, do: page, repeat: 3, every: 5m}\n  - {id: seen, do: wait_for_acknowledgement, within: 1h}\n")
    record = world.opened("generic", BODY)
    for minutes in (5, 10, 15, 20):
        clockwork.sweep(now=record.opened_at + timedelta(minutes=minutes))
    assert Message.objects.filter(escalation=record, subject__startswith="Page").count() == 3
    assert step(record, "page").outcome == "paged Ada, 3 times"


FAILING = """\
  - {id: shut, do: call_webhook, destination: shop, event: shut,
     undo: {do: call_webhook, destination: shop, event: open}}
  - {id: milder, do: set_field, field: severity, value: low, undo: restore}
  - {id: break, do: call_webhook, destination: shop, event: break, on_failure: {retry: 1, back_off: 1s}}
  - {id: after, do: notify, title: Afterwards}
  - {id: solve, do: wait_for_resolution}
"""


def test_what_fails_is_tried_set_back_and_asked_about_and_goes_on_there(portal: Portal, shop: Receiver) -> None:
    """E4: retry, compensation in reverse order, a case with the resume point; decided, the line runs to its end."""
    portal(FAILING)
    shop.answers["/shop"] = [200, 500, 500]
    record = world.opened("generic", BODY)
    for seconds in (2, 4, 6, 8):
        clockwork.sweep(now=datetime.now(UTC) + timedelta(seconds=seconds))
    assert states(record) == {
        "shut": "undone", "milder": "undone", "break": "failed", "after": "next", "solve": "next",
    }  # fmt: skip
    assert [json.loads(body)["type"] for body in shop.bodies("/shop")] == ["shut", "break", "break", "open"]
    assert len(set(shop.keys("/shop"))) == 3, "the repeat has the key of the first try"
    record.refresh_from_db()
    assert record.severity == "high"
    case = Case.objects.get()
    assert (case.reason, case.escalation) == ("step_failed", record)
    assert "HTTP 500" in case.known["seen"]
    assert case.known["made"]["set back"] == "shut, milder"
    again = next(one["answer"] for one in case.answers if "retry" in one["answer"])
    cases.decide(case_id=case.pk, by=world.person("ada"), answer=again, reason="shop is back", now=datetime.now(UTC))
    for seconds in (11, 12, 13, 14):
        clockwork.sweep(now=datetime.now(UTC) + timedelta(seconds=seconds))
    assert list(states(record).values()) == ["done", "done", "done", "done", "waiting"]
    keys = shop.keys("/shop")
    assert keys[4] != keys[0], "what was set back is ordered anew"
    assert keys[5] == keys[1], "what had failed is the same order again"


@pytest.mark.parametrize(("answer", "state"), [({"skip": True}, "skipped"), ({"done": True}, "done")])
def test_a_failed_step_is_passed_over_or_done_by_hand(
    portal: Portal, shop: Receiver, answer: dict[str, bool], state: str
) -> None:
    """The other two answers of the case."""
    portal("  - {id: lock, do: call_webhook, destination: gone, event: lock}\n  - {id: tell, do: notify}\n")
    record = world.opened("generic", BODY)
    assert (step(record, "lock").state, step(record, "lock").outcome) == ("failed", "no destination gone is set up")
    case = Case.objects.get()
    cases.decide(case_id=case.pk, by=world.person("ada"), answer=answer, reason="by phone", now=datetime.now(UTC))
    clockwork.sweep(now=datetime.now(UTC) + cases.UNDO)
    assert states(record) == {"lock": state, "tell": "done"}


def test_what_fails_may_be_passed_over_by_its_document(portal: Portal, shop: Receiver) -> None:
    """on_failure: skip, and an in-process retry that comes too late all the same."""
    portal(
        "  - {id: lock, do: call_webhook, destination: gone, event: lock,"
        " on_failure: {retry: 2, back_off: 1m, then: skip}}\n"
        "  - {id: tell, do: notify}\n"
    )
    record = world.opened("generic", BODY)
    assert (states(record)["lock"], step(record, "lock").outcome[:8]) == ("running", "try 1 of")
    for minutes in (1, 3):
        clockwork.sweep(now=record.opened_at + timedelta(minutes=minutes))
    assert states(record) == {"lock": "skipped", "tell": "done"}
    assert not Case.objects.exists()


REFUSED = """\
  - {id: lock, do: call_webhook, destination: shop, event: lock,
     undo: {do: call_webhook, destination: shop, event: unlock}}
  - {id: may, do: ask_approval, to: {team: operations}, question: Refund?, within: 2h}
  - {id: pay, do: call_webhook, destination: shop, event: refund}
  - {id: solve, do: wait_for_resolution}
"""


def test_a_refused_approval_stops_the_line_and_sets_back(portal: Portal, shop: Receiver) -> None:
    """Refused: what was prepared is set back, nothing that hangs on it runs; passed over, it goes on behind it."""
    portal(REFUSED)
    record = world.opened("generic", BODY)
    act(answering.turn_down, record, "may", "cleo", reason="not covered")
    assert states(record) == {"lock": "undone", "may": "failed", "pay": "next", "solve": "next"}
    case = Case.objects.get()
    assert "Cleo refused: not covered" in case.known["seen"]
    assert not any("done" in one["answer"] for one in case.answers), "an approval is not given by hand"
    cases.decide(
        case_id=case.pk, by=world.person("ada"), answer={"skip": True}, reason="no refund then", now=datetime.now(UTC)
    )
    clockwork.sweep(now=datetime.now(UTC) + cases.UNDO)
    assert states(record) == {"lock": "undone", "may": "skipped", "pay": "skipped", "solve": "waiting"}
    assert [json.loads(body)["type"] for body in shop.bodies("/shop")] == ["lock", "unlock"]


def test_an_approval_is_never_given_by_whoever_asked(portal: Portal) -> None:
    """Four eyes: by the verb, by the row of the answer and by the row of the step, on both databases."""
    portal("  - {id: may, do: ask_approval, to: {team: operations}, question: Refund?, within: 2h}\n")
    people.save_team(key="operations", name="Operations", members=[world.person("ada"), world.person("cleo")])
    record = world.opened("generic", BODY)
    asked = step(record, "may")
    assert (asked.asked_by, asked.waits_for) == (world.person("ada"), world.person("cleo"))
    now = datetime.now(UTC)
    for name, words in (("ada", "somebody else approves"), ("ben", "only Cleo may approve")):
        with pytest.raises(Refused, match=words):
            answering.approve(escalation_id=record.pk, step="may", by=world.person(name), now=now)
    row = {"run": asked, "turn": 1, "verdict": "approved", "at": now}
    for by, asker in ((asked.asked_by, asked.asked_by), (world.person("cleo"), None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            StepAnswer.objects.create(**row, by=by, asked_by=asker)
    for values in ({"done_by": asked.asked_by}, {"done_by": None}, {"done_by": world.person("cleo"), "asked_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StepRun.objects.filter(pk=asked.pk).update(state="done", **values)
    act(answering.approve, record, "may", "cleo")
    with pytest.raises(Taken, match="Cleo"):
        answering.approve(escalation_id=record.pk, step="may", by=world.person("cleo"), now=now)


@pytest.mark.parametrize(
    ("failing", "then"),
    [("case", "failed"), ("skip", "skipped"), ("fail_over", "waiting"), ("{retry: 1, then: skip}", "waiting")],
)
def test_an_answer_that_does_not_come(portal: Portal, failing: str, then: str) -> None:
    """B3: late, it asks again, asks the next, is passed over, or asks for a decision."""
    portal(
        "  - {id: how, do: ask_person, question: How?, within: 30m, choices: [{key: a, title: A}, {key: b, title: B}],"
        f" on_failure: {failing}}}\n  - {{id: tell, do: notify}}\n"
    )
    record = world.opened("generic", BODY)
    clockwork.sweep(now=record.opened_at + timedelta(minutes=29))
    assert states(record)["how"] == "waiting"
    assert invariants.breaches(now=datetime.now(UTC)) == []
    clockwork.sweep(now=record.opened_at + timedelta(minutes=31))
    late = step(record, "how")
    assert late.state == then
    if failing == "fail_over":
        assert late.waits_for == world.person("ben")
        for minutes in (70, 110, 150):
            clockwork.sweep(now=record.opened_at + timedelta(minutes=minutes))
        assert step(record, "how").state == "failed"
        assert Case.objects.filter(reason="step_failed").exists()


def test_a_finished_step_is_set_back_by_a_person_with_a_reason(portal: Portal, shop: Receiver) -> None:
    """E4: the regression is undone, once; the line stays where it was."""
    portal(REFUSED)
    record = world.opened("generic", BODY)
    with pytest.raises(Refused, match="reason"):
        act(answering.undo_step, record, "lock", "ada", reason=" ")
    act(answering.undo_step, record, "lock", "ada", reason="it locked the wrong shop")
    assert states(record) == {"lock": "undone", "may": "waiting", "pay": "next", "solve": "next"}
    assert StepAnswer.objects.get().comment == "it locked the wrong shop"
    with pytest.raises(Refused, match="it is undone"):
        act(answering.undo_step, record, "lock", "ada", reason="again")
    with pytest.raises(Refused, match="nothing says how"):
        act(answering.undo_step, record, "may", "ada", reason="again")


def test_what_can_not_be_set_back_is_said(portal: Portal, shop: Receiver) -> None:
    """E4: of two steps to set back one can not be: the case says what still stands; undone by hand, it asks too."""
    portal(FAILING)
    shop.answers["/shop"] = [200, 410, 410, 410, 200]
    record = world.opened("generic", BODY)
    for seconds in (1, 2, 3):
        clockwork.sweep(now=datetime.now(UTC) + timedelta(seconds=seconds))
    assert states(record)["shut"] == "done"
    case = Case.objects.get()
    assert case.known["made"]["set back"] == "milder"
    assert case.known["made"]["still stands"] == "shut (shop: HTTP 410)"
    # By hand, later: the shop still says no, and somebody is asked to find another way.
    StepRun.objects.filter(escalation=record, step="shut").update(data={"undo": True})
    act(answering.undo_step, record, "shut", "ada", reason="it should be open")
    assert Case.objects.filter(reason="delivery_failed", subject="shut").exists()
    act(answering.undo_step, record, "shut", "ada", reason="it should be open now")
    assert states(record)["shut"] == "undone"
    assert len(set(shop.keys("/shop")[2:])) == 1, "every try to open it is one order"


def test_calls_wait_while_the_record_is_doubtful(portal: Portal, shop: Receiver) -> None:
    """Held: nothing leaves until the doubt is settled; what stays inside does not wait."""
    portal(
        "  - {id: inside, do: call_webhook, destination: shop, event: inside, leaves: false}\n"
        "  - {id: lock, do: call_webhook, destination: shop, event: lock}\n",
    )
    doubtful = {**BODY, "tier": "starter"}
    record = world.opened("generic", doubtful)
    clockwork.sweep()
    assert record.held
    assert states(record) == {"inside": "done", "lock": "running"}
    assert step(record, "lock").outcome == "held until the case is decided"
    case = Case.objects.get()
    cases.decide(
        case_id=case.pk, by=world.person("ada"), answer=case.answers[0]["answer"], reason="r", now=datetime.now(UTC)
    )
    clockwork.sweep(now=datetime.now(UTC) + cases.UNDO)
    assert states(record)["lock"] == "done"


def test_a_record_stays_on_the_versions_it_began_with(portal: Portal) -> None:
    """B7: neither a new version of the template nor of one that it calls reaches a record in flight."""
    called = "  - {id: seen, do: wait_for_acknowledgement, within: 1h}\n  - {id: tell, do: notify, message: OLD}\n"
    portal("  - {id: updates, run: updates}\n  - {id: end, do: notify, message: OLD END}\n", updates=called)
    record = world.opened("generic", BODY)
    Version.objects.filter(state="active", document__key__in=("updates", "steps")).update(state="retired")
    world.forget()
    ledger.acknowledge(escalation_id=record.pk, by=world.person("ada"), now=datetime.now(UTC))
    bodies = set(Message.objects.filter(escalation=record).values_list("body", flat=True))
    assert bodies >= {"OLD", "OLD END"}


def test_a_call_that_can_not_be_followed_fails_as_a_step(portal: Portal) -> None:
    """A template that is not active: the record opens, and a person is asked."""
    portal("  - {id: updates, run: updates}\n  - {id: tell, do: notify}\n")
    record = world.opened("generic", BODY)
    assert step(record, "updates").outcome == "no template updates is active"
    assert Case.objects.get().escalation == record


def test_a_template_that_sends_to_nowhere_is_not_ready(portal: Portal, shop: Receiver) -> None:
    """Who approves sees that a destination is missing, and who mends it."""
    portal("  - {id: lock, do: call_webhook, destination: shop, event: lock}\n")
    version = Version.objects.get(document__key="steps")
    assert "It sends to shop" in [one.words for one in readiness(version, now=datetime.now(UTC))]
    shop_row = Destination.objects.get(key="shop")
    shop_row.is_active = False
    shop_row.save()
    found = next(one for one in readiness(version, now=datetime.now(UTC)) if "not set up" in one.words)
    assert (found.level, found.fix) == ("blocks", "An admin sets up the destination")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "http://example.com/hook"}, "url"),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://[::bad"}, "url"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"kind": "pigeon"}, "kind"),
        ({"key": ""}, "key"),
        ({"key": "shop", "kind": "room"}, "key"),
    ],
)
def test_a_destination_has_an_address_that_hides_what_is_sent(
    shop: Receiver, given: dict[str, str], field: str
) -> None:
    """HTTPS, or this machine itself; the kind of a key stays what it is; the secret is kept sealed."""
    said = {"key": "new", "kind": "webhook", "url": "https://example.com/hook", **given}
    with pytest.raises(Refused) as refused:
        destinations.connect(**said)
    assert list(refused.value.problems) == [field]
    made, secret = destinations.connect(key="other", kind="webhook", url="https://example.com/hook")
    assert (made.secret, secret[:6], secret in made.sealed_secret) == (secret, "whsec_", False)


EXCEPTION = """\
kind: template
key: contract-risk
title: Contract at risk
order: 1
trigger: known.sla_minutes_over && sla_minutes_over > 600
severity: high
owners: {primary: {team: support}, backup: {team: support-backup}, escalation: {team: operations}}
exceptions:
  - {when: 'tier == "enterprise"', reason: Legal has to agree before the customer hears of it}
steps:
  - {id: inside, do: notify, to: primary, title: Tell support, leaves: false}
  - {id: outside, do: notify, to: account_owner, title: Tell the account owner}
  - {id: solve, do: wait_for_resolution, title: Solve it}
"""


def test_an_exception_path_asks_and_holds_only_what_leaves(portal: Portal) -> None:
    """B1 and D2: the template's own exception opens a case; what stays inside goes out, the rest waits for it."""
    portal(UPDATES, contract=EXCEPTION)
    alert = {"account": "Acme", "title": "Late", "severity": "low", "problem": "late", "sla_minutes_over": 700}
    record = world.opened("generic", alert)
    assert Case.objects.get().reason == "exception_path"
    states = {one.person.username: one.state for one in record.messages.all()}
    assert states == {"ada": "sent", "cleo": "held"}
