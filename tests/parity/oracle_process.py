"""Talk to the real freqtrade in its own environment, in lines of JSON."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("PARITY_PYTHON", ROOT / ".parity" / "venv" / "bin" / "python"))
BACKTESTS = (str(Path(__file__).parent / "oracle" / "serve.py"),)

LAST_WORDS_MAX = 2_000


class OracleProcess:
    """One interpreter with freqtrade imported; jobs go in and answers come out in order.

    `program` is what the interpreter runs: it answers each line of its input with one line.
    """

    def __init__(self, program: Sequence[str] = BACKTESTS, *, trace: Path | None = None) -> None:
        if not PYTHON.exists():
            raise SystemExit(f"There is no freqtrade at {PYTHON}: `make parity` installs it.")
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        if trace:
            environment["PARITY_TRACE"] = str(trace)
        self._said = tempfile.TemporaryFile(mode="w+", errors="replace")  # noqa: SIM115 - closed on exit
        self._process = subprocess.Popen(
            [str(PYTHON), "-W", "ignore", *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
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
        self._said.close()

    def ask(self, job: dict[str, Any]) -> Any:
        """Return the answer to one job: of a backtest ``{"id", "answer"}`` or ``{"id", "error"}``."""
        self.send(job)
        return self.receive()

    def send(self, job: dict[str, Any]) -> None:
        """Hand over a job without waiting for its answer."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()

    def receive(self) -> Any:
        """Wait for the next answer, in the order of the jobs."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait()
            self._said.seek(0)
            last_words = self._said.read()[-LAST_WORDS_MAX:]
            raise SystemExit(f"The oracle process ended by itself (exit code {status}).\n{last_words}")
        return json.loads(line)
