"""A system that steps call, over real HTTP: it keeps what it was sent, and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

# It did what it was told, and the line broke before it could say so.
HANGS_UP = 0


@dataclass
class Receiver:
    """What came in, and the statuses still to be answered: 200 when the list is empty."""

    url: str = ""
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)

    def bodies(self, path: str) -> list[bytes]:
        """The bodies sent to one path."""
        return [body for where, _, body in self.seen if where == path]

    def keys(self, path: str) -> list[str]:
        """The idempotency keys sent to one path."""
        return [headers["idempotency-key"] for where, headers, _ in self.seen if where == path]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Keep the request, answer the next status of its path."""
        to = cast("Any", self.server).receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        to.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        left = to.answers.get(self.path, [])
        status = left.pop(0) if left else 200
        if status == HANGS_UP:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    receiver = Receiver(url=f"http://127.0.0.1:{server.server_port}")
    cast("Any", server).receiver = receiver
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
