"""Slack as a chat platform: a post carries its key, and is found by it where the answer was lost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from adapters.slack import render
from adapters.slack.api import Api
from adapters.slack.identity import PLATFORM, Directory
from adapters.slack.render import Page
from bot.actions import Signer, encode
from bot.cards import Card
from bot.errors import InDoubt, Rejected
from bot.model import Address, MessageRef
from bot.ports import Clock, Pace

EVENT = "checkback_notice"  # the type of the metadata that a post carries
LOOKED_AT = 200  # messages at a time

Json = dict[str, Any]


class SlackPlatform:
    """`bot.ports.ChatPlatform` over Slack's Web API. A message's id is that of its conversation and its time there."""

    name = PLATFORM
    pace = Pace(lane=timedelta(seconds=1), bucket=timedelta(milliseconds=200))

    def __init__(self, api: Api, directory: Directory, signer: Signer, clock: Clock) -> None:
        self._api = api
        self._directory = directory
        self._signer = signer
        self._clock = clock
        self._begun: dict[str, tuple[MessageRef, int]] = {}  # of long cards: the first message, and how many are there

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        pages = await self.drawn(card)
        mark = self.mark(key)
        first, there = self._begun.pop(mark, (None, 0))
        if first is None:
            first, there = await self._post(to, pages[0], mark, 0, len(pages)), 1
        below = Address(to.platform, to.kind, to.id, to.thread or first.id)
        for n in range(there, len(pages)):
            self._begun[mark] = first, n
            await self._post(below, pages[n], mark, n, len(pages))
        self._begun.pop(mark, None)
        return first

    async def replace(self, message: MessageRef, card: Card) -> None:
        channel, ts = split(message.id)
        page = (await self.drawn(card))[0]
        await self._api.call("chat.update", channel=channel, ts=ts, text=page.text, blocks=page.blocks)

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        mark = self.mark(key)
        channel = await self._channel(to)
        found = await self._look(channel, split(to.thread)[1] if to.thread else "", mark, since)
        if not found:
            return None
        pages = {int(each["page"]): each["ts"] for each in found}
        many = int(found[0]["of"])
        first = MessageRef(to, joined(channel, str(pages.get(0, found[0]["ts"]))))
        if many > 1 and not to.thread:
            below = await self._look(channel, split(first.id)[1], mark, since)
            pages |= {int(each["page"]): each["ts"] for each in below}
        if len(pages) < many:
            self._begun[mark] = (first, len(pages))
            return None
        return first

    async def drawn(self, card: Card) -> list[Page]:
        token = partial(encode, signer=self._signer, now=await self._clock.now())
        return render.message(card, token)

    def mark(self, key: str) -> str:
        """What stands in a message for its key, which may tell what it is about."""
        return self._signer.sign(b"slack mark\0" + key.encode()).hex()

    async def _post(self, to: Address, page: Page, mark: str, n: int, many: int) -> MessageRef:
        said: Json = {
            "channel": await self._direct(to),
            "text": page.text,
            "blocks": page.blocks,
            "metadata": {"event_type": EVENT, "event_payload": {"mark": mark, "page": n, "of": many}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if to.thread:
            said["channel"], said["thread_ts"] = split(to.thread)
        answer = await self._api.call("chat.postMessage", **said)
        try:
            return MessageRef(to, joined(str(answer["channel"]), str(answer["ts"])))
        except KeyError:
            raise InDoubt("no message in the answer") from None

    async def _direct(self, to: Address) -> str:
        """Somebody's own id stands for the conversation with them."""
        return to.id if to.kind == "channel" else await self._directory.id_of(to.id)

    async def _channel(self, to: Address) -> str:
        if to.thread:
            return split(to.thread)[0]
        if to.kind == "channel":
            return to.id
        opened = await self._api.call("conversations.open", users=await self._directory.id_of(to.id))
        return str(opened["channel"]["id"])

    async def _look(self, channel: str, thread: str, mark: str, since: datetime) -> list[Json]:
        """Our messages with that mark, as their metadata and time."""
        method = "conversations.replies" if thread else "conversations.history"
        asked: Json = {"channel": channel, "limit": LOOKED_AT, "include_all_metadata": True}
        asked |= {"ts": thread} if thread else {"oldest": f"{since.timestamp():.6f}"}
        found: list[Json] = []
        while True:
            answer = await self._api.call(method, **asked)
            found += [each for each in map(_marked, answer.get("messages", [])) if each and each["mark"] == mark]
            cursor = answer.get("response_metadata", {}).get("next_cursor")
            if not cursor:
                return found
            asked["cursor"] = cursor


def joined(channel: str, ts: str) -> str:
    return f"{channel}/{ts}"


def split(message: str) -> tuple[str, str]:
    """Where a message is, and its time there. Raises Rejected where it is none of Slack's."""
    channel, _, ts = message.partition("/")
    if not ts:
        raise Rejected(f"no message of Slack's: {message}")
    return channel, ts


def _marked(message: Mapping[str, Any]) -> Json | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT:
        return None
    return {**metadata.get("event_payload", {}), "ts": message["ts"]}
