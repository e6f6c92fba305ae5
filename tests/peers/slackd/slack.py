"""The local Slack: one server on loopback that holds a workspace, and the people in it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import ClientSession, TCPConnector, web

from tests.peers.slackd import people, rooms
from tests.peers.slackd.ack import Ack
from tests.peers.slackd.api import Api, Call
from tests.peers.slackd.app import App
from tests.peers.slackd.blockkit import Problem
from tests.peers.slackd.delivery import Delivery, Post
from tests.peers.slackd.events import Events
from tests.peers.slackd.faults import Faults
from tests.peers.slackd.grants import Grants
from tests.peers.slackd.payloads import Payloads
from tests.peers.slackd.person import Person
from tests.peers.slackd.rates import RATES, Buckets, Rates
from tests.peers.slackd.socketmode import SocketMode
from tests.peers.slackd.state import BOT, BOT_ID, TEAM, Clock, Conversation, Message, State, User


class Slack:
    """`listener` is where the bot listens over HTTP; without one, everything goes over Socket Mode."""

    team, bot, bot_id = TEAM, BOT, BOT_ID
    bot_token, app_token, signing_secret = "xoxb-of-the-bot", "xapp-of-the-app", "signed-in-here"

    def __init__(
        self, app: App | None = None, *, clock: Clock = time.time, rates: Rates = RATES, patience: float = 3.0
    ) -> None:
        self.app = app or App()
        self.state = State(self.app, clock)
        self.faults = Faults()
        self.socket = SocketMode(self.state)
        self.post = Post(self.signing_secret, self.socket, patience)
        self.events = Events(self.state, self.post)
        grants = Grants(self.state)
        self.payloads = Payloads(self.state, grants)
        tokens = {self.bot_token: "bot", self.app_token: "app"}
        buckets = Buckets(rates)
        self.api = Api(self.state, grants, buckets, self.faults, tokens, self.socket.ticket, self.events.flush)
        self.url = ""

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def listener(self) -> str | None:
        return self.post.listener

    @listener.setter
    def listener(self, url: str | None) -> None:
        self.post.listener = url

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Slack"]:
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.add_routes(
            [
                web.route("*", "/api/{method}", self.api.call),
                web.post("/respond/{token}", self.api.respond),
                web.get("/link", self.socket.link),
            ]
        )
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._at(runner.addresses[0][1])
        async with ClientSession(connector=TCPConnector(limit=0, keepalive_timeout=2)) as session:
            self.post.session = session
            try:
                yield self
            finally:
                await self.events.close()
                await self.socket.close()
                await runner.cleanup()

    def _at(self, port: int) -> None:
        self.url = self.payloads.address = f"http://127.0.0.1:{port}"
        self.socket.address = f"ws://127.0.0.1:{port}"

    # ------------------------------------------------------------------------------------------------- who is there

    def person(
        self,
        name: str,
        *,
        email: str = "",
        real_name: str = "",
        tz: str = "Etc/UTC",
        deleted: bool = False,
        guest: bool = False,
        email_confirmed: bool = True,
    ) -> Person:
        user = User(
            id=self.state.number("U"),
            name=name,
            real_name=real_name or name.title(),
            email=email,
            tz=tz,
            deleted=deleted,
            guest=guest,
            email_confirmed=email_confirmed,
        )
        self.state.users[user.id] = user
        return Person(user, self.state, self.payloads, self.post, self.events)

    def channel(self, name: str, *people: Person, private: bool = False, bot: bool = True) -> Conversation:
        members = [person.id for person in people] + ([BOT] if bot else [])
        new = Conversation(
            id=self.state.number("C"), name=name, kind="groups" if private else "channels", members=members
        )
        self.state.conversations[new.id] = new
        return new

    async def changes(self, person: Person, *, email: str | None = None, deleted: bool | None = None) -> None:
        """An administrator changes somebody's address, or ends or renews their account; the app hears of it."""
        user = person.user
        person.user = replace(
            user,
            email=user.email if email is None else email,
            deleted=user.deleted if deleted is None else deleted,
        )
        self.state.users[user.id] = person.user
        said = {"type": "user_change", "user": people.as_json(self.state, person.user), "event_ts": self.state.ts()}
        await self.events.tell("user_change", said)

    # ------------------------------------------------------------------------------------------- what has happened

    def history(self, at: Conversation | str) -> list[Message]:
        """What everybody there sees, oldest first."""
        return rooms.held(self.state, at if isinstance(at, str) else at.id)

    def ephemerals(self, person: Person) -> list[Message]:
        return [message for message in person.visible() if message.ephemeral_to]

    @property
    def calls(self) -> list[Call]:
        return self.api.calls

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def complaints(self) -> list[Problem]:
        """Everything about the bot's payloads that Slack, or this house, would not have."""
        return self.state.complaints

    @property
    def too_many(self) -> int:
        return self.api.too_many

    @property
    def early(self) -> list[str]:
        """Lanes in which the bot called before a Retry-After was over."""
        return self.api.early

    @property
    def sent(self) -> list[Delivery]:
        return self.post.sent

    # --------------------------------------------------------------------------------------------------- the wire

    def sign(self, body: bytes, at: float | None = None) -> dict[str, str]:
        return self.post.sign(body, at)

    async def deliver(self, body: bytes, headers: dict[str, str]) -> Ack:
        """Anything raw to the bot's listener."""
        return await self.post.raw(body, headers)

    async def replay(self, delivery: Delivery) -> Ack:
        return await self.post.again(delivery)

    async def verifies_url(self) -> Ack:
        """What Slack sends when the address is typed into the app's settings."""
        body = b'{"token":"not-used-any-more","challenge":"3eZbrw1aBm2rZgRNFdxV","type":"url_verification"}'
        return await self.deliver(body, {"Content-Type": "application/json", **self.sign(body)})
