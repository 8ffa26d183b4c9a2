"""PostgreSQL: connections, waiting for the server, and plain SQL migrations.

Migrations are the files of `deploy/postgres/migrations`, run in the order of their names, each in
one transaction, and remembered with a checksum: a file that was applied is never edited.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg import sql

from runtime.advisory_locks import AdvisoryLock
from runtime.errors import DatabaseRefused, MigrationRefused, SettingsError, Unavailable
from runtime.settings import CoreSettings

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

MIGRATIONS = Path(__file__).resolve().parents[1] / "deploy" / "postgres" / "migrations"
CONNECT_TIMEOUT_S = 5


def connect(settings: CoreSettings, *, autocommit: bool = False, name: str = "tidegate") -> Connection:
    """Open a connection; `name` is what the server shows for it.

    Raises:
        Unavailable: the server does not answer, or refuses.
        SettingsError: the address has a parameter that libpq does not know.
    """
    try:
        return psycopg.connect(
            settings.database_dsn,
            autocommit=autocommit,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name=name,
        )
    except psycopg.OperationalError as error:
        reason = f"the database does not answer: {first_line(error)}"
        if settings.uses_embedded_database and "refused" in reason:
            reason += "; start Tidegate with `tidegate up` (or `make run`) first"
        raise Unavailable(reason) from error
    except psycopg.ProgrammingError:
        # Its message quotes the address, and the password with it.
        raise SettingsError("TIDEGATE_DATABASE_URL: libpq can't read it; see its parameters") from None


def wait_for_database(settings: CoreSettings, *, timeout_s: float = 60.0) -> Connection:
    """Connect as soon as the server answers; an autocommit connection.

    Raises:
        Unavailable: it did not answer within `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return connect(settings, autocommit=True)
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def migrate(settings: CoreSettings, folder: Path = MIGRATIONS) -> list[str]:
    """Run the migrations that are missing, and return their names.

    Raises:
        MigrationRefused: an applied file was changed or is gone, or its SQL fails.
        Unavailable: the database does not answer.
    """
    with own_errors(), connect(settings, autocommit=True, name="tidegate-migrate") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (AdvisoryLock.MIGRATE,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations "
            "(name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        applied: dict[str, str] = dict(
            connection.execute("SELECT name, checksum FROM schema_migrations").fetchall()
        )
        files = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
        for name, checksum in applied.items():
            if name not in files:
                raise MigrationRefused(f"the database has migration {name}, this version does not: update it")
            if checksum != _checksum(files[name]):
                raise MigrationRefused(f"migration {name} was changed after it was applied: add a new one")
        return [name for name, text in files.items() if name not in applied and _run(connection, name, text)]


@contextmanager
def own_errors(whose: str = "the database") -> Iterator[None]:
    """Turn the driver's errors into ours; `whose` names the database in their words.

    Raises:
        Unavailable: the database went away.
        DatabaseRefused: it answers with an error, and would again.
    """
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise Unavailable(f"{whose} went away: {first_line(error)}") from error
    except psycopg.Error as error:
        raise DatabaseRefused(f"{whose} refuses: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message: what a person needs of a driver's report."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _run(connection: Connection, name: str, text: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(sql.SQL(text))
            connection.execute(
                "INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)", (name, _checksum(text))
            )
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise MigrationRefused(f"migration {name} fails: {first_line(error)}") from error
    return True


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
