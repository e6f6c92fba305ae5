"""The attack on reports without a name: with the whole file and no key, nothing leads from a report to a person."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from bot.model import Address, Handle, IssueId, MessageRef, Person, PersonId
from bot.ports import Notice, Pace
from storage.database import SqlDatabase
from storage.engine import open_database, parse, path_of
from storage.feed import SqlFeed
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import NOON, Ward

NAMES = ("wren", "ash", "juniper", "rowan", "fern", "sage")
PEOPLE, REPORTS = 30, 10
PACE = {"local": Pace(lane=timedelta(seconds=1))}
Rows = dict[str, set[tuple[object, ...]]]


class Hospital:
    """Thirty people, each of whom has had a message and said a line, with their names on them."""

    def __init__(self, database: SqlDatabase) -> None:
        self.database, self.feed = database, SqlFeed(database)
        self.minute = 0
        self.people: list[Person] = []

    async def open(self) -> None:
        self.ward = await self.database.run(builders.seed)
        for n in range(PEOPLE):
            who = await self.database.run(lambda tx, n=n: add_person(tx, self.ward, n))  # type: ignore[misc]
            self.people.append(who)
            await self.tell(who.address, f"welcome {who.id}", IssueId(2**62 + n))
            await self.feed.say(who.address, "good morning", who.id, f"morning {who.id}", self.now)

    @property
    def now(self) -> datetime:
        """An instant that no other row has."""
        self.minute += 1
        return NOON + timedelta(minutes=self.minute, microseconds=self.minute)

    async def tell(self, to: Address, key: str, issue: IssueId) -> None:
        """Post a card and deliver it, as the courier and the workspace do."""
        card = builders.card(key[:20], slot=f"slot {key}")
        await self.database.run(lambda tx: tx.outbox.post(to, card, self.now, key=key, issue=issue))
        now = self.now + timedelta(days=1)
        (lane,) = await self.database.read(lambda tx: tx.outbox.lanes(now))
        notice = await self.database.run(lambda tx: tx.outbox.claim(lane, now, PACE))
        assert isinstance(notice, Notice)
        message = await self.feed.post(notice.to, notice.card, notice.key, self.now)
        await self.database.run(lambda tx: tx.outbox.settle(notice, message, self.now))

    async def report(self, reporter: PersonId, to: Address, said_at: Address) -> None:
        """All that one report leaves behind: draft, words, issue, history, follower, audit, receipt."""
        issue = self.ward.issue(
            id=await self.database.read(lambda tx: IssueId(tx.new_id())), reporter=reporter, reported_at=self.now
        )

        def write(tx: SqlTransaction) -> None:
            tx.first_time(f"event of {reporter}", self.now)
            tx.drafts.add(builders.draft(person=reporter, received_at=self.now))
            tx.issues.add(issue)
            tx.issues.record(builders.happening(issue=issue.id, who=reporter, at=self.now))
            tx.issues.save_follower(builders.follower(issue=issue.id, person=reporter, since=self.now))
            tx.held.put(builders.held(person=reporter, key=f"held {issue.id}", at=self.now))
            tx.audit.write(reporter, "report", f"issue {issue.id}", self.now)

        await self.database.run(write)
        await self.feed.say(said_at, "it beeps", reporter, f"words {issue.id}", self.now)
        await self.tell(to, f"receipt {issue.id} {reporter}", issue.id)

    async def report_without_name(self, who: Person) -> Handle:
        handle = self.ward.handle(
            id=await self.database.read(lambda tx: PersonId(tx.new_id())), identity=who.address, job=who.job
        )
        await self.database.run(lambda tx: tx.handles.add(handle))
        await self.report(
            handle.id, Address("local", "person", "", behind=handle.id), replace(who.address, behind=handle.id)
        )
        return handle


def add_person(tx: SqlTransaction, ward: Ward, n: int) -> Person:
    name = f"{NAMES[n % len(NAMES)] * (1 + n // len(NAMES))}-{n}"  # lengths are telling too
    who = builders.person(
        id=PersonId(tx.new_id() | 1 << 61), pilot=ward.pilot.id, unit=ward.unit.id, name=name,
        address=Address("local", "person", name), email=f"{name}@example.org",
    )  # fmt: skip
    tx.people.add(who)
    return who


def content(url: str) -> bytes:
    """The file and whatever lies beside it."""
    path: Path = path_of(parse(url))
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()) if file.suffix != ".db-shm")


def traces(url: str, person: Person, index: bytes) -> dict[str, set[bytes]]:
    """Where a person can be found in the bytes, with what stands before it: pages are copied, and that is no news."""
    found, address = content(url), person.address.id
    spellings = {
        "id as SQLite writes it": person.id.to_bytes(8, "big"),
        "id in digits": str(person.id).encode(),
        "id in hex": f"{person.id:x}".encode(),
        "address": address.encode(),
        "index": index,
        "index in hex": index.hex().encode(),
    }
    return {
        name: {found[at.start() - 3 : at.end()] for at in re.finditer(re.escape(spelling), found)}
        for name, spelling in spellings.items()
    }


async def rows_of(database: SqlDatabase) -> Rows:
    def read(tx: SqlTransaction) -> Rows:
        select = tx.scope.connection.exec_driver_sql
        return {name: {tuple(row) for row in select(f"SELECT * FROM {name}")} for name in SQLModel.metadata.tables}  # noqa: S608

    return await database.read(read)


@pytest.fixture
async def hospital(sqlite: SqlDatabase) -> Hospital:
    hospital = Hospital(sqlite)
    await hospital.open()
    return hospital


async def reopened(hospital: Hospital, url: str, keys: KeyRing) -> SqlDatabase:
    """As everything lies on the disk before the reports: one file."""
    await hospital.database.close()
    hospital.database = open_database(url, keys)
    hospital.feed = SqlFeed(hospital.database)
    return hospital.database


async def test_the_bytes_of_the_files_name_no_reporter(hospital: Hospital, sqlite_url: str, keys: KeyRing) -> None:
    database = await reopened(hospital, sqlite_url, keys)
    index = await database.read(lambda tx: {who.id: tx.scope.place(who.address) for who in hospital.people})

    def all_traces() -> dict[PersonId, dict[str, set[bytes]]]:
        return {who.id: traces(sqlite_url, who, index[who.id]) for who in hospital.people}

    before = all_traces()
    assert all(found["id as SQLite writes it"] and found["index"] for found in before.values())
    reporters = hospital.people[::3]
    assert len(reporters) == REPORTS
    for who in reporters:
        await hospital.report_without_name(who)
    written = all_traces()
    assert all(written[who][name] <= there for who, found in before.items() for name, there in found.items())
    await database.close()
    assert all_traces() == before


async def test_the_attack_finds_whoever_reports_with_a_name(hospital: Hospital, sqlite_url: str, keys: KeyRing) -> None:
    database = await reopened(hospital, sqlite_url, keys)
    who = hospital.people[0]
    index = await database.read(lambda tx: tx.scope.place(who.address))
    before, rows = traces(sqlite_url, who, index), await rows_of(database)
    await hospital.report(who.id, who.address, who.address)
    assert not traces(sqlite_url, who, index)["id as SQLite writes it"] <= before["id as SQLite writes it"]
    assert who.id in joined(rows, await rows_of(database), hospital)


async def test_no_value_of_a_report_without_a_name_is_found_in_a_persons_rows(hospital: Hospital) -> None:
    before = await rows_of(hospital.database)
    for who in hospital.people[::3]:
        await hospital.report_without_name(who)
    assert joined(before, await rows_of(hospital.database), hospital) == set()


def joined(before: Rows, after: Rows, hospital: Hospital) -> set[object]:
    """Values by which new rows meet old ones, beside those that everybody on the ward shares."""
    target = hospital.ward.pilot.target // timedelta(microseconds=1)
    everybodys = {hospital.ward.pilot.id, hospital.ward.unit.id, target}
    new = {name: rows - before[name] for name, rows in after.items() if name != "pilot"}
    return telling(before) & telling(new) - everybodys


def telling(rows: Rows) -> set[object]:
    """Whatever can stand for one person: bytes, large numbers, and words with a digit in them."""
    return {value for table in rows.values() for row in table for value in row if _tells(value)}


def _tells(value: object) -> bool:
    if isinstance(value, str):
        return any(map(str.isdigit, value))
    return isinstance(value, bytes) or (isinstance(value, int) and value > 2**32)


async def test_lengths_and_places_of_rows_tell_nothing(hospital: Hospital) -> None:
    reporters = hospital.people[::3]
    handles = [await hospital.report_without_name(who) for who in reporters]
    lengths = "SELECT count(DISTINCT length(identity)), count(DISTINCT rowid = id) FROM handle"
    found = await hospital.database.read(lambda tx: tuple(tx.scope.connection.exec_driver_sql(lengths).one()))
    assert found == (1, 1)
    listed = await hospital.database.read(
        lambda tx: tx.scope.connection.exec_driver_sql("SELECT id FROM handle").scalars().all()
    )
    assert list(listed) == sorted(handle.id for handle in handles)  # not in the order in which they came


async def test_each_reporter_still_reads_what_came_back_and_nobody_else_does(hospital: Hospital) -> None:
    for who in hospital.people[::3]:
        await hospital.report_without_name(who)
    for n, who in enumerate(hospital.people):
        page = await hospital.feed.page(who.address, 9)
        assert len(page) == (4 if n % 3 == 0 else 2)
        assert [await hospital.feed.get(MessageRef(who.address, each.ref.id)) for each in page] == list(page)


async def test_whose_lane_or_pane_it_is_cannot_be_read_off_the_roster(hospital: Hospital) -> None:
    def read(tx: SqlTransaction) -> list[set[object]]:
        columns = ("hex(address_index) FROM person", "upper(lane) FROM lane", "hex(place) FROM feed")
        return [set(tx.scope.connection.exec_driver_sql(f"SELECT {each}").scalars()) for each in columns]

    roster, lanes, panes = await hospital.database.read(read)
    assert (len(roster), len(lanes), len(panes)) == (PEOPLE + 1, PEOPLE, PEOPLE)
    assert not roster & lanes | roster & panes | lanes & panes
