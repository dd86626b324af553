"""The review queue in a real browser: keys, claims, undo, two people at once, a phone, and what axe has to say."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from escalations.models import Case, Person
from escalations.services import cases
from tests.escalations.views.casework import World, arrive, doubtful, later, stranger, world

pytestmark = pytest.mark.django_db(transaction=True)
SERIOUS = {"serious", "critical"}


@pytest.fixture
def here() -> World:
    return world()


def enter(context: BrowserContext, address: str, person: Person) -> Page:
    """Sign somebody in without the form."""
    user = person.user
    assert user is not None
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key is not None
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}])
    return context.new_page()


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


def test_a_case_is_decided_by_keys_alone_and_the_next_is_there(
    here: World, context: BrowserContext, live_server: object
) -> None:
    first, second = stranger(here), doubtful(here)
    later(second, 5)
    address = str(live_server)
    page = enter(context, address, here.omar)
    broken: list[str] = []
    page.on("pageerror", lambda fault: broken.append(str(fault)))
    page.on("console", lambda told: broken.append(told.text) if "Content Security" in told.text else None)
    page.goto(f"{address}/review/")
    expect(page.locator("h1")).to_contain_text(first.subject)
    expect(page.locator("[data-claim]")).to_contain_text("Claimed by you")
    page.keyboard.press("1")
    expect(page.locator("[data-decide]")).to_contain_text("Decide: It is Tessel Bank")
    assert Case.objects.get(pk=first.pk).state == "claimed"
    page.keyboard.press("Enter")
    page.keyboard.type("Spelt wrong")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text(re.compile("Card payments|severity|P9|template", re.IGNORECASE))
    expect(page.locator("[data-toast]")).to_contain_text(f"{first.reference} decided")
    expect(page.locator("[data-left]")).to_contain_text("leaves in")
    page.keyboard.press("u")
    expect(page.locator("h1")).to_contain_text(first.subject)
    expect(page.locator("#reason")).to_have_value("Spelt wrong")
    assert Case.objects.get(pk=first.pk).state != "decided"
    assert broken == []


def test_two_people_on_one_case_see_each_other(here: World, browser: Browser, live_server: object) -> None:
    case = stranger(here)
    address = str(live_server)
    one, two = browser.new_context(), browser.new_context()
    omar, lena = enter(one, address, here.omar), enter(two, address, here.lena)
    omar.goto(f"{address}/review/{case.pk}/")
    expect(omar.locator("[data-claim]")).to_contain_text("Claimed by you")
    lena.goto(f"{address}/review/{case.pk}/")
    expect(lena.locator("[data-note]")).to_contain_text("Omar Said has")
    lena.keyboard.press("1")
    lena.locator("#reason").fill("My own words")
    lena.keyboard.press("Control+Enter")
    expect(lena.locator("[data-note]")).to_contain_text("Your text is kept")
    omar.keyboard.press("2")
    omar.locator("#reason").fill("No customer")
    omar.keyboard.press("Control+Enter")
    expect(omar.locator("h1")).to_contain_text("Nothing waits")
    expect(lena.locator("[data-note]")).to_contain_text("Omar Said decided", timeout=8000)
    expect(lena.locator("#reason")).to_have_value("My own words")
    one.close()
    two.close()


def test_leaving_gives_a_case_back(here: World, context: BrowserContext, live_server: object) -> None:
    case = stranger(here)
    address = str(live_server)
    page = enter(context, address, here.omar)
    page.goto(f"{address}/review/{case.pk}/")
    expect(page.locator("[data-claim]")).to_contain_text("Claimed by you")
    page.goto(f"{address}/outbox/")
    page.wait_for_timeout(300)
    assert Case.objects.get(pk=case.pk).state == "open"


def test_not_mine_and_snooze_by_keys(here: World, context: BrowserContext, live_server: object) -> None:
    first, second = stranger(here), doubtful(here)
    later(second, 5)
    address = str(live_server)
    page = enter(context, address, here.omar)
    page.goto(f"{address}/review/{first.pk}/")
    expect(page.locator("[data-claim]")).to_contain_text("Claimed by you")
    page.keyboard.press("m")
    page.locator("#to").select_option(label="Lena Fors, Lead")
    page.locator("#pass-why").fill("Knows the bank")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-crumb]")).to_have_text(second.reference)
    assert Case.objects.get(pk=first.pk).owner == here.lena
    page.keyboard.press("h")
    page.locator("#snooze-why").fill("Waits for the bank")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".rail-group").last).to_contain_text("Snoozed")
    assert Case.objects.get(pk=second.pk).wake_at is not None


def test_the_rail_hears_of_new_cases_without_moving_under_the_hand(
    here: World, context: BrowserContext, live_server: object
) -> None:
    case = stranger(here)
    address = str(live_server)
    page = enter(context, address, here.omar)
    page.goto(f"{address}/review/{case.pk}/")
    expect(page.locator(".rail-row")).to_have_count(1)
    page.locator(".rail-row").hover()
    later(doubtful(here), -10)
    expect(page.locator(".rail-new")).to_have_text("1 new", timeout=8000)
    expect(page.locator(".rail-row")).to_have_count(1)
    page.mouse.move(900, 400)
    expect(page.locator(".rail-row")).to_have_count(2)


def test_the_rail_is_one_tab_stop_with_arrows_inside(here: World, context: BrowserContext, live_server: object) -> None:
    first, second = stranger(here), doubtful(here)
    later(second, 5)
    address = str(live_server)
    page = enter(context, address, here.omar)
    page.goto(f"{address}/review/{first.pk}/")
    expect(page.locator(".rail-row[tabindex='0']")).to_have_count(1)
    page.locator(".rail-row").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-crumb]")).to_have_text(second.reference)
    page.keyboard.press("k")
    expect(page.locator("[data-crumb]")).to_have_text(first.reference)


def test_another_account_is_found_by_typing(here: World, context: BrowserContext, live_server: object) -> None:
    case = stranger(here, name="Zzyx")
    address = str(live_server)
    page = enter(context, address, here.omar)
    page.goto(f"{address}/review/{case.pk}/")
    page.locator("#own-account").press_sequentially("otter")
    expect(page.locator("#own-accounts option")).to_have_attribute("value", "Otter Finance · otter-finance")
    page.locator("#own-account").fill("Otter Finance · otter-finance")
    page.locator("#reason").fill("They moved")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("decided")
    decision = Case.objects.get().decision
    assert decision is not None
    assert decision["title"] == "It is Otter Finance"


def test_a_decision_elsewhere_reaches_an_open_page(here: World, context: BrowserContext, live_server: object) -> None:
    case = stranger(here)
    address = str(live_server)
    page = enter(context, address, here.omar)
    page.goto(f"{address}/review/{case.pk}/")
    expect(page.locator("[data-claim]")).to_contain_text("Claimed by you")
    cases.reassign(case_id=case.pk, by=here.lena, to_id=here.lena.pk, reason="mine", now=timezone.now())
    answer = {"ignore": "no customer", "title": "Ignore it"}
    cases.decide(case_id=case.pk, by=here.lena, answer=answer, reason="no customer", now=timezone.now())
    expect(page.locator("[data-note]")).to_contain_text("Lena Fors decided", timeout=8000)


def test_on_a_phone_the_rail_then_the_case(here: World, browser: Browser, live_server: object) -> None:
    case = stranger(here)
    address = str(live_server)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = enter(context, address, here.omar)
    page.goto(f"{address}/review/")
    expect(page.locator("#case")).to_be_hidden()
    page.wait_for_timeout(600)
    assert Case.objects.get().state == "open"
    page.locator(".rail-row").tap()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".rail-row")).to_be_hidden()
    page.locator(".ans").first.tap()
    page.locator("#reason").fill("Spelt wrong")
    page.locator("[data-decide]").tap()
    expect(page.locator("[data-toast]")).to_contain_text(f"{case.reference} decided")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_wrong_with_it(here: World, browser: Browser, live_server: object, scheme: str) -> None:
    case = stranger(here)
    later(doubtful(here), 5)
    arrive(here, account="Tessel Bank", title="Card payments fail", severity="high", problem="cards")
    address = str(live_server)
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]  # a literal at each call
    page = enter(context, address, here.omar)
    for path in (f"/review/{case.pk}/", "/outbox/", "/signals/", f"/signals/{case.known['signal']}/"):
        page.goto(f"{address}{path}")
        page.wait_for_timeout(500)
        assert faults(page) == [], path
    context.close()
