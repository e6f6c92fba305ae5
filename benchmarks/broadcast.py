"""How long 10,000 notices take on a platform that counts, beside the fastest that its published windows allow.

The platform is a server of its own on loopback. It and the bot share a clock that is hurried (`tests.peers.hurry`):
what waits is hurried, what is reckoned is not, so the engine has so much less time for each notice than it will have.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.table import Row, show
from bot.cards import Card, Text
from bot.courier import AHEAD, Courier
from bot.model import Address
from bot.ports import NoticeState, Pace
from storage.database import SqlDatabase
from storage.dispatch import dispatch_for
from storage.engine import open_database
from storage.migrate import migrate
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests.peers.exchange import Exchange, HttpChat, Window, session
from tests.peers.hurry import HurriedClock, hurried

PEOPLE = 10_000
SLICE = 1_000  # of a broadcast, in one transaction
LEAST = 0.95  # of the fastest schedule
KEYS = KeyRing(["an invented secret for measuring only"])


@dataclass(frozen=True)
class Published:
    """What a platform allows, and the pace at which an adapter goes under it."""

    name: str
    windows: Sequence[Window]
    place_windows: Sequence[Window]
    pace: Pace
    times: float  # how much time is hurried

    def fastest(self, many: int) -> float:
        """Seconds, where each window is filled as soon as it opens; each goes to a place of its own."""
        return max((many - 1) // each.most * each.seconds for each in self.windows)


SLACK = Published(
    "Slack", [Window(300, 60)], [Window(1, 1)], Pace(timedelta(seconds=1), timedelta(seconds=60 / 297)), times=8
)
TEAMS = Published(
    "Teams",
    [Window(50, 1)],
    [Window(7, 1), Window(8, 2), Window(60, 30), Window(1800, 3600)],
    Pace(timedelta(seconds=2), timedelta(seconds=1 / 48.5)),
    times=1,
)


def main() -> bool:
    """Measure and print; whether every aim was met."""
    rows: list[Row] = []
    for published in (SLACK, TEAMS):
        with tempfile.TemporaryDirectory(prefix="checkback-bench-") as folder:
            url = f"sqlite:///{folder}/checkback.db"
            migrate(url)
            before = time.process_time()
            took, exchange = hurried(published.times, lambda: _broadcast(url, published))  # noqa: B023
            cpu = (time.process_time() - before) / PEOPLE * 1000
        rows += _rows(published, took, exchange, cpu)
    return show(f"broadcast: {PEOPLE:,} notices to as many people, on SQLite", rows)


def _rows(published: Published, took: float, exchange: Exchange, cpu: float) -> list[Row]:
    fastest = published.fastest(PEOPLE)
    share = fastest / took
    name = published.name
    once = len(exchange.history) == len(set(exchange.keys)) == PEOPLE
    return [
        Row(f"{name}: delivered", f"{took:,.0f} s; at the fastest {fastest:,.0f} s ({published.times:g} in one)"),
        Row(f"{name}: share of it", f"{share:.1%}", f"at least {LEAST:.0%}", met=share >= LEAST),
        Row(f"{name}: answered 429", f"{exchange.too_many}", "none", met=not exchange.too_many),
        Row(f"{name}: each person once", f"{len(exchange.history):,}", "all", met=once),
        Row(f"{name}: CPU", f"{cpu:.2f} ms a notice, the platform's own included"),
    ]


async def _broadcast(url: str, published: Published) -> tuple[float, Exchange]:
    """Seconds on the hurried clock from the commit of the last slice to the last message."""
    database = open_database(url, KEYS)
    exchange = Exchange(place_windows=published.place_windows, windows=published.windows)
    clock = HurriedClock()
    async with exchange.open(), session() as calls:
        platform = HttpChat(calls, exchange.url, name="chat", pace=published.pace)
        courier = Courier(database, clock, {platform.name: platform}, AHEAD)
        await _post(database, clock)
        begun = asyncio.get_running_loop().time()
        sending = asyncio.create_task(dispatch_for(database, clock).run(courier.send_lane))
        await _all_sent(database)
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
    await database.close()
    return exchange.history[-1].at - begun, exchange


async def _post(database: SqlDatabase, clock: HurriedClock) -> None:
    def put(tx: SqlTransaction, first: int) -> None:
        for n in range(first, first + SLICE):
            to = Address("chat", "person", f"person {n}")
            tx.outbox.post(to, Card("What broke this week", (Text("Nothing."),)), clock.read(), key=f"bulletin {n}")

    for first in range(0, PEOPLE, SLICE):
        await database.run(lambda tx: put(tx, first))  # noqa: B023 - awaited at once


async def _all_sent(database: SqlDatabase) -> None:
    while True:
        counts = await database.read(lambda tx: tx.outbox.counts())
        if not counts[NoticeState.READY] + counts[NoticeState.SENDING]:
            return
        await asyncio.sleep(10)
