import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.errors import Misconfigured, Refused, Unavailable
from storage.database import SqlDatabase
from storage.engine import open_database, parse, path_of
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import NOON

MOMENT = timedelta(milliseconds=200)


def put(key: str) -> Callable[[SqlTransaction], None]:
    return lambda tx: tx.agenda.put(builders.due(key))


async def keys_in(database: SqlDatabase) -> list[str]:
    return sorted(due.key for due in await database.run(lambda tx: tx.agenda.due(NOON, 1_000)))


def path_in(url: str) -> Path:
    return path_of(make_url(url))


@contextmanager
def locked(url: str) -> Iterator[sqlite3.Connection]:
    """The file as another process holds it while it writes."""
    with closing(sqlite3.connect(path_in(url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def test_what_a_work_returns_or_raises_reaches_its_caller(database: SqlDatabase) -> None:
    def refuse(tx: SqlTransaction) -> None:
        put("half done")(tx)
        raise Refused("no")

    assert await database.run(lambda _: 7) == 7
    with pytest.raises(Refused, match="no"):
        await database.run(refuse)
    assert await keys_in(database) == []


async def test_a_work_that_runs_out_of_something_fails_as_any_other(database: SqlDatabase) -> None:
    """No future takes a StopIteration: its caller would wait for ever, and those whose work was done with it."""

    def runs_out(tx: SqlTransaction) -> None:
        put("half done")(tx)
        next(iter(()))

    async with asyncio.timeout(20):
        for ask in (database.run, database.read):
            with pytest.raises(RuntimeError, match="StopIteration"):
                await ask(lambda _: next(iter(())))
        both = await asyncio.gather(database.run(runs_out), database.run(put("whole")), return_exceptions=True)
    assert [type(each) for each in both] == [RuntimeError, type(None)]
    assert await keys_in(database) == ["whole"]


async def test_one_failing_work_among_many_rolls_back_alone(database: SqlDatabase) -> None:
    def work(number: int) -> Callable[[SqlTransaction], None]:
        def do(tx: SqlTransaction) -> None:
            put(f"{number:02}")(tx)
            if number % 10 == 3:
                raise Refused

        return do

    answers = await asyncio.gather(*(database.run(work(n)) for n in range(50)), return_exceptions=True)
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Refused)] == [3, 13, 23, 33, 43]
    assert await keys_in(database) == [f"{n:02}" for n in range(50) if n % 10 != 3]


async def test_numbers_are_given_once_however_many_ask(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    numbers = await asyncio.gather(*(database.run(lambda tx: tx.pilots.next_number(ward.pilot.id)) for _ in range(40)))
    assert sorted(numbers) == list(range(1, 41))


async def test_reading_does_not_wait_for_a_writer(database: SqlDatabase) -> None:
    await database.run(put("before"))
    go = threading.Event()

    def hold(tx: SqlTransaction) -> None:
        put("during")(tx)
        assert go.wait(10)

    writing = asyncio.create_task(database.run(hold))
    try:
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            counts = await asyncio.gather(
                *(database.read(lambda tx: tx.agenda.overdue(datetime.max.replace(tzinfo=UTC))) for _ in range(9))
            )
        assert set(counts) == {1}
    finally:
        go.set()
        await writing
    assert await keys_in(database) == ["before", "during"]


async def test_a_reader_cannot_write(database: SqlDatabase) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await database.read(put("smuggled"))
    assert await keys_in(database) == []


async def test_a_caller_that_gave_up_does_not_disturb_the_others(database: SqlDatabase) -> None:
    started, go = threading.Event(), threading.Event()

    def hold(tx: SqlTransaction) -> None:
        started.set()
        assert go.wait(10)
        put("of the one that left")(tx)

    leaving = asyncio.create_task(database.run(hold))
    await asyncio.to_thread(started.wait, 10)
    leaving.cancel()
    go.set()
    await database.run(put("of the one that stayed"))
    await database.run(lambda _: None)
    assert await keys_in(database) == ["of the one that left", "of the one that stayed"]


async def test_closing_finishes_what_was_accepted(database_url: str, keys: KeyRing) -> None:
    database = open_database(database_url, keys)
    works = [asyncio.create_task(database.run(put(f"{n:02}"))) for n in range(30)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    await asyncio.gather(*works)
    with pytest.raises(Unavailable):
        await database.run(put("late"))
    with pytest.raises(Unavailable):
        await database.read(lambda _: None)
    again = open_database(database_url, keys)
    assert len(await keys_in(again)) == 30
    await again.close()


async def test_a_commit_that_posted_something_wakes_the_courier(database: SqlDatabase) -> None:
    woken = asyncio.Event()
    stop = database.on_outbox(woken.set)

    def post(tx: SqlTransaction) -> None:
        tx.outbox.post(builders.person().address, builders.card(), NOON, key="k")

    def post_and_fail(tx: SqlTransaction) -> None:
        post(tx)
        raise Refused

    await database.run(put("nothing to send"))
    with pytest.raises(Refused):
        await database.run(post_and_fail)
    await asyncio.sleep(0.01)
    assert not woken.is_set()
    await database.run(post)
    await asyncio.wait_for(woken.wait(), 2)
    woken.clear()
    stop()
    await database.run(lambda tx: tx.outbox.post(builders.person().address, builders.card(), NOON, key="k2"))
    await asyncio.sleep(0.01)
    assert not woken.is_set()


async def test_the_clock_is_utc(database: SqlDatabase) -> None:
    now = await database.now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


# -- SQLite


async def test_a_lock_held_too_long_is_unavailable_and_passes(sqlite_url: str, keys: KeyRing) -> None:
    database = open_database(sqlite_url, keys, busy_timeout=MOMENT)
    with locked(sqlite_url):
        answers = await asyncio.gather(*(database.run(put(str(n))) for n in range(5)), return_exceptions=True)
        assert all(isinstance(answer, Unavailable) for answer in answers)
        assert await database.read(lambda tx: tx.agenda.next_due()) is None
    await database.run(put("after"))
    assert await keys_in(database) == ["after"]
    await database.close()


async def test_a_short_lock_is_waited_for(sqlite: SqlDatabase, sqlite_url: str) -> None:
    with locked(sqlite_url) as other:
        writing = asyncio.create_task(sqlite.run(put("patient")))
        await asyncio.sleep(0.1)
        other.execute("COMMIT")
    await writing


async def test_a_full_disk_is_unavailable_leaves_nothing_half_done_and_passes(sqlite: SqlDatabase) -> None:
    def limit(pages: str) -> Callable[[SqlTransaction], None]:
        return lambda tx: tx.scope.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    def fill(tx: SqlTransaction) -> None:
        for n in range(2_000):
            put(f"{n} {'x' * 200}")(tx)

    await sqlite.run(put("before"))
    await sqlite.run(limit("1"))  # SQLite makes that as many as there are
    answers = await asyncio.gather(*(sqlite.run(fill) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers), answers
    assert await keys_in(sqlite) == ["before"]
    await sqlite.run(limit("1000000"))
    await sqlite.run(put("after"))
    assert await keys_in(sqlite) == ["after", "before"]


async def test_a_reader_that_cannot_open_the_file_is_unavailable(sqlite: SqlDatabase, sqlite_url: str) -> None:
    path = path_of(parse(sqlite_url))
    away = path.rename(path.with_suffix(".away"))
    with pytest.raises(Unavailable, match="cannot be opened"):
        await sqlite.read(lambda tx: tx.agenda.next_due())
    away.rename(path)
    assert await sqlite.read(lambda tx: tx.agenda.next_due()) is None


async def test_a_read_only_database_is_unavailable(sqlite: SqlDatabase) -> None:
    # File permissions would not stop root, as whom tests often run.
    await sqlite.run(lambda tx: tx.scope.connection.exec_driver_sql("PRAGMA query_only = 1").close())
    with pytest.raises(Unavailable, match="read-only"):
        await sqlite.run(put("late"))


async def test_a_second_process_on_the_same_file_is_refused(sqlite_url: str, keys: KeyRing) -> None:
    first = open_database(sqlite_url, keys, exclusive=True)
    with pytest.raises(Misconfigured, match=r"Another Checkback is running.* CHECKBACK_DATABASE_URL"):
        open_database(sqlite_url, keys, exclusive=True)
    open_too = open_database(sqlite_url, keys)  # a command beside the server
    await open_too.close()
    await first.close()
    again = open_database(sqlite_url, keys, exclusive=True)
    await again.close()


async def test_power_may_go_at_any_time(sqlite: SqlDatabase) -> None:
    def pragma(name: str) -> Callable[[SqlTransaction], object]:
        return lambda tx: tx.scope.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    assert [await sqlite.run(pragma(name)) for name in names] == ["wal", 2, 1, 1]


def test_what_cannot_be_opened_is_named(tmp_path: Path, keys: KeyRing) -> None:
    with pytest.raises(Misconfigured, match="checkback migrate"):
        open_database(f"sqlite:///{tmp_path}/none.db", keys)
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is no database" * 100)
    with pytest.raises(Misconfigured, match="cannot be opened"):
        open_database(f"sqlite:///{junk}", keys, exclusive=True)
    for url in ("", "sqlite://", "mysql://somewhere/db", "no url"):
        with pytest.raises(Misconfigured, match="CHECKBACK_DATABASE_URL"):
            open_database(url, keys)


# -- PostgreSQL


async def test_connections_that_were_cut_are_made_anew(postgres_url: str, keys: KeyRing) -> None:
    database = open_database(postgres_url, keys)
    await database.run(put("before"))
    await database.read(lambda tx: tx.agenda.next_due())
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'checkback'")
    await database.run(put("after"))
    assert await keys_in(database) == ["after", "before"]
    await database.close()


async def test_a_server_that_is_not_there_is_unavailable(keys: KeyRing) -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/nowhere", keys, busy_timeout=MOMENT)
    with pytest.raises(Unavailable):
        await database.run(put("lost"))
    with pytest.raises(Unavailable):
        await database.now()
    await database.close()


async def test_replicas_that_race_each_other_lose_nothing(postgres_url: str, keys: KeyRing) -> None:
    replicas = [open_database(postgres_url, keys) for _ in range(2)]
    ward = await replicas[0].run(builders.seed)

    def report(tx: SqlTransaction) -> int:
        number = tx.pilots.next_number(ward.pilot.id)
        tx.issues.add(ward.issue(number=number))
        return number

    began = time.perf_counter()
    numbers = await asyncio.gather(*(replicas[n % 2].run(report) for n in range(60)))
    print(f"60 racing reports on two replicas in {time.perf_counter() - began:.2f} s")  # noqa: T201 - a figure
    assert sorted(numbers) == list(range(1, 61))
    for replica in replicas:
        await replica.close()


async def test_due_work_that_another_replica_holds_is_left_out(postgres_url: str, keys: KeyRing) -> None:
    one, other = (open_database(postgres_url, keys) for _ in range(2))
    await one.run(lambda tx: [put(key)(tx) for key in ("a", "b")])
    held, go = threading.Event(), threading.Event()

    def hold(tx: SqlTransaction) -> list[str]:
        found = [due.key for due in tx.agenda.due(NOON, 1)]
        held.set()
        assert go.wait(10)
        return found

    holding = asyncio.create_task(one.run(hold))
    await asyncio.to_thread(held.wait, 10)
    assert await keys_in(other) == ["b"]
    go.set()
    assert await holding == ["a"]
    await one.close()
    await other.close()
