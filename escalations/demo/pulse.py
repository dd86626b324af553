"""Whether the demo should go on: it stops at sixty open records, and sleeps when nobody looks."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from escalations.models import Escalation, Lease

MOST = 60
LOOKED = timedelta(minutes=5)
NAME = "demo-looked"
EVERY_S = 20.0
_last = {"at": -EVERY_S}


class LookedMiddleware:
    """Notes, at most every twenty seconds, that somebody who is signed in looks at the portal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note it after the page is there."""
        answer = self.get_response(request)
        looks = not request.path.startswith(("/in/", "/demo/", "/healthz", "/readyz", "/static/"))
        if looks and time.monotonic() - _last["at"] > EVERY_S and request.user.is_authenticated:
            _last["at"] = time.monotonic()
            now = timezone.now()
            Lease.objects.update_or_create(name=NAME, defaults={"holder": "browser", "until": now, "beat_at": now})
        return answer


def wanted(request: HttpRequest) -> JsonResponse:
    """`GET /demo/wanted/`: whether another made-up signal is welcome."""
    looked = Lease.objects.filter(name=NAME, beat_at__gt=timezone.now() - LOOKED).exists()
    room = Escalation.objects.unfinished().count() < MOST
    return JsonResponse({"wanted": looked and room})
