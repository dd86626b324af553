"""The queue teaches: what people decide becomes evidence, then a rule, and the next such signal needs nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from escalations import clockwork
from escalations.models import Backtest, Case, Escalation, Message, Signal
from escalations.queries.evidence import evidence
from escalations.services import backtesting, cases, governing, ruling
from templates_engine.models import Version
from tests.stories import world

pytestmark = pytest.mark.usefixtures("company")


def trouble(number: int, **fields: Any) -> dict[str, Any]:
    """A post of the simple shape, with a severity that no table knows."""
    what = ("nothing", "cards", "tills", "exports", "payouts", "logins")[number]
    return {"account": "Acme", "title": f"No {what}", "problem": what, "severity": "P9", **fields}


def asked(number: int, **fields: Any) -> Case:
    """The case that a post made."""
    signal = world.told("generic", trouble(number, **fields), delivery=f"d-{number}")
    return Case.objects.filter(escalation=signal.escalation).order_by("-id")[0]


def decide(case: Case, answer: dict[str, Any], *, reason: str = "P9 is high with them") -> None:
    """Decide it, and let the time in which it can be taken back pass."""
    now = datetime.now(UTC)
    cases.decide(case_id=case.pk, by=world.person("ada"), answer=answer, reason=reason, now=now)
    clockwork.sweep(now=now + timedelta(seconds=11))


def sign(version: Version) -> None:
    """Somebody else reads the draft, signs it and puts it to work."""
    author, approver = (User.objects.create_user(name, password="demo") for name in ("wren", "rosa"))
    author.groups.add(Group.objects.get(name="author"))
    approver.groups.add(Group.objects.get(name="approver"))
    now = datetime.now(UTC)
    governing.submit(version_id=version.pk, by=author, intent="P9 is high with Acme, three times now", now=now)
    seen = Version.objects.get(pk=version.pk).digest
    governing.approve(version_id=version.pk, by=approver, seen_digest=seen, comment="read", now=now)
    governing.activate(version_id=version.pk, by=approver, now=now)
    world.forget()


def test_the_third_identical_case_becomes_a_rule_and_the_fourth_needs_nobody() -> None:
    """D4: decided twice, proposed at the third by an operator, signed by another; then the line knows."""
    high = {"severity": "high", "title": "High"}
    for number in (1, 2):
        decide(asked(number), high)
    third = asked(3)
    found = evidence([third.alike], now=datetime.now(UTC))[third.alike]
    assert (found.total, dict(found.said)) == (2, {"severity=high": 2})
    assert third.escalation is not None
    assert third.escalation.held
    made = ruling.propose(case_id=third.pk, by=world.person("ada"), answer=high, now=datetime.now(UTC))
    assert Case.objects.get(pk=third.pk).state == "open"
    assert made.version.origin == "proposed"
    assert made.backtest is not None
    assert backtesting.run(made.backtest.pk).state == "done"
    report = Backtest.objects.get(pk=made.backtest.pk).report
    assert report["signals"] == 3
    sign(made.version)
    fourth = world.told("generic", trouble(4), delivery="d-4")
    assert fourth.escalation is not None
    assert (fourth.escalation.severity, fourth.escalation.held) == ("high", False)
    assert not Case.objects.filter(escalation=fourth.escalation).exists()


def test_a_rule_from_a_disagreement_asks_nobody_twice() -> None:
    """Whom the person believed comes first; the next such disagreement is settled by the authority alone."""
    said = trouble(1, severity="high", tier="starter")
    case = asked(1, severity="high", tier="starter")
    assert case.reason == "sources_disagree"
    believed = {"tier": "enterprise", "title": "Enterprise"}
    made = ruling.propose(case_id=case.pk, by=world.person("ben"), answer=believed, now=datetime.now(UTC))
    assert made.version.document.kind == "authority"
    sign(made.version)
    again = world.told("generic", said | {"problem": "another", "title": "Another"}, delivery="d-2")
    assert again.escalation is not None
    assert again.escalation.tier == "enterprise"
    assert not Case.objects.filter(escalation=again.escalation).exists()


def test_a_sender_that_is_no_customer_stays_away() -> None:
    """An ignored stranger becomes a variant: the next signal of theirs is ignored with the words of the decision."""
    stranger = trouble(1, account="Nobody Ltd", severity="high")
    case = Case.objects.get(pk=world.told("generic", stranger, delivery="d-1").case_id)
    ignore = {"ignore": "it is no customer of ours", "title": "Ignore it"}
    made = ruling.propose(case_id=case.pk, by=world.person("ada"), answer=ignore, now=datetime.now(UTC))
    sign(made.version)
    again = world.told("generic", stranger | {"title": "Again"}, delivery="d-2")
    assert (again.stage, again.case) == ("ignored", None)
    assert "it is no customer of ours" in str(again.reasons)
    known = world.told("generic", trouble(5, severity="high"), delivery="d-3")
    assert known.stage == "matched"


def test_the_line_goes_on_exactly_where_it_paused_and_undo_leaves_nothing_behind() -> None:
    """D2: only what leaves waits, for this record only; taken back, nothing of the decision is left."""
    case = asked(1)
    held = Message.objects.filter(escalation=case.escalation, state="held").count()
    assert held > 0
    before = Escalation.objects.get(pk=case.escalation_id).facts
    now = datetime.now(UTC)
    answer = {"severity": "low", "title": "Low"}
    cases.decide(case_id=case.pk, by=world.person("ada"), answer=answer, reason="x", now=now)
    cases.undo(case_id=case.pk, by=world.person("ada"), now=now)
    clockwork.sweep(now=now + timedelta(seconds=60))
    record = Escalation.objects.get(pk=case.escalation_id)
    assert (record.held, record.facts) == (True, before)
    assert Message.objects.filter(escalation=record, state="held").count() == held
    decide(Case.objects.get(pk=case.pk), answer)
    record.refresh_from_db()
    assert (record.held, record.severity) == (False, "low")
    assert not Message.objects.filter(escalation=record, state="held").exists()
    assert Signal.objects.get().stage == "matched"
