"""A desk that takes reports one after the other and dies within a commit: a moment after it has been asked for.

    DATABASE_URL --after N --then MICROSECONDS

What was acknowledged is printed, a line each, as soon as it was.
"""

import argparse
import asyncio
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, event

from bot import hospital
from bot.app import DatabaseClock
from bot.desk import Desk
from bot.model import Address
from storage.engine import open_database
from storage.seal import KeyRing
from storage.sqlite import SqliteDatabase
from tests.faults.courier import SECRET_KEY

REPORTERS = ("maya-sample", "ada-fable", "ana-fable", "ben-storybook")


class Doom:
    """At the commit of that number the process is killed, so many microseconds after it began."""

    def __init__(self, after: int, then: int) -> None:
        self._left = after
        self._then = then / 1_000_000

    def committing(self) -> None:
        self._left -= 1
        if self._left == 0:
            threading.Thread(target=self._strike, daemon=True).start()

    def _strike(self) -> None:
        end = time.perf_counter() + self._then
        while time.perf_counter() < end:
            pass
        os.kill(os.getpid(), signal.SIGKILL)


class _Watched:
    """SQLite's connection, which tells when it is asked to commit."""

    def __init__(self, raw: sqlite3.Connection, told: Callable[[], None]) -> None:
        self._raw = raw
        self._told = told

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - the driver's own
        if statement == "COMMIT":
            self._told()
        return self._raw.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever it is
        return getattr(self._raw, name)


async def work(url: str, doom: Doom) -> None:
    database = open_database(url, KeyRing([SECRET_KEY]), exclusive=True)
    if isinstance(database, SqliteDatabase):
        database._raw = _Watched(database._raw, doom.committing)  # type: ignore[assignment]  # noqa: SLF001 - from within
    else:
        event.listen(Engine, "commit", lambda _: doom.committing())
    desk = Desk(database, DatabaseClock(database), database.keys)

    async def reports(who: str) -> None:
        while True:
            gesture = str(uuid4())
            words = f"report the scanner is stuck, {gesture}"
            reply = await desk.line(Address(hospital.PLATFORM, "person", who), words, key=gesture)
            if reply.kept:
                os.write(1, f"{gesture}\n".encode())

    await asyncio.gather(*map(reports, REPORTERS))


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--after", type=int, required=True)
    parser.add_argument("--then", type=int, required=True)
    given = parser.parse_args(arguments)
    asyncio.run(work(given.url, Doom(given.after, given.then)))
