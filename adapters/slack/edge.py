"""All of Slack, joined: the platform for the courier, the routes for the web, and the line to Slack."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute, Route

from adapters.slack.answers import Answers
from adapters.slack.api import Api
from adapters.slack.errands import Errands
from adapters.slack.front import Front
from adapters.slack.identity import Directory
from adapters.slack.inbound import Inbound
from adapters.slack.outbound import SlackPlatform
from adapters.slack.socket import PING, Socket
from bot.actions import Signer
from bot.desk import Desk
from bot.errors import DeliveryFailed
from bot.ports import Clock

log = structlog.get_logger()

PATH = "/slack/events"
DRAIN = 5.0  # seconds that a stop waits for answers under way
ASKED = 60.0  # seconds between two questions whether our token is still good
SILENT = 180.0  # seconds without a yes, after which it is not
ANYTHING = re.compile("")

Listener = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Keys:
    """What Slack gave the installation. Without an app token it speaks to us over HTTP."""

    bot: str
    signing: str = ""
    app: str = ""
    url: str = AsyncWebClient.BASE_URL


@dataclass(slots=True)
class Bot:
    """What Slack says of us; empty until it has been asked."""

    user: str = ""
    team: str = ""


class Edge:
    """One installation in one workspace."""

    def __init__(self, api: Api, keys: Keys, signer: Signer, clock: Clock, ping: float = PING) -> None:
        self._keys = keys
        self._signer = signer
        self._clock = clock
        self._ping = ping
        self._bot = Bot()
        self._heard = -SILENT
        self._known = asyncio.Event()
        self._socket: Socket | None = None
        self._app: AsyncApp | None = None
        self.errands = Errands()
        self.api = api
        self.directory = Directory(self.api, lambda: self._bot.team)
        self.platform = SlackPlatform(self.api, self.directory, signer, clock)

    def mounted(self, desk: Desk) -> Sequence[BaseRoute]:
        """Its routes; none without a signing secret, as then nobody could prove to be Slack."""
        answers = Answers(self.api)
        inbound = Inbound(
            desk, self.directory, answers, self.errands, self._signer, self._clock, lambda: self._bot.user
        )
        self._app = self._bolt(inbound)
        front = Front(self._app, self._keys.signing)
        return [Route(PATH, front.take, methods=["POST"])] if self._keys.signing else []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What is mounted is spoken with; on the way out what is under way is brought to its end."""
        asking = asyncio.create_task(self._keep_asking())
        learning = self.errands.start(self._learn())
        if self._app and self._keys.app:
            self._socket = Socket(self._app, self._keys.app, self._ping)
            self._socket.open()
        try:
            yield
        finally:
            asking.cancel()
            learning.cancel()
            await asyncio.gather(asking, learning, return_exceptions=True)
            if self._socket:
                await self._socket.close()
            await self.errands.done(DRAIN)

    async def check(self) -> str | None:
        """What is wrong with the line to Slack, or None."""
        if asyncio.get_running_loop().time() - self._heard > SILENT:
            return "Slack has not answered for three minutes, or refuses the token: run checkback doctor"
        if self._socket and not await self._socket.well():
            return "the line to Slack is down; it is made again by itself"
        return None

    def _bolt(self, inbound: Inbound) -> AsyncApp:
        async def authorize(team_id: str | None) -> AuthorizeResult | None:
            """Only our own workspace is spoken with."""
            if self._bot.team and team_id and team_id != self._bot.team:
                return None
            user, token = self._bot.user, self._keys.bot
            return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_user_id=user, bot_token=token)

        app = AsyncApp(
            name="checkback",
            process_before_response=True,
            signing_secret=self._keys.signing,
            client=AsyncWebClient(base_url=self._keys.url, session=self.api.session, retry_handlers=[]),
            authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None for a workspace that is not known
            ignoring_self_events_enabled=False,  # every bot's events are left out, our own among them
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        for listen, handle in (
            (app.command, inbound.command),
            (app.action, inbound.action),
            (app.view, inbound.view),
            (app.shortcut, inbound.shortcut),
            (app.event, inbound.event),
        ):
            listen(ANYTHING)(_listener(handle))
        app.options(ANYTHING)(_no_options)
        return app

    async def _learn(self) -> None:
        """Who is in the workspace. What of it could not be had is asked for when it is needed."""
        try:
            await self._known.wait()
            await self.directory.learn()
        except DeliveryFailed as wrong:
            log.warning("not everybody in slack is known", why=type(wrong).__name__)

    async def _keep_asking(self) -> None:
        """Who we are; and whether we still are, which also keeps the line alive."""
        while True:
            try:
                said = await self.api.call("auth.test")
                self._bot.user, self._bot.team = said["user_id"], said["team_id"]
                self._known.set()
                self._heard = asyncio.get_running_loop().time()
            except DeliveryFailed as wrong:
                log.warning("slack does not know us", why=type(wrong).__name__)
            await asyncio.sleep(ASKED if self._bot.user else 1)


def _listener(handle: Listener) -> Listener:
    async def listener(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401 - Bolt finds them by name
        await handle(ack, body)

    return listener


async def _no_options(ack: Any) -> None:  # noqa: ANN401
    await ack(options=[])
