"""A portal with guessable secrets or an open debugger does not start."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from opsportal.checks import production_is_closed, refuse_a_bad_start, secrets_are_real


def ids(found: Any) -> list[str]:
    return [one.id for one in found]


def test_the_tests_own_settings_pass() -> None:
    assert ids(production_is_closed()) == []
    assert ids(secrets_are_real()) == []


@pytest.mark.parametrize("weak", ["short", "changeme" * 10, "a" * 80, "django-insecure-" + "ab1" * 20])
def test_a_weak_secret_is_named(settings: Any, weak: str) -> None:
    settings.SECRET_KEY = weak
    settings.SEAL_KEY = weak
    settings.FIELD_KEYS = [weak]
    assert ids(secrets_are_real()) == ["opsportal.E001", "opsportal.E002", "opsportal.E003"]


def test_production_is_not_debugged(settings: Any) -> None:
    settings.PUBLIC_URL = "http://portal.example.org"
    settings.DEMO = False
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["*"]
    settings.MAIL_IS_SET = False
    assert ids(production_is_closed()) == ["opsportal.E004", "opsportal.E005", "opsportal.W001", "opsportal.W002"]


@pytest.mark.django_db
def test_the_start_is_stopped(settings: Any) -> None:
    settings.SECRET_KEY = "changeme"
    with pytest.raises(SystemExit, match="OPSPORTAL_SECRET_KEY"):
        refuse_a_bad_start()
    with pytest.raises(SystemCheckError, match="OPSPORTAL_SECRET_KEY"):
        call_command("check")
