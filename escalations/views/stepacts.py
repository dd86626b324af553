"""Acts on one step of a record: answer, approve, refuse, tick off, set back; panels as those of the record's acts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from escalations.models import Entry, Escalation, Person
from escalations.queries.record import since
from escalations.queries.steps import answered_so_far
from escalations.services import answering
from escalations.services.errors import Refused, Stale, Taken
from escalations.services.steps.base import Here
from escalations.views.acts import entry_line, filled, number, record_at
from escalations.views.desk import Page, forget_counts
from escalations.views.panels import Act, Field, Panel
from opsportal.audit.acting import acting

_COMMENT = Field("comment", "Comment", "wide", required=False)


@dataclass(frozen=True, slots=True)
class _Verb:
    """One thing to do to a step: for which kind (empty: any), its panel, and its verb."""

    do: str
    panel: Callable[[Here], Panel]
    act: Callable[..., Escalation]
    done: str


class StepActView(Page):
    """`/desk/act/<id>/step/<step>/<verb>/`: GET draws the panel, POST does it or says why not."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int, step: str, slug: str) -> HttpResponse:
        """The panel, as the step stands now."""
        verb, here = VERBS.get(slug), self._here(pk, step)
        if verb is None or here is None or verb.do not in ("", here.run.do):
            return HttpResponse("There is no such step, or it can not be asked this.", status=404)
        return self._panel(request, slug, verb, here, {})

    def post(self, request: HttpRequest, pk: int, step: str, slug: str) -> HttpResponse:
        """Do it: 200 with what was done; 403, 409 and 422 bring the panel back with what was typed."""
        verb, here = VERBS.get(slug), self._here(pk, step)
        if verb is None or here is None or verb.do not in ("", here.run.do):
            return HttpResponse("There is no such step, or it can not be asked this.", status=404)
        form = {name: str(value).replace("\x00", "").strip() for name, value in request.POST.items()}
        why_not, person = self._why_not(here), self.viewer.person
        if person is None or why_not:
            return self._panel(request, slug, verb, here, form, general=[why_not], status=403)
        said = {one.name: form.get(one.name, "") for one in verb.panel(here).fields}
        try:
            with acting(door="desk"):
                verb.act(**self._who(pk, step, person, form), **said)
        except Stale:
            told = since(pk, number(form.get("seen_entry")) or 0)
            return self._panel(request, slug, verb, self._here(pk, step) or here, form, told=told, status=409)
        except Taken as fault:
            return self._panel(request, slug, verb, here, form, general=[f"{fault}."], status=409)
        except Refused as fault:
            return self._panel(request, slug, verb, here, form, problems=fault.problems, status=422)
        forget_counts(self.viewer)
        return JsonResponse({"done": f"{verb.done}: {here.run.title}"})

    def _who(self, pk: int, step: str, person: Person, form: Mapping[str, str]) -> dict[str, Any]:
        seen = number(form.get("seen_version"))
        return {"escalation_id": pk, "step": step, "by": person, "now": datetime.now(UTC), "seen_version": seen}

    def _here(self, pk: int, step: str) -> Here | None:
        record = record_at(pk)
        return answering.look(record, step, now=self.now, by=self.viewer.person) if record else None

    def _why_not(self, here: Here) -> str:
        """Approvers need not be operators: the step itself names them."""
        if here.run.do == "ask_approval":
            person = self.viewer.person
            words = answering.may_approve(here, person) if person else "your login stands for nobody in the directory"
            return f"{words[:1].upper()}{words[1:]}." if words else ""
        return self.viewer.why_not

    def _panel(
        self,
        request: HttpRequest,
        slug: str,
        verb: _Verb,
        here: Here,
        form: Mapping[str, str],
        *,
        problems: Mapping[str, str] | None = None,
        general: Sequence[str] = (),
        told: Sequence[Entry] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        panel, rest = verb.panel(here), dict(problems or {})
        fields = [filled(one, form, rest.pop(one.name, "")) for one in panel.fields]
        record, why_not = here.escalation, self._why_not(here)
        context = {
            "act": Act(f"step/{here.run.step}/{slug}", slug, panel.button, ""),
            "action": reverse("desk-step-act", args=[record.pk, here.run.step, slug]),
            "record": record,
            "panel": Panel(panel.title, panel.sentence, panel.button, fields),
            "support": _support(here),
            "general": [*general, *([why_not] if why_not and why_not not in general else []), *rest.values()],
            "may_not": bool(why_not),
            "stale": told is not None,
            "happened": [entry_line(one, self.viewer, self.now) for one in told or ()],
            "last_entry": Entry.objects.filter(escalation=record).order_by("-id").values_list("pk", flat=True).first(),
            "viewer": self.viewer,
        }
        return render(request, "escalations/desk/panel.html", context, status=status)


def _support(here: Here) -> list[tuple[str, str]]:
    """What helps to decide: the facts that the step shows, each with its source."""
    labels = here.unit.documents.facts.fields
    rows = []
    for name in here.step.show or ():
        fact = here.escalation.facts.get(name, {})
        value = fact.get("value")
        label = labels[name].label if name in labels and labels[name].label else name
        rows.append((label, f"{value} ({fact['source']})" if value is not None else "not known"))
    return rows


def _question(here: Here) -> str:
    return here.text(here.step.question or here.run.title)


def _guided(here: Here, otherwise: str) -> str:
    return here.text(here.step.guidance) if here.step.guidance else otherwise


def _answer(here: Here) -> Panel:
    counts = answered_so_far(here.run)
    whole = sum(counts.values())
    choices = tuple(
        (one.key, _choice(one.title, one.why, counts.get(one.key, 0), whole)) for one in here.step.choices or ()
    )
    fields = [Field("answer", "Your answer", "radio", choices=choices, missing="Choose one"), _COMMENT]
    words = _guided(here, "Your answer goes on the timeline, and the line goes on with it.")
    return Panel(_question(here), words, "Answer", fields)


def _choice(title: str, why: str, times: int, whole: int) -> str:
    """An answer with when it is right, and how often it was given to this question before."""
    before = f" ({times} of {whole} so far)" if whole else ""
    return f"{title}{f': {why}' if why else ''}{before}"


def _approve(here: Here) -> Panel:
    asked = here.run.asked_by.name if here.run.asked_by else "somebody"
    words = _guided(here, "The line goes on as soon as you approve.")
    return Panel(_question(here), f"{words} {asked} asked for it.", "Approve", [_COMMENT])


def _refuse(here: Here) -> Panel:
    if here.step.sets:
        words = "Your answer is kept as a fact, and the line goes on by it."
    else:
        words = "What was prepared for it is set back where the template says how, and a person decides how to go on."
    reason = Field("reason", "Reason", "wide", missing="Say why")
    return Panel(f"Refuse: {_question(here)}", words, "Refuse", [reason])


def _tick(here: Here) -> Panel:
    words = _guided(here, "It is done, and your name stands beside it.")
    return Panel(here.run.title, words, "Tick off", [_COMMENT])


def _undo(here: Here) -> Panel:
    words = f"What {here.run.title} did is set back. The line itself stays where it is."
    return Panel(f"Undo: {here.run.title}", words, "Undo", [Field("reason", "Reason", "wide", missing="Say why")])


VERBS = {
    "answer": _Verb("ask_person", _answer, answering.choose, "Answered"),
    "approve": _Verb("ask_approval", _approve, answering.approve, "Approved"),
    "refuse": _Verb("ask_approval", _refuse, answering.turn_down, "Refused"),
    "tick": _Verb("open_task", _tick, answering.tick, "Done"),
    "undo": _Verb("", _undo, answering.undo_step, "Set back"),
}
