"""Acts on a case: claim, release, decide, undo, give on, snooze. Each is one POST; nothing is done on a GET."""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from escalations.domain.lifecycle import NotAllowed
from escalations.models import Case, Person
from escalations.queries import review, waiting
from escalations.services import cases
from escalations.services.errors import Refused, Stale, Taken
from escalations.views import answers
from escalations.views.casefile import standing
from escalations.views.review import ReviewScreen
from escalations.views.screens import Outcome, number
from templates_engine.queries import active_documents

AWAY = {"30m": timedelta(minutes=30), "2h": timedelta(hours=2)}


class CaseAct(ReviewScreen, ABC):
    """One act: what the reader may not do, or what somebody else did first, is answered in words."""

    permission_required: str | tuple[str, ...] = ("escalations.view_case", "escalations.change_case")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, and answer with JSON or a redirect."""
        here = reverse("review-case", args=[pk])
        if self.person is None:
            return Outcome(here, self.why_not, status=403).answer(request)
        case = Case.objects.filter(pk=pk).first()
        if case is None:
            raise Http404(f"There is no EXC-{pk}.")
        try:
            outcome = self.act(case, self.person)
        except Refused as fault:
            words = fault.problems.get("case", str(fault))
            outcome = Outcome(here, f"{words[:1].upper()}{words[1:]}", fault.problems, 422)
        except (Taken, Stale, NotAllowed) as fault:
            outcome = self._met(pk, here, str(fault))
        if outcome.status != 200 and not request.headers.get("Accept", "").startswith("application/json"):
            return self._again(request, pk, outcome)
        return outcome.answer(request)

    @abstractmethod
    def act(self, case: Case, by: Person) -> Outcome:
        """The act itself."""

    def next(self, case: Case) -> str:
        """Where to go on: the case whose turn it is, else the queue."""
        row = waiting.following(case, person=self.person, now=self.now, filters=self.chosen)
        return (reverse("review-case", args=[row.pk]) if row else reverse("review")) + self.query()

    def _met(self, pk: int, here: str, otherwise: str) -> Outcome:
        """Two people met: say who did what, and when."""
        case = Case.objects.select_related("claimed_by", "decided_by").get(pk=pk)
        state, words = standing(case, self.person, timezone.localtime)
        if state not in ("decided", "taken"):
            words = otherwise
        return Outcome(here, f"{words}. Your text is kept.", status=409, data={"state": state, "version": case.version})

    def _again(self, request: HttpRequest, pk: int, outcome: Outcome) -> HttpResponse:
        """A plain form that did not do: the page again, with what was typed and what was wrong."""
        case = review.case(pk)
        context = self.page(case, self.rail(case)) | {"at": "case", "typed": request.POST, "outcome": outcome}
        return render(request, "escalations/review/page.html", context, status=outcome.status)


class Claim(CaseAct):
    """Opening a case takes it in hand."""

    def act(self, case: Case, by: Person) -> Outcome:
        """The version afterwards is the one the form may decide on."""
        claimed = cases.claim(case_id=case.pk, by=by, now=self.now)
        _, words = standing(claimed, by, timezone.localtime)
        return Outcome(
            reverse("review-case", args=[case.pk]), words, data={"state": "mine", "version": claimed.version}
        )


class Release(CaseAct):
    """Leaving a case gives it back."""

    def act(self, case: Case, by: Person) -> Outcome:
        """Nothing happens to a case that somebody else holds."""
        cases.release(case_id=case.pk, by=by, now=self.now)
        return Outcome(reverse("review"))


class Decide(CaseAct):
    """The answer and its reason."""

    def act(self, case: Case, by: Person) -> Outcome:
        """Decide, and name the next case."""
        data = self.request.POST
        documents = active_documents()
        problems: dict[str, str] = {}
        answer: dict[str, Any] = {}
        try:
            answer = answers.read(case, data, documents=documents, now=self.now)
        except Refused as fault:
            problems = fault.problems
        if not data.get("reason", "").strip():
            problems["reason"] = "is required: it becomes part of the record"
        if not answer and not problems.keys() - {"reason"}:
            problems["answer"] = "choose an answer first"
        if problems:
            raise Refused(problems)
        go = self.next(case)
        seen = number(data.get("version"))
        reason = data["reason"][:2000]
        cases.decide(case_id=case.pk, by=by, answer=answer, reason=reason, now=self.now, seen_version=seen)
        return Outcome(go, f"{case.reference} decided")


class Undo(CaseAct):
    """Take the decision back while nothing has left."""

    def act(self, case: Case, by: Person) -> Outcome:
        """The case is open again, in the hands of whoever took it back."""
        cases.undo(case_id=case.pk, by=by, now=self.now)
        return Outcome(reverse("review-case", args=[case.pk]) + self.query(), f"{case.reference} is open again")


class Pass(CaseAct):
    """`m`, not mine: who decides instead, and why. A GET shows the form."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form, alone for the page's script, else within the page."""
        case = review.case(pk)
        if case is None:
            raise Http404(f"There is no EXC-{pk}.")
        context = {"case": case, "people": review.people(now=self.now), "query": self.query(), "me": self.person}
        if "part" in request.GET:
            return render(request, "escalations/review/pass.html", context)
        page = self.page(case, self.rail(case))
        return render(request, "escalations/review/page.html", page | context | {"at": "case", "form": "pass"})

    def act(self, case: Case, by: Person) -> Outcome:
        """Hand the question on, and go to the next."""
        data, go = self.request.POST, self.next(case)
        to = number(data.get("to"))
        if not data.get("why", "").strip() or to is None:
            missing = {"why": data.get("why", "").strip(), "to": to}
            raise Refused({name: "is required" for name, given in missing.items() if not given})
        seen = number(data.get("version"))
        cases.reassign(case_id=case.pk, by=by, to_id=to, reason=data["why"][:2000], now=self.now, seen_version=seen)
        if to == by.pk:
            go = reverse("review-case", args=[case.pk]) + self.query()
        return Outcome(go, f"{case.reference} goes to {Person.objects.get(pk=to)}")


class Snooze(CaseAct):
    """`h`: until when, and why. The deadline stands."""

    def act(self, case: Case, by: Person) -> Outcome:
        """Let it wait, and go to the next."""
        data, go = self.request.POST, self.next(case)
        why = data.get("why", "").strip()
        until = self._until(data.get("away", ""), data.get("until", ""))
        if not why or until is None:
            raise Refused({name: "is required" for name, given in {"why": why, "until": until}.items() if not given})
        seen = number(data.get("version"))
        cases.snooze(case_id=case.pk, by=by, until=until, reason=why[:2000], now=self.now, seen_version=seen)
        return Outcome(go, f"{case.reference} comes back {timezone.localtime(until):%a %H:%M}")

    def _until(self, away: str, exact: str) -> datetime | None:
        if away in AWAY:
            return self.now + AWAY[away]
        if away == "morning":
            morning = timezone.localtime(self.now).replace(hour=9, minute=0, second=0, microsecond=0)
            return morning if morning > self.now else morning + timedelta(days=1)
        try:
            at = datetime.fromisoformat(exact)
        except ValueError:
            return None
        return at if at.tzinfo else timezone.make_aware(at)
