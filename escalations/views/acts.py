"""Acts on a record: GET draws the panel that says what will happen, POST does it or says why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from escalations.domain.lifecycle import NotAllowed
from escalations.models import Entry, Escalation, Person, Promise
from escalations.queries.record import since
from escalations.services import handoffs, ledger, promises
from escalations.services.errors import Refused, Stale
from escalations.views.desk import Page, forget_counts
from escalations.views.moments import moment
from escalations.views.panels import ACTS, Act, Field, Panel, panel_of
from escalations.views.who import Viewer
from opsportal.audit.acting import acting

MOST_PEOPLE = 500
EMPTY = "is required"  # the words of services.errors.require


@dataclass(frozen=True, slots=True)
class Asked:
    """One act as it was asked for: the form's fields, by whom, on what, seen at which version."""

    record: int
    by: Person
    form: Mapping[str, str]
    seen: int | None
    now: datetime
    viewer: Viewer

    def said(self, name: str) -> str:
        """A field's text."""
        return self.form.get(name, "").replace("\x00", "").strip()

    def when(self, name: str) -> datetime:
        """A field that names a moment; raises Refused in words."""
        try:
            return moment(self.said(name), now=self.now, zone=self.viewer.zone)
        except ValueError as fault:
            raise Refused({name: str(fault)}) from fault


class ActView(Page):
    """`/desk/act/<id>/<act>/`."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        """The panel, as the record stands now."""
        act, record = ACTS.get(slug), record_at(pk)
        if act is None or record is None:
            return HttpResponse(f"There is no ESC-{pk}, or no such act.", status=404)
        return self._panel(request, act, record, {})

    def post(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        """Do it: 200 with what was done; 403, 409 and 422 bring the panel back with what was typed."""
        act, record = ACTS.get(slug), record_at(pk)
        if act is None or record is None:
            return HttpResponse(f"There is no ESC-{pk}, or no such act.", status=404)
        form = {name: str(value) for name, value in request.POST.items()}
        person = self.viewer.person
        if person is None or not self.viewer.may_act:
            return self._panel(request, act, record, form, general=[self.viewer.why_not], status=403)
        asked = Asked(pk, person, form, number(form.get("seen_version")), self.now, self.viewer)
        try:
            with acting(door="desk"):
                DO[slug](asked)
        except Stale:
            happened = since(pk, number(form.get("seen_entry")) or 0)
            return self._panel(request, act, record_at(pk) or record, form, happened=happened, status=409)
        except Refused as fault:
            return self._panel(request, act, record, form, problems=fault.problems, status=422)
        except NotAllowed as fault:
            return self._panel(request, act, record_at(pk) or record, form, general=[fault.words], status=422)
        forget_counts(self.viewer)
        return JsonResponse({"done": _done(act, record)})

    def _panel(
        self,
        request: HttpRequest,
        act: Act,
        record: Escalation,
        form: Mapping[str, str],
        *,
        problems: Mapping[str, str] | None = None,
        general: Sequence[str] = (),
        happened: Sequence[Entry] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        promise = Promise.objects.filter(escalation=record, state=Promise.State.OPEN).first()
        asks_whom = act.slug == "hand-off"
        there = Person.objects.filter(is_active=True).with_absence(self.now)
        people = list(there[:MOST_PEOPLE]) if asks_whom else []
        panel = panel_of(act, record, viewer=self.viewer, promise=promise, people=people, now=self.now)
        left_over = dict(problems or {})
        fields = [filled(one, form, left_over.pop(one.name, "")) for one in panel.fields]
        context: dict[str, Any] = {
            "act": act,
            "record": record,
            "panel": Panel(panel.title, panel.sentence, panel.button, fields),
            "general": [*general, *left_over.values()],
            "stale": happened is not None,
            "happened": [entry_line(one, self.viewer, self.now) for one in happened or ()],
            "last_entry": Entry.objects.filter(escalation=record).order_by("-id").values_list("pk", flat=True).first(),
            "viewer": self.viewer,
            "promise": promise,
            "keeps": act.slug == "promise" and promise is not None,
        }
        return render(request, "escalations/desk/panel.html", context, status=status)


def record_at(pk: int) -> Escalation | None:
    """The record of an id, with what panels speak of."""
    return Escalation.objects.select_related("account", "owner").filter(pk=pk).first()


def filled(one: Field, form: Mapping[str, str], problem: str) -> Field:
    """A field with what was typed, and what is wrong with it as a sentence."""
    words = one.missing if problem == EMPTY and one.missing else f"{one.label} {problem}" if problem else ""
    return replace(one, value=form.get(one.name, one.initial), error=words)


def number(text: str | None) -> int | None:
    """A number that a form carries; None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def entry_line(entry: Entry, viewer: Viewer, now: datetime) -> dict[str, str]:
    """What happened meanwhile, as the panel lists it."""
    return {"at": viewer.clock(entry.at, now), "exact": viewer.exact(entry.at), "text": entry.text}


def _done(act: Act, record: Escalation) -> str:
    customer = record.account.name
    return {
        "acknowledge": f"{customer} is acknowledged and yours",
        "wake": f"{customer} is awake again",
        "hand-off": f"{customer} is handed off",
        "promise": f"Promised to {customer}",
        "kept": f"{customer} was told: the promise is kept",
        "blocker": f"Blocker of {customer} is set",
        "snooze": f"{customer} is snoozed",
        "note": f"Noted on {customer}",
        "resolve": f"{customer} is resolved",
        "close": f"{record.reference} is closed",
        "reopen": f"{record.reference} is open again",
    }[act.slug]


def _base(asked: Asked) -> dict[str, Any]:
    return {"escalation_id": asked.record, "by": asked.by, "now": datetime.now(UTC)}


def _seen(asked: Asked) -> dict[str, Any]:
    return _base(asked) | {"seen_version": asked.seen}


def _hand_off(asked: Asked) -> None:
    _require(asked, "to", "reason", "expected")
    handoffs.hand_off(
        to_id=number(asked.said("to")), reason=asked.said("reason"), expected=asked.said("expected"), **_seen(asked)
    )


def _require(asked: Asked, *names: str) -> None:
    """Every empty field at once, before the verb speaks of the first."""
    missing = {name: EMPTY for name in names if not asked.said(name)}
    if missing:
        raise Refused(missing)


def _promise(asked: Asked) -> None:
    _require(asked, "to_whom", "text", "due_at")
    promises.promise(
        to_whom=asked.said("to_whom"),
        text=asked.said("text"),
        due_at=asked.when("due_at"),
        reason=asked.said("reason"),
        **_seen(asked),
    )


def _snooze(asked: Asked) -> None:
    _require(asked, "until", "reason")
    ledger.snooze(until=asked.when("until"), reason=asked.said("reason"), **_seen(asked))


def _note(asked: Asked) -> None:
    _require(asked, "text")
    ledger.note(text=asked.said("text"), customer_told=bool(asked.said("customer_told")), **_base(asked))


DO: dict[str, Callable[[Asked], object]] = {
    "acknowledge": lambda asked: ledger.acknowledge(**_seen(asked)),
    "wake": lambda asked: ledger.resume(reason=asked.said("reason"), **_seen(asked)),
    "hand-off": _hand_off,
    "promise": _promise,
    "kept": lambda asked: promises.keep(text=asked.said("text"), **_seen(asked)),
    "blocker": lambda asked: ledger.set_blocker(blocker=asked.said("blocker"), note=asked.said("note"), **_seen(asked)),
    "snooze": _snooze,
    "note": _note,
    "resolve": lambda asked: ledger.resolve(resolution=asked.said("resolution"), **_seen(asked)),
    "close": lambda asked: ledger.close(reason=asked.said("reason"), **_seen(asked)),
    "reopen": lambda asked: ledger.reopen(reason=asked.said("reason"), **_seen(asked)),
}
