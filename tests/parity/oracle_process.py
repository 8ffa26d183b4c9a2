"""Talk to the real freqtrade in its own environment (``tests/parity/oracle/serve.py``)."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("PARITY_PYTHON", ROOT / ".parity" / "venv" / "bin" / "python"))
SERVER = Path(__file__).parent / "oracle" / "serve.py"


class OracleProcess:
    """One interpreter with freqtrade imported; jobs go in and answers come out in order."""

    def __init__(self, *, trace: Path | None = None) -> None:
        if not PYTHON.exists():
            raise SystemExit(f"There is no freqtrade at {PYTHON}: `make parity` installs it.")
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        if trace:
            environment["PARITY_TRACE"] = str(trace)
        self._process = subprocess.Popen(
            [str(PYTHON), "-W", "ignore", str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return ``{"id", "answer"}`` or ``{"id", "error"}`` for one job."""
        self.send(job)
        return self.receive()

    def send(self, job: dict[str, Any]) -> None:
        """Hand over a job without waiting for its answer."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Wait for the next answer, in the order of the jobs."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"The oracle process ended by itself (exit code {self._process.wait()}).")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def ask_all(self, jobs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the replies to many jobs, one at a time."""
        for job in jobs:
            yield self.ask(job)
