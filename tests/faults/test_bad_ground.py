import asyncio
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from typing_extensions import override

from bot import hospital, messages
from bot.app import demo_key, demo_key_file, demonstrating, serving
from bot.errors import Misconfigured
from bot.settings import load
from storage.migrate import migrate
from tests.faults.courier import SECRET_KEY
from tests.faults.installation import COMMAND, Browser, Installation, acknowledged

pytestmark = pytest.mark.slow
SAYS, OTHER = "report the scanner is stuck", "report no label printer answers"
NOT_SAVED = messages.not_saved().title


def refused(ended: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """One sentence that says what to do, and nothing of ours behind it."""
    assert ended.returncode == 1, ended
    assert ended.stdout == ""
    assert ended.stderr.startswith("checkback: "), ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stderr


# ------------------------------------------------------------------------------------------------------- settings


def test_without_a_secret_it_does_not_start(installation: Installation) -> None:
    refused(installation.run("serve", SECRET_KEY=""), "CHECKBACK_SECRET_KEY is not set", "openssl rand -hex 32")


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PORT", "a door", "integer"),
        ("PORT", "70000", "65535"),
        ("DATABASE_URL", "mysql://db/checkback", "sqlite:///"),
        ("SECRET_KEY", "QuollQuollQuoll", "at least 32 characters"),
        ("LOCAL_WORKSPACE", "perhaps", "boolean"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(
    installation: Installation, name: str, value: str, remedy: str
) -> None:
    ended = installation.run("serve", **{name: value})
    refused(ended, f"CHECKBACK_{name}", remedy, "checkback.toml")
    assert "Quoll" not in ended.stderr  # what was set may be a secret


def test_a_settings_file_that_is_no_toml_is_named(installation: Installation) -> None:
    (installation.folder / "checkback.toml").write_text("port = ")
    refused(installation.run("serve"), "checkback.toml cannot be read", "Mend it or move it away")


def test_the_workspace_is_not_served_to_others(installation: Installation) -> None:
    refused(installation.run("serve", HOST="0.0.0.0"), "loopback only", "CHECKBACK_HOST")  # noqa: S104 - refused
    new = f"sqlite:///{installation.folder}/demo.db"
    ended = installation.run("demo", "--no-browser", HOST="0.0.0.0", DATABASE_URL=new)  # noqa: S104 - refused
    refused(ended, "loopback only", "CHECKBACK_HOST")
    assert not list(installation.folder.glob("demo.db*"))


def test_whatever_starts_the_workspace_the_rule_is_the_same(installation: Installation) -> None:
    async def start(**settings: object) -> None:
        async with serving(load(database_url=installation.url, secret_key=SECRET_KEY, host="::", **settings)):
            pass

    with pytest.raises(Misconfigured, match="loopback only"):
        asyncio.run(start(local_workspace=True))
    asyncio.run(start())  # without the workspace everybody may come
    asyncio.run(start(local_workspace=True, behind_loopback=True))


def test_in_a_container_that_is_published_on_loopback_the_demo_starts(installation: Installation) -> None:
    async def start() -> None:
        url = f"sqlite:///{installation.folder}/demo.db"
        async with demonstrating(load(database_url=url, host="0.0.0.0", behind_loopback=True)):  # noqa: S104
            pass

    asyncio.run(start())


def test_the_story_is_told_wherever_one_is_since_it_serves_nothing(installation: Installation) -> None:
    assert installation.run("demo", "--script", HOST="0.0.0.0").returncode == 0  # noqa: S104


# ----------------------------------------------------------------------------------------------- the demo's database


def test_the_demo_does_not_take_over_a_database_that_is_still_empty(installation: Installation) -> None:
    installation.database.unlink()
    assert installation.run("migrate").returncode == 0  # somebody's, before the first start
    refused(installation.run("demo", "--no-browser"), "not the demo's", "CHECKBACK_DATABASE_URL")
    assert installation.number("SELECT count(*) FROM person") == 0
    assert installation.number("SELECT count(*) FROM meta") == 0
    assert not demo_key_file(installation.url).exists()
    with installation.serve() as serves:
        assert httpx.get(f"{serves.url}/readyz").status_code == 200


def test_a_demo_that_was_killed_before_it_marked_its_database_starts_again(installation: Installation) -> None:
    url = f"sqlite:///{installation.folder}/demo.db"
    key = demo_key(url)
    migrate(url)

    async def people() -> int:
        async with demonstrating(load(database_url=url)) as app:
            return len(await app.desk.everybody("local"))

    assert asyncio.run(people()) == hospital.STAFF
    assert demo_key(url) == key


def test_the_demos_key_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/folder/demo.db"
    file = demo_key_file(url)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))  # the disk is full after so many bytes
    try:
        with pytest.raises(Misconfigured, match="cannot be written"):
            demo_key(url)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not file.exists()
    key = demo_key(url)
    assert (len(key), file.stat().st_mode & 0o777) == (64, 0o600)
    assert [each.name for each in file.parent.iterdir()] == ["demo.db.key"]
    assert demo_key(url) == key


# -------------------------------------------------------------------------------------------------------- machine


def test_a_port_in_use_is_named(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(installation.run("serve", "--port", str(port)), f"Port {port}", "--port or CHECKBACK_PORT")


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_database_newer_than_the_code_is_left_alone(installation: Installation, command: str) -> None:
    installation.sql("UPDATE alembic_version SET version_num = '9999'")
    refused(installation.run(command), "newer", "Checkback")
    assert installation.sql("SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_file_that_is_no_database_is_named(installation: Installation) -> None:
    installation.database.write_text("These are somebody's notes, and they are longer than a header. " * 100)
    refused(installation.run("serve"), "database")


def test_a_file_where_the_folder_should_be_is_named(installation: Installation) -> None:
    (installation.folder / "file").touch()
    url = f"sqlite:///{installation.folder}/file/checkback.db"
    for command in ("serve", "migrate"):
        refused(installation.run(command, DATABASE_URL=url), "cannot be written", "Make its folder writable")


@pytest.fixture
def folder_of_others(sqlite_template: Path) -> Iterator[Path]:
    """A database in a folder in which an ordinary user may read and no more."""
    folder = Path(tempfile.mkdtemp(prefix="checkback-readonly-"))
    shutil.copy(sqlite_template, folder / "checkback.db")
    (folder / "checkback.db").chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
def test_a_folder_in_which_nothing_may_be_written_is_named(installation: Installation, folder_of_others: Path) -> None:
    # Root may write anywhere, so it gives the right to do so away, and stays who it is: it must read its own files.
    unprivileged = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    if unprivileged and not shutil.which("setpriv"):
        pytest.skip("this is root, and setpriv is not there to give its rights away")
    if unprivileged:
        os.chown(folder_of_others, 65534, 65534)
    ended = subprocess.run(  # noqa: S603 - ours
        [*unprivileged, COMMAND, "serve"], cwd=installation.folder, text=True, capture_output=True, check=False,
        env=installation.environment(DATABASE_URL=f"sqlite:///{folder_of_others}/checkback.db"), timeout=60,
    )  # fmt: skip
    refused(ended, "checkback.db", "written")


def test_a_second_process_on_the_same_file_is_refused_and_the_first_goes_on(installation: Installation) -> None:
    with installation.serve() as first:
        refused(installation.run("serve"), "Another Checkback is running", "Stop it first")
        assert httpx.get(f"{first.url}/readyz").status_code == 200
        assert first.stop() == 0
    with installation.serve() as second:  # the file is free again
        assert httpx.get(f"{second.url}/healthz").text == "ok"


# ------------------------------------------------------------------------------------------------------- full disk


async def reports_on_a_full_disk(url: str, fill: "Disk") -> None:
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        browser = await Browser.open(client)
        assert acknowledged(await browser.types(SAYS, "before"))
        fill.up()
        answer = await browser.types(OTHER, "during")
        assert answer.status_code == 200
        assert NOT_SAVED in answer.text
        assert f'data-words="{OTHER}"' in answer.text  # they go back to where they were typed
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert "does not take writes" in ready.json()["checks"]["database"]
        assert (await client.get("/healthz")).status_code == 200
        fill.free()
        assert acknowledged(await browser.types(OTHER, "during"))  # the same gesture, sent again
        assert (await client.get("/readyz")).status_code == 200


class Disk(ABC):
    """One that can be filled up and freed."""

    @abstractmethod
    def up(self) -> None: ...

    @abstractmethod
    def free(self) -> None: ...


class Limit(Disk):
    """The system lets the process write no further into its files, whatever they are."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = resource.prlimit(pid, resource.RLIMIT_FSIZE)

    @override
    def up(self) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (4096, self._before[1]))

    @override
    def free(self) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, self._before)


class Small(Disk):
    """A file system of a few megabytes, with a file in it that takes all the rest."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    @override
    def up(self) -> None:
        with self._filler.open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(bytes(4096)):
                pass

    @override
    def free(self) -> None:
        self._filler.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=False)  # noqa: S603
    if not made or made.returncode:
        pytest.skip("no file system can be mounted here; the limit on the size of files is tested")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S603, S607


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit")
def test_where_files_may_grow_no_further_the_words_go_back_and_it_recovers(installation: Installation) -> None:
    with installation.serve() as serving:
        asyncio.run(reports_on_a_full_disk(serving.url, Limit(serving.process.pid)))
        assert serving.stop() == 0
    assert installation.number("SELECT count(*) FROM issue") == 2


def test_on_a_full_disk_the_words_go_back_and_it_recovers(small_disk: Path, sqlite_template: Path) -> None:
    installation = Installation(small_disk, sqlite_template)
    with installation.serve() as serving:
        asyncio.run(reports_on_a_full_disk(serving.url, Small(small_disk)))
        assert serving.stop() == 0
    assert installation.number("SELECT count(*) FROM issue") == 2
    assert installation.run("audit", "verify").returncode == 0
