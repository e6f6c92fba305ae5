import multiprocessing
import re
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from bot.errors import Misconfigured
from storage.engine import parse, path_of
from storage.migrate import State, migrate, state


def on(url: str, statement: str) -> None:
    with create_engine(parse(url), poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))


def test_a_database_is_made_and_made_only_once(empty_url: str) -> None:
    assert state(empty_url) is State.EMPTY
    migrate(empty_url)
    assert state(empty_url) is State.CURRENT
    migrate(empty_url)
    assert state(empty_url) is State.CURRENT


def test_the_newest_revision_is_what_the_tables_say(empty_url: str) -> None:
    migrate(empty_url)
    with create_engine(parse(empty_url), poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": of_ours})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_partial_indexes_are_partial(empty_url: str) -> None:
    """Alembic does not compare their conditions."""
    migrate(empty_url)
    kind = "sqlite_master WHERE type = 'index'" if empty_url.startswith("sqlite") else "pg_indexes WHERE true"
    name, definition = ("name", "sql") if empty_url.startswith("sqlite") else ("indexname", "indexdef")
    query = f"SELECT {name}, {definition} FROM {kind} AND {definition} LIKE '% WHERE %'"  # noqa: S608
    with create_engine(parse(empty_url), poolclass=NullPool).connect() as connection:
        found = {row[0]: row[1] for row in connection.execute(text(query)) if of_ours(row[0])}
    wanted = {
        index.name: str(index.dialect_options["sqlite"]["where"])
        for table in SQLModel.metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert len(wanted) > 5
    assert {name: words(definition) for name, definition in found.items()} == {
        name: words(condition) for name, condition in wanted.items()
    }


def of_ours(name: str | None, *_: object) -> bool:
    return "procrastinate" not in (name or "")


def words(condition: str) -> list[str]:
    """What a condition names; PostgreSQL writes the rest of it in its own way."""
    names = re.findall("[a-z_']+", condition.rpartition(" WHERE ")[2])
    return [name for name in names if name not in {"text", "and"}]


def test_a_database_newer_than_the_code_is_left_alone(empty_url: str) -> None:
    migrate(empty_url)
    on(empty_url, "UPDATE alembic_version SET version_num = '9999'")
    assert state(empty_url) is State.AHEAD
    with pytest.raises(Misconfigured, match="newer version"):
        migrate(empty_url)


@pytest.mark.slow
def test_replicas_that_start_together_migrate_one_after_the_other(empty_url: str) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        for done in [processes.submit(migrate, empty_url) for _ in range(2)]:
            done.result(30)
    assert state(empty_url) is State.CURRENT


def test_a_migration_that_fails_leaves_nothing_half_done(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        path_of(parse(empty_url)).parent.mkdir()
    on(empty_url, "CREATE TABLE meta (in_the_way INTEGER)")  # the last table that is made
    with pytest.raises(Misconfigured, match="cannot be migrated"):
        migrate(empty_url)
    assert state(empty_url) is State.EMPTY
    on(empty_url, "DROP TABLE meta")
    migrate(empty_url)
    assert state(empty_url) is State.CURRENT


def test_how_it_stands_is_read_while_another_writes(empty_url: str) -> None:
    migrate(empty_url)
    if empty_url.startswith("sqlite"):
        on(empty_url, "PRAGMA journal_mode = WAL")  # as `storage.sqlite` leaves it
    with create_engine(parse(empty_url), poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        began = time.perf_counter()
        assert state(empty_url) is State.CURRENT
        assert time.perf_counter() - began < 1


def test_looking_how_it_stands_makes_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "checkback.db"
    path.touch()
    assert state(f"sqlite:///{path}") is State.EMPTY
    assert [file.name for file in tmp_path.iterdir()] == ["checkback.db"]
    assert path.stat().st_size == 0


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match=r"cannot be written.* CHECKBACK_DATABASE_URL"):
        migrate(f"sqlite:///{tmp_path}/file/checkback.db")


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/folder/checkback.db")
    assert (tmp_path / "folder" / "checkback.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "folder").stat().st_mode & 0o077 == 0
