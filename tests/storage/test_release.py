from datetime import datetime, timedelta

import pytest

from bot.model import Address, MessageRef
from bot.ports import Later, Notice, Turn
from storage.database import SqlDatabase
from tests import builders
from tests.builders import HOUR, NOON

WREN = Address("local", "person", "wren")
REST = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


class Post:
    """The outbox of one lane."""

    def __init__(self, database: SqlDatabase) -> None:
        self.database = database

    async def post(self, key: str, release_at: datetime | None = None, *, slot: str | None = None) -> None:
        card = builders.card(key, slot=slot)
        await self.database.run(lambda tx: tx.outbox.post(WREN, card, NOON, key=key, release_at=release_at))

    async def redraw(self, title: str, now: datetime, rest: timedelta = REST) -> None:
        await self.database.run(lambda tx: tx.outbox.redraw(builders.card(title, slot="s"), now, rest=rest))

    async def sent(self, now: datetime) -> list[str]:
        """Everything that may go out by now."""
        titles: list[str] = []
        for lane in await self.database.read(lambda tx: tx.outbox.lanes(now)):
            while isinstance(notice := await self.claim(lane, now), Notice):
                await self.settle(notice, now)
                titles.append(notice.card.title)
        return titles

    async def claim(self, lane: str, now: datetime) -> Notice | Later | Turn | None:
        return await self.database.run(lambda tx: tx.outbox.claim(lane, now, {}))

    async def settle(self, notice: Notice, now: datetime) -> None:
        await self.database.run(lambda tx: tx.outbox.settle(notice, MessageRef(WREN, notice.card.title), now))

    async def next(self, after: datetime | None = None) -> datetime | None:
        return await self.database.read(lambda tx: tx.outbox.next_release(after))


@pytest.fixture
def outbox(database: SqlDatabase) -> Post:
    return Post(database)


async def test_what_is_kept_for_later_holds_up_nothing(outbox: Post) -> None:
    await outbox.post("later", NOON + HOUR)
    await outbox.post("now")
    assert await outbox.next() == NOON
    assert await outbox.sent(NOON) == ["now"]
    assert await outbox.next() == NOON + HOUR
    assert await outbox.next(NOON) == NOON + HOUR
    assert await outbox.next(NOON + HOUR) is None
    assert await outbox.sent(NOON + HOUR - MINUTE) == []
    assert await outbox.database.read(lambda tx: tx.outbox.oldest_ready()) == NOON + HOUR
    assert await outbox.sent(NOON + HOUR) == ["later"]


async def test_released_it_has_the_place_in_which_it_was_posted(outbox: Post) -> None:
    await outbox.post("later", NOON + HOUR)
    await outbox.post("now")
    assert await outbox.sent(NOON + HOUR) == ["later", "now"]


async def test_a_pause_outlasts_a_release(outbox: Post) -> None:
    await outbox.post("later", NOON + HOUR)
    (lane,) = await outbox.database.read(lambda tx: tx.outbox.lanes(NOON + HOUR))
    await outbox.database.run(lambda tx: tx.outbox.pause(lane, NOON + 2 * HOUR))
    assert await outbox.next() == NOON + 2 * HOUR
    assert await outbox.claim(lane, NOON + HOUR) == Later(NOON + 2 * HOUR)


async def test_a_post_kept_for_later_is_drawn_anew_but_not_sooner(outbox: Post) -> None:
    await outbox.post("first", NOON + HOUR, slot="s")
    await outbox.redraw("second", NOON, rest=timedelta(0))
    assert await outbox.sent(NOON) == []
    assert await outbox.sent(NOON + HOUR) == ["second"]


async def test_a_drawing_rests_and_of_several_only_the_newest_is_drawn(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.sent(NOON)
    for minute, title in enumerate(("second", "third", "fourth"), start=1):
        await outbox.redraw(title, NOON + minute * MINUTE)
    assert await outbox.sent(NOON + 4 * MINUTE) == []
    assert await outbox.next() == NOON + REST
    assert await outbox.sent(NOON + REST) == ["fourth"]
    await outbox.redraw("fifth", NOON + REST + MINUTE)
    assert await outbox.next() == NOON + 2 * REST
    assert await outbox.sent(NOON + 2 * REST) == ["fifth"]


async def test_a_drawing_that_has_rested_enough_goes_at_once(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.sent(NOON)
    await outbox.redraw("second", NOON + REST)
    assert await outbox.sent(NOON + REST) == ["second"]


async def test_a_drawing_in_haste_takes_the_waiting_one_along(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.sent(NOON)
    await outbox.redraw("second", NOON + MINUTE)
    await outbox.redraw("third", NOON + 2 * MINUTE, rest=timedelta(0))
    await outbox.redraw("fourth", NOON + 2 * MINUTE)  # and one without haste does not hold it back again
    assert await outbox.sent(NOON + 2 * MINUTE) == ["fourth"]


async def test_haste_wakes_the_courier(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.sent(NOON)
    await outbox.redraw("second", NOON + MINUTE)
    woken: list[str] = []
    stop = outbox.database.on_outbox(lambda: woken.append("woken"))
    await outbox.redraw("third", NOON + MINUTE)
    assert await outbox.database.read(lambda _tx: list(woken)) == []
    await outbox.redraw("fourth", NOON + MINUTE, rest=timedelta(0))
    await outbox.database.now()
    assert woken == ["woken"]
    stop()


async def test_a_card_put_somewhere_anew_need_not_rest(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.sent(NOON)
    await outbox.post("again", slot="s")
    await outbox.redraw("second", NOON + MINUTE)
    assert await outbox.sent(NOON + MINUTE) == ["second"]
