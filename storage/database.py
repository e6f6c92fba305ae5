"""What both databases share: whose rows they hold, and who is woken when something waits to be sent."""

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from storage.scope import Scope
from storage.seal import KeyRing
from storage.transaction import SqlTransaction

T = TypeVar("T")
Callback = Callable[[], None]


def carried(call: Callable[[], T]) -> T:
    """What the call comes to, as a future can carry it: one that is given a StopIteration is never done."""
    try:
        return call()
    except StopIteration as error:
        raise RuntimeError("a work raised StopIteration") from error


class SqlDatabase(ABC):
    """`bot.ports.Database` in SQL. Its two kinds are made by `storage.engine.open_database`."""

    def __init__(self, keys: KeyRing, tenant: str) -> None:
        self.keys = keys
        self.tenant = tenant
        self._woken: dict[Callback, asyncio.AbstractEventLoop] = {}

    @abstractmethod
    async def run(self, work: Callable[[SqlTransaction], T]) -> T: ...

    @abstractmethod
    async def read(self, work: Callable[[SqlTransaction], T]) -> T: ...

    @abstractmethod
    async def now(self) -> datetime: ...

    @abstractmethod
    async def close(self) -> None:
        """Finish what was accepted, then let go of the database."""

    def on_outbox(self, callback: Callback) -> Callback:
        """Call `callback`, in the loop that runs now, after each commit that put something into the outbox.

        What this returns stops it.
        """
        self._woken[callback] = asyncio.get_running_loop()

        def stop() -> None:
            self._woken.pop(callback, None)

        return stop

    def _begin(self, connection: Connection, raw: sqlite3.Connection | None = None) -> SqlTransaction:
        return SqlTransaction(Scope(connection, self.tenant, self.keys, raw))

    def _wake(self) -> None:
        """From any thread."""
        for callback, loop in list(self._woken.items()):
            with suppress(RuntimeError):  # that loop is closed: nobody is left to wake
                loop.call_soon_threadsafe(callback)
