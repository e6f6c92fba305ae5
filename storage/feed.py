"""What the local workspace keeps, since it has no platform behind it that would."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.cards import Card
from bot.model import Address, MessageRef, PersonId
from bot.ports import Posted
from storage import cards
from storage.database import SqlDatabase
from storage.scope import Scope, mine, of
from storage.tables import FeedRow, table_of
from storage.transaction import SqlTransaction

_FEED = table_of(FeedRow)
_PUT = insert(_FEED).on_conflict_do_nothing(index_elements=["tenant", "key"])
_HERE = select(_FEED).where(mine(_FEED), _FEED.c.place == of("place"))
_BY_KEY = _HERE.where(_FEED.c.key == of("key"))
_BY_ID = _HERE.where(_FEED.c.id == of("id"))
_NEWEST = _HERE.order_by(_FEED.c.id.desc()).limit(of("limit"))
_PAGE = _NEWEST.where(_FEED.c.thread.is_(None))
_THREAD = _NEWEST.where(_FEED.c.thread == of("thread"))
_EDIT = update(_FEED).where(_FEED.c.id == of("id"), mine(_FEED))


class SqlFeed:
    """`bot.ports.Feed` in SQL. A place is kept as a keyed HMAC; cards and words are sealed."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    async def post(self, to: Address, card: Card, key: str, at: datetime) -> MessageRef:
        return await self._database.run(lambda tx: _put(tx.scope, to, key, card, "", None, at))

    async def say(self, to: Address, words: str, author: PersonId, key: str, at: datetime) -> MessageRef:
        return await self._database.run(lambda tx: _put(tx.scope, to, f"said {key}", None, words, author, at))

    async def edit(self, message: MessageRef, card: Card, at: datetime) -> bool:
        def work(tx: SqlTransaction) -> bool:
            row = _find(tx.scope, message)
            if row is None:
                return False
            sealed = tx.scope.close("feed.card", row.key, cards.dump(card))
            return tx.scope.change(_EDIT, of_id=row.id, card=sealed, edited_at=at) == 1

        return await self._database.run(work)

    async def find(self, to: Address, key: str) -> MessageRef | None:
        row = await self._database.read(lambda tx: tx.scope.row(_BY_KEY, of_place=tx.scope.place(to), of_key=key))
        return None if row is None else _ref(to, row)

    async def get(self, message: MessageRef) -> Posted | None:
        def work(tx: SqlTransaction) -> Posted | None:
            row = _find(tx.scope, message)
            return None if row is None else _posted(tx.scope, message.place, row)

        return await self._database.read(work)

    async def page(self, to: Address, limit: int) -> Sequence[Posted]:
        def work(tx: SqlTransaction) -> Sequence[Posted]:
            statement = _PAGE if to.thread is None else _THREAD
            rows = tx.scope.rows(statement, of_place=tx.scope.place(to), of_thread=to.thread, of_limit=limit)
            return [_posted(tx.scope, to, row) for row in reversed(rows)]

        return await self._database.read(work)


def _put(
    scope: Scope, to: Address, key: str, card: Card | None, words: str, author: PersonId | None, at: datetime
) -> MessageRef:
    row = {
        "key": key,
        "place": scope.place(to),
        "thread": to.thread,
        "card": None if card is None else scope.close("feed.card", key, cards.dump(card)),
        "words": scope.close("feed.words", key, words),
        "author": author,
        "at": at,
    }
    scope.add(_PUT, row)
    return _ref(to, scope.one(_BY_KEY, of_place=row["place"], of_key=key))


def _find(scope: Scope, message: MessageRef) -> Row[Any] | None:
    if not message.id.isdecimal():
        return None
    return scope.row(_BY_ID, of_place=scope.place(message.place), of_id=int(message.id))


def _ref(to: Address, row: Row[Any]) -> MessageRef:
    return MessageRef(Address(to.platform, to.kind, to.id, row.thread), str(row.id))


def _posted(scope: Scope, to: Address, row: Row[Any]) -> Posted:
    card = None if row.card is None else cards.load(scope.open("feed.card", row.key, row.card))
    words = scope.open("feed.words", row.key, row.words)
    return Posted(_ref(to, row), card, words, row.author, row.at, row.edited_at)
