import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot import hospital
from bot.app import demo_key, demonstrating, serving
from bot.errors import Misconfigured
from bot.model import Due, Event
from bot.noise import BURST, MOMENT
from bot.settings import Settings, load
from bot.story import Player
from tests import builders
from tests.world import ANA, MAYA, World, labels, place

SECRET = "an-invented-secret-of-the-tests-long-enough"


@pytest.fixture
def demo(tmp_path: Path) -> Settings:
    return load(database_url=f"sqlite:///{tmp_path}/demo.db")


async def test_20_hours_stamp_each_step_at_its_own_instant(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.pass_time(20)
    assert await world.happened(Event.ESCALATED) == [2, 8, 18]
    assert world.hours(await world.clock.now()) == 20


async def test_what_is_sent_on_the_way_is_sent_at_its_own_instant(demo: Settings) -> None:
    async with demonstrating(demo) as app:
        assert app.simulation
        await Player(app, MAYA, lambda _: None).types("! the cart is dark")
        await app.simulation.advance(timedelta(hours=5))
        lee = next(person for person in await app.desk.everybody("local") if person.name == "Dr Lee Madeup")
        page = await app.feed.page(lee.address, limit=9)
        assert [(each.at - hospital.BEGINS) / timedelta(hours=1) for each in page] == [1, 4]


async def test_in_steps_or_at_once_comes_to_the_same(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    for _ in range(50):
        await world.pass_time(0.5)
    assert await world.happened(Event.ESCALATED) == [2, 8, 18, 22]
    assert await world.happened(Event.MISSED) == [24]


async def test_the_next_event_is_the_next_and_nothing_more(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.pass_time(0)
    seen = set()
    for _ in range(40):
        now = await world.clock.now()
        planned = await world.database.read(lambda tx: (tx.agenda.next_due(now), tx.outbox.next_release(now)))  # noqa: B023
        await world.simulation.next_event()
        assert await world.clock.now() == min(at for at in planned if at)
        seen.add(world.hours(await world.clock.now()))
    assert {2, 8, 18, 22, 24} <= seen


async def test_where_nothing_is_planned_the_clock_stands_still(world: World) -> None:
    await world.simulation.next_event()
    assert await world.simulation.now() == world.start


async def test_the_third_report_in_a_row_is_not_kept_from_the_champion_till_the_clock_is_moved(world: World) -> None:
    for n in range(3):
        await world.types(MAYA, f"report cart {n} is dark")
    titles = world.chat.at(ANA)
    assert [title.split(":")[0] for title in titles[:2]] == ["MAR-1", "MAR-2"]
    assert titles[2] == "One message, kept until now"
    assert labels(world.chat.cards(ANA)[2]) == ["Show MAR-3"]
    assert await world.clock.now() - world.start == MOMENT


async def test_what_waits_for_somebodys_hours_does_not_move_the_clock(world: World) -> None:
    ana = await world.person(ANA)
    burst = Due(f"{BURST}:{ana.id}", BURST, ana.id, world.start + timedelta(hours=9))
    await world.database.run(lambda tx: tx.agenda.put(burst))
    await world.types(MAYA, "report the cart is dark")
    assert await world.clock.now() == world.start


async def test_while_the_clock_is_being_moved_settling_only_delivers(world: World) -> None:
    async with asyncio.timeout(20):
        await asyncio.gather(world.pass_time(3), *(world.simulation.settle() for _ in range(5)))
    assert await world.clock.now() == world.start + timedelta(hours=3)


async def test_simulated_time_is_kept_across_a_restart(demo: Settings) -> None:
    async with demonstrating(demo) as app:
        assert app.simulation
        await Player(app, MAYA, lambda _: None).types("report the cart is dark")
        await app.simulation.advance(timedelta(hours=7))
    async with demonstrating(demo) as app:
        assert await app.clock.now() == hospital.BEGINS + timedelta(hours=7)
        (pilot,) = await app.database.read(lambda tx: tx.pilots.all())
        assert len(await app.database.read(lambda tx: tx.issues.reported_in(pilot.id))) == 1


async def test_starting_over_empties_the_demo_and_begins_anew(demo: Settings) -> None:
    async with demonstrating(demo) as app:
        assert app.simulation
        before = await app.desk.everybody("local")
        await Player(app, MAYA, lambda _: None).types("report the cart is dark")
        await app.simulation.advance(timedelta(hours=30))
        await app.simulation.start_over()
        assert await app.clock.now() == hospital.BEGINS
        assert await app.desk.everybody("local") == before
        (pilot,) = await app.database.read(lambda tx: tx.pilots.all())
        assert await app.database.read(lambda tx: tx.issues.reported_in(pilot.id)) == []
        await Player(app, MAYA, lambda _: None).types("report the cart is dark")
        assert (await app.database.read(lambda tx: tx.issues.reported_in(pilot.id)))[0].number == 1


async def test_the_demo_refuses_a_database_of_real_people(demo: Settings) -> None:
    async with serving(load(database_url=demo.database_url, secret_key=SECRET)) as app:
        await app.database.run(hospital.seed)
    with pytest.raises(Misconfigured, match="its people are real"):
        async with demonstrating(demo):
            pass


async def test_serving_refuses_a_demos_database(demo: Settings) -> None:
    async with demonstrating(demo):
        pass
    key = demo_key(demo.database_url)
    with pytest.raises(Misconfigured, match="simulated time"):
        async with serving(load(database_url=demo.database_url, secret_key=key)):
            pass


async def test_serving_refuses_to_start_without_a_secret(demo: Settings) -> None:
    with pytest.raises(Misconfigured, match="CHECKBACK_SECRET_KEY is not set"):
        async with serving(demo):
            pass


async def test_serving_beats_and_never_simulates(demo: Settings) -> None:
    async with serving(load(database_url=demo.database_url, secret_key=SECRET)) as app:
        assert app.simulation is None
        assert app.ticker
        assert app.ticker.last_beat() < timedelta(seconds=5)


async def test_the_same_seed_gives_the_same_hospital(world: World) -> None:
    people = await world.desk.everybody("local")
    assert len(people) == hospital.STAFF
    assert (await world.person(MAYA)).id == next(person.id for person in people if person.name == "Maya Sample")


async def test_what_cannot_be_sent_does_not_hold_time_up(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    now = await world.clock.now()
    await world.database.run(lambda tx: tx.outbox.post(place(MAYA), builders.card(), now, key="stuck"))
    stuck = "CREATE TRIGGER stuck BEFORE UPDATE ON outbox WHEN OLD.key = 'stuck' BEGIN SELECT RAISE(ABORT, 'no'); END"
    await world.database.run(lambda tx: tx.scope.connection.exec_driver_sql(stuck).close())
    async with asyncio.timeout(20):
        await world.pass_time(20)
        await world.simulation.next_event()
    assert await world.happened(Event.ESCALATED) == [2, 8, 18, 22]


async def test_starting_over_waits_for_what_is_on_its_way(world: World) -> None:
    now = await world.clock.now()
    await world.database.run(lambda tx: tx.outbox.post(place(MAYA), builders.card("one"), now, key="k"))
    await world.simulation.start_over()
    assert world.chat.at(MAYA) == ["one"]


async def test_a_stop_without_a_database_leaves_nothing_running(demo: Settings) -> None:
    async with demonstrating(demo) as app:
        await asyncio.sleep(0)
        assert app.dispatch.running()
        await app.database.close()
    assert not app.dispatch.running()
