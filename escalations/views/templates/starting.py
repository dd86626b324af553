"""`/templates/new/` and `/templates/start/`: a document from a starter, a copy, a file, or five plain answers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from escalations.models import Person, Source, Team
from escalations.queries import library as reads
from escalations.services import backtesting, governing
from escalations.services.errors import Refused
from escalations.views.screens import number
from escalations.views.templates import firstpath, vocabulary
from escalations.views.templates.checking import examine
from escalations.views.templates.common import KIND_WORDS, AuthorScreen, Fault, fault, text_of
from opsportal.audit.acting import acting
from templates_engine.models import Document, Version
from templates_engine.queries import MissingDocument, active_documents
from templates_engine.services import LifecycleError
from templates_engine.spec.documents import LONGEST, DocumentError
from templates_engine.spec.values import clean

BACKTEST = timedelta(days=90)
ORDER, STEP = 500, 10


class NewDocument(AuthorScreen):
    """Choose what to begin from; `?kind=` says which documents are offered."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The choices."""
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """`from=<version>` copies; `text` or `file` brings a document."""
        chosen = reads.version(number(request.POST.get("from")) or 0)
        try:
            text, origin = (self._copied(chosen), "written") if chosen else (self._brought(), "imported")
            with acting(door="library"):
                made = governing.draft(
                    text=clean(text), author=self.reader, now=self.now, based_on=chosen, origin=origin
                )
        except DocumentError as refused:
            found = [fault(one) for one in refused.problems]
            return self._page(faults=found, text=text_of(request), status=422)
        except (LifecycleError, ValueError) as refused:
            return self._page(faults=[Fault(1, 1, "document", str(refused))], text=text_of(request), status=422)
        return redirect("version-edit", made.pk)

    def _copied(self, chosen: Version) -> str:
        """The text of a version, under another name where one was given."""
        name = firstpath.line(self.request.POST.get("name", ""))
        return firstpath.renamed(chosen.text, name, _free_key(chosen.document.kind, name)) if name else chosen.text

    def _brought(self) -> str:
        """The text of the file, or what was pasted; raises ValueError in words."""
        file = self.request.FILES.get("file")
        if file is None:
            text = text_of(self.request)
            if not text.strip():
                raise ValueError("Paste a document, or choose a file.")
            return text
        if file.size is None or file.size > LONGEST:
            raise ValueError(f"The file is longer than {LONGEST // 1024} KB.")
        try:
            return str(file.read().decode("utf-8-sig")).replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise ValueError("The file is no text in UTF-8.") from None

    def _page(self, *, faults: list[Fault] | None = None, text: str = "", status: int = 200) -> HttpResponse:
        asked = self.request.GET.get("kind", "template")
        kind = asked if asked in Document.Kind.values else "template"
        context: dict[str, Any] = {
            "kind": kind,
            "kinds": [(one, KIND_WORDS.get(one, one.capitalize())) for one in Document.Kind.values],
            "copies": reads.active(kind),
            "faults": faults or [],
            "text": text,
            "name": firstpath.line(self.request.POST.get("name", "")),
        }
        return render(self.request, "escalations/templates/new.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tick: its value, its words, whether it is ticked."""

    value: str
    words: str
    on: bool


class FirstPath(AuthorScreen):
    """Five questions about the path that hurts most; `?part=preview` answers with the document they make so far."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The questions."""
        return self._page(firstpath.Answers(), {})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the draft, begin its backtest, and go there; or say what is missing."""
        lists = {name: self._known(name, request.POST.getlist(name)) for name in ("sources", "severities", "tiers")}
        said = firstpath.read({name: str(value) for name, value in request.POST.items()}, lists)
        wrong = firstpath.problems(said)
        if request.GET.get("part") == "preview":
            return JsonResponse(self._preview(said))
        if wrong:
            return self._page(said, wrong, status=422)
        try:
            made = self._made(said)
        except (DocumentError, LifecycleError, Refused) as refused:
            return self._page(said, {"general": str(refused)}, status=422)
        messages.success(request, f"{made.document.title} is a draft. Nothing runs before somebody else signs it.")
        return redirect("version-edit", made.pk)

    def _made(self, said: firstpath.Answers) -> Version:
        with acting(door="first path"):
            made = governing.draft(text=self._text(said), author=self.reader, now=self.now)
        backtesting.start(version_id=made.pk, by=self.reader, since=self.now - BACKTEST, until=self.now, now=self.now)
        return made

    def _text(self, said: firstpath.Answers) -> str:
        named = _free_key("template", said.title)
        return firstpath.written(said, key=named, order=_free_order())

    def _preview(self, said: firstpath.Answers) -> dict[str, Any]:
        text = self._text(said)
        found = examine(text)
        outline = render_to_string("escalations/templates/outline.html", {"rows": found.outline})
        return {"text": text, "trigger": firstpath.trigger(said), "outline": outline if found.document else ""}

    def _offered(self) -> dict[str, list[tuple[str, str]]]:
        policy = vocabulary.facts()
        order = {name: (policy.fields[name].order or []) for name in ("severity", "tier")} if policy else {}
        kinds = Source.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return {
            "sources": [(one, one.capitalize()) for one in kinds],
            "severities": [(one, one) for one in order.get("severity", [])],
            "tiers": [(one, one) for one in order.get("tier", [])],
        }

    def _known(self, name: str, values: list[str]) -> list[str]:
        offered = [value for value, _ in self._offered()[name]]
        return [value for value in offered if value in values]

    def _page(self, said: firstpath.Answers, wrong: dict[str, str], status: int = 200) -> HttpResponse:
        ticked = {"sources": said.sources, "severities": said.severities, "tiers": said.tiers}
        choices = {
            name: [Choice(value, words, value in ticked[name]) for value, words in offered]
            for name, offered in self._offered().items()
        }
        context: dict[str, Any] = choices | {
            "said": said,
            "wrong": wrong,
            "owners": _owners(),
            "measures": [(key, words) for key, (words, _) in firstpath.MEASURES.items()],
            "exceptions": [(key, words) for key, (words, _) in firstpath.EXCEPTIONS.items()],
        }
        return render(self.request, "escalations/templates/start.html", context, status=status)


def _owners() -> list[tuple[str, str]]:
    """Teams and people that a document can name."""
    teams = [(f"team:{key}", f"{name} (team)") for key, name in Team.objects.values_list("key", "name")]
    people = Person.objects.filter(is_active=True).values_list("username", "name", "title")[: vocabulary.MOST_PEOPLE]
    return [*teams, *((f"person:{key}", f"{name}, {title}" if title else name) for key, name, title in people)]


def _free_key(kind: str, title: str) -> str:
    """A key from a title that no document of the kind has yet."""
    key, taken = firstpath.key_of(title), 1
    named = key
    while Document.objects.filter(kind=kind, key=named).exists():
        taken += 1
        named = f"{key}-{taken}"
    return named


def _free_order() -> int:
    """A place in the order of templates that no active one has: two at one place would ask a person each time."""
    try:
        taken = {one.order for one in active_documents().templates}
    except MissingDocument:
        return ORDER
    return next(order for order in range(ORDER, ORDER + STEP * (len(taken) + 1), STEP) if order not in taken)
