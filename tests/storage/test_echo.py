import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psycopg
import pytest

from bot.model import Address, MessageRef
from storage import echo as room
from storage.database import SqlDatabase
from storage.echo import Echo, echo_among
from storage.engine import open_database
from storage.feed import SqlFeed
from storage.seal import KeyRing
from tests import builders
from tests.builders import NOON

WARD = Address("local", "channel", "4-west")
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"


@dataclass
class Ear:
    """What is heard, and how often something may have been missed."""

    heard: asyncio.Queue[tuple[MessageRef, bool]] = field(default_factory=asyncio.Queue)
    missed: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    def hear(self, message: MessageRef, edited: bool) -> None:  # noqa: FBT001 - as the echo calls it
        self.heard.put_nowait((message, edited))

    def miss(self) -> None:
        self.missed.put_nowait(None)


@asynccontextmanager
async def listening(echo: Echo) -> AsyncIterator[Ear]:
    ear = Ear()
    task = asyncio.create_task(echo.run(ear.hear, ear.miss))
    try:
        async with asyncio.timeout(10):
            await ear.missed.get()  # it listens now
            yield ear
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def replica(url: str, keys: KeyRing) -> tuple[SqlDatabase, Echo, SqlFeed]:
    database = open_database(url, keys)
    echo = echo_among(database)
    assert echo
    return database, echo, SqlFeed(database, echo)


async def test_what_one_replica_writes_the_others_hear_and_it_alone_does_not(postgres_url: str, keys: KeyRing) -> None:
    (one, its, feed), (other, others, another) = replica(postgres_url, keys), replica(postgres_url, keys)
    async with listening(its) as own, listening(others) as ear:
        message = await feed.post(WARD, builders.card("one"), "k", NOON)
        assert await ear.heard.get() == (message, False)
        assert await feed.edit(message, builders.card("two"), NOON)
        assert await ear.heard.get() == (message, True)
        back = await another.post(WARD, builders.card("three"), "k2", NOON)
        assert await own.heard.get() == (back, False)
    await one.close()
    await other.close()


async def test_after_a_cut_it_listens_again_and_says_that_something_may_be_missed(
    postgres_url: str, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PAUSE", 0.01)
    (one, _, feed), (other, others, _) = replica(postgres_url, keys), replica(postgres_url, keys)
    async with listening(others) as ear:
        with psycopg.connect(postgres_url) as admin:
            admin.execute(CUT.encode())
        await ear.missed.get()
        message = await feed.post(WARD, builders.card("one"), "k", NOON)
        assert await ear.heard.get() == (message, False)
    await one.close()
    await other.close()


async def test_nothing_of_it_can_be_read_on_the_way(postgres_url: str, keys: KeyRing) -> None:
    database, _, feed = replica(postgres_url, keys)
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute('LISTEN "feed of main"')
        await feed.post(WARD, builders.card("one"), "k", NOON)
        async for note in connection.notifies(timeout=5, stop_after=1):
            assert "4-west" not in note.payload
            break
        else:
            raise AssertionError("nothing was said")
    await database.close()


async def test_on_sqlite_there_is_nobody_to_tell(sqlite: SqlDatabase) -> None:
    assert echo_among(sqlite) is None
