"""Times are shown in the reader's zone: the person's own, else the company's."""

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from escalations.models import Person

SECONDS = 30
# Machines that post signals or read figures have no zone, and asking for one would read the session.
PLAIN = ("/in/", "/api/", "/static/", "/healthz", "/readyz")


@dataclass(frozen=True, slots=True)
class Me:
    """The reader as the frame shows him: name, what he does, zone."""

    name: str = ""
    title: str = ""
    zone: str = ""

    @property
    def place(self) -> str:
        """The last part of the zone, as people say it: Berlin, New York, UTC."""
        return self.zone.rpartition("/")[2].replace("_", " ")


def _key(user_id: int) -> str:
    return f"opsportal:me:{user_id}"


def me(user: Any) -> Me:
    """The reader's name, title and zone, at most half a minute old; a login without a person has the company's zone."""
    if not user.is_authenticated:
        return Me(zone=settings.TIME_ZONE)
    known: Me | None = cache.get(_key(user.pk))
    if known is None:
        row: Any = Person.objects.filter(user_id=user.pk).values("name", "title", "time_zone").first() or {}
        known = Me(
            name=row.get("name") or user.get_full_name() or user.get_username(),
            title=row.get("title") or "",
            zone=row.get("time_zone") or settings.TIME_ZONE,
        )
        cache.set(_key(user.pk), known, SECONDS)
    return known


def forget(user_id: int) -> None:
    """Let the next page read the person again."""
    cache.delete(_key(user_id))


class TimeZoneMiddleware:
    """Activates the reader's zone for one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """An unknown zone falls back to the company's: a typing error must not take the pages away."""
        if request.path.startswith(PLAIN):
            return self.get_response(request)
        try:
            zone = zoneinfo.ZoneInfo(me(request.user).zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)
