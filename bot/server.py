"""The web server: the socket it listens on, and an end in which nothing under way is cut off."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from typing_extensions import override

from bot.errors import Misconfigured
from bot.settings import Settings

ASGIApp = Any  # an application as uvicorn takes it; which framework made it is not known here
GRACE = 10.0  # seconds that a stop waits for requests under way


def listen(settings: Settings) -> socket.socket:
    """The socket to serve on. Raises Misconfigured where the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as taken:
        listening.close()
        raise Misconfigured(
            f"Port {settings.port} on {settings.host} cannot be used ({taken.strerror}). "
            "Stop what uses it, or choose another with --port or CHECKBACK_PORT."
        ) from None
    return listening


async def serve_web(
    web: ASGIApp, listening: socket.socket, *, ready: Callable[[], None], let_go: Callable[[], None]
) -> None:
    """Until a signal; requests under way end first. `ready` is called once it can be asked, `let_go` when it stops."""
    config = uvicorn.Config(
        web, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=int(GRACE)
    )
    server = _Server(config, ready, let_go)
    await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], let_go: Callable[[], None]) -> None:
        super().__init__(config)
        self._let_go = let_go
        self._ready = ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn raises the signal once more when it has served: it would end us before what is ready is sent."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._let_go()  # streams to open pages would otherwise hold the stop up
        await super().shutdown(sockets)
