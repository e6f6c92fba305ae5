"""The outgoing heartbeat, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from adapters.heartbeat import Heartbeat
from bot import steps
from bot.app import demonstrating, serving
from bot.errors import Misconfigured
from bot.model import Due
from bot.operating import examination
from bot.settings import load
from tests.peers.pager import PATIENCE, Answer, Fault, Receiver, receiving

pytestmark = pytest.mark.usefixtures("elsewhere")

OFTEN = timedelta(milliseconds=5)
SECRET = "an-invented-secret-of-the-tests-long-enough"


class Installation:
    """What the heartbeat asks, and a way to wait until it has asked."""

    def __init__(self) -> None:
        self.well: Callable[[], bool] = lambda: True
        self._asked: asyncio.Queue[None] = asyncio.Queue()

    async def answers(self) -> bool:
        self._asked.put_nowait(None)
        return self.well()

    async def was_asked(self, times: int) -> None:
        """From now on."""
        while not self._asked.empty():
            self._asked.get_nowait()
        async with asyncio.timeout(PATIENCE):
            for _ in range(times):
                await self._asked.get()


@pytest.fixture
async def monitor() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@asynccontextmanager
async def beating(monitor: Receiver, installation: Installation) -> AsyncIterator["asyncio.Task[None]"]:
    async with ClientSession() as session:
        task = asyncio.create_task(Heartbeat(session, monitor.url, OFTEN).run(installation.answers))
        yield task
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_beat_is_sent_while_all_is_well_withheld_while_not_and_sent_again(monitor: Receiver) -> None:
    installation = Installation()
    async with beating(monitor, installation):
        for _ in range(3):
            beat = await monitor.hears()
        installation.well = lambda: False
        await installation.was_asked(1)  # a beat may have been under way
        before = len(monitor.received)
        await installation.was_asked(3)
        assert len(monitor.received) == before
        installation.well = lambda: True
        await installation.was_asked(2)
        assert len(monitor.received) > before
    assert (beat.method, beat.path, beat.body) == ("GET", "/hook?of=the+ward", b"")


@pytest.mark.parametrize(
    "fault", [Answer(404), Answer(500), Answer(302, {"Location": "/elsewhere"}), Fault.RESET], ids=str
)
async def test_a_monitor_that_fails_is_logged_without_its_address_and_hears_the_next_beat(
    monitor: Receiver, fault: Answer | Fault
) -> None:
    monitor.answers(fault, fault)  # aiohttp asks once more by itself where it gets no answer at all
    with capture_logs() as logged:
        async with beating(monitor, Installation()):
            for _ in range(3):
                await monitor.hears()
    assert {beat.path for beat in monitor.received} == {"/hook?of=the+ward"}
    assert {line["event"] for line in logged} == {"heartbeat not heard"}
    assert "hook" not in str(logged)


async def test_a_monitor_that_is_not_there_is_no_error_of_ours() -> None:
    installation = Installation()
    async with receiving(up=False) as monitor:
        with capture_logs() as logged:
            async with beating(monitor, installation):
                await installation.was_asked(2)
                await monitor.up()
                await monitor.hears()
    assert {line["event"] for line in logged} == {"heartbeat not heard"}
    assert "127.0.0.1" not in str(logged)


async def test_a_question_that_fails_is_no_beat_and_not_the_end(monitor: Receiver) -> None:
    def fails() -> bool:
        raise KeyError("canary")

    installation = Installation()
    installation.well = fails
    with capture_logs() as logged:
        async with beating(monitor, installation):
            await installation.was_asked(2)
            assert monitor.received == []
            installation.well = lambda: True
            await monitor.hears()
    assert {line["event"] for line in logged} == {"heartbeat failed"}


async def test_it_stops_at_once_though_the_monitor_does_not_answer(monitor: Receiver) -> None:
    monitor.answers(Fault.SILENT)
    async with beating(monitor, Installation()) as task:
        await monitor.hears()
        task.cancel()
        async with asyncio.timeout(5):
            with pytest.raises(asyncio.CancelledError):
                await task


# -------------------------------------------------------------------------------------- in an installation, and set up


async def test_an_installation_sends_its_first_beat_when_it_starts(tmp_path: Path, monitor: Receiver) -> None:
    settings = load(
        database_url=f"sqlite:///{tmp_path}/checkback.db", secret_key=SECRET, heartbeat_url=monitor.url
    )  # fmt: skip
    async with serving(settings) as app:
        await monitor.hears()
        assert await app.well()


async def test_work_that_is_not_done_makes_an_installation_unwell(tmp_path: Path) -> None:
    settings = load(database_url=f"sqlite:///{tmp_path}/checkback.db", secret_key=SECRET)
    async with serving(settings) as app:
        overdue = await app.clock.now() - timedelta(minutes=2)
        await app.database.run(lambda tx: tx.agenda.put(Due("issue:404", steps.AGENDA, 404, overdue)))
        assert not await app.well()


async def test_in_the_demos_time_there_is_no_beat(tmp_path: Path, monitor: Receiver) -> None:
    settings = load(database_url=f"sqlite:///{tmp_path}/demo.db", heartbeat_url=monitor.url)
    async with demonstrating(settings) as app:
        assert app.simulation
        await app.simulation.advance(timedelta(hours=1))
        assert await app.well()
    assert monitor.received == []


@pytest.mark.parametrize("url", ["http://monitor.example/canary", "monitor", "https://"])
def test_a_heartbeat_goes_over_https(url: str) -> None:
    with pytest.raises(Misconfigured, match="CHECKBACK_HEARTBEAT_URL: ") as wrong:
        load(heartbeat_url=url)
    assert "canary" not in str(wrong.value)


async def test_the_doctor_looks_the_monitors_host_up_and_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, monitor: Receiver
) -> None:
    monkeypatch.setenv("CHECKBACK_HEARTBEAT_URL", monitor.url)
    said = [finding.what for finding in await examination()]
    assert "heartbeat: 127.0.0.1 is known; nothing was sent" in said
    assert monitor.received == []
