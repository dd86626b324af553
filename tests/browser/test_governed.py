"""The whole way of a template through two people's browsers: written, mended, tried, submitted, read, signed, run,
rolled back."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from escalations import clockwork
from escalations.models import Escalation, Person
from escalations.services import backtesting, people
from templates_engine.models import Version
from tests.browser.test_authoring import draft_of, edit, watched
from tests.browser.test_review import enter
from tests.escalations.views.authoring import PAYOUTS, activated, colleague
from tests.escalations.views.casework import World, arrive, world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def here() -> World:
    made = world()
    for person in Person.objects.filter(email=""):
        person.email = f"{person.username}@example.org"
        people.save_person(person=person)
    return made


def payout(here: World, problem: str) -> None:
    """A signal that the new template is about."""
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem=problem)


def opened_on() -> str:
    """The template and version that the newest record runs on."""
    version = Escalation.objects.latest("pk").template
    return f"{version.document.key} v{version.number}"


def test_written_signed_run_and_rolled_back(here: World, browser: Browser, live_server: LiveServer) -> None:
    lee, priya = colleague("lee", "Lee Tanaka", "author"), colleague("priya", "Priya Nair", "approver")
    at = live_server.url
    payout(here, "before")
    assert not opened_on().startswith("payouts")
    with _screen(browser) as writing, _screen(browser) as signing:
        page = enter(writing, at, lee)
        broken = watched(page)
        version = draft_of(lee, PAYOUTS.replace("within: 15m", "within: soon"))
        _write(page, at, version)
        _sign(enter(signing, at, priya), at, version)
        clockwork.sweep()
        payout(here, "after")
        assert opened_on() == "payouts v1"
        worse = draft_of(lee, PAYOUTS.replace("within: 15m", "within: 10m"), based_on=version)
        activated(worse, author=lee, approver=priya)
        payout(here, "with ten minutes")
        assert opened_on() == "payouts v2"
        back = _roll_back(signing.pages[0], at, worse)
        with _screen(browser) as second:
            other = enter(second, at, colleague("nils", "Nils Berg", "approver"))
            other.goto(f"{at}/templates/versions/{back.pk}/")
            _approve(other)
        payout(here, "in the end")
        assert opened_on() == "payouts v3"
        assert Version.objects.get(document__key="payouts", number=3).text == Version.objects.get(pk=version.pk).text
        assert broken == []


def _screen(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")


def _write(page: Page, at: str, version: Version) -> None:
    """A fault at its line, mended; tried on a stored signal; submitted with a sentence."""
    edit(page, at, version)
    expect(page.locator("#faults li")).to_contain_text("steps.2.within")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_contain_text("within: soon")
    page.keyboard.press("Home")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.insert_text("  - {id: acknowledge, do: wait_for_acknowledgement, within: 15m, title: Acknowledge}")
    expect(page.locator("#faults-title")).to_contain_text("No problems")
    page.locator("#signal").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#trial")).to_contain_text("another way than now")
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    _submit(page, "Payouts come first.")
    assert Version.objects.get(pk=version.pk).state == "in_review"


def _submit(page: Page, intent: str) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.locator("#intent")).to_be_focused()
    page.keyboard.type(intent)
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/edit/")):
        page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("in review")


def _sign(page: Page, at: str, version: Version) -> None:
    """The backtest is run from the page; the signature follows what it shows."""
    page.goto(f"{at}/templates/versions/{version.pk}/")
    page.locator("#tested").get_by_role("button", name="Run").first.click()
    expect(page.locator("#tested")).to_be_visible()
    found = backtesting.latest(Version.objects.get(pk=version.pk))
    assert found is not None
    backtesting.run(found.pk)
    page.reload()
    expect(page.locator("#tested")).to_contain_text("1 stored signal")
    _approve(page)
    assert Version.objects.get(pk=version.pk).state == "active"


def _approve(page: Page) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.locator("#say-approve")).to_be_focused()
    page.keyboard.type("Read it.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("It is active")).to_be_visible()


def _roll_back(page: Page, at: str, version: Version) -> Version:
    """Two clicks and a reason make the earlier text a version of its own, which somebody else signs."""
    page.goto(f"{at}/templates/versions/{version.pk}/")
    page.get_by_role("button", name="Roll back to v1", exact=False).click()
    page.locator("#say-roll_back").fill("Ten wake people for nothing")
    page.get_by_role("button", name="Ask for v1 again").click()
    expect(page.locator("h1")).to_contain_text("v2 → v3")
    return Version.objects.get(document=version.document, number=3)
