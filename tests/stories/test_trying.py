"""A draft tried on one stored signal, as the editor does."""

from datetime import UTC, datetime

import pytest

from escalations.models import Backtest, Escalation, Signal
from escalations.services import backtesting
from templates_engine.models import Version
from tests.stories import world

pytestmark = pytest.mark.usefixtures("company")
ALERT = {"account": "Acme", "title": "Exports slow", "severity": "P9", "problem": "exports"}


def text(key: str) -> str:
    """What is active under a key."""
    return str(Version.objects.get(document__key=key, state="active").text)


def tried(draft: str, signal: Signal) -> backtesting.Trial:
    """Try it; nothing is written by that."""
    before = (Escalation.objects.count(), Version.objects.count(), Signal.objects.get(pk=signal.pk).decided)
    found = backtesting.try_on(text=draft, signal_id=signal.pk, now=datetime.now(UTC))
    assert (Escalation.objects.count(), Version.objects.count(), Signal.objects.get(pk=signal.pk).decided) == before
    assert not Backtest.objects.exists()
    return found


def test_the_same_text_changes_nothing() -> None:
    """What happened, what would now and what would with it are one."""
    signal = world.told("zendesk", world.ticket())
    trial = tried(text("enterprise-critical-incident"), signal)
    assert (trial.changed, trial.differences, trial.problems) == (False, (), ())
    assert trial.happened == trial.before == trial.after
    assert trial.after.startswith("Opens enterprise-critical-incident: critical, enterprise, owned by team support")


def test_a_template_in_words() -> None:
    """Another owner and another clock, each named."""
    signal = world.told("zendesk", world.ticket())
    draft = text("enterprise-critical-incident").replace("primary: {team: support}", "primary: {team: operations}")
    trial = tried(draft, signal)
    assert trial.changed
    assert [name for name, _, _ in trial.differences] == ["owners"]
    assert "owned by team operations" in trial.after
    assert ("enterprise-critical-incident", True) in trial.tried


def test_a_mapping_shows_its_facts() -> None:
    """A word that no table knew is known to the draft: the facts say so, and the doubt is gone."""
    signal = world.told("generic", ALERT)
    assert "asks about severity unclear" in signal.reasons[-1]["words"] or signal.escalation.held
    draft = text("generic").replace(
        '          "5": low\n      tier', '          "5": low\n          P9: low\n      tier'
    )
    trial = tried(draft, signal)
    assert (trial.facts["severity"], trial.unsure) == ("low", {})
    assert "severity unclear" in trial.before
    assert "severity unclear" not in trial.after


def test_a_text_with_problems_is_not_tried() -> None:
    """The problems with their places, and nothing else."""
    signal = world.told("generic", ALERT)
    trial = tried("kind: template\nkey: x\n", signal)
    assert trial.problems
    assert (trial.after, trial.changed) == ("", False)


def test_a_signal_that_nobody_decided_yet_is_looked_up() -> None:
    """What waits on the line is read as it would be now."""
    answer = world.post("generic", ALERT | {"severity": "low"})
    signal = Signal.objects.get(pk=answer.json()["signal"])
    Signal.objects.filter(pk=signal.pk).update(stage="failed")
    trial = tried(text("any-customer-trouble"), signal)
    assert trial.happened == ""
    assert trial.after.startswith("Opens any-customer-trouble: low")


def test_no_such_signal() -> None:
    """Said as such."""
    with pytest.raises(Signal.DoesNotExist):
        backtesting.try_on(text=text("any-customer-trouble"), signal_id=99, now=datetime.now(UTC))
