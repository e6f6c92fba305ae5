from bot.model import PersonId
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON

DAY = 24 * HOUR


async def test_shifts_come_back_the_earliest_first(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    who = {"person": ward.reporter.id, "unit": ward.unit.id}
    shifts = [builders.shift(starts_at=NOON + n * DAY, ends_at=NOON + n * DAY + 12 * HOUR, **who) for n in range(4)]
    await database.run(lambda tx: tx.rota.replace(ward.pilot.id, NOON, NOON + 9 * DAY, shifts[::-1]))
    of = ward.reporter.id
    assert list(await database.read(lambda tx: tx.rota.of(of, NOON))) == shifts
    assert list(await database.read(lambda tx: tx.rota.of(of, NOON + 12 * HOUR))) == shifts[1:]
    assert list(await database.read(lambda tx: tx.rota.of(of, NOON, limit=1))) == shifts[:1]
    assert list(await database.read(lambda tx: tx.rota.of(PersonId(1), NOON))) == []


async def test_shifts_that_overlap_a_stretch(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    other = await database.run(builders.seed)
    shift = builders.shift(person=ward.reporter.id, unit=ward.unit.id)
    await database.run(lambda tx: tx.rota.replace(ward.pilot.id, NOON, NOON + DAY, [shift]))
    for start, end, many in ((-1, 0, 0), (-1, 1, 1), (11, 13, 1), (12, 13, 0), (3, 4, 1), (-9, 99, 1)):
        found = await database.read(
            lambda tx, s=start, e=end: tx.rota.within(ward.pilot.id, NOON + s * HOUR, NOON + e * HOUR)  # type: ignore[misc]
        )
        assert list(found) == [shift] * many, (start, end)
    assert list(await database.read(lambda tx: tx.rota.within(other.pilot.id, NOON, NOON + DAY))) == []


async def test_what_begins_in_a_stretch_is_replaced_and_nothing_else(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    other = await database.run(builders.seed)

    before = [
        builders.shift(person=ward.reporter.id, unit=ward.unit.id, starts_at=NOON + n * HOUR) for n in (-1, 0, 23)
    ]
    elsewhere = [builders.shift(person=other.reporter.id, unit=other.unit.id)]
    new = [builders.shift(person=ward.reporter.id, unit=ward.wide.id, starts_at=NOON + HOUR)]

    def write(tx: SqlTransaction) -> None:
        tx.rota.replace(ward.pilot.id, NOON - DAY, NOON + 2 * DAY, before)
        tx.rota.replace(other.pilot.id, NOON, NOON + DAY, elsewhere)
        tx.rota.replace(ward.pilot.id, NOON, NOON + 23 * HOUR, new)

    await database.run(write)
    end = NOON + 9 * DAY
    found = await database.read(lambda tx: tx.rota.within(ward.pilot.id, NOON - DAY, end))
    assert list(found) == [before[0], new[0], before[2]]
    assert list(await database.read(lambda tx: tx.rota.within(other.pilot.id, NOON - DAY, end))) == elsewhere
