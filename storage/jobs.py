"""Procrastinate's part of a PostgreSQL database: its tables, and the jobs that say which lane has something to send."""

from collections.abc import Collection, Iterator
from enum import Enum
from pathlib import Path

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

TASK = "send a lane"
MOST = 32  # jobs of one transaction, as of a broadcast; `storage.lanes` sees to the rest when these are done

_TABLES = text("SELECT obj_description(to_regclass('procrastinate_jobs'))")
_MADE = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")

# Never opened: it has no connection of its own, and each job goes onto the transaction's.
_APP = App(connector=SyncPsycopgConnector())


class Tables(Enum):
    """How procrastinate's tables stand to the library that is installed."""

    MISSING = "not there"
    OLDER = "older than the library"
    CURRENT = "as the library needs them"
    NEWER = "newer than the library"


def queue(tenant: str) -> str:
    return f"lanes of {tenant}"


def defer(connection: Connection, tenant: str, lanes: Collection[str]) -> None:
    """A job for each lane, there when the transaction is committed and not otherwise.

    A lane may have several: one that waits already could be fetched before this transaction can be seen, so that what
    it posted would be left. They exclude each other by their lock, and whichever runs takes the others away.
    """
    jobs = [
        _APP.configure_task(TASK, queue=queue(tenant), lock=lane).make_new_job(lane=lane)
        for lane in sorted(lanes)[:MOST]
    ]
    try:
        _APP.job_manager.batch_defer_jobs(jobs, connection=connection.connection.driver_connection)
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise error.__cause__ from None
        raise


def standing(connection: Connection) -> Tables:
    if not connection.execute(_MADE).scalar_one():
        return Tables.MISSING
    applied, newest = connection.execute(_TABLES).scalar_one() or "", _newest()
    if applied == newest:
        return Tables.CURRENT
    return Tables.NEWER if applied > newest else Tables.OLDER


def upgrade(connection: Connection) -> None:
    """Make the tables, or bring them up to the library. The last of its migrations is noted on the table itself."""
    match standing(connection):
        case Tables.MISSING:
            scripts = [SchemaManager.get_schema()]
        case Tables.OLDER:
            applied = connection.execute(_TABLES).scalar_one() or ""
            scripts = [each.read_text(encoding="utf-8") for each in _migrations() if each.name > applied]
        case _:
            return
    for script in scripts:
        _run(connection, script)
    _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{_newest()}'")


def _run(connection: Connection, script: str) -> None:
    """Without values, so that its per cent signs are left alone and several statements may stand in it."""
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})


def _migrations() -> Iterator[Path]:
    yield from sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _newest() -> str:
    return max(each.name for each in _migrations())
