"""Turns: a platform with a pace is written to without a gap, though everybody's lane is another."""

from datetime import timedelta

import pytest

from bot.model import Address
from bot.ports import Later, Notice, Pace, Turn
from storage.database import SqlDatabase
from storage.outbox import LATE, LISTED
from tests import builders
from tests.builders import NOON

SECOND = timedelta(seconds=1)
PACE = Pace(bucket=SECOND / 5)


class Broadcast:
    """A notice to each of many people, and what a courier does about them."""

    def __init__(self, database: SqlDatabase) -> None:
        self.database = database

    async def post(self, people: int) -> list[str]:
        for n in range(people):
            to, card = Address("local", "person", f"person {n}"), builders.card("news")
            await self.database.run(lambda tx, to=to, card=card, n=n: tx.outbox.post(to, card, NOON, key=f"news {n}"))  # type: ignore[misc]
        return list(await self.database.read(lambda tx: tx.outbox.lanes(NOON)))

    async def claim(
        self, lane: str, seconds: float = 0, *, turn: Turn | None = None, ahead: timedelta = SECOND
    ) -> Notice | Later | None:
        now = NOON + timedelta(seconds=seconds)
        return await self.database.run(lambda tx: tx.outbox.claim(lane, now, {"local": PACE}, turn=turn, ahead=ahead))


@pytest.fixture
def broadcast(database: SqlDatabase) -> Broadcast:
    return Broadcast(database)


async def test_each_lane_is_given_a_turn_of_its_own_as_far_ahead_as_is_waited_for(broadcast: Broadcast) -> None:
    lanes = await broadcast.post(8)
    assert isinstance(await broadcast.claim(lanes[0]), Notice)
    turns = [await broadcast.claim(lane) for lane in lanes[1:6]]
    assert turns == [Turn(NOON + n * SECOND / 5) for n in range(1, 6)]
    assert await broadcast.claim(lanes[6]) == Later(NOON + 6 * SECOND / 5)


async def test_with_its_turn_a_lane_is_claimed_and_takes_none_from_others(broadcast: Broadcast) -> None:
    lanes = await broadcast.post(4)
    await broadcast.claim(lanes[0])
    turn, next_turn = [await broadcast.claim(lane) for lane in lanes[1:3]]
    assert isinstance(turn, Turn)
    assert isinstance(next_turn, Turn)
    assert isinstance(await broadcast.claim(lanes[1], 0.2, turn=turn), Notice)
    assert await broadcast.claim(lanes[3], 0.2) == Turn(NOON + 3 * SECOND / 5)


async def test_where_nobody_waits_no_turn_is_given(broadcast: Broadcast) -> None:
    lanes = await broadcast.post(2)
    await broadcast.claim(lanes[0])
    assert await broadcast.claim(lanes[1], ahead=timedelta(0)) == Later(NOON + SECOND / 5)


async def test_a_pause_of_the_lane_is_no_turn(broadcast: Broadcast) -> None:
    [lane] = await broadcast.post(1)
    await broadcast.database.run(lambda tx: tx.outbox.pause(lane, NOON + SECOND / 2))
    assert await broadcast.claim(lane) == Later(NOON + SECOND / 2)


async def test_what_came_a_little_late_is_caught_up_and_no_more_than_that(broadcast: Broadcast) -> None:
    lanes = await broadcast.post(6)
    await broadcast.claim(lanes[0])
    late = [await broadcast.claim(lane, 60, ahead=timedelta(0)) for lane in lanes[1:]]
    assert [isinstance(each, Notice) for each in late] == [True] * (LATE + 1) + [False] * (4 - LATE)


async def test_of_many_lanes_the_first_are_listed(broadcast: Broadcast) -> None:
    assert len(await broadcast.post(LISTED + 10)) == LISTED
