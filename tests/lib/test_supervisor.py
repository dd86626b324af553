"""A supervisor over a toy cluster: what hangs is killed with all it started, and is back soon."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from opsportal.lib.processes import Group
from opsportal.lib.supervisor import Patience, Supervisor

# It starts a child and then answers by touching a file, until somebody writes "hang".
TOY = textwrap.dedent(
    """
    import os, pathlib, signal, sys, time
    folder = pathlib.Path(sys.argv[1])
    signal.signal(signal.SIGTERM, signal.SIG_IGN if (folder / "deaf").exists() else signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        time.sleep(600)
    (folder / "pids").open("a").write(f"{os.getpid()} {child}\\n")
    while True:
        if not (folder / "hang").exists() and (folder / "asked").exists():
            (folder / "asked").rename(folder / "answered")
        time.sleep(0.02)
    """
)
QUICK = Patience(tick=0.05, ask=0.1, late=0.5, first=1, stop=0.5)


class Toy:
    """Duties kept in files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sweeps: list[float] = []
        self.calls = 0
        self.let = 0
        self.broken = False

    def ask(self) -> None:
        if self.broken:
            raise OSError("the database is away")
        (self.folder / "answered").unlink(missing_ok=True)
        (self.folder / "asked").touch()

    def answered(self) -> bool:
        if self.broken:
            raise OSError("the database is away")
        return (self.folder / "answered").exists()

    def watched(self) -> bool:
        return False

    def call_watch(self) -> None:
        self.calls += 1

    def sweep(self) -> None:
        self.sweeps.append(time.monotonic())

    def let_go(self) -> None:
        self.let += 1

    def pids(self) -> list[int]:
        path = self.folder / "pids"
        return [int(pid) for line in path.read_text().splitlines() for pid in line.split()] if path.exists() else []


def runs(pid: int) -> bool:
    """Whether the process is there and not a zombie that only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(condition: Callable[[], object], seconds: float = 10) -> float:
    """Wait for a condition; returns how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError("it never came true")


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    (tmp_path / "toy.py").write_text(TOY)
    return Toy(tmp_path)


@pytest.fixture
def supervisor(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """One that runs in a thread; signals can only be caught in the main one, so it catches none here."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    group = Group([sys.executable, str(toy.folder / "toy.py"), str(toy.folder)])
    supervisor = Supervisor(group, toy, patience=QUICK, tell=lambda _: None)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    yield supervisor
    supervisor.stop()
    thread.join(10)
    assert not thread.is_alive()
    until(lambda: not any(runs(pid) for pid in toy.pids()))


def test_the_first_sweep_does_not_wait_for_the_cluster(toy: Toy, supervisor: Supervisor) -> None:
    assert until(lambda: toy.sweeps) < 1
    until(lambda: toy.calls == 1)


def test_a_cluster_that_hangs_is_killed_with_its_children_and_restarted(toy: Toy, supervisor: Supervisor) -> None:
    until(lambda: toy.calls == 1)
    before = toy.pids()
    (toy.folder / "hang").touch()
    took = until(lambda: supervisor.restarts == 1)
    (toy.folder / "hang").unlink()
    took += until(lambda: toy.calls == 2)
    assert took < 15
    assert toy.let == 1
    until(lambda: not any(runs(pid) for pid in before))


def test_a_cluster_that_died_is_restarted(toy: Toy, supervisor: Supervisor) -> None:
    until(lambda: toy.calls == 1)
    os.kill(supervisor.group.pid, signal.SIGKILL)
    until(lambda: toy.calls == 2)
    assert supervisor.restarts == 1


def test_sweeps_go_on_while_the_cluster_hangs(toy: Toy, supervisor: Supervisor) -> None:
    until(lambda: toy.calls == 1)
    (toy.folder / "hang").touch()
    until(lambda: supervisor.restarts == 2, 20)
    gaps = [after - before for before, after in pairwise(toy.sweeps)]
    assert max(gaps) < 1.5


def test_a_database_that_is_away_is_not_the_clusters_fault(toy: Toy, supervisor: Supervisor) -> None:
    until(lambda: toy.calls == 1)
    toy.broken = True
    time.sleep(1.2)
    toy.broken = False
    time.sleep(0.3)
    assert supervisor.restarts == 0


@pytest.mark.slow
def test_what_does_not_listen_to_a_term_is_killed(toy: Toy) -> None:
    (toy.folder / "deaf").touch()
    group = Group([sys.executable, str(toy.folder / "toy.py"), str(toy.folder)])
    group.start()
    until(lambda: len(toy.pids()) == 2)
    began = time.monotonic()
    group.stop(grace=0.3)
    assert time.monotonic() - began < 3
    until(lambda: not any(runs(pid) for pid in toy.pids()))


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux does the kernel tell a child")
def test_children_die_with_a_parent_that_was_killed(toy: Toy) -> None:
    code = f"""
import sys, time
from opsportal.lib.processes import Group
group = Group([sys.executable, {str(toy.folder / "toy.py")!r}, {str(toy.folder)!r}])
group.start()
time.sleep(600)
"""
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root) as parent:
        until(lambda: len(toy.pids()) == 2)
        parent.kill()
    until(lambda: not runs(toy.pids()[0]))
    os.kill(toy.pids()[1], signal.SIGKILL)  # the toy's own child asked for no such signal
