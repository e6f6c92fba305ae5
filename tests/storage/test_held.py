from dataclasses import replace
from datetime import timedelta

from bot.model import IssueId, PersonId
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON

WREN, ASH = PersonId(2**62), PersonId(2**61)
DAY = timedelta(days=1)


async def test_what_is_kept_back_waits_in_order_and_once_per_key(database: SqlDatabase) -> None:
    late = builders.held(person=WREN, issue=IssueId(2**62), at=NOON + HOUR)
    early = builders.held(person=WREN, words="your report is taken")
    others = builders.held(person=ASH)

    def write(tx: SqlTransaction) -> None:
        for held in (late, early, others, replace(early, words="twice")):
            tx.held.put(held)

    await database.run(write)
    assert list(await database.read(lambda tx: tx.held.of(WREN))) == [early, late]
    await database.run(lambda tx: tx.held.clear(WREN))
    assert list(await database.read(lambda tx: tx.held.of(WREN))) == []
    assert list(await database.read(lambda tx: tx.held.of(ASH))) == [others]


async def test_messages_are_counted_and_forgotten_after_a_month(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> None:
        for at in (NOON, NOON, NOON + 3 * DAY):
            tx.held.count(WREN, at)
        tx.held.count(ASH, NOON)

    await database.run(write)
    for since, expected in ((timedelta(0), 3), (HOUR, 1), (3 * DAY, 1), (4 * DAY, 0)):
        assert await database.read(lambda tx, s=since: tx.held.since(WREN, NOON + s)) == expected  # type: ignore[misc]
    await database.run(lambda tx: tx.held.count(WREN, NOON + 32 * DAY))
    assert await database.read(lambda tx: tx.held.since(WREN, NOON - DAY)) == 2
    assert await database.read(lambda tx: tx.held.since(ASH, NOON - DAY)) == 1
