"""Versions on trial beside the live line: in shadow, where nothing comes of them, or live for one team first.

A shadow is decided after the live line has committed, in a transaction of its own: whatever goes wrong there is told
to the log and nowhere else. What one team tries is decided inside the line; a fault of it leaves the live decision.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from escalations.domain import opening, tallying
from escalations.domain.deciding import Decision, Inputs, decide
from escalations.domain.ledgers import Ledger, Truth
from escalations.models import Backtest, BacktestRow, Escalation, Signal
from escalations.models.kept import Written
from escalations.services.gathering import Gathered
from escalations.services.writing import Writing
from templates_engine.models import Version
from templates_engine.queries import Documents, documents_with

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pilot:
    """One version on trial: the template's key, the team that tries it ("" in shadow), and the bundle with it."""

    version_id: int
    digest: str
    key: str
    team: str
    since: datetime
    documents: Documents


@dataclass(frozen=True, slots=True)
class Pilots:
    """The versions on trial now, and what is active beside them."""

    all: tuple[Pilot, ...] = ()
    active: Documents | None = None
    teams: tuple[Pilot, ...] = field(default=())


NONE = Pilots()


def pilots(documents: Documents) -> Pilots:
    """What is on trial now: one small query where nothing is."""
    rows = Version.objects.filter(state=Version.State.PILOT, document__kind="template")
    found = tuple(
        Pilot(one.pk, one.digest, one.document.key, one.pilot_team, one.pilot_since, documents_with(documents, one.pk))
        for one in rows.select_related("document").order_by("pk")
        if one.pilot_since is not None
    )
    return Pilots(found, documents, tuple(one for one in found if one.team)) if found else NONE


def of_its_team(tried: Pilots, gathered: Gathered, decision: Decision, unit: Writing) -> tuple[Decision, Documents]:
    """The decision and documents of the version that a team tries, where the record is or would be that team's."""
    for pilot in tried.teams:
        try:
            other = decide(gathered.inputs, pilot.documents, unit.now)
            theirs = (other, pilot.documents), (decision, unit.documents)
            if any(_is_of_team(pilot, made, documents, gathered, unit) for made, documents in theirs):
                return other, pilot.documents
        except Exception:  # the pilot's own fault: the line goes on as if it were not there
            log.exception("pilot %s on signal %s", pilot.version_id, gathered.inputs.signal)
    return decision, unit.documents


def _is_of_team(pilot: Pilot, made: Decision, documents: Documents, gathered: Gathered, unit: Writing) -> bool:
    """Whether a decision opens the template on trial for somebody of the team."""
    if made.outcome != "open" or made.template != pilot.key:
        return False
    ref = next(one for one in documents.templates if one.key == pilot.key).owners.primary
    person = unit.people.resolve(ref, gathered.accounts.get(made.account or 0))
    members = unit.people.teams.get(pilot.team, ())
    return ref.team == pilot.team or (not ref.team and person is not None and person in members)


def follow(signal: Signal, tried: Pilots) -> None:
    """Decide in shadow, after the live line has committed."""
    for pilot in tried.all:
        try:
            with transaction.atomic():
                _follow(signal, pilot, tried.active or pilot.documents)
        except Exception:  # as above: told here, felt by nobody
            log.exception("pilot %s on signal %s", pilot.version_id, signal.pk)


def _follow(signal: Signal, pilot: Pilot, active: Documents) -> None:
    run = _run(pilot)
    ledger = Ledger.from_json(run.ledger)
    live, recorded = Decision.from_json(signal.decided), Inputs.from_json(signal.considered)
    at = datetime.fromisoformat(live.at)
    if pilot.team:
        # It is live for the team: what was done is the pilot's, and the active version stands for what was before.
        before, after, inputs = decide(recorded, active, at), live, recorded
    else:
        _note_closed(ledger)
        inputs = ledger.seen_by(recorded, at)
        before, after = live, decide(inputs, pilot.documents, at)
        ledger.note(inputs, after, at, Truth(recorded, live, signal.escalation_id))
        ledger.forget(at)
    row = BacktestRow(
        backtest=run,
        signal=signal,
        at=at,
        outcome=after.outcome,
        changed=before.route() != after.route(),
        before=_kept(before),
        after=_kept(after) | {"collisions": opening.collisions(pilot.key, inputs, after, pilot.documents, at)},
    )
    # A signal that a person answered is decided again: its last decision counts.
    again = BacktestRow.objects.filter(backtest=run, signal=signal).delete()[0]
    row.save(force_insert=True)
    tally = tallying.empty() if again else run.tally
    for one in run.rows.order_by("pk") if again else [row]:
        _count(tally, pilot.key, one)
    run.ledger, run.tally, run.done = ledger.to_json(), Written(tally), tally["signals"]
    run.total, run.cursor, run.until, run.beat_at = run.done, signal.pk, at, at
    run.digest = tally["digest"]
    run.save()


def _run(pilot: Pilot) -> Backtest:
    """The row that the pilot is kept under, locked; a version that is piloted again begins anew."""
    rows = Backtest.objects.filter(version=pilot.version_id, kind=Backtest.Kind.PILOT, state=Backtest.State.RUNNING)
    found = rows.select_for_update().first()
    if found is not None and found.since == pilot.since:
        return found
    rows.update(state=Backtest.State.DONE, ended_at=pilot.since)
    return Backtest.objects.create(
        kind=Backtest.Kind.PILOT,
        version_id=pilot.version_id,
        version_digest=pilot.digest,
        beside=sorted(pilot.documents.ids.values()),
        since=pilot.since,
        until=pilot.since,
        state=Backtest.State.RUNNING,
        tally=tallying.empty(),
        started_at=pilot.since,
        beat_at=pilot.since,
    )


def _note_closed(ledger: Ledger) -> None:
    """Records of truth that were closed meanwhile are over here too."""
    mine = [pk for pk, one in ledger.own.items() if pk > 0 and not one["until"]]
    if mine:
        closed = Escalation.objects.filter(pk__in=mine, closed_at__isnull=False).values_list("pk", "closed_at")
        for pk, at in closed:
            ledger.own[pk]["until"] = at.isoformat() if at else ""


def _kept(decision: Decision) -> dict[str, Any]:
    return {"words": decision.words, "route": decision.route(), "decision": decision.to_json()}


def _count(tally: dict[str, Any], key: str, row: BacktestRow) -> None:
    before, after = Decision.from_json(row.before["decision"]), Decision.from_json(row.after["decision"])
    tallying.count(tally, row.signal_id, before, after, recorded=True, matched=after.template == key)
    tallying.collide(tally, key, row.after["collisions"])
