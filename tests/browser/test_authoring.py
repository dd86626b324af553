"""Writing a template in a real browser, by keyboard: faults, trying, submitting, two at once, a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from escalations.models import Person
from templates_engine.models import Version
from tests.browser.test_review import enter
from tests.escalations.views.authoring import PAYOUTS, colleague, draft_of
from tests.escalations.views.casework import World, arrive, world

pytestmark = pytest.mark.django_db(transaction=True)
SERIOUS = {"serious", "critical"}


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def lee(here: World) -> Person:
    colleague("priya", "Priya Nair", "approver")
    return colleague("lee", "Lee Tanaka", "author")


def watched(page: Page) -> list[str]:
    """What the browser complains of: faults of scripts, and anything the page's policy refused."""
    broken: list[str] = []
    page.on("pageerror", lambda fault: broken.append(str(fault)))
    page.on("console", lambda told: broken.append(told.text) if "Content Security" in told.text else None)
    return broken


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in SERIOUS]


def edit(page: Page, address: str, version: Version) -> None:
    page.goto(f"{address}/templates/versions/{version.pk}/edit/")
    expect(page.locator(".cm-content")).to_be_focused()


def test_written_mended_tried_and_submitted_by_keys_alone(
    here: World, lee: Person, context: BrowserContext, live_server: object
) -> None:
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    version = draft_of(lee)
    page = enter(context, str(live_server), lee)
    broken = watched(page)
    edit(page, str(live_server), version)

    # a misspelt field at the end of the text: it is named at its line, in the list and in the gutter
    page.keyboard.press("Control+End")
    page.keyboard.type("ownerz: nobody\n")
    expect(page.locator("#faults li")).to_have_count(1)
    expect(page.locator("#faults li")).to_contain_text("22:1 ownerz:")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    page.keyboard.press("Control+Home")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_have_text("ownerz: nobody")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ask")).to_contain_text("1 problem blocks it")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.press("Delete")
    expect(page.locator("#faults-title")).to_contain_text("No problems")

    # the outline follows the cursor
    page.keyboard.press("Control+Home")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".out-row.is-here")).to_contain_text("cknowledge")

    # out of the text, to the signal, and try
    page.keyboard.press("Escape")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "signal":
            break
    expect(page.locator("#signal")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#trial")).to_contain_text("another way than now")
    expect(page.locator("#trial")).to_contain_text("payouts holds")

    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ask")).to_contain_text("Priya Nair can sign")
    expect(page.locator("#intent")).to_be_focused()
    page.keyboard.type("Payouts come first.")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/edit/")):
        page.keyboard.press("Control+Enter")
    expect(page.locator("#ask[open]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("in review")
    kept = Version.objects.get(pk=version.pk)
    assert (kept.state, kept.intent) == ("in_review", "Payouts come first.")
    assert kept.text.rstrip() == PAYOUTS.rstrip()
    assert broken == []


def test_facts_owners_and_fields_are_offered(
    here: World, lee: Person, context: BrowserContext, live_server: object
) -> None:
    version = draft_of(lee, PAYOUTS.replace('trigger: title.contains("Payout")\n', ""))
    page = enter(context, str(live_server), lee)
    edit(page, str(live_server), version)
    page.keyboard.press("Control+End")
    offered = page.locator(".cm-tooltip-autocomplete")
    page.keyboard.type("trigger: sev")
    expect(offered).to_contain_text("severity")
    page.wait_for_timeout(150)  # a list that has just opened takes no Enter: it was meant for the text
    page.keyboard.press("Enter")
    page.keyboard.type(" == ")
    page.keyboard.press("Control+Space")
    expect(offered).to_contain_text("critical")
    page.keyboard.press("Escape")
    page.keyboard.type('"high"\n')
    page.keyboard.press("Control+Home")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Backspace")
    page.keyboard.type("op")
    expect(offered).to_contain_text("operations")
    page.keyboard.press("Escape")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type("\n- id: page\ndo: no")
    expect(offered).to_contain_text("notify")
    expect(offered).not_to_contain_text("operations")
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    page.keyboard.type("\nme")
    expect(offered).to_contain_text("message")


def test_it_saves_by_itself_and_two_authors_lose_nothing(
    here: World, lee: Person, browser: Browser, live_server: object
) -> None:
    mira = colleague("mira", "Mira Lindqvist", "author")
    version = draft_of(lee)
    one, two = browser.new_context(), browser.new_context()
    mine, theirs = enter(one, str(live_server), lee), enter(two, str(live_server), mira)
    edit(mine, str(live_server), version)
    edit(theirs, str(live_server), version)
    theirs.keyboard.type("# Mira was here.\n")
    expect(theirs.locator("#saved")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    assert Version.objects.get(pk=version.pk).text.startswith("# Mira was here.")

    mine.keyboard.press("Control+End")
    mine.keyboard.type("# So was Lee.\n")
    expect(mine.locator("#notes")).to_contain_text("Mira Lindqvist saved this draft")
    expect(mine.locator(".cm-content")).to_contain_text("# So was Lee.")
    assert "Lee" not in Version.objects.get(pk=version.pk).text
    mine.locator("#notes").get_by_text("Compare").click()
    expect(mine.locator("#merge")).to_contain_text("# Mira was here.")
    mine.locator(".cm-merge-revert button").first.click()
    mine.locator("#merged").click()
    expect(mine.locator("#saved")).to_contain_text("Saved")
    kept = Version.objects.get(pk=version.pk).text
    assert kept.startswith("# Mira was here.")
    assert kept.endswith("# So was Lee.\n")
    one.close()
    two.close()


def test_what_could_not_be_saved_is_kept_in_the_browser(
    here: World, lee: Person, context: BrowserContext, live_server: object
) -> None:
    version = draft_of(lee)
    page = enter(context, str(live_server), lee)
    edit(page, str(live_server), version)
    context.set_offline(True)
    page.keyboard.type("# Written in a tunnel.\n")
    expect(page.locator("#saved")).to_contain_text("no connection")
    context.set_offline(False)
    page.on("dialog", lambda asked: asked.accept())
    page.evaluate("window.onbeforeunload = null")
    page.route("**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.reload()
    expect(page.locator("#notes")).to_contain_text("not saved is kept in this browser")
    page.unroute("**/edit/")
    page.locator("#notes").get_by_text("Use it").click()
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    assert Version.objects.get(pk=version.pk).text.startswith("# Written in a tunnel.")


def test_without_a_script_it_is_a_text_field_with_buttons(
    here: World, lee: Person, browser: Browser, live_server: object
) -> None:
    version = draft_of(lee)
    context = browser.new_context(java_script_enabled=False)
    page = enter(context, str(live_server), lee)
    page.goto(f"{live_server}/templates/versions/{version.pk}/edit/")
    text = page.get_by_label("Text of the document, in YAML")
    text.fill(PAYOUTS + "ownerz: nobody\n")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#faults")).to_contain_text("22:1 ownerz")
    assert Version.objects.get(pk=version.pk).text == PAYOUTS
    text.fill(PAYOUTS.replace("15m", "10m"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saved")
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_label("Why should it change").fill("Ten minutes are enough.")
    page.locator("#ask-go").click()
    expect(page.locator("main")).to_contain_text("in review")
    kept = Version.objects.get(pk=version.pk)
    assert (kept.state, kept.text) == ("in_review", PAYOUTS.replace("15m", "10m"))
    context.close()


def test_one_path_from_five_answers(here: World, lee: Person, context: BrowserContext, live_server: object) -> None:
    page = enter(context, str(live_server), lee)
    broken = watched(page)
    page.goto(f"{live_server}/templates/")
    page.get_by_role("link", name="Start with one path").click()
    page.get_by_label("What goes wrong").fill('Payouts "bounce"')
    page.get_by_label("high").check()
    page.get_by_label("Its title says one of").fill("payout, pay-out")
    page.get_by_label("First").select_option("team:support")
    page.get_by_label("When nobody answers").select_option("person:lena")
    page.get_by_label("The next action").fill("Call the bank, then the customer")
    page.get_by_label("Outcome").fill("The payout went through the same day")
    expect(page.locator("#made-trigger")).to_contain_text('severity == "high" && title.matches')
    expect(page.locator("#made-outline")).to_contain_text("Call the bank, then the customer")
    page.get_by_role("button", name="Make the draft").click()
    expect(page.locator("#faults-title")).to_contain_text("No problems")
    expect(page.locator(".cm-content")).to_contain_text('Payouts \\"bounce\\"')
    made = Version.objects.get(document__key="payouts-bounce")
    assert (made.state, made.problems) == ("draft", [])
    assert broken == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_wrong_with_it(
    here: World, lee: Person, browser: Browser, live_server: object, scheme: str
) -> None:
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    version = draft_of(lee, PAYOUTS.replace("order: 45", "order: soon"))
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]  # a literal at each call
    page = enter(context, str(live_server), lee)
    broken = watched(page)
    editing = f"/templates/versions/{version.pk}/edit/"
    paths = ("/templates/", "/templates/new/", "/templates/start/", "/templates/template/payouts/", editing)
    for path in paths:
        page.goto(f"{live_server}{path}")
        page.wait_for_timeout(400)
        assert faults(page) == [], path
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ask")).to_be_visible()
    assert faults(page) == []
    assert broken == []
    context.close()


def test_on_a_phone_nothing_is_wider_than_the_screen(
    here: World, lee: Person, browser: Browser, live_server: object
) -> None:
    version = draft_of(lee)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = enter(context, str(live_server), lee)
    editing = f"/templates/versions/{version.pk}/edit/"
    for path in ("/templates/", "/templates/new/", "/templates/start/", "/templates/template/payouts/", editing):
        page.goto(f"{live_server}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    context.close()
