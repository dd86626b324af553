"""The way in behind the real web server: chunked bodies, broken ones, and a database that is away or busy."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from escalations.models import Delivery, Rejection, Source
from escalations.sources.signing import sign
from tests.conftest import ON
from tests.stories import world

ROOT = Path(__file__).resolve().parents[2]
ANSWER_S = 3.0


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[int]:
    """The portal behind gunicorn, as `serve` starts it; gives its port."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = ["--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", "opsportal.wsgi:application", "--chdir", str(ROOT), *options]
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=ROOT)
    try:
        for _ in range(300):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=15)


def ask(
    port: int, body: bytes, *, chunks: int = 0, slug: str = "generic", delivery: str = "d"
) -> tuple[int, dict[str, str], bytes]:
    """Post, signed; in that many chunks where said."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {**sign("generic", world.SECRET, body, datetime.now(UTC), delivery), "content-type": "application/json"}
    try:
        if chunks:
            size = len(body) // chunks + 1
            parts = (body[start : start + size] for start in range(0, len(body), size))
            caller.request("POST", f"/in/{slug}/", parts, headers, encode_chunked=True)
        else:
            caller.request("POST", f"/in/{slug}/", body, headers)
        answer = caller.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    finally:
        caller.close()


def raw(port: int, head: str, body: bytes) -> int:
    """Bytes as no client would send them; the status, or 0 when the server hung up."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as line:
        line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        line.shutdown(socket.SHUT_WR)
        start = line.recv(200).decode("latin-1")
    return int(start.split()[1]) if start.startswith("HTTP/") else 0


@pytest.mark.slow
@pytest.mark.usefixtures("committed_company")
def test_behind_the_real_server(process_environment: dict[str, str], tmp_path: Path) -> None:
    """Chunked bodies are kept as they are, over the limit they are 413, broken ones are no 5xx; a lock is a 503."""
    Source.objects.filter(slug="generic").update(max_bytes=200_000)
    with served(process_environment, tmp_path / "web.log") as port:
        body = json.dumps({"account": "Acme", "text": "ä" * 10_000}).encode()
        for number, chunks in enumerate((0, 1, 7, 5000)):
            status, _, told = ask(port, body + b" " * number, chunks=chunks, delivery=f"d-{number}")
            assert status == 202, (chunks, told)
            kept = Delivery.objects.get(signals=json.loads(told)["signal"])
            assert bytes(kept.body) == body + b" " * number
        assert ask(port, b"", delivery="empty")[0] == 202
        for chunks in (0, 3):
            assert ask(port, b"x" * 200_001, chunks=chunks, delivery=f"big-{chunks}")[0] == 413
        assert Rejection.objects.filter(reason="too_large").count() == 2
        chunked = "POST /in/generic/ HTTP/1.1\nHost: 127.0.0.1\nTransfer-Encoding: chunked"
        plain = "POST /in/generic/ HTTP/1.1\nHost: 127.0.0.1\nContent-Length: "
        before = Delivery.objects.count()
        for head, sent in (
            (chunked, b"zz\r\nno\r\n0\r\n\r\n"),
            (chunked, b"5\r\nab"),
            (chunked, b"-1\r\n\r\n"),
            (chunked, b"FFFFFFFFFFFFFFFF\r\nx"),
            (chunked + "\nContent-Length: 3", b"3\r\nabc\r\n0\r\n\r\n"),
            (plain + "100", b"short"),
            (plain + "9" * 30, b""),
            (plain + "-5", b""),
        ):
            assert raw(port, head, sent) < 500, (head, sent)
        assert Delivery.objects.count() == before
        busy(port)


def busy(port: int) -> None:
    """Somebody holds the database: after two seconds the sender is asked to come back, and then taken."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE escalations_delivery IN ACCESS EXCLUSIVE MODE")
        try:
            started = time.monotonic()
            status, headers, _ = ask(port, b"{}", delivery="busy")
            took = time.monotonic() - started
        finally:
            cursor.execute("ROLLBACK")
    assert (status, headers.get("retry-after")) == (503, "5")
    # SQLite's own wait would be twenty seconds; the rest is room for a busy machine.
    assert 1.5 < took < ANSWER_S + 9
    assert ask(port, b"{}", delivery="busy")[0] == 202


@pytest.mark.slow
@pytest.mark.skipif(ON == "sqlite", reason="only on PostgreSQL: a file has no port")
def test_nobody_answers_at_the_database_s_port(tmp_path: Path) -> None:
    """503 with Retry-After, soon; the portal itself stays alive."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        closed = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "opsportal.settings",
        "OPSPORTAL_DATABASE_URL": f"postgres://postgres@127.0.0.1:{closed}/postgres",
    }
    with served(environment, tmp_path / "web.log") as port:
        started = time.monotonic()
        status, headers, _ = ask(port, b"{}")
        # Room for a busy machine: without a limit of our own it would be minutes.
        assert time.monotonic() - started < ANSWER_S + 9
        assert (status, headers.get("retry-after")) == (503, "5")
    assert settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] == 2
