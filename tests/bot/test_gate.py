"""The way in to an issue: leave first, then the card that was pressed, then what is possible."""

from dataclasses import replace

import pytest

from bot import gate
from bot.actions import Do
from bot.cards import Card
from bot.errors import Denied
from bot.model import Event, Issue, Person, Role, Status
from bot.ports import Transaction
from storage.database import SqlDatabase
from tests import builders
from tests.builders import NOON, Ward, seed
from tests.world import text


def put(tx: Transaction, **given: object) -> tuple[Ward, Issue]:
    ward = seed(tx, Role.CHAMPION, Role.LEAD)
    issue = ward.issue(**given)
    tx.issues.add(issue)
    return ward, issue


def entered(tx: Transaction, who: Person, event: Event, issue: Issue, version: int | None = None) -> Issue | Card:
    return gate.enter(tx, who, Do(event, issue.id, issue.version if version is None else version), NOON)


async def test_who_may_and_can_is_let_in(sqlite: SqlDatabase) -> None:
    def work(tx: Transaction) -> None:
        ward, issue = put(tx)
        assert entered(tx, ward.people[1], Event.TAKE, issue) == issue

    await sqlite.run(work)


async def test_leave_comes_before_everything_else(sqlite: SqlDatabase) -> None:
    def work(tx: Transaction) -> None:
        ward, issue = put(tx)
        stranger = builders.person(*Role)
        for who, version in ((ward.reporter, 1), (ward.reporter, 7), (stranger, 1)):
            with pytest.raises(Denied):
                entered(tx, who, Event.TAKE, issue, version)

    await sqlite.run(work)


@pytest.mark.parametrize("version", [0, 2, 99])
async def test_a_card_of_another_state_is_said_to_be_one(sqlite: SqlDatabase, version: int) -> None:
    def work(tx: Transaction) -> None:
        ward, issue = put(tx)
        said = entered(tx, ward.people[1], Event.TAKE, issue, version)
        assert isinstance(said, Card)
        assert "has changed since you saw that card" in text(said)

    await sqlite.run(work)


async def test_the_reporter_is_judged_by_how_things_are(sqlite: SqlDatabase) -> None:
    def work(tx: Transaction) -> None:
        ward, issue = put(tx)
        assert entered(tx, ward.reporter, Event.WITHDRAW, issue, 99) == issue

    await sqlite.run(work)


async def test_what_is_not_possible_is_said_with_what_is(sqlite: SqlDatabase) -> None:
    def work(tx: Transaction) -> None:
        ward, issue = put(tx)
        said = entered(tx, ward.reporter, Event.CONFIRM, issue)
        assert isinstance(said, Card)
        assert "It can be taken" in text(said)

    await sqlite.run(work)


async def test_one_that_follows_another_can_be_confirmed_once_that_one_is_fixed(sqlite: SqlDatabase) -> None:
    def work(tx: Transaction) -> None:
        ward, survivor = put(tx)
        child = ward.issue(status=Status.MERGED, merged_into=survivor.id)
        tx.issues.add(child)
        assert gate.survivor(tx, child) == survivor
        assert gate.survivor(tx, survivor) is None
        assert isinstance(entered(tx, ward.reporter, Event.CONFIRM, child), Card)
        tx.issues.save(replace(survivor, status=Status.FIXED))
        assert entered(tx, ward.reporter, Event.CONFIRM, child) == child

    await sqlite.run(work)
