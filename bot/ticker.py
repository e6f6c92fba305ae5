"""The heartbeat: APScheduler beats every second, and each beat does what is due. The database decides what that is."""

import asyncio
import time
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.agenda import keep_watch, run_due
from bot.auditor import Auditor
from bot.errors import Unavailable
from bot.ports import Clock, Database

log = structlog.get_logger()

BEAT = timedelta(seconds=1)
WATCH = timedelta(minutes=1)  # between two looks of the auditor
DRIFT = timedelta(seconds=2)  # more than this between the wall's clock and the monotonic one is a jump
STALE = timedelta(seconds=15)  # no beat for this long: not ready


class Ticker:
    """Runs due work, and seals the audit, once a second; once a minute the auditor looks. Not in simulated time."""

    def __init__(self, database: Database, clock: Clock, every: timedelta = BEAT) -> None:
        self._database = database
        self._clock = clock
        self._every = every
        self._beaten = time.monotonic()
        self._auditor = Auditor(database)
        self._watched: datetime | None = None
        self._watchdog: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        self._scheduler.add_job(
            self.beat, IntervalTrigger(seconds=self._every.total_seconds()), id="beat",
            coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip
        self._scheduler.add_listener(lambda event: log.error("beat failed", exc_info=event.exception), EVENT_JOB_ERROR)
        self._scheduler.start()
        self._watchdog = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._watchdog:
            self._watchdog.cancel()
            with suppress(asyncio.CancelledError):
                await self._watchdog

    async def beat(self) -> None:
        """One beat: everything that is due, in order."""
        try:
            now = await self._clock.now()
            await run_due(self._database, now)
            await self._watch_over(now)
            await self._database.run(lambda tx: tx.audit.seal())
        except Unavailable as unavailable:
            log.warning("beat skipped", why=str(unavailable))
            return
        self._beaten = time.monotonic()

    async def _watch_over(self, now: datetime) -> None:
        """Once a minute; a clock that was set back holds nothing up."""
        if self._watched is None or not self._watched <= now < self._watched + WATCH:
            self._watched = now
            await keep_watch(self._database, self._auditor, now)

    def last_beat(self) -> timedelta:
        """How long ago the last beat ended, on the monotonic clock."""
        return timedelta(seconds=time.monotonic() - self._beaten)

    async def _watch(self) -> None:
        """APScheduler waits for a wall-clock time: set back by ten seconds, it would be silent for ten: re-arm it."""
        apart = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(self._every.total_seconds())
            drifted = time.time() - time.monotonic() - apart
            if abs(drifted) > DRIFT.total_seconds():
                apart += drifted
                await self.rearm(timedelta(seconds=drifted))

    async def rearm(self, jump: timedelta) -> None:
        """The wall's clock jumped: beat now, on schedule from here, and put it on record."""
        log.warning("the clock jumped", seconds=jump.total_seconds())
        self._scheduler.reschedule_job("beat", trigger=IntervalTrigger(seconds=self._every.total_seconds()))
        try:
            now = await self._clock.now()
            words = f"{jump.total_seconds():+.0f} s"
            await self._database.run(lambda tx: tx.audit.write(None, "clock.jumped", words, now))
        except Unavailable as unavailable:
            log.warning("the jump is not on record", why=str(unavailable))
        await self.beat()
