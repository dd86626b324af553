"""What is read off while something runs: time, CPU of this process and of its database backend, statements."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.load import TICKS

Took = tuple[float, float, float]


def timed(work: Callable[[], object]) -> Took:
    """Seconds by the wall, of this process's CPU, and of its database backend's CPU (PostgreSQL only)."""
    backend = _backend()
    wall, cpu, served = time.perf_counter(), time.process_time(), _cpu(backend)
    work()
    return time.perf_counter() - wall, time.process_time() - cpu, _cpu(backend) - served


def look_again() -> None:
    """The connection may be a new one, with another process behind it: look it up at the next reading."""
    _backend.cache_clear()


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Statements sent; the beginning and the end of savepoints are not counted."""
    seen = [0]

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen[0] += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield lambda: seen[0]


@cache
def _backend() -> int | None:
    """The process on the server's side of our connection, where the server is on this machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = int(cursor.fetchone()[0])
    return found if Path(f"/proc/{found}").is_dir() else None


def _cpu(pid: int | None) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
