import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cards import Card, Text
from bot.model import Address, Issue, IssueId, MessageRef, PersonId
from bot.ports import Notice, NoticeState
from storage.database import SqlDatabase
from storage.engine import parse, path_of
from storage.feed import SqlFeed
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import NOON, SECRET

COMMITS = """
import asyncio, sys
from storage.engine import open_database
from storage.seal import KeyRing
from tests import builders

async def main():
    database = open_database(sys.argv[1], KeyRing([sys.argv[2]]), exclusive=True)
    async def writer(n):
        for i in range(1_000_000):
            key = f"{n}-{i}"
            await database.run(lambda tx: tx.agenda.put(builders.due(key)))
            print(key, flush=True)
    await asyncio.gather(*map(writer, range(8)))

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(sqlite_url: str) -> None:
    acknowledged: set[str] = set()
    for lines in (3, 500):
        run = [sys.executable, "-c", COMMITS, sqlite_url, SECRET]
        with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:  # noqa: S603
            assert process.stdout is not None
            for _ in range(lines):
                acknowledged.add(process.stdout.readline().strip())
            process.send_signal(signal.SIGKILL)
            acknowledged |= {line.strip() for line in process.stdout if line.endswith("\n")}
    with closing(sqlite3.connect(path_of(parse(sqlite_url)))) as connection:
        kept = {row[0] for row in connection.execute("SELECT key FROM agenda")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(acknowledged) >= 500
    assert acknowledged <= kept


CANARY = "CanaryQuoll"


def say_on_an_issue(tx: SqlTransaction, issue: Issue) -> None:
    issue = replace(issue, cause=CANARY, place=CANARY, instead=CANARY)
    tx.issues.add(issue)
    tx.issues.save(issue)
    on = {"issue": issue.id, "author": issue.reporter}
    tx.issues.record(builders.happening(issue=issue.id, words=CANARY))
    tx.issues.add_fix(builders.fix(words=CANARY, before=CANARY, after=CANARY, **on))
    tx.issues.save_workaround(builders.workaround(words=CANARY, **on))
    tx.issues.save_vendor_wait(builders.vendor_wait(issue=issue.id, vendor=CANARY, reference=CANARY))
    tx.issues.save_asked(builders.asked(words=CANARY, answer=CANARY, **on))
    tx.known.save(builders.known_answer(pilot=issue.pilot, question=CANARY, answer=CANARY, **on))


def say_everything(tx: SqlTransaction) -> None:
    """The canary in every field that a person types, or that says who a person is."""
    of = builders.pilot()
    tx.pilots.add(of)
    ward = builders.unit(pilot=of.id, channel=Address("local", "channel", CANARY))
    tx.pilots.add_unit(ward)
    address = Address("local", "person", CANARY, CANARY)
    who = builders.person(pilot=of.id, unit=ward.id, name=CANARY, address=address, email=f"{CANARY}@example.org")
    tx.people.add(who)
    tx.people.save(who)
    tx.people.keep_code(CANARY, NOON)
    handle = builders.handle(pilot=of.id, unit=ward.id, identity=address)
    tx.handles.add(handle, CANARY)
    say_on_an_issue(tx, builders.issue(pilot=of.id, unit=ward.id, reporter=who.id, summary=CANARY))
    tx.drafts.add(builders.draft(person=who.id, words=CANARY))
    tx.held.put(builders.held(words=CANARY))
    tx.first_time(CANARY, NOON)
    card = Card(CANARY, (Text(CANARY),), slot="living")
    for key in ("sent", "dead", "ready"):
        tx.outbox.post(address, card, NOON, key=key, issue=IssueId(1))
    for outcome in ("sent", "dead"):
        lane = tx.outbox.lanes(NOON)[0]
        notice = tx.outbox.claim(lane, NOON, {})
        assert isinstance(notice, Notice)
        if outcome == "sent":
            tx.outbox.settle(notice, MessageRef(address, CANARY), NOON)
        else:
            tx.outbox.give_up(notice, NoticeState.DEAD, CANARY, NOON)
    tx.outbox.redraw(card, NOON)
    nameless = Address("local", "person", CANARY, CANARY, handle.id)
    tx.outbox.post(nameless, Card(CANARY, slot="nameless"), NOON, key="nameless")


async def test_no_words_and_no_identity_can_be_read_in_the_files(sqlite: SqlDatabase, sqlite_url: str) -> None:
    await sqlite.run(say_everything)
    feed = SqlFeed(sqlite)
    ref = await feed.post(Address("local", "person", CANARY), builders.card(CANARY), "key", NOON)
    await feed.edit(ref, builders.card(CANARY), NOON)
    await feed.say(Address("local", "channel", CANARY), CANARY, PersonId(1), "key", NOON)
    path = path_of(parse(sqlite_url))
    before = [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
    assert {file.suffix for file in before} == {".db", ".db-wal", ".db-shm"}
    assert any(b"Marlin" in file.read_bytes() for file in before)  # what is not sealed would be found
    assert_silent(path)
    await sqlite.close()
    assert_silent(path)


def assert_silent(path: Path) -> None:
    for file in path.parent.iterdir():
        content = file.read_bytes().lower()
        for spelling in (CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.encode().hex().encode()):
            assert spelling.lower() not in content, file.name
