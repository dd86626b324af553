"""The first administrator of an empty portal: made once, through a link that `serve` prints and a file keeps."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from escalations.models import Person
from escalations.services import starting
from opsportal.audit.acting import acting
from opsportal.roles import ensure_roles


class LinkSpent(Exception):
    """The link is unknown, was used, or somebody administers the portal already."""


def _file() -> Path:
    path: Path = settings.VAR_DIR / "first-run"
    return path


def is_needed() -> bool:
    """Whether nobody can administer the portal yet."""
    return not User.objects.filter(is_active=True, is_superuser=True).exists()


def link() -> str | None:
    """The one-time link to print at the start, made on first need (file of mode 0600); None once it is not needed."""
    if not is_needed():
        _file().unlink(missing_ok=True)
        return None
    if not _file().exists():
        _file().parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return f"{settings.PUBLIC_URL.rstrip('/')}/first-run/{_file().read_text().strip()}/"


def is_valid(token: str) -> bool:
    """Whether the token is the one in the file, and still needed."""
    try:
        kept = _file().read_text().strip()
    except FileNotFoundError:
        return False
    return bool(kept) and secrets.compare_digest(kept.encode(), token.encode()) and is_needed()


def make_administrator(*, token: str, username: str, name: str, email: str, password: str, time_zone: str) -> User:
    """Make the first administrator and spend the link. Raises LinkSpent; all or nothing."""
    with transaction.atomic():
        if not is_valid(token):
            raise LinkSpent
        ensure_roles()
        first, _, last = name.partition(" ")
        with acting(name=name, door="first-run", reason="first administrator"):
            user = User.objects.create_superuser(
                username, email, password, first_name=first[:150], last_name=last[:150]
            )
            user.groups.add(Group.objects.get(name="admin"))
            person = Person.objects.create(
                user=user, username=username, name=name, email=email, title="Administrator", time_zone=time_zone
            )
            starting.begin(first=person, now=timezone.now())
    _file().unlink(missing_ok=True)
    return user
