"""Programs that run below us: each in a process group of its own, none outliving whoever started it.

Run as a program with SIGNAL PARENT PROGRAM ..., it becomes that program, after asking the kernel for the signal on its
parent's death.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1
LOOK_S = 0.05


def die_with_parent(*, by: signal.Signals = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to end this process when its parent does; where it can not, look each second.

    `parent`: who it was when we were started; if that is not so any more, we are too late and end now.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(by))
    else:
        threading.Thread(target=_end_after, args=(os.getppid(), by), daemon=True).start()
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), by)


def die_with_parent_and_so_do_forks(*, parent: int | None = None) -> None:
    """The same for this process and for all that it forks: a killed sentinel leaves no worker behind."""
    die_with_parent(parent=parent)
    os.register_at_fork(after_in_child=die_with_parent)


def _end_after(parent: int, by: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), by)


class Group:
    """One program and everything it starts, as one process group that is stopped as one."""

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
        self.command = list(command)
        self.environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The program's process id, which is the group's too; 0 before the first start."""
        return self._process.pid if self._process else 0

    def start(self, *, by: signal.Signals = signal.SIGKILL) -> None:
        """Start the program; `by` is what it gets when we die."""
        # -P: this folder's module names (such as `queue`) must not stand in for the standard library's.
        launcher = [sys.executable, "-P", __file__, by.name, str(os.getpid()), *self.command]
        self._process = subprocess.Popen(  # noqa: S603  our own command lines, never a user's text
            launcher, env={**os.environ, **self.environment}, process_group=0
        )

    def alive(self) -> bool:
        """Whether the program runs (its children do not count)."""
        return self._process is not None and self._process.poll() is None

    def status(self) -> int | None:
        """How the program ended, or None while it runs or was never started."""
        return self._process.poll() if self._process else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone, if it still runs."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End the whole group at once, and anything left of it after its program is gone."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # nobody is left in it
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, *, grace: float = 5.0) -> None:
        """Ask the program to end, wait `grace` seconds, then kill the group."""
        if self._process is None:
            return
        self.signal(signal.SIGTERM)
        limit = time.monotonic() + grace
        while self.alive() and time.monotonic() < limit:
            time.sleep(LOOK_S)
        self.kill()


def main(arguments: Sequence[str]) -> None:
    """Become the program: SIGNAL PARENT PROGRAM ARGUMENT..."""
    name, parent, *command = arguments
    die_with_parent(by=signal.Signals[name], parent=int(parent))
    os.execvp(command[0], command)  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
