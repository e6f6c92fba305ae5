"""SQLite: one writer thread whose waiting works share a commit, and readers that never wait for it."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from typing_extensions import override

from bot.errors import Misconfigured, Unavailable
from storage.database import SqlDatabase, carried
from storage.lockfile import LockFile
from storage.seal import KeyRing
from storage.transaction import SqlTransaction

T = TypeVar("T")
BATCH = 64  # works that share a commit at most: the last of them must not wait for long
READERS = 4

# By SQLite's primary result code: what passes, or is for the operator to mend. Anything else is a mistake of ours.
_TROUBLE = {
    sqlite3.SQLITE_BUSY: "the database is locked by another process",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database file is read-only",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged: restore it from a backup",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
}


def _told(error: BaseException) -> BaseException:
    """`Unavailable` where the database could not, the error itself where the work was wrong."""
    sentence = _TROUBLE.get(_code(error))
    if sentence is None:
        return error
    told = Unavailable(sentence)
    told.__cause__ = error
    return told


def _code(error: BaseException) -> int:
    """SQLite's primary result code, 0 where it has none."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code: int = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF


def _connect(path: Path, mode: str, busy_timeout: timedelta) -> sqlite3.Connection:
    """`isolation_level=None`: the driver begins and commits nothing on its own."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=busy_timeout.total_seconds(),
        cached_statements=256,
    )


def _core(raw: sqlite3.Connection) -> Connection:
    """SQLAlchemy's face of a connection whose transactions are ours to begin and end."""
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _close(connection: Connection) -> None:
    connection.close()
    connection.engine.dispose()


@dataclass(slots=True)
class _Job:
    """A work on its way through the writer, and what came of it."""

    work: Callable[[SqlTransaction], Any]
    answer: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        if self.answer.done():  # the caller has gone; what was committed stays
            return
        if self.error is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.error)


class SqliteDatabase(SqlDatabase):
    """One file, one process (see `LockFile`), one writer."""

    def __init__(
        self, path: Path, keys: KeyRing, tenant: str, *, exclusive: bool = False, busy_timeout: timedelta
    ) -> None:
        super().__init__(keys, tenant)
        if not path.is_file():
            raise Misconfigured(f"There is no database at {path}. Make it with: checkback migrate")
        self._path, self._patience = path, busy_timeout
        self._lock = LockFile(path) if exclusive else None
        self._raw = self._open_writer()
        self._connection = _core(self._raw)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()  # nothing is queued behind the order to stop
        self._readers = ThreadPoolExecutor(READERS, "checkback-reader")
        self._idle: queue.LifoQueue[tuple[sqlite3.Connection, Connection]] = queue.LifoQueue()
        self._writer = threading.Thread(target=self._serve, name="checkback-writer", daemon=True)
        self._writer.start()

    @override
    async def run(self, work: Callable[[SqlTransaction], T]) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        with self._gate:
            if self._closed:
                raise Unavailable("the database is closed")
            self._jobs.put(_Job(work, answer, loop))
        return await answer

    @override
    async def read(self, work: Callable[[SqlTransaction], T]) -> T:
        if self._closed:
            raise Unavailable("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    @override
    async def now(self) -> datetime:
        return datetime.now(UTC)

    @override
    async def close(self) -> None:
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        self._writer.join()
        self._readers.shutdown()
        while not self._idle.empty():
            _close(self._idle.get()[1])
        _close(self._connection)  # the last one: SQLite folds the log into the file
        if self._lock:
            self._lock.release()

    # -- the writer's thread
    def _open_writer(self) -> sqlite3.Connection:
        raw = _connect(self._path, "rw", self._patience)
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")  # NORMAL loses acknowledged reports when the power goes
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute("PRAGMA secure_delete=ON")  # an identity that is destroyed is gone from the file
            raw.execute("PRAGMA cache_size=-16000")
        except sqlite3.Error as error:
            raw.close()
            if self._lock:
                self._lock.release()
            raise Misconfigured(f"The database {self._path} cannot be opened: {error}.") from error
        return raw

    def _serve(self) -> None:
        while jobs := self._waiting():
            self._commit(jobs)

    def _waiting(self) -> list[_Job]:
        """The next work and those that already stand behind it; none when it is time to stop."""
        job = self._jobs.get()
        jobs: list[_Job] = []
        while job is not None:
            jobs.append(job)
            if len(jobs) == BATCH or self._jobs.empty():
                return jobs
            job = self._jobs.get()
        self._jobs.put(None)  # for the next call
        return jobs

    def _commit(self, jobs: list[_Job]) -> None:
        """One commit for all; each is answered only after it, with what came of its own work."""
        posted = False
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            for job in jobs:
                posted |= self._attempt(job)
            self._raw.execute("COMMIT")
        except (sqlite3.Error, Unavailable) as error:
            with suppress(sqlite3.Error):
                self._raw.execute("ROLLBACK")
            posted = False
            for job in jobs:
                job.error = job.error or Unavailable(str(_told(error)))
        if posted:
            self._wake()
        _answer(jobs)

    def _attempt(self, job: _Job) -> bool:
        """Do one work in a savepoint of its own; whether it put something into the outbox."""
        self._raw.execute("SAVEPOINT work")
        transaction = self._begin(self._connection, self._raw)
        try:
            job.result = carried(partial(job.work, transaction))
        except BaseException as error:  # whatever it is, it belongs to the caller, not to this thread
            job.error = _told(error)
            if not self._raw.in_transaction:  # SQLite gave the whole of it up, as it may when the disk is full
                raise Unavailable(str(job.error)) from error
            self._raw.execute("ROLLBACK TO work")
        self._raw.execute("RELEASE work")
        return job.error is None and bool(transaction.scope.posted)

    # -- the readers' threads
    def _read(self, work: Callable[[SqlTransaction], T]) -> T:
        try:
            with self._reader() as (raw, connection):
                raw.execute("BEGIN")
                return carried(partial(work, self._begin(connection, raw)))
        except (sqlite3.Error, DBAPIError) as error:
            if _code(error) == sqlite3.SQLITE_READONLY:  # a work that should have been run
                raise
            raise _told(error) from error

    @contextmanager
    def _reader(self) -> Iterator[tuple[sqlite3.Connection, Connection]]:
        """A connection that no other thread uses, kept for the next who needs one."""
        try:
            raw, connection = self._idle.get_nowait()
        except queue.Empty:
            raw = _connect(self._path, "ro", self._patience)
            connection = _core(raw)
        try:
            yield raw, connection
        finally:
            with suppress(sqlite3.Error):
                raw.execute("ROLLBACK")
            self._idle.put((raw, connection))


def _answer(jobs: list[_Job]) -> None:
    """One call into each loop, however many wait there."""
    for loop in {job.loop for job in jobs}:
        ours = [job for job in jobs if job.loop is loop]
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_tell, ours)


def _tell(jobs: list[_Job]) -> None:
    for job in jobs:
        job.tell()
