"""What has to be right before a database is used: the secret, and whatever a migration could not do without it."""

from bot.errors import Misconfigured
from storage import facts, upgrade
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction

_SECRET = "secret"  # noqa: S105 - the name of the mark


async def check_secret(database: SqlDatabase) -> None:
    """Raises Misconfigured where the database was written under another secret; a new database is marked."""
    own = database.keys.index("the secret of this database").hex()
    kept = await database.read(lambda tx: facts.get(tx.scope, _SECRET))
    if kept not in {None, own}:
        raise Misconfigured(
            "CHECKBACK_SECRET_KEY is not the one that this database was written under. Set that one again; "
            "to change it, put the new key in front of the old one with a space between."
        )
    if kept is None or not await database.read(upgrade.finished):
        await database.run(lambda tx: _mark(tx, own))


def _mark(tx: SqlTransaction, own: str) -> None:
    if facts.get(tx.scope, _SECRET) is None:
        facts.put(tx.scope, _SECRET, own)
    upgrade.finish(tx)
