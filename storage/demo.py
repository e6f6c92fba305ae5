"""The demo's own: its mark, its clock, and starting over. Nothing here touches a database without the mark."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT
from sqlmodel import SQLModel

from bot.errors import Misconfigured
from storage.database import SqlDatabase
from storage.scope import Scope, mine, of
from storage.tables import AuditRow, AuditSealRow, MetaRow, table_of
from storage.transaction import SqlTransaction

_META = table_of(MetaRow)
_GET = select(_META.c.value).where(_META.c.key == of("key"), mine(_META))
_ADD = insert(_META)
_PUT = _ADD.on_conflict_do_update(index_elements=["tenant", "key"], set_={"value": _ADD.excluded.value})
_GUARDED = (table_of(AuditRow).name, table_of(AuditSealRow).name)
_EMPTY = [delete(table).where(mine(table)) for table in reversed(SQLModel.metadata.sorted_tables) if table is not _META]


async def mark_demo(database: SqlDatabase) -> None:
    await database.run(lambda tx: _put(tx.scope, "demo", "1"))


async def is_demo(database: SqlDatabase) -> bool:
    return await database.read(lambda tx: _get(tx.scope, "demo")) == "1"


async def simulated_now(database: SqlDatabase) -> datetime | None:
    """Where the demo's clock stands; None where it has not been set."""
    value = await database.read(lambda tx: _get(tx.scope, "now"))
    return None if value is None else datetime.fromisoformat(value)


async def set_simulated_now(database: SqlDatabase, now: datetime) -> None:
    await database.run(lambda tx: _put(tx.scope, "now", now.isoformat()))


async def start_over(database: SqlDatabase, seed: Callable[[SqlTransaction], None]) -> None:
    """Empty the demo's database and seed it anew, at once: nobody ever finds it empty. The mark and the clock stay."""

    def work(tx: SqlTransaction) -> None:
        _wipe(tx)
        seed(tx)

    await database.run(work)


def _wipe(tx: SqlTransaction) -> None:
    if _get(tx.scope, "demo") != "1":
        raise Misconfigured("This is not a demo's database: it is not emptied.")
    guards = lift_guards(tx.scope.connection)
    for statement in _EMPTY:
        tx.scope.change(statement)
    for guard in guards:
        tx.scope.connection.execute(text(guard))


def lift_guards(connection: Connection) -> list[str]:
    """Take the triggers away that forbid deleting; what brings them back."""
    if connection.dialect.name == "postgresql":
        for table in _GUARDED:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in _GUARDED]
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for trigger in found:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    return [trigger.sql for trigger in found]


def _get(scope: Scope, key: str) -> str | None:
    row = scope.row(_GET, of_key=key)
    return None if row is None else row.value


def _put(scope: Scope, key: str, value: str) -> None:
    scope.add(_PUT, {"key": key, "value": value})
