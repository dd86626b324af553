"""What is measured through the real web server: pages, and signed webhooks answered after their bytes are kept."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from benchmarks import load, signals
from benchmarks.table import PAGES
from escalations.sources.signing import sign


def pages(address: str, pid: int, *, session: str, views: int) -> dict[str, dict[str, float]]:
    """J2 for somebody signed in, one view after the other."""
    found: dict[str, dict[str, float]] = {}
    for name, path in PAGES.items():
        get = _get(path, session)
        load.run(address, get, count=8, threads=2, server=pid)
        run = load.run(address, get, count=views, threads=1, server=pid)
        if run.failed:
            raise SystemExit(f"{path} was refused {run.failed} times")
        found[f"J2 {name}"] = {"p50_ms": run.p50_ms, "p95_ms": run.p95_ms, "cpu_ms": run.cpu_ms}
    return found


def _get(path: str, session: str) -> load.Request:
    return lambda number: ("GET", path, b"", {"Cookie": f"sessionid={session}"})


def webhook(env: dict[str, str], salt: str) -> load.Request:
    """Signed deliveries, each with a key of its own."""
    secret = env["OPSPORTAL_SIMULATOR_SECRET"]
    stamp = f"{salt}{time.time_ns()}"

    def make(number: int) -> tuple[str, str, bytes, dict[str, str]]:
        body = signals.body(f"{stamp}{number}", number)
        headers = sign("zendesk", secret, body, datetime.now(UTC), f"{stamp}-{number}")
        return "POST", "/in/zendesk/", body, {"Content-Type": "application/json", **headers}

    return make


@contextmanager
def web(env: dict[str, str], command: list[str], folder: str) -> Iterator[tuple[str, int]]:
    """A web server of two processes on a free port of this machine; ended by its own id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["-w", "2", "-b", f"127.0.0.1:{port}", "--log-level", "error", "--no-control-socket"]
    words += ["--worker-class", "gthread", "--threads", "8", "--preload"] if "benchmarks" in " ".join(command) else []
    server = subprocess.Popen([*command, *words], cwd=folder, env=env, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address, server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5)  # noqa: S310  our own server on loopback
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"nothing answered at {address}")
