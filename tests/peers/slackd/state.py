"""Everything the workspace holds, in memory, and a way to wait until it changes."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, TypeVar

from tests.peers.slackd.app import App
from tests.peers.slackd.blockkit import Problem

T = TypeVar("T")
Json = dict[str, Any]
Clock = Callable[[], float]

PATIENCE = 10.0  # seconds: whoever waits longer waits for what will not come
TEAM, BOT, BOT_ID = "T0HOSPITAL", "U0CHECKBACK", "B0CHECKBACK"
SLACKBOT = "USLACKBOT"  # no bot, says Slack


class ApiError(Exception):
    """The Web API says no, by this code; `more` goes into the answer."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


@dataclass(frozen=True, kw_only=True)
class User:
    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Etc/UTC"
    deleted: bool = False
    guest: bool = False
    email_confirmed: bool = True
    bot: bool = False


@dataclass(kw_only=True)
class Conversation:
    id: str
    name: str
    kind: Literal["channels", "groups", "im"]
    members: list[str]
    archived: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """As it stood when it was looked at."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    thread_ts: str = ""
    metadata: Mapping[str, Any] | None = None
    files: tuple[Json, ...] = ()
    ephemeral_to: str = ""
    edited: bool = False
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class View:
    """As it stood when it was looked at; `errors` are what its last submission was answered with, by block."""

    id: str
    hash: str
    user: str
    body: Json  # as the bot gave it, block and action ids filled in
    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    previous: str | None = None

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> tuple[Json, ...]:
        return tuple(self.body["blocks"])

    @property
    def callback_id(self) -> str:
        return str(self.body.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.body.get("private_metadata", ""))


@dataclass
class State:
    app: App
    clock: Clock
    users: dict[str, User] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: dict[str, list[Message]] = field(default_factory=dict)  # by conversation, oldest first
    modals: dict[str, list[View]] = field(default_factory=dict)  # by user, the top one last
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    complaints: list[Problem] = field(default_factory=list)
    happened: deque[tuple[str, Json]] = field(default_factory=deque)  # events that wait to be told: subscription, event

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._last = 0
        self._changed = asyncio.Event()
        robot = User(id=BOT, name=self.app.name.lower(), real_name=self.app.name, bot=True)
        self.users |= {BOT: robot, SLACKBOT: User(id=SLACKBOT, name="slackbot", real_name="Slackbot")}

    def number(self, letter: str) -> str:
        """A new id of that kind."""
        return f"{letter}{next(self._numbers):08d}"

    def ts(self) -> str:
        """A new timestamp: now, and later than all before it."""
        self._last = max(self._last + 1, int(self.clock() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def changed(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, look: Callable[[], T | None], what: str) -> T:
        """What `look` finds, as soon as it finds something."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    change = self._changed
                    if (found := look()) is not None:
                        return found
                    await change.wait()
        except TimeoutError:
            raise NotThere(f"{what}: waited {PATIENCE:.0f} s") from None


class NotThere(AssertionError):
    """What a person would use is not on their screen, or cannot be used."""
