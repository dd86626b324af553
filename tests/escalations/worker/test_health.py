"""What the health page says, in words, for each way of not being able to work."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from escalations.models import Canary, Lease
from escalations.queries import worker
from escalations.services import watching
from opsportal import health
from opsportal.lib import clock

pytestmark = pytest.mark.django_db


def page() -> tuple[int, dict[str, Any]]:
    response = health.readyz(RequestFactory().get("/readyz"))
    return response.status_code, json.loads(response.content)


@pytest.fixture
def now() -> datetime:
    return clock.db_now()


def test_without_a_worker_it_is_not_ready_and_says_what_to_start() -> None:
    status, body = page()
    assert status == 503
    assert body["ready"] is False
    assert "manage.py work" in body["checks"]["sweep"]["words"]
    assert body["checks"]["database"]["ok"]


def test_with_a_worker_it_is_ready(now: datetime) -> None:
    watching.note_sweep(own="here", done={"fired": 0})
    Canary.objects.create(holder="here", asked_at=now, answered_at=now)
    status, body = page()
    assert (status, body["ready"]) == (200, True)
    assert body["checks"]["timers"]["words"] == "no clock is overdue"


@pytest.mark.parametrize(("seconds", "ok"), [(5, True), (15, False)])
def test_an_old_sweep(now: datetime, seconds: int, ok: bool) -> None:
    Lease.objects.create(name="watch", holder="a", beat_at=now - timedelta(seconds=seconds))
    assert worker.readiness(now=now)["sweep"].ok is ok


@pytest.mark.parametrize(("seconds", "ok"), [(30, True), (90, False)])
def test_a_queue_that_does_not_answer(now: datetime, seconds: int, ok: bool) -> None:
    Canary.objects.create(holder="a", asked_at=now - timedelta(seconds=seconds))
    figure = worker.readiness(now=now)["queue"]
    assert figure.ok is ok
    assert figure.words == f"queue has not answered for {seconds} s"


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> datetime:
        raise OperationalError("away")

    monkeypatch.setattr(health.clock, "db_now", away)
    status, body = page()
    assert status == 503
    assert "OperationalError" in body["checks"]["database"]["words"]
