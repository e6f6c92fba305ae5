# ruff: noqa: S608 - nobody else writes these statements
import time
from collections.abc import Sequence

import pytest
from sqlalchemy import insert, text

from bot.model import PersonId
from bot.ports import Verdict
from storage.database import SqlDatabase
from storage.demo import lift_guards
from storage.tables import AuditRow, table_of
from storage.transaction import SqlTransaction
from tests.builders import NOON


async def written(database: SqlDatabase, count: int) -> None:
    def write(tx: SqlTransaction) -> None:
        for n in range(count):
            tx.audit.write(PersonId(n), "take", f"issue {n}", NOON, allowed=n % 2 == 0)

    await database.run(write)


async def verdict(database: SqlDatabase, head: str | None = None) -> Verdict:
    return await database.read(lambda tx: tx.audit.verify(head))


async def tamper(database: SqlDatabase, *statements: str) -> None:
    """As somebody would who owns the database but not the key."""

    def work(tx: SqlTransaction) -> None:
        guards = lift_guards(tx.scope.connection)
        for statement in (*statements, *guards):
            tx.scope.connection.execute(text(statement))

    await database.run(work)


@pytest.fixture
async def sealed(database: SqlDatabase) -> SqlDatabase:
    await written(database, 6)
    assert await database.run(lambda tx: tx.audit.seal()) == 6
    return database


async def test_an_empty_chain_holds(database: SqlDatabase) -> None:
    assert await database.run(lambda tx: tx.audit.seal()) == 0
    assert await verdict(database) == Verdict(0, 0, "0:", None, missing=False)


async def test_a_chain_grows_and_knows_its_older_heads(sealed: SqlDatabase) -> None:
    before = await verdict(sealed)
    assert before.holds
    assert before.count == 6
    await written(sealed, 3)
    assert (await verdict(sealed)).unsealed == 3
    assert await sealed.run(lambda tx: tx.audit.seal()) == 3
    after = await verdict(sealed, before.head)
    assert (after.count, after.unsealed, after.holds) == (9, 0, True)


FOURTH = "WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 4)"
LAST = "WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 6)"
CUT_OUT = (f"DELETE FROM audit {FOURTH}", "DELETE FROM audit_seal WHERE seq = 4")
CLOSE_UP = tuple(f"UPDATE audit_seal SET seq = {seq - 1} WHERE seq = {seq}" for seq in (5, 6))
SWAPPED = ("seq = -4 WHERE seq = 4", "seq = 4 WHERE seq = 5", "seq = 5 WHERE seq = -4")
INSERTED = (
    "INSERT INTO audit (id, tenant, at, action, subject, allowed) VALUES (777, 'main', 0, 'take', 'x', true)",
    "INSERT INTO audit_seal SELECT tenant, 7, 777, mac FROM audit_seal WHERE seq = 6",
)


@pytest.mark.parametrize(
    ("statements", "broken_at"),
    [
        ([f"UPDATE audit SET subject = 'issue 99' {FOURTH}"], 4),
        ([f"UPDATE audit SET actor = NULL {FOURTH}"], 4),
        ([f"UPDATE audit SET at = at + 1 {FOURTH}"], 4),
        ([f"UPDATE audit SET allowed = NOT allowed {FOURTH}"], 4),
        ([f"DELETE FROM audit {FOURTH}"], 4),
        (CUT_OUT, 4),
        ((*CUT_OUT, *CLOSE_UP), 4),
        ([f"UPDATE audit_seal SET {change}" for change in SWAPPED], 4),
        (["UPDATE audit_seal SET mac = (SELECT s.mac FROM audit_seal s WHERE s.seq = 3) WHERE seq = 4"], 4),
        (INSERTED, 7),
    ],
)
async def test_whatever_was_tampered_with_is_found(
    sealed: SqlDatabase, statements: Sequence[str], broken_at: int
) -> None:
    await tamper(sealed, *statements)
    found = await verdict(sealed)
    assert not found.holds
    assert found.broken_at == broken_at


async def test_an_end_cut_off_is_found_by_whoever_kept_a_head(sealed: SqlDatabase) -> None:
    head = (await verdict(sealed)).head
    await tamper(sealed, f"DELETE FROM audit {LAST}", "DELETE FROM audit_seal WHERE seq = 6")
    assert (await verdict(sealed)).holds
    found = await verdict(sealed, head)
    assert found.missing
    assert not found.holds


@pytest.mark.parametrize("table", ["audit", "audit_seal"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET tenant = tenant", "DELETE FROM {}"])
async def test_the_audit_is_only_ever_appended_to(sealed: SqlDatabase, deed: str, table: str) -> None:
    with pytest.raises(Exception, match="only ever appended to"):
        await sealed.run(lambda tx: tx.scope.connection.execute(text(deed.format(table))))


@pytest.mark.slow
async def test_a_hundred_thousand_rows_are_verified_in_a_moment(sqlite: SqlDatabase) -> None:
    row = {"tenant": "main", "at": NOON, "actor": 1, "action": "take", "subject": "issue 1", "allowed": True}

    def write(tx: SqlTransaction) -> None:
        tx.scope.connection.execute(insert(table_of(AuditRow)), [row] * 100_000)

    await sqlite.run(write)
    began = time.perf_counter()
    while await sqlite.run(lambda tx: tx.audit.seal()):
        pass
    between = time.perf_counter()
    found = await verdict(sqlite)
    took = time.perf_counter() - between
    print(f"100,000 rows sealed in {between - began:.2f} s, verified in {took:.2f} s")  # noqa: T201 - a figure
    assert (found.count, found.unsealed, found.holds) == (100_000, 0, True)
