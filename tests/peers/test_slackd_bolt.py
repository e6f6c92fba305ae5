from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slackd import Slack, labels, shown
from tests.peers.slackd.samples import Json, actions, asks, button, home, modal, of, plain, section

Way = Callable[[Slack, AsyncApp, AsyncWebClient], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def over_http(slack: Slack, app: AsyncApp, client: AsyncWebClient) -> AsyncIterator[None]:  # noqa: ARG001 - a way
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.listener = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(slack: Slack, app: AsyncApp, client: AsyncWebClient) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the library has no types here
    await slack.socket.connected()
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # nor here


def client_of(slack: Slack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def app_of(slack: Slack, client: AsyncWebClient) -> AsyncApp:
    """A bot with a door of each kind."""
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)
    form = modal(asks(of("plain_text_input"), block_id="words", label=plain("What went wrong?")), callback_id="report")

    @app.command("/pilot")
    async def command(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        if body["text"]:
            await ack(text="Draft", blocks=[section(text=plain("Draft")), actions(button())])
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=form)
            await ack()

    @app.action("take")
    async def take(ack: AsyncAck, body: Json, client: AsyncWebClient, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="Sent", replace_original=True)
        card = {"event_type": "card", "event_payload": {"key": "k1"}}
        said: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False, "metadata": card}
        await client.chat_postMessage(channel=body["user"]["id"], text="Receipt", **said)

    @app.view("report")
    async def submitted(ack: AsyncAck, view: Json) -> None:
        [typed] = view["state"]["values"]["words"].values()
        if typed["value"] == "a name":
            await ack(response_action="errors", errors={"words": "No names, please"})
        else:
            await ack()

    @app.event("message")
    async def message(event: Json, say: AsyncSay) -> None:
        await say(text=f"Heard {event['text']}", unfurl_links=False, unfurl_media=False)

    @app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=home(section(text=plain("Home of Ana"))))

    return app


@pytest.mark.parametrize("way", [over_http, over_socket], ids=["http", "socket"])
async def test_a_bot_on_the_real_libraries_is_talked_to_through_every_door(way: Way) -> None:
    async with Slack().open() as slack:
        client = client_of(slack)
        ana = slack.person("ana", email="ana@ward.example")
        async with way(slack, app_of(slack, client), client):
            await ana.command("report x")
            draft = await ana.sees("Draft")
            assert labels(draft) == ["Take"]
            await ana.presses("Take", on=draft)
            assert ana.reads() == ["Sent", "Receipt"]
            await ana.command()
            await ana.fills({"What went wrong?": "a name"})
            await ana.submits()
            assert ana.modal
            assert ana.modal.errors == {"words": "No names, please"}
            await ana.fills({"What went wrong?": "the scanner"})
            await ana.submits()
            assert ana.modal is None
            await ana.writes("hello")
            await ana.sees("Heard hello")
            home_of_ana = await ana.opens_home()
            assert home_of_ana
            assert shown(home_of_ana) == "Home of Ana"
            found = await client.conversations_history(channel=ana.dm_id, include_all_metadata=True)
            payloads = [each["metadata"]["event_payload"] for each in found["messages"] if "metadata" in each]
            assert payloads == [{"key": "k1"}]
            assert (await client.users_lookupByEmail(email="ana@ward.example"))["user"]["id"] == ana.id
            await slack.events.settled()
        assert slack.complaints == []
        assert {delivery.ack.status for delivery in slack.sent} == {200}


async def test_the_real_socket_comes_back_after_a_refresh() -> None:
    async with Slack().open() as slack:
        client = client_of(slack)
        ana = slack.person("ana")
        async with over_socket(slack, app_of(slack, client), client):
            await slack.socket.refresh()
            await slack.socket.connected()
            assert slack.socket.opened == 2
            await ana.writes("still there?")
            await ana.sees("Heard still there?")
