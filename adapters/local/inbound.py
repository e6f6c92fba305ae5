"""The workspace's door: the page, and what is typed, pressed and submitted on it.

One can act as anybody here, so it is served on loopback only (`bot.app`) and takes what its own pages send (`guard`).
An answer is a handful of HTML elements with ids, which `static/live.js` puts in place; where something cannot be done,
it is a plain sentence.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.local import render
from adapters.local.guard import COOKIE, HEADERS, OUT_OF_DATE, Guard, csrf, session_of
from adapters.local.hub import Hub
from adapters.local.render import SLOTS, Page
from adapters.local.stream import stream
from adapters.local.views import PLATFORM, Views, staged, thread_under
from bot.actions import Signer
from bot.cards import Reply
from bot.desk import Desk
from bot.errors import Refused, Unavailable
from bot.model import Address, MessageRef
from bot.ports import Clock, Feed, TimeControl

STEPS = {"1": timedelta(hours=1), "4": timedelta(hours=4), "20": timedelta(hours=20)}

NOT_SAVED = "Nothing can be saved at the moment, so nothing was sent. Your words are still here; please try again."
FAILED = "That did not work, and the fault is ours. Your words are still here; please try again."
ELSEWHERE = "Done. The answer is among your messages."


def routes(
    desk: Desk,
    feed: Feed,
    hub: Hub,
    signer: Signer,
    clock: Clock,
    time: TimeControl | None = None,
    cast: Sequence[str] = (),
) -> list[BaseRoute]:
    """All of the workspace, at `/`: to be mounted last. `time` is given where the clock is the demo's own.

    `cast` are the people whom the four panes show at first (nurse, champion, responder, lead), by their address's id.
    """
    workspace = Workspace(Views(desk, feed, signer, clock, cast), hub, time)
    own = [
        Route("/", workspace.page),
        Route("/panes", workspace.panes),
        Route("/around", workspace.around),
        Route("/pane/{slot}", workspace.pane),
        Route("/live", workspace.live),
        Route("/line", workspace.line, methods=["POST"]),
        Route("/press", workspace.press, methods=["POST"]),
        Route("/submit", workspace.submit, methods=["POST"]),
        Route("/clock", workspace.move, methods=["POST"]),
        Mount("/static", StaticFiles(directory=Path(__file__).with_name("static"))),
    ]
    application = Starlette(routes=own, middleware=[Middleware(Guard, signer=signer)])
    application.add_exception_handler(Refused, _refused)
    application.add_exception_handler(Unavailable, _unavailable)
    application.add_exception_handler(Exception, _failed)
    return [Mount("/", application)]


@dataclass(frozen=True, slots=True)
class Gesture:
    """Something a person did in a pane; `where` is the place on the page that answers it."""

    who: Address
    slot: str
    where: str
    key: str
    fields: Mapping[str, str]


class Workspace:
    def __init__(self, views: Views, hub: Hub, time: TimeControl | None) -> None:
        self._views = views
        self._desk = views.desk
        self._feed = views.feed
        self._hub = hub
        self._time = time
        self._moving = asyncio.Lock()

    # ------------------------------------------------------------------------------------------------ looking

    async def page(self, request: Request) -> Response:
        mark = self._hub.mark  # before reading: what comes after it is told again rather than never
        query = staged(request.query_params)
        panes = await self._views.panes(query)
        session = session_of(request)
        view = Page(
            panes=panes,
            log=await self._views.log(panes),
            show=_known(query.get("show"), SLOTS) or SLOTS[0],
            theme=_known(request.cookies.get("theme"), ("light", "dark")),
            csrf=csrf(session, self._views.signer),
            mark=mark,
            simulated=self._time is not None,
        )
        response = _html(render.page(view, await self._views.ink(panes[0].room)))
        response.set_cookie(COOKIE, session, httponly=True, samesite="strict")
        return response

    async def panes(self, request: Request) -> Response:
        """All that a page may have missed while it was not connected."""
        panes = await self._views.panes(request.query_params)
        ink = await self._views.ink(panes[0].room)
        lists = render.lists(panes, csrf(session_of(request), self._views.signer), ink)
        return _html(lists + render.around(panes, await self._views.log(panes), ink, simulated=bool(self._time)))

    async def around(self, request: Request) -> Response:
        """What follows from the messages: who is on duty, Home, the event log, the time."""
        panes = await self._views.homes(request.query_params)
        ink = await self._views.ink(panes[0].room)
        return _html(render.around(panes, await self._views.log(panes), ink, simulated=bool(self._time)))

    async def pane(self, request: Request) -> Response:
        """One pane, for somebody else or with another channel."""
        panes = await self._views.panes(request.query_params)
        for each in panes:
            if each.slot == request.path_params["slot"]:
                return _html(render.pane(each, await self._views.ink(panes[0].room)))
        raise HTTPException(HTTPStatus.NOT_FOUND)

    async def live(self, request: Request) -> Response:
        seats = await self._views.seats(request.query_params)
        return StreamingResponse(stream(self._hub, self._views, seats), media_type="text/event-stream")

    # ------------------------------------------------------------------------------------------------- acting

    async def line(self, request: Request) -> Response:
        did = await _gesture(request)
        text = did.fields.get("text", "")
        thread = await self._thread(did)
        if not text.strip():
            return _html("")
        reply = await self._desk.line(did.who, text, key=did.key, thread=thread)
        if reply.said and "unsaid" not in did.fields:
            await self._say(did, reply.said, thread)
        return await self._answer(did, reply)

    async def press(self, request: Request) -> Response:
        did = await _gesture(request)
        reply = await self._desk.press(did.who, did.fields.get("token", ""), key=did.key)
        return await self._answer(did, reply)

    async def submit(self, request: Request) -> Response:
        did = await _gesture(request)
        values = {name.removeprefix("value."): v for name, v in did.fields.items() if name.startswith("value.")}
        reply = await self._desk.submit(did.who, did.fields.get("token", ""), values, key=did.key)
        return await self._answer(did, reply, form_done=reply.form is None)

    async def move(self, request: Request) -> Response:
        """Move the demo's clock; open pages hear of it by the stream."""
        step = str((await request.form()).get("step"))
        if self._time is None or step not in {"over", "next", *STEPS}:
            raise HTTPException(HTTPStatus.BAD_REQUEST, OUT_OF_DATE)
        async with self._moving:
            if step == "over":
                await self._time.start_over()
            elif step == "next":
                await self._time.next_event()
            else:
                await self._time.advance(STEPS[step])
        self._hub.tell("emptied" if step == "over" else "moved")
        return _html("")

    async def _thread(self, did: Gesture) -> MessageRef | None:
        """The message whose thread was written in. Raises Refused where this person does not see it."""
        if "thread" not in did.fields:
            return None
        message = MessageRef(Address(PLATFORM, "channel", did.fields.get("channel", "")), did.fields["thread"])
        seen = [each.channel for each in (await self._desk.room(did.who)).channels]
        if message.place not in seen or await self._feed.get(message) is None:
            raise Refused(OUT_OF_DATE)
        return message

    async def _say(self, did: Gesture, text: str, thread: MessageRef | None) -> None:
        """Show the words where they were typed, once the desk has taken them: what it hands back is kept nowhere."""
        room = await self._desk.room(did.who)
        place = thread_under(thread) if thread else did.who
        with suppress(Unavailable):
            now = await self._views.clock.now()
            self._hub.tell("posted", await self._feed.say(place, text, room.who.id, did.key, now))

    async def _answer(self, did: Gesture, reply: Reply, *, form_done: bool = False) -> Response:
        """Only a submitted form is taken away: an answer that comes late must not close one opened in the meantime."""
        if self._time and await self._time.settle():
            self._hub.tell("moved")
        room = await self._desk.room(did.who)
        ink = await self._views.ink(room)
        if reply.form:
            return _html(render.form(reply.form, ink.token, slot=did.slot, where=did.where))
        note = ELSEWHERE if reply.kept and did.where != f"{did.slot}-messages" else ""
        card = None if reply.kept else reply.card
        answer = render.answer(did.where, card, ink, note=note, words=reply.words)
        return _html(render.no_form(did.slot) + answer if form_done else answer)


async def _gesture(request: Request) -> Gesture:
    """Browsers send line breaks as CRLF; what was typed has LF."""
    form = await request.form()
    fields: dict[str, str] = {}
    for name, value in form.multi_items():  # what is ticked in a list comes once for each
        if isinstance(value, str):
            fields[name] = ",".join(filter(None, (fields.get(name), value.replace("\r\n", "\n"))))
    slot, where, key = (fields.get(name, "") for name in ("slot", "where", "key"))
    if slot not in SLOTS or not where.startswith(f"{slot}-") or not 1 <= len(key) <= 64:  # noqa: PLR2004 - a UUID has 36
        raise HTTPException(HTTPStatus.BAD_REQUEST, OUT_OF_DATE)
    return Gesture(Address(PLATFORM, "person", fields.get("who", "")), slot, where, key, fields)


def _known(word: str | None, words: tuple[str, ...]) -> str:
    return word if word in words else ""


def _html(html: str) -> Response:
    """Half a surrogate pair, which no encoding can carry, becomes a question mark instead of a fault."""
    return Response(html.encode("utf-8", "replace"), media_type="text/html")


async def _refused(_request: Request, fault: Exception) -> Response:
    return PlainTextResponse(str(fault) or OUT_OF_DATE, HTTPStatus.CONFLICT)


async def _unavailable(_request: Request, _fault: Exception) -> Response:
    return PlainTextResponse(NOT_SAVED, HTTPStatus.SERVICE_UNAVAILABLE)


async def _failed(_request: Request, _fault: Exception) -> Response:
    """Stands outside the guard, so it brings the guard's headers itself."""
    return PlainTextResponse(FAILED, HTTPStatus.INTERNAL_SERVER_ERROR, HEADERS)
