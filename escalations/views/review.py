"""The review queue: the rail of waiting cases, and one case that fills the screen."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from escalations.domain.reasons import Reason
from escalations.models import Account, Case
from escalations.queries import review
from escalations.views.answers import BETWEEN
from escalations.views.casefile import asks, casefile, standing
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

    def queue(self, decided: review.Recent) -> review.Queue:
        """The queue as this reader filters it."""
        chosen = self.filters()
        return review.queue(
            person=self.person, now=self.now, decided=decided, who=chosen["who"], reason=chosen["reason-code"]
        )

    def query(self) -> str:
        """The filters as an address carries them."""
        chosen = {name: value for name, value in self.filters().items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def rail(self, current: Case | None) -> dict[str, Any]:
        """Everything the rail shows."""
        decided = review.recent()
        queue = self.queue(decided)
        midnight = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        reason = self.filters()["reason-code"]
        state, words = standing(current, self.person, timezone.localtime) if current else ("", "")
        return {
            "queue": queue,
            "groups": _groups(queue),
            "recent": decided,
            "undo": decided.undoable(by=self.person, now=self.now),
            "passed": review.passed_today(since=midnight),
            "silent": review.silent(now=self.now),
            "current": current,
            "state": state,
            "state_words": words,
            "filters": self.filters(),
            "reason_words": Reason(reason).words if reason else "",
            "query": self.query(),
            "now": self.now,
            "person": self.person,
        }

    def page(self, case: Case | None, rail: dict[str, Any]) -> dict[str, Any]:
        """The rail and the case."""
        documents = active_documents()
        file = casefile(case, documents=documents, now=self.now) if case else None
        waiting = [one for one in rail["queue"].rows if case and one.reason == case.reason and one.pk != case.pk]
        return rail | {
            "file": file,
            "case": case,
            "why_not": self.why_not,
            "alike_waiting": len(waiting) + (1 if case and case.state != Case.State.DECIDED else 0),
            "recent_reasons": rail["recent"].reasons(by=self.person),
        }


class Review(ReviewScreen):
    """`/review/`: the rail, and on a wide screen the first case of the queue."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; on a phone only its rail is seen."""
        rail = self.rail(None)
        first = next(iter([*rail["queue"].mine, *rail["queue"].others]), None)
        case = review.case(first.pk) if first else None
        if case is not None:
            state, words = standing(case, self.person, timezone.localtime)
            rail |= {"current": case, "state": state, "state_words": words}
        return render(request, "escalations/review/page.html", self.page(case, rail) | {"at": "queue"})


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
    """`/review/rail/?case=<id>`: the rail as HTML; 304 while nothing on it changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The rail, unless the reader has it already."""
        open_now = number(request.GET.get("case"))
        rows = Case.objects.select_related("claimed_by", "decided_by")
        rail = self.rail(rows.filter(pk=open_now).first() if open_now is not None else None)
        tag, seen = unless_seen(request, _stamp(rail))
        answer = seen or render(request, "escalations/review/rail.html", rail)
        answer["ETag"] = tag
        answer["X-As-Of"] = f"{timezone.localtime(self.now):%H:%M:%S}"
        return answer


class ReviewAccounts(ReviewScreen):
    """`/review/accounts/?q=`: accounts whose name or key has these letters, for the field of one's own answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A few of them, by name."""
        words = request.GET.get("q", "").replace(NUL, "").strip()[:80]
        found = Account.objects.filter(name__icontains=words) | Account.objects.filter(key__icontains=words)
        rows = found.order_by("name").values_list("name", "key", "tier")[:OFFERED] if len(words) > 1 else []
        offers = [{"value": f"{name}{BETWEEN}{key}", "words": tier} for name, key, tier in rows]
        return JsonResponse({"accounts": offers})


def _groups(queue: review.Queue) -> list[dict[str, Any]]:
    """The rows of the rail under their headings; a heading alone says nothing and is left out."""
    parts = (("Yours", queue.mine, False), ("Of others", queue.others, False), ("Snoozed", queue.snoozed, True))
    filled = [part for part in parts if part[1]]
    return [
        {
            "title": title if len(filled) > 1 or asleep else "",
            "asleep": asleep,
            "rows": [(row, asks(row, getattr(row, "said", None) or [])) for row in rows],
        }
        for title, rows, asleep in filled
    ]


def _stamp(rail: dict[str, Any]) -> tuple[object, ...]:
    queue: review.Queue = rail["queue"]
    groups = [[(row.pk, row.version) for row in rows] for rows in (queue.mine, queue.others, queue.snoozed)]
    last: Case | None = rail["recent"].last
    current: Case | None = rail["current"]
    moments: list[datetime | None] = [last.decided_at if last else None]
    return (
        groups,
        queue.waiting,
        queue.minutes,
        moments,
        rail["undo"].pk if rail["undo"] else None,
        rail["passed"],
        [name for name, _ in rail["silent"]],
        rail["state"],
        rail["state_words"],
        current.version if current else 0,
        rail["query"],
        rail["person"].pk if rail["person"] else 0,
    )
