import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot import agenda, steps
from bot.agenda import standing
from bot.app import demonstrating, serving
from bot.errors import Misconfigured
from bot.health import Health
from bot.model import Due
from bot.settings import load
from tests import builders
from tests.peers.chat import Fault
from tests.world import MAYA, World, place

SECRET = "an-invented-secret-of-the-tests-long-enough"
ALL = ["database", "migrations", "heartbeat", "agenda", "courier", "auditor"]


@pytest.fixture
async def world(world: World) -> World:
    """Everybody is on or off duty as the rota has it, as after any start."""
    await world.database.run(lambda tx: agenda.standing(tx, world.start))
    return world


async def up_to_date() -> str | None:
    return None


@asynccontextmanager
async def sending(world: World) -> AsyncIterator[Health]:
    await world.database.run(lambda tx: standing(tx, world.start))
    task = asyncio.create_task(world.dispatch.run(world.courier.send_lane))
    await asyncio.sleep(0)
    yield Health(world.database, world.clock, world.dispatch, None, up_to_date)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def wrong(checks: Mapping[str, str | None]) -> dict[str, str]:
    return {name: said for name, said in checks.items() if said is not None}


async def test_where_all_is_well_no_check_has_anything_to_say(world: World) -> None:
    async with sending(world) as health:
        checks = await health.checks()
    assert list(checks) == ALL
    assert wrong(checks) == {}


async def test_a_courier_that_has_stopped_is_seen(world: World) -> None:
    async with sending(world) as health:
        pass
    assert "nothing is being sent" in wrong(await health.checks())["courier"]


async def test_a_message_that_could_be_sent_and_is_not_is_seen(world: World) -> None:
    now = await world.clock.now()
    await world.database.run(lambda tx: tx.outbox.post(place(MAYA), builders.card(), now, key="stuck"))
    stuck = "CREATE TRIGGER stuck BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END"
    await world.database.run(lambda tx: tx.scope.connection.exec_driver_sql(stuck).close())
    async with sending(world) as health:
        await world.clock.set(now + timedelta(seconds=60))
        assert wrong(await health.checks()) == {}
        await world.clock.set(now + timedelta(seconds=61))
        assert wrong(await health.checks()) == {"courier": "a message that could be sent has waited for 61 s"}


async def test_a_message_that_waits_for_a_pause_to_end_is_no_fault(world: World) -> None:
    now = await world.clock.now()
    await world.database.run(lambda tx: tx.outbox.post(place(MAYA), builders.card(), now, key="k"))
    world.chat.fails(MAYA, *[Fault.LOST] * 4)
    await world.pass_time(0.1)  # by now it pauses for five minutes
    await world.clock.set(now + timedelta(minutes=5))
    async with sending(world) as health:
        assert wrong(await health.checks()) == {}
    assert world.chat.at(MAYA) == []


async def test_due_work_that_fails_is_seen_until_it_is_done(world: World) -> None:
    due = Due("issue:404", steps.AGENDA, 404, world.start + timedelta(hours=1))
    await world.database.run(lambda tx: tx.agenda.put(due))
    async with sending(world) as health:
        await world.pass_time(3)
        assert "1 in number" in wrong(await health.checks())["agenda"]
        gauges = await health.gauges()
        assert (gauges["checkback_agenda_failing"], gauges["checkback_agenda_overdue"]) == (1, 1)
        await world.database.run(lambda tx: tx.agenda.drop(due.key))
        assert wrong(await health.checks()) == {}
        assert (await health.gauges())["checkback_agenda_failing"] == 0


async def test_due_work_that_nobody_does_is_seen(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    async with sending(world) as health:
        await world.clock.set(world.start + timedelta(hours=2, seconds=60))
        assert wrong(await health.checks()) == {}
        await world.clock.set(world.start + timedelta(hours=2, seconds=61))
        assert "not done for more than a minute" in wrong(await health.checks())["agenda"]


async def test_a_check_that_cannot_be_made_says_why(world: World) -> None:
    async def unreadable() -> str | None:
        raise Misconfigured("The database cannot be read.")

    health = Health(world.database, world.clock, world.dispatch, None, unreadable)
    await world.database.close()
    said = wrong(await health.checks())
    assert said["migrations"] == "The database cannot be read."
    assert "the database is closed" in said["database"]
    assert said["agenda"] == "the database is closed"


async def readyz(app_web: httpx.ASGITransport) -> httpx.Response:
    async with httpx.AsyncClient(transport=app_web, base_url="http://checkback") as asking:
        return await asking.get("/readyz")


@pytest.mark.slow
async def test_while_another_process_writes_the_answer_comes_in_time(tmp_path: Path) -> None:
    path = tmp_path / "checkback.db"
    async with serving(load(database_url=f"sqlite:///{path}", secret_key=SECRET)) as app:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            answer = await readyz(httpx.ASGITransport(app.web))
            assert time.monotonic() - began < 6
            other.execute("ROLLBACK")
    checks = answer.json()["checks"]
    assert answer.status_code == 503
    assert checks.pop("database") != "ok"
    assert set(checks.values()) == {"ok"}


async def test_the_demo_is_as_ready_as_it_says(tmp_path: Path) -> None:
    async with demonstrating(load(database_url=f"sqlite:///{tmp_path}/demo.db")) as app:
        await asyncio.sleep(0)
        answer = await readyz(httpx.ASGITransport(app.web))
    assert answer.json() == {"ready": True, "checks": dict.fromkeys(ALL, "ok")}
