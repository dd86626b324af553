"""The steps of a record as its page lists them: glyph, words, who or when, and what the reader can do to each."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.urls import reverse

from escalations.models import Escalation, StepRun
from escalations.queries.record import RecordRows
from escalations.services.answering import not_undoable
from escalations.services.outbox import MAX_ATTEMPTS
from escalations.views.panels import Button
from escalations.views.who import Viewer, left

State = StepRun.State
# The symbol of each state; the word stands beside it.
GLYPHS = {
    "done": "done", "running": "run", "waiting": "now", "next": "next", "failed": "fail", "skipped": "next",
    "undoing": "run", "undone": "undo",
}  # fmt: skip
# What a person can do to a step that waits for one: the verb in its address, the word on its button.
ASKED = {
    "ask_person": (("answer", "Answer"),),
    "ask_approval": (("approve", "Approve"), ("refuse", "Refuse")),
    "open_task": (("tick", "Tick off"),),
}
OWN_ASIDE = "You asked for it: somebody else approves."


@dataclass(frozen=True, slots=True)
class StepAct:
    """A button on a step."""

    slug: str
    word: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One guided step: its look, its words, on the right who, when or why, and what can be done to it."""

    state: str
    glyph: str
    title: str
    meta: str
    late: bool = False
    mine: bool = False
    depth: int = 0
    link: str = ""
    link_word: str = ""
    acts: list[StepAct] = field(default_factory=list)


def lines(found: RecordRows, *, viewer: Viewer, now: datetime) -> list[StepLine]:
    """Every step in its order."""
    record = found.escalation
    return [_line(run, found, record, viewer, now) for run in found.steps]


def with_step(acts: list[Button], found: RecordRows, *, viewer: Viewer) -> list[Button]:
    """The act bar with what a step asks of the reader in front: it is due now, once the record is acknowledged."""
    if found.escalation.state == Escalation.State.OPEN:
        return acts
    for run in found.steps:
        asked = ASKED.get(run.do)
        if run.state == State.WAITING and asked and viewer.is_me(run.waits_for_id):
            slug, word = asked[0]
            key = "" if any(one.key == "a" for one in acts) else "a"
            return [Button(_slug(run, slug), word, key, main=True), *(replace(one, main=False) for one in acts)]
    return acts


def _line(run: StepRun, found: RecordRows, record: Escalation, viewer: Viewer, now: datetime) -> StepLine:
    due = _due(run, record)
    late = run.state == State.WAITING and due is not None and due < now
    link, word = _link(run)
    return StepLine(
        state=run.state,
        glyph=GLYPHS[run.state],
        title=run.title,
        meta=_meta(run, found, record, viewer, now, due),
        late=late,
        mine=run.state == State.WAITING and _is_mine(run, record, viewer),
        depth=min(len([part for part in run.block.split("/") if part]), 3),
        link=link,
        link_word=word,
        acts=_acts(run, record, viewer),
    )


def _meta(
    run: StepRun, found: RecordRows, record: Escalation, viewer: Viewer, now: datetime, due: datetime | None
) -> str:
    match run.state:
        case State.DONE:
            who = run.done_by.name.split()[0] if run.done_by else run.outcome
            return _joined(viewer.clock(run.done_at, now) if run.done_at else "", who)
        case State.WAITING:
            if run.outcome:
                return run.outcome
            ahead = "" if due is None else left(due, now) if due < now else f"in {left(due, now)}"
            return _joined(_who(run, record, viewer), ahead)
        case State.RUNNING | State.UNDOING:
            return run.outcome if run.state == State.RUNNING and run.outcome else _under_way(run, found, viewer, now)
        case State.FAILED:
            return run.outcome
        case _:
            return run.outcome


def _under_way(run: StepRun, found: RecordRows, viewer: Viewer, now: datetime) -> str:
    """Since when, and which try of how many."""
    since = f"since {viewer.clock(run.started_at, now)}" if run.started_at else ""
    message = found.sending.get(run.awaits or "")
    most = (message.most_attempts or MAX_ATTEMPTS) if message else 0
    tries = f"try {min(message.attempts + 1, most)} of {most}" if message else ""
    return _joined("setting back" if run.state == State.UNDOING else "", since, tries)


def _who(run: StepRun, record: Escalation, viewer: Viewer) -> str:
    if run.do in ASKED:
        return "you" if viewer.is_me(run.waits_for_id) else run.waits_for.name.split()[0] if run.waits_for else ""
    return "you" if viewer.is_me(record.owner_id) else record.owner.name.split()[0] if record.owner else ""


def _is_mine(run: StepRun, record: Escalation, viewer: Viewer) -> bool:
    return viewer.is_me(run.waits_for_id if run.do in ASKED else record.owner_id)


def _due(run: StepRun, record: Escalation) -> datetime | None:
    if run.do in ASKED:
        return run.due_at
    return record.acknowledge_by if run.do == "wait_for_acknowledgement" else record.resolve_by


def _link(run: StepRun) -> tuple[str, str]:
    """Where it leads: the case of one that failed, the channel of a war room, what a snapshot kept."""
    if run.state == State.FAILED and run.case is not None:
        return reverse("review-case", args=[run.case.pk]), f"{run.case.reference}, {run.case.owner.name.split()[0]}"
    if run.state == State.DONE and run.do == "snapshot":
        return f"{reverse('admin:escalations_snapshot_changelist')}?run__id__exact={run.pk}", "see"
    link = run.data.get("link", "")
    return (link, "open") if run.state == State.DONE and str(link).startswith("https://") else ("", "")


def _acts(run: StepRun, record: Escalation, viewer: Viewer) -> list[StepAct]:
    if run.state == State.WAITING and run.do in ASKED:
        why_not = viewer.why_not
        if run.do == "ask_approval":
            why_not = OWN_ASIDE if viewer.is_me(run.asked_by_id) else ""
        return [StepAct(_slug(run, slug), word, why_not) for slug, word in ASKED[run.do]]
    if not not_undoable(run, record):
        return [StepAct(_slug(run, "undo"), "Undo", viewer.why_not)]
    return []


def _slug(run: StepRun, verb: str) -> str:
    return f"step/{run.step}/{verb}"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
