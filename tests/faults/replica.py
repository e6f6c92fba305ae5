"""One replica's engine without its web: courier, dispatch and heartbeat, on a platform that is elsewhere.

    DATABASE_URL PLATFORM_URL [--takeover SECONDS]

It goes on until it is killed, or asked to stop; after those seconds others take over what it was sending. Work of the
kind `tally` leaves one entry in the audit each time.
"""

import argparse
import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot import agenda
from bot.app import DatabaseClock
from bot.courier import Courier
from bot.ports import Transaction
from bot.ticker import Ticker
from storage import lanes
from storage.dispatch import dispatch_for
from storage.engine import open_database
from storage.seal import KeyRing
from tests.faults.courier import SECRET_KEY
from tests.peers.exchange import HttpChat, session

TALLY = "tally"


def tally(tx: Transaction, subject: int, now: datetime) -> None:
    tx.audit.write(None, TALLY, str(subject), now)


async def work(url: str, platform_url: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    agenda.KINDS[TALLY] = tally
    database = open_database(url, KeyRing([SECRET_KEY]), exclusive=True)
    clock = DatabaseClock(database)
    async with session() as calls:
        courier = Courier(database, clock, {"local": HttpChat(calls, platform_url)})
        ticker = Ticker(database, clock, timedelta(seconds=0.2))
        sending = asyncio.create_task(dispatch_for(database, clock).run(courier.send_lane))
        ticker.start()
        await stop.wait()
        await ticker.stop()
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
    await database.close()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("platform")
    parser.add_argument("--takeover", type=float, default=lanes.STALLED)
    given = parser.parse_args(arguments)
    lanes.STALLED, lanes.HEARTBEAT = given.takeover, given.takeover / 6
    asyncio.run(work(given.url, given.platform))
