from collections.abc import Sequence
from dataclasses import replace

from bot.model import Address, MessageRef, PersonId
from bot.ports import Posted
from storage.database import SqlDatabase
from storage.feed import SqlFeed
from storage.transaction import SqlTransaction
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


async def behind(database: SqlDatabase, who: Address) -> Address:
    """Where somebody without a name is reached, as the courier has it opened."""

    def write(tx: SqlTransaction) -> Address:
        handle = builders.seed(tx).handle(identity=who)
        tx.handles.add(handle)
        return replace(who, behind=handle.id)

    return await database.run(write)


async def test_whoever_is_behind_a_handle_reads_all_of_theirs_in_one_place(database: SqlDatabase) -> None:
    feed = SqlFeed(database)
    ash = replace(WREN, id="ash")
    handle, other, of_ash = [await behind(database, who) for who in (WREN, WREN, ash)]
    for n, to in enumerate((WREN, handle, of_ash, other, WREN, ash)):
        await feed.post(to, builders.card(f"card {n}"), f"key {n}", NOON)
    assert handle.behind is not None
    await feed.say(handle, "it beeps", handle.behind, "key", NOON)

    def titles(posted: Sequence[Posted]) -> list[str]:
        return [each.card.title if each.card else each.words for each in posted]

    assert titles(await feed.page(WREN, 9)) == ["card 0", "card 1", "card 3", "card 4", "it beeps"]
    assert titles(await feed.page(WREN, 2)) == ["card 4", "it beeps"]
    assert titles(await feed.page(ash, 9)) == ["card 2", "card 5"]
    assert titles(await feed.page(handle, 9)) == ["card 1", "it beeps"]
    assert {each.ref.place for each in await feed.page(WREN, 9)} == {WREN}
    assert (await feed.page(handle, 9))[1].author == handle.behind


async def test_a_message_behind_a_handle_is_found_by_its_own_reader_alone(database: SqlDatabase) -> None:
    feed = SqlFeed(database)
    handle = await behind(database, WREN)
    ref = await feed.post(handle, builders.card("one"), "key", NOON)
    assert ref.place == WREN
    assert await feed.find(handle, "key") == ref
    assert await feed.edit(MessageRef(handle, ref.id), builders.card("two"), NOON)
    for place in (WREN, handle):
        posted = await feed.get(MessageRef(place, ref.id))
        assert posted is not None
        assert posted.card == builders.card("two")
    stranger = replace(WREN, id="ash")
    assert await feed.get(MessageRef(stranger, ref.id)) is None
    assert not await feed.edit(MessageRef(stranger, ref.id), builders.card("three"), NOON)
    assert handle.behind is not None
    gone = handle.behind
    await database.run(lambda tx: tx.handles.destroy(gone))
    assert await feed.page(WREN, 9) == []


async def test_a_key_is_kept_as_an_hmac(database: SqlDatabase) -> None:
    feed = SqlFeed(database)
    await feed.post(WARD, builders.card(), "for person 4711", NOON)
    await feed.say(WARD, "words", PersonId(1), "for person 4711", NOON)
    keys = await database.read(lambda tx: tx.scope.connection.exec_driver_sql("SELECT key FROM feed").scalars().all())
    assert len(set(keys)) == 2
    assert not any("4711" in key for key in keys)
