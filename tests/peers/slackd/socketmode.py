"""Socket Mode: up to ten websockets of the app's own, each envelope to one of them, acknowledged by its id."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from aiohttp import WSMsgType, web

from tests.peers.slackd.ack import Ack, Kind
from tests.peers.slackd.state import Json, State

MOST = 10
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass
class SocketMode:
    state: State
    address: str = ""  # of the server, ws://
    opened: int = 0  # connections ever
    _tickets: set[str] = field(default_factory=set)
    _open: list[web.WebSocketResponse] = field(default_factory=list)  # those that get envelopes
    _all: list[web.WebSocketResponse] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._turns = count()

    @property
    def connections(self) -> int:
        return len(self._open)

    async def connected(self, many: int = 1) -> None:
        await self.state.until(lambda: True if self.connections >= many else None, f"{many} connections of the bot")

    def ticket(self) -> str:
        """A new address, good for one connection."""
        made = self.state.number("ticket-")
        self._tickets.add(made)
        return f"{self.address}/link?ticket={made}&app_id={self.state.app.id}"

    # ------------------------------------------------------------------------------------------------ the bot's end

    async def link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="no such ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) == MOST:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        await self._serve(socket)
        return socket

    async def _serve(self, socket: web.WebSocketResponse) -> None:
        about = {"host": "applink", "started": "", "build_number": 1, "approximate_connection_time": 18060}
        known = {"app_id": self.state.app.id}
        hello: Json = {"type": "hello", "num_connections": len(self._open) + 1, "debug_info": about}
        await socket.send_json({**hello, "connection_info": known})
        self._open.append(socket)
        self._all.append(socket)
        self.opened += 1
        self.state.changed()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._hear(message.data)
        finally:
            self._out(socket)
            self._all.remove(socket)

    def _out(self, socket: web.WebSocketResponse) -> None:
        """It gets no more envelopes."""
        if socket in self._open:
            self._open.remove(socket)
            self.state.changed()

    def _hear(self, data: str) -> None:
        said = json.loads(data)
        waiting = self._waiting.get(said.get("envelope_id", ""))
        if waiting and not waiting.done():
            payload = said.get("payload")
            waiting.set_result(Ack(200, json.dumps(payload) if payload else ""))

    # --------------------------------------------------------------------------------------------------- our end

    async def send(self, kind: Kind, payload: Json, patience: float, retry: int = 0, reason: str = "") -> Ack:
        """An envelope to one connection, each in its turn; what it is acknowledged with, on whichever."""
        if not self._open:
            return Ack(0, lost="connection_failed")
        socket = self._open[next(self._turns) % len(self._open)]
        envelope = self.state.number("envelope-")
        acked: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = acked
        more = {"retry_attempt": retry, "retry_reason": reason} if kind == "events_api" else {}
        frame = {"envelope_id": envelope, "type": kind, "payload": payload, **more}
        try:
            await socket.send_json({**frame, "accepts_response_payload": kind != "events_api"})
            async with asyncio.timeout(patience):
                return await acked
        except TimeoutError:
            return Ack(0, lost="http_timeout")
        except ConnectionError:
            return Ack(0, lost="connection_failed")
        finally:
            del self._waiting[envelope]

    async def warns(self) -> None:
        """Says that it will be closed soon; it goes on for now."""
        for socket in list(self._open):
            await socket.send_json(_disconnect("warning"))

    async def refresh(self) -> None:
        """Asks for new connections; the old ones get no more envelopes, what they still acknowledge counts."""
        await self._leave("refresh_requested")

    async def disables(self) -> None:
        """Socket Mode is switched off in the app's settings."""
        await self._leave("link_disabled")

    async def _leave(self, reason: Reason) -> None:
        for socket in list(self._open):
            self._out(socket)
            await socket.send_json(_disconnect(reason))

    def drops(self) -> None:
        """Every connection is cut, without a word."""
        for socket in list(self._open):
            self._out(socket)
            if socket._req and socket._req.transport:  # noqa: SLF001 - aiohttp shows no other way to it
                socket._req.transport.abort()  # noqa: SLF001

    async def close(self) -> None:
        for socket in list(self._all):
            await socket.close()


def _disconnect(reason: Reason) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}}
