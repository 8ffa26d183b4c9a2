"""Migrations: in order, once, each whole or not at all, never edited afterwards."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from runtime.errors import MigrationRefused, Unavailable
from runtime.postgres import MIGRATIONS, connect, migrate, wait_for_database
from runtime.settings import CoreSettings
from tests.support.ports import lend_ports


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real migrations, which the database has, and room for more."""
    for path in MIGRATIONS.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_migrating_again_does_nothing(postgres_settings: CoreSettings) -> None:
    assert migrate(postgres_settings) == []


def test_new_files_run_in_the_order_of_their_names(postgres_settings: CoreSettings, folder: Path) -> None:
    (folder / "9002_b.sql").write_text("INSERT INTO numbers VALUES (2);")
    (folder / "9001_a.sql").write_text("CREATE TABLE numbers (n int); INSERT INTO numbers VALUES (1);")
    assert migrate(postgres_settings, folder) == ["9001_a.sql", "9002_b.sql"]
    with connect(postgres_settings) as connection:
        assert connection.execute("SELECT n FROM numbers ORDER BY n").fetchall() == [(1,), (2,)]


def test_a_failing_file_leaves_nothing_behind_and_names_itself(
    postgres_settings: CoreSettings, folder: Path
) -> None:
    (folder / "9001_bad.sql").write_text("CREATE TABLE half (n int); SELECT nonsense();")
    with pytest.raises(MigrationRefused, match=r"9001_bad\.sql fails: function nonsense\(\) does not exist"):
        migrate(postgres_settings, folder)
    with connect(postgres_settings) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)


def test_an_edited_file_is_refused(postgres_settings: CoreSettings, folder: Path) -> None:
    path = folder / "9001_a.sql"
    path.write_text("SELECT 1;")
    migrate(postgres_settings, folder)
    path.write_text("SELECT 2;")
    with pytest.raises(MigrationRefused, match=r"9001_a\.sql was changed after it was applied"):
        migrate(postgres_settings, folder)


def test_a_database_of_a_newer_version_is_refused(postgres_settings: CoreSettings, folder: Path) -> None:
    (folder / "9001_a.sql").write_text("SELECT 1;")
    migrate(postgres_settings, folder)
    with pytest.raises(MigrationRefused, match=r"has migration 9001_a\.sql, this version does not"):
        migrate(postgres_settings)


def test_a_database_that_does_not_answer_is_said_in_one_line() -> None:
    with lend_ports([0]) as port:
        settings = CoreSettings(database_url=SecretStr(f"postgresql://me:hunter2@127.0.0.1:{port}/x"))
        with pytest.raises(Unavailable, match=r"the database does not answer: .*refused") as refusal:
            migrate(settings)
    assert "hunter2" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    with pytest.raises(Unavailable):
        wait_for_database(settings, timeout_s=0)
