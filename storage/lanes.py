"""Delivery on PostgreSQL: procrastinate fetches, wakes and locks; any number of replicas, each lane sent by one."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Never

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status

from bot.ports import Clock
from storage import jobs
from storage.postgresql import PostgresDatabase

log = structlog.get_logger()
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # it writes values into its messages; we log our own

Send = Callable[[str], Awaitable[None]]
LANES = 32  # at a time, in each replica
SWEEP = 10.0  # seconds: a lost job is found after that
POLL = 0.5  # seconds: a job whose notification came at the wrong moment is fetched after that
GLANCE = 0.1  # seconds at least between two looks
REST = 1.0  # seconds before a lane is tried again that has failed
HEARTBEAT = 3.0
STALLED = 20.0  # seconds without a heartbeat after which others take over
# A replica that has lost the database lets go of what it was sending well before others take over: after a heartbeat's
# interval, the wait for a connection, and these seconds.
GRACE = 3.0
PATIENCE = 4.0  # seconds to wait for a connection
BACKOFF = (0.2, 0.5, 1, 2, 5)  # seconds before delivery is begun again, time after time

_TAKE_AWAY = "DELETE FROM procrastinate_jobs WHERE lock = %(lane)s AND status = 'todo' RETURNING id"


class LaneDispatch:
    """`bot.ports.Dispatch` over procrastinate.

    The transaction that posts something leaves a job for its lane (`storage.jobs`). A look every now and then leaves
    one for lanes whose pause is over, and for those whose job was lost with its replica.
    """

    def __init__(self, database: PostgresDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._queue = jobs.queue(database.tenant)
        self._app = App(
            connector=PsycopgConnector(
                conninfo=database.conninfo, kwargs=database.options, min_size=1, max_size=4, timeout=PATIENCE
            )
        )
        self._task = self._app.task(name=jobs.TASK, queue=self._queue, pass_context=True)(self._send_lane)
        self._jobs = self._app.job_manager
        self._opened = 0
        self._send: Send | None = None
        self._running = False
        self._worker: int | None = None
        self._under_way: set[int | None] = set()
        self._orphans: set[int | None] = set()  # ours by their worker, and not under way, at the last sweep
        self._failed: dict[str, float] = {}  # lanes, and when: not tried again at once
        self._swept = -SWEEP
        self._wake = asyncio.Event()

    async def run(self, send: Send) -> None:
        self._send, self._running = send, True
        stop = self._database.on_outbox(self._wake.set)
        try:
            await self._again_and_again()
        finally:
            self._running = False
            stop()

    def running(self) -> bool:
        return self._running

    async def drain(self, send: Send) -> None:
        """Other replicas may send some of it; it ends when nothing is left."""
        self._send = send
        failed: set[str] = set()
        async with self._open():
            while lanes := [lane for lane in await self._ready() if lane not in failed]:
                for lane in lanes:
                    self._failed.pop(lane, None)
                await self._sweep()
                await self._enqueue(lanes)
                if not self._running:
                    await self._work(wait=False)
                failed |= self._failed.keys()
                await asyncio.sleep(GLANCE / 2)

    # -- working
    async def _again_and_again(self) -> Never:
        """Whatever ends it, such as a database that is restarted, delivery begins anew."""
        tried = 0
        while True:
            began = time.monotonic()
            try:
                async with self._open():
                    await self._work_and_look()
            except Exception as error:
                if _leaving():  # what broke on the way out must not hold the way out up
                    raise asyncio.CancelledError from error
                log.warning("delivery is begun again", why=_why(error))
            tried = 0 if time.monotonic() - began > SWEEP else min(tried + 1, len(BACKOFF) - 1)
            await asyncio.sleep(BACKOFF[tried])

    async def _work_and_look(self) -> None:
        """Until either ends. A TaskGroup that fails leaves its task marked as cancelled until Python 3.13."""
        both = [asyncio.create_task(each) for each in (self._work_for_ever(), self._keep_looking())]
        try:
            ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        for task in ended:
            task.result()

    async def _work_for_ever(self) -> Never:
        await self._work(wait=True)
        raise ConnectionError("the worker ended")  # as it does where it cannot listen or beat

    async def _work(self, *, wait: bool) -> None:
        await self._app.run_worker_async(
            queues=[self._queue],
            concurrency=LANES,
            wait=wait,
            fetch_job_polling_interval=POLL,
            shutdown_graceful_timeout=GRACE,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED,
        )

    async def _send_lane(self, context: JobContext, lane: str) -> None:
        """The task: send the lane, and again if meanwhile more jobs for it have come, until none is left."""
        assert self._send  # noqa: S101 - no worker runs without
        job = context.job
        self._worker = job.worker_id
        self._under_way.add(job.id)
        try:
            await self._send(lane)
            while await self._app.connector.execute_query_all_async(_TAKE_AWAY, lane=lane):
                await self._send(lane)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop the other lanes
            log.error("sending a lane failed", lane=lane, error=type(error).__name__)  # noqa: TRY400 - as ids and fixed words
            self._failed[lane] = time.monotonic()
        finally:
            self._under_way.discard(job.id)
            self._wake.set()

    # -- looking
    async def _keep_looking(self) -> Never:
        """What goes wrong here is over at the next look, or ends the worker too."""
        while True:
            self._wake.clear()
            try:
                await self._sweep()
                await self._enqueue(await self._ready())
                await self._rest(self._swept + SWEEP - time.monotonic())
            except Exception:
                log.exception("looking for what to send failed")
                await asyncio.sleep(1)

    async def _sweep(self) -> None:
        """Now and then take away jobs that nobody works on: their lanes are seen to at the look that follows."""
        if time.monotonic() - self._swept < SWEEP:
            return
        self._swept = time.monotonic()
        await self._jobs.prune_stalled_workers(STALLED)
        stalled = await self._jobs.get_stalled_jobs(queue=self._queue, seconds_since_heartbeat=STALLED)
        doing = await self._jobs.list_jobs_async(queue=self._queue, status=Status.DOING.value)
        ours = {job.id for job in doing if job.worker_id == self._worker and job.id not in self._under_way}
        for job in {job.id for job in stalled} | (ours & self._orphans):
            await self._give_up(job)
        self._orphans = ours

    async def _give_up(self, job: int | None) -> None:
        if job is not None:
            with suppress(ConnectorException):  # another replica was quicker
                await self._jobs.finish_job_by_id_async(job, Status.ABORTED, delete_job=True)

    async def _ready(self) -> Collection[str]:
        now = await self._clock.now()
        return await self._database.read(lambda tx: tx.outbox.lanes(now))

    async def _enqueue(self, lanes: Collection[str]) -> None:
        """A job for each lane that has none; no more than some, as what is ready is often held by the same bucket."""
        if not lanes:
            return
        alive = list(await self._jobs.list_jobs_async(queue=self._queue))
        free = LANES - sum(_waits(job) for job in alive)
        self._failed = {lane: at for lane, at in self._failed.items() if time.monotonic() - at < REST}
        taken = {job.lock for job in alive} | self._failed.keys()
        for lane in [lane for lane in lanes if lane not in taken][: max(free, 0)]:
            with suppress(AlreadyEnqueued):  # by another replica
                await self._task.configure(lock=lane, queueing_lock=lane).defer_async(lane=lane)

    async def _rest(self, longest: float) -> None:
        """Until a lane is released, something was posted or a lane is done; never longer than until the next sweep."""
        release = await self._database.read(lambda tx: tx.outbox.next_release())
        wait = longest
        if release is not None:
            left = (release - await self._clock.now()) / timedelta(seconds=1)
            wait = min(longest, left) if left > 0 else min(longest, 1)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(wait, 0)):  # `wait_for` may swallow a cancellation until Python 3.12
                await self._wake.wait()
        await asyncio.sleep(GLANCE)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        if not self._opened:
            await self._app.open_async()
        self._opened += 1
        try:
            yield
        finally:
            self._opened -= 1
            if not self._opened:
                await self._app.close_async()


def _waits(job: Job) -> bool:
    return job.status == Status.TODO.value


def _leaving() -> bool:
    task = asyncio.current_task()
    return bool(task and task.cancelling())


def _why(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error.__cause__ or error).__name__
