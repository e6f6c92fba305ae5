"""Work that goes on after its request was answered: kept hold of, so that a stop waits for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()
T = TypeVar("T")


class Errands:
    """Under way in this process."""

    def __init__(self) -> None:
        self.under_way: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self.under_way.add(task)
        task.add_done_callback(self._done)
        return task

    async def done(self, within: float) -> None:
        """Until nothing is under way any more, or for so many seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while self.under_way and loop.time() < until:
            await asyncio.wait(set(self.under_way), timeout=until - loop.time())
        for task in self.under_way:
            task.cancel()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("an errand failed", exc_info=error)
