"""One unit of writing for one record or a thousand: verbs fill it, `save` writes it set by set.

Single acts, the pipeline and the sweep share it, so that a thousand failovers cost a handful of
statements and one acknowledgement costs no more than it must.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from escalations.models import (
    Absence,
    Case,
    CorrelationKey,
    Destination,
    Entry,
    Escalation,
    Handoff,
    Message,
    Person,
    Snapshot,
    StepRun,
    Timer,
)
from escalations.queries import snapshots
from escalations.queries.directory import Directory
from escalations.services import clocks
from opsportal.audit.acting import current
from templates_engine.queries import Documents

# What running a step may change of it.
STEPPING = [
    "state", "started_at", "due_at", "waits_for", "asked_by", "awaits", "tries", "turn", "done_at", "done_by",
    "outcome", "data", "case",
]  # fmt: skip
# What a verb may change; the rest of the record is written once, at opening.
CHANGING = [field.name for field in Escalation._meta.concrete_fields if field.name not in {"id", "opened_at"}]


@dataclass
class Writing:
    """Rows gathered by verbs. Nothing is in the database before `save`."""

    now: datetime
    documents: Documents
    people: Directory
    human: bool = False
    changed: dict[int, Escalation] = field(default_factory=dict)
    quiet: dict[int, Escalation] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    steps: dict[int, StepRun] = field(default_factory=dict)
    snapshots: list[Snapshot] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)

    def change(self, escalation: Escalation) -> None:
        """The record was changed: it is re-timed, re-ranked and written, and counts one version up.

        A record that is only about to open is written whole by whoever opens it.
        """
        if escalation._state.adding:
            return
        if escalation.pk not in self.changed:
            escalation.version += 1
        self.changed[escalation.pk] = escalation

    def rerank(self, escalation: Escalation) -> None:
        """Only the calendar moved: the rank is written anew, forms that people have open stay good."""
        self.quiet[escalation.pk] = escalation

    def tell(
        self, escalation: Escalation | None, verb: str, text: str, *, case: Case | None = None, **data: Any
    ) -> None:
        """Put a sentence on the timeline, under the act going on."""
        act = current()
        self.entries.append(
            Entry(
                escalation=escalation,
                case=case,
                at=self.now,
                verb=verb,
                actor=act.name,
                text=text[:500],
                data=data,
                act=act.id,
            )
        )

    def hand(
        self,
        escalation: Escalation,
        to: Person,
        *,
        how: str,
        reason: str,
        expected_by: datetime | None = None,
        absence: Absence | None = None,
    ) -> None:
        """Move the next owner and keep the move."""
        self.handoffs.append(
            Handoff(
                escalation=escalation,
                how=how,
                from_person_id=escalation.owner_id,
                to_person=to,
                reason=reason[:300],
                expected_by=expected_by,
                absence=absence,
                at=self.now,
            )
        )
        escalation.owner = to

    def send(
        self, escalation: Escalation | None, person: Person, *, purpose: str, subject: str, body: str, **row: Any
    ) -> None:
        """Put a message in the outbox: held while the record is held, else due at once."""
        leaves = row.pop("leaves", True)
        held = leaves and escalation is not None and escalation.held
        channel = row.pop("channel", "auto")
        self.messages.append(
            Message(
                key=f"{purpose}:{person.pk}"[:200],
                escalation=escalation,
                person=person,
                channel=pick_channel(person, channel),
                subject=subject[:300],
                body=body,
                state=Message.State.HELD if held else Message.State.PENDING,
                next_try_at=self.now,
                created_at=self.now,
                **row,
            )
        )

    def post(
        self, escalation: Escalation, to: Destination, *, key: str, subject: str, body: str, leaves: bool, **row: Any
    ) -> str:
        """Put a message to a system or a shared channel in the outbox; gives the key by which its proof is found."""
        held = leaves and escalation.held
        message = Message(
            key=key[:200],
            escalation=escalation,
            destination=to,
            subject=subject[:300],
            body=body,
            state=Message.State.HELD if held else Message.State.PENDING,
            next_try_at=self.now,
            created_at=self.now,
            **row,
        )
        self.messages.append(message)
        return message.key

    def step(self, run: StepRun) -> None:
        """The step was changed; steps of a record about to open are written with it."""
        if not run._state.adding:
            self.steps[run.pk] = run

    def save(self) -> None:
        """Write everything; the caller holds the transaction and the locks."""
        moved = list(self.changed.values())
        for escalation in moved:
            clocks.settle(escalation, now=self.now, human=self.human)
        for escalation in (*moved, *self.quiet.values()):
            clocks.place(escalation, documents=self.documents, people=self.people, now=self.now)
        self._save_records(moved, [one for key, one in self.quiet.items() if key not in self.changed])
        self._save_timers([*moved, *self.quiet.values()])
        self._finish(moved)
        if self.steps:
            StepRun.objects.bulk_update(self.steps.values(), STEPPING)
        for rows in (self.handoffs, self.entries):
            _insert(rows)
        if self.messages:
            Message.objects.bulk_create(self.messages, ignore_conflicts=True)
        _insert([snapshots.complete(one) for one in self.snapshots])

    def _save_records(self, moved: list[Escalation], quiet: list[Escalation]) -> None:
        if len(moved) == 1:
            moved[0].save()
        elif moved:
            Escalation.objects.bulk_create(
                moved, update_conflicts=True, unique_fields=["id"], update_fields=CHANGING, batch_size=500
            )
            _remember(moved, now=self.now)
        if quiet:
            Escalation.objects.bulk_update(quiet, ["rank_at", "rank_reasons", "rerank_at"], batch_size=500)
            _remember(quiet, now=self.now)

    def _save_timers(self, records: list[Escalation]) -> None:
        pending: dict[int, dict[str, Timer]] = defaultdict(dict)
        for timer in Timer.objects.filter(escalation__in=[one.pk for one in records], state="pending"):
            pending[timer.escalation_id or 0][timer.kind] = timer
        stale: list[int] = []
        for escalation in records:
            wanted = clocks.wanted(escalation)
            have = pending[escalation.pk]
            stale += [timer.pk for kind, timer in have.items() if wanted.get(kind) != timer.due_at]
            self.timers += [
                new_timer(escalation, kind, due, documents=self.documents)
                for kind, due in wanted.items()
                if due > self.now and (kind not in have or have[kind].due_at != due)
            ]
        if stale:
            Timer.objects.filter(pk__in=stale).update(state=Timer.State.CANCELLED)
        if self.timers:
            # A rerank that was cancelled may be wanted again for the same moment: it is revived.
            Timer.objects.bulk_create(
                self.timers,
                update_conflicts=True,
                unique_fields=["escalation", "kind", "generation"],
                update_fields=["state", "urgency"],
                batch_size=1000,
            )

    def _finish(self, records: list[Escalation]) -> None:
        closed = [one.pk for one in records if one.state == Escalation.State.CLOSED]
        if closed:
            CorrelationKey.objects.filter(escalation__in=closed, live=True).update(live=False)


def new_timer(escalation: Escalation, kind: str, due: datetime, *, documents: Documents) -> Timer:
    """A pending clock. One is made per kind and write, so the record's version makes it unique without a query.

    Re-ranking writes no version, so there the due second takes its place.
    """
    order = documents.facts.fields["severity"].order or []
    place = order.index(escalation.severity) if escalation.severity in order else len(order)
    return Timer(
        escalation=escalation,
        kind=kind,
        generation=escalation.version if kind != Timer.Kind.RERANK else int(due.timestamp()),
        urgency=3 if kind == Timer.Kind.RERANK else min(place, 2),
        due_at=due,
    )


def pick_channel(person: Person, wanted: str) -> str:
    """The channel a person can be reached by: what was asked for where they have it, else the next best."""
    reach = {"slack": bool(person.slack_url), "email": bool(person.email)}
    if reach.get(wanted):
        return wanted
    return next((name for name, there in reach.items() if there), "portal")


def _remember(records: list[Escalation], *, now: datetime) -> None:
    """History as simple-history writes it, but copied by the database from the rows just written.

    Sending a thousand records a second time cost as much as writing them.
    """
    history = Escalation.history.model
    row = history(history_date=now, history_change_reason=current().reason, history_type="~")
    quote = connection.ops.quote_name
    copied = [str(field.column) for field in Escalation._meta.concrete_fields]
    added = [one for one in history._meta.concrete_fields if one.column not in copied and not one.primary_key]
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in added]
    into = ", ".join(map(quote, [*copied, *(str(field.column) for field in added)]))
    taken = ", ".join([*map(quote, copied), *["%s"] * len(added)])
    with connection.cursor() as cursor:
        for start in range(0, len(records), 500):
            some = [one.pk for one in records[start : start + 500]]
            cursor.execute(
                f"INSERT INTO {quote(history._meta.db_table)} ({into}) SELECT {taken}"  # noqa: S608  our own names
                f" FROM {quote(Escalation._meta.db_table)} WHERE id IN ({', '.join(['%s'] * len(some))}) ORDER BY id",
                [*values, *some],
            )


def _insert(rows: list[Any]) -> None:
    if rows:
        type(rows[0]).objects.bulk_create(rows, batch_size=1000)
