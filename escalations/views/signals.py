"""Signals: the log of what came in, and one signal with its bytes and what each stage made of them."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from escalations.models import Signal
from escalations.queries import signals as reads
from escalations.views.screens import Screen, number, word

MOST = 200_000  # characters of a body that a page shows; the bytes are all kept
WORDS = {
    "received": "on its way",
    "review": "in review",
    "matched": "matched",
    "ignored": "ignored",
    "failed": "failed",
    "erased": "erased",
    "history": "history",
}
STAGES = {"map": "Read", "correlate": "Correlated", "match": "Matched", "open": "Opened", "fault": "Fault"}
CONTROL = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {127: 0x2421}


@dataclass(frozen=True, slots=True)
class Line:
    """A signal as a row of the log."""

    signal: Signal
    words: str
    who: str
    title: str
    why: str


class Signals(Screen):
    """`/signals/`: newest first, by stage and source."""

    permission_required = "escalations.view_signal"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The log."""
        asked, sources = request.GET, reads.sources()
        chosen: dict[str, Any] = {
            "stage": word(asked.get("stage"), list(WORDS)),
            "source": word(asked.get("source"), [slug for slug, _ in sources]),
            "record": number(asked.get("record")),
            "case": number(asked.get("case")),
            "below": number(asked.get("below")),
        }
        page = reads.signals(**chosen)
        kept = {name: value for name, value in chosen.items() if value}
        context = chosen | {
            "lines": [_line(row) for row in page.rows],
            "stages": WORDS.items(),
            "sources": sources,
            "more": f"?{urlencode(kept | {'below': page.below})}" if page.below else "",
            "filtered": bool(kept.keys() - {"below"}),
            "now": self.now,
        }
        return render(request, "escalations/signals/list.html", context)


class OneSignal(Screen):
    """`/signals/<id>/`: what came, and what was made of it."""

    permission_required = "escalations.view_signal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        signal = reads.signal(pk)
        if signal is None:
            raise Http404(f"There is no signal {pk}.")
        body = bytes(signal.delivery.body)
        text = readable(body)
        context = {
            "line": _line(signal),
            "signal": signal,
            "delivery": signal.delivery,
            "stages": [_stage(reason) for reason in signal.reasons],
            "facts": [(name, _shown(value)) for name, value in sorted(signal.facts.items())],
            "headers": sorted(signal.delivery.headers.items()),
            "siblings": [_line(one) for one in reads.siblings(signal)],
            "body": text[:MOST],
            "length": len(body),
            "cut": len(text) > MOST,
        }
        return render(request, "escalations/signals/one.html", context)


def readable(body: bytes) -> str:
    """Bytes as text that a page can hold: what is no UTF-8 is replaced, control characters become their pictures."""
    return body.decode("utf-8", errors="replace").translate(CONTROL)


def _line(signal: Signal) -> Line:
    facts = signal.facts
    who = signal.escalation.account.name if signal.escalation else str(facts.get("account") or "")
    last = signal.reasons[-1]["words"] if signal.reasons else ""
    return Line(signal, WORDS[signal.stage], who[:120], str(facts.get("title") or "")[:200], last)


def _stage(reason: dict[str, Any]) -> tuple[str, str]:
    name = str(reason.get("stage", ""))
    return STAGES.get(name, name.capitalize()), str(reason.get("words", ""))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
