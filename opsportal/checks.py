"""What stops the start: a portal that people rely on must not run on guessed secrets or with its debugger open.

Imported by the admin app's ready(), so that every command, gunicorn and the worker hold to it.
"""

from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Critical, Error, register

LOCAL = {"127.0.0.1", "localhost", "::1", "testserver"}
SHORTEST = 40
GUESSABLE = ("changeme", "change-me", "django-insecure", "insecure", "secret", "password", "default", "example")


def is_production() -> bool:
    """Whether others reach this portal: its public address is not this machine's own, and it is no demo."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return host not in LOCAL and not settings.DEMO


def _weak(value: str) -> bool:
    return len(value) < SHORTEST or len(set(value)) < 8 or value.lower().startswith(GUESSABLE)


def _is_fernet(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register
def secrets_are_real(**kwargs: Any) -> list[CheckMessage]:
    """E001 to E003: keys are there, long enough and of the right kind."""
    found: list[CheckMessage] = []
    for number, name in ((1, "SECRET_KEY"), (2, "SEAL_KEY")):
        if _weak(getattr(settings, name)):
            found.append(
                Critical(
                    f"OPSPORTAL_{name} is missing, short or guessable.",
                    hint=f"Set OPSPORTAL_{name} (or OPSPORTAL_{name}_FILE) to {SHORTEST} or more random characters, "
                    "or leave it out: one is made in the var folder.",
                    id=f"opsportal.E00{number}",
                )
            )
    if not settings.FIELD_KEYS or not all(_is_fernet(key) for key in settings.FIELD_KEYS):
        found.append(
            Critical(
                "OPSPORTAL_FIELD_KEYS holds something that is no Fernet key.",
                hint="Keys of 32 bytes in URL-safe base 64, newest first, joined by commas.",
                id="opsportal.E003",
            )
        )
    return found


@register
def production_is_closed(**kwargs: Any) -> list[CheckMessage]:
    """E004, E005, W001, W002: what is fine on one's own machine only."""
    if not is_production():
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Critical(
                "OPSPORTAL_DEBUG is on while others can reach the portal.",
                hint="Unset it: error pages would show settings and data.",
                id="opsportal.E004",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error("OPSPORTAL_ALLOWED_HOSTS allows every host.", hint="Name the portal's own.", id="opsportal.E005")
        )
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        found.append(
            checks.Warning(
                "OPSPORTAL_PUBLIC_URL is not https: logins and signatures travel in the open.",
                hint="Put a proxy with TLS before the portal and name its https address.",
                id="opsportal.W001",
            )
        )
    if not settings.MAIL_IS_SET:
        found.append(
            checks.Warning(
                "Mail is not set: reminders and pages by mail go to the log only.",
                hint="Set OPSPORTAL_EMAIL_URL.",
                id="opsportal.W002",
            )
        )
    return found


def refuse_a_bad_start() -> None:
    """For servers that run no management command. Raises SystemExit naming each serious finding and its remedy."""
    serious = [one for one in (*secrets_are_real(), *production_is_closed()) if one.is_serious()]
    if serious:
        raise SystemExit("\n".join(str(one) for one in serious))
