"""The workspace as a chat platform: a message is a row of the feed, and open pages hear of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from adapters.local.hub import Hub
from bot.cards import Card
from bot.errors import Rejected, TryLater, Unavailable
from bot.model import Address, MessageRef
from bot.ports import Clock, Feed, Pace

PAUSE = timedelta(seconds=1)  # the feed is in our own database: where it cannot write, it soon can again


class LocalPlatform:
    """`bot.ports.ChatPlatform` over the feed."""

    name = "local"
    pace = Pace()

    def __init__(self, feed: Feed, clock: Clock, hub: Hub) -> None:
        self._feed = feed
        self._clock = clock
        self._hub = hub

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        try:
            message = await self._feed.post(to, card, key, await self._clock.now())
        except Unavailable:
            raise TryLater(PAUSE) from None
        self._hub.tell("posted", replace(message, place=replace(message.place, behind=None)))
        return message

    async def replace(self, message: MessageRef, card: Card) -> None:
        try:
            found = await self._feed.edit(message, card, await self._clock.now())
        except Unavailable:
            raise TryLater(PAUSE) from None
        if not found:
            raise Rejected(f"no message {message.id}")
        self._hub.tell("edited", replace(message, place=replace(message.place, behind=None)))

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:  # noqa: ARG002 - the feed forgets nothing
        return await self._feed.find(to, key)
