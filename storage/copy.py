"""Copies everything from one database into another, empty one: a SQLite pilot's way to PostgreSQL, and back."""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, create_engine, delete, event, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from bot.errors import Misconfigured
from bot.ports import Verdict
from storage import chain, facts
from storage.demo import is_demo
from storage.engine import open_database, parse, path_of
from storage.lockfile import LockFile
from storage.meta import check_secret
from storage.migrate import State, migrate, state
from storage.scope import Scope
from storage.seal import KeyRing

SLICE = 1_000  # rows in memory at a time
PATIENCE = 5  # seconds for whoever still writes
TENANT = "main"

# Whoever serves calls itself checkback; this one does not, or it would find itself.
NAME = "copying checkback"
_SERVED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'checkback%'"
)
_COUNT_ON = "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), (SELECT max({column}) FROM {table}))"
_LOCK_NOT_AVAILABLE = "55P03"
_NEVER_SERVED = frozenset({"secret", "upgraded"})  # the marks that a look at a new database leaves in it


@dataclass(frozen=True, slots=True)
class Copied:
    """What stands in the new database now."""

    rows: Mapping[str, int]  # of each table
    verdict: Verdict  # on the audit, as it is read from there


def copy(source: str, target: str, keys: KeyRing) -> Copied:
    """All of it, or nothing. For a command: it blocks, and no event loop may be running in its thread."""
    old, new = parse(source), parse(target)
    if _place(old) == _place(new):
        raise Misconfigured(f"{shown(old)} is where it is already: copy it to another database.")
    _must_be_current(source, shown(old))
    with _alone(old):
        _must_not_be_served(old)
        asyncio.run(_check(source, keys))
        _make(target, shown(new))
        with _alone(new):
            return _pour(old, new, keys)


def shown(url: URL) -> str:
    """For a sentence: without its password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


# -- may it be copied
def _place(url: URL) -> object:
    if url.get_backend_name() == "sqlite":
        return path_of(url).resolve()
    return (url.host or "localhost", url.port or 5432, url.database or url.username, tuple(sorted(url.query.items())))


def _must_be_current(url: str, name: str) -> None:
    match state(url):
        case State.EMPTY:
            raise Misconfigured(f"There is nothing to copy: {name} has no tables of Checkback.")
        case State.BEHIND:
            raise Misconfigured(
                f"{name} is older than this Checkback. Set CHECKBACK_DATABASE_URL to it and run: checkback migrate"
            )
        case State.AHEAD:
            raise Misconfigured(f"{name} is newer than this Checkback. Install the newer version of Checkback.")


def _must_not_be_served(url: URL) -> None:
    """SQLite has its lock file for that."""
    if url.get_backend_name() == "sqlite":
        return
    with _engine(url).connect() as connection:
        if connection.execute(_SERVED).scalar_one():
            raise Misconfigured(f"Checkback is running on {shown(url)}. Stop every replica of it first.")


async def _check(url: str, keys: KeyRing) -> None:
    database = open_database(url, keys)
    try:
        if await is_demo(database):
            raise Misconfigured("This is the demo's database: its people are made up, and it stays where it is.")
        await check_secret(database)
    finally:
        await database.close()


def _make(url: str, name: str) -> None:
    """The tables to copy into, where there are none yet."""
    found = state(url)
    if found is State.EMPTY and not _has_tables(parse(url)):
        migrate(url)
    elif found is not State.CURRENT:
        raise Misconfigured(f"{name} is not empty, and what is in it is not of this Checkback. Name a new database.")


def _has_tables(url: URL) -> bool:
    if url.get_backend_name() == "sqlite" and not path_of(url).is_file():
        return False
    with _engine(url).connect() as connection:
        return bool(inspect(connection).get_table_names())


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    """No other process serves the same file."""
    if url.get_backend_name() != "sqlite":
        yield
        return
    lock = LockFile(path_of(url))
    try:
        yield
    finally:
        lock.release()


# -- copying it
def _pour(old: URL, new: URL, keys: KeyRing) -> Copied:
    """In one transaction of each: nobody writes to the old one meanwhile, and the new one has all of it or nothing."""
    try:
        with _begun(old, "SHARE") as source, _begun(new, "SHARE ROW EXCLUSIVE") as target:
            _must_be_empty(target, shown(new))
            rows = {table.name: _copy(source, target, table) for table in SQLModel.metadata.sorted_tables}
            _count_on(target)
            return _verified(source, target, keys, rows)
    except DBAPIError as error:
        raise Misconfigured(f"Nothing was copied. {_why(error)}") from error
    except (SQLAlchemyError, ValueError, TypeError) as error:  # a value that its column cannot hold
        raise Misconfigured(f"Nothing was copied: a row cannot be read ({type(error).__name__}).") from error


def _copy(source: Connection, target: Connection, table: Table) -> int:
    many = 0
    with source.execute(select(table).execution_options(yield_per=SLICE)) as found:
        for rows in found.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in rows])
            many += len(rows)
    return many


def _must_be_empty(target: Connection, name: str) -> None:
    """The marks of a look at it count for nothing: they are replaced."""
    full = [table.name for table in SQLModel.metadata.sorted_tables if table is not facts.META and _rows(target, table)]
    marks = set(target.execute(select(facts.META.c.key)).scalars())
    if full or marks - _NEVER_SERVED:
        raise Misconfigured(f"{name} is not empty: there are rows in {full[0] if full else facts.META.name} already.")
    target.execute(delete(facts.META))


def _count_on(target: Connection) -> None:
    """PostgreSQL hands out numbers after the highest; SQLite looks for itself."""
    if target.dialect.name != "postgresql":
        return
    for table in SQLModel.metadata.sorted_tables:
        if table.autoincrement_column is not None:
            target.execute(text(_COUNT_ON.format(table=table.name, column=table.autoincrement_column.name)))


def _verified(source: Connection, target: Connection, keys: KeyRing, rows: Mapping[str, int]) -> Copied:
    """Read again from where it stands now, before it is committed."""
    for table in SQLModel.metadata.sorted_tables:
        if (there := _rows(target, table)) != rows[table.name]:
            raise Misconfigured(f"Nothing was copied: of {rows[table.name]} rows in {table.name} {there} arrived.")
    before, after = (chain.verify(Scope(each, TENANT, keys)) for each in (source, target))
    if before != after:
        raise Misconfigured(f"Nothing was copied: the audit did not arrive as it was. {after.words}")
    return Copied(rows, after)


def _rows(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _why(error: DBAPIError) -> str:
    """Never the statement, nor the values in it."""
    if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return "Somebody is at work on one of the two databases: stop every Checkback on it."
    if isinstance(error.orig, sqlite3.OperationalError):
        return f"The SQLite file says: {error.orig}."
    return f"The database refused it: {type(error.orig).__name__}."


# -- reaching both kinds
@contextmanager
def _begun(url: URL, lock: str) -> Iterator[Connection]:
    """A transaction during which nobody else writes; what it reads stands still."""
    engine = _engine(url)
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":  # the first statement, or it would read what stood before the lock
            tables = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
            connection.execute(text(f"LOCK TABLE {tables} IN {lock} MODE"))
        yield connection


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine("sqlite://", creator=lambda: _raw(path_of(url)), poolclass=NullPool)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine
    return create_engine(
        url,
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        connect_args={"options": f"-c lock_timeout={PATIENCE}s -c timezone=UTC", "application_name": NAME},
    )


def _raw(path: Path) -> sqlite3.Connection:
    """As `storage.sqlite` has it: after a kill the log is found, and left out."""
    raw = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {setting}")
    return raw
