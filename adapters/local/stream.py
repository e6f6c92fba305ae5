"""The stream of server-sent events that keeps an open page up to date.

It opens with `hello` and how far things are. A page that stands elsewhere (it was away, or too slow and dropped) reads
everything anew, so that the stream itself never has to remember anything.
"""

import json
from collections.abc import AsyncIterator, Sequence

from adapters.local import render
from adapters.local.hub import Change, Hub
from adapters.local.render import Ink, Pane, Talk
from adapters.local.views import THREAD, Views
from bot.model import Address
from bot.ports import Posted

IDLE = 15.0  # seconds after which a silent stream says so, that either side notices a lost connection


async def stream(hub: Hub, views: Views, seats: Sequence[Pane]) -> AsyncIterator[str]:
    with hub.listen() as listener:
        yield _event("hello", hub.mark, "")
        async for change in listener.changes(IDLE):
            yield await _told(change, views, seats) if change else ": still here\n\n"


async def _told(change: Change, views: Views, seats: Sequence[Pane]) -> str:
    if change.message is None:
        return _event(change.what, change.mark, "")
    posted = await views.feed.get(change.message)
    viewers = [seat for seat in seats if posted and _shows(seat, posted.ref.place)]
    if posted is None or not viewers:
        return _event("put", change.mark, "")
    ink = await views.ink(seats[0].room)
    replies = len(await views.feed.page(posted.ref.place, THREAD)) if posted.ref.place.thread else 0
    return _event("put", change.mark, "".join(_drawn(change, posted, seat, replies, ink) for seat in viewers))


def _drawn(change: Change, posted: Posted, seat: Pane, replies: int, ink: Ink) -> str:
    place = posted.ref.place
    if change.what == "edited":
        return render.edited(seat.slot, posted, ink)
    if place.kind == "person":
        return render.direct_message(posted, seat, ink)
    if place.thread:
        return render.thread_message(posted, replies, seat, ink)
    return render.channel_message(Talk(posted), seat, ink)


def _shows(seat: Pane, place: Address) -> bool:
    shown = [seat.room.who.address, *([seat.channel.channel] if seat.channel else [])]
    return any((place.kind, place.id) == (each.kind, each.id) for each in shown)


def _event(name: str, mark: str, html: str) -> str:
    """JSON keeps it on one line: a carriage return in somebody's words would end a line of the stream."""
    return f"event: {name}\nid: {mark}\ndata: {json.dumps(html)}\n\n"
