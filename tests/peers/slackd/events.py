"""Events: told once each, and again where they were not taken: at once, after a minute, after five."""

import asyncio
from dataclasses import dataclass, field

from tests.peers.slackd.ack import Ack
from tests.peers.slackd.delivery import Post
from tests.peers.slackd.state import BOT, TEAM, Json, State

PAUSES = (0.0, 60.0, 300.0)  # seconds before each retry


@dataclass(frozen=True)
class Waiting:
    """An event that comes again, no earlier than `due`."""

    payload: Json
    retry: int
    reason: str
    due: float


@dataclass
class Events:
    state: State
    post: Post
    waiting: list[Waiting] = field(default_factory=list)
    given_up: list[Json] = field(default_factory=list)
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    async def tell(self, name: str, event: Json) -> Ack | None:
        """The last acknowledgement; None where the app does not subscribe to such events."""
        if name not in self.state.app.events:
            return None
        return await self._try(self._payload(event))

    def flush(self) -> None:
        """Tells of what has happened, beside whatever goes on."""
        while self.state.happened:
            name, event = self.state.happened.popleft()
            task = asyncio.ensure_future(self._tell(name, event))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, name: str, event: Json) -> None:
        await self.tell(name, event)

    async def settled(self) -> None:
        """Everything that happened so far has been told."""
        while self._telling:
            await asyncio.gather(*self._telling)

    async def catch_up(self) -> int:
        """Sends again what is due; how many that were."""
        now = self.state.clock()
        due = [each for each in self.waiting if each.due <= now]
        self.waiting = [each for each in self.waiting if each.due > now]
        for each in due:
            await self._try(each.payload, each.retry, each.reason)
        return len(due)

    async def close(self) -> None:
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    async def _try(self, payload: Json, retry: int = 0, reason: str = "") -> Ack:
        ack = await self.post.send("events_api", payload, retry, reason)
        stop = ack.headers.get("X-Slack-No-Retry") == "1"
        if ack.taken or stop:
            return ack
        if retry == len(PAUSES):
            self.given_up.append(payload)
            return ack
        if PAUSES[retry] == 0.0:
            return await self._try(payload, retry + 1, ack.lost)
        self.waiting.append(Waiting(payload, retry + 1, ack.lost, self.state.clock() + PAUSES[retry]))
        return ack

    def _payload(self, event: Json) -> Json:
        who = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}
        return {
            "token": "not-used-any-more",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
            "api_app_id": self.state.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self.state.number("Ev"),
            "event_time": int(self.state.clock()),
            "authorizations": [who],
            "is_ext_shared_channel": False,
            "event_context": self.state.number("4-event-"),
        }
