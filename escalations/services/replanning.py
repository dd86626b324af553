"""The steps of a running record by another version: what was begun keeps its outcome, the rest is planned anew."""

from collections.abc import Sequence

from escalations.models import StepRun
from escalations.services.steps.base import SETTLED, State

ASIDE = 10_000


def replan(
    runs: Sequence[StepRun], fresh: Sequence[StepRun], *, was: int, words: str
) -> tuple[list[StepRun], list[StepRun]]:
    """The rows as they will stand, and behind them those that the new version has no step for. Nothing is written.

    Rows are matched by the step's name; `was` is the version they were planned from. A new step whose place or branch
    was passed already is skipped; a step that is there no more is skipped too, unless it is over.
    """
    old = {run.step: run for run in runs}
    settled = [number for number, row in enumerate(fresh) if row.step in old and old[row.step].state in SETTLED]
    last = max(settled, default=-1)
    steps: list[StepRun] = []
    for number, row in enumerate(fresh):
        here = _one(row, old.get(row.step), was)
        if here._state.adding and (number < last or _left(row.block, old)):
            here.state, here.outcome = State.SKIPPED, f"came with {words}, when its place was passed"
        here.position = number
        steps.append(here)
    names = {row.step for row in fresh}
    gone = [run for run in runs if run.step not in names]
    for number, run in enumerate(gone, len(fresh)):
        if run.state not in SETTLED:
            run.state, run.outcome, run.due_at, run.awaits = State.SKIPPED, f"not in {words}", None, None
        _pin(run, was)
        run.position = number
    return steps, gone


def _left(block: str, old: dict[str, StepRun]) -> bool:
    """Whether the line has been through a block, or past it: its branch is decided and nothing in it is left to do."""
    owner = old.get(block.rsplit("/", 1)[-1].partition(":")[0]) if block else None
    waits = any(run.block == block and run.state not in SETTLED for run in old.values())
    return owner is not None and owner.state in SETTLED and not waits


def _one(row: StepRun, known: StepRun | None, was: int) -> StepRun:
    """The row of a step: the one that was begun where there is one, under the title and in the block it has now."""
    if known is None:
        return row
    if known.state in SETTLED:
        _pin(known, was)
        return known
    if known.do != row.do:
        # Another kind of step under the same name begins anew.
        row.pk, row.turn, row._state.adding = known.pk, known.turn + 1, False
        return row
    known.title, known.block, known.template_id = row.title, row.block, row.template_id
    return known


def _pin(run: StepRun, was: int) -> None:
    """What is over was done as the old version said, and would be set back so."""
    run.template_id = run.template_id or was


def write(rows: list[StepRun]) -> None:
    """Write the rows. Positions are unique: those that were there step aside first."""
    there = [row for row in rows if not row._state.adding]
    wanted = [row.position for row in there]
    for number, row in enumerate(there):
        row.position = ASIDE + number
    StepRun.objects.bulk_update(there, ["position"])
    for row, position in zip(there, wanted, strict=True):
        row.position = position
    columns = [one.name for one in StepRun._meta.concrete_fields if not one.primary_key and one.name != "escalation"]
    StepRun.objects.bulk_update(there, columns)
    StepRun.objects.bulk_create([row for row in rows if row._state.adding])
