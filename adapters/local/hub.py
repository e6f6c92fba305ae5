"""Tells open pages that something changed; what it is they read from the feed, so nothing lives here alone."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from bot.model import MessageRef

QUEUE = 256  # changes that a browser may be behind before it is dropped; it comes back and reads everything anew

What = Literal["posted", "edited", "moved", "emptied"]


@dataclass(frozen=True, slots=True)
class Change:
    """`posted` and `edited` name a message; `moved` (the clock) and `emptied` (everything began anew) do not."""

    mark: str
    what: What
    message: MessageRef | None = None


@dataclass(eq=False, slots=True)
class Listener:
    """One open page and what it has not read yet. None in the queue: good-bye."""

    queue: asyncio.Queue[Change | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))

    async def changes(self, idle: float) -> AsyncIterator[Change | None]:
        """Each change as it comes, None after `idle` seconds without one; ends when this page is dropped."""
        while True:
            try:
                async with asyncio.timeout(idle):
                    change = await self.queue.get()
            except TimeoutError:
                yield None
                continue
            if change is None:
                return
            yield change

    def drop(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """Of the pages that this process serves; what other replicas write it is told as well."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._boot = secrets.token_hex(4)
        self._n = 0

    @property
    def mark(self) -> str:
        """How far things are: a page that carries this mark has missed nothing."""
        return f"{self._boot}.{self._n}"

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def tell(self, what: What, message: MessageRef | None = None) -> None:
        self._n += 1
        change = Change(self.mark, what, message)
        for listener in tuple(self._listeners):
            if listener.queue.full():
                self._drop(listener)
            else:
                listener.queue.put_nowait(change)

    def renew(self) -> None:
        """Nobody knows what was missed: each page comes back, and reads everything anew."""
        self._n += 1
        self.close()

    def close(self) -> None:
        """End every open stream, so that a server that is shutting down need not wait for them."""
        for listener in tuple(self._listeners):
            self._drop(listener)

    def _drop(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        listener.drop()
