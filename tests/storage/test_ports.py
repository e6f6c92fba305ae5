from bot.ports import Database, Dispatch, Feed, Seal, Transaction
from storage.dispatch import InProcessDispatch
from storage.feed import SqlFeed
from storage.seal import KeyRing
from storage.sqlite import SqliteDatabase
from storage.transaction import SqlTransaction


def test_the_rooms_fit_the_ports() -> None:
    """The type checker is the test; this says what fits what."""
    database: type[Database] = SqliteDatabase
    transaction: type[Transaction] = SqlTransaction
    seal: type[Seal] = KeyRing
    feed: type[Feed] = SqlFeed
    dispatch: type[Dispatch] = InProcessDispatch
    assert {database, transaction, seal, feed, dispatch}
