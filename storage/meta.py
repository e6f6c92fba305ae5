"""A few facts about the database itself, by name; among them a mark that only the right secret makes."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.errors import Misconfigured
from storage.database import SqlDatabase
from storage.scope import Scope, mine, of
from storage.tables import MetaRow, table_of
from storage.transaction import SqlTransaction

META = table_of(MetaRow)
_GET = select(META.c.value).where(META.c.key == of("key"), mine(META))
_ADD = insert(META)
_PUT = _ADD.on_conflict_do_update(index_elements=["tenant", "key"], set_={"value": _ADD.excluded.value})
_SECRET = "secret"  # noqa: S105 - the name of the mark


def get(scope: Scope, key: str) -> str | None:
    row = scope.row(_GET, of_key=key)
    return None if row is None else row.value


def put(scope: Scope, key: str, value: str) -> None:
    scope.add(_PUT, {"key": key, "value": value})


async def check_secret(database: SqlDatabase) -> None:
    """Raises Misconfigured where the database was written under another secret; a new database is marked."""
    own = database.keys.index("the secret of this database").hex()
    kept = await database.read(lambda tx: get(tx.scope, _SECRET))
    if kept is None:
        await database.run(lambda tx: _mark(tx, own))
    elif kept != own:
        raise Misconfigured(
            "CHECKBACK_SECRET_KEY is not the one that this database was written under. Set that one again; "
            "to change it, put the new key in front of the old one with a space between."
        )


def _mark(tx: SqlTransaction, own: str) -> None:
    if get(tx.scope, _SECRET) is None:
        put(tx.scope, _SECRET, own)
