"""The review queue: the rail of waiting cases, and one case that fills the screen."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from escalations.domain.reasons import Reason
from escalations.models import Account, Case
from escalations.queries import review, waiting
from escalations.queries.directory import directory
from escalations.queries.evidence import NONE, evidence
from escalations.views.answers import BETWEEN
from escalations.views.casefile import casefile, standing
from escalations.views.railing import counted, groups, reason_words, spent, stamp
from escalations.views.screens import NUL, Screen, number, unless_seen, word
from templates_engine.queries import active_documents

READ_ONLY = "You can read cases but not decide them. An operator or a lead can."
REASONS = [code.value for code in Reason]
OFFERED = 12


class ReviewScreen(Screen):
    """What every part of the queue needs: filters, the queue, and how a case stands towards the reader."""

    permission_required: str | tuple[str, ...] = "escalations.view_case"
    act_permission = "escalations.change_case"
    read_only = READ_ONLY

    def filters(self) -> dict[str, str]:
        """The filters in force, as they stand in the address."""
        asked = self.request.GET if self.request.method == "GET" else self.request.POST
        found = {"who": word(asked.get("who"), ["mine"]), "reason": word(asked.get("reason-code"), REASONS)}
        return {"who": found["who"], "reason-code": found["reason"]}

    @property
    def chosen(self) -> waiting.Filters:
        """The filters as a query takes them."""
        chosen = self.filters()
        return waiting.Filters(chosen["who"], chosen["reason-code"])

    def query(self) -> str:
        """The filters as an address carries them."""
        chosen = {name: value for name, value in self.filters().items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def rail(self, current: Case | None) -> dict[str, Any]:
        """Everything the rail shows."""
        decided = review.recent()
        queue = waiting.queue(person=self.person, now=self.now, decided=decided, filters=self.chosen)
        current = current or self.first(queue)
        kinds = {row.alike for row in queue.rows} | ({current.alike} if current else set())
        found = evidence(kinds, now=self.now)
        midnight = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        state, words = standing(current, self.person, timezone.localtime) if current else ("", "")
        return {
            "queue": queue,
            "groups": groups(queue, found, now=self.now, may_act=not self.why_not),
            "evidence": found,
            "about": spent(queue.minutes),
            "recent": decided,
            "undo": decided.undoable(by=self.person, now=self.now),
            "passed": review.passed_today(since=midnight),
            "silent": review.silent(now=self.now),
            "current": current,
            "state": state,
            "state_words": words,
            "filters": self.filters(),
            "reason_words": reason_words(self.filters()["reason-code"]),
            "query": self.query(),
            "now": self.now,
            "person": self.person,
        }

    def first(self, queue: waiting.Queue) -> Case | None:
        """The case that is shown where the address names none; only the queue's own page shows one."""
        return None

    def page(self, case: Case | None, shown: dict[str, Any]) -> dict[str, Any]:
        """The rail and the case."""
        documents = active_documents()
        known = shown["evidence"].get(case.alike, NONE) if case else NONE
        return shown | {
            "file": casefile(case, documents=documents, now=self.now, evidence=known) if case else None,
            "case": case,
            "why_not": self.why_not,
            "alike_waiting": counted(case.alike_waiting) if case else "",  # type: ignore[attr-defined]  # annotated by review.case
            "recent_reasons": shown["recent"].reasons(by=self.person),
        }


class Review(ReviewScreen):
    """`/review/`: the rail, and on a wide screen the first case of the queue."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; on a phone only its rail is seen."""
        shown = self.rail(None)
        context = self.page(shown["current"], shown) | {"at": "queue"}
        return render(request, "escalations/review/page.html", context)

    def first(self, queue: waiting.Queue) -> Case | None:
        """The case on top."""
        top = next(iter([*queue.mine, *queue.others]), None)
        return review.case(top.pk) if top else None


class ReviewCase(ReviewScreen):
    """`/review/<id>/`: one case. `?part=case` answers with that part of the page alone."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page or its part."""
        case = review.case(pk)
        if case is None:
            raise Http404(f"There is no EXC-{pk}.")
        context = self.page(case, self.rail(case)) | {"at": "case"}
        name = "case" if request.GET.get("part") == "case" else "page"
        return render(request, f"escalations/review/{name}.html", context)


class ReviewRail(ReviewScreen):
    """`/review/rail/?case=<id>`: the rail as HTML; 304 while nothing on it changed. `?after=` brings further rows."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The rail, unless the reader has it already."""
        if "after" in request.GET:
            return self._further(request, request.GET["after"])
        open_now = number(request.GET.get("case"))
        rows = Case.objects.select_related("claimed_by", "decided_by")
        shown = self.rail(rows.filter(pk=open_now).first() if open_now is not None else None)
        tag, seen = unless_seen(request, stamp(shown))
        answer = seen or render(request, "escalations/review/rail.html", shown)
        answer["ETag"] = tag
        answer["X-As-Of"] = f"{timezone.localtime(self.now):%H:%M:%S}"
        return answer

    def _further(self, request: HttpRequest, after: str) -> HttpResponse:
        queue = waiting.further(after, person=self.person, now=self.now, filters=self.chosen)
        found = evidence({row.alike for row in queue.rows}, now=self.now)
        listed = groups(queue, found, now=self.now, may_act=not self.why_not)
        context = {"groups": listed, "queue": queue, "query": self.query(), "person": self.person}
        if "part" in request.GET:
            return render(request, "escalations/review/rows.html", context)
        shown = self.rail(None) | context
        return render(request, "escalations/review/page.html", self.page(None, shown) | {"at": "queue"})


class ReviewReasons(ReviewScreen):
    """`/review/reasons/`: every reason code, what it asks, who decides it now."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        policy = active_documents().ownership
        people = directory(now=self.now, policy=policy)
        listed = [
            {
                "code": code,
                "decider": people.reviewer(code.value, None),
                "by": (policy.reviewers.get(code.value) or policy.reviewers["default"]).words,
            }
            for code in Reason
        ]
        context = {"reasons": listed, "within": policy.review_within}
        return render(request, "escalations/review/reasons.html", context)


class ReviewAccounts(ReviewScreen):
    """`/review/accounts/?q=`: accounts whose name or key has these letters, for the field of one's own answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A few of them, by name."""
        words = request.GET.get("q", "").replace(NUL, "").strip()[:80]
        found = Account.objects.filter(name__icontains=words) | Account.objects.filter(key__icontains=words)
        rows = found.order_by("name").values_list("name", "key", "tier")[:OFFERED] if len(words) > 1 else []
        offers = [{"value": f"{name}{BETWEEN}{key}", "words": tier} for name, key, tier in rows]
        return JsonResponse({"accounts": offers})
