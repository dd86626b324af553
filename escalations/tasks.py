"""What the queue calls: each one call, each safe to run twice. Names here are stored in rows: never rename one."""

from escalations import clockwork, pipeline
from escalations.services import backtesting, outbox, watching
from opsportal.lib import clock
from opsportal.lib.queue import enqueue, job

# A longer task would keep the canary waiting: what is left is another task.
DRAIN = 100


@job
def watch() -> int:
    """The watch: a sweep each second until the next watch takes over."""
    backtesting.pick_up(now=clock.db_now())
    return watching.watch(sweep=clockwork.sweep)


@job
def sweep() -> dict[str, int]:
    """One sweep."""
    return clockwork.sweep()


@job
def drain() -> int:
    """Take waiting signals down the line; rung by intake."""
    taken = pipeline.drain(limit=DRAIN)
    if taken >= DRAIN:
        enqueue("escalations.tasks.drain")
    return taken


@job
def deliver() -> int:
    """Send what is due in the outbox."""
    return outbox.deliver(now=clock.db_now())


@job
def canary(own: str, number: int) -> bool:
    """Answer a supervisor's question: this cluster works."""
    return watching.answer_canary(own=own, number=number)


@job
def backtest(backtest_id: int) -> bool:
    """One step of a backtest; what is left is another task."""
    more = backtesting.step(backtest_id)
    if more:
        enqueue("escalations.tasks.backtest", backtest_id)
    return more
