import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.peers.slackd import Person, Slack
from tests.peers.slackd.tinybot import Said, TinyBot, over_http, over_socket

NOON = 1_790_000_000.0
FAILS = Said(status=500)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Slack]:
    async with Slack(clock=clock).open() as opened:
        yield opened


@pytest.fixture
def ana(slack: Slack) -> Person:
    return slack.person("ana")


# --------------------------------------------------------------------------------------------------------- events again


async def test_an_event_that_is_not_taken_comes_at_once_after_a_minute_and_after_five(
    slack: Slack, clock: Clock, ana: Person
) -> None:
    async with over_http(slack) as bot:
        bot.answers(FAILS, FAILS, FAILS, FAILS)
        await ana.writes("Heard at last")
        assert (len(bot.heard), len(slack.events.waiting)) == (2, 1)
        assert await slack.events.catch_up() == 0
        clock.now += 60
        assert await slack.events.catch_up() == 1
        clock.now += 299
        assert await slack.events.catch_up() == 0
        clock.now += 1
        assert await slack.events.catch_up() == 1
        numbers = [headers.get("X-Slack-Retry-Num") for headers in bot.headers]
        assert numbers == [None, "1", "2", "3"]
        assert {headers["X-Slack-Retry-Reason"] for headers in bot.headers[1:]} == {"http_error"}
        assert len({payload["event_id"] for payload in bot.heard}) == 1
        assert (len(slack.events.given_up), slack.events.waiting) == (1, [])


async def test_the_reason_of_a_retry_is_told(slack: Slack, ana: Person) -> None:
    async with over_http(slack) as bot:
        bot.answers(Said(silent=True))
        slack.post.patience = 0.5
        await ana.writes("Heard late")
        assert bot.headers[1]["X-Slack-Retry-Reason"] == "http_timeout"
        assert slack.events.waiting == []
    await ana.writes("Heard by nobody")
    assert [each.reason for each in slack.events.waiting] == ["connection_failed"]


async def test_whoever_wants_no_retry_gets_none(slack: Slack, ana: Person) -> None:
    async with over_http(slack) as bot:
        bot.answers(Said(status=500, headers={"X-Slack-No-Retry": "1"}))
        await ana.writes("Heard once")
        assert (len(bot.heard), slack.events.waiting) == (1, [])


async def test_over_a_socket_a_retry_says_so_in_its_envelope(slack: Slack, ana: Person) -> None:
    async with over_socket(slack) as bot:
        bot.answers(FAILS)
        slack.post.patience = 0.5
        await ana.writes("Heard late")
        assert [payload["event"]["text"] for payload in bot.heard] == ["Heard late"] * 2
        assert [delivery.ack.lost for delivery in slack.sent] == ["http_timeout", ""]


# -------------------------------------------------------------------------------------------------------------- sockets


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[TinyBot]:
    async with ClientSession() as session:
        yield TinyBot(slack, session)


async def test_a_socket_says_hello_and_takes_envelopes(slack: Slack, bot: TinyBot, ana: Person) -> None:
    socket = await bot.connect()
    hello = await socket.receive_json()
    assert (hello["type"], hello["num_connections"], hello["connection_info"]["app_id"]) == ("hello", 1, slack.app.id)
    acting = asyncio.ensure_future(ana.command("report x"))
    envelope = await socket.receive_json()
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    await socket.send_json({"envelope_id": "of another"})
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Noted"}})
    await acting
    assert ana.reads() == ["Noted"]


async def test_each_envelope_goes_to_one_connection(slack: Slack, bot: TinyBot, ana: Person) -> None:
    sockets = [await bot.connect() for _ in range(2)]
    await slack.socket.connected(2)
    acting = asyncio.gather(*[ana.command(f"report {number}") for number in range(4)])
    for socket in sockets:
        await socket.receive_json()
        for _ in range(2):
            envelope = await socket.receive_json()
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert len(await acting) == 4


async def test_an_address_is_good_for_one_connection_and_an_app_for_ten(slack: Slack, bot: TinyBot) -> None:
    opened = await bot.call("apps.connections.open", token=slack.app_token)
    kept = [await bot.session.ws_connect(opened["url"])]
    async with bot.session.get(opened["url"]) as again:
        assert again.status == 403
    kept += [await bot.connect() for _ in range(9)]
    await slack.socket.connected(10)
    eleventh = await bot.connect()
    assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
    assert slack.socket.connections == len(kept)


async def test_a_refresh_in_the_middle_of_a_conversation_loses_nothing(slack: Slack, bot: TinyBot, ana: Person) -> None:
    old = await bot.connect()
    await old.receive_json()
    acting = asyncio.ensure_future(ana.command("report x"))
    envelope = await old.receive_json()
    await slack.socket.refresh()
    assert (await old.receive_json())["reason"] == "refresh_requested"
    new = await bot.connect()
    await slack.socket.connected()
    await new.receive_json()
    await new.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Noted"}})
    await acting
    assert ana.reads() == ["Noted"]
    writing = asyncio.ensure_future(ana.writes("And now?"))
    heard = await new.receive_json()
    await new.send_json({"envelope_id": heard["envelope_id"]})
    await writing
    assert (heard["payload"]["event"]["text"], slack.socket.opened) == ("And now?", 2)


async def test_a_socket_that_is_cut_gets_nothing_more(slack: Slack, bot: TinyBot, ana: Person) -> None:
    socket = await bot.connect()
    await socket.receive_json()
    await slack.socket.warns()
    assert json.loads((await socket.receive()).data)["reason"] == "warning"
    assert slack.socket.connections == 1
    slack.socket.drops()
    async for _ in socket:
        pass
    assert (socket.closed, slack.socket.connections) == (True, 0)
    await ana.writes("Heard by nobody")
    assert [each.reason for each in slack.events.waiting] == ["connection_failed"]
