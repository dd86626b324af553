"""A Slack-compatible receiver that remembers what arrived on the wire, and under which key."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Listens on a free port of this machine until `close`; `keys` counts arrivals by Idempotency-Key."""

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()
        self.texts: dict[str, set[str]] = {}
        self.keyless = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where people's hooks are."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def took(self, key: str, text: str) -> None:
        """One arrival."""
        with self._lock:
            if key:
                self.keys[key] += 1
                self.texts.setdefault(key, set()).add(text)
            else:
                self.keyless += 1

    @property
    def arrivals(self) -> int:
        """Everything that came, repeats included."""
        return self.keys.total() + self.keyless

    @property
    def repeats(self) -> int:
        """Arrivals under a key that was there already."""
        return self.keys.total() - len(self.keys)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Takes every post."""

        def do_POST(self) -> None:
            """Remember it before it is answered."""
            length = int(self.headers.get("Content-Length") or 0)
            text = str(json.loads(self.rfile.read(length)).get("text", ""))
            receiver.took(self.headers.get("Idempotency-Key") or "", text)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
            """Silent."""

    return Handler
