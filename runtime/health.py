"""Health over HTTP for processes that serve nothing else: `/healthz`, `/readyz`, `/metrics`.

Alive means that the process answers at all. Ready means that it said so and that every check
passes; otherwise `/readyz` answers 503 with the reasons. It runs on a thread of its own.
"""

import errno
import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self, TypeAlias

from runtime import metrics
from runtime.errors import PortInUse, SettingsError

Check: TypeAlias = Callable[[], str | None]
"""Return nothing when all is well, or the reason why not. Must be quick."""


class HealthServer:
    """The health pages of one process. Use it as a context manager, or `start` and `stop`."""

    def __init__(self, host: str, port: int, checks: Mapping[str, Check] | None = None) -> None:
        self._checks = dict(checks or {})
        self._is_ready = False
        self._reason = "starting"
        try:
            self._server = _Server((host, port), _handler(self))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SettingsError(
                    f"TIDEGATE_BIND_HOST: can't listen on {host}:{port} ({error.strerror}); "
                    "write an address of this machine, or 0.0.0.0"
                ) from None
            raise PortInUse(
                f"port {port} is in use; stop what holds it, or set TIDEGATE_PORT_BASE to another base"
            ) from None
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True
        )

    @property
    def port(self) -> int:
        """The port that it listens on (useful when asked for port 0)."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=2)
        self._server.server_close()

    def set_ready(self, is_ready: bool, reason: str = "") -> None:  # noqa: FBT001  (reads as a sentence)
        """Say whether the process does its work, and why not."""
        self._is_ready, self._reason = is_ready, reason or "not ready"

    def add_check(self, name: str, check: Check) -> None:
        """Ask `check` at each `/readyz`."""
        self._checks[name] = check

    def problems(self) -> dict[str, str]:
        """Return the reasons for not being ready, by name; empty when ready."""
        found = {} if self._is_ready else {"process": self._reason}
        for name, check in list(self._checks.items()):
            if reason := check():
                found[name] = reason
        return found

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up."""


def _handler(health: HealthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/healthz":
                self._send(200, b'{"status":"alive"}', "application/json")
            elif path == "/readyz":
                problems = health.problems()
                status = {"status": "not ready", "reasons": problems} if problems else {"status": "ready"}
                self._send(503 if problems else 200, json.dumps(status).encode(), "application/json")
            elif path == "/metrics":
                self._send(200, metrics.exposition(), metrics.CONTENT_TYPE)
            else:
                self._send(404, b"see /healthz, /readyz or /metrics\n", "text/plain")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base's name)
            """Keep probes out of the log."""

        def _send(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
