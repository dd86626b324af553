"""Whether the process answers, and whether the portal can work."""

import time
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from escalations.queries import worker
from opsportal.lib import clock

NOT_KEPT = {"Cache-Control": "no-store"}


def healthz(request: HttpRequest) -> HttpResponse:
    """200 without touching the database."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8", headers=NOT_KEPT)


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the portal can work, 503 when it can not; each part with words and an age in seconds."""
    began = time.monotonic()
    try:
        figures = worker.readiness(now=clock.db_now())
    except DatabaseError as fault:
        words = f"the database does not answer: {type(fault).__name__}"
        body: dict[str, Any] = {"ready": False, "checks": {"database": {"ok": False, "words": words, "seconds": None}}}
        return JsonResponse(body, status=503, headers=NOT_KEPT)
    took = time.monotonic() - began
    checks = {"database": {"ok": True, "words": f"answered in {took * 1000:.0f} ms", "seconds": round(took, 3)}}
    checks |= {name: {"ok": one.ok, "words": one.words, "seconds": one.seconds} for name, one in figures.items()}
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503, headers=NOT_KEPT)
