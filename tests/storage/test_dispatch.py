import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from structlog.testing import capture_logs
from typing_extensions import override

from bot.logs import KNOWN
from bot.model import Address
from bot.ports import Dispatch, Notice, Pace
from storage import dispatch as room
from storage.database import SqlDatabase
from storage.dispatch import dispatch_for
from storage.engine import parse, path_of
from tests import builders
from tests.builders import NOON


class StandingClock:
    def __init__(self) -> None:
        self.at = NOON

    async def now(self) -> datetime:
        return self.at


class Sender:
    """A courier reduced to claiming and settling."""

    def __init__(self, database: SqlDatabase, clock: StandingClock, pace: Pace | None = None) -> None:
        self.database, self.clock, self.pace = database, clock, pace or Pace()
        self.sent: list[str] = []
        self.at_once = self.most_at_once = 0
        self.delay = 0.0
        self.broken: set[str] = set()

    async def __call__(self, lane: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            while await self.one(lane):
                pass
        finally:
            self.at_once -= 1

    async def one(self, lane: str) -> bool:
        now = self.clock.at
        notice = await self.database.run(lambda tx: tx.outbox.claim(lane, now, {"local": self.pace}))
        if not isinstance(notice, Notice):
            return False
        if notice.to.id in self.broken:
            raise RuntimeError
        await asyncio.sleep(self.delay)
        self.sent.append(notice.card.title)
        await self.database.run(lambda tx: tx.outbox.settle(notice, None, now))
        return True


async def post(database: SqlDatabase, title: str, to: str = "wren") -> None:
    address = Address("local", "person", to)
    await database.run(lambda tx: tx.outbox.post(address, builders.card(title), NOON, key=title))


@asynccontextmanager
async def running(dispatch: Dispatch, send: Callable[[str], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.create_task(dispatch.run(send))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what it waits for is any condition
            await asyncio.sleep(0.005)


async def test_what_is_posted_is_sent_at_once_and_in_order(database: SqlDatabase) -> None:
    clock = StandingClock()
    sender = Sender(database, clock)
    await post(database, "before")
    async with running(dispatch_for(database, clock), sender):
        await until(lambda: sender.sent == ["before"])
        began = asyncio.get_running_loop().time()
        for n in range(20):
            await post(database, f"{n}")
        await until(lambda: len(sender.sent) == 21)
        assert asyncio.get_running_loop().time() - began < room.SWEEP * 0.9
    assert sender.sent == ["before", *map(str, range(20))]


async def test_lanes_go_side_by_side_and_each_one_alone(database: SqlDatabase) -> None:
    clock = StandingClock()
    sender = Sender(database, clock)
    sender.delay = 0.02
    for n in range(80):
        await post(database, f"{n}", f"person {n % 40}")
    async with running(dispatch_for(database, clock), sender):
        await until(lambda: len(sender.sent) == 80)
    assert 8 < sender.most_at_once <= room.LANES
    assert all(sender.sent.index(f"{n}") < sender.sent.index(f"{n + 40}") for n in range(40))


async def test_a_lane_that_fails_stops_no_other(database: SqlDatabase) -> None:
    clock = StandingClock()
    sender = Sender(database, clock)
    sender.broken = {"ash"}
    await post(database, "to Ash", "ash")
    await post(database, "to Wren")
    dispatch = dispatch_for(database, clock)
    (lane, _) = await database.read(lambda tx: tx.outbox.lanes(NOON))
    with capture_logs() as logged:
        await dispatch.drain(sender)
    assert sender.sent == ["to Wren"]
    assert logged == [
        {"event": "sending a lane failed", "log_level": "error", "lane": lane, "error": "RuntimeError"},
    ]
    assert set(logged[0]) - {"log_level"} <= KNOWN
    sender.broken = set()
    async with running(dispatch, sender):
        await until(lambda: "to Ash" in sender.sent)


async def test_a_paced_lane_is_sent_when_it_is_released(database: SqlDatabase) -> None:
    clock = StandingClock()
    sender = Sender(database, clock, Pace(lane=timedelta(seconds=30)))
    dispatch = dispatch_for(database, clock)
    await post(database, "one")
    await post(database, "two")
    await dispatch.drain(sender)
    assert sender.sent == ["one"]
    clock.at += timedelta(seconds=30)
    await dispatch.drain(sender)
    assert sender.sent == ["one", "two"]


async def test_draining_sends_what_sending_brought_about(database: SqlDatabase) -> None:
    clock = StandingClock()
    sender = Sender(database, clock)

    async def send(lane: str) -> None:
        await sender(lane)
        if sender.sent[-1] == "question":
            await post(database, "answer", "ash")

    await post(database, "question")
    await dispatch_for(database, clock).drain(send)
    assert sender.sent == ["question", "answer"]


async def test_draining_while_running_sends_nothing_twice(database: SqlDatabase) -> None:
    clock = StandingClock()
    sender = Sender(database, clock)
    sender.delay = 0.01
    dispatch = dispatch_for(database, clock)
    async with running(dispatch, sender):
        for n in range(10):
            await post(database, f"{n}", f"person {n % 3}")
            await dispatch.drain(sender)
    assert sorted(sender.sent) == [f"{n}" for n in range(10)]


async def test_a_read_that_fails_ends_nothing(sqlite: SqlDatabase, sqlite_url: str) -> None:
    clock = StandingClock()
    sender = Sender(sqlite, clock)
    await post(sqlite, "one")
    path = path_of(parse(sqlite_url))
    away = path.rename(path.with_suffix(".away"))  # the first reader finds no file
    dispatch = dispatch_for(sqlite, clock)
    with capture_logs() as logged:
        async with running(dispatch, sender):
            await until(lambda: bool(logged))
            assert sender.sent == []
            away.rename(path)
            await until(lambda: sender.sent == ["one"])
    assert {line["event"] for line in logged} == {"looking for what to send failed"}


class Stumbling(StandingClock):
    """Fails the first time, in a way that nobody has thought of."""

    stumbled = False

    @override
    async def now(self) -> datetime:
        if not self.stumbled:
            self.stumbled = True
            raise KeyError
        return await super().now()


async def test_an_error_that_nobody_has_thought_of_ends_nothing(sqlite: SqlDatabase) -> None:
    clock = Stumbling()
    sender = Sender(sqlite, clock)
    await post(sqlite, "one")
    async with running(dispatch_for(sqlite, clock), sender):
        await until(lambda: sender.sent == ["one"])


async def test_it_knows_whether_it_runs(sqlite: SqlDatabase) -> None:
    clock = StandingClock()
    dispatch = dispatch_for(sqlite, clock)
    assert not dispatch.running()
    async with running(dispatch, Sender(sqlite, clock)):
        await until(dispatch.running)
    assert not dispatch.running()
