# mypy: disable-error-code="func-returns-value"
# (several calls in one lambda are one transaction)
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import Address, Handle, IssueId, MessageRef, PersonId
from bot.ports import Living, Notice
from storage.database import SqlDatabase
from storage.engine import open_database, parse, path_of
from storage.seal import KeyRing, Tampered
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import NOON, SECRET

WREN = Address("local", "person", "wren")


async def added(database: SqlDatabase, **given: object) -> Handle:
    def write(tx: SqlTransaction) -> Handle:
        handle = builders.seed(tx).handle(**{"identity": WREN, "id": PersonId(tx.new_id()), **given})
        tx.handles.add(handle)
        return handle

    return await database.run(write)


async def test_a_handle_comes_back_as_it_went_in(database: SqlDatabase) -> None:
    for handle in (await added(database), await added(database, identity=None, away_from_champion=True)):
        assert await database.read(lambda tx, id_=handle.id: tx.handles.get(id_)) == handle  # type: ignore[misc]
    assert await database.read(lambda tx: tx.handles.get(PersonId(1))) is None


async def test_the_handles_of_an_address_are_found_among_five_hundred(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction) -> set[PersonId]:
        ward, ours = builders.seed(tx), set[PersonId]()
        for n in range(500):
            identity = Address("local", "person", "wren" if n % 100 == 0 else f"other {n}")
            handle = ward.handle(id=PersonId(tx.new_id()), identity=identity)
            tx.handles.add(handle)
            ours |= {handle.id} if identity == WREN else set()
        tx.handles.add(ward.handle(identity=None))
        tx.handles.add(ward.handle(platform="slack", identity=replace(WREN, platform="slack")))
        return ours

    ours = await database.run(write)
    assert len(ours) == 5
    assert set(await database.read(lambda tx: tx.handles.behind(WREN))) == ours
    assert set(await database.read(lambda tx: tx.handles.behind(replace(WREN, thread="9")))) == ours
    assert list(await database.read(lambda tx: tx.handles.behind(replace(WREN, id="nobody")))) == []
    assert list(await database.read(lambda tx: tx.handles.behind(replace(WREN, kind="channel")))) == []


async def test_a_code_finds_its_handle_until_it_is_destroyed(database: SqlDatabase) -> None:
    handle = await added(database, identity=None)
    coded = replace(handle, id=PersonId(7))
    await database.run(lambda tx: tx.handles.add(coded, "cedar-plum"))
    assert await database.read(lambda tx: tx.handles.by_code("cedar-plum")) == coded.id
    assert await database.read(lambda tx: tx.handles.by_code("cedar")) is None
    await database.run(lambda tx: tx.handles.destroy(coded.id))
    assert await database.read(lambda tx: tx.handles.by_code("cedar-plum")) is None
    assert await database.read(lambda tx: tx.handles.get(coded.id)) == coded


async def test_an_identity_that_was_destroyed_is_gone_from_the_file(sqlite: SqlDatabase, sqlite_url: str) -> None:
    handle = await added(sqlite)
    select = "SELECT identity FROM handle"
    sealed: bytes = await sqlite.read(lambda tx: tx.scope.connection.exec_driver_sql(select).scalar_one())
    assert in_files(sqlite_url, sealed)
    await sqlite.run(lambda tx: tx.handles.destroy(handle.id))
    assert await sqlite.read(lambda tx: tx.handles.get(handle.id)) == replace(handle, identity=None)
    assert list(await sqlite.read(lambda tx: tx.handles.behind(WREN))) == []
    await sqlite.close()
    assert not in_files(sqlite_url, sealed)


def in_files(url: str, needle: bytes) -> bool:
    path: Path = path_of(parse(url))
    return any(needle in file.read_bytes() for file in path.parent.iterdir())


async def test_an_identity_opens_under_its_own_key_and_in_its_own_row(sqlite: SqlDatabase) -> None:
    handle = await added(sqlite)
    other = replace(handle, id=PersonId(7), identity=replace(WREN, id="somebody else"))
    await sqlite.run(lambda tx: tx.handles.add(other))
    select = f"SELECT identity FROM handle WHERE id = {handle.id}"  # noqa: S608 - a number
    sealed = await sqlite.read(lambda tx: tx.scope.connection.exec_driver_sql(select).scalar_one())
    with pytest.raises(Tampered):
        sqlite.keys.open(sealed, place=f"handle.identity|{handle.id}|main")
    move = f"UPDATE handle SET identity = (SELECT identity FROM handle WHERE id = 7) WHERE id = {handle.id}"  # noqa: S608
    await sqlite.run(lambda tx: tx.scope.connection.exec_driver_sql(move).close())
    with pytest.raises(Tampered):
        await sqlite.read(lambda tx: tx.handles.get(handle.id))


async def test_every_identity_is_as_long_as_any_other(sqlite: SqlDatabase) -> None:
    for name in ("al", "bartholomew-of-the-night-shift", "ö" * 90):
        handle = await added(sqlite, identity=Address("local", "person", name))
        assert await sqlite.read(lambda tx, id_=handle.id: tx.handles.get(id_)) == handle  # type: ignore[misc]
    select = "SELECT DISTINCT length(identity) FROM handle"
    assert len(await sqlite.read(lambda tx: tx.scope.connection.exec_driver_sql(select).all())) == 1


# -- messages to somebody behind a handle


class Mail:
    """What is posted to one handle."""

    def __init__(self, database: SqlDatabase, handle: Handle) -> None:
        self.database, self.handle = database, handle
        self.to = Address("local", "person", "", behind=handle.id)

    async def post(self, key: str) -> None:
        card = builders.card(key, slot=f"slot {self.handle.id}")
        await self.database.run(lambda tx: tx.outbox.post(self.to, card, NOON, key=f"{key} {self.handle.id}"))

    async def claim(self) -> Notice:
        (lane,) = await self.database.read(lambda tx: tx.outbox.lanes(NOON))
        notice = await self.database.run(lambda tx: tx.outbox.claim(lane, NOON, {}))
        assert isinstance(notice, Notice)
        return notice

    async def do(self, work: Callable[[SqlTransaction], object]) -> None:
        await self.database.run(work)


@pytest.fixture
async def mail(database: SqlDatabase) -> Mail:
    return Mail(database, await added(database))


async def test_the_courier_alone_learns_where_it_goes(mail: Mail) -> None:
    await mail.post("receipt")
    notice = await mail.claim()
    assert notice.to == replace(WREN, behind=mail.handle.id)
    assert notice.replaces is None


async def test_a_card_behind_a_handle_is_redrawn_where_it_arrived(mail: Mail) -> None:
    await mail.post("receipt")
    notice = await mail.claim()
    await mail.do(lambda tx: tx.outbox.settle(notice, MessageRef(replace(WREN, thread="9"), "m1"), NOON))
    slot = await mail.database.read(lambda tx: tx.outbox.slot_at(MessageRef(WREN, "m1")))
    assert slot == f"slot {mail.handle.id}"
    await mail.do(lambda tx: tx.outbox.redraw(builders.card("anew", slot=slot), NOON))
    again = await mail.claim()
    assert again.replaces == MessageRef(replace(WREN, thread="9", behind=mail.handle.id), "m1")
    assert again.to == again.replaces.place


async def test_what_is_kept_of_a_message_never_names_who_got_it(mail: Mail) -> None:
    card = builders.card("receipt", slot="s")
    await mail.do(lambda tx: tx.outbox.post(mail.to, card, NOON, key="k", issue=IssueId(3)))
    assert list(await mail.database.read(lambda tx: tx.outbox.living(IssueId(3)))) == [Living("s", mail.to)]
    notice = await mail.claim()
    await mail.do(lambda tx: tx.outbox.settle(notice, MessageRef(WREN, "m1"), NOON))  # a platform knows no handles
    assert list(await mail.database.read(lambda tx: tx.outbox.living(IssueId(3)))) == [Living("s", mail.to)]


async def test_messages_to_two_handles_of_one_person_go_two_ways(mail: Mail) -> None:
    other = Mail(mail.database, await added(mail.database))
    await mail.post("one")
    await other.post("two")
    assert len(await mail.database.read(lambda tx: tx.outbox.lanes(NOON))) == 2


async def test_what_comes_too_late_is_set_aside(mail: Mail) -> None:
    await mail.post("receipt")
    await mail.do(lambda tx: tx.handles.destroy(mail.handle.id))
    assert not (await mail.claim()).readable


async def test_an_identity_is_found_after_a_change_of_secrets(sqlite: SqlDatabase, sqlite_url: str) -> None:
    await added(sqlite)
    rotated = open_database(sqlite_url, KeyRing(["a newer secret of the tests", SECRET]))
    assert len(await rotated.read(lambda tx: tx.handles.behind(WREN))) == 1
    await rotated.close()
