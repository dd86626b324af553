"""Errors as problem details (RFC 9457)."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from escalations.domain.lifecycle import NotAllowed
from escalations.services.errors import Refused, Stale, Taken
from templates_engine.services import LifecycleError, NotYours, StaleVersion
from templates_engine.spec.documents import DocumentError

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


def _of_versions(fault: LifecycleError) -> Response:
    """Why a version can not go there: not yours, not what you saw, or not now."""
    match fault:
        case NotYours():
            return problem(403, "Not yours", str(fault))
        case StaleVersion():
            return problem(412, "Stale", str(fault))
        case _:
            return problem(409, "Not allowed", str(fault))


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
        case LifecycleError():
            return _of_versions(fault)
        case DocumentError():
            found = [asdict(one) for one in fault.problems]
            return problem(400, "Refused", "The text is no document.", problems=found)
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
