"""What a report costs: the whole path to its receipt, beside the same rows written by the bare SQLite driver.

The path is `Desk.line("report …")` on a migrated, seeded file: parse, permission, duplicate guard, issue, history,
steps, agenda, audit, every notice, sealed, one durable commit. The driver writes as many rows with values of the same
sizes, read from what one such report left in the tables, in one thread with the same pragmas and one commit a report.
Its values are made beforehand, so that it is charged with nothing but writing.
"""

import asyncio
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from typing_extensions import override

from benchmarks.table import Row, show
from bot import hospital
from bot.app import DatabaseClock
from bot.desk import Desk
from bot.model import Address
from storage.database import SqlDatabase
from storage.engine import open_database
from storage.migrate import migrate
from storage.seal import KeyRing

REPORTS = 50  # in a round
ROUNDS = 30  # of the path and the driver in turns: whatever else the machine does meets both alike; medians count
CALLERS = (1, 16, 64)
MOST_TIMES = 5.0
MOST_MS = 250.0
KEYS = KeyRing(["an invented secret for measuring only"])
NURSE = Address(hospital.PLATFORM, "person", "maya-sample")
SYLLABLES = ("ba", "co", "di", "fu", "ge", "lo", "ma", "ni", "pu", "re", "sa", "to")
COUNTED_UP = {"audit", "feed", "happening", "outbox"}  # SQLite gives these their ids

Cell = int | float | str | bytes | None
Tables = dict[str, dict[int, dict[str, Cell]]]  # table -> rowid -> the row
_gestures = count()
_dice = random.Random(7)


def _words() -> str:
    """A report of ordinary length in words of nobody's language: the same one again would be asked about."""
    made = ("".join(_dice.choices(SYLLABLES, k=_dice.randint(2, 4))) for _ in range(12))
    return f"report {' '.join(made)}"


@dataclass(frozen=True, slots=True)
class Written:
    """What one report wrote: the rows that are new, and how many that it changed in place."""

    new: list[tuple[str, dict[str, Cell]]]
    changed: list[str]
    issue: int

    @override
    def __str__(self) -> str:
        tables = len({table for table, _ in self.new} | set(self.changed))
        return f"{len(self.new) + len(self.changed)} rows in {tables} tables"


def main() -> bool:
    """Measure and print; whether every aim was met."""
    with tempfile.TemporaryDirectory(prefix="checkback-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> bool:
    written = await _written_by_one(folder / "one.db")
    path, driver = await _cpu_of_both(folder, written)
    times = median(ours / bare for ours, bare in zip(path, driver, strict=True))
    rows = [
        Row("CPU of the path", f"{median(path):.3f} ms a report"),
        Row(f"CPU of the driver, {written}", f"{median(driver):.3f} ms a report"),
        Row("path : driver", f"{times:.1f} times", f"at most {MOST_TIMES:g} times", met=times <= MOST_TIMES),
    ]
    for callers in CALLERS:
        took = await _latencies(folder / f"callers{callers}.db", callers)
        p50, p99, most = median(took), quantiles(took, n=100)[98], max(took)
        figures = f"p50 {p50:5.1f}  p99 {p99:5.1f}  most {most:5.1f} ms"
        rows.append(Row(f"{callers} at once", figures, f"none over {MOST_MS:g} ms", met=most <= MOST_MS))
    return show("ack: from the words to the receipt, kept for good", rows)


# ------------------------------------------------------------------------------------------------- the report path


@asynccontextmanager
async def _hospital(path: Path) -> AsyncIterator[SqlDatabase]:
    """A migrated and seeded database of its own."""
    await asyncio.to_thread(migrate, f"sqlite:///{path}")
    database = open_database(f"sqlite:///{path}", KEYS)
    try:
        await database.run(hospital.seed)
        yield database
    finally:
        await database.close()


async def _report(desk: Desk) -> None:
    reply = await desk.line(NURSE, _words(), key=f"gesture {next(_gestures)}")
    if not reply.kept:
        message = f"the report was not taken: {reply.card}"
        raise RuntimeError(message)


async def _cpu_of_both(folder: Path, written: Written) -> tuple[list[float], list[float]]:
    """Milliseconds of the whole process for a report, by the path and by the driver, of each round."""
    path, driver = [], []
    async with _hospital(folder / "path.db") as database, _bare(folder / "driver.db") as bare:
        desk = Desk(database, DatabaseClock(database), KEYS)
        await _report(desk)
        for n in range(ROUNDS):
            reports = [list(_statements(written, n * REPORTS + each)) for each in range(REPORTS)]
            before = time.process_time()
            for _ in range(REPORTS):
                await _report(desk)
            between = time.process_time()
            for report in reports:
                _write(bare, report)
            path.append((between - before) * 1000 / REPORTS)
            driver.append((time.process_time() - between) * 1000 / REPORTS)
    return path, driver


async def _latencies(path: Path, callers: int) -> list[float]:
    """Milliseconds that each of a thousand reports took, as its caller sees it."""
    took: list[float] = []

    async def caller(desk: Desk) -> None:
        for _ in range(1_000 // callers):
            before = time.perf_counter()
            await _report(desk)
            took.append((time.perf_counter() - before) * 1000)

    async with _hospital(path) as database:
        desk = Desk(database, DatabaseClock(database), KEYS)
        await _report(desk)
        await asyncio.gather(*(caller(desk) for _ in range(callers)))
    return took


# ------------------------------------------------------------------------------------------------- the bare driver


async def _written_by_one(path: Path) -> Written:
    async with _hospital(path) as database:
        desk = Desk(database, DatabaseClock(database), KEYS)
        await _report(desk)
        before = _tables(path)
        await _report(desk)
        after = _tables(path)
    new = [(table, row) for table, rows in after.items() for at, row in rows.items() if at not in before[table]]
    changed = [table for table, rows in after.items() for at, row in rows.items() if row != before[table].get(at, row)]
    if changed != ["pilot"]:
        message = f"the driver's part knows of one changed row, the pilot's count of issues, not {changed}"
        raise RuntimeError(message)
    issue = next(row["id"] for table, row in new if table == "issue")
    assert isinstance(issue, int)  # noqa: S101 - tells the type checker
    return Written(sorted(new, key=lambda each: each[0] != "issue"), changed, issue)


def _tables(path: Path) -> Tables:
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        names = [row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: {row["line"]: dict(row) for row in db.execute(f'SELECT rowid AS line, * FROM "{name}"')}  # noqa: S608
            for name in names
        }


@asynccontextmanager
async def _bare(path: Path) -> AsyncIterator[sqlite3.Connection]:
    async with _hospital(path):
        pass
    with closing(sqlite3.connect(path, isolation_level=None, cached_statements=256)) as bare:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            bare.execute(f"PRAGMA {pragma}")
        yield bare


def _write(db: sqlite3.Connection, report: list[tuple[str, tuple[Cell, ...]]]) -> None:
    db.execute("BEGIN IMMEDIATE")
    for statement, values in report:
        db.execute(statement, values)
    db.execute("COMMIT")


def _statements(written: Written, n: int) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """The same rows for another issue, the `n`th: other ids, and other bytes of the same length."""
    issue = random.getrandbits(62) | 1 << 61
    yield "UPDATE pilot SET last_number = last_number + 1", ()
    for table, template in written.new:
        row = {column: _other(value, written.issue, issue) for column, value in template.items() if column != "line"}
        if table in COUNTED_UP:
            del row["id"]
        if table == "issue":
            row["number"] = n + 1
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        yield f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values())  # noqa: S608 - our own names


def _other(value: Cell, old: int, new: int) -> Cell:
    if isinstance(value, bytes):
        return os.urandom(len(value))
    if isinstance(value, str):
        return value.replace(str(old), str(new))
    return new if value == old else value
