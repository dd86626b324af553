"""The story of the product, played with its real parts: the wire, a supervised worker, the browser."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from escalations.models import Case, Escalation, Handoff, Lease, Signal
from escalations.sources.signing import sign
from templates_engine.management.commands.load_catalog import SHIPPED
from tests.stories import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
QUICK = ROOT / "tests" / "stories" / "quick"
# decisions.md, Lateness: three seconds at the 99th percentile.
LATE = timedelta(seconds=3)


@pytest.fixture
def portal(live_server: LiveServer, process_environment: dict[str, str]) -> Iterator[LiveServer]:
    """The web in this process, and `manage.py work` beside it on the same database."""
    cache.clear()
    world.build(SHIPPED, world.OWNERSHIP, QUICK)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "work", "--workers", "2"],
        cwd=ROOT,
        env=process_environment,
        start_new_session=True,
    )
    _until(lambda: Lease.objects.filter(beat_at__gt=datetime.now(UTC) - timedelta(seconds=3)).exists(), 30)
    yield live_server
    os.killpg(worker.pid, signal.SIGTERM)
    worker.wait(timeout=30)


def _until(true: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def _post(portal: LiveServer, body: dict[str, Any], delivery: str) -> str:
    data = json.dumps(body).encode()
    headers = sign("zendesk", world.SECRET, data, datetime.now(UTC), delivery)
    answer = httpx.post(f"{portal.url}/in/zendesk/", content=data, headers=headers, trust_env=False)
    assert answer.status_code == 202
    return str(answer.json()["signal"])


def _sign_in(page: Page, portal: LiveServer, username: str) -> None:
    page.goto(f"{portal.url}/admin/login/?next=/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", "demo")
    page.click("[type=submit]")


def test_from_webhook_to_the_right_hands(portal: LiveServer, page: Page) -> None:
    """One is acknowledged; one nobody answers moves by itself; one is unclear, is decided, and goes on."""
    _sign_in(page, portal, "ada")

    _post(portal, world.ticket(1), "d-1")
    row = page.locator(".row", has_text="Nobody can sign in")
    page.wait_for_timeout(1500)
    page.reload()
    expect(row).to_contain_text("Ada")
    row.click()
    expect(page.locator(".rec-acts .btn-pri")).to_contain_text("Acknowledge")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("a")
    expect(page.locator("#panel-words")).to_contain_text("You take Acme")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("acknowledged")
    assert Escalation.objects.get().state == "acknowledged"

    _post(portal, world.ticket(2, ticket_title="Orders charged twice"), "d-2")
    _until(lambda: Handoff.objects.filter(how="failed_over").exists(), 30)
    moved = Handoff.objects.get(how="failed_over")
    record = Escalation.objects.get(title="Orders charged twice")
    lateness = moved.at - (record.opened_at + timedelta(seconds=12))
    assert timedelta(0) <= lateness <= LATE
    assert moved.to_person == world.person("ben")
    page.reload()
    expect(page.locator(".row", has_text="Orders charged twice")).to_contain_text("Ben")

    unclear = _post(portal, world.ticket(3, organization_id="404", ticket_title="Exports hang"), "d-3")
    _until(Case.objects.filter(reason="account_unknown").exists, 10)
    case = Case.objects.get(reason="account_unknown")
    page.goto(f"{portal.url}/review/{case.pk}/")
    page.locator("#own-account").press_sequentially("acm")
    expect(page.locator("#own-accounts option")).to_have_attribute("value", "Acme · acme")
    page.locator("#own-account").fill("Acme · acme")
    page.locator("#reason").fill("Their second brand")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Undo")
    assert Signal.objects.get(pk=unclear).stage == "review"
    _until(lambda: Signal.objects.get(pk=unclear).stage == "matched", 20)
    assert Signal.objects.get(pk=unclear).escalation.account == world.acme()
    page.goto(portal.url)
    expect(page.locator(".row", has_text="Exports hang")).to_be_visible()
