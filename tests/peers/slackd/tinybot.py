"""The smallest bot: it keeps what reaches it, over HTTP or its socket, and answers as it is told to."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import ClientSession, ClientWebSocketResponse, FormData, WSMsgType, web

from tests.peers.slackd.slack import Slack
from tests.peers.slackd.state import Json


@dataclass(frozen=True)
class Said:
    """An answer: a status and a body, over a socket the body alone; `silent` is none at all."""

    body: Json | str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False


@dataclass
class TinyBot:
    slack: Slack
    session: ClientSession
    heard: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    _next: deque[Said] = field(default_factory=deque)

    def answers(self, *many: Said | Json | str) -> None:
        """To what comes next, in this order; to all after it nothing but that it was taken."""
        self._next.extend(each if isinstance(each, Said) else Said(each) for each in many)

    async def call(self, method: str, *, token: str | None = None, **given: Any) -> Json:  # noqa: ANN401 - JSON
        """A method, as JSON; what it said."""
        key = self.slack.bot_token if token is None else token
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with self.session.post(self.slack.api_url + method, json=given, headers=headers) as answer:
            said: Json = await answer.json()
            return said | ({"retry_after": answer.headers["Retry-After"]} if "Retry-After" in answer.headers else {})

    async def posts(self, channel: str, text: str = "Words", **more: Any) -> Json:  # noqa: ANN401 - JSON
        plain: Json = {"unfurl_links": False, "unfurl_media": False}
        return await self.call("chat.postMessage", channel=channel, text=text, **plain, **more)

    async def read(self, method: str, **given: str) -> Json:
        """A method by GET, its arguments in the query."""
        return await self._asks("GET", method, params=given)

    async def form(self, method: str, **given: str) -> Json:
        return await self._asks("POST", method, data=FormData(given))

    async def _asks(self, verb: str, method: str, **more: Any) -> Json:  # noqa: ANN401 - aiohttp's own
        headers = {"Authorization": f"Bearer {self.slack.bot_token}"}
        async with self.session.request(verb, self.slack.api_url + method, headers=headers, **more) as answer:
            said: Json = await answer.json()
            return said

    async def responds(self, url: str, **given: Any) -> int:  # noqa: ANN401 - JSON
        async with self.session.post(url, json=given) as answer:
            return answer.status

    def _said(self, payload: Json) -> Said:
        self.heard.append(payload)
        return self._next.popleft() if self._next else Said()

    # ---------------------------------------------------------------------------------------------------- its ends

    async def hear(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.raw.append(body)
        self.headers.append(dict(request.headers))
        said = self._said(_payload(request.content_type, body))
        if said.silent:
            await asyncio.Event().wait()
        if isinstance(said.body, str):
            return web.Response(text=said.body, status=said.status, headers=said.headers)
        return web.json_response(said.body, status=said.status, headers=said.headers)

    async def connect(self) -> ClientWebSocketResponse:
        opened = await self.call("apps.connections.open", token=self.slack.app_token)
        return await self.session.ws_connect(opened["url"])

    async def listen(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                if "envelope_id" in frame:
                    await self.answer(socket, frame)

    async def answer(self, socket: ClientWebSocketResponse, frame: Json) -> None:
        """What is no 200 is not acknowledged at all, as Bolt has it."""
        said = self._said(frame["payload"])
        if said.silent or said.status != 200:
            return
        payload = {"text": said.body} if isinstance(said.body, str) else said.body
        await socket.send_json({"envelope_id": frame["envelope_id"], **({"payload": payload} if said.body else {})})


def _payload(content_type: str, body: bytes) -> Json:
    if content_type == "application/json":
        said: Json = json.loads(body)
        return said
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return json.loads(form["payload"]) if "payload" in form else form


@asynccontextmanager
async def over_http(slack: Slack) -> AsyncIterator[TinyBot]:
    async with ClientSession() as session:
        bot = TinyBot(slack, session)
        application = web.Application()
        application.add_routes([web.post("/slack/events", bot.hear)])
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.listener = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            yield bot
        finally:
            await runner.cleanup()


@asynccontextmanager
async def over_socket(slack: Slack) -> AsyncIterator[TinyBot]:
    async with ClientSession() as session:
        bot = TinyBot(slack, session)
        socket = await bot.connect()
        listening = asyncio.ensure_future(bot.listen(socket))
        await slack.socket.connected()
        try:
            yield bot
        finally:
            await socket.close()
            await listening
