"""Keeps a cluster of workers at work: starts it, asks it now and then, kills and restarts it when it does not answer.

A cluster can look alive and do nothing for ever (docs/decisions): only an answer that came through its own queue
proves that it works. Meanwhile, and until somebody holds the watch, the supervisor does the work itself.
"""

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

from django.db import close_old_connections

from opsportal.lib.processes import Group

log = logging.getLogger(__name__)
SLICE_S = 0.1


class Duties(Protocol):
    """What the supervisor does for its caller. Each may raise: the next tick tries again."""

    def ask(self) -> None:
        """Send a canary through the cluster's own queue."""

    def answered(self) -> bool:
        """Whether the last canary came back."""

    def watched(self) -> bool:
        """Whether somebody holds the watch and has worked a moment ago."""

    def call_watch(self) -> None:
        """Have this cluster take up the watch now."""

    def sweep(self) -> None:
        """Do what is due."""

    def let_go(self) -> None:
        """Take the watch from whoever in this cluster has it, and forget what was asked."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: between two ticks, between two canaries, until one is late, until a fresh cluster's first one is,
    and from a TERM to the KILL."""

    tick: float = 1.0
    ask: float = 2.0
    late: float = 10.0
    first: float = 15.0
    stop: float = 5.0
    longest: float = 120.0


class Supervisor:
    """One cluster and its care, until `stop` or a TERM."""

    def __init__(
        self,
        group: Group,
        duties: Duties,
        *,
        patience: Patience = Patience(),
        tell: Callable[[str], Any] = log.warning,
    ) -> None:
        self.group, self.duties, self.patience, self.tell = group, duties, patience, tell
        self.stopping = False
        self.restarts = 0
        self._began = 0.0  # when this cluster was started
        self._asked: float | None = None
        self._answered: float | None = None
        self._silent = 0  # clusters in a row that never answered

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """End after this tick; a signal's handler, so it only sets a flag."""
        self.stopping = True

    def run(self) -> None:
        """Sweep from the first second on; keep the cluster at work; at the end leave nothing running."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        try:
            self._careful(self.duties.sweep)
            while not self.stopping:
                self._tick()
        finally:
            self._careful(self.duties.let_go)
            self.group.stop(grace=self.patience.stop)

    def _tick(self) -> None:
        began = time.monotonic()
        if not self.group.alive():
            self._start()
        elif fault := self._fault():
            self._restart(fault)
        if not self._careful(self.duties.watched):
            self._careful(self.duties.sweep)
        while not self.stopping and (rest := self.patience.tick - (time.monotonic() - began)) > 0:
            time.sleep(min(SLICE_S, rest))

    def _start(self) -> None:
        status = self.group.status()
        if status is not None:
            self.tell(f"The workers ended by themselves ({status}): starting them again.")
            self._dispose()
        self.group.start()
        self._began, self._asked, self._answered = time.monotonic(), None, None

    def _restart(self, fault: str) -> None:
        self.tell(f"{fault}: killing the workers and starting them again.")
        self._dispose()
        self.group.start()
        self._began, self._asked, self._answered = time.monotonic(), None, None

    def _dispose(self) -> None:
        self._silent = 0 if self._answered is not None else self._silent + 1
        self.restarts += 1
        self.group.kill()
        self._careful(self.duties.let_go)

    def _fault(self) -> str:
        """Ask, or look for the answer; what is wrong with the cluster, or nothing."""
        now = time.monotonic()
        if self._asked is None:
            if (self._answered is None or now - self._answered >= self.patience.ask) and self._careful(self._asked_it):
                self._asked = now
            return ""
        answer = self._careful(self.duties.answered)
        if answer is None:
            self._asked = now  # the database did not answer, which says nothing about the cluster
            return ""
        if answer:
            first, self._answered, self._asked = self._answered is None, now, None
            if first:
                self._welcome(now)
            return ""
        late = now - self._asked
        return f"No answer from the workers for {late:.0f} s" if late > self._patience() else ""

    def _welcome(self, now: float) -> None:
        """The cluster answers for the first time: it takes up the watch unless somebody has it."""
        log.info("the workers answer, %.1f s after their start", now - self._began)
        if not self._careful(self.duties.watched):
            self._careful(self.duties.call_watch)

    def _patience(self) -> float:
        """A fresh cluster gets longer, and twice as long after each one that never answered at all."""
        if self._answered is not None:
            return self.patience.late
        longer: float = self.patience.first * 2 ** min(self._silent, 6)
        return min(longer, self.patience.longest)

    def _asked_it(self) -> bool:
        self.duties.ask()
        return True

    def _careful[T](self, act: Callable[[], T]) -> T | None:
        """The act's result, or None when it failed: whatever fails in one tick, the supervisor goes on."""
        try:
            return act()
        except Exception:  # a database away, a poisoned row: the next tick tries again
            log.exception("the supervisor could not do its %s", getattr(act, "__name__", "part"))
            close_old_connections()
            return None
