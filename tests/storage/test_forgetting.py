"""What is kept about somebody can be forgotten, on either database."""

from bot.cards import Card
from bot.model import Address
from bot.ports import BOX, Notice
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON


def lane_of(tx: SqlTransaction) -> list[str]:
    return list(tx.outbox.lanes(NOON + HOUR))


async def test_what_waits_for_a_place_goes_and_what_stands_there_is_drawn_no_more(database: SqlDatabase) -> None:
    def post(tx: SqlTransaction) -> None:
        for name in ("here", "there"):
            tx.outbox.post(Address("local", "person", name), Card("first", slot=f"card:1:{name}"), NOON, key=name)

    await database.run(post)
    (first, *_) = await database.read(lane_of)
    sent = await database.run(lambda tx: tx.outbox.claim(first, NOON, {}))
    assert isinstance(sent, Notice)
    gone = await database.run(lambda tx: tx.outbox.forget(sent.to))
    assert gone == 1
    await database.run(lambda tx: tx.outbox.redraw(Card("again", slot=f"card:1:{sent.to.id}"), NOON))
    assert first not in await database.read(lane_of)
    assert len(await database.read(lane_of)) == 1
    assert await database.run(lambda tx: tx.outbox.forget(sent.to)) == 0


async def test_a_handle_that_is_shut_leads_nowhere_and_its_drafts_go(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    identity = Address("local", "person", "maya")
    handle = builders.handle(pilot=ward.pilot.id, unit=ward.unit.id, identity=identity)
    draft = builders.draft(person=handle.id)

    def add(tx: SqlTransaction) -> None:
        tx.handles.add(handle)
        tx.drafts.add(draft)

    await database.run(add)
    await database.run(lambda tx: tx.handles.shut(handle.id))
    assert await database.run(lambda tx: tx.drafts.forget(handle.id)) == 1
    kept = await database.read(lambda tx: tx.handles.get(handle.id))
    assert kept is not None
    assert (kept.identity, kept.platform) == (None, BOX)
    assert await database.read(lambda tx: tx.handles.behind(identity)) == []
    assert await database.read(lambda tx: tx.drafts.get(draft.id)) is None
