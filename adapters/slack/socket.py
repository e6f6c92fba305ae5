"""Socket Mode: we call Slack and it speaks to us over that line, so a hospital need not let anybody in."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

log = structlog.get_logger()

PING = 5.0  # seconds
AGAIN = timedelta(seconds=5)


class Socket:
    """One connection, made again whenever it is lost."""

    def __init__(self, app: AsyncApp, token: str, ping: float = PING) -> None:
        self._handler = AsyncSocketModeHandler(app, token, ping_interval=ping)
        self._connecting: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._connecting = asyncio.create_task(self._connect())

    async def well(self) -> bool:
        return await self._handler.client.is_connected()

    async def close(self) -> None:
        if self._connecting:
            self._connecting.cancel()
            with suppress(asyncio.CancelledError):
                await self._connecting
        await self._handler.client.close()  # type: ignore[no-untyped-call]  # slack_sdk says no types here

    async def _connect(self) -> None:
        """Until it stands for the first time; from then on the handler sees to it."""
        while True:
            try:
                await self._handler.client.connect()  # type: ignore[no-untyped-call]  # as above
            except (SlackApiError, ClientError, OSError, TimeoutError) as lost:
                log.warning("slack is not connected", why=type(lost).__name__)
                await asyncio.sleep(AGAIN.total_seconds())
            else:
                return
