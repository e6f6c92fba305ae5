from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.model import CLOSED, Issue, IssueId, PersonId, PilotId, Role, Status, UnitId
from storage.database import SqlDatabase
from storage.issues import SqlIssues
from storage.tables import UNFINISHED
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON, Ward

LIMIT = 9


class Wall:
    """One ward's issues, by their number."""

    def __init__(self, database: SqlDatabase, ward: Ward) -> None:
        self.database, self.ward, self.kept = database, ward, dict[int, Issue]()

    async def put(self, number: int, status: Status = Status.TAKEN, **given: Any) -> Issue:  # noqa: ANN401 - any field
        """Number n is due in n hours."""
        values = {
            "number": number,
            "status": status,
            "due_at": NOON + number * HOUR,
            "reported_at": NOON - number * HOUR,
        }
        issue = self.ward.issue(**values | given)
        await self.database.run(lambda tx: tx.issues.add(issue))
        self.kept[number] = issue
        return issue

    async def numbers(self, query: Callable[[SqlTransaction], Sequence[Issue]]) -> list[int]:
        found = await self.database.read(query)
        assert all(issue == self.kept[issue.number] for issue in found)
        return [issue.number for issue in found]


@pytest.fixture
async def wall(database: SqlDatabase) -> Wall:
    other = await database.run(builders.seed)
    await database.run(lambda tx: tx.issues.add(other.issue(outage=True, missed_at=NOON, due_at=NOON)))
    return Wall(database, await database.run(lambda tx: builders.seed(tx, Role.RESPONDER)))


def test_open_is_what_is_not_closed_and_follows_no_other() -> None:
    unfinished = set(Status) - CLOSED - {Status.MERGED}
    assert {status for status in Status if f"'{status.value}'" not in UNFINISHED} == unfinished


async def test_open_ones_by_their_deadline(wall: Wall) -> None:
    for number, status in enumerate(reversed(Status), start=1):
        await wall.put(number, status)
    unfinished = [number for number, issue in wall.kept.items() if issue.is_open and issue.status is not Status.MERGED]
    assert await wall.numbers(lambda tx: tx.issues.open_in(wall.ward.pilot.id, LIMIT)) == unfinished
    assert await wall.numbers(lambda tx: tx.issues.open_in(wall.ward.pilot.id, 2)) == unfinished[:2]
    assert await wall.numbers(lambda tx: tx.issues.open_on(wall.ward.unit.id)) == unfinished
    assert await wall.numbers(lambda tx: tx.issues.open_on(wall.ward.wide.id)) == []


async def test_what_somebody_owns(wall: Wall) -> None:
    owner = wall.ward.people[1].id
    await wall.put(2, owner=owner)
    await wall.put(1, Status.FIXED, owner=owner)
    await wall.put(3, Status.VERIFIED, owner=owner)
    await wall.put(4, Status.MERGED, owner=owner)
    await wall.put(5)
    assert await wall.numbers(lambda tx: tx.issues.owned_by(owner)) == [1, 2]


async def test_what_is_due_and_not_addressed(wall: Wall) -> None:
    for number in (3, 1, 2):
        await wall.put(number)
    await wall.put(4, Status.FIXED, due_at=NOON, addressed_at=NOON)
    await wall.put(5, due_at=NOON, idea=True)
    await wall.put(6, Status.DECLINED, due_at=NOON)
    await wall.put(7, Status.MERGED, due_at=NOON)
    pilot = wall.ward.pilot.id
    assert await wall.numbers(lambda tx: tx.issues.due_before(pilot, NOON + 2 * HOUR, LIMIT)) == [1, 2]
    assert await wall.numbers(lambda tx: tx.issues.due_before(pilot, NOON + 9 * HOUR, LIMIT)) == [1, 2, 3]
    assert await wall.numbers(lambda tx: tx.issues.due_before(pilot, NOON + 9 * HOUR, 1)) == [1]


async def test_misses_that_nobody_has_explained(wall: Wall) -> None:
    await wall.put(2, missed_at=NOON + 2 * HOUR)
    await wall.put(1, Status.VERIFIED, missed_at=NOON + HOUR)
    await wall.put(3)
    explained = await wall.put(4, missed_at=NOON, cause="the vendor was closed")
    pilot = wall.ward.pilot.id
    assert await wall.numbers(lambda tx: tx.issues.missed_without_cause(pilot, LIMIT)) == [1, 2]
    wall.kept[4] = replace(explained, cause="")
    await wall.database.run(lambda tx: tx.issues.save(wall.kept[4]))
    assert await wall.numbers(lambda tx: tx.issues.missed_without_cause(pilot, 2)) == [4, 1]


async def test_what_waits_for_its_reporters_word(wall: Wall) -> None:
    await wall.put(1, Status.FIXED, asked_at=NOON + 2 * HOUR)
    await wall.put(2, Status.FIXED, asked_at=NOON + HOUR)
    await wall.put(3, Status.FIXED)  # the question is still on its way
    await wall.put(4, Status.VERIFIED, asked_at=NOON)
    await wall.put(5, Status.TAKEN, asked_at=NOON)  # the fix did not help
    assert await wall.numbers(lambda tx: tx.issues.waiting_for_word(wall.ward.pilot.id, LIMIT)) == [2, 1]
    assert await wall.numbers(lambda tx: tx.issues.waiting_for_word(wall.ward.pilot.id, 1)) == [2]


async def test_outages_that_are_not_over(wall: Wall) -> None:
    await wall.put(2, outage=True)
    await wall.put(1, Status.REPORTED, outage=True)
    await wall.put(3, Status.VERIFIED, outage=True)
    await wall.put(4)
    assert await wall.numbers(lambda tx: tx.issues.outages(wall.ward.pilot.id)) == [1, 2]


async def test_those_that_follow_another(wall: Wall) -> None:
    survivor = await wall.put(1)
    await wall.put(2, Status.MERGED, merged_into=survivor.id)
    await wall.put(3, Status.MERGED, merged_into=survivor.id)
    await wall.put(4, Status.VERIFIED, merged_into=survivor.id)  # its own reporter has said so
    assert await wall.numbers(lambda tx: tx.issues.merged_into(survivor.id)) == [3, 2]


async def test_those_that_somebody_follows_newest_first(wall: Wall) -> None:
    somebody = PersonId(2**62)
    for number in (2, 1, 3):
        issue = await wall.put(number)
        follower = builders.follower(issue=issue.id, person=somebody)
        await wall.database.run(lambda tx, follower=follower: tx.issues.save_follower(follower))  # type: ignore[misc]
    await wall.put(4)
    assert await wall.numbers(lambda tx: tx.issues.followed_by(somebody, 2)) == [1, 2]


SOMEBODY = PersonId(7)
SERVED: dict[str, Callable[[SqlIssues], object]] = {
    "issue_open": lambda issues: issues.open_in(PilotId(7), LIMIT),
    "issue_unit": lambda issues: issues.open_on(UnitId(7)),
    "issue_owner": lambda issues: issues.owned_by(SOMEBODY),
    "issue_outage": lambda issues: issues.outages(PilotId(7)),
    "issue_owed": lambda issues: issues.due_before(PilotId(7), NOON, LIMIT),
    "issue_unexplained": lambda issues: issues.missed_without_cause(PilotId(7), LIMIT),
    "issue_asked": lambda issues: issues.waiting_for_word(PilotId(7), LIMIT),
    "issue_merged": lambda issues: issues.merged_into(IssueId(7)),
    "issue_reporter": lambda issues: issues.of_reporter(SOMEBODY, LIMIT),
    "follower_person": lambda issues: issues.followed_by(SOMEBODY, LIMIT),
}


@pytest.mark.parametrize("index", SERVED)
async def test_each_is_served_by_an_index_of_its_own(sqlite: SqlDatabase, index: str) -> None:
    def plan(tx: SqlTransaction) -> list[str]:
        raw = tx.scope.raw
        assert raw is not None
        asked: list[str] = []
        raw.set_trace_callback(asked.append)
        SERVED[index](tx.issues)
        raw.set_trace_callback(None)
        (statement,) = asked
        return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}")]

    lines = await sqlite.read(plan)
    assert any(f"INDEX {index} " in line for line in lines), lines
    assert not any(line.startswith("SCAN") for line in lines), lines
