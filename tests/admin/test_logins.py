"""Nobody widens his own rights, nobody is deleted, links work once."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.test import Client

from opsportal import first_run
from opsportal.invitations import invitation_link
from opsportal.roles import ROLES, ensure_roles

pytestmark = pytest.mark.django_db
CHANGE = "/admin/auth/user/{}/change/"


@pytest.fixture
def roles() -> None:
    ensure_roles()


def somebody(name: str, role: str = "", **fields: Any) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", "demo", is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(user: User, **changes: Any) -> dict[str, Any]:
    return {"username": user.username, "email": user.email, "is_active": "on", **changes}


def test_roles_are_made_and_made_again(roles: None) -> None:
    ensure_roles()
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_auditors_only_look(roles: None) -> None:
    codes = Group.objects.get(name="auditor").permissions.values_list("codename", flat=True)
    assert codes
    assert all(code.startswith("view_") for code in codes)


def test_authors_do_not_sign_and_approvers_do_not_write() -> None:
    assert "templates_engine.change_version" not in ROLES["author"]
    assert not {code for code in ROLES["approver"] if code.startswith("templates_engine.add_")}


def test_nobody_deletes_records() -> None:
    deletes = {code.rpartition("delete_")[2] for codes in ROLES.values() for code in codes if ".delete_" in code}
    assert deletes <= {"membership", "accountidentifier"}


def test_an_admin_does_not_widen_his_own_rights(roles: None) -> None:
    me = somebody("me", "admin")
    approver = Group.objects.get(name="approver").pk
    client_of(me).post(CHANGE.format(me.pk), form(me, groups=[approver], is_superuser="on", first_name="Ann"))
    me.refresh_from_db()
    assert me.first_name == "Ann"
    assert not me.is_superuser
    assert [group.name for group in me.groups.all()] == ["admin"]


def test_an_admin_makes_no_superuser_but_gives_roles(roles: None) -> None:
    other = somebody("other")
    approver = Group.objects.get(name="approver").pk
    client_of(somebody("me", "admin")).post(
        CHANGE.format(other.pk), form(other, groups=[approver], is_superuser="on", user_permissions=[1])
    )
    other.refresh_from_db()
    assert not other.is_superuser
    assert [group.name for group in other.groups.all()] == ["approver"]
    assert not other.user_permissions.exists()


@pytest.mark.parametrize("page", ["change", "password"])
def test_a_superuser_is_out_of_an_admins_reach(roles: None, page: str) -> None:
    root = User.objects.create_superuser("root", "root@example.org", "old")
    body = {"password1": "new-pass-word-1", "password2": "new-pass-word-1", "usable_password": "true", **form(root)}
    client_of(somebody("me", "admin")).post(f"/admin/auth/user/{root.pk}/{page}/", body)
    root.refresh_from_db()
    assert root.check_password("old")


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"admin"}))
def test_other_roles_change_no_login(roles: None, role: str) -> None:
    me = somebody("me", role)
    client = client_of(me)
    assert client.post(CHANGE.format(me.pk), form(me, first_name="Ann")).status_code == 403
    assert client.post("/admin/auth/user/add/", {"username": "x"}).status_code == 403


def test_logins_are_not_deleted(roles: None) -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    other = somebody("other")
    assert client_of(root).post(f"/admin/auth/user/{other.pk}/delete/", {"post": "yes"}).status_code == 403
    body = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    client_of(root).post("/admin/auth/user/", body)
    assert User.objects.filter(pk=other.pk).exists()


def test_a_new_login_gets_a_link_and_chooses_a_password(roles: None, settings: Any) -> None:
    settings.MAIL_IS_SET = True
    client = client_of(somebody("me", "admin"))
    client.post("/admin/auth/user/add/", {"username": "new", "first_name": "N", "email": "new@example.org"})
    new = User.objects.get(username="new")
    assert new.is_staff
    assert not new.has_usable_password()
    assert new.groups.count() == 0
    assert "/reset/" in mail.outbox[0].body
    visitor = Client()
    page = visitor.get(invitation_link(new).replace("http://testserver", ""), follow=True)
    assert "Choose a password" in page.content.decode()
    words = "a long and odd one 7"
    visitor.post(page.redirect_chain[-1][0], {"new_password1": words, "new_password2": words})
    new.refresh_from_db()
    assert new.check_password(words)


def test_inviting_again_is_a_post(roles: None, settings: Any) -> None:
    settings.MAIL_IS_SET = True
    other = somebody("other")
    client = client_of(somebody("me", "admin"))
    address = f"/admin/auth/user/{other.pk}/invite_again/"
    assert client.get(address).status_code == 200
    assert mail.outbox == []
    assert client.post(address, {"_form_submitted": "True"}).status_code == 302
    assert "/reset/" in mail.outbox[0].body
    assert client_of(somebody("auditor", "auditor")).post(address, {"_form_submitted": "True"}).status_code == 403


def test_the_first_link_works_once(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    address = first_run.link()
    assert address is not None
    assert (tmp_path / "first-run").stat().st_mode & 0o777 == 0o600
    path = address.removeprefix(settings.PUBLIC_URL)
    client = Client()
    assert client.get(path).status_code == 200
    assert client.get("/first-run/wrong/").status_code == 404
    body = {
        "username": "ann",
        "name": "Ann Admin",
        "email": "ann@example.org",
        "password": "a long and odd one 7",
        "again": "a long and odd one 7",
        "time_zone": "UTC",
    }
    assert client.post(path, {**body, "again": "other"}).status_code == 422
    assert client.post(path, body).status_code == 302
    ann = User.objects.get(username="ann")
    assert ann.is_superuser
    assert client.get(path).status_code == 404
    assert first_run.link() is None
