"""The real `checkback` in processes of its own, on a database of its own, and a browser's way into its workspace."""

import asyncio
import os
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

import httpx
import psycopg

from adapters.local.inbound import ELSEWHERE
from bot import hospital, messages
from bot.model import Reader
from storage.engine import open_database
from storage.seal import KeyRing
from tests.faults.courier import SECRET_KEY
from tests.faults.forks import STDERR, STDOUT, Forks

COMMAND = Path(sys.executable).with_name("checkback")
READY = 20.0  # seconds that a start may take on a busy machine
MAYA, ANA = "maya-sample", "ana-fable"
ALREADY = messages.already_received(Reader("UTC")).title


class Installation:
    """A folder, a seeded database (in the folder, or at the URL), and the settings of whoever runs it."""

    def __init__(
        self, folder: Path, template: Path | None, forks: Forks | None = None, *, url: str = "", seeded: bool = True
    ) -> None:
        self.folder = folder
        self._forks = forks
        self.database = folder / "checkback.db"
        self.settings = {
            "DATABASE_URL": url or f"sqlite:///{self.database}",
            "SECRET_KEY": SECRET_KEY,
            "LOCAL_WORKSPACE": "1",
            "PORT": "0",
        }
        if template:
            shutil.copy(template, self.database)
        if seeded:
            asyncio.run(self._seed())

    @classmethod
    def bare(cls, folder: Path, forks: Forks, url: str) -> Self:
        """Its database is as it is."""
        return cls(folder, None, forks, url=url, seeded=False)

    @property
    def url(self) -> str:
        return self.settings["DATABASE_URL"]

    @property
    def on_sqlite(self) -> bool:
        return self.url.startswith("sqlite:")

    @property
    def kind(self) -> str:
        return "SQLite" if self.on_sqlite else "PostgreSQL"

    def environment(self, **settings: str) -> dict[str, str]:
        """Nothing of the developer's own settings; an empty one is not set."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("CHECKBACK_")}
        own = {f"CHECKBACK_{name}": value for name, value in {**self.settings, **settings}.items() if value}
        return others | own

    def run(self, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """The command to its end; from a fork where there is one to fork from, which is quicker."""
        run, environment = [str(COMMAND), *arguments], self.environment(**settings)
        if self._forks is None:
            return subprocess.run(  # noqa: S603 - ours
                run, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
        self._forks.start("checkback", *arguments, folder=self.folder, environment=environment)
        code = self._forks.ended()
        out, err = ((self.folder / name).read_text() for name in (STDOUT, STDERR))
        return subprocess.CompletedProcess(run, code, out, err)

    def serve(self, port: int = 0, **settings: str) -> "Serving":
        return Serving(self, port, **settings)

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Past everything that keeps a database whole."""
        if not self.on_sqlite:
            with psycopg.connect(self.url) as server:
                cursor = server.execute(statement.encode(), values or None)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def number(self, statement: str) -> int:
        [[number]] = self.sql(statement)
        assert isinstance(number, int)
        return number

    async def _seed(self) -> None:
        database = open_database(self.url, KeyRing([SECRET_KEY]))
        await database.run(hospital.seed)
        await database.close()


class Serving:
    """`checkback serve` in a process of its own."""

    def __init__(self, installation: Installation, port: int, **settings: str) -> None:
        self.log = installation.folder / "serve.log"
        self._said = self.log.open("ab")
        self.process = subprocess.Popen(  # noqa: S603 - ours
            [COMMAND, "serve", "--port", str(port)], cwd=installation.folder,
            env=installation.environment(**settings), stdout=subprocess.PIPE, stderr=self._said,
        )  # fmt: skip
        self.url = self._address()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        assert self.process.stdout
        self.process.stdout.close()
        self._said.close()

    def kill(self) -> None:
        """As the power goes, or the machine runs out of memory."""
        self.process.kill()
        self.process.wait()

    def stop(self, within: float = 15.0) -> int:
        """As a service manager does; what it ended with."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def _address(self) -> str:
        assert self.process.stdout
        readable, _, _ = select.select([self.process.stdout], [], [], READY)
        line = self.process.stdout.readline().decode() if readable else ""
        found = re.search(r"http://\S+", line)
        if not found:
            self.close()
            raise AssertionError(f"it does not start: {line} {self.log.read_text()[-2000:]}")
        return found[0]


class Browser:
    """One person's page: what is typed there is posted as the page's own script does it."""

    def __init__(self, client: httpx.AsyncClient, csrf: str) -> None:
        self.client = client
        self._csrf = csrf

    @classmethod
    async def open(cls, client: httpx.AsyncClient) -> Self:
        page = await client.get("/")
        found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        assert found, page.text[:500]
        return cls(client, found[1])

    async def types(self, line: str, key: str, who: str = MAYA) -> httpx.Response:
        return await self._posts("/line", {"text": line}, key, who)

    async def presses(self, token: str, key: str, who: str = MAYA) -> httpx.Response:
        return await self._posts("/press", {"token": token}, key, who)

    async def submits(self, token: str, values: Mapping[str, str], key: str, who: str = MAYA) -> httpx.Response:
        filled = {f"value.{name}": value for name, value in values.items()}
        return await self._posts("/submit", {"token": token, **filled}, key, who)

    async def _posts(self, path: str, did: Mapping[str, str], key: str, who: str) -> httpx.Response:
        fields = {"who": who, "slot": "nurse", "where": "nurse-home", "key": key, **did}
        headers = {"X-CSRF-Token": self._csrf, "Origin": str(self.client.base_url).rstrip("/")}
        return await self.client.post(path, files={n: (None, v) for n, v in fields.items()}, headers=headers)


def buttons(answer: httpx.Response) -> dict[str, str]:
    """What can be pressed in it, by the label; a form's own token is that of its heading."""
    found = re.findall(r'<button [^>]*name="token" value="([^"]+)">([^<]+)</button>', answer.text)
    form = re.search(r'<h2[^>]*>([^<]+)</h2>\s*<input type="hidden" name="token" value="([^"]+)">', answer.text)
    return {label: token for token, label in found} | ({form[1]: form[2]} if form else {})


def acknowledged(answer: httpx.Response) -> bool:
    """Whether the page says that the report is kept: now, or by an earlier sending of the same gesture."""
    return answer.status_code == httpx.codes.OK and (ELSEWHERE in answer.text or ALREADY in answer.text)


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]
