import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.errors import Misconfigured
from storage.database import SqlDatabase
from storage.demo import is_demo, mark_demo, set_simulated_now, simulated_now, start_over
from storage.feed import SqlFeed
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import NOON


async def rows_of(database: SqlDatabase) -> dict[str, int]:
    def count(tx: SqlTransaction) -> dict[str, int]:
        connection = tx.scope.connection
        tables = SQLModel.metadata.tables.values()
        return {table.name: connection.execute(table.select()).all().__len__() for table in tables}

    return await database.read(count)


def fill(tx: SqlTransaction) -> None:
    ward = builders.seed(tx)
    issue = ward.issue()
    tx.issues.add(issue)
    tx.issues.record(builders.happening(issue=issue.id))
    tx.outbox.post(ward.unit.channel, builders.card(slot="s"), NOON, key="k")
    tx.agenda.put(builders.due())
    tx.audit.write(None, "take", "issue 1", NOON)
    tx.audit.seal()
    tx.first_time("event", NOON)


async def test_only_a_demo_is_emptied(database: SqlDatabase) -> None:
    await database.run(fill)
    before = await rows_of(database)
    with pytest.raises(Misconfigured, match="not a demo"):
        await start_over(database, lambda _tx: None)
    assert await rows_of(database) == before


async def test_a_demo_is_emptied_and_guarded_again(database: SqlDatabase) -> None:
    await mark_demo(database)
    await set_simulated_now(database, NOON)
    await database.run(fill)
    await SqlFeed(database).say(builders.person().address, "words", builders.person().id, "key", NOON)
    await start_over(database, lambda _tx: None)
    assert {name: rows for name, rows in (await rows_of(database)).items() if rows} == {"meta": 2}
    assert await is_demo(database)
    await database.run(fill)
    with pytest.raises(Exception, match="only ever appended to"):
        await database.run(lambda tx: tx.scope.connection.execute(text("DELETE FROM audit")))
    await start_over(database, lambda _tx: None)


async def test_the_clock_is_kept(database: SqlDatabase) -> None:
    assert not await is_demo(database)
    assert await simulated_now(database) is None
    await set_simulated_now(database, NOON)
    await set_simulated_now(database, NOON + builders.HOUR)
    assert await simulated_now(database) == NOON + builders.HOUR
