"""Backtests over the wire and by the command."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from escalations.models import Backtest
from escalations.services import backtesting
from escalations.tasks import backtest
from templates_engine.models import Version
from tests.escalations.api.test_api import Caller
from tests.stories import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company(db: None) -> None:
    """The small company of the stories, with a record that opened and one signal that joined it."""
    world.build()
    for number in range(2):
        world.told("zendesk", world.ticket(), delivery=f"d-{number}")


def version() -> Version:
    """What the record opened on."""
    return Version.objects.get(document__key="enterprise-critical-incident", state="active")


def test_started_watched_and_read() -> None:
    ann = Caller("ann", "author")
    answer = ann("POST", "/backtests/", {"version": version().pk})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["state"], made["total"]) == ("queued", 2)
    assert backtest(made["id"]) is False
    done = ann("GET", f"/backtests/{made['id']}/").json()
    assert (done["state"], done["report"]["opened"], done["report"]["joined"]) == ("done", 1, 1)
    rows = ann("GET", f"/backtests/{made['id']}/rows/").json()["results"]
    assert [row["outcome"] for row in rows] == ["open"]
    assert ann("GET", f"/backtests/{made['id']}/rows/?changed=true").json()["results"] == []


def test_who_may_and_what_is_refused() -> None:
    """An operator reads; a version that is not there and an unknown field are refused in words."""
    assert Caller("olga", "operator")("POST", "/backtests/", {"version": version().pk}).status_code == 403
    ann = Caller("ann", "author")
    assert ann("POST", "/backtests/", {"version": 10**9}).status_code in (400, 422)
    assert ann("POST", "/backtests/", {"version": version().pk, "sinse": "x"}).status_code == 400
    assert not Backtest.objects.exists()


def test_stopped() -> None:
    ann = Caller("ann", "author")
    run = backtesting.start(version_id=version().pk, by=None, now=datetime.now(UTC))
    assert ann("POST", f"/backtests/{run.pk}/stop/").json()["state"] == "stopped"
    assert backtest(run.pk) is False


def test_the_command_says_the_same() -> None:
    out = StringIO()
    call_command("backtest", "enterprise-critical-incident", json=True, stdout=out, stderr=StringIO())
    report = json.loads(out.getvalue())
    assert (report["signals"], report["opened"], report["changed"]) == (2, 1, 0)
    out = StringIO()
    call_command("backtest", "enterprise-critical-incident", "--version", "1", stdout=out, stderr=StringIO())
    assert "over 2 signals: 0 would go another way" in out.getvalue()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing"], "no such version"),
        (["zendesk", "--version", "9"], "no such version"),
        (["sla", "--since", "soon"], "no moment"),
        (["sla", "--until", "40d"], "lies before until"),
    ],
)
def test_the_command_refuses_in_words(words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("backtest", *words, stdout=StringIO(), stderr=StringIO())
