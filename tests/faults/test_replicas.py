"""Several replicas on one database, and a broadcast in the middle of which everything is started anew."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.cards import Card, Text
from bot.model import Address, Due
from storage.engine import open_database
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests.faults.conftest import Size
from tests.faults.courier import SECRET_KEY
from tests.faults.figures import found
from tests.faults.forks import Forks
from tests.faults.installation import Installation
from tests.faults.replica import TALLY
from tests.peers.exchange import Exchange

pytestmark = pytest.mark.slow
SLICE = 1_000
LANES = 40
WAITING = "SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')"
SET_ASIDE = "SELECT count(*) FROM outbox WHERE state IN ('dead', 'unknown')"
DUE = f"SELECT count(*) FROM agenda WHERE kind = '{TALLY}'"  # noqa: S608 - a word of our own
TALLIED = f"SELECT count(*) FROM audit WHERE action = '{TALLY}'"  # noqa: S608
TALLIED_APART = f"SELECT count(DISTINCT subject) FROM audit WHERE action = '{TALLY}'"  # noqa: S608
TAKEOVER = 20  # seconds, as in production
PATIENCE = 600  # seconds in which everything must be done


async def within(house: Installation, works: Sequence[Callable[[SqlTransaction], None]]) -> None:
    database = open_database(house.url, KeyRing([SECRET_KEY]))
    try:
        for work in works:
            await database.run(work)
    finally:
        await database.close()


def due(many: int) -> list[Callable[[SqlTransaction], None]]:
    """So many entries, which have come due one after the other in the last hour."""
    began = datetime.now(UTC) - timedelta(hours=1)

    def put(tx: SqlTransaction, first: int, last: int) -> None:
        for n in range(first, last):
            tx.agenda.put(Due(f"{TALLY} {n}", TALLY, n, began + timedelta(seconds=n * 3600 / many)))

    return [partial(put, first=first, last=min(first + SLICE, many)) for first in range(0, many, SLICE)]


def notices(many: int, place: Callable[[int], str], kind: str) -> list[Callable[[SqlTransaction], None]]:
    """In slices, as a broadcast is."""

    def put(tx: SqlTransaction, first: int, last: int) -> None:
        now = datetime.now(UTC)
        for n in range(first, last):
            to = Address("local", kind, place(n))
            tx.outbox.post(to, Card("What broke this week", (Text("Nothing."),)), now, key=f"notice {n:05}")

    return [partial(put, first=first, last=min(first + SLICE, many)) for first in range(0, many, SLICE)]


def start(forks: Forks, house: Installation, exchange: Exchange, takeover: int) -> None:
    given = (house.url, exchange.url, "--takeover", takeover)
    forks.start("replica", *given, folder=house.folder, environment=house.environment())


async def nothing_waits(house: Installation) -> None:
    async with asyncio.timeout(PATIENCE):
        while await asyncio.to_thread(house.number, WAITING) or await asyncio.to_thread(house.number, DUE):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


@asynccontextmanager
async def replicated(house: Installation, forks: Sequence[Forks], takeover: int = TAKEOVER) -> AsyncIterator[Exchange]:
    """So many replicas, until the end; they end when they are asked to."""
    async with Exchange().open() as exchange:
        for each in forks:
            start(each, house, exchange, takeover)
        yield exchange
        for each in forks:
            assert await asyncio.to_thread(each.stop) == 0


def in_order(exchange: Exchange) -> bool:
    return all(keys == sorted(keys) for keys in (exchange.at(place) for place in {a.place for a in exchange.history}))


@pytest.mark.parametrize("many", [2, 4])
def test_replicas_run_each_due_entry_once_and_send_each_notice_once(
    shared: Installation, replicas: list[Forks], many: int, size: Size
) -> None:
    entries, posted = size(5_000, 200), size(10_000, 400)
    work = due(entries) + notices(posted, lambda n: f"lane {n % LANES}", "channel")

    async def main() -> Exchange:
        await within(shared, work)
        async with replicated(shared, replicas[:many]) as exchange:
            await nothing_waits(shared)
        return exchange

    exchange = asyncio.run(main())
    assert shared.number(TALLIED) == shared.number(TALLIED_APART) == entries
    assert sorted(exchange.keys) == [f"notice {n:05}" for n in range(posted)]
    assert in_order(exchange)
    assert shared.number(SET_ASIDE) == 0
    assert shared.run("audit", "verify").returncode == 0
    found(
        f"{many} replicas, nobody killed (PostgreSQL)",
        f"{entries} due entries and {posted} notices: each once, 0 lost, 0 twice, lanes in order",
    )


def test_of_three_replicas_that_are_killed_in_turn_nothing_is_lost_or_done_twice(
    shared: Installation, replicas: list[Forks], size: Size
) -> None:
    entries, posted, kills, takeover = size(2_000, 100), size(5_000, 300), size(20, 3), size(TAKEOVER, 5)
    dice = random.Random()  # noqa: S311 - instants, not secrets

    async def main() -> Exchange:
        await within(shared, due(entries) + notices(posted, lambda n: f"lane {n % LANES}", "channel"))
        async with replicated(shared, replicas[:3], takeover) as exchange:
            for n in range(kills):
                await asyncio.sleep(dice.uniform(0.2, 1.5))
                assert await asyncio.to_thread(replicas[n % 3].kill) == -signal.SIGKILL
                start(replicas[n % 3], shared, exchange, takeover)
            await nothing_waits(shared)
        return exchange

    exchange = asyncio.run(main())
    twice = exchange.twice()
    found(
        "3 replicas, killed in turn (PostgreSQL)",
        f"{kills} kills; {entries} due entries and {posted} notices: 0 lost, {len(twice)} twice, "
        f"{exchange.looked_up} looked up",
    )
    assert shared.number(TALLIED) == shared.number(TALLIED_APART) == entries
    assert sorted(set(exchange.keys)) == [f"notice {n:05}" for n in range(posted)]
    assert not twice
    assert shared.number(SET_ASIDE) == 0


def test_a_broadcast_that_is_killed_in_the_middle_reaches_each_person_once(
    house: Installation, forks: Forks, size: Size
) -> None:
    people, kills, takeover = size(10_000, 300), size(5, 1), size(TAKEOVER, 5)

    async def main() -> Exchange:
        await within(house, notices(people, lambda n: f"person {n}", "person"))
        async with Exchange().open() as exchange:
            for n in range(1, kills + 1):
                start(forks, house, exchange, takeover)
                await reaches(exchange, people * n // (kills + 1))
                assert await asyncio.to_thread(forks.kill) == -signal.SIGKILL
            start(forks, house, exchange, takeover)
            await nothing_waits(house)
            assert await asyncio.to_thread(forks.stop) == 0
        return exchange

    exchange = asyncio.run(main())
    found(
        f"broadcast killed in the middle ({house.kind})",
        f"{people} people, {kills} kills: each once, {exchange.looked_up} looked up, {len(exchange.twice())} twice",
    )
    assert sorted(exchange.keys) == [f"notice {n:05}" for n in range(people)]
    assert len({each.place for each in exchange.history}) == people
    assert house.number(SET_ASIDE) == 0


async def reaches(exchange: Exchange, many: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(exchange.history) < many:  # noqa: ASYNC110 - it is written by whoever calls
            await asyncio.sleep(0.005)
