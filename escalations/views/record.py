"""The record pane in words: clocks, what happens by itself, steps, timeline, evidence, people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from escalations.models import Case, Entry, Escalation, Promise, Signal, StepRun
from escalations.queries.record import RecordRows
from escalations.views import facts, forecast, panels, steplines
from escalations.views.rows import Clock, bar, because, clock, severities
from escalations.views.who import Viewer, left, span
from templates_engine.models import Version
from templates_engine.queries import Documents, active_documents

DUE = {
    "acknowledge": "acknowledge by",
    "resolve": "fix by",
    "expected": "result expected by",
    "promise": "customer update by",
    "wake": "snoozed until",
}
FACTS = 9  # as many as stand beside the steps without a scroll


def sheet(found: RecordRows, *, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Everything the pane's templates name."""
    record, documents = found.escalation, active_documents()
    people = _people(record)
    lines = facts.lines(record, documents=documents, viewer=viewer, now=now)
    names = {person["name"] for person in people}
    acts = panels.bar_of(record, promises=found.promises, viewer=viewer, now=now)
    acts = steplines.with_step(acts, found, viewer=viewer)
    return {
        "record": record,
        "newer": _newer(record, documents),
        "viewer": viewer,
        "bar": bar(record.severity, severities(documents)),
        "because": because(record),
        "age": span((record.closed_at or record.resolved_at or now) - record.opened_at),
        "owner": _owner(record, viewer),
        "due": _due(record, viewer, now),
        "promise": _promise(found.promises, record, viewer, now),
        "forecast": forecast.events(found, viewer=viewer, now=now),
        "steps": steplines.lines(found, viewer=viewer, now=now),
        "steps_done": sum(run.state == StepRun.State.DONE for run in found.steps),
        "facts": lines[:FACTS],
        "more_facts": lines[FACTS:],
        "whole": found.whole,
        "entries": [_entry(one, names, viewer, now) for one in found.entries],
        "entry_count": found.entry_count,
        "more_entries": found.entry_count > len(found.entries),
        "evidence": [_evidence(one, viewer, now) for one in found.signals],
        "signal_count": found.signal_count,
        "people": people,
        "cases": [_case(one, viewer, now) for one in found.cases],
        "path": _path(found.signals, viewer),
        "acts": acts,
        "main_act": next((one for one in acts if one.main), None),
        "as_of": viewer.exact(now),
        "as_of_clock": now.astimezone(viewer.zone),
        "last_entry": found.entries[0].pk if found.entries else 0,
    }


def _newer(record: Escalation, documents: Documents) -> Version | None:
    """The version that new escalations of its kind start on, where a running record stays on an older one."""
    active = documents.ids.get(("template", record.template.document.key))
    if not record.is_open or active is None or active == record.template_id:
        return None
    return Version.objects.defer("text", "body").filter(pk=active).first()


def _owner(record: Escalation, viewer: Viewer) -> dict[str, str]:
    chain = [record.primary, record.backup, record.escalation_owner]
    names: list[str] = []
    for person in chain[record.level + 1 :]:
        if person.pk != record.owner_id and person.name not in names:
            names.append(person.name)
    owner = record.owner
    title = owner.title if owner else ""
    me = "you" if viewer.is_me(record.owner_id) else ""
    role = "holds it as last owner" if record.level > len(chain) - 1 else title
    return {
        "name": owner.name if owner else "nobody",
        "who": ", ".join(part for part in (me, role) if part),
        "then": ", ".join(f"then {name.split()[0]}" for name in names) if record.is_open else "",
    }


def _due(record: Escalation, viewer: Viewer, now: datetime) -> dict[str, Any]:
    if not record.is_open or record.next_due_at is None:
        ended = record.closed_at or record.resolved_at
        return {"word": record.state, "first": f"since {viewer.clock(ended, now)}" if ended else ""}
    kind, due = record.next_due_kind, record.next_due_at
    resolve = f"fix by {viewer.clock(record.resolve_by, now)}, {left(record.resolve_by, now)}"
    late = record.resolve_by < now
    return {
        "clock": clock(due, viewer, now),
        "paused": record.state == Escalation.State.WAITING,
        "first": f"{DUE.get(kind, 'due')} {viewer.clock(due, now)}",
        "second": "" if kind == "resolve" else resolve if late else f"{resolve} left",
    }


def _promise(promises: Sequence[Promise], record: Escalation, viewer: Viewer, now: datetime) -> dict[str, Any]:
    live = next((one for one in promises if one.state == Promise.State.OPEN), None)
    ended = [one for one in promises if one.state in (Promise.State.KEPT, Promise.State.LATE)]
    kept = sum(one.state == Promise.State.KEPT for one in ended)
    touch = f"last touch {viewer.clock(record.last_touch_at, now)}" if record.last_touch_at else "no touch yet"
    told = f"{touch}, kept {kept} of {len(ended)}" if ended else touch
    if live is None or not record.is_open:
        return {"touch": told}
    whole = (live.due_at - live.made_at).total_seconds()
    used = (now - live.made_at).total_seconds()
    moved = next((one for one in promises if one.state == Promise.State.MOVED), None)
    was = f" (was {viewer.clock(moved.due_at, now)})" if moved and moved.ended_at == live.made_at else ""
    return {
        "clock": clock(live.due_at, viewer, now),
        "words": f"to {live.to_whom}, {viewer.clock(live.due_at, now)}{was}: {live.text}",
        "why_moved": moved.reason if moved and was else "",
        "used": max(0, min(100, round(100 * used / whole))) if whole > 0 else 100,
        "used_words": f"{span(now - live.made_at)} of {span(live.due_at - live.made_at)} used",
        "touch": told,
    }


def _entry(entry: Entry, names: Collection[str], viewer: Viewer, now: datetime) -> dict[str, str]:
    """A sentence of the timeline; whoever begins it is called by the first name."""
    head = next((name for name in (entry.actor, *names) if entry.text.startswith(f"{name} ")), "")
    return {
        "at": viewer.clock(entry.at, now),
        "exact": viewer.exact(entry.at),
        "who": head.split()[0] if head else "",
        "text": entry.text.removeprefix(head),
        "whole": entry.text,
    }


def _evidence(signal: Signal, viewer: Viewer, now: datetime) -> dict[str, str]:
    said = signal.facts.get("title") or signal.facts.get("summary") or f"Signal {signal.pk}"
    return {
        "title": str(said)[:120],
        "link": reverse("signal", args=[signal.pk]),
        "meta": f"{viewer.clock(signal.received_at, now)} · {signal.source}",
        "exact": viewer.exact(signal.received_at),
    }


def _people(record: Escalation) -> list[dict[str, str]]:
    return [
        {"role": role, "name": person.name, "title": person.title}
        for role, person in (
            ("Primary", record.primary),
            ("Backup", record.backup),
            ("Escalation", record.escalation_owner),
            ("Account", record.account.owner),
            ("Acknowledged", record.acknowledged_by),
        )
        if person is not None
    ]


def _case(case: Case, viewer: Viewer, now: datetime) -> dict[str, str | int | Clock]:
    return {
        "pk": case.pk,
        "question": case.question,
        "reason": case.get_reason_display(),
        "owner": "you" if viewer.is_me(case.owner_id) else case.owner.name,
        "due": clock(case.due_at, viewer, now),
    }


def _path(signals: Sequence[Signal], viewer: Viewer) -> list[dict[str, Any]]:
    """What the line decided about each signal, oldest first: the record's own explanation."""
    return [
        {
            "source": str(one.source),
            "at": viewer.exact(one.received_at),
            "reasons": [_reason(said) for said in one.reasons],
        }
        for one in reversed(signals)
    ]


def _reason(said: Any) -> str:
    """One line of what the line decided: its words, after the stage it was at."""
    if isinstance(said, dict):
        return f"{said.get('stage', '')}: {said.get('words', '')}".strip(": ")
    return str(said)
