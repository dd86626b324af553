"""The steps of a running record by another version: what was begun keeps its outcome, the rest is planned anew."""

from collections.abc import Sequence

from escalations.models import StepRun

State = StepRun.State
OVER = (State.DONE, State.SKIPPED)
ASIDE = 10_000


def replan(runs: Sequence[StepRun], fresh: Sequence[StepRun], version: str) -> tuple[list[StepRun], list[StepRun]]:
    """The rows as they will stand, and behind them those that the new version has no step for. Nothing is written.

    Rows are matched by the step's name. A new step whose place was passed already is skipped; a step that is there no
    more is skipped too, unless it is over.
    """
    old = {run.step: run for run in runs}
    passed = [number for number, row in enumerate(fresh) if row.step in old and old[row.step].state in OVER]
    last = max(passed, default=-1)
    steps: list[StepRun] = []
    for number, row in enumerate(fresh):
        here = _one(row, old.pop(row.step, None))
        if here._state.adding and number < last:
            here.state, here.outcome = State.SKIPPED, f"came with {version}, when its place was passed"
        here.position = number
        steps.append(here)
    for number, gone in enumerate(old.values(), len(fresh)):
        if gone.state not in OVER:
            gone.state, gone.outcome = State.SKIPPED, f"not in {version}"
        gone.position = number
    return steps, list(old.values())


def _one(row: StepRun, known: StepRun | None) -> StepRun:
    """The row of a step: the one that was begun where there is one, under the title it has now."""
    if known is None:
        return row
    if known.state in OVER:
        return known
    if known.do != row.do:
        # Another kind of step under the same name begins anew.
        row.pk, row._state.adding = known.pk, False
        return row
    known.title = row.title
    return known


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
