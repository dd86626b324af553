"""A signal arrives: the straight line from stored bytes to an owned, timed record. Read this file first.

gather → decide → apply. Gathered is everything that has to be looked up: the bytes read and mapped, the account, the
records that are open under the signal's keys. Decided is by escalations.domain.deciding alone, which looks nothing up.
Applied is what was decided: the signal is ignored with words, waits in review with a named person, joins or opens.
A signal may be taken again at any time (a crash, a replay, an answer): the same bytes and answers give the same end.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from escalations.domain.deciding import Decision, decide
from escalations.models import Signal
from escalations.services import gathering, joining, openings, piloting, signals
from escalations.services.gathering import Gathered
from escalations.services.holding import Surroundings, surroundings, writing
from escalations.services.writing import Writing
from opsportal.audit.acting import acting
from templates_engine.queries import MissingDocument
from templates_engine.spec import values as coercion

log = logging.getLogger(__name__)
RACES = 3


def drain(*, limit: int = 500) -> int:
    """Take every waiting signal down the line; returns how many were taken."""
    now = timezone.now()
    ids = signals.waiting(now=now, limit=limit)
    if not ids:
        return 0
    try:
        around = surroundings(now=now)
    except MissingDocument as fault:
        # Before the first start is finished nobody can own anything: the signals wait, none is lost.
        log.warning("%s signals wait: %s", len(ids), fault)
        return 0
    tried = piloting.pilots(around.documents)
    return sum(process(signal_id, now=timezone.now(), around=around, pilots=tried) for signal_id in ids)


def process(
    signal_id: int,
    *,
    now: datetime,
    around: Surroundings | None = None,
    pilots: piloting.Pilots | None = None,
) -> bool:
    """Take one signal down the line in one transaction; True when it was ours to take."""
    with acting(door="task", name="Opsportal"):
        for race in range(RACES):
            try:
                with writing(now=now, reason=f"signal {signal_id}", around=around) as unit:
                    tried = piloting.pilots(unit.documents) if pilots is None else pilots
                    signal = signals.claim(signal_id)
                    if signal is not None:
                        run(unit, signal, tried)
            except IntegrityError as fault:
                # Another worker opened the record of the same key a moment ago: look again, and join it.
                if race == RACES - 1:
                    _stumble(signal_id, fault, now)
            except Exception as fault:  # one poisoned signal must not stop the others: it goes to a person
                log.exception("signal %s", signal_id)
                _stumble(signal_id, fault, now)
                return True
            else:
                if signal is not None:
                    piloting.follow(signal, tried)
                return signal is not None
    return True


def run(unit: Writing, signal: Signal, pilots: piloting.Pilots = piloting.NONE) -> None:
    """One signal: gathered, decided, applied."""
    gathered = gathering.gather(unit, signal)
    decision = decide(gathered.inputs, unit.documents, unit.now)
    if pilots.teams:
        # What one team tries first holds for that team's records only.
        decision, unit.documents = piloting.of_its_team(pilots, gathered, decision, unit)
    signals.note(signal, gathered.inputs, decision, unit.documents)
    APPLY[decision.outcome](unit, signal, decision, gathered)


def _ignore(unit: Writing, signal: Signal, decision: Decision, gathered: Gathered) -> None:
    signals.ignored(signal, "", unit.now)


def _review(unit: Writing, signal: Signal, decision: Decision, gathered: Gathered) -> None:
    account = gathered.accounts[decision.account] if decision.account else None
    signals.review(unit, signal, account=account, **decision.case)


def _join(unit: Writing, signal: Signal, decision: Decision, gathered: Gathered) -> None:
    first = gathered.records[0]
    if decision.overlaps:
        joining.overlap(unit, gathered.records)
    joining.join(unit, first, signal, decision, gathered.inputs.keys)
    signals.matched(signal, first, unit.now)


def _open(unit: Writing, signal: Signal, decision: Decision, gathered: Gathered) -> None:
    key = decision.template
    draft = openings.Draft(
        decision=decision,
        account=gathered.accounts[decision.account or 0],
        template=next(one for one in unit.documents.templates if one.key == key),
        template_version=unit.documents.version_id("template", key),
        keys=gathered.inputs.keys,
        cause=f"signal {signal.pk}",
    )
    escalation = openings.open_escalation(unit, draft)
    signal.versions["template"] = draft.template_version
    signals.explain(signal, "open", f"opened {escalation.reference} on {key}")
    signals.matched(signal, escalation, unit.now)


APPLY: dict[str, Callable[[Writing, Signal, Decision, Gathered], None]] = {
    "ignored": _ignore,
    "review": _review,
    "join": _join,
    "open": _open,
}


def _stumble(signal_id: int, fault: Exception, now: datetime) -> None:
    """Count the failure in a transaction of its own; after the last try a person looks."""
    # The fault may quote what the database refused; its words must not be refused too.
    words = coercion.clean(f"{type(fault).__name__}: {fault}")[:300]
    with writing(now=now, reason="processing failed") as unit:
        signal = signals.claim(signal_id)
        if signal is None or not signals.stumbled(signal, words, now):
            return
        known = {"missing": [words]}
        signals.review(unit, signal, "processing_error", subject=str(signal.source), known=known)
