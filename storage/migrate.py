"""Brings a database to the state that this version of the code needs."""

import os
import sqlite3
from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import Misconfigured
from storage.engine import parse, path_of

_LOCK = 0x436865636B  # "Check": replicas that start together migrate one after the other


class State(Enum):
    """How a database stands to the code."""

    EMPTY = "nothing in it yet"
    BEHIND = "older than the code"
    CURRENT = "as the code needs it"
    AHEAD = "newer than the code"


def migrate(url: str) -> None:
    """To the newest revision. Does nothing where it stands there already."""
    known = parse(url)
    if known.get_backend_name() == "sqlite":
        _make_file(path_of(known))
    try:
        with _engine(known).begin() as connection:
            _upgrade(connection)
    except DBAPIError as error:
        raise Misconfigured(f"The database cannot be migrated: {error.orig}") from error


def state(url: str) -> State:
    """Reads only, and waits for nobody who writes."""
    known = parse(url)
    if known.get_backend_name() == "sqlite" and not path_of(known).is_file():
        return State.EMPTY
    try:
        with _reading(known).connect() as connection:
            return _state(connection)
    except DBAPIError as error:
        raise Misconfigured(f"The database cannot be read: {error.orig}") from error


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if _state(connection) is State.AHEAD:
        raise Misconfigured(
            "The database was made by a newer version of Checkback. "
            "Start that version, or restore a backup of before it."
        )
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "postgresql":
        from storage import jobs

        jobs.upgrade(connection)


def _state(connection: Connection) -> State:
    scripts = ScriptDirectory.from_config(_config())
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return State.EMPTY
    if found == scripts.get_current_head():
        return _of_jobs(connection) if connection.dialect.name == "postgresql" else State.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return State.BEHIND if found in known else State.AHEAD


def _of_jobs(connection: Connection) -> State:
    from storage.jobs import Tables, standing

    match standing(connection):
        case Tables.CURRENT:
            return State.CURRENT
        case Tables.NEWER:
            return State.AHEAD
        case _:
            return State.BEHIND


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _make_file(path: Path) -> None:
    """The database's file and folder, readable for nobody else."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Misconfigured(
            f"{path} cannot be written ({error.strerror}). "
            "Make its folder writable, or set CHECKBACK_DATABASE_URL to another place."
        ) from error


def _reading(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool).execution_options(postgresql_readonly=True)
    file = f"{path_of(url).absolute().as_uri()}?mode=ro"
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(file, uri=True), poolclass=NullPool)


def _engine(url: URL) -> Engine:
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
        # The driver would begin a transaction only at the first INSERT: a kill would leave half of the tables.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine
