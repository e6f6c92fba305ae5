import asyncio
import os
import shutil
import signal
import sys
import time
import tracemalloc
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, insert, make_url, text
from sqlalchemy.pool import NullPool

from bot.errors import Misconfigured
from bot.ports import Verdict
from storage import demo
from storage.copy import SLICE, copy, shown
from storage.engine import open_database, parse, path_of
from storage.lockfile import LockFile
from storage.meta import check_secret
from storage.migrate import State, migrate, state
from storage.seal import KeyRing
from storage.tables import AuditRow, FeedRow, table_of
from tests.builders import NOON
from tests.faults.courier import SECRET_KEY
from tests.faults.forks import Forks, forking
from tests.peers.chat import Chat
from tests.storage.moving import CANARY, FIXED, Rows, goes_on, lived, reports, rows, sent_once
from tests.world import MAYA

OTHERS, LINE = 5_000, 1_000  # rows that take a while, and how long they are


SIZE = "SELECT coalesce(pg_total_relation_size(to_regclass('feed')), 0)"
NEXT = "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"


def on(url: str, *statements: str) -> None:
    with create_engine(parse(url), poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def fill(url: str, many: int, words: bytes = b"sealed") -> None:
    """So many rows of the audit and lines of the workspace."""
    audit = {"tenant": "main", "at": NOON, "actor": 1, "action": "take", "subject": "issue 1", "allowed": True}
    feed = {"tenant": "main", "place": b"somewhere", "words": words, "at": NOON}
    with create_engine(parse(url), poolclass=NullPool).begin() as connection:
        for start in range(0, many, SLICE):
            connection.execute(insert(table_of(AuditRow)), [audit] * SLICE)
            connection.execute(insert(table_of(FeedRow)), [feed | {"key": f"{start + n}"} for n in range(SLICE)])


def nothing_in(url: str) -> bool:
    return state(url) is State.EMPTY or all(not found for found in rows(url).values())


def verdict(url: str, keys: KeyRing, head: str | None = None) -> Verdict:
    async def look() -> Verdict:
        database = open_database(url, keys)
        found = await database.read(lambda tx: tx.audit.verify(head))
        await database.close()
        return found

    return asyncio.run(look())


@pytest.fixture(scope="module")
def keys() -> KeyRing:
    """As long as a setting of it must be."""
    return KeyRing([SECRET_KEY])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: KeyRing) -> tuple[Path, Chat]:
    """A file, and what the chat of its people has heard."""
    path, chat = tmp_path_factory.mktemp("pilot") / "checkback.db", Chat()
    shutil.copy(sqlite_template, path)
    asyncio.run(lived(f"sqlite:///{path}", keys, chat))
    return path, chat


@pytest.fixture
def chat(template: tuple[Path, Chat]) -> Chat:
    return deepcopy(template[1])


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, keys: KeyRing, chat: Chat) -> str:
    """A pilot in each kind of database."""
    if request.param == "sqlite":
        in_a_file: str = request.getfixturevalue("pilot")
        return in_a_file
    url: str = request.getfixturevalue("postgres_url")
    chat.history.clear()
    asyncio.run(lived(url, keys, chat))
    return url


@pytest.fixture
def pilot(tmp_path: Path, template: tuple[Path, Chat]) -> str:
    """A pilot in a file."""
    shutil.copy(template[0], tmp_path / "checkback.db")
    return f"sqlite:///{tmp_path}/checkback.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which there is nothing, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/checkback.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


# ---------------------------------------------------------------------------------------------------- what arrives


def test_everything_arrives_from_each_kind_in_each_kind(source: str, target: str, keys: KeyRing) -> None:
    before = rows(source)
    copied = copy(source, target, keys)
    assert rows(target) == rows(source) == before
    assert copied.rows == {table: len(found) for table, found in before.items()}
    full = {table for table, many in copied.rows.items() if many}
    assert full > {"person", "shift", "issue", "happening", "step", "fix", "outbox", "living", "agenda", "audit"}


def test_the_audit_holds_there_up_to_the_head_that_was_printed_before(source: str, target: str, keys: KeyRing) -> None:
    before = verdict(source, keys)
    assert before.count > 1
    assert copy(source, target, keys).verdict == before == verdict(target, keys, before.head)


def test_what_was_to_be_sent_is_sent_from_there_once_and_what_is_due_happens_there(
    source: str, target: str, keys: KeyRing, chat: Chat
) -> None:
    before = chat.calls
    copy(source, target, keys)
    assert chat.calls == before  # copying sends nothing
    asyncio.run(goes_on(target, keys, chat, 1.1))
    assert FIXED in chat.at(MAYA)
    assert sent_once(chat)
    told = len(chat.history)
    asyncio.run(goes_on(target, keys, chat, 30))
    assert [title for title in chat.at(MAYA) if "missed" in title or "not solved in time" in title]
    assert len(chat.history) > told
    assert sent_once(chat)


def test_new_rows_get_numbers_after_those_that_came_along(source: str, target: str, keys: KeyRing, chat: Chat) -> None:
    highest = rows(source)
    copy(source, target, keys)

    async def go_on() -> str:
        database = open_database(target, keys)
        number = await reports(database, chat)
        await database.close()
        return number

    assert asyncio.run(go_on()) == "MAR-3"
    for table in ("audit", "outbox", "happening"):
        ids, before = ({int(str(row[0])) for row in found[table]} for found in (rows(target), highest))
        assert before < ids
        assert min(ids - before) > max(before)


def test_the_numbers_of_postgresql_go_on_after_the_highest(pilot: str, empty_postgres_url: str, keys: KeyRing) -> None:
    """Also where nobody had asked for one."""
    on(pilot, "UPDATE outbox SET id = id + 1000")
    copy(pilot, empty_postgres_url, keys)
    with psycopg.connect(empty_postgres_url) as connection:
        highest = connection.execute("SELECT max(id) FROM outbox").fetchone()
        assert highest is not None
        assert connection.execute(NEXT, ["outbox"]).fetchone() == (highest[0] + 1,)
        assert connection.execute(NEXT, ["contact"]).fetchone() == (1,)


def test_a_database_that_was_only_looked_at_counts_as_empty(pilot: str, target: str, keys: KeyRing) -> None:
    migrate(target)
    verdict_of_a_doctor = asyncio.run(_looked_at(target, keys))
    assert verdict_of_a_doctor.count == 0
    copy(pilot, target, keys)
    assert rows(target) == rows(pilot)


async def _looked_at(url: str, keys: KeyRing) -> Verdict:
    database = open_database(url, keys)
    await check_secret(database)
    found = await database.read(lambda tx: tx.audit.verify())
    await database.close()
    return found


def test_an_audit_that_does_not_hold_is_copied_as_it_is_and_said(pilot: str, target: str, keys: KeyRing) -> None:
    with create_engine(parse(pilot), poolclass=NullPool).begin() as connection:
        demo.lift_guards(connection)
        connection.execute(text("UPDATE audit SET subject = 'another' WHERE id = (SELECT min(id) FROM audit)"))
    copied = copy(pilot, target, keys)
    assert not copied.verdict.holds
    assert copied.verdict == verdict(pilot, keys)


# --------------------------------------------------------------------------------------------------- what is refused


def refused(why: str, source: str, target: str, keys: KeyRing) -> None:
    with pytest.raises(Misconfigured, match=why):
        copy(source, target, keys)


def test_a_database_with_a_row_in_it_is_left_alone(pilot: str, target: str, keys: KeyRing) -> None:
    migrate(target)
    on(target, "INSERT INTO bucket (tenant, bucket, free_at) VALUES ('main', 'local', 0)")
    before = rows(target)
    refused("is not empty: there are rows in bucket", pilot, target, keys)
    assert rows(target) == before


def test_the_demos_mark_alone_makes_a_database_full(pilot: str, tmp_path: Path, keys: KeyRing) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    migrate(other)
    on(other, "INSERT INTO meta (tenant, key, value) VALUES ('main', 'demo', '1')")
    refused("is not empty", pilot, other, keys)


def test_what_is_somebody_elses_is_left_alone(pilot: str, target: str, keys: KeyRing) -> None:
    if target.startswith("sqlite"):
        path_of(parse(target)).parent.mkdir()
    on(target, "CREATE TABLE patients (name TEXT)")
    refused("not of this Checkback. Name a new database", pilot, target, keys)
    on(target, "DROP TABLE patients")
    assert state(target) is State.EMPTY


def test_a_file_that_is_being_served_stays_and_nothing_is_made(pilot: str, target: str, keys: KeyRing) -> None:
    lock = LockFile(path_of(parse(pilot)))
    refused("Another Checkback is running.*Stop it first", pilot, target, keys)
    assert state(target) is State.EMPTY
    lock.release()
    copy(pilot, target, keys)


def test_a_server_that_is_being_served_stays(postgres_url: str, tmp_path: Path, keys: KeyRing) -> None:
    target = f"sqlite:///{tmp_path}/new.db"

    async def while_served() -> None:
        database = open_database(postgres_url, keys)
        await database.now()
        with pytest.raises(Misconfigured, match=r"Checkback is running on postgresql://.*Stop every replica"):
            await asyncio.to_thread(copy, postgres_url, target, keys)
        await database.close()

    asyncio.run(while_served())
    assert not path_of(parse(target)).exists()


@pytest.mark.parametrize(("revision", "why"), [("0001", "checkback migrate"), ("9999", "newer version")])
def test_another_version_of_the_tables_is_not_copied(
    source: str, tmp_path: Path, keys: KeyRing, revision: str, why: str
) -> None:
    newest = rows_of_version(source)
    on(source, f"UPDATE alembic_version SET version_num = '{revision}'")  # noqa: S608
    try:
        refused(why, source, f"sqlite:///{tmp_path}/new.db", keys)
    finally:
        on(source, f"UPDATE alembic_version SET version_num = '{newest}'")  # noqa: S608 - others use the same server
    assert not (tmp_path / "new.db").exists()


def rows_of_version(url: str) -> str:
    with create_engine(parse(url), poolclass=NullPool).connect() as connection:
        found: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        return found


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, target: str, keys: KeyRing) -> None:
    refused("nothing to copy", f"sqlite:///{tmp_path}/nowhere.db", target, keys)
    assert not (tmp_path / "nowhere.db").exists()


def test_the_demo_stays_where_it_is(pilot: str, target: str, keys: KeyRing) -> None:
    on(pilot, "INSERT INTO meta (tenant, key, value) VALUES ('main', 'demo', '1')")
    refused("the demo's database", pilot, target, keys)


def test_a_database_is_not_copied_into_itself(pilot: str, postgres_url: str, tmp_path: Path, keys: KeyRing) -> None:
    (tmp_path / "another-name.db").symlink_to(path_of(parse(pilot)))
    refused("where it is already", pilot, f"sqlite:///{tmp_path}/another-name.db", keys)
    refused("where it is already", postgres_url, postgres_url.replace("postgresql:", "postgresql+psycopg:"), keys)


def test_under_another_secret_nothing_is_copied(pilot: str, target: str) -> None:
    refused("not the one that this database was written under", pilot, target, KeyRing(["another invented secret"]))
    assert state(target) is State.EMPTY


def test_a_password_is_not_shown() -> None:
    assert shown(make_url("postgresql+psycopg://ana:hush@db/pilot")) == "postgresql://ana:***@db/pilot"


# -------------------------------------------------------------------------------------------------- all or nothing


def test_a_row_that_cannot_arrive_leaves_nothing_behind(pilot: str, empty_postgres_url: str, keys: KeyRing) -> None:
    on(pilot, f"UPDATE issue SET key = '{CANARY}' || char(0)")  # noqa: S608 - which PostgreSQL cannot hold
    with pytest.raises(Misconfigured, match="Nothing was copied") as raised:
        copy(pilot, empty_postgres_url, keys)
    assert CANARY not in str(raised.value)
    assert nothing_in(empty_postgres_url)
    on(pilot, "UPDATE issue SET key = 'MAR'")
    copy(pilot, empty_postgres_url, keys)
    assert rows(empty_postgres_url) == rows(pilot)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with forking() as processes:
        yield processes


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_on_the_way_it_has_left_nothing_or_everything(
    pilot: str, target: str, keys: KeyRing, tmp_path: Path, forks: Forks
) -> None:
    fill(pilot, OTHERS, bytes(LINE))
    before, killed = rows(pilot), 0
    for part in (0.1, 0.4, 0.7):
        forks.start("checkback", "copy", "--from", pilot, "--to", target, folder=tmp_path, environment=settings())
        wait_for(target, part)
        killed += forks.kill() == -signal.SIGKILL
        assert nothing_in(target) or rows(target) == before
        if not nothing_in(target):
            break
    assert killed
    if nothing_in(target):
        copy(pilot, target, keys)
    assert rows(target) == before


def settings() -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("CHECKBACK_")}
    return others | {"CHECKBACK_SECRET_KEY": SECRET_KEY}


def wait_for(target: str, part: float) -> None:
    """Until about so much of it stands in the new database, though nobody can see it yet."""
    end = time.monotonic() + 30
    if target.startswith("sqlite"):
        path = path_of(parse(target))
        while sum(file.stat().st_size for file in path.parent.glob("*.db*")) < part * OTHERS * LINE:
            assert time.monotonic() < end
            time.sleep(0.005)
        return
    with psycopg.connect(target, autocommit=True) as connection:
        while (connection.execute(SIZE).fetchone() or (0,))[0] < part * OTHERS * LINE:
            assert time.monotonic() < end
            time.sleep(0.005)


# ------------------------------------------------------------------------------------------------ memory and words


@pytest.mark.slow
def test_few_rows_are_in_memory_at_a_time(sqlite_url: str, target: str, keys: KeyRing) -> None:
    fill(sqlite_url, 8 * SLICE, bytes(5_000))  # forty megabytes
    tracemalloc.start()
    copy(sqlite_url, target, keys)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


def test_words_stay_sealed_on_the_way(pilot: str, target: str, keys: KeyRing) -> None:
    copy(pilot, target, keys)
    found: Rows = rows(target)
    assert CANARY.encode() not in repr(found).encode()
    assert "Maya" not in repr(found)
    if target.startswith("sqlite"):
        assert all(CANARY.encode() not in file.read_bytes() for file in path_of(parse(target)).parent.iterdir())


def test_the_new_file_is_for_nobody_else(pilot: str, tmp_path: Path, keys: KeyRing) -> None:
    copy(pilot, f"sqlite:///{tmp_path}/new/checkback.db", keys)
    (path,) = [each for each in (tmp_path / "new").iterdir() if each.suffix == ".db"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in path.parent.iterdir()) == ["checkback.db", "checkback.db.lock"]
