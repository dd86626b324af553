"""A version tried over stored signals: started by a person, done step by step, written to its own tables only.

Each batch ends in one short transaction that moves the cursor on, so that a killed worker loses a batch at most and
two workers can not both count one. In between nothing is written, and nothing but the database is ever asked.
"""

import logging
import math
import time
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from escalations.domain import tallying
from escalations.models import Backtest, BacktestRow
from escalations.models.kept import Written
from escalations.queries import backtests
from escalations.queries.backtests import latest
from escalations.services.errors import Refused
from escalations.services.simulating import Compared, Simulation, Worlds, collisions, rows_of
from escalations.services.trying import Trial, try_on
from opsportal.lib import queue
from templates_engine.models import Version
from templates_engine.queries import active_documents, documents_of
from templates_engine.spec import documents as spec
from templates_engine.spec.mapping import MappingDocument
from templates_engine.spec.template import Template

__all__ = ["Trial", "latest", "pick_up", "run", "start", "step", "stop", "try_on"]

log = logging.getLogger(__name__)
TASK = "escalations.tasks.backtest"
# decisions.md, queue settings: steps of at most fifteen seconds; the last batch may take a second or two.
STEP_S = 10.0
BATCH = 1000
QUIET = timedelta(seconds=30)
PERIOD = timedelta(days=30)
State = Backtest.State


def start(
    *,
    version_id: int,
    by: User | None,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Backtest:
    """Queue a backtest of a version; without a time over the last thirty days. Raises Refused."""
    version = Version.objects.select_related("document").get(pk=version_id)
    _document(version)
    until = now if until is None else until
    since = until - PERIOD if since is None else since
    if since >= until:
        raise Refused({"since": "lies before until"})
    beside = active_documents()
    replaced = version.document.versions.filter(state=Version.State.ACTIVE).exclude(pk=version.pk).first()
    with transaction.atomic():
        made = Backtest.objects.create(
            version=version,
            version_digest=version.digest,
            baseline=replaced,
            beside=sorted(beside.ids.values()),
            since=since,
            until=until,
            total=len(backtests.places(since, until)),
            tally=tallying.empty(),
            started_by=by,
            started_at=now,
            beat_at=now,
        )
        queue.enqueue_after_commit(TASK, made.pk)
    return made


def step(backtest_id: int, *, seconds: float = STEP_S, batch: int = BATCH) -> bool:
    """Go on for some seconds; whether something is left. One that another worker moved on meanwhile is left to it."""
    begun = time.monotonic()
    found = Backtest.objects.select_related("version__document").filter(pk=backtest_id).first()
    if found is None or found.is_over:
        return False
    try:
        simulation, worlds = _simulation(found), Worlds.from_json(found.ledger)
        order = backtests.places(found.since, found.until)
        at = bisect_right(order, tuple(found.tally.get("place", ("", 0))))
        while True:
            part = order[at : at + batch]
            if not _batch(found, simulation, worlds, part, last=at + batch >= len(order), total=len(order)):
                return False
            at += batch
            if time.monotonic() - begun >= seconds:
                return True
    except Exception as fault:  # told on the page of whoever waits for it; a task that raises would only be tried again
        log.exception("backtest %s", backtest_id)
        words = f"{type(fault).__name__}: {fault}"[:300]
        Backtest.objects.filter(pk=backtest_id).exclude(state=State.STOPPED).update(
            state=State.FAILED, fault=words, ended_at=timezone.now()
        )
        return False


def run(backtest_id: int) -> Backtest:
    """All of it here and now, for whoever waits for the end."""
    step(backtest_id, seconds=math.inf)
    return Backtest.objects.get(pk=backtest_id)


def stop(*, backtest_id: int, now: datetime) -> Backtest:
    """End it where it is; what was counted stays to be read."""
    going = Backtest.objects.filter(pk=backtest_id, state__in=(State.QUEUED, State.RUNNING))
    going.update(state=State.STOPPED, ended_at=now)
    return Backtest.objects.get(pk=backtest_id)


def pick_up(*, now: datetime) -> int:
    """Ring for backtests that nobody goes on with, such as after a kill; returns how many."""
    left = Backtest.objects.filter(pk__in=backtests.going(), beat_at__lt=now - QUIET)
    ids = list(left.values_list("pk", flat=True))
    for pk in ids:
        queue.enqueue(TASK, pk)
    return len(ids)


def _document(version: Version) -> spec.Document:
    """The parsed version; raises Refused for one that has problems."""
    try:
        return spec.load(version.body)
    except spec.DocumentError as fault:
        raise Refused({"version": f"has problems: {fault}"[:300]}) from fault


def _simulation(found: Backtest) -> Simulation:
    version = found.version
    if version.digest != found.version_digest:
        raise Refused({"version": "changed while it was tried: start again"})
    return Simulation(_document(version), version.digest, version.pk, documents_of(found.beside))


def _batch(
    found: Backtest, simulation: Simulation, worlds: Worlds, part: Sequence[Any], *, last: bool, total: int
) -> bool:
    """Decide some signals and commit; whether there is more for this worker."""
    tally, seen = found.tally, found.done
    rows = [
        row
        for one in simulation.compare(rows_of(pk for _, pk in part), worlds)
        if (row := _count(found, simulation, tally, one)) is not None
    ]
    now = timezone.now()
    if part:
        tally["place"] = list(part[-1])
        worlds.forget(datetime.fromisoformat(part[-1][0]))
    done = seen + len(part)
    values: dict[str, Any] = {
        "tally": Written(tally),
        "ledger": Written(worlds.to_json()),
        "done": done,
        "total": max(total, done),
        "cursor": part[-1][1] if part else found.cursor,
        "report": tallying.report(tally),
        "beat_at": now,
        "state": State.DONE if last else State.RUNNING,
    }
    if last:
        values |= {"digest": tally["digest"], "ended_at": now, "ledger": {}}
    with transaction.atomic():
        mine = Backtest.objects.filter(pk=found.pk, done=seen, state__in=(State.QUEUED, State.RUNNING))
        if not mine.update(**values):
            return False
        BacktestRow.objects.bulk_create(rows, batch_size=500)
    found.done, found.cursor = done, values["cursor"]
    return not last


def _count(found: Backtest, simulation: Simulation, tally: dict[str, Any], one: Compared) -> BacktestRow | None:
    document = simulation.document
    matched = _matched(simulation, one)
    changed = tallying.count(tally, one.row.pk, one.before, one.after, recorded=one.recorded, matched=matched)
    tallying.collide(tally, document.key, collisions(one, document))
    if not changed and not matched:
        return None
    return row_of(found, one, changed=changed)


def row_of(found: Backtest, one: Compared, *, changed: bool) -> BacktestRow:
    """What is kept of one signal."""
    return BacktestRow(
        backtest=found,
        signal_id=one.row.pk,
        at=one.at,
        outcome=one.after.outcome,
        changed=changed,
        before={"words": one.before.words, "route": one.before.route()},
        after={"words": one.after.words, "route": one.after.route()} if changed else {},
    )


def _matched(simulation: Simulation, one: Compared) -> bool:
    """Whether the version has a hand in it: a template opens it, a mapping reads it, a policy rules what runs."""
    match simulation.document:
        case Template():
            return one.after.template == simulation.document.key
        case MappingDocument():
            return simulation.reads(one.row) and one.after.outcome != "ignored"
        case _:
            return one.after.outcome in ("open", "join")
