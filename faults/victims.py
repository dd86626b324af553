"""Who is killed: found anew each time among the processes that we started, and nobody else's."""

import os
import random
import signal
import time
from collections import Counter, defaultdict
from pathlib import Path

from faults.programs import Programs

# How often each kind is aimed at. A whole supervisor takes longest to be back, so it comes more rarely.
WEIGHTS = {"web worker": 32, "web master": 10, "supervisor": 10, "cluster": 12, "sentinel": 6, "queue worker": 30}
# Seconds of the processor that a program needs to come up. Whoever only ever dies while starting has nothing to lose,
# so most kills spare it; wall time would say nothing on a busy machine.
GROWN_S = 1.5
SPARED = 0.9
TURN_S = 30.0
TICKS_S = os.sysconf("SC_CLK_TCK")
# These begin as copies of a program that is up.
FORKS = frozenset({"web worker", "sentinel", "queue worker"})


def children() -> dict[int, list[int]]:
    """Every process of this machine under its parent."""
    found: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended while we looked
            if after_name[0] != "Z":
                found[int(after_name[1])].append(int(entry.name))
    return found


def worked(pid: int) -> float:
    """How many seconds of the processor a process has had; 0 when it is gone."""
    try:
        after_name = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / TICKS_S


def candidates(programs: Programs) -> dict[str, list[int]]:
    """The process ids of each kind that live now."""
    below = children()
    found: dict[str, list[int]] = {name: [] for name in WEIGHTS}
    for name, pid in programs.pids().items():
        if name.startswith("web"):
            found["web master"].append(pid)
            found["web worker"] += below[pid]
            continue
        found["supervisor"].append(pid)
        for cluster in below[pid]:
            found["cluster"].append(cluster)
            for sentinel in below[cluster]:
                found["sentinel"].append(sentinel)
                found["queue worker"] += below[sentinel]
    return found


class Killer:
    """Kills one process at a time, chosen by the seed among those that live."""

    def __init__(self, programs: Programs, choice: random.Random) -> None:
        self.programs, self.choice = programs, choice
        self.killed: Counter[str] = Counter()
        self._turn: str | None = None
        self._since = 0.0
        self._sparing = False

    def strike(self) -> bool:
        """SIGKILL somebody of the kind whose turn it is; False while nobody of that kind is up.

        The turn lasts until it is used, or nobody came for a long time: kinds that are seldom up are not spared.
        """
        if self._turn is None or time.monotonic() - self._since > TURN_S:
            self._turn = self.choice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            self._since = time.monotonic()
            self._sparing = self._turn not in FORKS and self.choice.random() < SPARED
        alive = candidates(self.programs)[self._turn]
        if self._sparing:
            alive = [pid for pid in alive if worked(pid) >= GROWN_S]
        if not alive:
            return False
        try:
            os.kill(self.choice.choice(sorted(alive)), signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed[self._turn] += 1
        self._turn = None
        return True
