from datetime import datetime

import pytest

from bot.model import Address, IssueId, MessageRef
from bot.ports import DeadLetter, Notice, NoticeState
from storage.database import SqlDatabase
from tests import builders
from tests.builders import HOUR, NOON

WREN = Address("local", "person", "wren")
DEAD, UNKNOWN = NoticeState.DEAD, NoticeState.UNKNOWN


class Post:
    def __init__(self, database: SqlDatabase) -> None:
        self.database = database

    async def post(self, key: str, *, slot: str | None = None) -> None:
        card = builders.card(key, slot=slot)
        await self.database.run(lambda tx: tx.outbox.post(WREN, card, NOON, key=key, issue=IssueId(7), settles="fix 3"))

    async def claim(self, now: datetime = NOON) -> Notice:
        (lane,) = await self.database.read(lambda tx: tx.outbox.lanes(now))
        notice = await self.database.run(lambda tx: tx.outbox.claim(lane, now, {}))
        assert isinstance(notice, Notice)
        return notice

    async def send(self, message: str = "m1", now: datetime = NOON) -> Notice:
        notice = await self.claim(now)
        await self.database.run(lambda tx: tx.outbox.settle(notice, MessageRef(WREN, message), now))
        return notice

    async def bury(self, state: NoticeState = DEAD, now: datetime = NOON) -> int:
        notice = await self.claim(now)
        await self.database.run(lambda tx: tx.outbox.give_up(notice, state, "blocked", now))
        return notice.id

    async def again(self, notice: int, now: datetime = NOON) -> bool:
        return await self.database.run(lambda tx: tx.outbox.send_again(notice, now))

    async def letters(self) -> list[DeadLetter]:
        return list(await self.database.read(lambda tx: tx.outbox.dead_letters(9)))


@pytest.fixture
def outbox(database: SqlDatabase) -> Post:
    return Post(database)


async def test_a_lead_reads_the_newest_first(outbox: Post) -> None:
    for key in ("one", "two", "three"):
        await outbox.post(key)
    one, two = await outbox.bury(), await outbox.bury(UNKNOWN, NOON + HOUR)
    assert await outbox.letters() == [
        DeadLetter(two, IssueId(7), "two", "blocked", NOON + HOUR),
        DeadLetter(one, IssueId(7), "one", "blocked", NOON),
    ]
    assert len(await outbox.database.read(lambda tx: tx.outbox.dead_letters(1))) == 1


async def test_sent_again_it_stands_at_the_end_of_its_lane_as_if_new(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.post("two")
    before = await outbox.claim()
    await outbox.database.run(lambda tx: tx.outbox.give_up(before, DEAD, "blocked", NOON))
    assert await outbox.again(before.id, NOON + HOUR)
    assert await outbox.letters() == []
    assert (await outbox.send()).card.title == "two"
    notice = await outbox.claim(NOON + HOUR)
    assert (notice.key, notice.card, notice.to) == ("one", before.card, WREN)
    assert (notice.attempts, notice.issue, notice.settles, notice.doubted_since) == (1, IssueId(7), "fix 3", None)
    assert not await outbox.again(before.id)
    assert not await outbox.again(notice.id)  # it is on its way


async def test_one_in_doubt_is_sent_again_without_looking(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.claim()
    assert await outbox.again(await outbox.bury(UNKNOWN, NOON + HOUR))
    assert (await outbox.claim()).doubted_since is None


async def test_an_old_doubt_about_a_refused_one_stays(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.claim()
    assert await outbox.again(await outbox.bury(DEAD, NOON + HOUR))
    assert (await outbox.claim()).doubted_since == NOON


async def test_what_somebody_has_seen_to_is_shown_no_more(outbox: Post) -> None:
    await outbox.post("one")
    notice = await outbox.bury()
    assert await outbox.database.run(lambda tx: tx.outbox.set_aside(notice))
    assert not await outbox.database.run(lambda tx: tx.outbox.set_aside(notice))
    assert not await outbox.again(notice)
    assert await outbox.letters() == []
    counts = await outbox.database.read(lambda tx: tx.outbox.counts())
    assert {state: many for state, many in counts.items() if many} == {NoticeState.SEEN: 1}


async def test_the_words_of_one_that_does_not_open_are_missing(outbox: Post) -> None:
    await outbox.post("one")
    change = "UPDATE outbox SET card = target"
    await outbox.database.run(lambda tx: tx.scope.connection.exec_driver_sql(change).close())
    notice = await outbox.bury()
    assert await outbox.letters() == [DeadLetter(notice, IssueId(7), "", "blocked", NOON)]


async def test_a_card_is_not_drawn_as_it_no_longer_stands(outbox: Post) -> None:
    async def redraw(title: str, now: datetime) -> None:
        await outbox.database.run(lambda tx: tx.outbox.redraw(builders.card(title, slot="s"), now))

    await outbox.post("first", slot="s")
    await outbox.send()
    await redraw("second", NOON)
    second = await outbox.bury()
    await redraw("third", NOON + HOUR)
    assert not await outbox.again(second, NOON + HOUR)
    assert await outbox.letters() == []
    third = await outbox.bury(now=NOON + HOUR)
    assert await outbox.again(third, NOON + HOUR)
    assert (await outbox.send("m2", NOON + 2 * HOUR)).card.title == "third"
    await redraw("fourth", NOON + 3 * HOUR)
    fourth = await outbox.bury(now=NOON + 3 * HOUR)
    await redraw("fifth", NOON + 4 * HOUR)
    await outbox.send("m2", NOON + 4 * HOUR)
    assert not await outbox.again(fourth, NOON + 5 * HOUR)
