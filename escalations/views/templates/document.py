"""`/templates/<kind>/<key>/`: what is active, all versions, a new draft, the way back to an earlier text."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from escalations.queries import library as reads
from escalations.queries.library import name_of
from escalations.services import governing
from escalations.views.screens import number, word
from escalations.views.templates import graph
from escalations.views.templates.checking import examine
from escalations.views.templates.common import KIND_WORDS, DocumentScreen, shelf_of, state_words
from opsportal.audit.acting import acting
from templates_engine.models import Document, Version
from templates_engine.services import LifecycleError
from templates_engine.spec.documents import DocumentError

State = Version.State


class OneDocument(DocumentScreen):
    """A document; `?as=yaml` shows it as it was written, `?v=` another version's text."""

    def get(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        """The page."""
        return self._page(_found(kind, key))

    def post(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        """`do=draft` begins a draft from a version, `discard` drops one, `roll_back` asks for an earlier text again."""
        document = _found(kind, key)
        chosen = document.versions.filter(pk=number(request.POST.get("version")) or 0).first()
        if chosen is None:
            return self._page(document, refused="That version is not one of this document.", status=422)
        if self.not_author:
            return self._page(document, refused=self.not_author, status=403)
        try:
            with acting(door="library"):
                if request.POST.get("do") == "roll_back":
                    return self._roll_back(chosen)
                if request.POST.get("do") == "discard":
                    return self._discard(chosen)
                made = governing.draft(text=chosen.text, author=self.reader, now=self.now, based_on=chosen)
        except (LifecycleError, DocumentError) as fault:
            return self._page(document, refused=str(fault), status=422, asked=chosen.pk)
        return redirect("version-edit", made.pk)

    def _roll_back(self, chosen: Version) -> HttpResponse:
        reason = self.request.POST.get("reason", "").replace("\x00", "").strip()
        made = governing.roll_back(version_id=chosen.pk, by=self.reader, comment=reason, now=self.now)
        messages.success(
            self.request, f"v{made.number} holds the text of v{chosen.number} again and waits for a signature."
        )
        return redirect("version", made.pk)

    def _discard(self, chosen: Version) -> HttpResponse:
        governing.discard(version_id=chosen.pk, by=self.reader, now=self.now)
        messages.success(self.request, f"The draft v{chosen.number} is dropped.")
        return redirect("document", chosen.document.kind, chosen.document.key)

    def _page(self, document: Document, *, status: int = 200, **more: Any) -> HttpResponse:
        every = reads.versions(document)
        live = next((one for one in every if one.state == State.ACTIVE), None)
        asked = number(self.request.GET.get("v"))
        shown = next((one for one in every if one.number == asked), live or (every[0] if every else None))
        used = reads.use()
        drawn = graph.graph(every)
        context: dict[str, Any] = {
            "document": document,
            "kind_words": KIND_WORDS.get(document.kind, document.kind.capitalize()),
            "shelf": shelf_of(document.kind),
            "live": live,
            "shown": shown,
            "as_yaml": word(self.request.GET.get("as"), ["yaml"]),
            "examined": examine(shown.text) if shown else None,
            "graph": drawn,
            "rows": [_row(node) for node in drawn.nodes],
            "drafts": [one for one in every if one.state == State.DRAFT],
            "pilot": next((one for one in every if one.state == State.PILOT), None),
            "running": used.running.get(document.pk, 0),
            "last": used.last.get(document.pk),
            "not_author": self.not_author,
            **more,
        }
        return render(self.request, "escalations/templates/document.html", context, status=status)


def _row(node: graph.Node) -> dict[str, Any]:
    """A version in words: who wrote it, who signed it, when it held."""
    one = node.version
    shipped = one.origin == Version.Origin.SHIPPED
    wrote = "shipped with the portal" if shipped else f"by {name_of(one.author) or 'somebody'}"
    return {
        "version": one,
        "state": state_words(one) if one.state != State.DRAFT else f"draft v{one.number}",
        "look": node.look,
        "wrote": wrote,
        "signed": name_of(one.approved_by),
        "can_return": one.state == State.RETIRED and one.activated_at is not None,
    }


def _found(kind: str, key: str) -> Document:
    document = reads.document(kind, key)
    if document is None:
        raise Http404(f"There is no {kind} {key}.")
    return document
