"""A busy hour, in hurried time: Slack's own limits are kept by themselves, and a storm of refusals changes nothing."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from adapters.slack.api import Api, session
from adapters.slack.identity import Directory
from adapters.slack.outbound import SlackPlatform
from bot.cards import Card, Text
from bot.courier import AHEAD, Courier
from bot.model import Address
from bot.ports import NoticeState
from storage.dispatch import InProcessDispatch
from storage.engine import open_database
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests.peers.hurry import HurriedClock, hurried
from tests.peers.slackd import Fault, Slack, shown

pytestmark = pytest.mark.slow
TIMES = 20.0
DOUBTFUL = (Fault.FAILS, Fault.FAILS_LATE, Fault.RESETS, Fault.RESETS_LATE, Fault.MUMBLES, Fault.DENIES)


@dataclass
class Storm:
    """Two faults of a method in a row at most, or a notice would rightly be set aside after five tries."""

    kinds: tuple[Fault, ...]
    methods: frozenset[str]
    row: int = 0

    def __call__(self, method: str) -> Fault | None:
        if method not in self.methods or self.row == 2 or random.random() > 0.3:  # noqa: S311 - weather, not secrets
            self.row = 0
            return None
        self.row += 1
        return random.choice(self.kinds)  # noqa: S311


async def sent(url: str, keys: KeyRing, weather: Callable[[str], Fault | None]) -> tuple[Slack, dict[str, list[str]]]:
    """Eight notices to a channel and four to each of ten people; what each place then shows."""
    database, clock = open_database(url, keys), HurriedClock()
    slack = Slack(clock=lambda: clock.read().timestamp())
    slack.faults.weather = weather
    slack.faults.retry_after = 5
    async with slack.open(), session(patience=60) as calls:
        people = [slack.person(f"p{n}", email=f"p{n}@ward.example") for n in range(10)]
        ward = slack.channel("4-west", *people)
        places = [(Address("slack", "channel", ward.id), 8)]
        places += [(Address("slack", "person", each.user.email), 4) for each in people]

        def put(tx: SqlTransaction) -> None:
            for to, many in places:
                for n in range(many):
                    tx.outbox.post(to, Card(f"{n}", (Text("words"),)), clock.read(), key=f"{to.id} {n}")

        await database.run(put)
        api = Api(calls, slack.api_url, slack.bot_token)
        platform = SlackPlatform(api, Directory(api, lambda: slack.team), keys, clock)
        courier = Courier(database, clock, {platform.name: platform}, AHEAD)
        running = asyncio.create_task(InProcessDispatch(database, clock).run(courier.send_lane))
        await _all(lambda: database.read(lambda tx: tx.outbox.counts()))
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        seen = {place: slack.history(place) for place in (ward.id, *(each.dm_id for each in people))}
        await database.close()
        return slack, {place: [shown(each).partition("\n")[0] for each in some] for place, some in seen.items()}


async def _all(counts: Callable[[], Awaitable[object]]) -> None:
    while True:
        found = await counts()
        assert isinstance(found, dict)
        assert not found[NoticeState.DEAD] + found[NoticeState.UNKNOWN]
        if not found[NoticeState.READY] + found[NoticeState.SENDING]:
            return
        await asyncio.sleep(1)


def test_of_its_own_accord_the_bot_never_writes_too_fast(sqlite_url: str, keys: KeyRing) -> None:
    slack, seen = hurried(TIMES, lambda: sent(sqlite_url, keys, lambda _: None))
    assert slack.too_many == 0
    assert sorted(map(len, seen.values())) == [4] * 10 + [8]
    assert all(there == [f"{n}" for n in range(len(there))] for there in seen.values())


@pytest.mark.parametrize(
    ("kinds", "methods"),
    [
        ((Fault.TOO_MANY,), {"chat.postMessage", "conversations.history", "users.lookupByEmail"}),
        (DOUBTFUL, {"chat.postMessage"}),
    ],
    ids=["429", "doubt"],
)
def test_in_a_storm_everything_arrives_once_and_in_order(
    sqlite_url: str, keys: KeyRing, kinds: tuple[Fault, ...], methods: set[str]
) -> None:
    storm = Storm(kinds, frozenset(methods))
    slack, seen = hurried(TIMES, lambda: sent(sqlite_url, keys, storm))
    assert [lane for lane in slack.early if lane.startswith("chat.postMessage")] == []  # look-ups are made side by side
    assert sorted(map(len, seen.values())) == [4] * 10 + [8]
    assert all(there == [f"{n}" for n in range(len(there))] for there in seen.values())
