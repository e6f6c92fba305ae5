"""A database that the first release wrote is read by this one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, insert
from sqlalchemy.pool import NullPool

import storage
from bot.cards import Card
from bot.model import Address, FixKind, IssueId, MessageRef, Person, Role, Severity, Status
from bot.ports import Later, Living, Notice
from storage import cards, meta
from storage.database import SqlDatabase
from storage.engine import open_database, parse, path_of
from storage.feed import SqlFeed
from storage.migrate import State, migrate, state
from storage.seal import KeyRing
from tests import builders
from tests.builders import HOUR, NOON, Ward

WREN = Address("local", "person", "wren")
SECOND = 1_000_000  # microseconds


def micros(hours: int) -> int:
    return int(NOON.timestamp() + hours * 3600) * SECOND


class FirstRelease:
    """Writes what the first release wrote, in its own words."""

    def __init__(self, connection: Connection, keys: KeyRing) -> None:
        self.connection, self.keys = connection, keys
        self.tables = MetaData()
        self.tables.reflect(connection)

    def put(self, table: str, **row: object) -> None:
        self.connection.execute(insert(self.tables.tables[table]), {"tenant": "main", **row})

    def close(self, column: str, row: object, words: str) -> bytes:
        return self.keys.close(words, place=f"{column}|{row}|main")

    def close_address(self, column: str, row: object, address: Address) -> bytes:
        return self.close(column, row, "\x1f".join((address.platform, address.kind, address.id, address.thread or "")))

    def index(self, *words: str) -> bytes:
        return self.keys.index("|".join(("main", *words)))

    def place(self, address: Address) -> bytes:
        return self.index(address.platform, address.kind, address.id)

    def hospital(self, ward: Ward) -> None:
        pilot, unit = ward.pilot, ward.unit
        columns = ("id", "key", "name", "zone", "language", "fix_team", "emergency", "incident_link")
        plain = {name: getattr(pilot, name) for name in columns}
        self.put("pilot", **plain, target=24 * 3600 * SECOND, last_number=7)
        channel = self.close_address("unit.channel", unit.id, unit.channel)
        self.put("unit", id=unit.id, pilot=pilot.id, name=unit.name, channel=channel)
        for person in ward.people:
            self.person(person)

    def person(self, person: Person) -> None:
        columns = ("id", "pilot", "unit", "job", "zone", "language", "on_duty")
        self.put(
            "person",
            **{name: getattr(person, name) for name in columns},
            name=self.close("person.name", person.id, person.name),
            address=self.close_address("person.address", person.id, person.address),
            address_index=self.place(person.address),
        )
        for role in person.roles:
            self.put("person_role", person=person.id, role=role.value, pilot=person.pilot)

    def issue(self, ward: Ward, number: int, **more: object) -> None:
        row: dict[str, Any] = {
            "id": number, "pilot": ward.pilot.id, "unit": ward.unit.id, "key": "MAR", "number": number,
            "reporter": ward.reporter.id, "summary": self.close("issue.summary", number, "it beeps"), "severity": 3,
            "status": "taken", "version": 2, "reported_at": micros(0), "due_at": micros(24), "waited": 0, "events": 2,
        }  # fmt: skip
        self.put("issue", **row | more)
        words = self.close("happening.words", f"{number}:1", "it beeps all night")
        event = {"event": "report", "before": "reported", "after": "reported"}
        self.put("happening", issue=number, n=1, at=micros(0), who=ward.reporter.id, words=words, **event)
        step = {"needs": "nobody owns it", "deed": "tell", "tell": "lead,owner"}
        self.put("step", issue=number, n=1, due_at=micros(8), **step)

    def fix(self, ward: Ward, issue: int) -> None:
        words = self.close("fix.words", f"{issue}:2", "set anew")
        self.put("fix", issue=issue, n=2, author=ward.people[1].id, at=micros(1), kind="code", words=words)

    def waiting(self, to: Address, key: str) -> None:
        """A living card that arrived, and a redraw of it and a new message that wait in its lane."""
        lane = self.place(to).hex()
        common = {"lane": lane, "bucket": "local", "state": "ready", "attempts": 0, "created_at": micros(0)}
        message = {"message": self.close("living.message", "s", "1"), "message_index": self.index(*_parts(to), "1")}
        self.put("living", slot="s", issue=1, target=self.close_address("living.target", "s", to), **message)
        for kind, redraws in (("redraw", True), ("new", False)):
            name = f"{kind} {key}"
            card = self.close("outbox.card", name, cards.dump(Card(kind, slot="s" if redraws else None)))
            target = None if redraws else self.close_address("outbox.target", name, to)
            slot = "s" if redraws else None
            self.put("outbox", key=name, redraws=redraws, card=card, target=target, slot=slot, **common)
        self.put("lane", lane=lane, free_at=micros(1))
        words = self.close("feed.words", "said a", "good morning")
        self.put("feed", key="said a", place=self.place(to), words=words, author=7, at=micros(0))


def _parts(address: Address) -> tuple[str, str, str]:
    return address.platform, address.kind, address.id


def as_the_first_release_left_it(url: str, keys: KeyRing, ward: Ward) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__path__[0]) / "migrations"))
    config.set_main_option("path_separator", "os")
    with create_engine(parse(url), poolclass=NullPool).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        first = FirstRelease(connection, keys)
        first.hospital(ward)
        first.issue(ward, 1)
        first.issue(ward, 2, due_at=micros(20), missed_at=micros(20), status="verified", owner=ward.people[1].id)
        first.fix(ward, 2)
        first.put(
            "draft", id=5, person=ward.reporter.id, words=first.close("draft.words", 5, "slow"), received_at=micros(3)
        )
        first.waiting(ward.reporter.address, "a")


@pytest.fixture
def ward() -> Ward:
    pilot = builders.pilot()
    unit = builders.unit(pilot=pilot.id)
    people = [
        builders.person(pilot=pilot.id, unit=unit.id, address=WREN),
        builders.person(Role.CHAMPION, Role.LEAD, pilot=pilot.id, unit=unit.id, on_duty=False),
    ]
    return Ward(pilot, unit, people, builders.unit())


@pytest.fixture
async def upgraded(empty_url: str, keys: KeyRing, ward: Ward) -> AsyncIterator[SqlDatabase]:
    if empty_url.startswith("sqlite"):
        path_of(parse(empty_url)).parent.mkdir()
    as_the_first_release_left_it(empty_url, keys, ward)
    assert state(empty_url) is State.BEHIND
    migrate(empty_url)
    database = open_database(empty_url, keys)
    await meta.check_secret(database)
    yield database
    await database.close()


async def test_the_roster_is_as_it_was(upgraded: SqlDatabase, ward: Ward) -> None:
    assert list(await upgraded.read(lambda tx: tx.pilots.all())) == [ward.pilot]
    assert await upgraded.read(lambda tx: tx.pilots.unit(ward.unit.id)) == ward.unit
    for person in ward.people:
        assert await upgraded.read(lambda tx, p=person: tx.people.get(p.id)) == person  # type: ignore[misc]
        assert await upgraded.read(lambda tx, p=person: tx.people.at(p.address)) == person  # type: ignore[misc]
    assert await upgraded.run(lambda tx: tx.pilots.next_number(ward.pilot.id)) == 8


async def test_every_pilot_has_a_wide_unit(upgraded: SqlDatabase, ward: Ward) -> None:
    wide = await upgraded.read(lambda tx: tx.pilots.wide_unit(ward.pilot.id))
    assert (wide.name, wide.channel) == (ward.pilot.name, Address("local", "channel", "mar-fix-team"))
    await meta.check_secret(upgraded)
    assert list(await upgraded.read(lambda tx: tx.pilots.units(ward.pilot.id))) == [ward.unit, wide]


async def test_issues_are_as_they_were_with_the_target_that_they_had(upgraded: SqlDatabase, ward: Ward) -> None:
    of = {"pilot": ward.pilot.id, "unit": ward.unit.id, "reporter": ward.reporter.id, "summary": "it beeps"}
    taken = builders.issue(id=1, number=1, status=Status.TAKEN, version=2, events=2, **of)
    due = {"due_at": NOON + 20 * HOUR, "missed_at": NOON + 20 * HOUR, "target": timedelta(hours=20)}
    closed = {"status": Status.VERIFIED, "owner": ward.people[1].id, "version": 2, "events": 2}
    verified = builders.issue(id=2, number=2, **of, **due, **closed)
    assert list(await upgraded.read(lambda tx: tx.issues.reported_in(ward.pilot.id))) == [taken, verified]
    assert list(await upgraded.read(lambda tx: tx.issues.open_in(ward.pilot.id, 9))) == [taken]
    assert list(await upgraded.read(lambda tx: tx.issues.missed_without_cause(ward.pilot.id, 9))) == [verified]
    (happening,) = await upgraded.read(lambda tx: tx.issues.history(taken.id))
    assert (happening.who, happening.words) == (ward.reporter.id, "it beeps all night")
    (step,) = await upgraded.read(lambda tx: tx.issues.steps(taken.id))
    assert step.due_at == NOON + 8 * HOUR
    fix = builders.fix(issue=2, n=2, author=ward.people[1].id, kind=FixKind.CODE, words="set anew")
    assert await upgraded.read(lambda tx: tx.issues.last_fix(verified.id)) == fix
    draft = builders.draft(id=5, person=ward.reporter.id, words="slow", received_at=NOON + 3 * HOUR)
    assert await upgraded.read(lambda tx: tx.drafts.get(draft.id)) == draft


async def test_a_missed_deadline_is_still_never_unwritten(upgraded: SqlDatabase, ward: Ward) -> None:
    missed = await upgraded.read(lambda tx: tx.issues.find(ward.pilot.id, 2))
    assert missed is not None
    with pytest.raises(Exception, match="never unwritten"):
        await upgraded.run(lambda tx: tx.issues.save(replace(missed, missed_at=None)))
    await upgraded.run(lambda tx: tx.issues.save(replace(missed, severity=Severity.QUESTION)))


async def test_a_handle_may_stand_where_only_people_stood(upgraded: SqlDatabase, ward: Ward) -> None:
    handle = ward.handle()
    issue = ward.issue(reporter=handle.id)

    def write(tx: Any) -> None:  # noqa: ANN401 - a transaction
        tx.handles.add(handle)
        tx.issues.add(issue)
        tx.issues.record(builders.happening(issue=issue.id, who=handle.id))
        tx.drafts.add(builders.draft(person=handle.id))

    await upgraded.run(write)
    with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key"):  # an owner is always somebody of the roster
        await upgraded.run(lambda tx: tx.issues.save(replace(issue, owner=handle.id)))
    with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key"):
        await upgraded.run(lambda tx: tx.issues.record(builders.happening(issue=IssueId(404))))


async def test_messages_wait_in_the_same_lane_and_are_read_in_the_same_place(upgraded: SqlDatabase) -> None:
    await upgraded.run(lambda tx: tx.outbox.post(WREN, builders.card("newest"), NOON, key="newest"))
    await upgraded.run(lambda tx: tx.outbox.redraw(builders.card("drawn over", slot="s"), NOON))
    assert await upgraded.read(lambda tx: tx.outbox.lanes(NOON)) == []  # its pause is not over
    (lane,) = await upgraded.read(lambda tx: tx.outbox.lanes(NOON + HOUR))
    assert await upgraded.run(lambda tx: tx.outbox.claim(lane, NOON, {})) == Later(NOON + HOUR)
    titles = []
    while isinstance(notice := await upgraded.run(lambda tx: tx.outbox.claim(lane, NOON + HOUR, {})), Notice):
        done = notice
        titles.append(done.card.title)
        await upgraded.run(lambda tx, done=done: tx.outbox.settle(done, done.replaces, NOON))  # type: ignore[misc]
    assert titles == ["drawn over", "new", "newest"]
    assert list(await upgraded.read(lambda tx: tx.outbox.living(IssueId(1)))) == [Living("s", WREN)]
    assert await upgraded.read(lambda tx: tx.outbox.slot_at(MessageRef(WREN, "1"))) == "s"
    assert [posted.words for posted in await SqlFeed(upgraded).page(WREN, 9)] == ["good morning"]
