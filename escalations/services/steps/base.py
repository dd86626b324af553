"""What every kind of step has at hand, and what it may say of itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from escalations.models import Escalation, Person, StepRun
from escalations.services import wording
from escalations.services.writing import Writing
from opsportal.lib import durations
from templates_engine.spec.owners import OwnerRef, Role
from templates_engine.spec.steps import Step, Undo

State = StepRun.State
SETTLED = (State.DONE, State.SKIPPED, State.UNDONE)


class StepFailed(Exception):
    """The step can not do what it is for; the words say why. Nothing was changed."""


@dataclass(slots=True)
class Here:
    """One step at work: its row, what its document says, and the record around it.

    `act` is the step itself, or its `undo` while it is set back; `by` is the person whose act led here.
    """

    unit: Writing
    escalation: Escalation
    run: StepRun
    step: Step
    rows: Sequence[StepRun]
    cause: str = ""
    by: Person | None = None
    undoing: Undo | None = None

    @property
    def act(self) -> Step | Undo:
        """What is to be done now."""
        return self.undoing or self.step

    @property
    def purpose(self) -> str:
        """The first part of a message's key: the same for every repeat of the same doing, and for nothing else."""
        record = self.cause or f"esc{self.escalation.pk}"
        turn = f":{self.run.turn}" if self.run.turn > 1 else ""
        return f"{record}:{self.run.step[-100:]}{turn}{':undo' if self.undoing else ''}"

    def settle(self, state: str, outcome: str, by: Person | None = None) -> None:
        """The step is over: done, skipped or undone."""
        run = self.run
        run.state, run.outcome, run.done_at, run.done_by = state, outcome[:300], self.unit.now, by
        run.due_at = run.awaits = None
        self.unit.step(run)

    def done(self, outcome: str, by: Person | None = None) -> None:
        """It did what it is for."""
        self.settle(State.DONE, outcome, by)

    def skip(self, outcome: str, by: Person | None = None) -> None:
        """It is left out."""
        self.settle(State.SKIPPED, outcome, by)

    def wait(self, outcome: str = "", *, until: datetime | None = None) -> None:
        """It waits for a person or for the record."""
        self._stay(State.WAITING, outcome, until)

    def go_on(self, outcome: str, *, until: datetime | None = None) -> None:
        """It is under way by itself."""
        self._stay(State.RUNNING, outcome, until)

    def _stay(self, state: str, outcome: str, until: datetime | None) -> None:
        self.run.state, self.run.outcome, self.run.due_at = state, outcome[:300], until
        self.unit.step(self.run)

    def keep(self, **data: Any) -> None:
        """Remember something about this run."""
        self.run.data = {**self.run.data, **data}
        self.unit.step(self.run)

    def text(self, said: str, to: Person | None = None) -> str:
        """A text of the document with its places filled in."""
        return wording.fill(said, self.escalation, to)

    def message(self, to: Person | None = None) -> str:
        """What the act tells; without words of its own it says what is the matter and till when."""
        return self.text(self.act.message or wording.MATTER, to)

    def person(self, one: OwnerRef | Role) -> Person | None:
        """Who a role or a reference means now; of a team the first who is present."""
        if isinstance(one, OwnerRef):
            return self.unit.people.resolve(one, self.escalation.account)
        return wording.role(self.escalation, self.unit.people, one)

    def people(self, *, otherwise: Role = "owner") -> list[Person]:
        """Everybody the act names, each once, in its order; raises StepFailed where nobody is to be found."""
        named: dict[int, Person] = {}
        for one in self.act.to or [otherwise]:
            person = self.person(one)
            if person is not None and person.is_active:
                named.setdefault(person.pk, person)
        if not named:
            words = ", ".join(one.words if isinstance(one, OwnerRef) else one for one in self.act.to or [otherwise])
            raise StepFailed(f"nobody was found for {words}")
        return list(named.values())

    @property
    def window(self) -> timedelta:
        """How long an answer may take."""
        return durations.parse(self.step.within or "1h")


@dataclass(frozen=True, slots=True)
class Doing:
    """One kind of step.

    `effect` does it and gives the outcome in words, or None where only the outbox can prove it; such a kind can
    stand under `undo`. Kinds that wait begin with `begin`, look again with `again` whenever the record moved, and
    are `late` when their time is over. `restore` puts back what was before. `aside` is not waited for.
    """

    effect: Callable[[Here], str | None] | None = None
    begin: Callable[[Here], None] | None = None
    again: Callable[[Here], None] | None = None
    late: Callable[[Here], None] | None = None
    restore: Callable[[Here], str] | None = None
    aside: Callable[[Step], bool] = lambda step: False
