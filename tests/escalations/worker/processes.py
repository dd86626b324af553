"""The real `manage.py work` of a test, and the processes below it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def until[T](look: Callable[[], T], seconds: float) -> T:
    """Wait until `look` finds something; returns it."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s")


def table() -> dict[int, tuple[int, int]]:
    """Parent and group of every process that is not a zombie."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if state != "Z":
            found[int(folder.name)] = (int(parent), int(group))
    return found


def below(pid: int) -> list[int]:
    """Children, grandchildren and so on, nearest first."""
    processes = table()
    found = [pid]
    for one in found:
        found += [child for child, (parent, _) in processes.items() if parent == one]
    return found[1:]


def workers(pid: int) -> list[int]:
    """What the sentinel below the supervisor `pid` runs: workers, pusher, monitor."""
    cluster = [child for child, (parent, _) in table().items() if parent == pid]
    sentinels = [child for child, (parent, _) in table().items() if parent in cluster]
    return [child for child, (parent, _) in table().items() if parent in sentinels]


def kill(pids: list[int]) -> None:
    """As the kernel does when memory runs out."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@contextmanager
def command(environment: dict[str, str], *arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py ...` in the background; whatever is left of it at the end is killed."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        left = below(process.pid)
        process.kill()
        process.wait()
        kill([pid for pid in left if pid in table()])
