"""A chat platform over HTTP on loopback, and the bot's side of it.

It keeps its history, so that what arrived twice can be counted; it holds to windows, as platforms do; and it fails as
it is told to: before it has taken a message, or after.
"""

import asyncio
import json
import math
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import count
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

from bot.cards import Card
from bot.errors import InDoubt, Rejected, TryLater
from bot.model import Address, MessageRef
from bot.ports import Pace

STALL = 30.0  # seconds for which it says nothing


class Weather(Enum):
    """What becomes of one call."""

    TOO_MANY = auto()  # 429, with Retry-After
    FAILS = auto()  # 500, nothing taken
    FAILS_LATE = auto()  # 500, and yet taken
    RESETS = auto()  # the connection is cut before anything is taken
    RESETS_LATE = auto()  # taken, and then cut
    STALLS = auto()  # taken, and no answer for half a minute
    MUMBLES = auto()  # taken, and answered with half a JSON
    DENIES = auto()  # 200, with a page that is no JSON at all, as a proxy answers; nothing taken


TAKEN = {None, Weather.FAILS_LATE, Weather.RESETS_LATE, Weather.STALLS, Weather.MUMBLES}


@dataclass(frozen=True)
class Arrived:
    at: float
    place: str
    key: str
    id: str


@dataclass(frozen=True)
class Window:
    """At most so many messages in any such span of seconds."""

    most: int
    seconds: float


class _Sliding:
    """What went through lately, for one place or for all."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = windows
        self._longest = max((each.seconds for each in windows), default=0.0)
        self._at: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until one more may go through."""
        while self._at and self._at[0] <= now - self._longest:
            self._at.popleft()
        full = [self._at[-each.most] + each.seconds - now for each in self._windows if len(self._at) >= each.most]
        return max(full, default=0.0)

    def take(self, now: float) -> None:
        self._at.append(now)


@dataclass
class Exchange:
    """The platform. `weather` says what becomes of each call that would post to a place; None: all is well."""

    weather: Callable[[str], Weather | None] = lambda _: None
    place_windows: Sequence[Window] = ()
    windows: Sequence[Window] = ()
    retry_after: float = 30.0
    history: list[Arrived] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    looked_up: int = 0
    too_many: int = 0
    early: list[str] = field(default_factory=list)  # places that were written to before their Retry-After was over
    url: str = ""

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._all = _Sliding(self.windows)
        self._places: dict[str, _Sliding] = {}
        self._not_before: dict[str, float] = {}
        self._marks: dict[tuple[str, str], str] = {}

    @property
    def keys(self) -> list[str]:
        return [each.key for each in self.history]

    def twice(self) -> list[str]:
        return [key for key, many in Counter(self.keys).items() if many > 1]

    def at(self, place: str) -> list[str]:
        return [each.key for each in self.history if each.place == place]

    async def post(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        place, now = said["place"], asyncio.get_running_loop().time()
        self.calls[place] += 1
        if now < self._not_before.get(place, 0.0):
            self.early.append(place)
        wait = max(self._all.wait(now), self._window_of(place).wait(now))
        weather = Weather.TOO_MANY if wait else self.weather(place)
        if weather is Weather.TOO_MANY:
            return self._refuse(place, now, wait or self.retry_after)
        number = self._take(place, said["key"], now) if weather in TAKEN else ""
        return await self._answer(request, weather, number)

    async def edit(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.json_response({"ok": True})

    async def look(self, request: web.Request) -> web.StreamResponse:
        """The newest first, as platforms page them; by the mark at once, which spares paging through them here."""
        self.looked_up += 1
        number = self._marks.get((request.query["place"], request.query["mark"]))
        return web.json_response({"id": number})

    def _window_of(self, place: str) -> _Sliding:
        return self._places.setdefault(place, _Sliding(self.place_windows))

    def _refuse(self, place: str, now: float, wait: float) -> web.StreamResponse:
        self.too_many += 1
        seconds = math.ceil(wait)
        self._not_before[place] = now + seconds
        return web.json_response({"ok": False}, status=429, headers={"Retry-After": str(seconds)})

    def _take(self, place: str, key: str, now: float) -> str:
        number = str(next(self._numbers))
        self.history.append(Arrived(now, place, key, number))
        self._marks[place, key] = number
        self._all.take(now)
        self._window_of(place).take(now)
        return number

    async def _answer(self, request: web.Request, weather: Weather | None, number: str) -> web.StreamResponse:
        match weather:
            case Weather.FAILS | Weather.FAILS_LATE:
                return web.Response(status=500, text="internal_error")
            case Weather.RESETS | Weather.RESETS_LATE:
                assert request.transport
                request.transport.abort()
                return web.Response()
            case Weather.STALLS:
                await asyncio.sleep(STALL)
            case Weather.MUMBLES:
                return web.Response(text='{"ok": true, "id": "', content_type="application/json")
            case Weather.DENIES:
                return web.Response(text="<html>Please sign in to this network", content_type="text/html")
        return web.json_response({"ok": True, "id": number})

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Exchange"]:
        application = web.Application()
        application.add_routes(
            [web.post("/post", self.post), web.post("/edit", self.edit), web.get("/look", self.look)]
        )
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


class HttpChat:
    """`bot.ports.ChatPlatform` on an exchange."""

    def __init__(
        self,
        session: ClientSession,
        url: str,
        *,
        name: str = "local",
        pace: Pace | None = None,
        patience: timedelta = timedelta(seconds=10),
    ) -> None:
        self.name = name
        self.pace = pace or Pace()
        self._session = session
        self._url = url
        self._timeout = ClientTimeout(total=patience.total_seconds())

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        said = await self._asks("POST", "/post", json={"place": to.id, "key": key, "title": card.title})
        if not isinstance(said.get("id"), str):
            raise InDoubt("no id in the answer")
        return MessageRef(to, said["id"])

    async def replace(self, message: MessageRef, card: Card) -> None:
        await self._asks("POST", "/edit", json={"id": message.id, "title": card.title})

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        assert since.tzinfo
        found = (await self._asks("GET", "/look", params={"place": to.id, "mark": key}))["id"]
        return MessageRef(to, found) if found else None

    async def _asks(self, method: str, path: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - aiohttp's own
        try:
            async with self._session.request(method, self._url + path, timeout=self._timeout, **more) as answer:
                text = await answer.text()
        except (ClientError, TimeoutError) as lost:
            raise InDoubt(type(lost).__name__) from None
        match answer.status:
            case 200:
                return _read(text)
            case 429:
                raise TryLater(timedelta(seconds=int(answer.headers["Retry-After"])))
            case status if status >= 500:
                raise InDoubt(f"HTTP {status}")
            case status:
                raise Rejected(f"HTTP {status}")


def _read(text: str) -> dict[str, Any]:
    """What cannot be read may have been taken all the same."""
    try:
        said = json.loads(text)
    except ValueError:
        raise InDoubt("the answer is no JSON") from None
    if not isinstance(said, dict):
        raise InDoubt("the answer is no object")
    return said


def session() -> ClientSession:
    """As many connections at a time as lanes are sent."""
    return ClientSession(connector=TCPConnector(limit=64))
