"""The Desk in a browser: keys, acts, what somebody else did meanwhile, new work, the phone, and axe."""

import json
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from escalations.models import Entry, Escalation, Person
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 30


@pytest.fixture
def jonas() -> Person:
    cache.clear()
    make.catalog()
    jonas = make.person("jonas", name="Jonas Weber", title="Platform support", user=make.login("jonas"))
    tomas = make.person("tomas", name="Tomas Rehak")
    for number in range(ROWS):
        customer = make.account(f"Customer {number:02d}", amount=50_000)
        due = make.now() + timedelta(minutes=20 + 5 * number)
        record = make.escalation(
            account=customer, owner=jonas, backup=tomas, rank_at=due, due=due, title=f"Export {number:02d} stuck"
        )
        make.entry(record, "Opened from signal 1")
        make.step(record, 0, "Acknowledge", do="wait_for_acknowledgement", state="waiting")
    return jonas


@pytest.fixture
def desk(page: Page, live_server: LiveServer, jonas: Person) -> Page:
    return sign_in(page, live_server)


def sign_in(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/admin/login/?next=/")
    page.fill("[name=username]", "jonas")
    page.fill("[name=password]", "demo")
    page.click("[type=submit]")
    expect(page.locator("#rec-scroll")).to_be_visible()
    return page


def cursor(page: Page) -> str:
    return page.locator('.row[aria-selected="true"] b').inner_text()


def poll(page: Page) -> None:
    """What the page does every five seconds, now."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_keys_move_the_cursor_and_the_record_follows(desk: Page) -> None:
    assert cursor(desk) == "Customer 00"
    desk.keyboard.press("j")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(".rec-head h2")).to_contain_text("Customer 02")
    desk.keyboard.press("k")
    expect(desk.locator(".rec-head h2")).to_contain_text("Customer 01")
    record = Escalation.objects.get(account__name="Customer 01")
    assert f"e={record.pk}" in desk.url
    desk.reload()
    expect(desk.locator(".rec-head h2")).to_contain_text("Customer 01")


def test_acknowledging_says_what_will_happen_and_does_it(desk: Page, jonas: Person) -> None:
    desk.keyboard.press("a")
    expect(desk.locator("#panel-words")).to_contain_text("You take Customer 00")
    desk.keyboard.press("Enter")
    expect(desk.locator(".toast")).to_contain_text("Customer 00 is acknowledged")
    expect(desk.locator(".rec-acts .btn-pri")).to_contain_text("Resolve")
    assert Escalation.objects.get(account__name="Customer 00").acknowledged_by == jonas
    assert desk.evaluate("document.activeElement.id") == "rows"


def test_a_key_right_after_a_move_means_the_row_under_the_cursor(desk: Page) -> None:
    desk.evaluate("['j', 'j', 'a'].forEach(key => window.dispatchEvent(new KeyboardEvent('keydown', {key})))")
    expect(desk.locator("#panel-words")).to_contain_text("You take Customer 02")


def test_marked_rows_are_acknowledged_together_after_a_preview(desk: Page) -> None:
    for key in "xjxa":
        desk.keyboard.press(key)
    expect(desk.locator(".bulk li")).to_have_text(["Customer 00: Export 00 stuck", "Customer 01: Export 01 stuck"])
    desk.keyboard.press("Enter")
    expect(desk.locator(".toast")).to_contain_text("2 acknowledged")
    assert Escalation.objects.filter(state="acknowledged").count() == 2
    expect(desk.locator("#marked")).to_be_hidden()


def test_a_hand_off_says_what_is_missing_and_keeps_the_text(desk: Page) -> None:
    desk.keyboard.press("h")
    desk.fill("#f-reason", "Knows the proxy")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#f-to-e")).to_have_text("Choose who gets it")
    expect(desk.locator("#f-reason")).to_have_value("Knows the proxy")
    desk.keyboard.press("Escape")
    desk.keyboard.press("h")
    expect(desk.locator("#f-reason")).to_have_value("Knows the proxy")
    desk.select_option("#f-to", label="Tomas Rehak")
    desk.click('[data-text="2h"]')
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("handed off")
    expect(desk.locator(".three .big").first).to_have_text("Tomas Rehak")


def test_what_somebody_else_did_is_told_and_the_text_outlives_it(desk: Page) -> None:
    desk.keyboard.press("r")
    desk.fill("#f-resolution", "Callback allowed")
    record = Escalation.objects.get(account__name="Customer 00")
    Escalation.objects.filter(pk=record.pk).update(version=9)
    make.entry(record, "Dana Okafor noted: called them", actor="Dana Okafor")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".panel-stale")).to_contain_text("Dana Okafor noted: called them")
    expect(desk.locator("#f-resolution")).to_have_value("Callback allowed")
    desk.click(".panel-foot .btn-pri")
    expect(desk.locator(".toast")).to_contain_text("is resolved")
    expect(desk.locator(".row.is-gone")).to_contain_text("Customer 00")
    expect(desk.locator("#newer")).to_be_hidden()
    desk.keyboard.press("j")
    expect(desk.locator(".row").first).to_contain_text("Customer 01")
    assert cursor(desk) == "Customer 01"


def test_new_work_waits_and_no_row_moves_under_the_cursor(desk: Page, jonas: Person) -> None:
    desk.keyboard.press("j")
    before = desk.locator('.row[aria-selected="true"]').bounding_box()
    urgent = make.escalation(account=make.account("Halden Freight"), owner=jonas, rank_at=make.now())
    poll(desk)
    expect(desk.locator("#newer")).to_have_text("1 new above")
    assert desk.locator('.row[aria-selected="true"]').bounding_box() == before
    assert desk.locator(f"#e{urgent.pk}").count() == 0
    desk.click("#newer")
    expect(desk.locator(".row").first).to_contain_text("Halden Freight")
    assert cursor(desk) == "Customer 01"
    assert desk.evaluate("document.activeElement.id") == "rows"


def test_leaving_the_row_takes_what_waited_and_keeps_the_place(desk: Page, jonas: Person) -> None:
    desk.keyboard.press("End")
    desk.keyboard.press("k")
    below = desk.locator('.row[aria-selected="true"] + .row')
    name = below.locator("b").inner_text()
    top: Any = below.bounding_box()
    for number in range(3):
        make.escalation(account=make.account(f"Urgent {number}"), owner=jonas, rank_at=make.now())
    poll(desk)
    expect(desk.locator("#newer")).to_have_text("3 new above")
    desk.keyboard.press("j")
    assert cursor(desk) == name
    box: Any = desk.locator('.row[aria-selected="true"]').bounding_box()
    assert abs(box["y"] - top["y"]) <= 16  # the row that closes above it is 16 px lower than it was
    expect(desk.locator("#newer")).to_have_text("3 new above")
    desk.click("#newer")
    expect(desk.locator(".row.is-new").first).to_contain_text("Urgent 0")
    expect(desk.locator("#newer")).to_be_hidden()


def test_a_full_page_counts_only_what_is_new(desk: Page, jonas: Person) -> None:
    owner, account = jonas, make.account("Filler")
    for number in range(60 - ROWS):
        due = make.now() + timedelta(hours=9, minutes=number)
        make.escalation(owner=owner, account=account, rank_at=due, due=due)
    desk.reload()
    expect(desk.locator(".row")).to_have_count(50)
    make.escalation(account=make.account("Halden Freight"), owner=jonas, rank_at=make.now())
    poll(desk)
    expect(desk.locator("#newer")).to_have_text("1 new above")
    assert desk.locator(".row.is-gone").count() == 0
    desk.keyboard.press("End")
    expect(desk.locator("#more")).to_be_visible()
    desk.keyboard.press("j")
    expect(desk.locator(".row")).to_have_count(61)


def test_a_change_shows_in_place(desk: Page) -> None:
    record = Escalation.objects.get(account__name="Customer 00")
    Escalation.objects.filter(pk=record.pk).update(version=2, blocker="access")
    poll(desk)
    expect(desk.locator(f"#e{record.pk} .l2")).to_contain_text("blocker: access")
    expect(desk.locator(".rec-head p").first).to_contain_text("Blocker: access")
    expect(desk.locator("#newer")).to_be_hidden()


def test_the_filter_narrows_and_gives_back(desk: Page) -> None:
    desk.keyboard.press("/")
    desk.keyboard.type("customer 07")
    expect(desk.locator(".row")).to_have_count(1)
    desk.keyboard.type(" nobody")
    expect(desk.locator(".after .empty b")).to_contain_text(f"0 of {ROWS} shown")
    desk.keyboard.press("Escape")
    expect(desk.locator(".row")).to_have_count(ROWS)


def test_the_list_is_dense_and_the_page_never_scrolls(desk: Page) -> None:
    shown = desk.evaluate(
        """() => { const edge = document.getElementById('scroll').getBoundingClientRect().bottom + 1;
        return [...document.querySelectorAll('.row')].filter(r => r.getBoundingClientRect().bottom <= edge).length }"""
    )
    assert shown >= 24
    assert desk.evaluate("document.documentElement.scrollHeight <= innerHeight")
    desk.keyboard.press("d")
    assert desk.locator(".row").nth(3).bounding_box()["height"] == 48  # type: ignore[index]  # the row is on screen
    desk.reload()
    assert desk.locator(".row").nth(3).bounding_box()["height"] == 48  # type: ignore[index]  # kept for this person


def test_keys_do_nothing_while_somebody_types(desk: Page) -> None:
    desk.keyboard.press("n")
    desk.fill("#f-text", "")
    desk.keyboard.type("jkhr")
    expect(desk.locator("#f-text")).to_have_value("jkhr")
    assert cursor(desk) == "Customer 00"


def test_the_phone_shows_the_list_then_the_record(browser: Browser, live_server: LiveServer, jonas: Person) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = sign_in_on_phone(context.new_page(), live_server)
    page.locator(".row").nth(1).click()
    expect(page.locator(".rec-head h2")).to_contain_text("Customer 01")
    expect(page.locator(".desk-list")).to_be_hidden()
    button = page.locator(".thumb .btn-pri")
    box: Any = button.bounding_box()
    assert box["height"] >= 48
    assert box["y"] > 844 / 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button.click()
    page.click(".panel-foot .btn-pri")
    expect(page.locator(".toast")).to_contain_text("Customer 01 is acknowledged")
    page.click("#back")
    expect(page.locator(".desk-list")).to_be_visible()
    context.close()


def sign_in_on_phone(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/admin/login/?next=/")
    page.fill("[name=username]", "jonas")
    page.fill("[name=password]", "demo")
    page.click("[type=submit]")
    expect(page.locator(".row").first).to_be_visible()
    expect(page.locator(".thumb .btn-pri")).to_be_visible()
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(desk: Page, theme: str) -> None:
    desk.evaluate(f"opsportal.chooseTheme('{theme}')")
    desk.keyboard.press("h")
    expect(desk.locator(".panel")).to_be_visible()
    found = Axe().run(desk).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], json.dumps([(one["id"], one["nodes"][0]["html"][:200]) for one in serious], indent=1)


def test_no_script_of_the_page_is_refused(page: Page, live_server: LiveServer, jonas: Person) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: said.append(str(fault)))
    sign_in(page, live_server)
    page.keyboard.press("p")
    expect(page.locator(".panel")).to_be_visible()
    assert said == []
    assert Entry.objects.count() == ROWS
