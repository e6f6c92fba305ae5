from dataclasses import replace

import pytest

from bot import hospital
from bot.actions import Here, Show, encode
from bot.model import Address, Role
from bot.ports import Transaction
from storage.database import SqlDatabase
from tests.world import MAYA, World, audited, labels, place, pressable, text

ZOE = Address("local", "person", "zoe")
EMAIL = "zoe@hospital.example"


@pytest.fixture
async def world(sqlite: SqlDatabase) -> World:
    made = World(sqlite)
    await sqlite.run(hospital.seed)
    return made


async def test_somebody_new_is_asked_for_their_unit_and_joins_it_as_a_clinician(world: World) -> None:
    asked = (await world.desk.welcome(ZOE, "Zoe New", EMAIL)).card
    assert labels(asked) == ["4 West", "ICU"]
    assert await world.desk.recognised([ZOE], EMAIL) is None
    joined = (await world.desk.welcome(ZOE, "Zoe New", EMAIL, await world.token(pressable(asked)["ICU"]))).card
    assert "Noted: you are on ICU" in text(joined)
    assert await world.desk.recognised([ZOE], EMAIL) == ZOE
    zoe = await world.person("zoe")
    assert (zoe.name, zoe.email, zoe.roles) == ("Zoe New", EMAIL, frozenset({Role.CLINICIAN}))
    assert [deed for deed, _, _ in await audited(world)] == ["person.joined"]


@pytest.mark.parametrize("token", ["", "forged"])
async def test_whatever_else_they_press_they_are_asked(world: World, token: str) -> None:
    assert "Which unit" in text((await world.desk.welcome(ZOE, "Zoe", EMAIL, token)).card)
    other = encode(Show("queue"), world.database.keys, await world.clock.now())
    assert "Which unit" in text((await world.desk.welcome(ZOE, "Zoe", EMAIL, other)).card)
    wide = await world.database.read(_wide)
    assert "Which unit" in text((await world.desk.welcome(ZOE, "Zoe", EMAIL, await world.token(wide))).card)


def _wide(tx: Transaction) -> Here:
    (pilot,) = tx.pilots.all()
    return Here(tx.pilots.wide_unit(pilot.id).id)


async def test_before_there_is_a_pilot_nobody_can_join(sqlite: SqlDatabase) -> None:
    assert "not on this pilot's roster" in text((await World(sqlite).desk.welcome(ZOE, "Zoe", EMAIL)).card)


async def test_whoever_left_and_is_back_is_who_they_were(world: World) -> None:
    maya = await world.person(MAYA)
    await world.database.run(lambda tx: tx.people.save(replace(maya, active=False)))
    there = place(MAYA)
    assert await world.desk.recognised([there], maya.email) is None
    asked = (await world.desk.welcome(there, "Maya Sample", maya.email)).card
    await world.desk.welcome(there, "Maya Sample", maya.email, await world.token(pressable(asked)["4 West"]))
    assert (await world.person(MAYA)).id == maya.id


async def test_whoever_writes_from_another_platform_is_written_to_there_from_then_on(world: World) -> None:
    maya, there = await world.person(MAYA), Address("slack", "person", "maya@hospital.example")
    assert await world.desk.recognised([there], maya.email.upper()) == there
    assert (await world.database.read(lambda tx: tx.people.get(maya.id))).address == there
    assert [deed for deed, _, _ in await audited(world)] == ["person.moved"]


async def test_another_account_on_the_same_platform_is_the_rosters_to_change(world: World) -> None:
    maya = await world.person(MAYA)
    assert await world.desk.recognised([Address("local", "person", "other")], maya.email) == maya.address
    assert (await world.person(MAYA)).address == maya.address


async def test_without_an_email_nobody_is_taken_for_anybody(world: World) -> None:
    assert await world.desk.recognised([Address("slack", "person", "U1")], "") is None
