"""Moving running escalations to another version of their template: planned first, shown, then done exactly so.

What a version changes for a record: its clocks (shifted by the difference of the two versions), the chain of owners,
and the steps that are not done yet. Who holds it now keeps it; what was done stays done. A clock that would be over
already is left as it was, so that moving never makes a record late.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from escalations.models import Escalation, Person, StepRun
from escalations.services import replanning, running
from escalations.services.errors import Stale
from escalations.services.holding import Surroundings, surroundings, writing
from escalations.services.steps.base import SETTLED
from escalations.services.writing import Writing
from opsportal.lib import durations
from templates_engine.models import Version
from templates_engine.queries import template_of
from templates_engine.spec import flow, planning
from templates_engine.spec.documents import SlaPolicy, Template

CLOCKS = ("acknowledge_by", "resolve_by")
CHAIN = {"primary": "primary", "backup": "backup", "escalation": "escalation_owner"}


@dataclass(frozen=True, slots=True)
class Moved:
    """One record before and after: clocks as ISO moments, owners by username, remaining steps by title."""

    escalation: int
    reference: str
    title: str
    account: str
    before: dict[str, Any]
    after: dict[str, Any]
    words: list[str]


@dataclass(slots=True)
class _Plan:
    """What moving one record means, ready to be shown or done."""

    record: Escalation
    version: Version
    number: int
    clocks: dict[str, datetime | None]
    chain: dict[str, Person]
    left: list[str] = field(default_factory=list)
    steps: list[StepRun] = field(default_factory=list)
    dropped: list[StepRun] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def affected(version: Version, *, now: datetime) -> list[Moved]:
    """Every running record on another version of this template, as it is and as it would be; the oldest first."""
    if version.document.kind != "template" or version.problems:
        return []
    around = surroundings(now=now)
    return [_shown(plan) for plan in _plans(version, _records(version), around, now)]


def fingerprint(moved: Sequence[Moved]) -> str:
    """The hash of such a list: who agreed to it agreed to exactly this."""
    text = json.dumps([asdict(one) for one in moved], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def migrate(*, version_id: int, by: User | None, now: datetime, seen: str = "") -> list[Moved]:
    """Move them, each with a line on its timeline; returns the list as it was done.

    With `seen` (a fingerprint) it is done only if the list is still that one; raises Stale otherwise.
    """
    version = Version.objects.select_related("document").get(pk=version_id)
    with writing(now=now, human=True, reason=f"moved to {version}") as unit:
        around = Surroundings(unit.documents, unit.people)
        plans = list(_plans(version, _records(version, lock=True), around, now))
        moved = [_shown(plan) for plan in plans]
        if seen and fingerprint(moved) != seen:
            raise Stale(what="the list of running escalations", seen=0, current=len(moved))
        for plan, shown in zip(plans, moved, strict=True):
            _do(unit, plan, shown, by)
    return moved


def _records(version: Version, *, lock: bool = False) -> list[Escalation]:
    rows = Escalation.objects.unfinished().filter(template__document=version.document_id)
    rows = rows.exclude(template=version).order_by("pk")
    if lock:
        # Two steps: with a join PostgreSQL would show, after waiting, the row as it is beside what it was.
        ids = list(rows.values_list("pk", flat=True))
        return list(Escalation.objects.select_for_update().unfinished().filter(pk__in=ids).order_by("pk"))
    return list(rows.select_related("account", "primary", "backup", "escalation_owner"))


def _plans(version: Version, records: Sequence[Escalation], around: Surroundings, now: datetime) -> Iterator[_Plan]:
    template = template_of(version.pk)
    runs: dict[int, list[StepRun]] = {}
    for run in StepRun.objects.filter(escalation__in=[one.pk for one in records]).order_by("position"):
        runs.setdefault(run.escalation_id, []).append(run)
    numbers = dict(version.document.versions.values_list("pk", "number"))
    for record in records:
        before = template_of(record.template_id)
        plan = _Plan(record, version, numbers[record.template_id], {}, _chain(record, template, around))
        _clocks(plan, before, template, around.documents.sla, now)
        mine = runs.get(record.pk, [])
        plan.left = [run.title for run in mine if run.state not in SETTLED]
        fresh = running.plan(record, template, around.documents)
        words = f"v{version.number}"
        plan.steps, plan.dropped = replanning.replan(mine, fresh, was=record.template_id, words=words)
        yield plan


def _clocks(plan: _Plan, before: Template, after: Template, sla: SlaPolicy, now: datetime) -> None:
    record = plan.record
    for name, shift in zip(CLOCKS, _shifts(before, after, record.severity, sla), strict=True):
        due = getattr(record, name)
        moved = None if due is None else due + shift
        if moved is not None and moved <= now and shift:
            plan.kept.append(name)
            moved = due
        plan.clocks[name] = moved


def _shifts(before: Template, after: Template, severity: str, sla: SlaPolicy) -> tuple[timedelta, timedelta]:
    """How much later each clock is due under the new version: to acknowledge, to resolve."""
    old, new = (planning.plan(one, severity, sla).clocks for one in (before, after))
    return _window(after, new) - _window(before, old), new["resolve"] - old["resolve"]


def _window(template: Template, clocks: Any) -> timedelta:
    """How long an owner has to acknowledge: a step that waits for it says so before the clocks do."""
    steps = (row.step for row in flow.flat(template.steps))
    step = next((one for one in steps if one.do == "wait_for_acknowledgement" and one.within), None)
    found: timedelta = durations.parse(step.within) if step and step.within else clocks["acknowledge"]
    return found


def _chain(record: Escalation, template: Template, around: Surroundings) -> dict[str, Person]:
    """Who is asked first, second and third under the new version; whoever can not be found stays who it was."""
    found = {}
    for role, column in CHAIN.items():
        person = around.people.resolve(template.owners.filled[role], record.account)
        now_held = around.people.people[getattr(record, f"{column}_id")]
        found[column] = person if person is not None and person.is_active else now_held
    return found


def _shown(plan: _Plan) -> Moved:
    record, version = plan.record, plan.version
    before: dict[str, Any] = {"version": f"v{plan.number}"}
    after: dict[str, Any] = {"version": f"v{version.number}"}
    for name in CLOCKS:
        before[name], after[name] = _iso(getattr(record, name)), _iso(plan.clocks[name])
    for column in CHAIN.values():
        before[column], after[column] = getattr(record, column).username, plan.chain[column].username
    before["steps"] = plan.left
    after["steps"] = [run.title for run in plan.steps if run.state not in SETTLED]
    words = list(_words(before, after))
    words += [f"{_NAMES[name]} stays: by the new clock it would be over already" for name in plan.kept]
    return Moved(record.pk, record.reference, record.title, record.account.name, before, after, words)


_NAMES = {
    "acknowledge_by": "acknowledge by",
    "resolve_by": "resolve by",
    "primary": "primary",
    "backup": "backup",
    "escalation_owner": "escalation owner",
    "steps": "steps left",
}


def _words(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name, words in _NAMES.items():
        if before[name] != after[name]:
            yield f"{words}: {_said(before[name])} → {_said(after[name])}"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return str(value)[:16].replace("T", " ") if value else "none"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _do(unit: Writing, plan: _Plan, shown: Moved, by: User | None) -> None:
    """Write what was shown; steps first, so that the line goes on by the new ones."""
    record = plan.record
    record.template = plan.version
    for name, due in plan.clocks.items():
        setattr(record, name, due)
    for column, person in plan.chain.items():
        setattr(record, column, person)
    replanning.write([*plan.steps, *plan.dropped])
    who = (by.get_full_name() or by.get_username()) if by else "The schedule"
    words = f": {'; '.join(shown.words)}" if shown.words else ""
    text = f"{who} moved it from {shown.before['version']} to {shown.after['version']}{words}"
    unit.tell(record, "migrate", text, before=shown.before, after=shown.after)
    unit.change(record)
    running.advance(unit, record)
