"""What the acts of the API share: who acts, what they saw, and answers that repeat."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from escalations.api.problems import problem
from escalations.api.serializers import StrictSerializer
from escalations.models import Person, ReplayedRequest
from escalations.services.errors import Refused

Act = Callable[..., Response]
_ETAG = re.compile(r'(?:W/)?"?(?P<version>[0-9]{1,9})"?', re.ASCII)


class Unmatched(APIException):
    """If-Match names what is no version of a record here."""

    status_code = 412
    default_detail = "Stale"


def person(request: Request) -> Person:
    """Who acts: the person of the login. Whether the login may was asked before the act was reached."""
    found: Person | None = Person.objects.filter(user=request.user.pk).first()
    if found is None:
        raise PermissionDenied("Your login belongs to nobody in the directory; an admin can link it to a person.")
    return found


def someone(username: str) -> Person:
    """The person of a username, or a refusal."""
    found = Person.objects.filter(username=username).first()
    if found is None:
        raise Refused({"to": f"there is nobody called {username!r}"})
    return found


def said(request: Request, form: type[StrictSerializer]) -> dict[str, Any]:
    """The checked input of an act; the version comes from If-Match where it is not in the body."""
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    values = dict(given.validated_data)
    seen = values.pop("version", None)
    return {**values, "seen_version": _matched(request) if seen is None else seen}


def _matched(request: Request) -> int | None:
    """The version of If-Match; None where it asks for nothing. One that is no version of ours matches nothing."""
    match = request.headers.get("If-Match", "").strip()
    if match in ("", "*"):
        return None
    found = _ETAG.fullmatch(match)
    if found is None:
        raise Unmatched
    return int(found["version"])


def now() -> datetime:
    """The moment of the act."""
    return timezone.now()


def once(act: Act) -> Act:
    """Honour Idempotency-Key: the same request again gets the first answer, another body under it is refused.

    Source: the IETF draft “The Idempotency-Key HTTP Header Field”.
    """

    @wraps(act)
    def wrapped(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")[:200]
        if not key:
            return act(self, request, *args, **kwargs)
        body = json.dumps([request.path, request.data], sort_keys=True, default=str)
        digest = hashlib.sha256(body.encode()).hexdigest()
        user_id = int(request.user.pk or 0)
        try:
            with transaction.atomic():
                # The row and the act commit together: a crash between them leaves neither.
                row = ReplayedRequest.objects.create(user_id=user_id, key=key, request_digest=digest, at=timezone.now())
                answer = act(self, request, *args, **kwargs)
                row.status, row.answer = answer.status_code, json.loads(json.dumps(answer.data, default=str))
                row.save()
                return answer
        except IntegrityError:
            first = ReplayedRequest.objects.filter(user_id=user_id, key=key).first()
            if first is None:
                raise
        if first.request_digest != digest:
            return problem(422, "Key used before", "This Idempotency-Key was sent with another body.")
        return Response(first.answer, status=first.status or 200)

    return wrapped
