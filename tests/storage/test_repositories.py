# mypy: disable-error-code="func-returns-value"
# (several calls in one lambda are one transaction)
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Gone
from bot.model import (
    Audience,
    Event,
    Help,
    Issue,
    IssueId,
    NonUse,
    Outcome,
    PersonId,
    Role,
    Severity,
    Status,
)
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON, Ward


async def seeded(database: SqlDatabase, *roles: Role) -> Ward:
    return await database.run(lambda tx: builders.seed(tx, *roles))


async def test_numbers_have_no_gaps_even_where_a_transaction_failed(database: SqlDatabase) -> None:
    ward = await seeded(database)

    def fail(tx: SqlTransaction) -> None:
        tx.pilots.next_number(ward.pilot.id)
        raise KeyError

    assert await database.run(lambda tx: tx.pilots.next_number(ward.pilot.id)) == 1
    with pytest.raises(KeyError):
        await database.run(fail)
    assert await database.run(lambda tx: tx.pilots.next_number(ward.pilot.id)) == 2


async def test_a_person_is_found_by_address_and_by_role(database: SqlDatabase) -> None:
    ward = await seeded(database, Role.CHAMPION, Role.CHAMPION, Role.LEAD)
    lead = ward.people[3]
    champions = await database.read(lambda tx: tx.people.having(ward.pilot.id, Role.CHAMPION))
    assert {champion.id for champion in champions} == {ward.people[1].id, ward.people[2].id}
    assert [champion.name for champion in champions] == sorted(champion.name for champion in champions)
    assert await database.read(lambda tx: tx.people.at(lead.address)) == lead
    assert await database.read(lambda tx: tx.people.at(replace(lead.address, thread="7"))) == lead
    assert await database.read(lambda tx: tx.people.at(replace(lead.address, platform="other"))) is None
    assert len(await database.read(lambda tx: tx.people.everybody(ward.pilot.id))) == 4


async def test_one_person_may_have_several_roles_or_none(database: SqlDatabase) -> None:
    ward = await seeded(database)
    several = builders.person(Role.LEAD, Role.SAFETY, pilot=ward.pilot.id, unit=ward.unit.id)
    without = builders.person(pilot=ward.pilot.id, unit=ward.unit.id, roles=frozenset())
    await database.run(lambda tx: (tx.people.add(several), tx.people.add(without)))
    assert await database.read(lambda tx: tx.people.get(several.id)) == several
    assert await database.read(lambda tx: tx.people.get(without.id)) == without


async def test_duty_is_switched(database: SqlDatabase) -> None:
    ward = await seeded(database)
    await database.run(lambda tx: tx.people.set_duty(ward.reporter.id, on=False))
    assert await database.read(lambda tx: tx.people.get(ward.reporter.id)) == replace(ward.reporter, on_duty=False)


async def test_nobody_is_there_under_an_unknown_id(database: SqlDatabase) -> None:
    with pytest.raises(Gone):
        await database.read(lambda tx: tx.people.get(PersonId(1)))


async def test_an_issue_comes_back_as_it_was_saved(database: SqlDatabase) -> None:
    ward = await seeded(database, Role.RESPONDER)
    issue = ward.issue(reported_at=NOON + timedelta(microseconds=1))
    await database.run(lambda tx: tx.issues.add(issue))
    assert await database.read(lambda tx: tx.issues.get(issue.id)) == issue
    later = replace(
        issue,
        owner=ward.people[1].id,
        fixer=ward.people[1].id,
        severity=Severity.PATIENT_AT_RISK,
        status=Status.FIXED,
        version=4,
        addressed_at=NOON + HOUR,
        missed_at=issue.due_at,
        waiting_since=NOON + 2 * HOUR,
        waited=timedelta(minutes=7, microseconds=3),
        target=timedelta(hours=12),
        addressed_by=Help.WORKAROUND,
        addressed_n=3,
        closed_at=NOON + 5 * HOUR,
        nameless=True,
        merged_into=IssueId(2**62),
        again_of=IssueId(2**61),
        idea=True,
        outage=True,
        queued=True,
        cause="the limit was set for adults",
        expected_at=NOON + 9 * HOUR,
        place="the medication room",
        instead="we write it on paper",
        non_use=NonUse.MISSING,
        events=5,
    )
    await database.run(lambda tx: tx.issues.save(later))
    assert await database.read(lambda tx: tx.issues.get(issue.id)) == later


async def test_saving_an_issue_that_is_not_there_is_an_error(database: SqlDatabase) -> None:
    ward = await seeded(database)
    with pytest.raises(Gone):
        await database.run(lambda tx: tx.issues.save(ward.issue()))


async def test_issues_are_listed_in_their_orders(database: SqlDatabase) -> None:
    ward = await seeded(database)
    issues = [
        ward.issue(number=n, reported_at=NOON + n * HOUR, due_at=NOON + (10 - n) * HOUR, status=status)
        for n, status in enumerate((Status.REPORTED, Status.TAKEN, Status.VERIFIED, Status.FIXED), start=1)
    ]

    def add(tx: SqlTransaction) -> None:
        for issue in issues:
            tx.issues.add(issue)

    def numbers(found: object) -> list[int]:
        assert isinstance(found, list)
        return [issue.number for issue in found if isinstance(issue, Issue)]

    await database.run(add)
    assert numbers(await database.read(lambda tx: tx.issues.of_reporter(ward.reporter.id, 3))) == [4, 3, 2]
    assert numbers(await database.read(lambda tx: tx.issues.open_in(ward.pilot.id, 9))) == [4, 2, 1]
    assert numbers(await database.read(lambda tx: tx.issues.reported_in(ward.pilot.id))) == [1, 2, 3, 4]
    assert await database.read(lambda tx: tx.issues.find(ward.pilot.id, 2)) == issues[1]
    assert await database.read(lambda tx: tx.issues.find(ward.pilot.id, 9)) is None


async def test_history_and_the_pilots_latest(database: SqlDatabase) -> None:
    ward = await seeded(database)
    one, two = ward.issue(), ward.issue()
    rows = [
        builders.happening(issue=one.id, n=1, who=ward.reporter.id, words="it beeps"),
        builders.happening(issue=two.id, n=1),
        builders.happening(issue=one.id, n=2, event=Event.TAKE, after=Status.TAKEN),
    ]

    def write(tx: SqlTransaction) -> None:
        tx.issues.add(one)
        tx.issues.add(two)
        for row in rows:
            tx.issues.record(row)

    await database.run(write)
    assert list(await database.read(lambda tx: tx.issues.history(one.id))) == [rows[0], rows[2]]
    latest = await database.read(lambda tx: tx.issues.latest(ward.pilot.id, 2))
    assert list(latest) == [(one, rows[2]), (two, rows[1])]


async def test_fixes(database: SqlDatabase) -> None:
    ward = await seeded(database)
    issue = ward.issue()
    fixes = [builders.fix(issue=issue.id, author=ward.reporter.id, n=n, words=f"try {n}") for n in (2, 5)]
    await database.run(lambda tx: tx.issues.add(issue))
    assert await database.read(lambda tx: tx.issues.last_fix(issue.id)) is None
    await database.run(lambda tx: [tx.issues.add_fix(fix) for fix in fixes])
    assert await database.read(lambda tx: tx.issues.last_fix(issue.id)) == fixes[1]
    assert list(await database.read(lambda tx: tx.issues.fixes(issue.id))) == fixes


async def test_steps_are_planned_and_settled(database: SqlDatabase) -> None:
    ward = await seeded(database)
    issue = ward.issue()
    steps = [
        builders.step(1, tell=(Audience.LEAD, Audience.OWNER)),
        builders.step(2, every=timedelta(hours=72)),
    ]
    await database.run(lambda tx: (tx.issues.add(issue), tx.issues.add_steps(issue.id, steps)))
    assert list(await database.read(lambda tx: tx.issues.steps(issue.id))) == steps
    done = replace(steps[0], done_at=NOON + HOUR, outcome=Outcome.OVERTAKEN)
    await database.run(lambda tx: tx.issues.settle_step(issue.id, done))
    assert list(await database.read(lambda tx: tx.issues.steps(issue.id))) == [done, steps[1]]
    with pytest.raises(Gone):
        await database.run(lambda tx: tx.issues.settle_step(issue.id, builders.step(9)))


async def test_a_draft_is_kept_and_dropped(database: SqlDatabase) -> None:
    ward = await seeded(database)
    draft = builders.draft(person=ward.reporter.id, severity=Severity.BLOCKS_WORK, behalf=PersonId(7))
    await database.run(lambda tx: tx.drafts.add(draft))
    assert await database.read(lambda tx: tx.drafts.get(draft.id)) == draft
    await database.run(lambda tx: tx.drafts.drop(draft.id))
    assert await database.read(lambda tx: tx.drafts.get(draft.id)) is None


async def test_due_work_in_order(database: SqlDatabase) -> None:
    early, late = builders.due("b", due_at=NOON), builders.due("a", due_at=NOON + HOUR)
    await database.run(lambda tx: [tx.agenda.put(due) for due in (late, early)])
    assert list(await database.run(lambda tx: tx.agenda.due(NOON, 5))) == [early]
    assert list(await database.run(lambda tx: tx.agenda.due(NOON + HOUR, 5))) == [early, late]
    assert list(await database.run(lambda tx: tx.agenda.due(NOON + HOUR, 1))) == [early]
    assert await database.read(lambda tx: tx.agenda.next_due()) == NOON
    assert await database.read(lambda tx: tx.agenda.overdue(NOON + HOUR)) == 1
    moved = builders.due("b", kind="other", subject=2**62, due_at=NOON + 2 * HOUR)
    await database.run(lambda tx: tx.agenda.put(moved))
    assert list(await database.run(lambda tx: tx.agenda.due(NOON + 3 * HOUR, 5))) == [late, moved]
    await database.run(lambda tx: (tx.agenda.drop("a"), tx.agenda.drop("b"), tx.agenda.drop("never there")))
    assert await database.read(lambda tx: tx.agenda.next_due()) is None


async def test_what_failed_is_put_off_and_stays_due_since_when_it_was(database: SqlDatabase) -> None:
    due = builders.due("a", due_at=NOON)
    await database.run(lambda tx: tx.agenda.put(due))
    assert await database.read(lambda tx: (tx.agenda.failing(), tx.agenda.failures("a"))) == (0, 0)
    for hours in (1, 2):
        await database.run(lambda tx, until=NOON + hours * HOUR: tx.agenda.put_off(due, until))  # type: ignore[misc]
    assert await database.read(lambda tx: (tx.agenda.failing(), tx.agenda.failures("a"))) == (1, 2)
    assert list(await database.run(lambda tx: tx.agenda.due(NOON + HOUR, 5))) == []
    assert list(await database.run(lambda tx: tx.agenda.due(NOON + 2 * HOUR, 5))) == [due]
    assert await database.read(lambda tx: tx.agenda.overdue(NOON + HOUR)) == 1
    assert await database.read(lambda tx: tx.agenda.next_due()) == NOON + 2 * HOUR
    assert await database.read(lambda tx: tx.agenda.next_due(NOON + HOUR)) == NOON + 2 * HOUR
    assert await database.read(lambda tx: tx.agenda.next_due(NOON + 2 * HOUR)) is None


async def test_planned_anew_an_entry_has_not_failed(database: SqlDatabase) -> None:
    due, moved = builders.due("a", due_at=NOON), builders.due("a", due_at=NOON + HOUR)
    await database.run(lambda tx: (tx.agenda.put(due), tx.agenda.put_off(due, NOON + 9 * HOUR), tx.agenda.put(moved)))
    assert await database.read(lambda tx: tx.agenda.failing()) == 0
    await database.run(lambda tx: tx.agenda.put_off(due, NOON + 9 * HOUR))  # too late: it is another entry by now
    assert await database.read(lambda tx: tx.agenda.next_due()) == NOON + HOUR
    assert await database.read(lambda tx: tx.agenda.failures("never there")) == 0


async def test_an_event_is_accepted_once(database: SqlDatabase) -> None:
    assert await database.run(lambda tx: tx.first_time("event 1", NOON))
    assert not await database.run(lambda tx: tx.first_time("event 1", NOON + HOUR))
    assert await database.run(lambda tx: tx.first_time("event 2", NOON))


async def test_new_ids_are_positive_and_fit_63_bits(database: SqlDatabase) -> None:
    ids = await database.read(lambda tx: {tx.new_id() for _ in range(1_000)})
    assert len(ids) == 1_000
    assert all(0 < id_ < 2**63 for id_ in ids)


async def test_a_missed_deadline_is_never_unwritten(database: SqlDatabase) -> None:
    ward = await seeded(database)
    issue = ward.issue()
    missed = replace(issue, missed_at=issue.due_at)
    await database.run(lambda tx: (tx.issues.add(issue), tx.issues.save(missed)))
    await database.run(lambda tx: tx.issues.save(replace(missed, version=9)))
    for tampered in (issue, replace(missed, missed_at=NOON)):
        with pytest.raises(Exception, match="never unwritten"):
            await database.run(lambda tx, tampered=tampered: tx.issues.save(tampered))  # type: ignore[misc]


async def test_every_row_belongs_to_a_tenant(database: SqlDatabase) -> None:
    ward = await seeded(database)
    issue = ward.issue()
    await database.run(lambda tx: (tx.issues.add(issue), tx.agenda.put(builders.due())))
    await database.run(lambda tx: tx.outbox.post(ward.unit.channel, builders.card(), NOON, key="k"))
    await database.run(lambda tx: tx.people.keep_code("cedar-plum", NOON))
    await database.run(lambda tx: tx.handles.add(ward.handle(identity=ward.reporter.address), "plum-cedar"))
    await database.run(lambda tx: tx.held.count(ward.reporter.id, NOON))
    database.tenant = "another"
    assert not await database.run(lambda tx: tx.people.use_code("cedar-plum", NOON))
    assert await database.read(lambda tx: tx.handles.behind(ward.reporter.address)) == []
    assert await database.read(lambda tx: tx.handles.by_code("plum-cedar")) is None
    assert await database.read(lambda tx: tx.held.since(ward.reporter.id, NOON)) == 0
    assert await database.read(lambda tx: tx.pilots.all()) == []
    assert await database.read(lambda tx: tx.people.at(ward.reporter.address)) is None
    assert await database.read(lambda tx: tx.issues.find(ward.pilot.id, issue.number)) is None
    assert await database.read(lambda tx: tx.agenda.next_due()) is None
    assert await database.read(lambda tx: tx.outbox.lanes(NOON)) == []
    with pytest.raises(Gone):
        await database.read(lambda tx: tx.issues.get(issue.id))
    assert await database.run(lambda tx: tx.first_time("k", NOON))
