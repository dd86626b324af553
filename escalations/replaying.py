"""Running stored signals again: the same bytes down the same line, with no effect twice.

A signal that is part of a record stays with it: replay goes back over those that ended in review, failed
or were ignored, and shows beforehand what would change. History is only looked back on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from escalations import pipeline
from escalations.models import Signal
from escalations.services import signals


class _RollBack(Exception):
    """Leaves a dry run: everything it wrote is taken back."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one signal: its stage and record before and after."""

    signal_id: int
    before: str
    after: str
    escalation_id: int | None

    @property
    def changed(self) -> bool:
        """Whether the line came to another end than before."""
        return self.before != self.after


def replay(chosen: Iterable[Signal], *, now: datetime, dry_run: bool = False) -> list[Replayed]:
    """Run the signals again, each in its own transaction; a dry run writes nothing."""
    return [_one(signal, now, dry_run=dry_run) for signal in chosen]


def _one(signal: Signal, now: datetime, *, dry_run: bool) -> Replayed:
    before = signal.stage
    if before in (Signal.Stage.MATCHED, Signal.Stage.HISTORY):
        return Replayed(signal.pk, before, before, signal.escalation_id)
    after = signal
    try:
        with transaction.atomic():
            if before != Signal.Stage.RECEIVED:
                signals.again([signal], {})
            pipeline.process(signal.pk, now=now)
            after = Signal.objects.get(pk=signal.pk)
            if dry_run:
                raise _RollBack
    except _RollBack:
        pass
    return Replayed(signal.pk, before, after.stage, after.escalation_id)
