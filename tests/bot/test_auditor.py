"""What should have been done and was not is found, seen to once, and reported if it stays; promises are measured."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from bot import agenda, auditor, shifts, steps
from bot.auditor import Auditor, Finding
from bot.health import Health
from bot.messages import Gap
from bot.model import Deed as Does
from bot.model import Due, Event, Issue, Needs, Role, Status, Step
from bot.ports import Promises
from storage.database import SqlDatabase
from storage.dispatch import InProcessDispatch
from storage.transaction import SqlTransaction
from tests import builders
from tests.bot.clockwork import Clockwork, wind_up
from tests.bot.floor import ALL, ANA, LEE, MAYA, OMAR, SAM, WEST, Still, text
from tests.peers.chat import Fault

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def ward(sqlite: SqlDatabase) -> Clockwork:
    ward = await wind_up(sqlite)
    await ward.run(lambda tx: agenda.standing(tx, ward.now))
    return ward


async def found(ward: Clockwork) -> dict[Gap, Finding]:
    return {each.gap: each for each in await ward.read(lambda tx: auditor.find(tx, ward.now))}


async def looks(ward: Clockwork, watch: Auditor | None = None) -> Auditor:
    watch = watch or Auditor(ward.database)
    await agenda.keep_watch(ward.database, watch, ward.now)
    await ward.deliver()
    return watch


def health(ward: Clockwork) -> Health:
    async def up_to_date() -> str | None:
        return None

    clock = Still(ward.now)
    return Health(ward.database, clock, InProcessDispatch(ward.database, clock), None, up_to_date)


async def ready(ward: Clockwork) -> str | None:
    return (await health(ward).checks())["auditor"]


async def on_record(ward: Clockwork) -> list[str]:
    statement = sql("SELECT action FROM audit WHERE action LIKE 'auditor.%' ORDER BY id")

    def look(tx: SqlTransaction) -> list[str]:
        return [row.action for row in tx.scope.connection.execute(statement)]

    return await ward.database.read(look)


# ------------------------------------------------------------------------------------------- nothing, where all is well


async def test_while_everything_is_done_nothing_is_found(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 0, 12), (SAM, ALL, 12, 24))
    await ward.run(lambda tx: agenda.standing(tx, ward.now))
    for level in (1, 2, 3, 4):
        await ward.reported(level)
    watch = Auditor(ward.database)
    for _ in range(9):
        await ward.pass_time(4.01)
        assert await found(ward) == {}
        assert await watch.look(ward.now) is False
    assert await on_record(ward) == []
    assert await ready(ward) is None


async def test_a_minute_late_is_not_late(ward: Clockwork) -> None:
    issue = await ward.reported()
    ward.now += timedelta(hours=2)
    assert await found(ward) == {}
    ward.now += MINUTE
    assert await found(ward) == {}
    ward.now += timedelta(seconds=1)
    assert (await found(ward))[Gap.LATE].subject == issue.id


# ------------------------------------------------------------------------------------------------------------- repaired


async def test_an_issue_that_fell_off_the_agenda_is_put_back(ward: Clockwork) -> None:
    issue = await ward.reported()
    await ward.database.run(lambda tx: tx.agenda.drop(f"{steps.AGENDA}:{issue.id}"))
    assert set(await found(ward)) == {Gap.UNPLANNED}
    await looks(ward)
    assert await found(ward) == {}
    await ward.pass_time(2)
    assert Event.ESCALATED in await ward.events()
    assert await on_record(ward) == ["auditor.step not planned"]
    assert ward.titles(LEE) == []


async def test_one_that_would_pass_over_a_step_is_moved(ward: Clockwork) -> None:
    issue = await ward.reported()
    late = Due(f"{steps.AGENDA}:{issue.id}", steps.AGENDA, issue.id, ward.now + timedelta(hours=5))
    await ward.database.run(lambda tx: tx.agenda.put(late))
    assert set(await found(ward)) == {Gap.UNPLANNED}
    await looks(ward)
    assert await found(ward) == {}


async def test_a_step_that_was_not_taken_is_taken_at_once(ward: Clockwork) -> None:
    issue = await ward.reported()
    await ward.database.run(lambda tx: tx.agenda.drop(f"{steps.AGENDA}:{issue.id}"))
    ward.now += timedelta(hours=2, minutes=2)
    assert set(await found(ward)) == {Gap.LATE}
    await looks(ward)
    assert await found(ward) == {}
    assert any("2 h" in title for title in ward.titles(SAM))
    assert ward.titles(LEE) == []  # it was put right


async def test_a_miss_that_nobody_wrote_is_written_and_told(ward: Clockwork) -> None:
    issue = await ward.reported()
    await ward.run(lambda tx: steps.end(tx, issue, Needs, ward.now))
    ward.now += timedelta(hours=24, minutes=2)
    assert set(await found(ward)) == {Gap.UNMISSED}
    await looks(ward)
    assert await found(ward) == {}
    assert (await ward.issue()).missed_at == issue.due_at
    assert f"{issue.reference}: not solved in time" in ward.titles(MAYA)


async def test_what_was_addressed_meanwhile_is_no_miss(ward: Clockwork) -> None:
    issue = await ward.reported()
    await ward.database.run(lambda tx: tx.agenda.put(Due("mend", auditor.MEND, issue.id, ward.now)))
    await ward.tick()
    assert (await ward.issue()).missed_at is None


async def test_an_identity_whose_time_is_over_is_destroyed(ward: Clockwork) -> None:
    handle = builders.handle(pilot=ward.pilot.id, unit=ward.units[WEST].id)
    await ward.run(lambda tx: tx.handles.add(handle))
    await ward.reported(reporter=handle.id, nameless=True, status=Status.VERIFIED, closed_at=ward.now)
    await ward.pass_time(30 * 24)
    assert await found(ward) == {}
    await ward.pass_time(0.1)
    assert (await found(ward))[Gap.IDENTITY].since == ward.now - timedelta(hours=0.1)
    await looks(ward)
    kept = await ward.read(lambda tx: tx.handles.get(handle.id))
    assert kept
    assert kept.identity is None
    assert await found(ward) == {}


async def test_so_is_that_of_who_said_me_too_without_a_name(ward: Clockwork) -> None:
    handle = builders.handle(pilot=ward.pilot.id, unit=ward.units[WEST].id)
    await ward.run(lambda tx: tx.handles.add(handle))
    await ward.reported(reporter=handle.id, nameless=True, status=Status.WITHDRAWN, closed_at=ward.now)
    other = await ward.reported(who=SAM)
    await ward.database.run(lambda tx: tx.issues.save_follower(builders.follower(issue=other.id, person=handle.id)))
    await ward.pass_time(31 * 24)
    assert Gap.IDENTITY not in await found(ward)  # their own is long over, but what they follow is not
    closed = replace(await ward.issue(other.id), status=Status.VERIFIED, closed_at=ward.now)
    await ward.database.run(lambda tx: tx.issues.save(closed))
    await ward.pass_time(30 * 24 + 0.1)
    assert (await found(ward))[Gap.IDENTITY].subject == handle.id
    await looks(ward)
    kept = await ward.read(lambda tx: tx.handles.get(handle.id))
    assert kept
    assert kept.identity is None


async def test_a_shift_that_was_not_applied_is(ward: Clockwork) -> None:
    await ward.off(ANA)
    await ward.rota((ANA, WEST, 0, 12))
    ward.now += timedelta(minutes=2)
    assert set(await found(ward)) == {Gap.SHIFT}
    await looks(ward)
    assert (await ward.person(ANA)).on_duty
    ward.now += timedelta(hours=13)
    await ward.database.run(lambda tx: tx.agenda.drop(f"{shifts.DUTY}:{ward.ids[ANA]}"))
    assert set(await found(ward)) == {Gap.SHIFT}
    await looks(ward)
    assert not (await ward.person(ANA)).on_duty


async def test_what_comes_again_is_planned_again(ward: Clockwork) -> None:
    await ward.database.run(lambda tx: tx.agenda.drop(f"{shifts.HANDOVER}:{ward.pilot.id}"))
    assert set(await found(ward)) == {Gap.RECURRENCE}
    await looks(ward)
    assert await found(ward) == {}
    assert len(await ward.planned(shifts.HANDOVER)) == 1


# ------------------------------------------------------------------------------------------------ reported, if it stays


async def poisoned(ward: Clockwork) -> Issue:
    """An issue whose next step cannot be taken."""
    issue = await ward.reported()
    broken = f"UPDATE step SET tell = 'nobody ever heard of' WHERE issue = {issue.id} AND n = 1"  # noqa: S608
    await ward.database.run(lambda tx: tx.scope.connection.execute(sql(broken)).close())
    return issue


async def test_what_cannot_be_put_right_is_told_to_the_lead_at_once_and_once(ward: Clockwork) -> None:
    await ward.off(LEE)
    issue = await poisoned(ward)
    await ward.sleep(13)  # by now it is evening
    watch = await looks(ward)
    assert [title for title in ward.titles(LEE) if "not done" in title] == ["Something was not done in time"]
    assert f"{issue.reference}: those who should have been told" in text(ward.last(LEE))
    for _ in range(5):
        ward.now += MINUTE
        await looks(ward, watch)
    await looks(ward)  # after a restart
    assert len([title for title in ward.titles(LEE) if "not done" in title]) == 1
    assert (await on_record(ward))[:2] == ["auditor.step not taken", "auditor.step not taken.stays"]


async def test_it_is_seen_to_once_and_then_left_to_the_agenda(ward: Clockwork) -> None:
    issue = await poisoned(ward)
    await ward.sleep(3)
    watch = await looks(ward)
    key = f"{steps.AGENDA}:{issue.id}"
    failures = await ward.read(lambda tx: tx.agenda.failures(key))
    for _ in range(5):
        ward.now += MINUTE
        await looks(ward, watch)
    assert await ward.read(lambda tx: tx.agenda.failures(key)) == failures  # not forgotten each minute


async def test_ready_says_so_and_is_ready_again_once_it_is_done(ward: Clockwork) -> None:
    issue = await poisoned(ward)
    await ward.sleep(2.04)  # more than two minutes late
    said = await ready(ward)
    assert said
    assert said.startswith("not done in time, 1 in number, first: step not taken, due 2026-03-02 14:00 UTC")
    mended = f"UPDATE step SET tell = 'lead' WHERE issue = {issue.id} AND n = 1"  # noqa: S608
    await ward.database.run(lambda tx: tx.scope.connection.execute(sql(mended)).close())
    await looks(ward)
    assert await ready(ward) is None


async def test_what_comes_back_is_seen_to_again(ward: Clockwork) -> None:
    issue = await ward.reported()
    watch = Auditor(ward.database)
    for _ in range(2):
        await ward.database.run(lambda tx: tx.agenda.drop(f"{steps.AGENDA}:{issue.id}"))
        await looks(ward, watch)
        await looks(ward, watch)
    assert await on_record(ward) == ["auditor.step not planned"] * 2


async def test_messages_that_do_not_go_out_are_reported_and_nothing_else_can_be_done(ward: Clockwork) -> None:
    await ward.database.run(lambda tx: tx.outbox.post(builders.person().address, builders.card(), ward.now, key="k"))
    ward.now += timedelta(minutes=5)
    assert await found(ward) == {}
    ward.now += timedelta(seconds=1)
    assert set(await found(ward)) == {Gap.STUCK}
    watch = Auditor(ward.database)
    assert await watch.look(ward.now) is False
    assert "Messages have been waiting" not in str(ward.cards(LEE))
    assert await watch.look(ward.now + MINUTE) is False
    assert (await on_record(ward)) == ["auditor.message not sent", "auditor.message not sent.stays"]


async def test_a_platform_that_asks_for_a_pause_is_no_fault(ward: Clockwork) -> None:
    ward.chat.fails(MAYA, *[Fault.LOST] * 4)
    await ward.reported()
    for _ in range(3):
        ward.now += timedelta(minutes=2)
        await ward.tick()
    assert Gap.STUCK not in await found(ward)


async def test_where_nobody_could_be_told_it_says_so_loudly(ward: Clockwork) -> None:
    for who in (LEE, OMAR):
        await ward.change(who, roles=frozenset({Role.CLINICIAN}))
    assert await found(ward) == {}  # nothing is open
    await ward.reported()
    assert set(await found(ward)) == {Gap.NOBODY}
    ward.now += timedelta(minutes=3)
    said = await ready(ward)
    assert said
    assert "nobody to tell" in said
    await ward.change(OMAR, roles=frozenset({Role.SPONSOR}))
    assert await ready(ward) is None


# --------------------------------------------------------------------------------------------------------- the promises


async def test_the_promises_are_measured_from_what_was_done(ward: Clockwork) -> None:
    await ward.reported()  # two messages at once
    await ward.pass_time(2)  # a step on time
    await ward.database.run(lambda tx: tx.first_time("event", ward.now))
    kept = await ward.read(lambda tx: auditor.promises(tx, ward.now))
    assert kept.accepted == 1
    assert kept.notices == kept.at_once == kept.soon > 2
    assert (kept.timers, kept.timers_late, kept.overdue) == (1, timedelta(0), 0)


async def test_what_is_late_shows_in_them(ward: Clockwork) -> None:
    await ward.reported()
    ward.now += timedelta(hours=2, minutes=3)
    assert (await ward.read(lambda tx: auditor.promises(tx, ward.now))).overdue == 1
    await ward.tick()
    kept = await ward.read(lambda tx: auditor.promises(tx, ward.now))
    assert (kept.timers_late, kept.overdue) == (timedelta(minutes=3), 0)


def test_of_a_hundred_the_ninety_ninth_counts() -> None:
    assert auditor.p99([timedelta(seconds=n) for n in range(100, 0, -1)]) == timedelta(seconds=99)
    assert auditor.p99([timedelta(seconds=-3)]) == timedelta(0)
    assert auditor.p99([]) is None


def test_what_there_is_no_case_of_has_no_gauge() -> None:
    nothing = Promises(0, 0, 0, 0, 0, None, 0)
    assert auditor.gauges(nothing) == {"checkback_accepted_events": 0, "checkback_promises_overdue": 0}
    some = Promises(9, 8, 4, 6, 2, timedelta(seconds=3), 1)
    assert auditor.gauges(some) == {
        "checkback_accepted_events": 9,
        "checkback_promises_overdue": 1,
        "checkback_notices_within_10_seconds_share": 0.5,
        "checkback_notices_within_5_minutes_share": 0.75,
        "checkback_timers_late_p99_seconds": 3,
    }


async def test_a_step_added_behind_the_next_is_found(ward: Clockwork) -> None:
    """As a use case would leave it that forgets to plan."""
    issue = await ward.reported()
    soon = Step(0, ward.now + MINUTE, Needs.OPEN, Does.SAY_WHY)
    await ward.database.run(lambda tx: steps.add(tx, issue, [soon]))
    assert set(await found(ward)) == {Gap.UNPLANNED}


async def test_the_gauges_carry_the_promises(ward: Clockwork) -> None:
    await ward.reported()
    gauges = await health(ward).gauges()
    assert gauges["checkback_notices_within_10_seconds_share"] == 1
    assert gauges["checkback_promises_overdue"] == 0
