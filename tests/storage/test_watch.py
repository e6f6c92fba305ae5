from datetime import datetime, timedelta
from typing import Any

from bot.model import Address, IssueId, MessageRef, Outcome, PersonId, Status
from bot.ports import Notice
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON

WREN = Address("local", "person", "wren")
ASH = Address("local", "person", "ash")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WITHIN = (10 * SECOND, 5 * MINUTE)


async def test_the_next_step_of_each_open_issue(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> list[IssueId]:
        ward = builders.seed(tx)
        waiting, closed, bare = ward.issue(), ward.issue(status=Status.VERIFIED), ward.issue()
        child = ward.issue(status=Status.MERGED, merged_into=waiting.id)
        for issue in (waiting, closed, bare, child):
            tx.issues.add(issue)
        done = builders.step(1, outcome=Outcome.DONE, done_at=NOON)
        tx.issues.add_steps(waiting.id, [done, builders.step(3), builders.step(2)])
        tx.issues.add_steps(closed.id, [builders.step(1)])
        tx.issues.add_steps(child.id, [builders.step(4)])
        return [waiting.id, child.id]

    waiting, child = await database.run(write)
    found = await database.read(lambda tx: tx.watch.next_steps())
    assert found == {waiting: NOON + 2 * HOUR, child: NOON + 4 * HOUR}


async def test_what_is_planned_of_a_kind(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> None:
        tx.agenda.put(builders.due("a", kind="duty", subject=7))
        tx.agenda.put(builders.due("b", kind="duty", subject=2**62, due_at=NOON + HOUR))
        tx.agenda.put(builders.due("c", kind="issue", subject=7))

    await database.run(write)
    assert await database.read(lambda tx: tx.watch.planned("duty")) == {7: NOON, 2**62: NOON + HOUR}
    assert await database.read(lambda tx: tx.watch.planned("unheard of")) == {}


async def test_handles_that_have_outlived_their_report(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> tuple[builders.Ward, list[PersonId]]:
        ward = builders.seed(tx)
        old, young, gone, open_ = (ward.handle() for _ in range(4))
        for handle in (old, young, gone, open_):
            tx.handles.add(handle)
        tx.handles.destroy(gone.id)
        for handle, closed in ((old, NOON), (gone, NOON), (young, NOON + HOUR), (open_, None)):
            status = Status.VERIFIED if closed else Status.TAKEN
            tx.issues.add(ward.issue(reporter=handle.id, nameless=True, closed_at=closed, status=status))
        return ward, [old.id, young.id]

    ward, (old, young) = await database.run(write)

    async def outlived(hours: float) -> dict[PersonId, datetime]:
        before = NOON + timedelta(hours=hours)
        return dict(await database.read(lambda tx: tx.watch.outlived(ward.pilot.id, before)))

    assert await outlived(0) == {}
    assert await outlived(1) == {old: NOON}
    assert await outlived(2) == {old: NOON, young: NOON + HOUR}


async def test_a_handle_that_follows_is_kept_as_long_as_what_it_follows(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> tuple[builders.Ward, PersonId, PersonId]:
        ward = builders.seed(tx)
        over, waits = ward.handle(), ward.handle()
        gone, there = (
            ward.issue(closed_at=NOON + HOUR, status=Status.VERIFIED), ward.issue(status=Status.TAKEN)
        )  # fmt: skip
        tx.issues.add(gone)
        tx.issues.add(there)
        for handle, followed in ((over, gone), (waits, there)):
            tx.handles.add(handle)
            own = {"closed_at": NOON, "status": Status.WITHDRAWN, "nameless": True}
            tx.issues.add(ward.issue(reporter=handle.id, **own))
            tx.issues.save_follower(builders.follower(issue=followed.id, person=handle.id))
        only = ward.handle()
        tx.handles.add(only)
        tx.issues.save_follower(builders.follower(issue=gone.id, person=only.id))
        return ward, over.id, only.id

    ward, over, only = await database.run(write)

    async def outlived(hours: float) -> dict[PersonId, datetime]:
        before = NOON + timedelta(hours=hours)
        return dict(await database.read(lambda tx: tx.watch.outlived(ward.pilot.id, before)))

    assert await outlived(1) == {}
    assert await outlived(2) == {over: NOON + HOUR, only: NOON + HOUR}


async def test_how_soon_platforms_took_what_was_posted(database: SqlDatabase) -> None:
    took = (1, 10, 11, 300, 301)

    def write(tx: SqlTransaction) -> None:
        for seconds in took:
            tx.outbox.post(WREN, builders.card(), NOON, key=f"n {seconds}")
        tx.outbox.post(ASH, builders.card(), NOON, key="later", release_at=NOON + HOUR)

    await database.run(write)
    for seconds in took:
        await send(database, NOON + seconds * SECOND)
    await send(database, NOON + HOUR + 9 * SECOND)  # from its own time on that took nine seconds
    await database.run(lambda tx: tx.outbox.post(ASH, builders.card(), NOON, key="never"))
    assert await database.read(lambda tx: tx.watch.handed(NOON, WITHIN)) == (6, 3, 5)
    assert await database.read(lambda tx: tx.watch.handed(NOON + HOUR, WITHIN)) == (1, 1, 1)


async def send(database: SqlDatabase, now: datetime, limit: int = 1) -> None:
    """Hand on what may go out, so many of each lane."""
    for lane in await database.read(lambda tx: tx.outbox.lanes(now)):
        for _ in range(limit):
            notice = await database.run(lambda tx: tx.outbox.claim(lane, now, {}))  # noqa: B023 - awaited at once
            if isinstance(notice, Notice):
                ref = MessageRef(notice.to, notice.key)
                await database.run(lambda tx: tx.outbox.settle(notice, ref, now))  # noqa: B023


async def test_how_late_steps_were_taken(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> None:
        ward = builders.seed(tx)
        issue = ward.issue()
        tx.issues.add(issue)
        steps = [
            builders.step(1, outcome=Outcome.DONE, done_at=NOON + HOUR + SECOND),
            builders.step(2, outcome=Outcome.OVERTAKEN, done_at=NOON + 3 * HOUR),
            builders.step(3, outcome=Outcome.NOT_NEEDED, done_at=NOON + 4 * HOUR),
            builders.step(4),
        ]
        tx.issues.add_steps(issue.id, steps)

    await database.run(write)
    assert sorted(await database.read(lambda tx: tx.watch.late(NOON))) == [SECOND, HOUR]
    assert list(await database.read(lambda tx: tx.watch.late(NOON + 2 * HOUR))) == [HOUR]


async def test_how_much_was_accepted(database: SqlDatabase) -> None:
    for n in range(3):
        await database.run(lambda tx, n=n: tx.first_time(f"event {n}", NOON + n * HOUR))  # type: ignore[misc]
    await database.run(lambda tx: tx.first_time("event 2", NOON + 5 * HOUR))
    assert await database.read(lambda tx: tx.watch.accepted(NOON + HOUR)) == 2


async def test_how_many_messages_somebody_got_lately(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> None:
        tx.outbox.post(WREN, builders.card(slot="s"), NOON, key="sent")
        tx.outbox.post(WREN, builders.card(), NOON, key="tonight", release_at=NOON + HOUR)
        tx.outbox.post(ASH, builders.card(), NOON, key="another's")

    await database.run(write)
    await send(database, NOON, limit=9)
    await database.run(lambda tx: tx.outbox.redraw(builders.card("again", slot="s"), NOON))

    async def lately(minutes: float) -> int:
        until = NOON + minutes * MINUTE
        return await database.read(lambda tx: tx.outbox.lately(WREN, until - 2 * MINUTE, until))

    assert [await lately(minutes) for minutes in (0, 1, 2, 59, 60, 61, 62)] == [1, 1, 0, 0, 1, 1, 0]


async def test_when_the_last_messages_were_that_somebody_had(database: SqlDatabase) -> None:
    wren, ash = PersonId(2**62), PersonId(2**61)

    def write(tx: SqlTransaction) -> None:
        for hours in (0, 2, 1):
            tx.held.count(wren, NOON + hours * HOUR)
        tx.held.count(ash, NOON + 9 * HOUR)

    await database.run(write)
    found = [await database.read(lambda tx, n=n: tx.held.nth_last(wren, n)) for n in (1, 2, 3, 4)]  # type: ignore[misc]
    assert found == [NOON + 2 * HOUR, NOON + HOUR, NOON, None]


async def test_who_is_not_on_or_off_duty_as_they_should_be(database: SqlDatabase) -> None:
    people: dict[str, dict[str, Any]] = {
        "over": {"on_duty": True, "duty_until": NOON - HOUR},
        "gone": {"on_duty": True, "duty_until": NOON - HOUR, "active": False},
        "until later": {"on_duty": True, "duty_until": NOON + HOUR},
        "not come": {},
        "said no": {"duty_until": NOON + HOUR},
        "away": {"away_until": NOON + HOUR},
        "back": {"away_until": NOON},
        "come": {"on_duty": True},
        "no shift": {},
    }
    named: dict[PersonId, str] = {}

    def write(tx: SqlTransaction) -> builders.Ward:
        ward = builders.seed(tx)
        shifts = []
        for name, given in people.items():
            ours = {"pilot": ward.pilot.id, "unit": ward.unit.id, "on_duty": False}
            person = builders.person(**ours | given)
            tx.people.add(person)
            named[person.id] = name
            if name not in {"over", "gone", "no shift"}:
                shifts += [
                    builders.shift(
                        person=person.id, unit=person.unit, starts_at=NOON + n * HOUR, ends_at=NOON + (n + 2) * HOUR
                    )
                    for n in (-3, -1, 1)
                ]
        tx.rota.replace(ward.pilot.id, NOON - 9 * HOUR, NOON + 9 * HOUR, shifts)
        return ward

    pilot = (await database.run(write)).pilot.id
    lapsed = await database.read(lambda tx: tx.watch.lapsed(pilot, NOON))
    absent = await database.read(lambda tx: tx.watch.absent(pilot, NOON))
    assert {named[who]: at for who, at in lapsed.items()} == {"over": NOON - HOUR}
    assert {named[who]: at for who, at in absent.items()} == {"not come": NOON - HOUR, "back": NOON - HOUR}
