"""Run a real simulator on ports of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.ports import lend_ports
from tests.support.servers import START_S, until

ROOT = Path(__file__).parents[2]


class Running(NamedTuple):
    """A simulator process and its port."""

    process: subprocess.Popen[bytes]
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url(path), timeout=30) as answer:
            return json.loads(answer.read())

    def post(self, path: str, document: object) -> Any:
        request = urllib.request.Request(self.url(path), json.dumps(document).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def is_ready(self) -> bool:
        """Return whether it serves."""
        try:
            self.get("/readyz")
        except OSError:
            return False
        return True


@contextmanager
def running_simulator(**settings: str) -> Iterator[Running]:
    """Start a simulator, wait until it is ready, and stop it with SIGTERM after the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    with lend_ports([100]) as base, tempfile.NamedTemporaryFile(suffix=".log") as log:
        environment |= {"TIDEGATE_PORT_BASE": str(base), "PYTHONPATH": str(ROOT), **settings}
        command = [sys.executable, "-m", "simulator"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log) as process:
            try:
                running = Running(process, base + 100)
                until(
                    running.is_ready,
                    timeout_s=START_S,
                    what="the simulator is ready",
                    process=process,
                    log=Path(log.name),
                )
                yield running
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=30)
            finally:
                process.kill()
