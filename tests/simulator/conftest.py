"""A running simulator for the tests that need a real one, and markets without any I/O for the rest."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runtime.ports import free_port_block

ROOT = Path(__file__).parents[2]
DATA = ROOT / "../shared/data"
START_S = 30.0


class Running(NamedTuple):
    """A simulator process and its port."""

    process: subprocess.Popen[bytes]
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url(path), timeout=10) as answer:
            return json.loads(answer.read())

    def post(self, path: str, document: object) -> Any:
        request = urllib.request.Request(self.url(path), json.dumps(document).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())


def start(**settings: str) -> Running:
    """Start a simulator on free ports and wait until it is ready."""
    base = free_port_block(101)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    environment |= {"TIDEGATE_PORT_BASE": str(base), "PYTHONPATH": str(ROOT), **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator"], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )
    running = Running(process, base + 100)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            running.get("/readyz")
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            time.sleep(0.05)
        else:
            return running
    raise AssertionError("the simulator did not become ready")


def stop(running: Running) -> int:
    """Stop it with SIGTERM; return its exit code."""
    running.process.send_signal(signal.SIGTERM)
    try:
        return running.process.wait(timeout=10)
    finally:
        running.process.kill()
        if running.process.stderr:
            running.process.stderr.close()


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    """One simulator for all tests that only look at it."""
    running = start(TIDEGATE_SIMULATOR_UPDATES_PER_S="100")
    yield running
    stop(running)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of recorded data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip("no recorded data beside the checkout (../shared/data)")
    return DATA
