"""What the review queue, the outbox and the signals share: who looks and may act, and how an act answers."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from escalations.models import Person
from escalations.views.who import NOBODY

NUL = "\x00"


@method_decorator(never_cache, name="dispatch")
class Screen(PermissionRequiredMixin, View):
    """A page of ours. Who is not signed in is sent to the login; the page's own script is told 401 or 403."""

    permission_required: str | tuple[str, ...]
    now: datetime
    person: Person | None
    act_permission = ""
    read_only = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out who looks."""
        self.now = timezone.now()
        self.person = getattr(request.user, "person", None)
        return super().dispatch(request, *args, **kwargs)

    def handle_no_permission(self) -> HttpResponseRedirect:
        """A script can not follow a redirect to the login in a way that a person would see."""
        if from_script(self.request):
            status = 403 if self.request.user.is_authenticated else 401
            return HttpResponse("Sign in again; what you typed is kept.", status=status)  # type: ignore[return-value]  # the mixin knows only redirects
        return super().handle_no_permission()

    @property
    def why_not(self) -> str:
        """Why this reader may not act, in a sentence; empty where they may."""
        if not self.request.user.has_perm(self.act_permission):
            return self.read_only
        return "" if self.person is not None else NOBODY


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act answers: where to go on, what to say, or what was wrong."""

    go: str
    words: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    status: int = 200
    data: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """JSON for the page's own script, a redirect for a plain form."""
        if from_script(request):
            body = {"go": self.go, "words": self.words, "problems": self.problems, **self.data}
            return JsonResponse(body, status=self.status)
        return redirect(self.go)


def from_script(request: HttpRequest) -> bool:
    """Whether the page's own script asks, for JSON or for a part of the page."""
    return request.headers.get("Accept", "").startswith("application/json") or "part" in request.GET


def unless_seen(request: HttpRequest, stamp: object) -> tuple[str, HttpResponse | None]:
    """The ETag of what the stamp stands for, and a 304 when the reader has it already."""
    tag = f'"{hashlib.sha256(repr(stamp).encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == tag:
        return tag, HttpResponseNotModified(headers={"ETag": tag})
    return tag, None


def number(text: str | None) -> int | None:
    """A positive whole number from a query or a form; None for anything else."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None


def word(text: str | None, allowed: list[str]) -> str:
    """A word from a query, when it is one of those allowed; else nothing."""
    return text if text in allowed else ""
