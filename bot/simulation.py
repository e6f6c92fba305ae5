"""Simulated time, for the demo alone: the same code does the work, only the clock is moved by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot import noise
from bot.agenda import keep_watch, run_due
from bot.auditor import Auditor
from bot.courier import Courier
from bot.ports import Database, Dispatch

Save = Callable[[datetime], Awaitable[None]]
WATCH = timedelta(hours=1)  # of simulated time between two looks of the auditor


class SimulatedClock:
    """Stands still until it is set; where it stands is kept with the data."""

    def __init__(self, start: datetime, save: Save) -> None:
        self._now = start
        self._save = save

    async def now(self) -> datetime:
        return self._now

    async def set(self, now: datetime) -> None:
        await self._save(now)
        self._now = now


class Simulation:
    """Moves the clock from one due instant to the next, doing each one's work and deliveries at its own time."""

    def __init__(
        self,
        database: Database,
        clock: SimulatedClock,
        courier: Courier,
        dispatch: Dispatch,
        start_over: Callable[[], Awaitable[datetime]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._dispatch = dispatch
        self._start_over = start_over
        self._auditor = Auditor(database)
        self._moving = asyncio.Lock()

    async def now(self) -> datetime:
        return await self._clock.now()

    async def advance(self, by: timedelta) -> None:
        async with self._moving:
            await self._advance_to(await self._clock.now() + by)

    async def next_event(self) -> None:
        async with self._moving:
            upcoming = await self._next()
            if upcoming is not None:
                await self._advance_to(upcoming)

    async def start_over(self) -> None:
        async with self._moving:
            await self._deliver()  # or it would arrive in the new hospital
            await self._clock.set(await self._start_over())

    async def pass_to(self, at: datetime) -> None:
        """Let time pass until then, for whoever is moving it already."""
        await self._advance_to(at)

    async def settle(self) -> bool:
        """Deliver what is on its way. The clock stands still, but for cards that are kept to come together as one.

        Those come too: the clock moves by the two minutes that they wait, since nobody could wait them out. Whether it
        has moved.
        """
        await self._deliver()
        if self._moving.locked():  # whoever moves it gets there
            return False
        async with self._moving:
            bundled = await self._bundled_at()
            if bundled is not None:
                await self._advance_to(bundled)
        return bundled is not None

    async def _bundled_at(self) -> datetime | None:
        """When the last of them come; not those that wait for somebody's hours."""
        now = await self._clock.now()
        planned = await self._database.read(lambda tx: tx.watch.planned(noise.BURST).values())
        return max((at for at in planned if at <= now + noise.MOMENT), default=None)

    async def _deliver(self) -> None:
        await self._dispatch.drain(self._courier.send_lane)

    async def _advance_to(self, end: datetime) -> None:
        await self._do()
        watched = await self._clock.now()
        while (upcoming := await self._next()) is not None and upcoming <= end:
            await self._clock.set(upcoming)
            await self._do()
            if upcoming - watched >= WATCH:
                watched = upcoming
                await self._look(upcoming)
        await self._clock.set(end)
        await self._look(end)
        await self._database.run(lambda tx: tx.audit.seal())

    async def _do(self) -> None:
        await run_due(self._database, await self._clock.now())
        await self._deliver()

    async def _look(self, now: datetime) -> None:
        if await keep_watch(self._database, self._auditor, now):
            await self._deliver()

    async def _next(self) -> datetime | None:
        """The next instant at which something is due, or a lane is written to again.

        Always a later one than now: what could not be done at its instant must not hold time up.
        """
        now = await self._clock.now()
        instants = await self._database.read(lambda tx: (tx.agenda.next_due(now), tx.outbox.next_release(now)))
        return min((instant for instant in instants if instant), default=None)
