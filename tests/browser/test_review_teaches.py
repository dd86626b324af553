"""The queue by keyboard alone in a real browser: from the row, together, taken back, made a rule; what axe says."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from escalations.models import Case
from escalations.services import cases
from templates_engine.models import Version
from tests.browser.test_review import enter, faults
from tests.escalations.views.casework import World, doubtful, later, stranger, world
from tests.escalations.views.test_review_evidence import decided

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here() -> World:
    return world()


def test_like_cases_are_decided_together_and_taken_back_by_keys_alone(
    here: World, context: BrowserContext, live_server: object
) -> None:
    alike = [doubtful(here, title=title) for title in ("Cards fail", "Tills fail", "Exports fail")]
    later(stranger(here), 5)
    page = enter(context, str(live_server), here.omar)
    broken: list[str] = []
    page.on("pageerror", lambda fault: broken.append(str(fault)))
    page.on("console", lambda told: broken.append(told.text) if "Content Security" in told.text else None)
    page.goto(f"{live_server}/review/")
    expect(page.locator("[data-claim]")).to_contain_text("Claimed by you")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("1 selected")
    page.keyboard.press("j")
    expect(page.locator("[data-crumb]")).to_have_text(alike[1].reference)
    page.keyboard.press("j")
    expect(page.locator("[data-crumb]")).to_have_text(alike[2].reference)
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-picked]")).to_have_text("3 selected")
    page.keyboard.press("b")
    expect(page.locator("h1")).to_have_text("Decide 3 cases together")
    page.keyboard.press("2")
    expect(page.locator("[data-decide]")).to_contain_text("Decide 3: High")
    page.keyboard.press("Enter")
    page.keyboard.type("P9 is high with them")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("3 of 3 decided")
    expect(page.locator("[role=status]").first).to_contain_text("can be taken back, for")
    assert Case.objects.filter(decision__severity="high").count() == 3
    page.keyboard.press("u")
    expect(page.locator("h1")).to_have_text("0 of 3 decided")
    assert Case.objects.filter(state="decided").count() == 0
    assert broken == []


def test_two_people_decide_together_and_nobodys_work_is_lost(
    here: World, context: BrowserContext, live_server: object
) -> None:
    one, two = doubtful(here, title="Cards fail"), doubtful(here, title="Tills fail")
    page = enter(context, str(live_server), here.omar)
    page.goto(f"{live_server}/review/together/?ids={one.pk},{two.pk}")
    expect(page.locator("h1")).to_have_text("Decide 2 cases together")
    cases.claim(case_id=two.pk, by=here.lena, now=two.opened_at)
    page.locator("#reason").fill("Worst by contract")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("1 of 2 decided")
    expect(page.locator(".tog-list")).to_contain_text(f"Lena Fors has {two.reference} in hand")
    assert Case.objects.get(pk=two.pk).state == "claimed"


def test_the_usual_answer_is_decided_on_its_row(here: World, context: BrowserContext, live_server: object) -> None:
    decided(here, "high", "high", "high")
    case = doubtful(here)
    page = enter(context, str(live_server), here.omar)
    page.goto(f"{live_server}/review/{case.pk}/")
    expect(page.locator("[data-claim]")).to_contain_text("Claimed by you")
    expect(page.locator(".rail-take button")).to_contain_text("High 3 of 3")
    page.locator(".rail-row").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text(f"{case.reference} decided")
    expect(page.locator("h1")).to_contain_text("Nothing waits")
    taken = Case.objects.get(pk=case.pk)
    assert taken.decision_reason == "As suggested: 3 of 3 decided so"
    page.keyboard.press("u")
    expect(page.locator("h1")).to_contain_text("P9")
    assert Case.objects.get(pk=case.pk).state != "decided"


def test_a_case_becomes_a_rule_without_leaving_it(here: World, context: BrowserContext, live_server: object) -> None:
    case = doubtful(here)
    page = enter(context, str(live_server), here.omar)
    page.goto(f"{live_server}/review/{case.pk}/")
    expect(page.locator("[data-claim]")).to_contain_text("Claimed by you")
    page.keyboard.press("2")
    page.keyboard.press("R")
    expect(page.locator(".rule")).to_contain_text("“P9” in Generic JSON means severity high.")
    expect(page.locator(".rule-diff ins")).to_contain_text("P9: high")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").first).to_contain_text("is drafted and tried over 1 stored signal")
    expect(page.locator("[data-crumb]")).to_have_text(case.reference)
    draft = Version.objects.get(origin="proposed")
    assert draft.author == here.omar.user
    page.keyboard.press("R")
    expect(page.locator(".rule")).to_contain_text("says so already: it is draft")
    page.keyboard.press("Escape")
    expect(page.locator(".rule")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_wrong_with_these_pages(
    here: World, browser: Browser, live_server: object, scheme: str
) -> None:
    decided(here, "high", "high", "high")
    one, two = doubtful(here), doubtful(here, title="Tills are dead")
    cases.claim(case_id=two.pk, by=here.lena, now=two.opened_at)
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]  # a literal at each call
    page = enter(context, str(live_server), here.omar)
    for path in (f"/review/together/?ids={one.pk},{two.pk}", f"/review/{one.pk}/rule/?choice=2", "/review/reasons/"):
        page.goto(f"{live_server}{path}")
        page.wait_for_timeout(300)
        assert faults(page) == [], path
    page.goto(f"{live_server}/review/")
    page.keyboard.press("d")
    page.keyboard.press("x")
    assert faults(page) == []
    context.close()
    phone = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})  # type: ignore[arg-type]  # as above
    page = enter(phone, str(live_server), here.omar)
    for path in ("/review/", f"/review/together/?ids={one.pk},{two.pk}", "/review/reasons/"):
        page.goto(f"{live_server}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    phone.close()
