"""django-helpdesk, measured with the same load: its API insert, its list page, its escalation command.

Its site and its seeds lie beside the project (`../shared/peers`); without them, or without PostgreSQL, it is left out.
"""

import base64
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from benchmarks import load
from benchmarks.accept import web
from benchmarks.scratch import ROOT, SERVER, postgres

PEERS = ROOT.parent / "shared" / "peers" / "peers"
HOME = Path(os.environ.get("OPSPORTAL_PEERS", Path.home() / ".cache" / "opsportal-peers"))
VENV = HOME / "v-helpdesk"
PACKAGES = ("django>=5.2,<5.3", "django-helpdesk", "psycopg[binary]", "gunicorn")
SLOW_S = 60.0


def install() -> str:
    """Make its environment; returns why it can not be measured, or nothing."""
    if not PEERS.is_dir():
        return "its site is not beside the project (../shared/peers)"
    if (VENV / "bin" / "gunicorn").exists():
        return ""
    try:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True, capture_output=True)
        subprocess.run([str(VENV / "bin" / "pip"), "install", "-q", *PACKAGES], check=True, capture_output=True)
    except subprocess.CalledProcessError as fault:
        return f"it can not be installed: {fault.stderr.decode()[-200:]}"
    return ""


@dataclass(frozen=True, slots=True)
class Site:
    """Its web server with so many open tickets, somebody signed in, and what was measured before it was started."""

    address: str
    headers: dict[str, str]
    pid: int
    found: dict[str, dict[str, float]]

    def insert(self, count: int, threads: int) -> load.Run:
        """Tickets made through its API."""
        text = "Exports hang since nine, for all users of the workspace. " * 4

        def make(number: int) -> tuple[str, str, bytes, dict[str, str]]:
            ticket = {"queue": 1, "title": f"Outage {number}", "description": text, "priority": 2}
            body = json.dumps({**ticket, "submitter_email": "a@example.com"}).encode()
            return "POST", "/api/tickets/", body, {**self.headers, "Content-Type": "application/json"}

        return load.run(self.address, make, count=count, threads=threads, server=self.pid)


@contextmanager
def site(rows: int, *, times: int) -> Iterator[Site]:
    """Seed it, measure its command and its pages, and leave it running."""
    with postgres(f"opsportal_peer_{os.getpid()}") as url:
        name = url.rsplit("/", 1)[1]
        env = _environment(name)
        admin = str(VENV / "bin" / "django-admin")
        _run(env, admin, "migrate", "-v0")
        _run(env, admin, "loaddata", "emailtemplate.json", "-v0")
        dsn = f"{SERVER} dbname={name}"
        _run(env, str(VENV / "bin" / "python"), str(PEERS / "seed_helpdesk.py"), "--dsn", dsn, "--rows", str(rows))
        found = {"J3 sweep k=0": _tick(env, dsn, 0), "J3 sweep k=1000": _tick(env, dsn, min(1000, rows))}
        with web(env, [str(VENV / "bin" / "gunicorn"), "helpdesk_site.wsgi:application"], str(PEERS)) as (address, pid):
            headers = _login(address)
            yield Site(address, headers, pid, found | _pages(address, headers, pid, times))


def _environment(name: str) -> dict[str, str]:
    return {
        **os.environ,
        "PERF_DB": name,
        "PGHOST": "127.0.0.1",
        "PGPORT": "5432",
        "PGUSER": "postgres",
        "PYTHONPATH": str(PEERS),
        "DJANGO_SETTINGS_MODULE": "helpdesk_site.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _run(env: dict[str, str], *words: str) -> float:
    begun = time.perf_counter()
    subprocess.run(words, env=env, check=True, capture_output=True)
    return time.perf_counter() - begun


def _tick(env: dict[str, str], dsn: str, k: int) -> dict[str, float]:
    """Its cron command, less what starting the same interpreter costs."""
    start = min(_run(env, str(VENV / "bin" / "python"), "-c", "import django; django.setup()") for _ in range(2))
    took: list[float] = []
    for _ in range(3):
        with psycopg.connect(dsn, autocommit=True) as server:
            for part in (PEERS / "due_helpdesk.sql").read_text().split(";\n"):
                if part.strip():
                    server.execute(part.replace("%(due)s", str(k)).replace("%%", "%").encode())
        took.append(_run(env, str(VENV / "bin" / "django-admin"), "escalate_tickets") - start)
        if sum(took) > SLOW_S:
            break
    return {"ms": max(statistics.median(took), 0) * 1000}


def _login(address: str) -> dict[str, str]:
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        page = client.get("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise SystemExit("the peer's login page has no form")
        form = {"username": "perf", "password": "perf", "csrfmiddlewaretoken": token[1], "next": "/robots.txt"}
        client.post("/login/", data=form, headers={"Referer": f"{address}/login/"})
        csrf = str(client.cookies.get("csrftoken", ""))
        cookie = f"sessionid={client.cookies['sessionid']}; csrftoken={csrf}"
        return {"Cookie": cookie, "X-CSRFToken": csrf, "Referer": f"{address}/"}


def _pages(address: str, headers: dict[str, str], pid: int, times: int) -> dict[str, dict[str, float]]:
    """Its list as a browser sees it, the page and the table that it fetches; and the table alone."""
    query = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": "", "sortreverse": False}
    table = base64.b64encode(json.dumps(query).encode()).decode()
    rows = f"/datatables_ticket_list/{table}?draw=1&start=0&length=25"
    views = {"J2 desk page": ("/tickets/", rows), "J2 desk fragment": (rows,)}
    with httpx.Client(base_url=address, headers=headers, timeout=300, trust_env=False) as client:
        return {name: _view(client, paths, pid, times) for name, paths in views.items()}


def _view(client: httpx.Client, paths: tuple[str, ...], pid: int, times: int) -> dict[str, float]:
    took: list[float] = []
    size = 0
    cpu, end = load.cpu_seconds(pid), time.perf_counter() + SLOW_S / 2
    while len(took) < times and (not took or time.perf_counter() < end):
        begun = time.perf_counter()
        size = sum(len(client.get(path).raise_for_status().content) for path in paths)
        took.append(time.perf_counter() - begun)
    used = load.cpu_seconds(pid) - cpu
    return {"p50_ms": statistics.median(took) * 1000, "cpu_ms": used * 1000 / len(took), "kb": size / 1024}
