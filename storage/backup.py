"""A SQLite database kept whole in one file while it is served, and put back from it."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, case, create_engine, func, or_, text, update
from sqlalchemy.pool import NullPool

from bot.errors import Misconfigured
from bot.ports import NoticeState, Verdict
from storage import chain
from storage.demo import is_demo
from storage.engine import open_database, parse, path_of
from storage.lockfile import LockFile
from storage.meta import check_secret
from storage.migrate import State, migrate, state
from storage.scope import Scope, mine
from storage.seal import KeyRing
from storage.tables import OPEN, OutboxRow, table_of

PAGES = 4_096  # copied at a time
PATIENCE = 5.0  # seconds
TENANT = "main"

_BACK_UP_POSTGRESQL = (
    "PostgreSQL is backed up by its own tool, also while Checkback is serving: pg_dump --format=custom --file={} {}"
)
_RESTORE_POSTGRESQL = (
    "PostgreSQL is restored by its own tool, while no Checkback is running on it: pg_restore --clean --dbname={1} {0}"
)
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version' "
    "ORDER BY name"
)
_BESIDE = (
    "-wal",
    "-shm",
    "-journal",
)  # next to a file SQLite takes them for its own

_OUTBOX = table_of(OutboxRow)
_NOW = bindparam("now", type_=_OUTBOX.c.release_at.type)
_BEGUN = case((_OUTBOX.c.state == NoticeState.SENDING, _OUTBOX.c.intent_at))
_DOUBT = (  # drawing a card anew is the same done twice, and what is kept for later was not sent before
    update(_OUTBOX)
    .where(mine(_OUTBOX), text(OPEN), ~_OUTBOX.c.redraws)
    .where(or_(_OUTBOX.c.release_at.is_(None), _OUTBOX.c.release_at <= _NOW))
    .values(doubted_since=func.coalesce(_OUTBOX.c.doubted_since, _BEGUN, _OUTBOX.c.created_at))
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in a backup."""

    rows: Mapping[str, int]  # of each table
    verdict: Verdict  # on its audit


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where that lies which stood there before."""

    kept: Kept
    doubted: int  # notices that may have been sent since: they are looked up before they are sent
    before: Path | None


def backup(url: str, file: Path, keys: KeyRing) -> Kept:
    """Into a file that is there whole and verified, or not at all. Nobody who works on the database is held up."""
    path = _sqlite_file(url, _BACK_UP_POSTGRESQL, file)
    found = state(url)
    if found is State.EMPTY:
        raise Misconfigured(f"There is nothing to back up: {path} has no tables of Checkback.")
    if found is State.AHEAD:
        raise Misconfigured(f"{path} is newer than this Checkback: back it up with the newer one.")
    if found is State.CURRENT:  # an older one is checked by its audit alone: it is backed up before it is migrated
        asyncio.run(_check(url, keys))
    if os.path.lexists(file):
        raise _taken(file)
    with _spelt_out(file), _fresh(file) as fresh:
        rows = _copied(path, fresh, "rw")
        kept = _examined(fresh, path, keys)
        if kept.rows != rows:
            raise Misconfigured(f"{path} was not copied whole: there is no backup. Try again.")
        _place(fresh, file)
    return kept


def restore(url: str, file: Path, keys: KeyRing, now: datetime) -> Restored:
    """Put a backup where the database is, which is kept beside it.

    Never under a running Checkback: it would settle by their numbers notices that are others by then.
    """
    path = _sqlite_file(url, _RESTORE_POSTGRESQL, file)
    if not file.is_file():
        raise Misconfigured(f"There is no backup at {file}.")
    with _spelt_out(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path), _fresh(path) as fresh:
            _copied(file, fresh, "ro")
            _bring_up(fresh, file)
            kept = _examined(fresh, file, keys)
            doubted = asyncio.run(_readied(fresh, keys, now))
            _sync(fresh)
            before = _put_aside(path, now)
            fresh.replace(path)
            _sync(path.parent)
    return Restored(kept, doubted, before)


def _sqlite_file(url: str, otherwise: str, file: Path) -> Path:
    known = parse(url)
    if known.get_backend_name() != "sqlite":
        plain = known.set(drivername="postgresql").render_as_string(hide_password=True)
        raise Misconfigured(otherwise.format(file, plain))
    return path_of(known)


# -- the copy
def _copied(path: Path, fresh: Path, mode: str) -> dict[str, int]:
    """All pages as they stood at one moment, and how many rows of each table there were then."""
    try:
        with closing(_connect(path, mode)) as source, closing(_connect(fresh, "rw")) as target:
            target.execute("PRAGMA synchronous=OFF")  # it is synced once, when it is whole
            source.execute("BEGIN")  # from the first read on this connection sees nothing of what others write
            rows = _rows(source)
            source.backup(target, pages=PAGES)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, and no log beside it
            return rows
    except sqlite3.Error as error:
        raise Misconfigured(f"{path} cannot be copied: {error}.") from error


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    tables = [name for (name,) in connection.execute(_TABLES)]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608 - of the file itself


def _examined(fresh: Path, whose: Path, keys: KeyRing) -> Kept:
    """SQLite looks through every page, and the audit's chain is walked."""
    with closing(_connect(fresh, "ro")) as raw:
        try:
            sound = raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = _rows(raw)
        except sqlite3.DatabaseError:
            sound = False
    if not sound:
        raise Misconfigured(f"{whose} is damaged. Restore an older backup.")
    engine = create_engine("sqlite://", creator=lambda: _connect(fresh, "ro"), poolclass=NullPool)
    with engine.connect() as connection:
        return Kept(rows, _verdict(connection, keys))


def _verdict(connection: Connection, keys: KeyRing) -> Verdict:
    return chain.verify(Scope(connection, TENANT, keys))


async def _check(url: str, keys: KeyRing) -> None:
    database = open_database(url, keys)
    try:
        if await is_demo(database):
            raise Misconfigured("This is the demo's database: its people are made up, and it is not backed up.")
        await check_secret(database)
    finally:
        await database.close()


# -- putting it back
def _bring_up(fresh: Path, file: Path) -> None:
    """The copy; the backup itself stays as it is."""
    match state(f"sqlite:///{fresh}"):
        case State.EMPTY:
            raise Misconfigured(f"{file} is no backup of Checkback.")
        case State.AHEAD:
            raise Misconfigured(f"{file} is of a newer Checkback: restore it with that one.")
        case State.BEHIND:
            migrate(f"sqlite:///{fresh}")


async def _readied(fresh: Path, keys: KeyRing, now: datetime) -> int:
    """What was still to be sent may have been sent since: whoever sends it looks for it first. How many there are."""
    database = open_database(f"sqlite:///{fresh}", keys)
    try:
        if await is_demo(database):
            raise Misconfigured("This is a backup of the demo: its people are made up, and it is not restored.")
        await check_secret(database)
        return await database.run(lambda tx: tx.scope.change(_DOUBT, now=now))
    finally:
        await database.close()


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Under another name as well, so that there is never a moment without a database: `serve` would make a new one."""
    before = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    _fold(path)
    for tail in _BESIDE:  # of a file so damaged that its log could not be folded into it
        left = path.with_name(path.name + tail)
        if left.exists():
            left.rename(before.with_name(before.name + tail))
    if not path.exists():
        return None
    _place(path, before)
    return before


def _fold(path: Path) -> None:
    """Its log goes into it and away, which SQLite does only where nobody else has it open."""
    if not path.exists():
        return
    try:
        with closing(_connect(path, "rw")) as raw:
            raw.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Misconfigured(f"Another command is at work on {path}. Wait for its end, then restore.") from error
    except sqlite3.DatabaseError:
        return  # damaged: it is kept as it is


# -- files
def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=PATIENCE)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = LockFile(path)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _fresh(file: Path) -> Iterator[Path]:
    """A file beside it that nobody else may read. What is left of it at the end is taken away."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for tail in ("", *_BESIDE):
            Path(name + tail).unlink(missing_ok=True)


def _place(whole: Path, file: Path) -> None:
    """Give it that name too, at once; whatever has the name already keeps it."""
    _sync(whole)
    try:
        os.link(whole, file)
    except FileExistsError:
        raise _taken(file) from None
    except OSError:  # this file system knows no second names
        _copy(whole, file)
    _sync(file.parent)


def _copy(whole: Path, file: Path) -> None:
    with _fresh(file) as other:
        shutil.copyfile(whole, other)
        _sync(other)
        if file.exists():
            raise _taken(file)
        other.rename(file)


def _taken(file: Path) -> Misconfigured:
    return Misconfigured(f"{file} is there already, and is left as it is. Choose another name.")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _spelt_out(file: Path) -> Iterator[None]:
    """What the system says about the files, as a sentence."""
    try:
        yield
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written ({error.strerror}). Make its folder writable.") from error
