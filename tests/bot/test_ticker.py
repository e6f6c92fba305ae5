import asyncio
from datetime import timedelta

import pytest

from bot import steps
from bot.model import Event
from bot.ticker import Ticker
from tests.world import MAYA, World, audited

FAST = timedelta(milliseconds=20)


async def until(true: object) -> None:
    """For at most two seconds."""
    assert callable(true)
    for _ in range(200):
        if await true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came")


async def test_a_beat_does_what_is_due_and_seals_the_audit(world: World) -> None:
    ticker = Ticker(world.database, world.clock)
    await world.types(MAYA, "report the cart is dark")
    await world.clock.set(world.start + timedelta(hours=2))
    await ticker.beat()
    assert await world.happened(Event.ESCALATED) == [2]
    assert await world.database.run(lambda tx: tx.audit.seal()) == 0
    assert ticker.last_beat() < timedelta(seconds=1)


async def test_started_it_beats_by_itself(world: World) -> None:
    ticker = Ticker(world.database, world.clock, FAST)
    await world.types(MAYA, "report the cart is dark")
    await world.clock.set(world.start + timedelta(hours=2))
    ticker.start()

    async def escalated() -> bool:
        return bool(await world.happened(Event.ESCALATED))

    await until(escalated)
    await ticker.stop()


async def test_stopped_it_beats_no_more(world: World) -> None:
    ticker = Ticker(world.database, world.clock, FAST)
    ticker.start()
    await asyncio.sleep(0.1)
    await ticker.stop()
    await world.types(MAYA, "report the cart is dark")
    await world.clock.set(world.start + timedelta(hours=2))
    await asyncio.sleep(0.1)
    assert await world.happened(Event.ESCALATED) == []


async def test_stopping_what_was_never_started_is_no_fault(world: World) -> None:
    await Ticker(world.database, world.clock).stop()


async def test_a_jump_of_the_clock_is_recorded_and_beats_go_on(world: World) -> None:
    ticker = Ticker(world.database, world.clock, FAST)
    ticker.start()
    await world.types(MAYA, "report the cart is dark")
    await world.clock.set(world.start + timedelta(hours=2))
    await ticker.rearm(timedelta(seconds=-10))
    assert await world.happened(Event.ESCALATED) == [2]
    assert ("clock.jumped", "-10 s", True) in await audited(world)
    await world.clock.set(world.start + timedelta(hours=8))

    async def twice() -> bool:
        return len(await world.happened(Event.ESCALATED)) == 2

    await until(twice)
    await ticker.stop()


async def test_a_beat_without_a_database_is_skipped_and_not_counted(world: World) -> None:
    ticker = Ticker(world.database, world.clock)
    await world.database.close()
    await asyncio.sleep(0.02)
    await ticker.beat()
    assert ticker.last_beat() >= timedelta(milliseconds=20)


async def test_a_jump_without_a_database_ends_nothing(world: World) -> None:
    ticker = Ticker(world.database, world.clock, timedelta(seconds=60))
    ticker.start()
    await world.database.close()
    await ticker.rearm(timedelta(seconds=10))
    await ticker.stop()


async def test_once_a_minute_the_auditor_looks(world: World) -> None:
    ticker = Ticker(world.database, world.clock)
    await world.types(MAYA, "report the cart is dark")
    await ticker.beat()
    issue = await world.issue()
    key = f"{steps.AGENDA}:{issue.id}"
    await world.database.run(lambda tx: tx.agenda.drop(key))
    seen = []
    for seconds in (1, 59, 60):
        await world.clock.set(world.start + timedelta(seconds=seconds))
        await ticker.beat()
        seen.append(issue.id in await world.database.read(lambda tx: tx.watch.planned(steps.AGENDA)))
    assert seen == [False, False, True]


async def test_a_clock_that_was_set_back_does_not_keep_the_auditor_from_looking(world: World) -> None:
    ticker = Ticker(world.database, world.clock)
    await world.types(MAYA, "report the cart is dark")
    await ticker.beat()
    issue = await world.issue()
    await world.database.run(lambda tx: tx.agenda.drop(f"{steps.AGENDA}:{issue.id}"))
    await world.clock.set(world.start - timedelta(seconds=10))
    await ticker.beat()
    assert issue.id in await world.database.read(lambda tx: tx.watch.planned(steps.AGENDA))
