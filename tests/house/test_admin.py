"""Every page the admin registers answers, and no action changes anything on a GET or without a permission.

unfold draws an action without a dialog as a plain link, and checks one without permissions for `is_staff` only.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

# Kinds that unfold opens by a link of their own; submit-line actions are buttons of the form, thus POST already.
LINKED = ("actions_list", "actions_row", "actions_detail")
KINDS = (*LINKED, "actions_submit_line", "actions")


def names(listed: Any) -> list[str]:
    """Names of the actions in a list that may hold drop-downs of further ones."""
    found: list[str] = []
    for entry in listed or ():
        if isinstance(entry, dict):
            found += names(entry.get("items"))
        else:
            found.append(entry if isinstance(entry, str) else entry.__name__)
    return found


def loose(model_admin: Any) -> list[str]:
    """Actions of one admin class without permissions, or that act on a link being opened."""
    faults = []
    for kind in KINDS:
        for name in names(getattr(model_admin, kind, ())):
            action = getattr(model_admin, name, None) or dict(model_admin.admin_site.actions).get(name)
            if not getattr(action, "allowed_permissions", None):
                faults.append(f"{type(model_admin).__name__}.{name}: no permissions=")
            if kind in LINKED and not getattr(action, "dialog", None):
                faults.append(f"{type(model_admin).__name__}.{name}: no dialog=, so a GET would act")
    return faults


def registered() -> list[Any]:
    """All admin classes of the default site (named by dotted path in opsportal.admin_config)."""
    return sorted(admin.site._registry.values(), key=lambda one: one.model._meta.label)


def pages() -> list[tuple[str, str]]:
    return [(one.model._meta.label_lower, page) for one in registered() for page in ("changelist", "add")]


@pytest.fixture
def superuser_client(db: None) -> Client:
    user = get_user_model().objects.create_superuser("house-root", "root@example.org", "root")
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("label", "page"), pages())
def test_page_answers(label: str, page: str, superuser_client: Client, rf: Any) -> None:
    """200 for whoever may do all; 403 only where the admin class says that nobody adds by hand."""
    model_admin = next(one for one in registered() if one.model._meta.label_lower == label)
    request = rf.get("/")
    request.user = get_user_model().objects.get(username="house-root")
    may = page == "changelist" or model_admin.has_add_permission(request)
    address = reverse(f"admin:{label.replace('.', '_')}_{page}")
    assert superuser_client.get(address).status_code == (200 if may else 403)


def test_actions_ask_and_have_permissions() -> None:
    assert [fault for model_admin in registered() for fault in loose(model_admin)] == []


def test_every_model_has_a_page() -> None:
    """What is stored can be looked at; history has its own screens."""
    own = {"escalations", "templates_engine"}
    missing = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in own
        and not model.__name__.startswith("Historical")
        and not admin.site.is_registered(model)
    ]
    assert missing == []


def test_the_checker_sees_a_fault() -> None:
    good = SimpleNamespace(allowed_permissions=["change"], dialog={"title": "Sure?"})
    bare = SimpleNamespace()
    sample = SimpleNamespace(
        actions_row=["good"],
        actions_detail=[{"title": "More", "items": ["bare"]}],
        actions=["bare"],
        good=good,
        bare=bare,
    )
    assert loose(sample) == [
        "SimpleNamespace.bare: no permissions=",
        "SimpleNamespace.bare: no dialog=, so a GET would act",
        "SimpleNamespace.bare: no permissions=",
    ]
