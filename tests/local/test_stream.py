import asyncio
import json
from collections.abc import AsyncIterator

import httpx

from adapters.local.hub import QUEUE, Hub
from adapters.local.stream import stream
from adapters.local.views import Views
from bot.model import Address, MessageRef
from tests.builders import card
from tests.local.conftest import Served
from tests.local.test_guard import type_line

MAYA = Address("local", "person", "maya-sample")
WEST = Address("local", "channel", "4-west")
Event = tuple[str, str, str]


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    """As a browser reads them: name, mark and data."""
    name = mark = data = ""
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "id":
            mark = value
        elif field == "data":
            data = json.loads(value)
        elif not line and name:
            yield name, mark, data
            name = mark = data = ""


async def test_a_message_reaches_every_pane_that_shows_its_place(client: httpx.AsyncClient, served: Served) -> None:
    async with client.stream("GET", "/live") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        heard = events(answer.aiter_lines())
        assert (await anext(heard))[0] == "hello"
        message = await served.app.feed.post(WEST, card("MAR-1: received"), "k", await served.app.clock.now())
        served.app.hub.tell("posted", message)
        name, _, html = await anext(heard)
    assert name == "put"
    for slot in ("nurse", "champion", "responder", "lead"):
        assert f'id="{slot}-k-{message.id}"' in html


async def test_carriage_returns_and_blank_lines_in_words_do_not_end_an_event(
    client: httpx.AsyncClient, served: Served
) -> None:
    async with client.stream("GET", "/live") as answer:
        heard = events(answer.aiter_lines())
        await anext(heard)
        hostile = "one\rtwo\n\nevent: emptied\ndata: {}\r\n\r\n\u2028end"
        message = await served.app.feed.post(MAYA, card(words=hostile), "k", await served.app.clock.now())
        served.app.hub.tell("posted", message)
        assert hostile in (await anext(heard))[2]


async def test_an_edit_is_told_and_what_concerns_nobody_here_is_an_empty_event(
    client: httpx.AsyncClient, served: Served
) -> None:
    now = await served.app.clock.now()
    message = await served.app.feed.post(MAYA, card("before"), "k", now)
    elsewhere = await served.app.feed.post(Address("local", "person", "nobody-here"), card(), "l", now)
    async with client.stream("GET", "/live") as answer:
        heard = events(answer.aiter_lines())
        await anext(heard)
        await served.app.feed.edit(message, card("after"), now)
        served.app.hub.tell("edited", message)
        served.app.hub.tell("posted", elsewhere)
        assert "after" in (await anext(heard))[2]
        assert (await anext(heard))[2] == ""


async def test_who_comes_back_after_something_happened_is_greeted_with_another_mark(
    client: httpx.AsyncClient, served: Served
) -> None:
    async with client.stream("GET", "/live") as answer:
        _, before, _ = await anext(events(answer.aiter_lines()))
    await type_line(client, "help")
    async with client.stream("GET", "/live") as answer:
        _, after, _ = await anext(events(answer.aiter_lines()))
    assert after != before
    assert f'data-mark="{after}"' in (await client.get("/")).text
    assert served.app.hub.mark == after


async def test_what_was_missed_is_in_the_panes_that_are_fetched_again(client: httpx.AsyncClient) -> None:
    await type_line(client, "!! wrong dose shown for the pump")
    await asyncio.sleep(0.5)
    panes = (await client.get("/panes")).text
    assert 'id="nurse-m-list"' in panes
    assert "wrong dose shown" in panes
    assert 'id="csrf"' in panes


async def test_the_same_gesture_sent_again_is_shown_once(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await type_line(client, "help", key="same")
    assert (await client.get("/panes")).text.count('<p class="bubble') == 1


async def test_a_slow_browser_is_dropped_and_the_others_hear_everything() -> None:
    hub = Hub()
    with hub.listen() as slow, hub.listen() as quick:
        heard = []
        for n in range(QUEUE + 1):
            hub.tell("posted", MessageRef(MAYA, str(n)))
            heard.append(await anext(quick.changes(1)))
        assert [change.message.id for change in heard if change and change.message] == [
            str(n) for n in range(QUEUE + 1)
        ]
        assert [change async for change in slow.changes(1)] == []


async def test_a_silent_stream_says_that_it_is_still_here() -> None:
    with Hub().listen() as listener:
        assert await anext(listener.changes(0.01)) is None


async def test_closing_the_hub_ends_every_stream(served: Served) -> None:
    app = served.app
    views = Views(app.desk, app.feed, app.database.keys, app.clock)
    told = stream(app.hub, views, await views.seats({}))
    assert "hello" in await anext(told)
    app.hub.close()
    assert [event async for event in told] == []
