"""The way in: verify, keep the bytes, commit, answer; only then is the line told."""

import hashlib
import logging
import time
from datetime import UTC, datetime

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from escalations.models import Source
from escalations.services import intake
from escalations.sources import registry
from escalations.sources.base import Incoming, SourceConfig
from opsportal.lib import queue

log = logging.getLogger(__name__)
RETRY_AFTER_S = "5"
CHUNK = 64 * 1024
LONGEST_LENGTH = 20
CACHE_S = 2.0
_sources: dict[str, tuple[float, Source | None]] = {}


class TooLarge(Exception):
    """The body is over the source's limit."""

    def __init__(self, length: int) -> None:
        super().__init__(f"more than {length} bytes")
        self.length = length


class BrokenOff(Exception):
    """The sender hung up, or its chunks are not what they say."""


@method_decorator(csrf_exempt, name="dispatch")
class Intake(View):
    """`POST /in/<slug>/`, signed as the vendor signs."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """202 with the signal's id once the bytes are committed, whatever is in them."""
        try:
            return self._receive(request, slug)
        except BrokenOff:
            return JsonResponse({"error": "the body broke off"}, status=400)
        except DatabaseError as fault:
            log.warning("intake of %s: %s", slug, fault)
            return _later()
        except SuspiciousOperation:
            raise  # Django answers these with 400
        except Exception:  # a fault of ours must not make the sender throw its signal away: it is asked to come back
            log.exception("intake of %s", slug)
            return _later()

    def _receive(self, request: HttpRequest, slug: str) -> HttpResponse:
        now = datetime.now(UTC)
        source = _source(slug)
        if source is None or source.state == Source.State.DISABLED:
            return JsonResponse({"error": "no such source"}, status=404)
        try:
            body = _body(request, source.max_bytes)
        except TooLarge as fault:
            intake.refuse(source=source, reason="too_large", length=fault.length, sha256="", now=now)
            return JsonResponse({"error": "body too large", "limit": source.max_bytes}, status=413)
        vendor = registry.vendor(source.kind)
        config = SourceConfig(source.slug, source.kind, source.secrets, source.unsigned, source.key_path or None)
        headers = {name.lower(): value for name, value in request.headers.items()}
        incoming = Incoming(body, headers, "POST", request.build_absolute_uri(), now)
        verdict = vendor.verify(incoming, config)
        if not verdict.ok:
            digest = hashlib.sha256(body).hexdigest()
            intake.refuse(source=source, reason=str(verdict.reason), length=len(body), sha256=digest, now=now)
            return JsonResponse({"error": "signature refused"}, status=401)
        shake = vendor.handshake(incoming, config)
        if shake is not None:
            return HttpResponse(shake.body, status=shake.status, content_type=shake.content_type)
        kept = intake.keep(
            source=source,
            key=vendor.delivery_key(incoming, config),
            body=body,
            headers=registry.headers_to_keep(source.kind, headers),
            verdict="unsigned" if source.unsigned else "verified",
            now=now,
        )
        if source.state == Source.State.ACTIVE and not kept.duplicate:
            queue.wake("escalations.tasks.drain")
        return JsonResponse({"signal": str(kept.signal_id)}, status=202)


def _source(slug: str) -> Source | None:
    """The source of a slug; read again every two seconds, so that a flood costs no query each."""
    now = time.monotonic()
    at, source = _sources.get(slug, (0.0, None))
    if source is None or now - at > CACHE_S:
        source = Source.objects.filter(slug=slug).first()
        _sources[slug] = (now, source)
        if source is None:
            del _sources[slug]
    return source


def _body(request: HttpRequest, limit: int) -> bytes:
    """The bytes, chunked or not, never more than the limit."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    if declared.isascii() and declared.isdigit() and int(declared[:LONGEST_LENGTH]) > limit:
        raise TooLarge(int(declared[:LONGEST_LENGTH]))
    # Django shows a chunked body as an empty one; its server knows where it ends, and says so.
    chunked = not declared and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if chunked else request
    parts: list[bytes] = []
    size = 0
    try:
        while chunk := stream.read(CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > limit:
                raise TooLarge(size)
    except TooLarge:
        raise
    except Exception as fault:  # a hang-up is an OSError, but each server has errors of its own for a bad chunk
        raise BrokenOff from fault
    return b"".join(parts)


def _later() -> HttpResponse:
    answer = JsonResponse({"error": "try again in a moment"}, status=503)
    answer["Retry-After"] = RETRY_AFTER_S
    return answer
