from datetime import timedelta

import pytest

from bot import agenda, shifts, steps
from bot.agenda import run_due
from bot.errors import Gone, Unavailable
from bot.model import Due, Event, Shift
from bot.ports import Transaction
from tests.world import ANA, MAYA, World

KEY = "issue:of nobody"


async def put(world: World, key: str, hours: float, *, kind: str = steps.AGENDA, subject: int = 404) -> None:
    due = Due(key, kind, subject, world.start + timedelta(hours=hours))
    await world.database.run(lambda tx: tx.agenda.put(due))


async def upcoming(world: World) -> list[Due]:
    later = world.start + timedelta(days=999)
    return await world.database.read(lambda tx: list(tx.agenda.due(later, 99)))


async def test_what_is_due_is_done_the_earliest_first(world: World) -> None:
    for line in ("report one", "! two", "!! three"):
        await world.types(MAYA, line)
    await world.clock.set(world.start + timedelta(hours=3))
    assert await run_due(world.database, await world.clock.now()) == 3
    lines = await world.desk.log((await world.person("dr-lee-madeup")).address, 3)
    assert [line.reference for line in lines] == ["MAR-1", "MAR-2", "MAR-3"]  # newest first: MAR-3 was due first


async def test_what_is_not_due_waits(world: World) -> None:
    await world.types(MAYA, "report one")
    assert await run_due(world.database, world.start + timedelta(hours=1.99)) == 0
    assert await run_due(world.database, world.start + timedelta(hours=2)) == 1


async def test_done_twice_it_is_done_once(world: World) -> None:
    await world.types(MAYA, "report one")
    for _ in range(2):
        await run_due(world.database, world.start + timedelta(hours=2))
    assert len(await world.happened(Event.ESCALATED)) == 1


async def test_a_poisoned_entry_does_not_hold_up_the_others(world: World) -> None:
    await put(world, KEY, 1)
    await world.types(MAYA, "report one")
    await run_due(world.database, world.start + timedelta(hours=2))
    assert len(await world.happened(Event.ESCALATED)) == 1
    (poisoned,) = [due for due in await upcoming(world) if due.key == KEY]
    assert poisoned.due_at == world.start + timedelta(hours=1)
    assert await world.database.read(lambda tx: tx.agenda.failing()) == 1


async def test_an_entry_that_fails_is_tried_again_after_ever_longer_pauses(world: World) -> None:
    await put(world, KEY, 1)
    now = world.start + timedelta(hours=1)
    pauses = []
    for _ in range(9):
        assert await run_due(world.database, now) == 1
        assert await run_due(world.database, now) == 0
        upcoming = await world.database.read(lambda tx: tx.agenda.next_due())
        assert upcoming
        pauses.append((upcoming - now) / timedelta(minutes=1))
        now = upcoming
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_an_entry_that_succeeds_at_last_has_not_failed(world: World) -> None:
    await put(world, "late", 1, kind="not known so far")
    await run_due(world.database, world.start + timedelta(hours=2))
    assert await world.database.read(lambda tx: tx.agenda.failing()) == 1
    agenda.KINDS["not known so far"] = lambda _tx, _subject, _now: None
    await run_due(world.database, world.start + timedelta(hours=3))
    del agenda.KINDS["not known so far"]
    assert await world.database.read(lambda tx: tx.agenda.failing()) == 0
    assert "late" not in [due.key for due in await upcoming(world)]


async def test_an_entry_of_an_unknown_kind_is_a_poisoned_one(world: World) -> None:
    await put(world, "new", 1, kind="of a newer version")
    assert await run_due(world.database, world.start + timedelta(hours=2)) == 1
    assert [due.key for due in await upcoming(world)] == ["new"]


async def test_a_poisoned_entry_leaves_nothing_half_done(world: World) -> None:
    def fails(tx: object, subject: int, now: object) -> None:
        assert (tx is not None, now is not None) == (True, True)
        raise Gone(str(subject))

    agenda.KINDS["half"] = fails
    await put(world, "half", 1, kind="half")
    await run_due(world.database, world.start + timedelta(hours=2))
    del agenda.KINDS["half"]
    assert [due.key for due in await upcoming(world)] == ["half"]


async def test_no_more_are_done_at_a_time_than_asked(world: World) -> None:
    for number in range(3):
        await world.types(MAYA, f"report {number}")
    assert await run_due(world.database, world.start + timedelta(hours=2), most=2) == 2


async def test_a_database_that_is_gone_is_no_poisoned_entry(world: World) -> None:
    await world.database.close()
    with pytest.raises(Unavailable):
        await run_due(world.database, world.start)


async def test_after_downtime_who_is_there_is_settled_before_anybody_hears_of_what_came_due(world: World) -> None:
    ana, ends = await world.person(ANA), world.start + timedelta(hours=2.5)

    def plan(tx: Transaction) -> None:
        tx.rota.replace(ana.pilot, world.start, ends, [Shift(ana.id, ana.unit, world.start, ends)])
        shifts.settle(tx, tx.people.get(ana.id), world.start)

    await world.database.run(plan)
    await world.types(MAYA, "report one")
    assert (await world.person(ANA)).on_duty
    assert await run_due(world.database, world.start + timedelta(hours=9), most=1) == 1
    assert await world.happened(Event.ESCALATED)  # due before her shift ended
    assert not (await world.person(ANA)).on_duty
