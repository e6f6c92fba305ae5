"""Every event moves its issue, counts a version where a card would no longer be true, and is written down twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.history import IDENTITY, blurred, happen
from bot.lifecycle import TABLE
from bot.model import Event, Issue, Person, Role, Status
from bot.ports import Transaction
from storage.database import SqlDatabase
from storage.tables import AuditRow, table_of
from storage.transaction import SqlTransaction
from tests.builders import HOUR, NOON, seed

LATER = NOON + timedelta(hours=3, minutes=20)
ASIDE = {
    Event.WORK_AROUND, Event.CHECK, Event.WORKAROUND_FAILS, Event.NEXT_SHIFT, Event.PROPOSE_DECLINE, Event.ME_TOO,
    Event.EXPLAIN, Event.DETAIL, Event.RELAY, Event.DECLARE_OUTAGE,
}  # fmt: skip
CLOCKS = set(Event) - set(TABLE) - {Event.REPORT}


def reported(tx: Transaction, status: Status = Status.REPORTED) -> tuple[Issue, Person]:
    ward = seed(tx, Role.LEAD)
    issue = ward.issue(status=status)
    tx.issues.add(issue)
    return issue, ward.people[1]


@pytest.mark.parametrize("event", list(TABLE))
async def test_a_card_is_outdated_by_what_changes_the_state_and_by_nothing_else(
    sqlite: SqlDatabase, event: Event
) -> None:
    def work(tx: Transaction) -> None:
        issue, lead = reported(tx, min(TABLE[event].before, key=list(Status).index))
        after = happen(tx, issue, event, lead, LATER)
        assert after.version - issue.version == (event not in ASIDE)
        assert event not in ASIDE or after.status is issue.status
        assert tx.issues.get(issue.id) == after

    await sqlite.run(work)


@pytest.mark.parametrize("event", sorted(CLOCKS))
async def test_what_the_clock_notes_leaves_the_issue_as_it_stands(sqlite: SqlDatabase, event: Event) -> None:
    def work(tx: Transaction) -> None:
        issue, _ = reported(tx)
        after = happen(tx, issue, event, None, LATER, "lead")
        assert (after.status, after.version, after.events) == (issue.status, issue.version, issue.events + 1)

    await sqlite.run(work)


async def test_the_row_says_who_when_from_where_to_where_and_the_words(sqlite: SqlDatabase) -> None:
    def work(tx: SqlTransaction) -> None:
        issue, lead = reported(tx)
        happen(tx, issue, Event.TAKE, lead, LATER, "I have it")
        (row,) = tx.issues.history(issue.id)
        assert (row.n, row.at, row.who, row.event) == (2, LATER, lead.id, Event.TAKE)
        assert (row.before, row.after, row.words) == (Status.REPORTED, Status.TAKEN, "I have it")
        table = table_of(AuditRow)
        (audit,) = tx.scope.connection.execute(select(table.c.action, table.c.subject, table.c.allowed))
        assert tuple(audit) == ("issue.take", issue.reference, True)

    await sqlite.run(work)


@pytest.mark.parametrize("status", [Status.NEEDS_INFO, Status.WAITING_VENDOR])
async def test_waits_begin_and_end_with_their_state(sqlite: SqlDatabase, status: Status) -> None:
    events = {
        Status.NEEDS_INFO: (Event.ASK, Event.RESUME),
        Status.WAITING_VENDOR: (Event.SEND_TO_VENDOR, Event.VENDOR_REPLIED),
    }
    begins, ends = events[status]

    def work(tx: Transaction) -> None:
        issue, lead = reported(tx, Status.TAKEN)
        waiting = happen(tx, issue, begins, lead, NOON + HOUR)
        assert (waiting.status, waiting.waiting_since) == (status, NOON + HOUR)
        gone_on = happen(tx, waiting, ends, lead, NOON + 3 * HOUR)
        assert (gone_on.waiting_since, gone_on.waited) == (None, 2 * HOUR)

    await sqlite.run(work)


async def test_closed_it_knows_since_when_and_opened_again_it_does_not(sqlite: SqlDatabase) -> None:
    def work(tx: Transaction) -> None:
        issue, lead = reported(tx, Status.TAKEN)
        closed = happen(tx, issue, Event.DECLINE, lead, LATER)
        assert closed.closed_at == LATER
        assert happen(tx, closed, Event.APPEAL, lead, LATER + HOUR).closed_at is None

    await sqlite.run(work)


async def test_a_nameless_reporters_row_is_rounded_down_to_the_hour_and_the_way_back_ends(sqlite: SqlDatabase) -> None:
    def work(tx: Transaction) -> None:
        ward = seed(tx)
        handle = ward.handle()
        tx.handles.add(handle)
        issue = ward.issue(reporter=handle.id, nameless=True)
        tx.issues.add(issue)
        happen(tx, issue, Event.WITHDRAW, tx.people.get(handle.id), LATER)
        (row,) = tx.issues.history(issue.id)
        assert row.at == blurred(LATER) == NOON + 3 * HOUR
        (due,) = tx.agenda.due(LATER + timedelta(days=31), 9)
        assert (due.kind, due.subject, due.due_at) == (IDENTITY, handle.id, blurred(LATER) + ward.pilot.keeps_identity)

    await sqlite.run(work)
