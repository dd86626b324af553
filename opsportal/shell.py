"""The context processor behind opsportal/shell.html: `shell` in every template, worked out only when drawn."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from opsportal import navigation
from opsportal.demo_logins import LOGINS, PASSWORD
from opsportal.standing import standing
from opsportal.timezones import Me, me


@dataclass(frozen=True)
class Shell:
    """What the frame of a page shows; each part is asked for once a request."""

    request: HttpRequest

    @property
    def company(self) -> str:
        """Whose portal it is."""
        company: str = settings.COMPANY
        return company

    @cached_property
    def sections(self) -> list[dict[str, Any]]:
        """The sidebar's lines, shared with unfold's SIDEBAR."""
        return navigation.sections(self.request)

    @cached_property
    def sources(self) -> dict[str, Any] | None:
        """The line about sources at the foot of the sidebar."""
        return standing()["sources"] if self.request.user.has_perm("escalations.view_source") else None

    @cached_property
    def me(self) -> Me:
        """Who reads, and in which time zone."""
        return me(self.request.user)

    @property
    def demo(self) -> dict[str, Any] | None:
        """The demo's logins while this is a demo."""
        return {"logins": LOGINS, "password": PASSWORD} if settings.DEMO else None

    @property
    def mail_missing(self) -> bool:
        """Whether an administrator should be told that nothing can leave by mail."""
        return not settings.MAIL_IS_SET and not settings.DEMO and is_administrator(self.request)


def is_administrator(request: HttpRequest) -> bool:
    """Whether the reader looks after logins: a superuser, or the admin role."""
    return bool(request.user.is_active and request.user.has_perm("auth.change_user"))


def shell_of(request: HttpRequest) -> Shell:
    """The request's one Shell."""
    known: Shell | None = getattr(request, "_shell", None)
    if known is None:
        known = Shell(request)
        request._shell = known  # type: ignore[attr-defined]  # kept on the request, as Django keeps its own caches
    return known


def context(request: HttpRequest) -> dict[str, Any]:
    """Put `shell` into every template; nothing is asked before it is used."""
    return {"shell": shell_of(request)}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """unfold's SIDEBAR.navigation: the same lines, from the same place."""
    return shell_of(request).sections
