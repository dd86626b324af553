"""The API's own page under the content policy, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_api_s_page_works_under_the_policy(page: Page, live_server: LiveServer) -> None:
    """It lists the acts, and the browser refuses nothing of it."""
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.get_by_text("/api/v1/escalations/{id}/acknowledge/")).to_be_visible(timeout=15_000)
    assert [text for text in refused if "Content Security Policy" in text] == []
