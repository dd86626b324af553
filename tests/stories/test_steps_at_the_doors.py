"""Steps at the doors: the record page with its buttons and panels, and the API, for each role that acts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from escalations import clockwork
from escalations.models import Escalation, StepAnswer, StepRun
from escalations.services import ledger, tokens
from templates_engine.management.commands.load_catalog import SHIPPED
from tests.stories import world
from tests.stories.test_steps import BODY, HEAD

STEPS = """\
  - {id: milder, do: set_field, field: severity, value: normal, undo: restore, title: Milder for now}
  - {id: how, do: ask_person, question: How do we go on?, within: 30m, sets: plan, show: [problem, status],
     guidance: Look at the shop first.,
     choices: [{key: wait, title: Wait}, {key: refund, title: Refund, why: They paid.}]}
  - {id: may, do: ask_approval, to: {team: operations}, question: "Refund {customer}?", within: 2h}
  - {id: write, do: open_task, to: primary, title: Write to them, within: 1d, wait: true}
  - {id: solve, do: wait_for_resolution, title: Solve it}
"""


@pytest.fixture
def record(db: None, tmp_path: Path) -> Escalation:
    """A record whose line waits at a question, acknowledged."""
    where = 'problem == "orders"'
    text = HEAD.format(key="steps", title="Steps", order=1, trigger=f"'{where}'") + STEPS
    (tmp_path / "steps.yaml").write_text(text)
    world.build(SHIPPED, world.OWNERSHIP, tmp_path)
    found = world.opened("generic", BODY)
    ledger.acknowledge(escalation_id=found.pk, by=world.person("ada"), now=datetime.now(UTC))
    # Whoever approves here is no operator.
    cleo = world.person("cleo").user
    assert cleo is not None
    cleo.groups.set([Group.objects.get(name="approver")])
    found.refresh_from_db()
    return found


def desk(name: str) -> Client:
    """Somebody's browser."""
    client = Client()
    user = world.person(name).user
    assert user is not None
    client.force_login(user)
    return client


def pane(client: Client, record: Escalation) -> str:
    """The record as the page shows it."""
    return client.get(f"/desk/record/{record.pk}/").content.decode()


def post(client: Client, record: Escalation, step: str, **form: Any) -> Any:
    """Send a panel's form."""
    record.refresh_from_db()
    return client.post(f"/desk/act/{record.pk}/step/{step}/", {"seen_version": record.version, **form})


def state(record: Escalation, step: str) -> str:
    """How a step stands."""
    return StepRun.objects.get(escalation=record, step=step).state


def test_a_person_answers_approves_and_ticks_on_the_record(record: Escalation) -> None:
    """The main act of the record is what its step asks of the reader; each panel says what will happen."""
    ada, cleo = desk("ada"), desk("cleo")
    assert 'btn-pri" data-act="step/how/answer"' in pane(ada, record)
    panel = ada.get(f"/desk/act/{record.pk}/step/how/answer/").content.decode()
    for words in ("How do we go on?", "Look at the shop first.", "Refund: They paid.", "orders (Generic)", "not known"):
        assert words in panel
    assert post(ada, record, "how/answer").status_code == 422
    assert post(ada, record, "how/answer", answer="sue").status_code == 422
    assert post(ada, record, "how/answer", answer="refund", comment="at once").json()["done"].startswith("Answered")
    again = post(desk("ben"), record, "how/answer", answer="wait")
    assert (again.status_code, b"was taken by Ada" in again.content) == (409, True)

    assert "You asked for it: somebody else approves." in pane(ada, record)
    assert (post(ada, record, "may/approve").status_code, state(record, "may")) == (403, "waiting")
    assert "Only Cleo may approve" in post(desk("ben"), record, "may/approve").content.decode()
    assert "Refund Acme?" in cleo.get(f"/desk/act/{record.pk}/step/may/approve/").content.decode()
    assert post(cleo, record, "may/approve", comment="fine").status_code == 200
    assert (post(cleo, record, "write/tick").status_code, state(record, "write")) == (403, "waiting")
    assert post(ada, record, "write/tick").status_code == 200
    assert [one.verdict for one in StepAnswer.objects.order_by("id")] == ["chosen", "approved", "ticked"]
    shown = pane(ada, record)
    assert "4 of 5 done" in shown
    assert 'data-act="step/milder/undo"' in shown


def test_a_stale_panel_writes_nothing(record: Escalation) -> None:
    """Somebody noted something meanwhile: 409 with what happened, the choice kept."""
    ada = desk("ada")
    seen = record.version
    ledger.note(escalation_id=record.pk, by=world.person("ben"), text="look here", now=datetime.now(UTC))
    answer = ada.post(f"/desk/act/{record.pk}/step/how/answer/", {"seen_version": seen, "answer": "refund"})
    assert (answer.status_code, state(record, "how")) == (409, "waiting")
    assert "look here" in answer.content.decode()
    assert 'value="refund" checked' in answer.content.decode()


def test_a_step_is_set_back_on_the_record(record: Escalation) -> None:
    """Undo wants a reason; the row then says what was set back."""
    ada = desk("ada")
    assert post(ada, record, "milder/undo").status_code == 422
    assert post(ada, record, "milder/undo", reason="it got worse").status_code == 200
    record.refresh_from_db()
    assert (record.severity, state(record, "milder")) == ("high", "undone")
    assert "set back: severity" in pane(ada, record)


@pytest.mark.parametrize("path", ["nothing/answer", "how/approve", "how/dance", "may/tick"])
def test_what_is_no_step_or_no_act_of_it_is_not_there(record: Escalation, path: str) -> None:
    """404 in words, by GET and by POST."""
    ada = desk("ada")
    assert ada.get(f"/desk/act/{record.pk}/step/{path}/").status_code == 404
    assert post(ada, record, path).status_code == 404


def test_the_same_over_the_api(record: Escalation) -> None:
    """List, answer with If-Match, approve as an approver, tick, undo; refusals as problem details."""
    base = f"/api/v1/escalations/{record.pk}/steps/"

    def call(name: str, step: str, body: Any = None, **headers: str) -> Any:
        user = world.person(name).user
        assert user is not None
        token = tokens.create(user=user, name=f"{name}{timezone.now().timestamp()}", now=timezone.now())
        headers = {"authorization": f"Bearer {token}", **headers}
        if body is None:
            return Client().get(base + step, headers=headers)
        return Client().post(f"{base}{step}/", body, content_type="application/json", headers=headers)

    rows = call("ada", "").json()
    assert [(row["id"], row["state"]) for row in rows][:2] == [("milder", "done"), ("how", "waiting")]
    assert rows[1]["waits_for"] == "ada"
    stale = call("ada", "how/answer", {"answer": "refund"}, **{"if-match": '"1"'})
    assert (stale.status_code, stale.json()["title"]) == (412, "Stale")
    match = {"if-match": f'"{record.version}"'}
    assert call("ada", "how/answer", {"answer": "sue"}, **match).json()["errors"] == {
        "answer": "is one of wait, refund"
    }
    assert call("ada", "how/answer", {"answer": "refund"}, **match).json()["outcome"] == "Refund"
    assert call("ben", "how/answer", {"answer": "wait"}).status_code == 409
    assert "somebody else approves" in call("ada", "may/approve", {}).json()["detail"]
    assert call("cleo", "may/refuse", {}).status_code == 400
    assert call("cleo", "may/approve", {"comment": "go"}).json()["done_by"] == "cleo"
    assert call("cleo", "write/tick", {}).status_code == 403
    assert call("ada", "write/tick", {}).json()["state"] == "done"
    assert call("ada", "milder/undo", {"reason": "worse"}).json()["state"] == "undone"
    assert call("ada", "gone/tick", {}).status_code == 404
    clockwork.sweep()
    assert state(record, "solve") == "waiting"
