"""`/templates/versions/<id>/edit/`: writing a draft. Without a script it is a text field with Check and Save."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from escalations.queries import library as reads
from escalations.queries.library import name_of
from escalations.services import backtesting, governing
from escalations.services.errors import Refused
from escalations.views.screens import from_script
from escalations.views.templates import engine, vocabulary
from escalations.views.templates.checking import Examined, examine
from escalations.views.templates.common import KIND_WORDS, DocumentScreen, shelf_of, text_of
from opsportal.audit.acting import acting
from templates_engine.models import Version
from templates_engine.services import LifecycleError, StaleVersion
from templates_engine.spec.documents import DocumentError

State = Version.State
VERBS = ("save", "ask", "submit", "run")


class Editor(DocumentScreen):
    """GET shows the draft, POST saves, checks, tries or submits it (`do`)."""

    version: Version

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; `?part=submit` is what the submit dialog lists."""
        self.version = _found(pk)
        part = request.GET.get("part")
        if part == "submit":
            return render(request, "escalations/templates/blockers.html", self._asking())
        if part == "backtest":
            return render(request, "escalations/templates/backtest.html", self._backtest())
        return self._page(self.version.text)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the button says; what was typed is never lost."""
        self.version = _found(pk)
        text, do = text_of(request), request.POST.get("do", "save")
        if why := self.why_read_only:
            return self._refused(text, why, status=403 if self.not_author else 409)
        if do == "check":
            return self._page(text, examined=examine(text), unsaved=text != self.version.text)
        try:
            with acting(door="editor"):
                return getattr(self, f"_{do}")(text) if do in VERBS else self._page(text)
        except StaleVersion:
            self.version = _found(pk)
            return self._stale(text)
        except Refused as fault:
            return self._refused(text, str(fault))
        except DocumentError as fault:
            return self._refused(text, "Not saved: " + "; ".join(map(str, fault.problems))[:500])
        except LifecycleError as fault:
            return self._refused(text, str(fault))

    @property
    def why_read_only(self) -> str:
        """Why the text stands as it is; empty where this reader may write."""
        if self.not_author:
            return self.not_author
        if self.version.state != State.DRAFT:
            state = self.version.get_state_display()
            return f"v{self.version.number} is {state}, so its text stands. Write a new draft to change it."
        return ""

    def _write(self, text: str) -> None:
        """Save the text over what was seen; raises StaleVersion, DocumentError, LifecycleError."""
        if text == self.version.text:
            return
        seen = self.request.POST.get("seen", "")
        engine.save(version_id=self.version.pk, text=text, by=self.reader, seen=seen, now=self.now)
        self.version = _found(self.version.pk)

    def _save(self, text: str) -> HttpResponse:
        self._write(text)
        if from_script(self.request):
            return JsonResponse({"saved": self.now.isoformat(), "seen": engine.stamp(self.version.text)})
        messages.success(self.request, f"Saved {_clock(self.now)}")
        return redirect("version-edit", self.version.pk)

    def _ask(self, text: str) -> HttpResponse:
        self._write(text)
        return redirect(f"{reverse('version-edit', args=[self.version.pk])}?submit=1")

    def _run(self, text: str) -> HttpResponse:
        """Begin a backtest of what is saved now."""
        self._write(text)
        backtesting.start(version_id=self.version.pk, by=self.reader, now=self.now)
        if from_script(self.request):
            return render(self.request, "escalations/templates/backtest.html", self._backtest())
        return redirect("version-edit", self.version.pk)

    def _backtest(self) -> dict[str, Any]:
        """The newest backtest of this draft, and whether the text has changed since."""
        found = backtesting.latest(self.version)
        return {
            "version": self.version,
            "backtest": found,
            "outdated": found is not None and found.version_digest != self.version.digest,
            "read_only": self.why_read_only,
        }

    def _submit(self, _: str) -> HttpResponse:
        intent = self.request.POST.get("intent", "").replace("\x00", "").strip()
        if not intent:
            return self._refused(self.version.text, "Say in one sentence why it should change.", asking=True)
        try:
            governing.submit(version_id=self.version.pk, by=self.reader, intent=intent, now=self.now)
        except LifecycleError as fault:
            return self._refused(self.version.text, str(fault), asking=True, intent=intent)
        messages.success(self.request, f"v{self.version.number} is in review. Its text stands until it is sent back.")
        go = reverse("version", args=[self.version.pk])
        return JsonResponse({"go": go}) if from_script(self.request) else redirect(go)

    def _refused(self, text: str, words: str, *, status: int = 422, **more: Any) -> HttpResponse:
        if from_script(self.request):
            return JsonResponse({"words": words}, status=status)
        return self._page(text, refused=words, status=status, **more)

    def _stale(self, text: str) -> HttpResponse:
        """Somebody else saved: who, when, what; the caller's text stays with the caller."""
        who, at = engine.last_edit(self.version)
        found = {
            "who": who,
            "when": at.isoformat() if at else "",
            "text": self.version.text,
            "seen": engine.stamp(self.version.text),
        }
        if from_script(self.request):
            return JsonResponse(found, status=412)
        theirs = {"who": who, "at": at, "text": self.version.text}
        return self._page(text, theirs=theirs, unsaved=True, status=412)

    def _asking(self) -> dict[str, Any]:
        """What the dialog says before a submission: what blocks it, what blocks the signature, who may sign."""
        return {
            "version": self.version,
            "examined": examine(self.version.text),
            "readiness": governing.readiness(self.version, now=self.now),
            "signers": engine.signers(self.version, self.reader),
        }

    def _page(
        self, text: str, *, examined: Examined | None = None, status: int = 200, asking: bool = False, **more: Any
    ) -> HttpResponse:
        version, document = self.version, self.version.document
        asking = asking or "submit" in self.request.GET
        context: dict[str, Any] = {
            "version": version,
            "seen": engine.stamp(version.text),
            "document": document,
            "kind_words": KIND_WORDS.get(document.kind, document.kind.capitalize()),
            "shelf": shelf_of(document.kind),
            "text": text,
            "examined": examined or examine(text),
            "read_only": self.why_read_only,
            "author": name_of(version.author),
            "signals": vocabulary.recent_signals(),
            "words": vocabulary.words(),
            **self._backtest(),
            "asking": asking,
            **(self._asking() if asking else {}),
            **more,
        }
        return render(self.request, "escalations/templates/editor.html", context, status=status)


def _found(pk: int) -> Version:
    version = reads.version(pk)
    if version is None:
        raise Http404(f"There is no version {pk}.")
    return version


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M}"
