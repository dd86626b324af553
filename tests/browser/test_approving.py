"""Judging a template in a real browser, by keyboard: read, sign, send back, roll back; an author, a phone."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from escalations.models import Person
from escalations.services import backtesting, governing
from templates_engine.models import Version
from tests.browser.test_authoring import faults, watched
from tests.browser.test_review import enter
from tests.escalations.views.authoring import PAYOUTS, activated, colleague, draft_of
from tests.escalations.views.casework import World, arrive, world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def lee(here: World) -> Person:
    return colleague("lee", "Lee Tanaka", "author")


@pytest.fixture
def priya(here: World) -> Person:
    return colleague("priya", "Priya Nair", "approver")


@pytest.fixture
def asked(here: World, lee: Person, priya: Person) -> Version:
    """v2 in review over an active v1, with a backtest over one stored signal."""
    first = activated(draft_of(lee), author=lee, approver=priya)
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    assert lee.user is not None
    made = draft_of(lee, PAYOUTS.replace("within: 15m", "within: 10m"), based_on=first)
    now = made.created_at
    governing.submit(version_id=made.pk, by=lee.user, intent="Ten minutes are in the contract.", now=now)
    backtesting.run(backtesting.start(version_id=made.pk, by=lee.user, now=now).pk)
    return Version.objects.get(pk=made.pk)


def look(page: Page, address: object, version: Version) -> None:
    page.goto(f"{address}/templates/versions/{version.pk}/")


def state(version: Version) -> str:
    return Version.objects.get(pk=version.pk).state


def test_read_signed_and_rolled_back_by_keys(
    asked: Version, priya: Person, context: BrowserContext, live_server: object
) -> None:
    page = enter(context, str(live_server), priya)
    broken = watched(page)
    look(page, live_server, asked)
    expect(page.locator(".ap-words")).to_contain_text("10 min")
    expect(page.locator("#tested")).to_contain_text("1 stored signal")
    expect(page.locator(".diff .add u")).to_have_text(["10m"])
    page.keyboard.press("n")
    expect(page.locator(".diff .chg")).to_be_focused()
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    assert faults(page) == []

    page.keyboard.press("Control+Enter")
    expect(page.locator("#say-approve")).to_be_focused()
    assert state(asked) == "in_review"
    assert faults(page) == []
    page.keyboard.type("Read it.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("You signed v2. It is active")).to_be_visible()
    assert state(asked) == "active"

    # two clicks, a reason between them
    page.get_by_role("button", name="Roll back to v1", exact=False).click()
    page.locator("#say-roll_back").fill("Ten wake people for nothing")
    page.get_by_role("button", name="Ask for v1 again").click()
    expect(page.locator("h1")).to_contain_text("v2 → v3")
    expect(page.locator("#why")).to_contain_text("You wrote this version, so you can not sign it.")
    assert broken == []


def test_an_author_sees_why_and_reads_what_was_sent_back(
    asked: Version, lee: Person, priya: Person, context: BrowserContext, live_server: object
) -> None:
    page = enter(context, str(live_server), lee)
    look(page, live_server, asked)
    approve = page.get_by_role("button", name="Approve v2")
    expect(approve).to_have_attribute("aria-disabled", "true")
    approve.focus()
    expect(approve).to_be_focused()
    expect(page.locator("#why")).to_contain_text("You wrote this version, so you can not sign it.")
    assert faults(page) == []
    page = enter(context, str(live_server), priya)
    look(page, live_server, asked)
    page.keyboard.press("s")
    expect(page.locator("#say-send_back")).to_be_focused()
    page.keyboard.type("Why ten?")
    page.keyboard.press("Escape")
    expect(page.locator("#act-send_back")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator("#say-send_back")).to_have_value("Why ten?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("v2 is sent back")).to_be_visible()
    page = enter(context, str(live_server), lee)
    look(page, live_server, asked)
    expect(page.locator(".ap-head")).to_contain_text("Why ten?")


def test_on_a_phone_the_footer_is_within_reach(
    asked: Version, priya: Person, context: BrowserContext, live_server: object
) -> None:
    page = enter(context, str(live_server), priya)
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, live_server, asked)
    box = page.get_by_role("button", name="Approve v2").bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert box["y"] + box["height"] <= 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(page) == []
    page.goto(f"{live_server}/governance/")
    expect(page.get_by_role("heading", name="Waiting for a signature")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(page) == []
