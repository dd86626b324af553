"""Authors and approvers, and a version on its way: for tests of what happens to documents."""

from datetime import UTC, datetime

from django.contrib.auth.models import Permission, User

from templates_engine import services
from templates_engine.models import Version

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
SLA = """\
kind: sla
key: sla
title: Times
levels: {high: {acknowledge: 30m, resolve: 8h}}
floor: {acknowledge: 1h, resolve: 1d}
"""


def author(username: str = "ann") -> User:
    """Somebody who may write documents."""
    return _with(username, "view", "add")


def approver(username: str = "ben") -> User:
    """Somebody who may sign them."""
    return _with(username, "view", "change")


def _with(username: str, *verbs: str) -> User:
    user = User.objects.create_user(username)
    user.user_permissions.set(permissions(*verbs))
    return user


def permissions(*verbs: str) -> list[Permission]:
    """The rights to do something to versions."""
    codes = [f"{verb}_version" for verb in verbs]
    return list(Permission.objects.filter(content_type__app_label="templates_engine", codename__in=codes))


def submitted(text: str, by: User, now: datetime = NOW) -> Version:
    """A version in review."""
    made = services.draft(text=text, author=by, now=now)
    return services.submit(version_id=made.pk, by=by, intent="Shorter times", now=now)


def signed(text: str, by: User, signer: User, now: datetime = NOW) -> Version:
    """An approved version."""
    made = submitted(text, by, now)
    return services.approve(version_id=made.pk, by=signer, seen_digest=made.digest, comment="good", now=now)


def active(text: str, by: User, signer: User, now: datetime = NOW) -> Version:
    """A version at work, on the way every version takes."""
    return services.activate(version_id=signed(text, by, signer, now).pk, by=signer, now=now)
