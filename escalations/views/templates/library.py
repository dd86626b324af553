"""`/templates/`: every document by kind, where it stands, what runs on it, and the next thing to do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from escalations.queries import library as reads
from escalations.queries.library import Shelf, name_of
from escalations.views.screens import word
from escalations.views.templates.common import KIND_WORDS, SHELVES, DocumentScreen, state_words
from templates_engine.models import Version

State = Version.State
FILTERS = {"draft": "draft", "in_review": "in review", "approved": "approved", "pilot": "in pilot", "active": "active"}
# Three paths that most companies begin with; each opens as a draft of one's own.
STARTERS = (
    "enterprise-critical-incident",
    "sla-breach-high-priority",
    "lead-routing-failure",
    "any-customer-trouble",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A document as a row."""

    title: str
    key: str
    kind: str
    link: str
    active: str
    ahead: list[tuple[str, str, str]]
    more: int
    last: datetime | None
    running: int
    next_words: str
    next_link: str


class Library(DocumentScreen):
    """Filters stand in the address: `?shelf=`, `?state=`, `?q=`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        asked = request.GET
        shelf = word(asked.get("shelf"), list(SHELVES)) or "templates"
        state = word(asked.get("state"), list(FILTERS))
        text = asked.get("q", "").replace("\x00", "").strip()[:100]
        every = reads.shelves(SHELVES[shelf])
        shown = [one for one in every if _fits(one, state, text)]
        counted = reads.counts()
        untouched = shelf == "templates" and not (state or text) and reads.is_untouched()
        context: dict[str, Any] = {
            "shelf": shelf,
            "shelves": [(name, sum(counted.get(kind, 0) for kind in kinds)) for name, kinds in SHELVES.items()],
            "state": state,
            "states": FILTERS.items(),
            "text": text,
            "lines": [self._line(one) for one in shown],
            "total": len(every),
            "as_of": reads.use().at,
            "not_author": self.not_author,
            "starters": reads.starters(STARTERS)[:3] if untouched else [],
            "untouched": untouched,
            "clear": f"?{urlencode({'shelf': shelf})}",
        }
        return render(request, "escalations/templates/library.html", context)

    def _line(self, shelf: Shelf) -> Line:
        active = shelf.first(State.ACTIVE)
        ahead = [
            one
            for state in (State.PILOT, State.APPROVED, State.IN_REVIEW, State.DRAFT)
            for one in shelf.versions[state]
        ]
        words, link = self._next(shelf)
        document = shelf.document
        return Line(
            title=document.title,
            key=document.key,
            kind=KIND_WORDS.get(document.kind, document.kind.capitalize()),
            link=reverse("document", args=[document.kind, document.key]),
            active=state_words(active) if active else "not active",
            ahead=[(state_words(one), _place(one), one.state) for one in ahead[:1]],
            more=len(ahead) - 1,
            last=shelf.last,
            running=shelf.running,
            next_words=words,
            next_link=link,
        )

    def _next(self, shelf: Shelf) -> tuple[str, str]:
        """The next thing to do, for this reader, and where."""
        user = self.request.user
        signs = user.has_perm("templates_engine.change_version")
        if review := shelf.first(State.IN_REVIEW):
            mine = review.author_id == user.pk
            words = (
                f"Sign v{review.number} or send it back"
                if signs and not mine
                else f"v{review.number} waits for a signature"
            )
            return words, _place(review)
        if approved := shelf.first(State.APPROVED):
            return f"Activate v{approved.number}" if signs else f"v{approved.number} is signed", _place(approved)
        if pilot := shelf.first(State.PILOT):
            return "Read the pilot", _place(pilot)
        if draft := shelf.first(State.DRAFT):
            if self.not_author:
                return f"{name_of(draft.author) or 'Somebody'} is writing v{draft.number}", _place(draft)
            return f"Go on with v{draft.number}", _place(draft)
        if shelf.document.kind == "template" and shelf.last is None:
            return "Read its trigger", reverse("document", args=["template", shelf.document.key])
        return "", ""


def _place(version: Version) -> str:
    return reverse("version-edit" if version.state == State.DRAFT else "version", args=[version.pk])


def _fits(shelf: Shelf, state: str, text: str) -> bool:
    needle = text.casefold()
    said = f"{shelf.document.title} {shelf.document.key} {shelf.document.kind}".casefold()
    return (not state or bool(shelf.versions.get(state))) and needle in said
