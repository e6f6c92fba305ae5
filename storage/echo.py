"""Replicas of one PostgreSQL hear what the others put into the workspace's feed, by LISTEN and NOTIFY."""

import asyncio
import base64
import json
import secrets
from collections.abc import Callable
from typing import Never

import psycopg
import structlog
from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from bot.model import Address, MessageRef
from storage.postgresql import PostgresDatabase
from storage.transaction import SqlTransaction

log = structlog.get_logger()

Hear = Callable[[MessageRef, bool], None]  # a message, and whether it was there before
PAUSE = 1.0  # seconds before the connection is made anew
_NOTIFY = text("SELECT pg_notify(:channel, :words)")


class Echo:
    """Told in the transaction that writes, so others hear of all that is there and of nothing else. It is sealed."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._channel = f"feed of {database.tenant}"
        self._origin = secrets.token_hex(4)

    def tell(self, tx: SqlTransaction, message: MessageRef, *, edited: bool) -> None:
        place = message.place
        words = json.dumps([edited, place.platform, place.kind, place.id, place.thread, message.id])
        sealed = base64.b85encode(tx.scope.close("echo", self._origin, words)).decode()
        tx.scope.connection.execute(_NOTIFY, {"channel": self._channel, "words": f"{self._origin} {sealed}"})

    async def run(self, hear: Hear, missed: Callable[[], None]) -> Never:
        """Until cancelled. `missed` is called whenever something may have been said while nobody listened."""
        while True:
            try:
                await self._listen(hear, missed)
            except psycopg.Error as error:
                log.warning("the other replicas are not heard", why=type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def _listen(self, hear: Hear, missed: Callable[[], None]) -> None:
        given = self._database.options
        async with await psycopg.AsyncConnection.connect(
            self._database.conninfo, autocommit=True, **given
        ) as connection:
            await connection.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
            missed()
            async for heard in connection.notifies():
                origin, _, sealed = heard.payload.partition(" ")
                if origin != self._origin:
                    hear(*self._opened(origin, sealed))

    def _opened(self, origin: str, sealed: str) -> tuple[MessageRef, bool]:
        place = f"echo|{origin}|{self._database.tenant}"
        edited, *address, number = json.loads(self._database.keys.open(base64.b85decode(sealed), place=place))
        return MessageRef(Address(*address), number), edited


def echo_among(database: object) -> Echo | None:
    """None where there are no other replicas."""
    return Echo(database) if isinstance(database, PostgresDatabase) else None
