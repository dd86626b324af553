"""Keeps a handful of programs running until told to stop: whichever ends is started again, at the end all end."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from opsportal.lib.processes import Group

LOOK_S = 0.2
# A program that ends at once is tried again after 1, 2, 4 .. 30 seconds.
SHORT_LIFE_S = 10.0
LONGEST_PAUSE_S = 30.0
STOP_S = 12.0


@dataclass(slots=True)
class Kept:
    """A program, when it was started last, and how long to wait before the next start."""

    name: str
    group: Group
    began: float = 0.0
    pause: float = 0.0
    again_at: float | None = None


class Keeper:
    """Programs by name, until a TERM or Ctrl-C."""

    def __init__(self, programs: dict[str, Group], *, tell: Callable[[str], Any]) -> None:
        self.kept = [Kept(name, group) for name, group in programs.items()]
        self.tell = tell
        self.stopping = False

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """A signal's handler: only sets a flag."""
        self.stopping = True

    def run(self, *, started: Callable[[], Any]) -> None:
        """Start all, call `started`, look after them, stop all."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            for one in self.kept:
                self._start(one)
            started()
            while not self.stopping:
                for one in self.kept:
                    self._look(one)
                time.sleep(LOOK_S)
        finally:
            self._end()

    def _start(self, one: Kept) -> None:
        one.began, one.again_at = time.monotonic(), None
        one.group.start(by=signal.SIGTERM)

    def _look(self, one: Kept) -> None:
        now = time.monotonic()
        if one.again_at is not None:
            if now >= one.again_at:
                self._start(one)
        elif not one.group.alive():
            one.group.kill()
            lived = now - one.began
            one.pause = min(max(1.0, one.pause * 2), LONGEST_PAUSE_S) if lived < SHORT_LIFE_S else 1.0
            one.again_at = now + one.pause
            self.tell(f"{one.name} ended ({one.group.status()}); starting it again in {one.pause:.0f} s")

    def _end(self) -> None:
        """Ask all at once, wait for all together, then kill what is left."""
        for one in self.kept:
            one.group.signal(signal.SIGTERM)
        limit = time.monotonic() + STOP_S
        while any(one.group.alive() for one in self.kept) and time.monotonic() < limit:
            time.sleep(LOOK_S / 4)
        for one in self.kept:
            one.group.kill()
