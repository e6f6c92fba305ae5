from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.model import Address, IssueId, MessageRef
from bot.ports import Later, Living, Notice, NoticeState, Pace, Turn
from storage.database import SqlDatabase
from storage.outbox import SqlOutbox
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON

WREN = Address("local", "person", "wren")
WARD = Address("local", "channel", "ward")
PACE = Pace()
SECOND = timedelta(seconds=1)


class Post:
    """The outbox with the clock at noon, and a courier's moves in it."""

    def __init__(self, database: SqlDatabase) -> None:
        self.database = database

    async def post(self, key: str, to: Address = WREN, *, slot: str | None = None, below: str | None = None) -> None:
        card = builders.card(key, slot=slot)
        await self.database.run(lambda tx: tx.outbox.post(to, card, NOON, key=key, issue=IssueId(7), below=below))

    async def redraw(self, slot: str, title: str) -> None:
        await self.database.run(lambda tx: tx.outbox.redraw(builders.card(title, slot=slot), NOON))

    async def lanes(self, now: datetime = NOON) -> list[str]:
        return list(await self.database.read(lambda tx: tx.outbox.lanes(now)))

    async def claim(
        self, lane: str | None = None, now: datetime = NOON, pace: Pace = PACE
    ) -> Notice | Later | Turn | None:
        where = lane or (await self.lanes(now))[0]
        return await self.database.run(lambda tx: tx.outbox.claim(where, now, {"local": pace}))

    async def claimed(self, lane: str | None = None, now: datetime = NOON, pace: Pace = PACE) -> Notice:
        notice = await self.claim(lane, now, pace)
        assert isinstance(notice, Notice)
        return notice

    async def send(self, message: str, lane: str | None = None) -> Notice:
        """Claim the lane's oldest and settle it."""
        notice = await self.claimed(lane)
        ref = notice.replaces or MessageRef(notice.to, message)
        await self.database.run(lambda tx: tx.outbox.settle(notice, ref, NOON))
        return notice

    async def put_back(self, notice: Notice, *, in_doubt: bool) -> None:
        await self.database.run(lambda tx: tx.outbox.put_back(notice, in_doubt=in_doubt))

    async def count(self, state: NoticeState) -> int:
        return (await self.database.read(lambda tx: tx.outbox.counts()))[state]


@pytest.fixture
def outbox(database: SqlDatabase) -> Post:
    return Post(database)


async def test_a_lane_is_sent_in_order(outbox: Post) -> None:
    for key in ("one", "two", "three"):
        await outbox.post(key)
    assert [(await outbox.send(key)).card.title for key in "abc"] == ["one", "two", "three"]
    assert await outbox.lanes() == []


async def test_each_place_has_a_lane_of_its_own_and_the_oldest_comes_first(outbox: Post) -> None:
    await outbox.post("to the ward", WARD)
    await outbox.post("to Wren")
    await outbox.post("to the ward's thread", Address("local", "channel", "ward", "9"))
    first, second = await outbox.lanes()
    assert (await outbox.claimed(first)).to == WARD
    assert (await outbox.claimed(second)).to == WREN


async def test_a_lane_does_not_name_its_person(outbox: Post) -> None:
    await outbox.post("one")
    assert "wren" not in (await outbox.lanes())[0]


async def test_a_key_is_posted_once(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.post("one")
    await outbox.send("a")
    await outbox.post("one")
    assert await outbox.lanes() == []
    assert await outbox.count(NoticeState.SENT) == 1


async def test_the_notice_is_as_it_was_posted(outbox: Post) -> None:
    card = builders.card("T", slot="s")
    await outbox.database.run(lambda tx: tx.outbox.post(WREN, card, NOON, key="k", issue=IssueId(3), settles="fix 4"))
    notice = await outbox.claimed()
    assert notice == Notice(notice.id, "k", WREN, card, 1, IssueId(3), "fix 4", None, None)


async def test_an_empty_lane_has_nothing_to_claim(outbox: Post) -> None:
    assert await outbox.claim("no lane") is None


async def test_an_attempt_that_never_ended_is_in_doubt_and_counted(outbox: Post) -> None:
    await outbox.post("one")
    assert (await outbox.claimed(now=NOON)).doubted_since is None
    second = await outbox.claimed(now=NOON + HOUR)
    third = await outbox.claimed(now=NOON + 2 * HOUR)
    assert (second.attempts, second.doubted_since) == (2, NOON)
    assert (third.attempts, third.doubted_since) == (3, NOON)


async def test_put_back_in_doubt_keeps_its_place_and_its_doubt(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.post("two")
    await outbox.put_back(await outbox.claimed(), in_doubt=True)
    again = await outbox.claimed(now=NOON + HOUR)
    assert (again.card.title, again.doubted_since) == ("one", NOON)


async def test_a_try_that_did_not_go_out_does_not_count(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.post("two")
    await outbox.put_back(await outbox.claimed(), in_doubt=False)
    again = await outbox.claimed()
    assert (again.card.title, again.attempts, again.doubted_since) == ("one", 1, None)


async def test_an_old_doubt_outlives_a_refusal(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.claimed()
    await outbox.put_back(await outbox.claimed(now=NOON + HOUR), in_doubt=False)
    assert (await outbox.claimed(now=NOON + 2 * HOUR)).doubted_since == NOON


async def test_what_was_given_up_is_kept_for_the_lead_and_lets_the_next_pass(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.post("two")
    notice = await outbox.claimed()
    await outbox.database.run(lambda tx: tx.outbox.give_up(notice, NoticeState.DEAD, "blocked", NOON))
    assert await outbox.count(NoticeState.DEAD) == 1
    assert (await outbox.claimed()).card.title == "two"


async def test_the_pace_holds_lane_and_bucket(outbox: Post) -> None:
    for key, to in (("one", WREN), ("two", WREN), ("three", WARD)):
        await outbox.post(key, to)
    wren, ward = await outbox.lanes()
    await outbox.claimed(wren, pace=Pace(lane=SECOND, bucket=SECOND / 5))
    assert await outbox.claim(wren) == Later(NOON + SECOND)
    assert await outbox.claim(ward) == Later(NOON + SECOND / 5)
    assert await outbox.lanes() == []
    assert await outbox.lanes(NOON + SECOND / 5) == [ward]
    assert await outbox.lanes(NOON + SECOND) == [wren, ward]
    assert await outbox.database.read(lambda tx: tx.outbox.next_release()) == NOON + SECOND / 5


async def test_a_pause_holds_its_lane_alone_and_is_never_cut_short(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.post("two", WARD)
    wren, ward = await outbox.lanes()
    for until in (NOON + HOUR, NOON + SECOND):
        await outbox.database.run(lambda tx, until=until: tx.outbox.pause(wren, until))  # type: ignore[misc]
    assert await outbox.claim(wren) == Later(NOON + HOUR)
    assert await outbox.lanes() == [ward]
    await outbox.send("a", ward)
    assert await outbox.database.read(lambda tx: tx.outbox.next_release()) == NOON + HOUR
    assert await outbox.lanes(NOON + HOUR) == [wren]


async def test_nothing_waits_in_an_empty_outbox(outbox: Post) -> None:
    assert await outbox.database.read(lambda tx: tx.outbox.next_release()) is None
    assert await outbox.database.read(lambda tx: tx.outbox.oldest_ready()) is None
    assert set(await outbox.database.read(lambda tx: tx.outbox.counts())) == set(NoticeState)


async def test_what_is_about_an_issue_goes_before_what_everybody_is_sent(outbox: Post) -> None:
    def bulletin(tx: SqlTransaction) -> None:
        tx.outbox.post(WREN, builders.card("a bulletin"), NOON, key="a bulletin")

    await outbox.database.run(bulletin)
    await outbox.post("a patient at risk", WARD)
    assert [(await outbox.claimed(lane)).key for lane in await outbox.lanes()] == ["a patient at risk", "a bulletin"]


async def test_the_oldest_that_waits(outbox: Post) -> None:
    await outbox.post("one")
    assert await outbox.database.read(lambda tx: tx.outbox.oldest_ready()) == NOON
    assert await outbox.database.read(lambda tx: tx.outbox.next_release()) == NOON


async def test_a_living_card_is_redrawn_where_it_arrived(outbox: Post) -> None:
    await outbox.post("first", slot="issue 7")
    await outbox.send("m1")
    await outbox.redraw("issue 7", "second")
    notice = await outbox.claimed()
    assert (notice.card.title, notice.replaces) == ("second", MessageRef(WREN, "m1"))
    assert notice.issue == IssueId(7)


async def test_of_several_redraws_the_newest_is_sent(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.send("m1")
    for title in ("second", "third", "fourth"):
        await outbox.redraw("s", title)
    assert (await outbox.send("")).card.title == "fourth"
    assert await outbox.lanes() == []


async def test_a_redraw_that_is_being_sent_is_not_written_over(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.send("m1")
    await outbox.redraw("s", "second")
    sending = await outbox.claimed()
    await outbox.redraw("s", "third")
    await outbox.database.run(lambda tx: tx.outbox.settle(sending, sending.replaces, NOON))
    assert (await outbox.send("")).card.title == "third"


async def test_a_post_that_nobody_has_seen_is_drawn_as_it_now_stands(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.redraw("s", "second")
    assert (await outbox.send("m1")).card.title == "second"
    assert await outbox.lanes() == []


async def test_a_redraw_waits_for_a_post_in_doubt(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.claimed()
    await outbox.redraw("s", "second")
    assert (await outbox.send("m1")).card.title == "first"
    assert (await outbox.claimed()).replaces == MessageRef(WREN, "m1")


async def test_a_redraw_of_what_never_arrived_is_moot(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    notice = await outbox.claimed()
    await outbox.redraw("s", "second")
    await outbox.post("another")
    await outbox.database.run(lambda tx: tx.outbox.give_up(notice, NoticeState.DEAD, "blocked", NOON))
    assert (await outbox.claimed()).card.title == "another"


async def test_a_redraw_of_an_unknown_slot_is_nothing(outbox: Post) -> None:
    await outbox.redraw("never posted", "second")
    await outbox.database.run(lambda tx: tx.outbox.redraw(builders.card("without a slot"), NOON))
    assert await outbox.lanes() == []


async def test_a_slot_posted_anew_lives_in_its_new_place(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    await outbox.send("m1")
    await outbox.redraw("s", "second")
    await outbox.post("again", WARD, slot="s")
    assert (await outbox.send("m2")).card.title == "again"
    await outbox.redraw("s", "third")
    assert (await outbox.claimed()).replaces == MessageRef(WARD, "m2")
    assert await outbox.database.read(lambda tx: tx.outbox.slot_at(MessageRef(WREN, "m1"))) is None


async def test_living_cards_are_found_by_issue_and_by_message(outbox: Post) -> None:
    await outbox.post("first", slot="s")
    assert list(await outbox.database.read(lambda tx: tx.outbox.living(IssueId(7)))) == [Living("s", WREN)]
    assert list(await outbox.database.read(lambda tx: tx.outbox.living(IssueId(8)))) == []
    await outbox.send("m1")
    assert await outbox.database.read(lambda tx: tx.outbox.slot_at(MessageRef(WREN, "m1"))) == "s"
    assert await outbox.database.read(lambda tx: tx.outbox.slot_at(MessageRef(WARD, "m1"))) is None


async def test_a_thread_hangs_below_its_parent(outbox: Post) -> None:
    await outbox.post("parent", WARD, slot="p")
    await outbox.post("child", WARD, slot="c", below="p")
    await outbox.send("m1")
    assert (await outbox.send("m2")).to == Address("local", "channel", "ward", "m1")
    await outbox.redraw("c", "child again")
    assert (await outbox.claimed()).replaces == MessageRef(Address("local", "channel", "ward", "m1"), "m2")


async def test_the_child_of_a_dead_parent_is_posted_without_a_thread(outbox: Post) -> None:
    await outbox.post("parent", WARD, slot="p")
    await outbox.post("child", WARD, below="p")
    parent = await outbox.claimed()
    await outbox.database.run(lambda tx: tx.outbox.give_up(parent, NoticeState.DEAD, "gone", NOON))
    assert (await outbox.claimed()).to == WARD


async def test_what_was_sent_is_kept_no_longer(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.send("m1")
    statement = "SELECT card, target FROM outbox"
    rows = await outbox.database.read(lambda tx: tx.scope.connection.exec_driver_sql(statement).all())
    assert [tuple(row) for row in rows] == [(None, None)]


async def test_the_next_release_after_an_instant_passes_over_what_stands_still(outbox: Post) -> None:
    await outbox.post("one")
    await outbox.post("two", WARD)
    _, ward = await outbox.lanes()
    await outbox.database.run(lambda tx: tx.outbox.pause(ward, NOON + HOUR))
    assert await outbox.database.read(lambda tx: tx.outbox.next_release(NOON)) == NOON + HOUR
    assert await outbox.database.read(lambda tx: tx.outbox.next_release(NOON + HOUR)) is None


@pytest.mark.parametrize("change", ["card = target", "target = card", "card = NULL"])
async def test_what_cannot_be_opened_is_counted_and_can_only_be_set_aside(outbox: Post, change: str) -> None:
    await outbox.post("one")
    await outbox.post("two")
    statement = f"UPDATE outbox SET {change} WHERE key = 'one'"  # noqa: S608 - one of the three above
    await outbox.database.run(lambda tx: tx.scope.connection.exec_driver_sql(statement).close())
    assert not (await outbox.claimed()).readable
    notice = await outbox.claimed()
    assert (notice.readable, notice.attempts, notice.issue) == (False, 2, IssueId(7))
    await outbox.database.run(lambda tx: tx.outbox.give_up(notice, NoticeState.DEAD, "it does not open", NOON))
    assert (await outbox.claimed()).card.title == "two"


async def test_what_was_sealed_under_a_key_that_is_gone_is_set_aside_too(outbox: Post) -> None:
    await outbox.post("one")
    outbox.database.keys = KeyRing(["another secret of the tests"])
    (lane,) = await outbox.lanes()
    assert not (await outbox.claimed(lane)).readable


OFTEN: dict[str, Callable[[SqlOutbox], object]] = {  # what is asked many times a minute, however much was ever sent
    "lanes": lambda outbox: outbox.lanes(NOON),
    "next": lambda outbox: outbox.next_release(),
    "next after": lambda outbox: outbox.next_release(NOON),
    "oldest": lambda outbox: outbox.oldest_ready(),
}


@pytest.mark.parametrize("asked", OFTEN)
async def test_what_is_ready_is_found_among_the_open_alone(sqlite: SqlDatabase, asked: str) -> None:
    def plan(tx: SqlTransaction) -> list[str]:
        raw = tx.scope.raw
        assert raw is not None
        statements: list[str] = []
        raw.set_trace_callback(statements.append)
        OFTEN[asked](tx.outbox)
        raw.set_trace_callback(None)
        (statement,) = statements
        return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}")]

    lines = await sqlite.read(plan)
    assert any("outbox USING INDEX outbox_open " in line for line in lines), lines
