"""What the rows must say after the storm. Each check returns what is wrong, in words, a line each."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from django.db.models import Count, F

from escalations.models import (
    Attempt,
    Case,
    CorrelationKey,
    Delivery,
    Escalation,
    Handoff,
    Message,
    Signal,
    Timer,
)
from escalations.queries import invariants
from faults.inside.company import CHAIN
from faults.receiver import Receiver
from faults.sender import Letter
from opsportal.lib import clock

LATE = timedelta(seconds=45)
END = len(CHAIN) - 1
SAMPLE = 3
# As in faults/catalog: how long each owner of the chain has.
ACKNOWLEDGE_S = 2.0


def faults_of(letters: Sequence[Letter], receiver: Receiver) -> list[str]:
    """Everything that was lost, doubled, missed, early or misplaced; an empty list is what is wanted."""
    broken = [
        f"invariant {one.rule}: {one.count} x {one.words} (such as {one.sample})"
        for one in invariants.breaches(now=clock.db_now())
    ]
    rows = [*lost(letters), *signals(letters), *records(letters), *timers(), *owners(), *messages()]
    return [*rows, *wire(receiver), *broken]


def _some(what: str, rows: Sequence[object]) -> list[str]:
    return [f"{len(rows)} x {what} (such as {list(rows[:SAMPLE])})"] if rows else []


def lost(letters: Sequence[Letter]) -> list[str]:
    """Every acknowledged delivery is stored with its bytes; every one was acknowledged in the end."""
    stored = {
        (slug, hashlib.sha256(bytes(body)).hexdigest())
        for slug, body in Delivery.objects.values_list("source__slug", "body").iterator()
    }
    gone = [one.delivery for one in letters if one.answers and (one.slug, one.sha256) not in stored]
    silent = [one.delivery for one in letters if not one.answers]
    return [
        *_some("acknowledged and not stored with its bytes", gone),
        *_some("never acknowledged, whatever was tried", silent),
    ]


def signals(letters: Sequence[Letter]) -> list[str]:
    """Each delivery is one signal, the one whose number was answered each time, and it came to its end."""
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for slug, digest, number in Signal.objects.values_list("source__slug", "delivery__sha256", "pk"):
        rows[slug, digest].append(number)
    doubled = [key for key, numbers in rows.items() if len(numbers) > 1]
    missing = [one.delivery for one in letters if one.answers and (one.slug, one.sha256) not in rows]
    wrong = [
        one.delivery
        for one in letters
        if {int(number) for number in one.answers} - set(rows.get((one.slug, one.sha256), []))
    ]
    strange = set(rows) - {(one.slug, one.sha256) for one in letters}
    left = list(Signal.objects.exclude(stage="matched").values_list("pk", "stage"))
    return [
        *_some("more than one signal of one delivery", doubled),
        *_some("acknowledged and no signal", missing),
        *_some("answered with a number that is not its signal's", wrong),
        *_some("a signal nobody sent", sorted(strange)),
        *_some("a signal that did not come to a record", left),
    ]


def records(letters: Sequence[Letter]) -> list[str]:
    """One record a ticket, holding exactly the signals of its ticket."""
    sent = {(one.slug, one.sha256): (one.kind, one.ticket) for one in letters}
    tickets: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = Signal.objects.filter(stage="matched").values_list("source__slug", "delivery__sha256", "escalation_id")
    for slug, digest, record in rows:
        if (slug, digest) in sent and record is not None:
            tickets[sent[slug, digest]].add(record)
    doubled = [(ticket, sorted(found)) for ticket, found in tickets.items() if len(found) > 1]
    wanted = {(one.kind, one.ticket) for one in letters if one.answers}
    shared = [record for record, n in Counter(pk for found in tickets.values() for pk in found).items() if n > 1]
    keys = CorrelationKey.objects.filter(live=True).values_list("key").annotate(n=Count("pk")).filter(n__gt=1)
    extra = Escalation.objects.count() - len(tickets)
    return [
        *_some("more than one record of one ticket", doubled),
        *_some("a ticket without a record", sorted(wanted - set(tickets))),
        *_some("a record of two tickets", shared),
        *_some("a correlation key of two records", list(keys)),
        *([f"{extra} records more than tickets"] if extra else []),
    ]


def timers() -> list[str]:
    """Every clock fired once, none early; none that was due still waits."""
    early = Timer.objects.filter(state="fired", fired_at__lt=F("due_at")).values_list("pk", flat=True)
    missed = Timer.objects.filter(state="pending", due_at__lt=clock.db_now() - LATE).values_list("pk", "kind")
    fired = Counter(Timer.objects.filter(state="fired", kind="acknowledge").values_list("escalation_id", flat=True))
    every = Escalation.objects.values_list("pk", flat=True)
    wrong = [(pk, fired[pk]) for pk in every if fired[pk] != END]
    reminded = Counter(Timer.objects.filter(state="fired", kind="remind").values_list("escalation_id", flat=True))
    forgotten = [(pk, reminded[pk]) for pk in every if reminded[pk] != 1]
    return [
        *_some("a clock that fired early", list(early)),
        *_some(f"a clock over {LATE.seconds} s late and still waiting", list(missed)),
        *_some(f"a record whose acknowledgement did not run out {END} times", wrong),
        *_some("a record whose owner was not reminded once", forgotten),
        *_some("an effect before its clock was due", _too_soon()),
    ]


def _too_soon() -> list[int]:
    """Records that moved on less than the clock's two seconds after they moved before."""
    moves: dict[int, list[float]] = defaultdict(list)
    for pk, at in Handoff.objects.order_by("pk").values_list("escalation_id", "at"):
        moves[pk].append(at.timestamp())
    return [pk for pk, times in moves.items() if any(b - a < ACKNOWLEDGE_S for a, b in pairwise(times))]


def owners() -> list[str]:
    """Each record went along its chain, link by link and no link twice, and stands where the chain says."""
    paths: dict[int, list[str]] = defaultdict(list)
    for pk, name in Handoff.objects.order_by("pk").values_list("escalation_id", "to_person__username"):
        paths[pk].append(name)
    wrong = []
    for pk, owner, level in Escalation.objects.values_list("pk", "owner__username", "level"):
        if paths[pk] != list(CHAIN) or owner != CHAIN[-1] or level != END:
            wrong.append((pk, owner, level, paths[pk]))
    asked = Counter(Case.objects.filter(reason="chain_exhausted").values_list("escalation_id", flat=True))
    cases = [(pk, asked[pk]) for pk in paths if asked[pk] != 1]
    others = list(Case.objects.exclude(reason="chain_exhausted").values_list("pk", "reason"))
    return [
        *_some("a record that did not go along its chain", wrong),
        *_some("a record at the chain's end without its one case", cases),
        *_some("a case that nobody should have to decide", others),
    ]


def messages() -> list[str]:
    """Each effect is one row under one key; what was sent has its proof, and all of it was sent."""
    doubled = Message.objects.values_list("key").annotate(n=Count("pk")).filter(n__gt=1)
    proved = set(Attempt.objects.filter(ok=True).values_list("message_id", flat=True))
    bare = [pk for pk in Message.objects.filter(state="sent").values_list("pk", flat=True) if pk not in proved]
    unsent = list(Message.objects.exclude(state="sent").values_list("pk", "state", "error"))
    told = Counter(Message.objects.filter(escalation__isnull=False).values_list("escalation_id", flat=True))
    # The opening, each of the three moves, and the one reminder; cases tell their owner besides.
    short = [(pk, told[pk]) for pk in Escalation.objects.values_list("pk", flat=True) if told[pk] < END + 2]
    return [
        *_some("a message key of two rows", list(doubled)),
        *_some("a message sent without a recorded try", bare),
        *_some("a message that was not sent", unsent),
        *_some("a record about which too little was told", short),
    ]


def wire(receiver: Receiver) -> list[str]:
    """What was sent arrived under its key, and nothing arrived that was never written down."""
    sent = dict(Message.objects.filter(state="sent", channel="slack").values_list("key", "pk"))
    known = set(Message.objects.values_list("key", flat=True))
    changed = [key for key, texts in receiver.texts.items() if len(texts) > 1]
    return [
        *_some("marked as sent and never on the wire", [key for key in sent if key not in receiver.keys]),
        *_some("on the wire and in no row", [key for key in receiver.keys if key not in known]),
        *_some("one key with two texts", changed),
        *([f"{receiver.keyless} arrivals without a key"] if receiver.keyless else []),
    ]
