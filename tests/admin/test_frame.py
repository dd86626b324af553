"""The frame: one navigation, by permission, cheap; zones; the palette; what signed-out people see."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from opsportal import navigation
from opsportal.admin_site import PortalAdminSite
from opsportal.finding import find
from opsportal.roles import ensure_roles
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def in_role(name: str) -> User:
    """A login that has exactly one role."""
    ensure_roles()
    user = User.objects.create_user(f"one-{name}", password="demo", is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_site_is_ours() -> None:
    assert isinstance(admin.site, PortalAdminSite)


def test_lines_follow_permissions(rf: Any) -> None:
    titles = {}
    for role in ("operator", "admin"):
        request = rf.get("/")
        request.user = in_role(role)
        titles[role] = {line["title"] for section in navigation.sections(request) for line in section["items"]}
    assert "Desk" in titles["operator"]
    assert "Logins" not in titles["operator"]
    assert "Logins" in titles["admin"]


def test_one_line_is_here(rf: Any) -> None:
    request = rf.get(reverse("admin:auth_user_changelist"))
    request.user = in_role("admin")
    lines = [line for section in navigation.sections(request) for line in section["items"]]
    assert [line["title"] for line in lines if line["active"]] == ["Logins"]


def test_letters_are_taken_once() -> None:
    letters = [item.go for section in navigation.SECTIONS for item in section.items if item.go]
    assert len(letters) == len(set(letters))


def test_frame_costs_few_queries(django_assert_max_num_queries: Any) -> None:
    """Session, login, permissions, person; with the caches warm the frame itself asks nothing."""
    client = client_of(in_role("operator"))
    client.get("/preferences/")
    with django_assert_max_num_queries(6):
        assert client.get("/preferences/").status_code == 200


def test_each_context_is_cheap(rf: Any) -> None:
    request = rf.get("/admin/")
    request.user = in_role("admin")
    request.user.get_all_permissions()
    site: Any = admin.site
    site.each_context(request)
    again = rf.get("/admin/")
    again.user = request.user
    with CaptureQueriesContext(connection) as asked:
        site.each_context(again)
    assert len(asked) <= 3


def test_times_are_in_the_readers_zone() -> None:
    user = in_role("operator")
    factories.person("one-operator", user=user, time_zone="Asia/Tokyo")
    page = client_of(user).get("/preferences/").content.decode()
    assert "Tokyo" in page
    assert "+09:00" in page  # data-now


def test_a_reader_sets_his_zone() -> None:
    user = in_role("auditor")
    person = factories.person("one-auditor", user=user, time_zone="UTC")
    answer = client_of(user).post("/preferences/", {"time_zone": "Europe/Berlin"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.time_zone == "Europe/Berlin"
    row = person.history.first()
    assert (row.history_door, row.history_user_id) == ("preferences", user.pk)


def test_palette_finds_by_name_and_number_and_permission() -> None:
    factories.catalog()
    user = in_role("operator")
    record = factories.escalation(account=factories.account("Halden Freight"))
    assert find("h", user=user) == []
    assert [group["title"] for group in find("halden", user=user)] == ["Escalations", "Customers"]
    (only,) = find(f"esc-{record.pk}", user=user)
    assert "Halden Freight" in only["lines"][0]["title"]
    nobody = User.objects.create_user("nobody", is_staff=True)
    assert find("halden", user=nobody) == []


def test_palette_answers_with_a_fragment() -> None:
    answer = client_of(in_role("operator")).get(reverse("admin:search"), {"s": "no such thing"})
    assert answer.status_code == 200
    assert b"<html" not in answer.content


def test_signed_out_people_see_the_login_only() -> None:
    client = Client()
    assert client.get("/preferences/").status_code == 302
    page = client.get("/admin/login/")
    assert page.status_code == 200
    assert "Sign in" in page.content.decode()
    assert "password_reset" in page.content.decode()


def test_demo_says_so_on_every_page(settings: Any) -> None:
    settings.DEMO = True
    assert "integrator" in Client().get("/admin/login/").content.decode()
    page = client_of(in_role("auditor")).get("/preferences/").content.decode()
    assert "Demo" in page


def test_no_demo_no_logins(settings: Any) -> None:
    settings.DEMO = False
    assert "integrator" not in Client().get("/admin/login/").content.decode()


def test_policy_is_strict() -> None:
    policy = Client().get("/admin/login/").headers["Content-Security-Policy"]
    script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "unsafe" not in script


def test_mail_check_is_for_administrators_and_by_post() -> None:
    admin_client, other = client_of(in_role("admin")), client_of(in_role("operator"))
    assert admin_client.get("/mail-check/").status_code == 405
    assert other.post("/mail-check/").status_code == 403
    assert admin_client.post("/mail-check/").status_code == 302


def test_missing_page_is_ours() -> None:
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()
