# mypy: disable-error-code="func-returns-value"
# (several calls in one lambda are one transaction)
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Gone
from bot.model import Address, Audience, Nameless, Needs, PilotId, Severity
from storage.database import SqlDatabase
from tests import builders
from tests.builders import HOUR, NOON


async def test_a_pilot_and_its_units_come_back_as_they_went_in(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    assert await database.read(lambda tx: tx.pilots.get(ward.pilot.id)) == ward.pilot
    assert list(await database.read(lambda tx: tx.pilots.all())) == [ward.pilot]
    assert await database.read(lambda tx: tx.pilots.unit(ward.unit.id)) == ward.unit


async def test_a_pilot_and_its_units_are_changed(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    await database.run(lambda tx: tx.pilots.next_number(ward.pilot.id))
    pilot = replace(
        ward.pilot, starts_at=NOON, nameless=Nameless.STRICT, keeps_identity=timedelta(days=3), pager=True, name="Pumps"
    )
    unit = replace(ward.unit, name="ICU", wave=2, live_at=NOON, channel=Address("local", "channel", "icu"))
    await database.run(lambda tx: (tx.pilots.save(pilot), tx.pilots.save_unit(unit)))
    assert await database.read(lambda tx: tx.pilots.get(pilot.id)) == pilot
    assert await database.read(lambda tx: tx.pilots.unit(unit.id)) == unit
    assert await database.run(lambda tx: tx.pilots.next_number(pilot.id)) == 2
    for gone in (
        lambda tx: tx.pilots.save(builders.pilot()),
        lambda tx: tx.pilots.save_unit(builders.unit()),
        lambda tx: tx.pilots.get(PilotId(1)),
    ):
        with pytest.raises(Gone):
            await database.run(gone)


async def test_the_wide_unit_comes_last_and_there_is_one(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    names = ("Zebra", "Aardvark")
    more = [builders.unit(pilot=ward.pilot.id, name=name) for name in names]
    await database.run(lambda tx: [tx.pilots.add_unit(unit) for unit in more])
    found = await database.read(lambda tx: tx.pilots.units(ward.pilot.id))
    assert [unit.name for unit in found] == ["4 West", "Aardvark", "Zebra", ward.wide.name]
    assert await database.read(lambda tx: tx.pilots.wide_unit(ward.pilot.id)) == ward.wide
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        await database.run(lambda tx: tx.pilots.add_unit(builders.unit(pilot=ward.pilot.id, wide=True)))


async def test_a_unit_that_nothing_stands_on_is_dropped(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    unit = builders.unit(pilot=ward.pilot.id)
    await database.run(lambda tx: tx.pilots.add_unit(unit))
    await database.run(lambda tx: tx.pilots.drop_unit(unit.id))
    assert unit not in await database.read(lambda tx: tx.pilots.units(ward.pilot.id))
    with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key"):
        await database.run(lambda tx: tx.pilots.drop_unit(ward.unit.id))


async def test_a_pilot_may_have_a_ladder_of_its_own(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    assert await database.read(lambda tx: tx.pilots.rungs(ward.pilot.id, NOON)) == {}
    rungs = {
        Severity.PATIENT_AT_RISK: [
            builders.rung(tell=(Audience.SPONSOR, Audience.EVERYBODY)),
            builders.rung(after=timedelta(0), needs=Needs.UNADDRESSED, every=HOUR),
        ],
        Severity.QUESTION: [builders.rung()],
    }
    question = {Severity.QUESTION: rungs[Severity.QUESTION]}
    await database.run(lambda tx: tx.pilots.set_rungs(ward.pilot.id, question, NOON))
    await database.run(lambda tx: tx.pilots.set_rungs(ward.pilot.id, rungs, NOON))
    assert await database.read(lambda tx: tx.pilots.rungs(ward.pilot.id, NOON)) == rungs


async def test_a_ladder_holds_until_the_next_one_begins(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    early, late = ({Severity.QUESTION: [builders.rung(after=n * HOUR)]} for n in (1, 2))
    await database.run(lambda tx: tx.pilots.set_rungs(ward.pilot.id, early, NOON))
    await database.run(lambda tx: tx.pilots.set_rungs(ward.pilot.id, late, NOON + HOUR))
    hours = (NOON - HOUR, NOON, NOON + HOUR)
    assert await database.read(lambda tx: [tx.pilots.rungs(ward.pilot.id, at) for at in hours]) == [{}, early, late]
