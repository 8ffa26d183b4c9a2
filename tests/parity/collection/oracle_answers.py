"""Freqtrade's answers to a collection, kept on disk so that it is asked only once."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.parity.collection.jobs import key_of
from tests.parity.collection.strategy_files import Found
from tests.parity.oracle_process import OracleProcess


class OracleAnswers:
    """Answers under a folder, one file each; asks freqtrade for what is missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def stored(self, job: dict[str, Any], found: Found) -> dict[str, Any] | None:
        """Return the reply that is on disk, if there is one."""
        path = self._path(job, found)
        reply: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        return reply

    def fill(self, wanted: Sequence[tuple[Found, dict[str, Any]]]) -> None:
        """Ask freqtrade for every answer that is missing; one process, afresh if it dies."""
        missing = [pair for pair in wanted if not self._path(pair[1], pair[0]).exists()]
        while missing:
            with OracleProcess() as oracle:
                while missing:
                    found, job = missing.pop(0)
                    print(f"freqtrade: {job['id']} ({len(missing)} more) …", flush=True)
                    try:
                        reply = oracle.ask(job)
                    except SystemExit as ended:
                        self._keep(job, found, {"id": job["id"], "error": str(ended)})
                        break
                    self._keep(job, found, reply)

    def _keep(self, job: dict[str, Any], found: Found, reply: dict[str, Any]) -> None:
        path = self._path(job, found)
        path.with_suffix(".part").write_text(json.dumps(reply))
        path.with_suffix(".part").rename(path)

    def _path(self, job: dict[str, Any], found: Found) -> Path:
        return self._folder / f"{key_of(job, found)}.json"
