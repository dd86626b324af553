"""`/governance/`: who may approve what, what the audit requires, what waits, what changed, what nobody looked at."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from escalations.queries import governance
from escalations.queries.library import name_of
from escalations.views.approving.version import DECIDE_WITHIN
from escalations.views.screens import word
from escalations.views.templates.common import DocumentScreen

DAYS = ["7", "30", "90", "365"]
RULES = (
    "Whatever changes behaviour is a version of a document: templates, mappings and policies alike.",
    "Everybody who edited a version is its author. Authors never sign it, admins included.",
    "A signature covers the hash that was on the screen. A changed text is signed anew.",
    "One review of a document at a time. What builds on an older active version is rebased first.",
    "Running escalations stay on the version they began with, unless the signer moves them by a list.",
    "An emergency roll back works at once and wants a second signature within 24 h.",
    "Nothing is deleted. The history keeps every act with who, when and why.",
)


class GovernancePage(DocumentScreen):
    """The page; `?days=` says how far back changes are shown."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Read it all."""
        days = word(request.GET.get("days"), DAYS) or "30"
        found = governance.governance(now=self.now, recent=timedelta(days=int(days)))
        waiting = [
            {
                "one": one,
                "by": name_of(one.version.submitted_by),
                "decide_by": one.since + DECIDE_WITHIN,
                "late": one.since + DECIDE_WITHIN < self.now,
            }
            for one in found.waiting
        ]
        context: dict[str, Any] = {
            "found": found,
            "waiting": waiting,
            "scheduled": [one for one in found.approved if one.activate_at is not None],
            "ready": [one for one in found.approved if one.activate_at is None],
            "rules": RULES,
            "days": days,
            "choices": DAYS,
            "as_of": self.now,
        }
        return render(request, "escalations/governance/page.html", context)
