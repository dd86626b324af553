"""What a run is told in: counts, lateness, repeats on the wire."""

from collections.abc import Sequence

from escalations.models import Delivery, Escalation, Message, Signal, Timer
from faults.receiver import Receiver
from faults.sender import Letter


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that this share does not exceed (nearest rank); 0 of nothing."""
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)] if ordered else 0.0


def lateness() -> list[float]:
    """Seconds from due to fired of every clock that fired, shortest first."""
    rows = Timer.objects.filter(state="fired").values_list("due_at", "fired_at")
    return sorted((fired - due).total_seconds() for due, fired in rows if fired is not None)


def lines(letters: Sequence[Letter], receiver: Receiver) -> list[str]:
    """The figures of a run, a line each."""
    late = lateness()
    over = sum(one > 45 for one in late)
    answers, tries = sum(len(one.answers) for one in letters), sum(one.tries for one in letters)
    acknowledged, tickets = sum(bool(one.answers) for one in letters), len({(one.kind, one.ticket) for one in letters})
    stored, sent = Delivery.objects.count(), Message.objects.filter(state="sent").count()
    share = 100 * receiver.repeats / receiver.arrivals if receiver.arrivals else 0.0
    spread = f"p50 {percentile(late, 0.5):.1f} s, p99 {percentile(late, 0.99):.1f} s, max {percentile(late, 1):.1f} s"
    repeats = f"{receiver.repeats} repeats under the same key ({share:.2f} %)"
    return [
        f"  deliveries: {len(letters)} distinct, {acknowledged} acknowledged ({answers} answers of 202, {tries} posts)",
        f"  stored: {stored} deliveries, {Signal.objects.count()} signals",
        f"  records: {Escalation.objects.count()} of {tickets} tickets",
        f"  clocks: {len(late)} fired; late {spread}; over 45 s: {over}",
        f"  messages: {sent} of {Message.objects.count()} sent; on the wire {receiver.arrivals}, {repeats}",
    ]
