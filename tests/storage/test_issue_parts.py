# mypy: disable-error-code="func-returns-value"
# (several calls in one lambda are one transaction)
from dataclasses import replace

import pytest

from bot.model import Issue, PersonId, Tag
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON


@pytest.fixture
async def issue(database: SqlDatabase) -> Issue:
    def write(tx: SqlTransaction) -> Issue:
        issue = builders.seed(tx).issue()
        tx.issues.add(issue)
        return issue

    return await database.run(write)


async def test_fixes_carry_what_they_change_and_may_be_taken_back(database: SqlDatabase, issue: Issue) -> None:
    first = builders.fix(issue=issue.id, author=issue.reporter, n=2)
    second = replace(first, n=5, tags=frozenset(Tag), before="9 min (n=12)", after="4 min (n=8)")
    await database.run(lambda tx: [tx.issues.add_fix(fix) for fix in (first, second)])
    assert await database.read(lambda tx: tx.issues.last_fix(issue.id)) == second
    undone = replace(second, undone=True, words="not that", tags=frozenset({Tag.PEOPLE}), after="")
    await database.run(lambda tx: tx.issues.save_fix(undone))
    assert await database.read(lambda tx: tx.issues.last_fix(issue.id)) == first
    assert list(await database.read(lambda tx: tx.issues.fixes(issue.id))) == [first, undone]


async def test_workarounds(database: SqlDatabase, issue: Issue) -> None:
    first = builders.workaround(issue=issue.id, author=issue.reporter, n=2)
    risky = builders.workaround(issue=issue.id, author=issue.reporter, n=4, risky=True)
    await database.run(lambda tx: [tx.issues.save_workaround(each) for each in (risky, first)])
    assert list(await database.read(lambda tx: tx.issues.workarounds(issue.id))) == [first, risky]
    checked = replace(
        risky, checked_by=issue.reporter, refused=True, ended_at=NOON, delivered_at=NOON + HOUR, words="no"
    )
    await database.run(lambda tx: tx.issues.save_workaround(checked))
    assert list(await database.read(lambda tx: tx.issues.workarounds(issue.id))) == [first, checked]


async def test_waits_for_a_vendor(database: SqlDatabase, issue: Issue) -> None:
    first, second = (builders.vendor_wait(issue=issue.id, n=n) for n in (2, 4))
    await database.run(lambda tx: [tx.issues.save_vendor_wait(each) for each in (second, first)])
    over = replace(second, expected_at=NOON + 9 * HOUR, until=NOON + 5 * HOUR, reference="case 13")
    await database.run(lambda tx: tx.issues.save_vendor_wait(over))
    assert list(await database.read(lambda tx: tx.issues.vendor_waits(issue.id))) == [first, over]


async def test_what_the_reporter_was_asked(database: SqlDatabase, issue: Issue) -> None:
    first, second = (builders.asked(issue=issue.id, n=n) for n in (2, 4))
    await database.run(lambda tx: [tx.issues.save_asked(each) for each in (second, first)])
    answered = replace(second, answer="the one by the window", answered_at=NOON + 5 * HOUR)
    await database.run(lambda tx: tx.issues.save_asked(answered))
    assert list(await database.read(lambda tx: tx.issues.asked(issue.id))) == [first, answered]


async def test_followers_the_earliest_first(database: SqlDatabase, issue: Issue) -> None:
    late, early = (builders.follower(issue=issue.id, person=PersonId(n), since=NOON - n * HOUR) for n in (1, 2))
    await database.run(lambda tx: [tx.issues.save_follower(each) for each in (late, early)])
    assert list(await database.read(lambda tx: tx.issues.followers(issue.id))) == [early, late]
    said = replace(late, says_fixed=False)
    await database.run(lambda tx: (tx.issues.save_follower(said), tx.issues.drop_follower(issue.id, early.person)))
    assert list(await database.read(lambda tx: tx.issues.followers(issue.id))) == [said]
    assert [found.id for found in await database.read(lambda tx: tx.issues.followed_by(late.person, 9))] == [issue.id]
    assert list(await database.read(lambda tx: tx.issues.followed_by(early.person, 9))) == []
