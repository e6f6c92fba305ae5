import asyncio
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from bot import __version__
from bot.cli import cli
from tests.faults.forks import Forks, forking
from tests.faults.installation import COMMAND, Browser, Installation, acknowledged

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and told to stop by signals")


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with forking() as processes:
        yield processes


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path, forks: Forks) -> Installation:
    return Installation(tmp_path, sqlite_template, forks)


def checkback(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """The installed script."""
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)  # noqa: S603


# ------------------------------------------------------------------------------------------------- saying what it is


def test_the_version_names_what_it_runs_on() -> None:
    said = checkback("version")
    running = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    assert (said.returncode, said.stdout) == (0, f"checkback {__version__} on {running}\n")


def test_help_lists_every_command() -> None:
    said = checkback("--help")
    assert said.returncode == 0
    for name in cli.commands:
        assert f"\n  {name} " in said.stdout


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_explains_itself(name: str) -> None:
    said = checkback(name, "--help")
    assert said.returncode == 0
    assert said.stdout.startswith(f"Usage: checkback {name}")
    assert len(said.stdout.splitlines()[2].strip()) > 20  # what it is for


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("sreve",), "No such command"),
        (("serve", "--port", "door"), "not a valid integer"),
        (("serve", "--port", "70000"), "65535"),
        (("audit", "verify", "--tail"), "No such option"),
    ],
)
def test_what_it_does_not_understand_it_says_with_the_usage(arguments: tuple[str, ...], why: str) -> None:
    said = checkback(*arguments)
    assert said.returncode == 2
    assert said.stderr.startswith("Usage: checkback")
    assert why in said.stderr


# ------------------------------------------------------------------------------------------------------------ migrate


def test_migrating_makes_the_database_and_twice_is_as_good_as_once(installation: Installation) -> None:
    installation.database.unlink()
    first, second = installation.run("migrate"), installation.run("migrate")
    assert first.stdout == "The database was empty; its tables are made.\n"
    assert second.stdout == "The database is up to date; nothing had to be done.\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert installation.database.stat().st_mode & 0o777 == 0o600


# ------------------------------------------------------------------------------------------------------------- doctor


def test_the_doctor_finds_nothing_wrong_with_a_good_installation(installation: Installation) -> None:
    said = installation.run("doctor")
    assert said.returncode == 0
    lines = said.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ok"] * len(lines)
    assert [line.removeprefix("ok     ").partition(":")[0] for line in lines] == [
        "settings", "secret key", "database", "audit", "port",
    ]  # fmt: skip


def wrong(said: "subprocess.CompletedProcess[str]") -> dict[str, str]:
    """The remedy of each thing that the doctor finds wrong."""
    assert said.returncode == 1
    assert said.stderr == ""
    lines = said.stdout.splitlines()
    return {
        line.removeprefix("WRONG").strip(): remedy.strip()
        for line, remedy in pairwise(lines)
        if line.startswith("WRONG")
    }


def test_the_doctor_names_a_wrong_setting(installation: Installation) -> None:
    assert "CHECKBACK_PORT" in wrong(installation.run("doctor", PORT="door"))["settings"]


def test_the_doctor_names_a_missing_secret(installation: Installation) -> None:
    found = wrong(installation.run("doctor", SECRET_KEY=""))
    assert "openssl rand -hex 32" in found["secret key"]
    assert "settings" not in found


@pytest.mark.slow
def test_the_doctor_names_a_secret_that_the_database_was_not_written_under(installation: Installation) -> None:
    seal(installation)
    found = wrong(installation.run("doctor", SECRET_KEY="another-invented-secret-of-the-tests"))
    assert "not the one that this database was written under" in found["audit"]


def test_the_doctor_finds_nothing_wrong_before_the_first_start(installation: Installation) -> None:
    installation.database.unlink()
    said = installation.run("doctor")
    assert said.returncode == 0, said.stdout
    assert "ok     database: not there yet; it will be made at the first start\n" in said.stdout
    assert "ok     audit: nothing to verify yet\n" in said.stdout
    assert not installation.database.exists()  # a look changes nothing


def test_the_doctor_does_not_send_anybody_to_migrate_what_is_newer_than_the_code(installation: Installation) -> None:
    installation.sql("UPDATE alembic_version SET version_num = '9999'")
    found = wrong(installation.run("doctor"))
    assert "newer" in found["database"]
    assert not [remedy for remedy in found.values() if "checkback migrate" in remedy]


@pytest.mark.slow
def test_the_doctor_names_a_record_that_was_tampered_with(installation: Installation) -> None:
    seal(installation)
    tamper(installation, "UPDATE audit SET actor = 1 WHERE id = 1")
    assert "Broken at row 1" in wrong(installation.run("doctor"))["audit"]


def test_the_doctor_names_a_port_in_use(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"Port {port}" in wrong(installation.run("doctor", PORT=port))["port"]


# -------------------------------------------------------------------------------------------------------------- audit


REPORTS = ("the scanner is stuck", "no label is printed", "the drug list is empty")  # alike, one would be asked about


def seal(installation: Installation, reports: int = 2) -> None:
    """Serve until some reports are on record and sealed."""

    async def report(url: str) -> None:
        async with httpx.AsyncClient(base_url=url) as client:
            browser = await Browser.open(client)
            for n in range(reports):
                assert acknowledged(await browser.types(f"report {REPORTS[n]}", f"gesture {n}"))

    with installation.serve() as serving:
        asyncio.run(report(serving.url))
        end = time.monotonic() + 10
        while installation.number("SELECT count(*) FROM audit_seal") < reports:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert serving.stop() == 0


def tamper(installation: Installation, *statements: str) -> None:
    """As somebody would who has the file: past the triggers that forbid it."""
    for trigger in installation.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        installation.sql(f"DROP TRIGGER {trigger[0]}")
    for statement in statements:
        installation.sql(statement)


@pytest.mark.slow
def test_the_record_holds_and_its_head_proves_later_that_nothing_was_cut_off(installation: Installation) -> None:
    seal(installation)
    said = installation.run("audit", "verify")
    assert said.returncode == 0
    rows, _, head = said.stdout.strip().partition(". Head: ")
    assert rows == "2 rows hold"
    again = installation.run("audit", "verify", "--head", head)
    assert (again.returncode, again.stdout) == (0, said.stdout)
    tamper(installation, "DELETE FROM audit_seal WHERE seq = 2", "DELETE FROM audit WHERE id = 2")
    assert installation.run("audit", "verify").returncode == 0  # what is left is whole in itself
    cut = installation.run("audit", "verify", "--head", head)
    assert (cut.returncode, cut.stdout) == (1, "That head is not in this chain: rows up to it have been taken away.\n")


@pytest.mark.slow
def test_a_row_that_was_changed_is_found(installation: Installation) -> None:
    seal(installation)
    tamper(installation, "UPDATE audit SET actor = 1 WHERE id = 1")
    said = installation.run("audit", "verify")
    assert (said.returncode, said.stdout) == (1, "Broken at row 1: it is not as it was written.\n")


# --------------------------------------------------------------------------------------------------------------- demo


def test_the_demo_tells_its_story_in_the_terminal(installation: Installation) -> None:
    said = installation.run("demo", "--script")
    assert said.returncode == 0, said.stderr
    told = iter(said.stdout.splitlines())
    for line in (
        "--- Maya Sample types: report scanner won't read wristbands",
        "    [waiting] MAR-1: received",
        "      Ana Fable (champion, on shift) has been told.",
        "--- Ana Fable presses: Take",
        "=== 20 hours pass ===",
        "  Sat 08:00  MAR-1  nothing has helped: owner told",  # at its own time, not at the time of the press
        "--- Sam Pretend presses: Fixed…",
        "    [waiting] MAR-1: fixed for you?",
        "--- Maya Sample presses: Still broken",
        "=== 4 hours pass ===",
        "  Sat 14:00  MAR-1  missed: nothing has helped in time",
        "    [missed] MAR-1: not solved in time",
        "--- Maya Sample presses: Yes, fixed",
        "    [done] MAR-1: thank you, closed as fixed",
        "--- Dr Lee Madeup types: pilot",
        "      Addressed within 24 h: 1 of 2",
    ):
        assert line in told, f"missing, or out of order: {line}"
    assert said.stderr == ""
    assert sorted(each.name for each in installation.folder.iterdir()) == ["checkback.db", "stderr", "stdout"]


# -------------------------------------------------------------------------------------------------------------- serve


@pytest.mark.slow
def test_serve_answers_and_stops_when_it_is_told_to_with_a_page_open(installation: Installation) -> None:
    with installation.serve() as serving:
        asyncio.run(looks_around_and_stops(serving.url, serving.process))
        assert serving.process.returncode == 0
    assert not installation.database.with_name("checkback.db-wal").exists()  # the log was folded into the file
    assert "Traceback" not in serving.log.read_text()


async def looks_around_and_stops(url: str, process: "subprocess.Popen[bytes]") -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/healthz")).text == "ok"
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert "\ncheckback_outbox_dead 0.0\n" in (await client.get("/metrics")).text
        async with client.stream("GET", "/live") as page:
            lines = page.aiter_lines()
            assert await anext(lines) == "event: hello"
            process.terminate()
            assert await asyncio.to_thread(process.wait, 5) == 0
            assert "data" not in [line async for line in lines][2:]  # it ended, and was not cut off
