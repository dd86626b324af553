"""A small load of HTTP requests, the same for every product: bounded in number, on loopback."""

import http.client
import os
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

Request = Callable[[int], tuple[str, str, bytes, dict[str, str]]]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """What a load found: requests a second, latencies, CPU milliseconds of the server a request, failures."""

    per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    failed: int


def run(address: str, make: Request, *, count: int, threads: int, server: int) -> Run:
    """Send `count` requests over `threads` kept connections; `server` is the root of its process tree."""
    numbers = iter(range(count))
    lock, took, failed = threading.Lock(), [], []
    place = urlsplit(address)

    def work() -> None:
        client = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            method, path, body, headers = make(number)
            begun = time.perf_counter()
            client.request(method, path, body, headers)
            answer = client.getresponse()
            answer.read()
            took.append(time.perf_counter() - begun)
            if answer.status >= http.client.BAD_REQUEST:
                failed.append(answer.status)

    cpu, begun = cpu_seconds(server), time.perf_counter()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall, used = time.perf_counter() - begun, cpu_seconds(server) - cpu
    late = statistics.quantiles(took, n=20)[-1]
    return Run(count / wall, statistics.median(took) * 1000, late * 1000, used * 1000 / count, len(failed))


def cpu_seconds(root: int) -> float:
    """CPU used so far by a process and everything below it; other work on the machine hardly moves it."""
    found: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            found[int(entry.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    todo, total = [root], 0
    while todo:
        pid = todo.pop()
        total += found.get(pid, (0, 0))[1]
        todo += [child for child, (parent, _) in found.items() if parent == pid]
    return total / TICKS
