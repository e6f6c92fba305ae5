import asyncio
import os
import re
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from pathlib import Path

import httpx
import psycopg
import pytest

from bot import hospital
from bot.errors import Misconfigured
from bot.model import PersonId
from bot.ports import NoticeState
from storage import backup as storage_backup
from storage.backup import backup, restore
from storage.engine import open_database
from storage.lockfile import LockFile
from storage.migrate import State, state
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON, Ward
from tests.faults.courier import SECRET_KEY
from tests.faults.forks import Forks, forking
from tests.faults.installation import Browser, Installation, acknowledged
from tests.peers.chat import Chat
from tests.storage.moving import CANARY, FIXED, goes_on, lived, rows, sent_once
from tests.storage.test_upgrade import as_the_first_release_left_it
from tests.world import ANA, MAYA, place

AFTER = hospital.BEGINS + 2 * HOUR  # when it is put back


@pytest.fixture(scope="module")
def keys() -> KeyRing:
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


@pytest.fixture
def path(tmp_path: Path, template: tuple[Path, Chat]) -> Path:
    shutil.copy(template[0], tmp_path / "checkback.db")
    return tmp_path / "checkback.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "monday.db"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def sql(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


# ---------------------------------------------------------------------------------------------------------- backup


def test_a_backup_is_one_file_with_everything_in_it_for_nobody_else(url: str, file: Path, keys: KeyRing) -> None:
    kept = backup(url, file, keys)
    assert rows(f"sqlite:///{file}") == rows(url)
    assert kept.rows == {table: len(found) for table, found in rows(url).items()}
    assert kept.verdict.holds
    assert kept.verdict.count > 1
    assert names(file.parent) == ["monday.db"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_holds_words_as_sealed_as_they_were(url: str, file: Path, keys: KeyRing) -> None:
    backup(url, file, keys)
    assert CANARY.encode() not in file.read_bytes()
    assert b"Maya" not in file.read_bytes()


async def test_while_others_write_every_backup_is_of_one_moment(url: str, tmp_path: Path, keys: KeyRing) -> None:
    database = open_database(url, keys, exclusive=True)
    over = asyncio.Event()

    def two(tx: SqlTransaction) -> None:
        for _ in range(2):
            tx.audit.write(PersonId(1), "take", "x" * 2_000, NOON)

    async def writes() -> int:
        done = 0
        while not over.is_set():
            await database.run(two)
            done += 1
        return done

    writers = [asyncio.create_task(writes()) for _ in range(8)]
    grown = []
    for n in range(5):
        await database.run(two)
        kept = await asyncio.to_thread(backup, url, tmp_path / f"{n}.db", keys)
        grown.append(kept.rows["audit"])
    over.set()
    assert min(await asyncio.gather(*writers)) > 0
    await database.close()
    assert [many % 2 for many in grown] == [grown[0] % 2] * 5
    assert grown == sorted(set(grown))
    for n, many in enumerate(grown):
        assert sql(tmp_path / f"{n}.db", "PRAGMA integrity_check") == [("ok",)]
        assert sql(tmp_path / f"{n}.db", "SELECT count(*) FROM audit") == [(many,)]


def test_a_file_that_is_there_is_never_overwritten(url: str, file: Path, keys: KeyRing) -> None:
    file.write_text("last week's")
    with pytest.raises(Misconfigured, match="is there already, and is left as it is"):
        backup(url, file, keys)
    assert file.read_text() == "last week's"
    assert names(file.parent) == ["monday.db"]


def test_a_name_that_is_taken_meanwhile_is_left_to_whoever_took_it(
    url: str, file: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(whole: Path, name: Path) -> None:
        name.write_text("another's")
        link(whole, name)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(Misconfigured, match="is there already"):
        backup(url, file, keys)
    assert (file.read_text(), names(file.parent)) == ("another's", ["monday.db"])


def test_where_a_file_cannot_have_two_names_it_is_kept_all_the_same(
    url: str, file: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)  # as on a share, or on a stick
    backup(url, file, keys)
    assert rows(f"sqlite:///{file}") == rows(url)
    assert (names(file.parent), file.stat().st_mode & 0o777) == (["monday.db"], 0o600)


def test_a_damaged_database_gives_no_backup(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    [[page]] = sql(path, "SELECT rootpage FROM sqlite_master WHERE name = 'outbox'")
    [[size]] = sql(path, "PRAGMA page_size")
    with path.open("r+b") as opened:
        opened.seek((int(str(page)) - 1) * int(str(size)))
        opened.write(b"\x0d" + os.urandom(200))
    with pytest.raises(Misconfigured, match=r"damaged|malformed|cannot be copied"):
        backup(url, file, keys)
    assert names(file.parent) == []


def test_on_a_full_disk_there_is_no_backup_and_no_half_of_one(url: str, file: Path, keys: KeyRing) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(Misconfigured, match="cannot be"):
            backup(url, file, keys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handled)
    assert names(file.parent) == []
    backup(url, file, keys)


def test_a_folder_that_is_not_there_is_named(url: str, tmp_path: Path, keys: KeyRing) -> None:
    with pytest.raises(Misconfigured, match=r"nowhere/monday.db cannot be written"):
        backup(url, tmp_path / "nowhere" / "monday.db", keys)


def test_under_another_secret_there_is_no_backup(url: str, file: Path) -> None:
    with pytest.raises(Misconfigured, match="not the one that this database was written under"):
        backup(url, file, KeyRing(["another invented secret"]))
    assert names(file.parent) == []


def test_an_older_database_is_backed_up_before_it_is_migrated(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    sql(path, "UPDATE alembic_version SET version_num = '0001'")
    backup(url, file, keys)
    assert sql(file, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert state(url) is State.BEHIND


def test_nothing_is_no_database_to_back_up(tmp_path: Path, file: Path, keys: KeyRing) -> None:
    with pytest.raises(Misconfigured, match="nothing to back up"):
        backup(f"sqlite:///{tmp_path}/nowhere.db", file, keys)
    assert not (tmp_path / "nowhere.db").exists()


def test_the_demo_is_neither_backed_up_nor_restored(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    backup(url, file, keys)
    for each in (path, file):
        sql(each, "INSERT INTO meta (tenant, key, value) VALUES ('main', 'demo', '1')")
    with pytest.raises(Misconfigured, match="the demo's database"):
        backup(url, file.with_name("tuesday.db"), keys)
    with pytest.raises(Misconfigured, match="a backup of the demo"):
        restore(url, file, keys, AFTER)


def test_postgresql_has_tools_of_its_own(file: Path, keys: KeyRing) -> None:
    url = "postgresql://ana:hush@db/pilot"
    with pytest.raises(Misconfigured, match=r"pg_dump .*monday.db postgresql://ana:\*\*\*@db/pilot"):
        backup(url, file, keys)
    with pytest.raises(Misconfigured, match="pg_restore"):
        restore(url, file, keys, AFTER)


# --------------------------------------------------------------------------------------------------------- restore


def test_what_was_kept_is_put_back_and_what_was_there_stays_beside_it(
    url: str, path: Path, file: Path, keys: KeyRing, chat: Chat
) -> None:
    before = rows(url)
    backup(url, file, keys)
    asyncio.run(goes_on(url, keys, chat, 30))
    later = rows(url)
    assert later != before
    restored = restore(url, file, keys, AFTER)
    now = rows(url)
    assert {table: found for table, found in now.items() if found != before[table]}.keys() == {"outbox"}
    assert restored.kept.rows == {table: len(found) for table, found in before.items()}
    assert restored.before == path.with_name(f"checkback.db.before-restore-{AFTER:%Y%m%dT%H%M%SZ}")
    assert rows(f"sqlite:///{restored.before}") == later
    assert names(path.parent) == ["checkback.db", restored.before.name, "checkback.db.lock", "kept"]
    assert [each.stat().st_mode & 0o777 for each in (path, restored.before)] == [0o600] * 2
    assert rows(f"sqlite:///{file}") == before  # the backup is not touched


async def test_the_log_of_what_was_there_is_not_taken_for_the_restored_ones(
    url: str, path: Path, file: Path, keys: KeyRing, tmp_path: Path
) -> None:
    """As after a kill: what was written last stands in the log alone."""
    await asyncio.to_thread(backup, url, file, keys)
    database = open_database(url, keys)
    await database.run(lambda tx: tx.audit.write(None, "later", "", NOON))
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("checkback.db", "checkback.db-wal"):
        shutil.copy(path.with_name(name), killed)
    await database.close()
    restored = await asyncio.to_thread(restore, f"sqlite:///{killed}/checkback.db", file, keys, AFTER)
    assert restored.before
    assert names(killed) == ["checkback.db", restored.before.name, "checkback.db.lock"]
    assert sql(killed / "checkback.db", "SELECT count(*) FROM audit WHERE action = 'later'") == [(0,)]
    assert sql(restored.before, "SELECT count(*) FROM audit WHERE action = 'later'") == [(1,)]


def test_what_is_damaged_is_replaced_and_kept(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    backup(url, file, keys)
    damaged = os.urandom(20_000)
    path.write_bytes(damaged)
    restored = restore(url, file, keys, AFTER)
    assert restored.before
    assert restored.before.read_bytes() == damaged
    assert rows(url)["person"] == rows(f"sqlite:///{file}")["person"]


def test_a_log_whose_file_is_gone_is_moved_away(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    backup(url, file, keys)
    path.unlink()
    log = path.with_name("checkback.db-wal")
    log.write_bytes(b"a log")
    assert restore(url, file, keys, AFTER).before is None
    assert not log.exists()
    assert [each.read_bytes() for each in path.parent.glob("*.before-restore-*-wal")] == [b"a log"]


def test_on_a_new_machine_the_folder_is_made(url: str, file: Path, keys: KeyRing, tmp_path: Path) -> None:
    backup(url, file, keys)
    restored = restore(f"sqlite:///{tmp_path}/new/checkback.db", file, keys, AFTER)
    assert restored.before is None
    assert names(tmp_path / "new") == ["checkback.db", "checkback.db.lock"]


def test_a_backup_of_an_older_version_is_brought_up_and_itself_left_as_it_is(
    tmp_path: Path, file: Path, keys: KeyRing
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    pilot = builders.pilot()
    unit = builders.unit(pilot=pilot.id)
    people = [builders.person(pilot=pilot.id, unit=unit.id) for _ in range(2)]
    as_the_first_release_left_it(url, keys, Ward(pilot, unit, people, unit))
    backup(url, file, keys)
    restored = restore(url, file, keys, AFTER)
    assert (state(url), state(f"sqlite:///{file}")) == (State.CURRENT, State.BEHIND)
    assert restored.doubted == 1


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    before = path.read_bytes(), [name for name in names(path.parent) if not name.endswith((".lock", "-wal", "-shm"))]
    yield
    after = path.read_bytes(), [name for name in names(path.parent) if not name.endswith((".lock", "-wal", "-shm"))]
    assert after == before


def test_under_a_running_one_nothing_is_restored(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    backup(url, file, keys)
    lock = LockFile(path)
    with unchanged(path), pytest.raises(Misconfigured, match=r"Another Checkback is running.*Stop it first"):
        restore(url, file, keys, AFTER)
    lock.release()
    restore(url, file, keys, AFTER)


async def test_under_a_command_nothing_is_restored(
    url: str, path: Path, file: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not serve, and so does not hold the lock."""
    monkeypatch.setattr(storage_backup, "PATIENCE", 0.1)
    await asyncio.to_thread(backup, url, file, keys)
    database = open_database(url, keys)
    await database.run(lambda tx: tx.audit.write(None, "a command", "", NOON))
    with unchanged(path), pytest.raises(Misconfigured, match="Another command is at work"):
        await asyncio.to_thread(restore, url, file, keys, AFTER)
    await database.close()
    await asyncio.to_thread(restore, url, file, keys, AFTER)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ("DROP TABLE alembic_version", "is no backup of Checkback"),
        ("UPDATE alembic_version SET version_num = '9999'", "is of a newer Checkback"),
    ],
)
def test_what_is_no_backup_of_this_version_replaces_nothing(
    url: str, path: Path, file: Path, keys: KeyRing, spoil: str, why: str
) -> None:
    backup(url, file, keys)
    sql(file, spoil)
    with unchanged(path), pytest.raises(Misconfigured, match=why):
        restore(url, file, keys, AFTER)


def test_a_file_of_something_else_replaces_nothing(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    file.write_text("These are somebody's notes. " * 1_000)
    with unchanged(path), pytest.raises(Misconfigured, match=r"monday.db cannot be copied: file is not a database"):
        restore(url, file, keys, AFTER)
    with pytest.raises(Misconfigured, match="There is no backup at"):
        restore(url, file.with_name("nowhere.db"), keys, AFTER)


def test_a_cut_off_backup_replaces_nothing(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    backup(url, file, keys)
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size // 2)
    with unchanged(path), pytest.raises(Misconfigured, match=r"damaged|malformed|cannot be"):
        restore(url, file, keys, AFTER)


def test_a_backup_under_another_secret_replaces_nothing(url: str, path: Path, file: Path, keys: KeyRing) -> None:
    backup(url, file, keys)
    with unchanged(path), pytest.raises(Misconfigured, match="CHECKBACK_SECRET_KEY"):
        restore(url, file, KeyRing(["another invented secret"]), AFTER)


# -------------------------------------------------------------------------------- what was sent since is not sent twice


def test_what_was_sent_since_the_backup_is_not_sent_twice(url: str, file: Path, keys: KeyRing, chat: Chat) -> None:
    backup(url, file, keys)
    asyncio.run(goes_on(url, keys, chat, 1.1))
    assert FIXED in chat.at(MAYA)
    told = len(chat.history)
    assert restore(url, file, keys, AFTER).doubted == 1
    asyncio.run(goes_on(url, keys, chat, 1.1))
    assert len(chat.history) == told
    assert sent_once(chat)


def test_what_was_not_sent_since_the_backup_is_sent(url: str, file: Path, keys: KeyRing, chat: Chat) -> None:
    backup(url, file, keys)
    restore(url, file, keys, AFTER)
    assert FIXED not in chat.at(MAYA)
    asyncio.run(goes_on(url, keys, chat, 1.1))
    assert FIXED in chat.at(MAYA)
    assert sent_once(chat)


async def states(url: str, keys: KeyRing) -> dict[NoticeState, int]:
    database = open_database(url, keys)
    counts = await database.read(lambda tx: tx.outbox.counts())
    await database.close()
    return {state: many for state, many in counts.items() if many and state is not NoticeState.SENT}


def test_where_nobody_can_be_asked_it_is_put_before_the_lead(url: str, file: Path, keys: KeyRing, chat: Chat) -> None:
    backup(url, file, keys)
    restore(url, file, keys, AFTER)
    chat.can_be_asked = False
    asyncio.run(goes_on(url, keys, chat, 1.1))
    assert asyncio.run(states(url, keys)) == {NoticeState.UNKNOWN: 1}


async def test_what_is_kept_for_later_was_not_sent_and_is_not_doubted(
    url: str, file: Path, keys: KeyRing, chat: Chat
) -> None:
    database = open_database(url, keys)
    for hours, key in ((1, "sooner"), (3, "later")):
        at = hospital.BEGINS + hours * HOUR
        card = builders.card(key)
        await database.run(
            lambda tx, key=key, at=at, card=card: tx.outbox.post(  # type: ignore[misc]
                place(ANA), card, hospital.BEGINS, key=key, release_at=at
            )
        )
    await database.close()
    await asyncio.to_thread(backup, url, file, keys)
    assert (await asyncio.to_thread(restore, url, file, keys, AFTER)).doubted == 2  # the fix, and the sooner one
    chat.can_be_asked = False
    await goes_on(url, keys, chat, 3.1)
    assert "later" in chat.at(ANA)
    assert "sooner" not in chat.at(ANA)


async def test_after_pg_restore_the_statement_of_the_docs_does_the_same(postgres_url: str, keys: KeyRing) -> None:
    chat = Chat()
    await lived(postgres_url, keys, chat)
    later = hospital.BEGINS.replace(year=2100)
    database = open_database(postgres_url, keys)
    await database.run(lambda tx: tx.outbox.post(place(ANA), builders.card("l"), NOON, key="l", release_at=later))
    await database.close()
    text = (Path(__file__).parents[2] / "docs/moving.md").read_text(encoding="utf-8")
    [statement] = re.findall(r"^    UPDATE outbox .*?;$", text, re.MULTILINE | re.DOTALL)
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(statement.encode()).rowcount == 1
    await goes_on(postgres_url, keys, chat, 1.1)
    assert FIXED in chat.at(MAYA)
    assert sent_once(chat)


# ------------------------------------------------------------------------------------------- the commands, and kills


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with forking() as processes:
        yield processes


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path, forks: Forks) -> Installation:
    return Installation(tmp_path, sqlite_template, forks)


async def reported(url: str, *words: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        browser = await Browser.open(client)
        for each in words:
            assert acknowledged(await browser.types(f"report {each}", f"gesture {each}"))


@pytest.mark.slow
def test_a_served_database_is_backed_up_and_restored_once_it_is_stopped(installation: Installation) -> None:
    file = str(installation.folder / "monday.db")
    with installation.serve() as serving:
        asyncio.run(reported(serving.url, f"the {CANARY} cart is dark"))
        said = installation.run("backup", file)
        assert (said.returncode, said.stderr) == (0, "")
        assert "issue                    1\n" in said.stdout
        assert " rows hold" in said.stdout
        assert CANARY not in said.stdout
        again = installation.run("backup", file)
        assert (again.returncode, "is there already" in again.stderr) == (1, True)
        asyncio.run(reported(serving.url, "no label is printed"))
        refused = installation.run("restore", file)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "Another Checkback is running" in refused.stderr
        assert httpx.get(f"{serving.url}/readyz").status_code == 200
        assert serving.stop() == 0
    assert installation.number("SELECT count(*) FROM issue") == 2
    said = installation.run("restore", file)
    assert (said.returncode, said.stderr) == (0, "")
    assert "What was there before: " in said.stdout
    assert installation.number("SELECT count(*) FROM issue") == 1
    with installation.serve() as serving:
        asyncio.run(reported(serving.url, "the drug list is empty"))
        assert serving.stop() == 0
    assert installation.run("audit", "verify").returncode == 0


@pytest.mark.slow
def test_a_pilot_is_copied_by_the_command(installation: Installation, empty_postgres_url: str) -> None:
    said = installation.run("copy", "--from", installation.url, "--to", empty_postgres_url)
    assert (said.returncode, said.stderr) == (0, "")
    assert "person                  36\n" in said.stdout
    assert "Serve the new database only" in said.stdout
    assert rows(empty_postgres_url) == rows(installation.url)
    wrong = installation.run("copy", "--from", "oracle://x", "--to", empty_postgres_url)
    assert (wrong.returncode, "sqlite:///FILE or postgresql://" in wrong.stderr) == (2, True)
    none = installation.run("copy", "--from", installation.url, "--to", empty_postgres_url, SECRET_KEY="")
    assert "openssl rand -hex 32" in none.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_killed_on_the_way_there_is_a_whole_file_or_none(
    installation: Installation, forks: Forks, command: str, keys: KeyRing
) -> None:
    now, file, killed = installation.database, installation.folder / "monday.db", 0
    installation.sql("CREATE TABLE ballast (x)")
    installation.sql("INSERT INTO ballast VALUES (zeroblob(50000000))")
    if command == "restore":
        backup(installation.url, file, keys)
        installation.sql("DROP TABLE ballast")
    of_what_was_there = len(installation.sql("SELECT name FROM sqlite_master"))
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4):
        forks.start("checkback", command, file, folder=installation.folder, environment=installation.environment())
        end = time.monotonic() + 5
        while not list(installation.folder.glob(".*.part")) and time.monotonic() < end:
            time.sleep(0.002)
        time.sleep(delay)  # the point of a kill is that nobody awaits it
        killed += forks.kill() == -signal.SIGKILL
        if command == "backup" and file.exists():
            assert sql(file, "PRAGMA integrity_check") == [("ok",)]
            file.unlink()
        assert sql(now, "PRAGMA integrity_check") == [("ok",)]
        tables = len(sql(now, "SELECT name FROM sqlite_master"))
        assert tables - of_what_was_there in {0, 1 if command == "restore" else 0}
    assert killed > 1
    for left in installation.folder.glob("*.before-restore-*"):
        left.unlink()
    assert installation.run(command, str(file)).returncode == 0
    assert "ballast" in repr(sql(file, "SELECT name FROM sqlite_master"))
