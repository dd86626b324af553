"""Errors as problem details (RFC 9457)."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from escalations.domain.lifecycle import NotAllowed
from escalations.services.errors import Refused, Stale, Taken

KIND = "application/problem+json"


def problem(status: int, title: str, detail: str = "", **more: Any) -> Response:
    """One problem, in the standard's words."""
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail, **more}
    return Response(body, status=status, content_type=KIND)


def handler(fault: Exception, context: dict[str, Any]) -> Response | None:
    """Every error a view raises, as a problem."""
    ours = _ours(fault)
    if ours is not None:
        return ours
    answer = exception_handler(fault, context)
    if answer is not None and isinstance(fault, APIException):
        said = problem(answer.status_code, str(fault.default_detail), str(fault.detail))
        for name, value in answer.headers.items():
            if name.lower() not in ("content-type", "content-length"):
                said[name] = value
        return said
    return answer


def _ours(fault: Exception) -> Response | None:
    """What the verbs and the rows say when they refuse."""
    match fault:
        case Refused():
            return problem(400, "Refused", str(fault), errors=fault.problems)
        case Stale():
            return problem(412, "Stale", str(fault), seen=fault.seen, current=fault.current)
        case Taken():
            return problem(409, "Taken", str(fault), by=fault.by)
        case NotAllowed():
            return problem(409, "Not allowed", str(fault))
        case ObjectDoesNotExist() | Http404():
            return problem(404, "Not found", "There is no such thing here.")
        case ValidationError():
            return problem(400, "Refused", "Some fields do not do.", errors=fault.detail)
        case OperationalError():
            later = problem(503, "The database is busy", "Nothing was done: send it again in a moment.")
            later["Retry-After"] = "5"
            return later
        case _:
            return None
