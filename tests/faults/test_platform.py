"""A platform in a storm, over real sockets: what it took is in its own history, so twice is twice."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from bot.cards import Card, Text
from bot.courier import Courier
from bot.model import Address
from bot.ports import NoticeState
from storage.database import SqlDatabase
from storage.dispatch import dispatch_for
from storage.engine import open_database
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests.faults.conftest import Size
from tests.faults.figures import found
from tests.peers.exchange import Exchange, HttpChat, Weather, session
from tests.peers.hurry import HurriedClock, hurried

pytestmark = pytest.mark.slow
RETRY_AFTER = 30.0
IN_A_ROW = 2  # faults of one place at most, or a notice would rightly be set aside after five tries
DOUBTFUL = [each for each in Weather if each is not Weather.TOO_MANY]


@dataclass
class Storm:
    """Over some places; elsewhere the sun shines."""

    dice: random.Random
    over: set[str]
    kinds: Sequence[Weather]
    in_a_row: dict[str, int] = field(default_factory=dict)
    faults: int = 0

    def __call__(self, place: str) -> Weather | None:
        row = self.in_a_row.get(place, 0)
        if place not in self.over or row == IN_A_ROW or self.dice.random() > 0.6:
            self.in_a_row[place] = 0
            return None
        self.in_a_row[place] = row + 1
        self.faults += 1
        return self.dice.choice(self.kinds)


@dataclass
class Sent:
    exchange: Exchange
    database: SqlDatabase
    clock: HurriedClock
    begun: float

    async def all(self) -> None:
        """Until nothing waits any more."""
        while True:
            counts = await self.database.read(lambda tx: tx.outbox.counts())
            if not counts[NoticeState.READY] + counts[NoticeState.SENDING]:
                return
            await asyncio.sleep(1)

    async def sent(self) -> int:
        counts = await self.database.read(lambda tx: tx.outbox.counts())
        return counts[NoticeState.SENT]


@asynccontextmanager
async def sending(
    url: str, keys: KeyRing, weather: Callable[[str], Weather | None], lanes: dict[str, int]
) -> AsyncIterator[Sent]:
    """So many notices for each place, and a courier that sends them."""
    database, clock = open_database(url, keys), HurriedClock()
    exchange = Exchange(weather, retry_after=RETRY_AFTER)

    def put(tx: SqlTransaction) -> None:
        for n in range(max(lanes.values())):
            for place in (place for place, many in lanes.items() if n < many):
                to = Address("local", "channel", place)
                tx.outbox.post(to, Card("A notice", (Text("words"),)), clock.read(), key=f"{place} {n:03}")

    async with exchange.open(), session() as calls:
        courier = Courier(database, clock, {"local": HttpChat(calls, exchange.url)})
        await database.run(put)
        begun = asyncio.get_running_loop().time()
        running = asyncio.create_task(dispatch_for(database, clock).run(courier.send_lane))
        yield Sent(exchange, database, clock, begun)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    await database.close()


def wanted(lanes: dict[str, int]) -> dict[str, list[str]]:
    return {place: [f"{place} {n:03}" for n in range(many)] for place, many in lanes.items()}


def arrived(sent: Sent, lanes: dict[str, int]) -> dict[str, list[str]]:
    return {place: sent.exchange.at(place) for place in lanes}


def test_whatever_the_platform_answers_each_notice_arrives_once_and_in_order(
    database_url: str, keys: KeyRing, size: Size
) -> None:
    lanes = {f"stormy {n}": size(40, 6) for n in range(size(12, 8))}
    storm = Storm(random.Random(), set(lanes), DOUBTFUL)  # noqa: S311 - weather, not secrets

    async def main() -> None:
        async with sending(database_url, keys, storm, lanes) as sent:
            await sent.all()
            assert arrived(sent, lanes) == wanted(lanes)
            assert await sent.sent() == sum(lanes.values())
            found(
                f"platform: 500, cut, stalled, no JSON ({kind_of(database_url)})",
                f"{sum(lanes.values())} notices, {storm.faults} faults, {sent.exchange.looked_up} looked up; "
                f"0 lost, {len(sent.exchange.twice())} twice",
            )

    hurried(times(database_url), main)
    assert storm.faults > len(lanes)


def test_a_storm_of_429_holds_its_own_lanes_for_as_long_as_asked_and_no_others(
    database_url: str, keys: KeyRing, size: Size
) -> None:
    stormy = {f"stormy {n}": size(10, 3) for n in range(size(12, 5))}
    calm = {f"calm {n}": size(40, 5) for n in range(size(28, 15))}
    lanes = stormy | calm
    storm = Storm(random.Random(), set(stormy), [Weather.TOO_MANY])  # noqa: S311 - weather, not secrets

    untried = set(stormy)

    def weather(place: str) -> Weather | None:
        if place in untried:
            untried.remove(place)
            return Weather.TOO_MANY
        return storm(place)

    async def main() -> None:
        async with sending(database_url, keys, weather, lanes) as sent:
            await sent.all()
            assert arrived(sent, lanes) == wanted(lanes)
            assert not sent.exchange.early
            assert not sent.exchange.looked_up  # a refusal leaves nothing in doubt
            last_calm = max(each.at for each in sent.exchange.history if each.place in calm)
            first_stormy = min(each.at for each in sent.exchange.history if each.place in stormy)
            assert last_calm < first_stormy  # each of these was refused at first, for half a minute
            found(
                f"platform: storm of 429 ({kind_of(database_url)})",
                f"{sum(lanes.values())} notices, {sent.exchange.too_many} refused, {len(sent.exchange.early)} too "
                f"early, {len(calm)} other lanes done in {last_calm - sent.begun:.0f} s; "
                f"0 lost, {len(sent.exchange.twice())} twice",
            )

    hurried(times(database_url), main)


def times(url: str) -> float:
    """PostgreSQL is reached over connections with patience of their own, which is hurried too."""
    return 30.0 if url.startswith("sqlite:") else 8.0


def kind_of(url: str) -> str:
    return "SQLite" if url.startswith("sqlite:") else "PostgreSQL"
