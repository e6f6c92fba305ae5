"""A courier on a platform that is a file and posts what it is told to, twice if told twice.

    DATABASE_URL HISTORY [--dies before|after --at KEY] [--stays]

It returns when nothing more can be sent, or `--stays` until it is killed. `--dies` ends the process, as a kill does,
right before or right after the message of that key has been posted.
"""

import argparse
import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.cards import Card
from bot.courier import Courier
from bot.errors import Rejected
from bot.model import Address, MessageRef
from bot.ports import Pace
from storage import lanes
from storage.dispatch import dispatch_for
from storage.engine import open_database
from storage.seal import KeyRing

SECRET_KEY = "an-invented-secret-of-the-fault-tests"
DIED = 9
NETWORK = 0.002  # seconds, each way


@dataclass
class FilePlatform:
    """`bot.ports.ChatPlatform`: a message is a line of the file, which holds its key and nothing to refuse a second."""

    history: Path
    dies: str | None = None
    at: str | None = None
    name: str = "local"
    pace: Pace = field(default_factory=Pace)

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:  # noqa: ARG002 - the port's
        await asyncio.sleep(NETWORK)
        self._die("before", key)
        with self.history.open("ab", buffering=0) as history:  # one write: a kill leaves a whole line or none
            history.write(f"{key}\n".encode())
        self._die("after", key)
        await asyncio.sleep(NETWORK)
        return MessageRef(to, key)

    async def replace(self, message: MessageRef, card: Card) -> None:  # noqa: ARG002 - the port's
        raise Rejected("nothing here is drawn anew")

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        assert since.tzinfo
        found = self.history.exists() and key in self.history.read_text().splitlines()
        return MessageRef(to, key) if found else None

    def _die(self, when: str, key: str) -> None:
        if (self.dies, self.at) == (when, key):
            os._exit(DIED)


class Clock:
    async def now(self) -> datetime:
        return datetime.now(UTC)


def impatient() -> None:
    """On PostgreSQL others take over sooner than an operator would want it."""
    lanes.HEARTBEAT, lanes.STALLED, lanes.SWEEP = 0.2, 1.0, 0.5


async def work(url: str, platform: FilePlatform, *, stays: bool) -> None:
    database = open_database(url, KeyRing([SECRET_KEY]), exclusive=True)
    courier = Courier(database, Clock(), {platform.name: platform})
    dispatch = dispatch_for(database, Clock())
    await (dispatch.run if stays else dispatch.drain)(courier.send_lane)
    await database.close()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("history", type=Path)
    parser.add_argument("--dies", choices=["before", "after"])
    parser.add_argument("--at")
    parser.add_argument("--stays", action="store_true")
    given = parser.parse_args(arguments)
    impatient()
    asyncio.run(work(given.url, FilePlatform(given.history, given.dies, given.at), stays=given.stays))
