"""Like cases decided together: a preview that lists each, one reason; each gets its own decision and its own undo."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from escalations.domain import alike
from escalations.domain.lifecycle import NotAllowed
from escalations.models import Case, Person
from escalations.queries import review, waiting
from escalations.queries.evidence import NONE, evidence
from escalations.services import cases
from escalations.services.errors import Refused, Stale, Taken
from escalations.views.casefile import hold, standing
from escalations.views.review import ReviewScreen
from escalations.views.screens import from_script, number
from escalations.views.suggesting import Choice, choices


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the preview: what would happen to it, or why it is left out."""

    case: Case
    title: str
    effect: list[tuple[str, str]]
    hold: str
    why_not: str

    @property
    def row(self) -> str:
        """The case as it was seen, as a form carries it."""
        return f"{self.case.pk}:{self.case.version}"


@dataclass(frozen=True, slots=True)
class Done:
    """One case afterwards: what came of it, and whether it can still be taken back."""

    case: Case
    state: str
    words: str
    undoable: bool


class Together(ReviewScreen):
    """`/review/together/?ids=1,2` or `?case=1` for all that ask the same: the preview; a POST decides."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """What would happen to each; nothing is done yet."""
        found = self._cases()
        if not found:
            raise Http404("None of these cases is there.")
        return self._preview(found, {}, 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Decide each by itself: what somebody else has in hand stops none of the others."""
        if self.person is None or self.why_not:
            return HttpResponse(self.why_not, status=403)
        seen = dict(_seen(request.POST.getlist("row")))
        found = waiting.together(ids=list(seen))
        said, reason = request.POST.get("answer", ""), request.POST.get("reason", "").strip()[:2000]
        missing = {"reason": reason, "answer": said, "row": found}
        problems = {name: "is required" for name, given in missing.items() if not given}
        if problems:
            if from_script(request):
                return JsonResponse({"problems": problems, "words": "", "results": []}, status=422)
            return self._preview(found, problems, 422) if found else redirect("review")
        results = [self._one(case, self.person, said, reason, seen[case.pk]) for case in found]
        if from_script(request):
            return JsonResponse({"results": results, "problems": {}, "words": ""})
        return redirect(f"{reverse('review-together-done')}?ids={','.join(str(pk) for pk in seen)}")

    def _cases(self) -> list[Case]:
        one = number(self.request.GET.get("case"))
        if one is not None:
            like = Case.objects.filter(pk=one).first()
            return waiting.together(like=like) if like is not None else []
        return waiting.together(ids=_ids(self.request))

    def _preview(self, found: list[Case], problems: dict[str, str], status: int) -> HttpResponse:
        lead, asked = found[0], self.request.GET if self.request.method == "GET" else self.request.POST
        known = evidence([lead.alike], now=self.now).get(lead.alike, NONE)
        offered = [(_said(lead, one), one) for one in choices(lead, lead.known.get("says") or [], known)]
        chosen = next((said for said, _ in offered if said == asked.get("answer")), offered[0][0] if offered else "")
        lines = [self._line(case, lead, chosen) for case in found]
        context = {
            "lead": lead,
            "offered": offered,
            "chosen": chosen,
            "chosen_title": next((one.title for said, one in offered if said == chosen), ""),
            "included": [line for line in lines if not line.why_not],
            "excluded": [line for line in lines if line.why_not],
            "ids": ",".join(str(case.pk) for case in found),
            "waiting": waiting.alike(lead),
            "most": waiting.TOGETHER,
            "typed": asked.get("reason", ""),
            "problems": problems,
            "why_not": self.why_not,
            "recent_reasons": review.recent().reasons(by=self.person),
        }
        return render(self.request, "escalations/review/together.html", context, status=status)

    def _line(self, case: Case, lead: Case, chosen: str) -> Line:
        state, words = standing(case, self.person, timezone.localtime)
        answer = _answer(case, chosen) if case.reason == lead.reason else None
        why_not = ""
        if state == "decided" or (state == "taken" and cases.is_held_from(case, self.person, self.now)):
            why_not = words
        elif case.reason != lead.reason:
            why_not = f"it asks something else: {case.question}"
        elif answer is None:
            why_not = f"its choices are others: {', '.join(str(one['title']) for one in case.answers) or 'none'}"
        effect = [(name, words) for name, words in (answer or {}).get("effect", {}).items()]
        return Line(case, str((answer or {}).get("title", "")), effect, hold(case), why_not)

    def _one(self, case: Case, by: Person, said: str, reason: str, seen: int) -> dict[str, Any]:
        answer = _answer(case, said)
        told = {"case": case.pk, "reference": case.reference, "ok": False}
        if answer is None:
            return told | {"words": "its choices are others"}
        decision = {**answer["answer"], "title": answer["title"]}
        act = partial(cases.decide, case_id=case.pk, by=by, answer=decision, reason=reason, seen_version=seen)
        words = _tried(partial(act, now=timezone.now(), together=True))
        return told | {"ok": not words, "words": words or str(answer["title"])}


class TogetherDone(ReviewScreen):
    """`/review/together/done/?ids=`: what came of each, with its own undo; a POST takes back what still can be."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list, as it stands now."""
        found = [self._done(case) for case in waiting.together(ids=_ids(request))]
        leaving = [one.case.effective_at for one in found if one.undoable and one.case.effective_at]
        context = {
            "rows": found,
            "decided": sum(one.state == "decided" for one in found),
            "undoable": [one for one in found if one.undoable],
            "ids": ",".join(str(one.case.pk) for one in found),
            "leaves": max(leaving, default=None),
            "why_not": self.why_not,
        }
        return render(request, "escalations/review/together_done.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take back each that was chosen; one that has left stops none of the others."""
        person = self.person
        if person is None or self.why_not:
            return HttpResponse(self.why_not, status=403)
        for pk in _ids(request):
            _tried(partial(cases.undo, case_id=pk, by=person, now=timezone.now(), only_own=True))
        return redirect(f"{reverse('review-together-done')}?ids={request.POST.get('back', '')}")

    def _done(self, case: Case) -> Done:
        state, words = standing(case, self.person, timezone.localtime)
        own = self.person is not None and case.decided_by_id == self.person.pk
        open_still = case.applied_at is None and case.effective_at is not None and case.effective_at > self.now
        return Done(case, state, words, own and open_still and not self.why_not)


def _tried(act: Callable[[], object]) -> str:
    """Do it; what somebody else did first comes back as words."""
    try:
        act()
    except Refused as fault:
        return "; ".join(fault.problems.values())
    except (Taken, Stale, NotAllowed, Case.DoesNotExist) as fault:
        return str(fault)
    return ""


def _said(case: Case, choice: Choice) -> str:
    return alike.said(case.reason, case.answers[int(choice.place) - 1]["answer"], case.known)


def _answer(case: Case, said: str) -> dict[str, Any] | None:
    """The case's own answer that says so; the values in it are its own."""
    return next((one for one in case.answers if alike.said(case.reason, one["answer"], case.known) == said), None)


def _ids(request: HttpRequest) -> list[int]:
    asked = request.GET if request.method == "GET" else request.POST
    texts = [*asked.getlist("id"), *asked.get("ids", "").split(",")]
    return [pk for pk in dict.fromkeys(map(number, texts)) if pk is not None][: waiting.TOGETHER]


def _seen(rows: Iterable[str]) -> Iterable[tuple[int, int]]:
    for row in rows:
        pk, version = (number(part) for part in (row.partition(":")[0], row.partition(":")[2]))
        if pk is not None and version is not None:
            yield pk, version
