import time
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.slack.front import BODY
from bot.model import Status
from storage.database import SqlDatabase
from tests.slack.world import WEST, World, opened
from tests.world import ANA, MAYA


@pytest.fixture
async def world(sqlite: SqlDatabase) -> AsyncIterator[World]:
    async with opened(sqlite, http=True) as made:
        yield made


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    assert world.slack.listener
    async with httpx.AsyncClient() as made:
        yield made


async def test_slack_is_told_that_the_address_is_ours(world: World) -> None:
    ack = await world.slack.verifies_url()
    assert (ack.status, "3eZbrw1aBm2rZgRNFdxV" in ack.body) == (200, True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=0", "X-Slack-Request-Timestamp": "abc"},
        {"X-Slack-Signature": "v0=0", "X-Slack-Request-Timestamp": "١٢٣"},
        {"X-Slack-Signature": "v0=0", "X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Signature": "v0=\u00e9", "X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Signature": "", "X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Signature": "v0=" + "0" * 64, "X-Slack-Request-Timestamp": "now"},
    ],
)
async def test_what_slack_has_not_signed_is_turned_away_without_a_word(
    world: World, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    given = {key: str(int(time.time())) if value == "now" else value for key, value in headers.items()}
    raw = [(key.encode(), value.encode()) for key, value in given.items()]
    for body in (b"{", b"\xff\xfe", b'{"a":' * 10_000, b"payload=%7B"):
        answer = await client.post(str(world.slack.listener), content=body, headers=raw)
        assert (answer.status_code, answer.text) == (401, "")


async def test_a_signature_is_good_for_five_minutes_and_for_its_own_bytes(world: World) -> None:
    body = b'{"type":"url_verification","challenge":"x"}'
    kind = {"Content-Type": "application/json"}
    old = world.slack.sign(body, time.time() - 301)
    coming = world.slack.sign(body, time.time() + 301)
    assert (await world.slack.deliver(body, kind | old)).status == 401
    assert (await world.slack.deliver(body, kind | coming)).status == 401
    assert (await world.slack.deliver(body + b" ", kind | world.slack.sign(body))).status == 401
    assert (await world.slack.deliver(body, kind | world.slack.sign(body, time.time() - 200))).status == 200


async def test_too_much_is_not_read_to_its_end(world: World, client: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * BODY:
            sent += 65_536
            yield b"x" * 65_536

    try:
        answer = await client.post(str(world.slack.listener), content=endless())
        assert answer.status_code == 413
    except httpx.NetworkError:  # the line was closed over what was still coming
        pass
    assert sent < 16 * BODY


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"\xff"),
        ("application/json", b"{}"),
        ("application/json", b'{"type":"event_callback"}'),
        ("application/json", b'{"type":"event_callback","event":{"type":"something_new"},"event_id":"E1"}'),
        ("application/x-www-form-urlencoded", b"payload=%7B"),
        ("application/x-www-form-urlencoded", b"payload=%7B%22type%22%3A%22something_new%22%7D"),
        ("application/x-www-form-urlencoded", b"ssl_check=1&token=x"),
    ],
)
async def test_what_nobody_knows_changes_nothing_even_when_it_is_signed(world: World, kind: str, body: bytes) -> None:
    ack = await world.slack.deliver(body, {"Content-Type": kind} | world.slack.sign(body))
    assert ack.status in {200, 400, 404}
    assert await world.issues() == []


async def test_another_workspace_is_not_spoken_with(world: World) -> None:
    await world[MAYA].command("report the scanner is dead")
    [sent] = world.slack.sent
    other = sent.body.replace(world.slack.team.encode(), b"T0ELSEWHERE").replace(b"trigger_id=", b"trigger_id=9")
    assert other != sent.body
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    await world.slack.deliver(other, kind | world.slack.sign(other))
    assert len(await world.issues()) == 1


async def test_a_request_that_is_replayed_within_five_minutes_changes_nothing(world: World) -> None:
    maya, ana, ward = world[MAYA], world[ANA], world.channels[WEST]
    await maya.command("report the scanner is dead")
    await world.settle()
    await ana.presses("Take", on=await ana.sees("MAR-1", at=ward))
    await world.settle()
    before = await world.history()
    for delivery in list(world.slack.sent):
        assert (await world.slack.replay(delivery)).status == 200
    await world.settle()
    assert await world.history() == before
    assert len(await world.issues()) == 1
    assert (await world.issue()).status is Status.TAKEN
