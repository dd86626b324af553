"""`R`, make this a rule: what would be drafted from a case, and the draft itself, without leaving the case."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from escalations.models import Case, Person
from escalations.queries import review
from escalations.services import ruling
from escalations.services.errors import Refused
from escalations.views import answers
from escalations.views.deciding import CaseAct
from escalations.views.screens import Outcome
from templates_engine.queries import active_documents


class MakeRule(CaseAct):
    """`/review/<id>/rule/`: a GET shows what would be drafted, a POST drafts it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The preview, alone for the page's script, else within the page."""
        case = review.case(pk)
        if case is None:
            raise Http404(f"There is no EXC-{pk}.")
        context = self._context(case)
        if "part" in request.GET:
            return render(request, "escalations/review/rule.html", context)
        page = self.page(case, self.rail(case))
        return render(request, "escalations/review/page.html", page | context | {"at": "case", "form": "rule"})

    def act(self, case: Case, by: Person) -> Outcome:
        """Draft it. Whoever writes documents goes on to the draft, anybody else stays with the case."""
        made = ruling.propose(case_id=case.pk, by=by, answer=self._answer(case), now=self.now)
        words = f"{made.version} is drafted"
        if made.backtest is not None:
            words += (
                f" and tried over {made.backtest.total} stored {'signal' if made.backtest.total == 1 else 'signals'}"
            )
        page = reverse("version", args=[made.version.pk])
        data = {"version": made.version.pk, "page": page, "told": made.told}
        if self.request.user.has_perm(ruling.WRITES):
            return Outcome(page, words, data=data)
        words += f"; {made.told} {'author was' if made.told == 1 else 'authors were'} told"
        return Outcome(reverse("review-case", args=[case.pk]) + self.query(), words, data=data)

    def _context(self, case: Case) -> dict[str, Any]:
        seen = ruling.preview(case, self._answer(case), now=self.now)
        asked = self.request.GET
        return {
            "case": case,
            "seen": seen,
            "made": ruling.proposed(case),
            "query": self.query(),
            "writes": self.request.user.has_perm(ruling.WRITES),
            "carried": [(name, asked[name]) for name in asked if name == "choice" or name.startswith("own-")],
        }

    def _answer(self, case: Case) -> dict[str, Any] | None:
        """The answer that was chosen on the form; for a decided case its decision."""
        decided: dict[str, Any] | None = case.decision
        if decided:
            return decided
        asked = self.request.GET if self.request.method == "GET" else self.request.POST
        try:
            return answers.read(case, asked, documents=active_documents(), now=self.now) or None
        except Refused:
            return None
