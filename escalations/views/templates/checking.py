"""Checking a text while it is written, and trying it on a stored signal; nothing here writes anything."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from escalations.queries import signals as reads
from escalations.services import backtesting
from escalations.views.screens import from_script, number
from escalations.views.templates import outlining
from escalations.views.templates.common import DocumentScreen, Fault, fault, text_of
from templates_engine import services
from templates_engine.spec.documents import Document

# Reading YAML of this length takes a good second: it is checked when asked, not while typing.
LIVE = 100_000


@dataclass(slots=True)
class Examined:
    """What a text is, as far as it can be told."""

    document: Document | None = None
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    outline: list[outlining.Row] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The verdict in a few words."""
        count, notes = len(self.faults), len(self.notes)
        problems = "No problems" if not count else f"{count} problem{'' if count == 1 else 's'}"
        return problems if not notes else f"{problems}, {notes} note{'' if notes == 1 else 's'}"


def examine(text: str) -> Examined:
    """Read and check a text against the active facts; every problem at once."""
    parsed, problems = services.check([("draft", text)])
    one = parsed[0][1]
    found = Examined(
        one.document,
        sorted((fault(problem) for _, problem in problems), key=lambda it: (it.line, it.column)),
        sorted((fault(note) for note in one.notes), key=lambda it: (it.line, it.column)),
    )
    if one.document is not None and one.body is not None:
        found.outline = outlining.rows(one.document, one.body, text)
    return found


class Check(DocumentScreen):
    """POST `/templates/check/`: every problem with its place, and the outline as far as there is one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """JSON for the editor."""
        text = text_of(request)
        if len(text) > LIVE and "asked" not in request.POST:
            return JsonResponse({"live": False, "words": "Too long to be checked while you type: press Check"})
        found = examine(text)
        return JsonResponse(as_json(found))


def as_json(found: Examined) -> dict[str, Any]:
    """What the editor's script shows of a check."""
    known = found.document
    return {
        "live": True,
        "words": found.words,
        "problems": [one.as_json() for one in found.faults],
        "notes": [one.as_json() for one in found.notes],
        "kind": known.kind if known else None,
        "key": known.key if known else None,
        "outline": render_to_string("escalations/templates/outline.html", {"rows": found.outline}) if known else None,
    }


class Try(DocumentScreen):
    """POST `/templates/try/`: what the text would decide about one stored signal, in words; nothing is written."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """A part of the page for the editor's script, a page of its own for a plain form."""
        signal = reads.signal(number(request.POST.get("signal")) or 0)
        context: dict[str, Any] = {"signal": signal, "problem": ""}
        if signal is None:
            context["problem"] = "Choose a signal that is still stored."
        else:
            context["trial"] = backtesting.try_on(text=text_of(request), signal_id=signal.pk, now=self.now)
        name = "trial" if from_script(request) else "trial_page"
        return render(request, f"escalations/templates/{name}.html", context, status=422 if context["problem"] else 200)
