from datetime import datetime, timedelta

import pytest

from adapters.local.hub import Hub
from adapters.local.outbound import LocalPlatform
from bot.errors import Rejected, TryLater
from bot.model import Address, MessageRef
from storage.database import SqlDatabase
from storage.feed import SqlFeed
from tests.builders import NOON, card

MAYA = Address("local", "person", "maya")


class Noon:
    async def now(self) -> datetime:
        return NOON


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def platform(sqlite: SqlDatabase, hub: Hub) -> LocalPlatform:
    return LocalPlatform(SqlFeed(sqlite), Noon(), hub)


async def test_a_message_is_delivered_once_per_key_and_open_pages_hear_of_it(platform: LocalPlatform, hub: Hub) -> None:
    with hub.listen() as page:
        message = await platform.deliver(MAYA, card(), key="k")
        change = await anext(page.changes(1))
    assert change
    assert (change.what, change.message) == ("posted", message)
    assert await platform.deliver(MAYA, card(), key="k") == message


async def test_a_message_is_found_by_its_key(platform: LocalPlatform) -> None:
    message = await platform.deliver(MAYA, card(), key="k")
    assert await platform.find(MAYA, "k", NOON - timedelta(hours=1)) == message
    assert await platform.find(MAYA, "another", NOON) is None


async def test_a_card_is_replaced_in_place(platform: LocalPlatform, hub: Hub, sqlite: SqlDatabase) -> None:
    message = await platform.deliver(MAYA, card("before"), key="k")
    with hub.listen() as page:
        await platform.replace(message, card("after"))
        change = await anext(page.changes(1))
    assert change
    assert change.what == "edited"
    (posted,) = await SqlFeed(sqlite).page(MAYA, 9)
    assert posted.card == card("after")


async def test_a_message_that_is_not_there_cannot_be_replaced(platform: LocalPlatform) -> None:
    with pytest.raises(Rejected):
        await platform.replace(MessageRef(MAYA, "999"), card())


async def test_where_nothing_can_be_written_now_the_courier_is_asked_to_try_later(
    platform: LocalPlatform, sqlite: SqlDatabase
) -> None:
    await sqlite.close()
    with pytest.raises(TryLater):
        await platform.deliver(MAYA, card(), key="k")
    with pytest.raises(TryLater):
        await platform.replace(MessageRef(MAYA, "1"), card())
