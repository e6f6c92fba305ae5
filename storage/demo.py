"""The demo's own: its mark, its clock, and starting over. Nothing here touches a database without the mark."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, delete, text
from sqlmodel import SQLModel

from bot.errors import Misconfigured
from storage import facts
from storage.database import SqlDatabase
from storage.scope import mine
from storage.tables import AuditRow, AuditSealRow, table_of
from storage.transaction import SqlTransaction

_GUARDED = (table_of(AuditRow).name, table_of(AuditSealRow).name)
_EMPTY = [
    delete(table).where(mine(table)) for table in reversed(SQLModel.metadata.sorted_tables) if table is not facts.META
]


async def mark_demo(database: SqlDatabase) -> None:
    await database.run(lambda tx: facts.put(tx.scope, "demo", "1"))


async def is_demo(database: SqlDatabase) -> bool:
    return await database.read(lambda tx: facts.get(tx.scope, "demo")) == "1"


async def simulated_now(database: SqlDatabase) -> datetime | None:
    """Where the demo's clock stands; None where it has not been set."""
    value = await database.read(lambda tx: facts.get(tx.scope, "now"))
    return None if value is None else datetime.fromisoformat(value)


async def set_simulated_now(database: SqlDatabase, now: datetime) -> None:
    await database.run(lambda tx: facts.put(tx.scope, "now", now.isoformat()))


async def mark_lived(database: SqlDatabase) -> None:
    """The ten days that go before the demo have been played to their end."""
    await database.run(lambda tx: facts.put(tx.scope, "lived", "1"))


async def has_lived(database: SqlDatabase) -> bool:
    return await database.read(lambda tx: facts.get(tx.scope, "lived")) == "1"


async def start_over(database: SqlDatabase, seed: Callable[[SqlTransaction], None]) -> None:
    """Empty the demo's database and seed it anew, at once: nobody ever finds it empty. The mark and the clock stay."""

    def work(tx: SqlTransaction) -> None:
        _wipe(tx)
        facts.drop(tx.scope, "lived")
        seed(tx)

    await database.run(work)


def _wipe(tx: SqlTransaction) -> None:
    if facts.get(tx.scope, "demo") != "1":
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
