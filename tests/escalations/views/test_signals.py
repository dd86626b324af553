"""The log of signals: what came, byte for byte as a page can show it, and what the line made of it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from escalations import pipeline
from escalations.models import Signal
from escalations.services import intake
from escalations.views.signals import readable
from tests.escalations.views.casework import World, arrive, stranger, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def omar(here: World) -> Client:
    client = Client()
    client.force_login(here.login(here.omar))
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_empty_log_says_how_it_fills(here: World, omar: Client) -> None:
    assert "No signal has arrived yet" in text(omar, "/signals/")


def test_each_signal_leads_to_its_record_or_case(here: World, omar: Client) -> None:
    arrive(here, account="Tessel Bank", title="Card payments fail", severity="high", problem="cards")
    case = stranger(here)
    page = text(omar, "/signals/")
    assert "Card payments fail" in page
    assert f">{case.reference}<" in page
    assert ">ESC-" in page
    assert "Card payments" not in text(omar, "/signals/?stage=review")
    assert "Payout file" in text(omar, "/signals/?stage=review&source=monitoring")
    assert "No signal fits" in text(omar, "/signals/?stage=erased")


def test_one_signal_shows_bytes_facts_stages_and_proof(here: World, omar: Client) -> None:
    arrive(here, account="Tessel Bank", title="Card payments fail", severity="high", problem="cards")
    signal = Signal.objects.select_related("delivery").get()
    page = text(omar, f"/signals/{signal.pk}/")
    assert "&quot;title&quot;: &quot;Card payments fail&quot;" in page
    assert signal.delivery.sha256 in page
    assert "x-id" in page
    for reason in signal.reasons:
        assert reason["words"].split(":")[0] in page


@pytest.mark.parametrize("body", [b"\x00\xff\xfe<script>alert(1)</script>", b"", b"\xed\xa0\x80", b"[" * 5000])
def test_no_body_breaks_the_page(here: World, omar: Client, body: bytes) -> None:
    now = timezone.now()
    kept = intake.keep(source=here.source, key=f"odd:{body[:8]!r}", body=body, headers={}, verdict="unsigned", now=now)
    pipeline.process(kept.signal_id, now=now)
    page = text(omar, f"/signals/{kept.signal_id}/")
    assert "<script>alert" not in page
    assert "\x00" not in page
    assert f"{len(body)} bytes" in page


def test_control_characters_become_their_pictures() -> None:
    assert readable(b"a\x00b\x1b\x7f\n\xff") == "a␀b␛␡\n\ufffd"


def test_a_missing_signal_is_404(here: World, omar: Client) -> None:
    assert omar.get("/signals/99/").status_code == 404


@pytest.mark.parametrize("path", ["/signals/", "/signals/{pk}/"])
def test_it_costs_few_statements(here: World, omar: Client, path: str, django_assert_max_num_queries: Any) -> None:
    for what in ("Payments", "Exports", "Logins"):
        arrive(here, account="Tessel Bank", title=f"{what} fail", severity="high", problem=what)
    address = path.format(pk=Signal.objects.latest("pk").pk)
    omar.get(address)
    with django_assert_max_num_queries(12):
        omar.get(address)
