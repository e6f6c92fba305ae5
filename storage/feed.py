"""What the local workspace keeps, since it has no platform behind it that would."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.cards import Card
from bot.model import Address, MessageRef, PersonId
from bot.ports import Posted
from storage import cards
from storage.database import SqlDatabase
from storage.scope import mine, of
from storage.tables import FeedRow, table_of
from storage.transaction import SqlTransaction

if TYPE_CHECKING:
    from storage.echo import Echo

_FEED = table_of(FeedRow)
_PUT = insert(_FEED).on_conflict_do_nothing(index_elements=["tenant", "key"])
_ALL = select(_FEED).where(mine(_FEED))
_BY_KEY = _ALL.where(_FEED.c.key == of("key"))
_BY_ID = _ALL.where(_FEED.c.id == of("id"))
_NEWEST = _ALL.where(_FEED.c.place == of("place")).order_by(_FEED.c.id.desc()).limit(of("limit"))
_PAGE = _NEWEST.where(_FEED.c.thread.is_(None))
_THREAD = _NEWEST.where(_FEED.c.thread == of("thread"))
_EDIT = update(_FEED).where(_FEED.c.id == of("id"), mine(_FEED))


class SqlFeed:
    """`bot.ports.Feed` in SQL. A place is kept as a keyed HMAC; cards and words are sealed.

    What goes to somebody behind a handle is kept in the handle's place; they alone see it in theirs.
    """

    def __init__(self, database: SqlDatabase, echo: "Echo | None" = None) -> None:
        self._database = database
        self._echo = echo  # where other replicas have open pages too

    async def post(self, to: Address, card: Card, key: str, at: datetime) -> MessageRef:
        return await self._database.run(lambda tx: self._told(tx, _put(tx, to, key, card, "", None, at)))

    async def say(self, to: Address, words: str, author: PersonId, key: str, at: datetime) -> MessageRef:
        return await self._database.run(lambda tx: self._told(tx, _put(tx, to, f"said {key}", None, words, author, at)))

    async def edit(self, message: MessageRef, card: Card, at: datetime) -> bool:
        def work(tx: SqlTransaction) -> bool:
            row = _find(tx, message)
            if row is None:
                return False
            sealed = tx.scope.close("feed.card", row.key, cards.dump(card))
            self._told(tx, message, edited=True)
            return tx.scope.change(_EDIT, of_id=row.id, card=sealed, edited_at=at) == 1

        return await self._database.run(work)

    async def find(self, to: Address, key: str) -> MessageRef | None:
        def work(tx: SqlTransaction) -> MessageRef | None:
            row = tx.scope.row(_BY_KEY, of_key=_key(tx, key))
            return None if row is None or row.place not in _places(tx, to) else _ref(to, row)

        return await self._database.read(work)

    async def get(self, message: MessageRef) -> Posted | None:
        def work(tx: SqlTransaction) -> Posted | None:
            row = _find(tx, message)
            return None if row is None else _posted(tx, message.place, row)

        return await self._database.read(work)

    async def page(self, to: Address, limit: int) -> Sequence[Posted]:
        def work(tx: SqlTransaction) -> Sequence[Posted]:
            statement, thread = (_PAGE, {}) if to.thread is None else (_THREAD, {"of_thread": to.thread})
            rows: list[Row[Any]] = []
            for place in _places(tx, to):
                rows += tx.scope.rows(statement, of_place=place, of_limit=limit, **thread)
            newest = sorted(rows, key=lambda row: row.id)[-limit:]
            return [_posted(tx, to, row) for row in newest]

        return await self._database.read(work)

    def _told(self, tx: SqlTransaction, message: MessageRef, *, edited: bool = False) -> MessageRef:
        if self._echo:
            seen = replace(message, place=replace(message.place, behind=None))
            self._echo.tell(tx, seen, edited=edited)
        return message


def _put(
    tx: SqlTransaction, to: Address, key: str, card: Card | None, words: str, author: PersonId | None, at: datetime
) -> MessageRef:
    kept = _key(tx, key)
    row = {
        "key": kept,
        "place": tx.scope.place(to, "place"),
        "thread": to.thread,
        "card": None if card is None else tx.scope.close("feed.card", kept, cards.dump(card)),
        "words": tx.scope.close("feed.words", kept, words),
        "author": author,
        "at": at,
    }
    tx.scope.add(_PUT, row)
    return _ref(to, tx.scope.one(_BY_KEY, of_key=kept))


def _find(tx: SqlTransaction, message: MessageRef) -> Row[Any] | None:
    if not message.id.isdecimal():
        return None
    row = tx.scope.row(_BY_ID, of_id=int(message.id))
    return None if row is None or row.place not in _places(tx, message.place) else row


def _places(tx: SqlTransaction, address: Address) -> list[bytes]:
    """Where messages lie that are shown at that address: behind the handles of whoever it is, too."""
    own = tx.scope.place(address, "place")
    if address.kind != "person" or address.behind is not None:
        return [own]
    handles = (replace(address, behind=handle) for handle in tx.handles.behind(address))
    return [own, *(tx.scope.place(handle, "place") for handle in handles)]


def _key(tx: SqlTransaction, key: str) -> str:
    return tx.scope.index("feed", key).hex()


def _ref(to: Address, row: Row[Any]) -> MessageRef:
    """As whoever sees it knows the place: nothing of a handle."""
    return MessageRef(Address(to.platform, to.kind, to.id, row.thread), str(row.id))


def _posted(tx: SqlTransaction, to: Address, row: Row[Any]) -> Posted:
    card = None if row.card is None else cards.load(tx.scope.open("feed.card", row.key, row.card))
    words = tx.scope.open("feed.words", row.key, row.words)
    return Posted(_ref(to, row), card, words, row.author, row.at, row.edited_at)
