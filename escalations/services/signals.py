"""How far a signal came: the only writer of its stage."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from escalations.domain.deciding import Decision, Inputs
from escalations.models import Account, Case, Escalation, Signal
from escalations.models.kept import Written
from escalations.services import cases
from escalations.services.writing import Writing
from templates_engine.queries import Documents

# reliability.md, fault 21: after three failures a person looks, and the others go on.
MAX_ATTEMPTS = 3
BACK_OFF = timedelta(seconds=2)
_WRITTEN = (
    "stage", "processed_at", "facts", "reasons", "answers", "escalation", "case", "versions", "considered", "decided",
    "decided_on", "decision_digest",
)  # fmt: skip


def waiting(*, now: datetime, limit: int) -> list[int]:
    """Signals the line has yet to take, oldest first."""
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=now)
    return list(
        Signal.objects.filter(due, stage=Signal.Stage.RECEIVED).order_by("id").values_list("pk", flat=True)[:limit]
    )


def claim(signal_id: int) -> Signal | None:
    """The signal under a lock, if nobody else has it and it still waits."""
    return (
        Signal.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("delivery", "source")
        .filter(pk=signal_id, stage=Signal.Stage.RECEIVED)
        .first()
    )


def add_siblings(signal: Signal, count: int) -> None:
    """The delivery holds several signals: the others get their rows, once."""
    Signal.objects.bulk_create(
        [
            Signal(delivery=signal.delivery, source=signal.source, position=place, received_at=signal.received_at)
            for place in range(1, count)
        ],
        ignore_conflicts=True,
    )


def explain(signal: Signal, stage: str, words: str, **data: Any) -> None:
    """Write down what a stage decided about the signal."""
    signal.reasons.append({"stage": stage, "words": words[:500], **data})


def note(signal: Signal, inputs: Inputs, decision: Decision, documents: Documents) -> None:
    """Keep what was considered, what was decided and on which documents, so that it can be decided again."""
    signal.considered, kept = Written(inputs.to_json()), Written(decision.to_json())
    signal.decided, signal.decision_digest = kept, hashlib.sha256(kept.text.encode()).hexdigest()
    signal.decided_on = sorted(documents.ids.values())
    signal.reasons.extend(decision.reasons)


def matched(signal: Signal, escalation: Escalation, now: datetime) -> None:
    """It is part of a record."""
    signal.escalation, signal.case = escalation, None
    _end(signal, Signal.Stage.MATCHED, now)


def ignored(signal: Signal, why: str, now: datetime) -> None:
    """Nothing is to be done, and here is why; the line itself has said so already."""
    if why:
        explain(signal, "ignore", why)
    _end(signal, Signal.Stage.IGNORED, now)


def review(
    unit: Writing,
    signal: Signal,
    reason: str,
    *,
    key: str = "",
    account: Account | None = None,
    field: str = "",
    subject: str = "",
    known: dict[str, Any] | None = None,
) -> Case:
    """The line is not sure: a person answers, then it goes on from here."""
    case = cases.open_case(
        unit,
        reason,
        account=account,
        source=signal.source,
        key=key or f"{reason}:signal{signal.pk}",
        field=field,
        subject=subject,
        known={"signal": signal.pk, **(known or {})},
    )
    signal.case = case
    explain(signal, "review", case.question, reason=reason, case=case.pk)
    _end(signal, Signal.Stage.REVIEW, unit.now)
    return case


def stumbled(signal: Signal, fault: str, now: datetime) -> bool:
    """Processing raised: try again later; True when that was the last try."""
    signal.attempts += 1
    explain(signal, "fault", fault)
    signal.next_try_at = now + BACK_OFF * 2**signal.attempts
    signal.save(update_fields=["attempts", "reasons", "next_try_at"])
    return signal.attempts >= MAX_ATTEMPTS


def again(signals: Iterable[Signal], answer: dict[str, Any]) -> None:
    """Put signals back on the line, with what a person answered."""
    for signal in signals:
        signal.answers = {**signal.answers, **answer}
        signal.stage, signal.attempts, signal.next_try_at = Signal.Stage.RECEIVED, 0, None
        signal.save(update_fields=["answers", "stage", "attempts", "next_try_at"])


def _end(signal: Signal, stage: str, now: datetime) -> None:
    signal.stage, signal.processed_at = stage, now
    signal.save(update_fields=_WRITTEN)
