"""The outgoing heartbeat: a monitor outside hears from us while all is well, and alarms when it no longer does."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

log = structlog.get_logger()

EVERY = timedelta(seconds=60)
PATIENCE = 10.0  # seconds

Well = Callable[[], Awaitable[bool]]


class Heartbeat:
    """Silence is the message: nothing is sent while anything is wrong."""

    def __init__(self, session: ClientSession, url: str, every: timedelta = EVERY) -> None:
        self._session = session
        self._url = url
        self._every = every.total_seconds()

    async def run(self, well: Well) -> None:
        """Until cancelled, whatever goes wrong."""
        while True:
            try:
                await self._beat(well)
            except Exception:
                log.exception("heartbeat failed")
            await asyncio.sleep(self._every)

    async def _beat(self, well: Well) -> None:
        if not await well():
            log.warning("heartbeat withheld")
            return
        try:
            status = await self._send()
        except (ClientError, TimeoutError) as lost:  # by its name alone: the address may be a secret
            log.warning("heartbeat not heard", why=type(lost).__name__)
            return
        if status >= 300:  # noqa: PLR2004 - HTTP: anything but taken
            log.warning("heartbeat not heard", why=f"HTTP {status}")

    async def _send(self) -> int:
        timeout = ClientTimeout(total=PATIENCE)
        async with self._session.get(self._url, timeout=timeout, allow_redirects=False) as answer:
            return answer.status
