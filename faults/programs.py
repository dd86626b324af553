"""The portal's programs, kept running by a keeper so small that it can not be what saves them."""

import threading
import time
from collections.abc import Mapping

from opsportal.lib.processes import Group

LOOK_S = 0.1
PAUSE_S = 0.5


class Programs:
    """Programs by name, from `start` to `stop`; whatever ends in between is started again."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self.groups = dict(groups)
        self.starts = dict.fromkeys(groups, 0)
        self._stopping = threading.Event()
        # The kernel ends a program when the thread that started it ends: one thread starts them all, and stays.
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def pids(self) -> dict[str, int]:
        """The process id of each program that runs."""
        return {name: group.pid for name, group in self.groups.items() if group.alive()}

    def stop(self) -> None:
        """End all in order, and whatever is left of them."""
        self._stopping.set()
        self._thread.join()

    def _keep(self) -> None:
        again = dict.fromkeys(self.groups, 0.0)
        while not self._stopping.is_set():
            now = time.monotonic()
            for name, group in self.groups.items():
                if group.alive():
                    again[name] = now + PAUSE_S
                elif now >= again[name]:
                    group.kill()
                    group.start()
                    self.starts[name] += 1
            time.sleep(LOOK_S)
        for group in self.groups.values():
            group.stop(grace=8.0)
