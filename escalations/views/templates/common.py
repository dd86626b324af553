"""What the authors' pages share: who may write, the kinds by their shelves, versions and problems in words."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest

from escalations.queries.library import name_of
from escalations.views.screens import Screen
from templates_engine.models import Document, Version
from templates_engine.spec.base import Problem
from templates_engine.spec.documents import LONGEST

SHELVES = {
    "templates": ("template",),
    "mappings": ("mapping",),
    "policies": tuple(kind for kind in Document.Kind.values if kind not in ("template", "mapping")),
}
KIND_WORDS = {
    "template": "Template",
    "mapping": "Mapping",
    "facts": "Facts",
    "authority": "Source of truth",
    "ownership": "Ownership",
    "sla": "Response times",
    "ranking": "Order of the Desk",
}
WRITE = "templates_engine.add_version"
NOT_AUTHOR = "You can read documents but not write them. An author can."
# Bytes of one form; a document itself may have LONGEST characters.
MOST_BYTES = 4 * LONGEST


class DocumentScreen(Screen):
    """A page about documents: everybody with a role reads, authors write."""

    permission_required: str | tuple[str, ...] = "templates_engine.view_version"

    @property
    def reader(self) -> User:
        """Who is signed in; pages let nobody else in."""
        assert isinstance(self.request.user, User)
        return self.request.user

    @property
    def not_author(self) -> str:
        """Why this reader may not write, in a sentence; empty where they may."""
        return "" if self.request.user.has_perm(WRITE) else NOT_AUTHOR


class AuthorScreen(DocumentScreen):
    """A page only authors have a use for."""

    permission_required = ("templates_engine.view_version", WRITE)


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem as a list shows it: where, what, and the words before it."""

    line: int
    column: int
    path: str
    message: str

    @property
    def place(self) -> str:
        """12:5, as editors say it."""
        return f"{self.line}:{self.column}"

    def as_json(self) -> dict[str, Any]:
        """For the editor's marks."""
        return {"line": self.line, "column": self.column, "path": self.path, "message": self.message}


def fault(problem: Problem) -> Fault:
    """A problem; one without a place stands at the top."""
    return Fault(problem.line or 1, problem.column or 1, problem.path, problem.message)


def shelf_of(kind: str) -> str:
    """The shelf a kind stands on."""
    return next((shelf for shelf, kinds in SHELVES.items() if kind in kinds), "policies")


def text_of(request: HttpRequest, name: str = "text") -> str:
    """A document as it was typed or uploaded, line ends as we keep them; NUL stays, for the checker to name."""
    return request.POST.get(name, "").replace("\r\n", "\n").replace("\r", "\n")


def state_words(version: Version) -> str:
    """A version in its state: active v3, draft v4 by Lee Tanaka, v4 in review."""
    if version.state == Version.State.DRAFT:
        by = name_of(version.author)
        return f"draft v{version.number}" + (f" by {by}" if by else ", shipped")
    if version.state == Version.State.ACTIVE:
        return f"active v{version.number}"
    return f"v{version.number} {'in pilot' if version.state == Version.State.PILOT else version.get_state_display()}"
