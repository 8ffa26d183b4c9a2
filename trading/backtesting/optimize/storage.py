"""Where studies are kept: PostgreSQL, in a schema of its own.

Optuna and Dagster both keep a table `alembic_version`, so they must not share a schema. Without an own
database the embedded one is used; if it does not run, it runs as long as the command does.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import optuna
from sqlalchemy.exc import SQLAlchemyError

from runtime.database.embedded import EmbeddedPostgres
from runtime.errors import Unavailable
from runtime.postgres import connect, first_line
from runtime.settings import CoreSettings

SCHEMA = "optuna"


@contextmanager
def study_database(settings: CoreSettings) -> Iterator[str]:
    """Yield the address of the studies' database for SQLAlchemy; it holds a password: never log it.

    Raises:
        Unavailable: the database does not answer.
        RuntimeFailure: the embedded one can't be started.
    """
    server = _started(settings)
    try:
        with connect(settings, autocommit=True, name="tidegate-optimize") as connection:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        url = settings.sqlalchemy_url
        yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{SCHEMA}"
    finally:
        if server is not None:
            server.stop()


@contextmanager
def open_storage(url: str) -> Iterator[optuna.storages.RDBStorage]:
    """Open the studies of a database, making the tables at the first time; its connections end with it.

    Raises:
        Unavailable: the database does not answer.
    """
    try:
        storage = optuna.storages.RDBStorage(url, engine_kwargs={"pool_size": 2, "pool_pre_ping": True})
    except SQLAlchemyError as error:
        raise Unavailable(f"the database of studies does not answer: {first_line(error)}") from error
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _started(settings: CoreSettings) -> EmbeddedPostgres | None:
    """Start the embedded database where it is wanted and does not run."""
    if not settings.uses_embedded_database:
        return None
    try:
        connect(settings, autocommit=True).close()
    except Unavailable:
        # Ctrl-C is for the command alone: it stops the server when nothing needs it any more.
        server = EmbeddedPostgres(settings, {"log_min_messages": "fatal"}, serves_a_command=True)
        try:
            server.start()
        except BaseException:
            server.stop()
            raise
        return server
    return None
