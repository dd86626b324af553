"""The outbox: what left the building, what waits, what failed, each with its tries."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from escalations.models import Case, Message
from escalations.queries import outbox as reads
from escalations.services import outbox
from escalations.views.screens import Outcome, Screen, number, word

CHANNELS = {"portal": "portal", "email": "e-mail", "slack": "Slack"}
WORDS = {
    "held": "held",
    "pending": "waits",
    "sending": "being sent",
    "sent": "sent",
    "failed": "failed",
    "dropped": "dropped",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a row: its state in words, its channel, and the case it waits for."""

    message: Message
    words: str
    channel: str
    held_by: Case | None


class OutboxScreen(Screen):
    """Filters and paging in the address."""

    permission_required: str | tuple[str, ...] = "escalations.view_message"
    act_permission = "escalations.change_message"
    read_only = "You can read messages but not send one again. A lead or an integrator can."

    def chosen(self) -> dict[str, Any]:
        """State, record and place, as the address carries them."""
        asked = self.request.GET
        return {
            "state": word(asked.get("state"), list(reads.STATES)),
            "record": number(asked.get("record")),
            "below": number(asked.get("below")),
        }

    def context(self, message: Message | None) -> dict[str, Any]:
        """The list, and one message beside it."""
        chosen = self.chosen()
        page = reads.messages(**chosen)
        if message is None and page.rows:
            message = reads.message(page.rows[0].pk)
        held = reads.holding([*page.rows, *([message] if message else [])])
        counts = reads.counts()
        kept = {name: value for name, value in chosen.items() if value}
        return {
            "lines": [_line(row, held) for row in page.rows],
            "line": _line(message, held) if message else None,
            "tries": reads.tries(message) if message else [],
            "chips": [(state, WORDS[state], counts.of.get(state, 0)) for state in reads.STATES],
            "counts": counts,
            "state": chosen["state"],
            "record": chosen["record"],
            "query": f"?{urlencode(kept)}" if kept else "",
            "more": f"?{urlencode(kept | {'below': page.below})}" if page.below else "",
            "paged": chosen["below"] is not None,
            "why_not": self.why_not,
            "demo": settings.DEMO,
        }


class Outbox(OutboxScreen):
    """`/outbox/` and `/outbox/<id>/`: the list, with one message readable beside it."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The page."""
        message = reads.message(pk) if pk is not None else None
        if pk is not None and message is None:
            raise Http404(f"There is no message {pk}.")
        context = self.context(message) | {"at": "list" if pk is None else "one"}
        return render(request, "escalations/outbox/page.html", context)


class Retry(OutboxScreen):
    """Try a failed message once more."""

    permission_required = ("escalations.view_message", "escalations.change_message")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Nothing happens to a message that has not failed."""
        if reads.message(pk) is None:
            raise Http404(f"There is no message {pk}.")
        outbox.retry(message_id=pk, now=self.now)
        reads.forget_counts()
        here = reverse("message", args=[pk])
        return Outcome(f"{here}?{request.GET.urlencode()}" if request.GET else here).answer(request)


def _line(message: Message, held: dict[int, Case]) -> Line:
    case = held.get(message.escalation_id or 0) if message.state == Message.State.HELD else None
    return Line(message, WORDS[message.state], CHANNELS.get(message.channel, message.channel), case)
