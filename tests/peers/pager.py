"""Whoever is called on the outside: a real server on loopback, which records, and answers or fails as it is told to."""

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

from aiohttp import web

PATIENCE = 10.0  # seconds: whoever waits longer waits for what will not come


class Fault(Enum):
    """How it can take a request and not answer."""

    RESET = auto()
    SILENT = auto()  # until the caller goes away


@dataclass(frozen=True)
class Answer:
    """What it says, where it answers."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """Its port is its own from the start; until it is `up`, whoever calls is refused."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._next: deque[Answer | Fault] = deque()
        self._heard: asyncio.Queue[Received] = asyncio.Queue()
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        server = web.Server(self._answer, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/hook?of=the+ward"

    async def up(self) -> None:
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def close(self) -> None:
        await self._runner.cleanup()
        self._socket.close()

    def answers(self, *answers: Answer | Fault) -> None:
        """To the next requests, in this order; whatever comes after them is taken."""
        self._next.extend(answers)

    async def hears(self) -> Received:
        """The next request that nobody has asked for so far, once it is there."""
        async with asyncio.timeout(PATIENCE):
            return await self._heard.get()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        received = Received(request.method, request.path_qs, request.headers.copy(), await request.read())
        self.received.append(received)
        self._heard.put_nowait(received)
        match self._next.popleft() if self._next else Answer():
            case Fault.RESET:
                assert request.transport
                request.transport.abort()
                return web.Response()
            case Fault.SILENT:
                await asyncio.Event().wait()
                raise AssertionError
            case Answer(status, headers):
                return web.Response(status=status, headers=headers)


@asynccontextmanager
async def receiving(*, up: bool = True) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    if up:
        await receiver.up()
    try:
        yield receiver
    finally:
        await receiver.close()
