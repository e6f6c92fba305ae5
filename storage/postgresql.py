"""PostgreSQL: a pool of threads, serialisable transactions, and a second try for those that lost a race."""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from typing_extensions import override

from bot.errors import Unavailable
from storage import jobs
from storage.database import SqlDatabase, carried
from storage.seal import KeyRing
from storage.transaction import SqlTransaction

T = TypeVar("T")
WRITERS = 8
READERS = 4
CONNECTIONS = WRITERS + READERS + 1  # and one to wait for one's turn on
TRIES = 10
CALM = 1.0  # seconds without a race after which nobody waits for a turn any more
_LET_PAST = 0.5  # seconds that a new work waits, so that it does not beat one that is repeated
_LOST_A_RACE = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_TROUBLE = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction)
_NOW = select(func.clock_timestamp())
_TURN = 0x5475726E  # "Turn"
_TAKE_TURN = text("SELECT pg_advisory_lock(:turn)")
_END_TURN = text("SELECT pg_advisory_unlock(:turn)")


def _options(busy_timeout: timedelta) -> dict[str, Any]:
    """For every connection: nothing waits for ever, neither here for the server nor there for a replica that hangs."""
    patience = int(busy_timeout.total_seconds() * 1000)
    limits = {
        "statement_timeout": 3 * patience,
        "lock_timeout": patience,
        "idle_in_transaction_session_timeout": 3 * patience,
        "timezone": "UTC",
    }
    return {
        "application_name": "checkback",
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        "connect_timeout": 5,
        "keepalives_idle": 5,  # seconds of silence after which a connection is tried, twice
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": 5_000,
    }


def _engine(url: URL, busy_timeout: timedelta) -> Engine:
    return create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=busy_timeout.total_seconds(),
        pool_recycle=1800,
        connect_args=_options(busy_timeout),
    )


class PostgresDatabase(SqlDatabase):
    """Any number of processes on one database."""

    def __init__(self, url: URL, keys: KeyRing, tenant: str, *, busy_timeout: timedelta) -> None:
        super().__init__(keys, tenant)
        self.conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.options = _options(busy_timeout)
        self._engine = _engine(url, busy_timeout)
        self._writes = self._engine.execution_options(isolation_level="SERIALIZABLE")
        self._reads = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writers = ThreadPoolExecutor(WRITERS, "checkback-writer")
        self._readers = ThreadPoolExecutor(READERS, "checkback-reader")
        self._one_at_a_time = threading.Lock()
        self._nobody_repeats = threading.Event()
        self._nobody_repeats.set()
        self._raced = -CALM
        self._closed = False

    @override
    async def run(self, work: Callable[[SqlTransaction], T]) -> T:
        return await self._on(self._writers, lambda: self._run(work))

    @override
    async def read(self, work: Callable[[SqlTransaction], T]) -> T:
        return await self._on(self._readers, lambda: self._read(lambda connection: work(self._begin(connection))))

    @override
    async def now(self) -> datetime:
        """The server's clock: replicas need not agree on theirs."""
        now: datetime = await self._on(self._readers, lambda: self._read(lambda c: c.execute(_NOW).scalar_one()))
        return now.astimezone(UTC)

    @override
    async def close(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        self._engine.dispose()

    async def _on(self, threads: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        if self._closed:
            raise Unavailable("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(threads, carried, call)

    def _run(self, work: Callable[[SqlTransaction], T]) -> T:
        """Losers of a race are repeated one after the other, in all replicas, so that they do not race again.

        After a race everybody here takes turns for a while: of many who report at once in one pilot all but one lose.
        """
        if time.monotonic() - self._raced > CALM:
            self._nobody_repeats.wait(_LET_PAST)
            try:
                return self._once(work)
            except _LostError:
                self._raced = time.monotonic()
        with self._one_at_a_time, self._turn():
            for attempt in range(1, TRIES):
                try:
                    return self._once(work)
                except _LostError:
                    self._nobody_repeats.clear()  # it was beaten twice: whatever begins now lets it past
                    time.sleep(random.uniform(0, 0.002 * 2**attempt))  # noqa: S311 - to drift apart from other replicas
        raise Unavailable(f"PostgreSQL: nothing was written in {TRIES} tries")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until no other replica repeats anything; not for ever, as it only saves tries."""
        connection = self._taken_turn()
        try:
            yield
        finally:
            self._nobody_repeats.set()
            if connection is not None:
                with suppress(DBAPIError):  # cut, so it has no turn any more
                    connection.execute(_END_TURN, {"turn": _TURN})
                connection.close()

    def _taken_turn(self) -> Connection | None:
        try:
            connection = self._alone.connect()
        except (DBAPIError, PoolTimeout):
            return None
        try:
            connection.execute(_TAKE_TURN, {"turn": _TURN})
        except DBAPIError:
            connection.invalidate()
            connection.close()
            return None
        return connection

    def _once(self, work: Callable[[SqlTransaction], T]) -> T:
        worked = False
        try:
            with self._writes.connect() as connection, connection.begin():
                transaction = self._begin(connection)
                result = work(transaction)
                if transaction.scope.posted:
                    jobs.defer(connection, self.tenant, transaction.scope.posted)
                worked = True
        except PoolTimeout as error:
            raise Unavailable("no connection to the database is free") from error
        except DBAPIError as error:
            cut_before_commit = error.connection_invalidated and not worked
            if cut_before_commit or getattr(error.orig, "sqlstate", None) in _LOST_A_RACE:
                raise _LostError from error
            raise _told(error) from error
        except psycopg.Error as error:  # as procrastinate meets them, before the commit
            if error.sqlstate in _LOST_A_RACE or isinstance(error, _TROUBLE):
                raise _LostError from error
            raise
        if transaction.scope.posted:
            self._wake()
        return result

    def _read(self, work: Callable[[Connection], T]) -> T:
        for attempt in (1, 2):
            try:
                with self._reads.connect() as connection, connection.begin():
                    return work(connection)
            except PoolTimeout as error:
                raise Unavailable("no connection to the database is free") from error
            except DBAPIError as error:
                if attempt == 1 and error.connection_invalidated:  # it was cut while it lay in the pool
                    continue
                if isinstance(error.orig, psycopg.errors.ReadOnlySqlTransaction):  # a work that should have been run
                    raise
                raise _told(error) from error
        raise Unavailable("the database cannot be reached")


class _LostError(Exception):
    """Nothing of it was committed, and the same again may succeed."""


def _told(error: DBAPIError) -> Exception:
    """`Unavailable` where the database could not, the error itself where the work was wrong."""
    if isinstance(error.orig, _TROUBLE):
        return Unavailable(f"PostgreSQL: {type(error.orig).__name__}")
    return error
