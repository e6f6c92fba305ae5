"""Finds lanes with something to send and has each sent by one task at a time: in this process alone, on SQLite."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.ports import Clock, Dispatch
from storage.database import SqlDatabase
from storage.sqlite import SqliteDatabase

log = structlog.get_logger()

Send = Callable[[str], Awaitable[None]]
LANES = 32  # at a time
SWEEP = 1.0  # seconds: nothing waits longer for want of a wake-up call
GLANCE = 0.1  # seconds between two looks while lanes are being sent


def dispatch_for(database: SqlDatabase, clock: Clock) -> Dispatch:
    """In this process alone where the file is its own, shared by all replicas on PostgreSQL."""
    if isinstance(database, SqliteDatabase):
        return InProcessDispatch(database, clock)
    from storage.lanes import LaneDispatch
    from storage.postgresql import PostgresDatabase

    assert isinstance(database, PostgresDatabase)  # noqa: S101 - there are two kinds
    return LaneDispatch(database, clock)


class InProcessDispatch:
    """`bot.ports.Dispatch` over the outbox itself. A lane has one task, even while `run` and `drain` both go on."""

    def __init__(self, database: SqlDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._again = False  # something became ready that could not be begun, because its lane or all tasks were taken
        self._running = False

    async def run(self, send: Send) -> None:
        stop = self._database.on_outbox(self._wake.set)
        self._running = True
        try:
            while True:
                await self._look(send)
        finally:
            self._running = False
            stop()
            await self._abandon()

    def running(self) -> bool:
        return self._running

    async def drain(self, send: Send) -> None:
        failed: set[str] = set()  # not tried twice, or a lane that always fails would hold us here
        while True:
            lanes = [lane for lane in await self._lanes() if lane not in failed][:LANES]
            if not lanes:
                return
            tasks = [self._busy.get(lane) or self._start(lane, send) for lane in lanes]
            await asyncio.wait(tasks)
            failed |= {lane for lane, task in zip(lanes, tasks, strict=True) if task.cancelled() or _failed(task)}

    async def _look(self, send: Send) -> None:
        """Once. Sending must not end with whatever goes wrong here: it is over at the next look, or `/readyz` tells."""
        self._wake.clear()
        try:
            await self._begin(send)
            await self._rest()
        except Exception:
            log.exception("looking for what to send failed")
            await asyncio.sleep(SWEEP)

    async def _begin(self, send: Send) -> None:
        """Start a task for each lane that has none."""
        for lane in await self._lanes():
            if lane in self._busy or len(self._busy) >= LANES:
                self._again = True
            else:
                self._start(lane, send)

    async def _rest(self) -> None:
        """Until something is posted, a lane is released or a task has ended; never longer than a sweep."""
        seconds = SWEEP
        release = await self._database.read(lambda tx: tx.outbox.next_release())
        if release is not None:
            wait = release - await self._clock.now()
            seconds = wait / timedelta(seconds=1) if wait > timedelta(0) else GLANCE if self._busy else SWEEP
        try:
            async with asyncio.timeout(min(seconds, SWEEP)):  # `wait_for` may swallow a cancellation until Python 3.12
                await self._wake.wait()
        except TimeoutError:
            return

    async def _lanes(self) -> list[str]:
        now = await self._clock.now()
        return list(await self._database.read(lambda tx: tx.outbox.lanes(now)))

    def _start(self, lane: str, send: Send) -> "asyncio.Task[None]":
        async def one() -> None:
            await send(lane)

        task = asyncio.create_task(one())
        self._busy[lane] = task
        task.add_done_callback(lambda task: self._ended(lane, task))
        return task

    def _ended(self, lane: str, task: "asyncio.Task[None]") -> None:
        del self._busy[lane]
        if _failed(task):  # its lane is tried again at the next sweep
            log.error("sending a lane failed", lane=lane, error=type(task.exception()).__name__)
        if self._again:
            self._again = False
            self._wake.set()

    async def _abandon(self) -> None:
        """What was being sent is in doubt now; the next start looks it up."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _failed(task: "asyncio.Task[None]") -> bool:
    return not task.cancelled() and task.exception() is not None
