from bot.model import Address, MessageRef, PersonId
from bot.ports import Posted
from storage.database import SqlDatabase
from storage.feed import SqlFeed
from tests import builders
from tests.builders import HOUR, NOON

WARD = Address("local", "channel", "ward")
WREN = Address("local", "person", "wren")


async def test_a_post_is_kept_once_per_key(database: SqlDatabase) -> None:
    feed = SqlFeed(database)
    first = await feed.post(WARD, builders.card("one"), "key", NOON)
    assert await feed.post(WARD, builders.card("two"), "key", NOON) == first
    assert await feed.find(WARD, "key") == first
    assert await feed.find(WREN, "key") is None
    assert await feed.find(WARD, "another") is None
    assert await feed.get(first) == Posted(first, builders.card("one"), "", None, NOON, None)


async def test_a_message_is_edited_in_its_own_place_alone(database: SqlDatabase) -> None:
    feed = SqlFeed(database)
    ref = await feed.post(WARD, builders.card("one"), "key", NOON)
    assert await feed.edit(ref, builders.card("two"), NOON + HOUR)
    assert not await feed.edit(MessageRef(WREN, ref.id), builders.card("three"), NOON)
    assert not await feed.edit(MessageRef(WARD, "no number"), builders.card("three"), NOON)
    assert await feed.get(ref) == Posted(ref, builders.card("two"), "", None, NOON, NOON + HOUR)


async def test_pages_and_threads(database: SqlDatabase) -> None:
    feed = SqlFeed(database)
    parent = await feed.post(WARD, builders.card("parent"), "p", NOON)
    thread = Address("local", "channel", "ward", parent.id)
    said = [await feed.say(WARD, f"words {n}", PersonId(n), f"key {n}", NOON) for n in range(3)]
    child = await feed.post(thread, builders.card("child"), "c", NOON)
    assert [posted.words for posted in await feed.page(WARD, 3)] == ["words 0", "words 1", "words 2"]
    assert [posted.ref for posted in await feed.page(WARD, 9)] == [parent, *said]
    assert [posted.ref for posted in await feed.page(thread, 9)] == [child]
    assert child.place == thread
    assert await feed.get(MessageRef(WARD, child.id)) == (await feed.page(thread, 9))[0]
    assert await feed.page(WREN, 9) == []
