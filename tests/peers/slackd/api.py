"""The Web API over HTTP, and the addresses that take an answer: who calls, may they, what becomes of it."""

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.peers.slackd import chat, rooms
from tests.peers.slackd.blockkit import check_message
from tests.peers.slackd.faults import TAKEN, Error, Fault, Faults
from tests.peers.slackd.grants import Grants, Reply
from tests.peers.slackd.methods import Method, table
from tests.peers.slackd.rates import Buckets
from tests.peers.slackd.state import ApiError, Json, State


@dataclass(frozen=True)
class Call:
    """One call as it was answered; `error` is empty where it was taken."""

    method: str
    arguments: Mapping[str, Any]
    error: str
    at: float


@dataclass
class Api:
    state: State
    grants: Grants
    buckets: Buckets
    faults: Faults
    tokens: Mapping[str, str]  # token -> bot | app
    connect: Callable[[], str]  # a new address for a socket
    told: Callable[[], None]  # something may have happened that the app hears of
    calls: list[Call] = field(default_factory=list)
    too_many: int = 0
    early: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._methods = table(self.grants)
        self._methods["apps.connections.open"] = Method(lambda *_: {"url": self.connect()}, 3, token="app")

    async def call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        given = await _arguments(request)
        fault = self.faults.next(name)
        lane = f"{name} {given.get('channel', '')}"
        status, said, headers = self._decide(request, name, given, fault, lane)
        self.calls.append(Call(name, given, said.get("error", ""), self.state.clock()))
        self.told()
        return await _answered(request, fault, web.json_response(said, status=status, headers=headers))

    def _decide(
        self, request: web.Request, name: str, given: Json, fault: Fault | Error | None, lane: str
    ) -> tuple[int, Json, dict[str, str]]:
        now = self.state.clock()
        if self.buckets.closed(lane, now):
            self.early.append(lane)
        try:
            method = self._known(name, _token(request, given))
            wait = self.buckets.take(name, method.tier, str(given.get("channel", "")), now)
            if fault is Fault.TOO_MANY or wait:
                return self._later(lane, wait or self.faults.retry_after, now)
            if isinstance(fault, Error):
                return 200, {"ok": False, "error": fault.code}, {}
            if fault not in TAKEN:
                return 500, {"ok": False, "error": "not taken"}, {}
            return 200, {"ok": True, **method.run(self.state, method.read(given))}, {}
        except ApiError as refused:
            return 200, {"ok": False, "error": refused.code, **refused.more}, {}

    def _known(self, name: str, token: str) -> Method:
        if name not in self._methods:
            raise ApiError("unknown_method", req_method=name)
        if self._methods[name].token == "none":
            return self._methods[name]
        if not token:
            raise ApiError("not_authed")
        kinds = [kind for known, kind in self.tokens.items() if hmac.compare_digest(known.encode(), token.encode())]
        method = self._methods[name]
        if not kinds:
            raise ApiError("invalid_auth")
        if method.token not in {kinds[0], "any"}:
            raise ApiError("not_allowed_token_type")
        if method.scopes:
            rooms.needs(self.state, *method.scopes)
        return method

    def _later(self, lane: str, wait: int, now: float) -> tuple[int, Json, dict[str, str]]:
        self.too_many += 1
        self.buckets.closes(lane, now + wait)
        return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """An answer at a response_url."""
        given: Json = await request.json()
        fault = self.faults.next("response_url")
        code = ""
        if fault is Fault.TOO_MANY:
            status, _, headers = self._later("response_url", self.faults.retry_after, self.state.clock())
            return web.Response(status=status, headers=headers)
        if fault in TAKEN:
            code = self._respond(request.match_info["token"], given)
        self.calls.append(Call("response_url", given, code, self.state.clock()))
        self.told()
        answer = web.json_response({"ok": not code, "error": code}, status=404) if code else web.Response(text="ok")
        return await _answered(request, fault, answer)

    def _respond(self, token: str, given: Json) -> str:
        """Why it was refused; empty where it was taken."""
        try:
            self._take(self.grants.respond(token), given)
        except ApiError as refused:
            return refused.code
        return ""

    def _take(self, reply: Reply, given: Json) -> None:
        state = self.state
        on = rooms.message(state, reply.channel, reply.on) if reply.on else None
        if given.get("delete_original"):
            if on is None:
                raise ApiError("message_not_found")
            rooms.gone(state, on)
            return
        chat.looked_at(state, check_message(given, "reply"))
        if given.get("replace_original") and on is not None:
            rooms.put(state, chat.changed(state, on, given))
        else:
            said(state, reply, given)


def said(state: State, reply: Reply, given: Json) -> None:
    """A new message where somebody acted: theirs alone, unless it is for all."""
    if given.get("response_type") == "in_channel":
        chat.aloud(state, reply.channel, given)
    else:
        chat.whisper(state, reply.channel, reply.user, given)


def _token(request: web.Request, given: Json) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return str(given.pop("token", "")) or (token if scheme == "Bearer" else "")


async def _arguments(request: web.Request) -> Json:
    """From the query, a form or JSON, as each client sends them."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given.update(_object(await request.read()))
    else:
        given.update({name: value for name, value in (await request.post()).items() if isinstance(value, str)})
    return given


def _object(body: bytes) -> Json:
    """A body that cannot be read is an argument that nobody knows."""
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        return {"invalid_json": True}
    return said if isinstance(said, dict) else {"json_not_object": True}


async def _answered(request: web.Request, fault: Fault | Error | None, answer: web.Response) -> web.StreamResponse:
    match fault:
        case Fault.FAILS | Fault.FAILS_LATE:
            return web.Response(status=500, text="internal_error")
        case Fault.RESETS | Fault.RESETS_LATE:
            assert request.transport
            request.transport.abort()
        case Fault.STALLS:
            await asyncio.Event().wait()
        case Fault.MUMBLES:
            return web.Response(text='{"ok": true, "ts": "', content_type="application/json")
        case Fault.DENIES:
            return web.Response(text="<html>Please sign in to this network", content_type="text/html")
    return answer
