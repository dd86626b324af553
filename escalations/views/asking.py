"""`q`, ask: a question to a colleague that stands on the case, and their answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from escalations.models import Case, Person
from escalations.queries import review
from escalations.services import asking
from escalations.services.errors import Refused
from escalations.views.deciding import CaseAct
from escalations.views.screens import Outcome, number


class Ask(CaseAct):
    """Whom, and what. A GET shows the form."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form, alone for the page's script, else within the page."""
        case = review.case(pk)
        if case is None:
            raise Http404(f"There is no EXC-{pk}.")
        context: dict[str, Any] = {
            "case": case, "people": review.people(now=self.now), "query": self.query(), "me": self.person,
        }  # fmt: skip
        if "part" in request.GET:
            return render(request, "escalations/review/ask.html", context)
        page = self.page(case, self.rail(case))
        return render(request, "escalations/review/page.html", page | context | {"at": "case", "form": "ask"})

    def act(self, case: Case, by: Person) -> Outcome:
        """Ask, and go to the next."""
        data, go = self.request.POST, self.next(case)
        to, text = number(data.get("to")), data.get("question", "").strip()
        missing = {name: "is required" for name, given in {"to": to, "question": text}.items() if not given}
        if missing:
            raise Refused(missing)
        seen = number(data.get("version"))
        asked = asking.ask(case_id=case.pk, by=by, to_id=to, text=text[:1000], now=self.now, seen_version=seen)
        return Outcome(go, f"{case.reference} waits for {asked.known['asked'][-1]['to']}")


class Answer(CaseAct):
    """The answer of whoever was asked: reading cases is enough for that."""

    permission_required = "escalations.view_case"

    def act(self, case: Case, by: Person) -> Outcome:
        """Only whoever was asked, or who may decide, answers."""
        asked = {one.get("to_id") for one in case.known.get("asked", []) if "answer" not in one}
        if self.why_not and by.pk not in asked:
            raise Refused({"answer": "only whoever was asked, or who decides, answers here"})
        asking.answer(case_id=case.pk, by=by, text=self.request.POST.get("answer", "")[:1000], now=self.now)
        return Outcome(reverse("review-case", args=[case.pk]) + self.query(), f"{case.reference} is answered")
