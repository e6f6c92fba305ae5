"""Time that passes faster: an event loop whose seconds are shorter, so that half an hour of pauses fits into a test.

What waits by the loop is hurried, real work is not: a share of the time that was measured so is on the careful side.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from typing_extensions import override

T = TypeVar("T")


class _Selector(selectors.SelectSelector):  # epoll rounds up to a millisecond, which is long here
    def __init__(self, times: float) -> None:
        super().__init__()
        self._times = times

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout if timeout is None else timeout / self._times)


class HurriedLoop(asyncio.SelectorEventLoop):
    def __init__(self, times: float) -> None:
        super().__init__(_Selector(times))
        self._times = times

    @override
    def time(self) -> float:
        return time.monotonic() * self._times


class HurriedClock:
    """`bot.ports.Clock` that goes with the loop in which it is made."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime.now(UTC)
        self._loop = asyncio.get_running_loop()
        self._from = self._loop.time()

    def read(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time() - self._from)

    async def now(self) -> datetime:
        return self.read()


def hurried(times: float, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it where `times` seconds pass in one."""
    with asyncio.Runner(loop_factory=lambda: HurriedLoop(times)) as runner:
        return runner.run(main())
