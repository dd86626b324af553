"""The frame in a real browser: no error under the strict policy, themes, keys, palette, phone, landmarks."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Page, expect

from opsportal.roles import ensure_roles
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = "/admin/auth/user/"


@pytest.fixture
def portal(live_server: Any, page: Page) -> Iterator[Page]:
    """A page signed in as a superuser; whatever the browser complains about fails the test."""
    cache.clear()
    factories.catalog()
    ensure_roles()
    user = User.objects.create_superuser("root", "root@example.org", "demo", first_name="Ann", last_name="Root")
    factories.person("root", name="Ann Root", user=user, time_zone="Europe/Berlin")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.goto(f"{live_server.url}/admin/login/?next=/preferences/")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Preferences")).to_be_visible()
    page.base = live_server.url  # type: ignore[attr-defined]  # where this page's server is
    yield page
    assert complaints == []


def go(page: Page, path: str) -> None:
    page.goto(page.base + path)  # type: ignore[attr-defined]  # set by the fixture


@pytest.mark.parametrize(
    "path",
    [
        ADMIN,
        ADMIN + "add/",
        ADMIN + "{user}/change/",
        ADMIN + "{user}/history/",
        "/admin/auth/group/{group}/change/",
        "/admin/?all=1",
        "/admin/password_change/",
        "/preferences/",
    ],
)
def test_pages_are_quiet_and_have_one_main(portal: Page, path: str) -> None:
    user = User.objects.get(username="root")
    ensure_roles()
    group = user.groups.model.objects.order_by("pk").first()
    go(portal, path.format(user=user.pk, group=group.pk if group else 0))
    expect(portal.get_by_role("main")).to_have_count(1)
    expect(portal.get_by_role("navigation", name="Main")).to_be_visible()
    portal.wait_for_timeout(200)


@pytest.mark.parametrize("path", ["/preferences/", ADMIN])
def test_theme_is_one_for_both_kinds_of_pages(portal: Page, path: str) -> None:
    go(portal, path)
    portal.get_by_label("theme, password, sign out").click()
    portal.get_by_role("button", name="Dark").click()
    for other in ("/preferences/", ADMIN):
        go(portal, other)
        expect(portal.locator("html")).to_have_attribute("data-theme", "dark")
        assert portal.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 19, 22)"


def test_keys_go_and_explain(portal: Page) -> None:
    portal.keyboard.press("?")
    sheet = portal.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Desk")
    portal.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    portal.keyboard.press("g")
    portal.keyboard.press("d")
    expect(portal).to_have_url(portal.base + "/")  # type: ignore[attr-defined]  # set by the fixture


def test_keys_can_be_switched_off(portal: Page) -> None:
    portal.get_by_label("Single keys act").uncheck()
    portal.locator("body").click(position={"x": 900, "y": 700})
    portal.keyboard.press("?")
    expect(portal.get_by_role("dialog", name="Keys")).to_be_hidden()


@pytest.mark.parametrize("path", ["/preferences/", ADMIN])
def test_palette_finds_screens_and_records(portal: Page, path: str) -> None:
    record = factories.escalation(account=factories.account("Halden Freight"))
    go(portal, path)
    portal.keyboard.press("Control+k")
    field = portal.get_by_role("combobox", name="Search or run")
    expect(field).to_be_focused()
    field.fill("Logins")
    expect(portal.get_by_role("option", name="Logins")).to_be_visible()
    field.fill("halden")
    found = portal.get_by_role("option").filter(has_text=f"ESC-{record.pk}")
    expect(found).to_be_visible()
    expect(found).to_have_attribute("aria-selected", "true")
    portal.keyboard.press("Escape")
    expect(field).to_be_hidden()


def test_phone_has_the_menu_behind_a_button(portal: Page) -> None:
    portal.set_viewport_size({"width": 390, "height": 844})
    for path in ("/preferences/", ADMIN):
        go(portal, path)
        menu = portal.get_by_role("button", name="Menu", exact=True)
        expect(portal.get_by_role("navigation", name="Main")).to_be_hidden()
        menu.click()
        expect(portal.get_by_role("navigation", name="Main")).to_be_visible()
        portal.keyboard.press("Escape")
        expect(portal.get_by_role("navigation", name="Main")).to_be_hidden()
        assert portal.evaluate("document.documentElement.scrollWidth") <= 390


def test_skip_link_is_first(portal: Page) -> None:
    go(portal, ADMIN)
    portal.keyboard.press("Tab")
    expect(portal.get_by_role("link", name="Skip to content")).to_be_focused()


def test_a_form_is_saved_and_a_dialog_acts_by_post(portal: Page) -> None:
    other = User.objects.create_user("other", "other@example.org", "demo", is_staff=True)
    go(portal, f"{ADMIN}{other.pk}/change/")
    portal.get_by_label("First name").fill("Oda")
    portal.get_by_role("button", name="Save", exact=True).click()
    expect(portal.get_by_role("status").first).to_contain_text("was changed")
    go(portal, f"{ADMIN}{other.pk}/change/")
    portal.get_by_role("link", name="Invite again").click()
    portal.get_by_role("button", name="Make the link").click()
    expect(portal.get_by_role("status").first).to_contain_text("/reset/")


def test_countdown_says_late_in_words(portal: Page) -> None:
    portal.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        "`<time id=a data-due='${new Date(Date.now() - 41 * 60000 - 5000).toISOString()}'></time>"
        "<time id=b data-due='${new Date(Date.now() + 100 * 60000 + 5000).toISOString()}'></time>`);opsportal.tick()"
    )
    expect(portal.locator("#a")).to_have_text("41 min late")
    expect(portal.locator("#b")).to_have_text("1 h 40")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/preferences/", ADMIN, ADMIN + "add/"])
def test_axe_finds_nothing_serious(portal: Page, path: str, theme: str) -> None:
    portal.evaluate("name => opsportal.chooseTheme(name)", theme)
    go(portal, path)
    portal.wait_for_timeout(300)
    found = Axe().run(portal).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"][:160]) for one in found if one["impact"] in {"serious", "critical"}]
    assert serious == []
