import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx
import pytest

from adapters.local.inbound import ELSEWHERE
from bot.cards import Card, Text
from bot.model import Address, Issue
from bot.ports import NoticeState
from storage.database import SqlDatabase
from storage.engine import open_database
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests.faults.conftest import Size
from tests.faults.courier import DIED, SECRET_KEY
from tests.faults.figures import found
from tests.faults.forks import Forks
from tests.faults.installation import (
    ALREADY,
    ANA,
    MAYA,
    Browser,
    Installation,
    buttons,
    free_port,
)
from tests.faults.people import Reported, everything_sent, nothing_in_part, reports, taken

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]

T = TypeVar("T")
PATIENCE = 900  # seconds until all is sent: on PostgreSQL each kill holds lanes up for twenty
LIFE = 0.5  # seconds at most that it takes reports before it is killed
REPORTERS = 19  # with the one who solves what they report, twenty clients
AT_LEAST = 6  # reports that it takes before it may be killed
PAUSE = 0.3  # seconds between two reports of one person
DONE = "SELECT count(*) FROM happening WHERE event = '{}'"
DONE_TWICE = "SELECT count(*) - count(DISTINCT issue) FROM happening WHERE event = '{}'"
TOLD = "SELECT count(*) FROM outbox WHERE NOT redraws AND key LIKE '%:1:{}'"
WARD = Address("local", "channel", "4-west")
ICU = Address("local", "channel", "icu")


@dataclass
class Solved(Reported):
    numbers: list[str] = field(default_factory=list)  # taken, fixed and confirmed


async def solves(browser: Browser, known: Solved) -> None:
    """The champion takes and fixes one after the other, and its reporter confirms it, each step by its button."""
    while not known.over:
        queue = await looks(browser, known, "queue", ANA)
        number = next((label.removeprefix("Show ") for label in queue if label.startswith("Show ")), "")
        if number:
            await acts(browser, known, number, "Take", ANA, says=ELSEWHERE)
            await acts(browser, known, number, "Fixed…", ANA, says="your fix is on its way")
            await acts(browser, known, number, "Yes, fixed", MAYA, says="closed as fixed")
            known.numbers.append(number)
        await asyncio.sleep(PAUSE)


async def acts(browser: Browser, known: Solved, number: str, label: str, who: str, *, says: str) -> None:
    """Show it, press the button and fill in what it asks for; sent again, the same gesture, until it is answered."""
    seen = await looks(browser, known, number, who)
    assert label in seen, (number, label, seen)
    step = partial(browser.presses, seen[label], who=who)
    if label.endswith("…"):
        form = buttons(await answered(known, lambda: browser.presses(seen[label], str(uuid4()), who)))
        values = {"words": f"a new battery, {number}", "kind": "process"}
        step = partial(browser.submits, form[f"{number} is fixed"], values, who=who)
    key = str(uuid4())
    answer = await answered(known, lambda: step(key=key))
    assert says in answer.text or ALREADY in answer.text, answer.text


async def looks(browser: Browser, known: Solved, line: str, who: str) -> dict[str, str]:
    """What can be pressed in the answer; asked anew each time."""
    return buttons(await answered(known, lambda: browser.types(line, str(uuid4()), who)))


async def answered(known: Solved, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    while True:
        try:
            answer = await send()
        except httpx.ConnectError:
            await asyncio.sleep(0.05)
        except httpx.TransportError:
            known.cut_off += 1
        else:
            if answer.status_code == httpx.codes.OK:
                return answer
            await asyncio.sleep(0.05)


async def killed_again_and_again(installation: Installation, forks: Forks, dice: random.Random, kills: int) -> Solved:
    """Kill the server while people report, again and again; the last one stays until everything is sent."""
    known, port = Solved(), free_port()
    async with client_of(port) as client, asyncio.TaskGroup() as people:
        for life in range(kills):
            start(forks, installation, port)
            if life == 0:
                browser = await first_page(client)
                for _ in range(REPORTERS):
                    people.create_task(reports(browser, known, pause=PAUSE))
                people.create_task(solves(browser, known))
            await taken(known, AT_LEAST)
            await asyncio.sleep(dice.uniform(0, LIFE))
            assert forks.kill() == -signal.SIGKILL
        serving = await asyncio.to_thread(installation.serve, port)
        await taken(known, AT_LEAST)
        known.over = True
    with serving:
        await asyncio.to_thread(everything_sent, serving, PATIENCE)
        assert await asyncio.to_thread(serving.stop) == 0
    return known


def client_of(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20)


def start(forks: Forks, installation: Installation, port: int) -> None:
    environment = installation.environment()
    forks.start("checkback", "serve", "--port", port, folder=installation.folder, environment=environment)


async def first_page(client: httpx.AsyncClient) -> Browser:
    end = time.monotonic() + 20
    while True:
        try:
            return await Browser.open(client)
        except httpx.ConnectError:
            assert time.monotonic() < end, "it does not start"
            await asyncio.sleep(0.05)


def test_killed_again_and_again_while_people_report_press_and_answer_nothing_is_lost_or_done_twice(
    house: Installation, forks: Forks, size: Size
) -> None:
    seed, kills = random.randrange(2**32), size(200, 15)  # noqa: S311 - instants, not secrets
    known = asyncio.run(killed_again_and_again(house, forks, random.Random(seed), kills))  # noqa: S311
    reported = Counter(issue.summary.rpartition(" ")[2] for issue in asyncio.run(issues(house)))
    lost = known.kept - set(reported)
    twice = [gesture for gesture, many in reported.items() if many > 1]
    notices = house.number("SELECT count(*) FROM outbox WHERE NOT redraws")
    done = {event: house.number(DONE.format(event)) for event in ("take", "fix", "confirm")}
    done_twice = {event: house.number(DONE_TWICE.format(event)) for event in done}
    posted = house.number("SELECT count(*) FROM feed WHERE author IS NULL")
    told = {kind: house.number(TOLD.format(kind)) for kind in ("unit", "told:%", "receipt:%")}
    kept = house.number("SELECT count(*) FROM held WHERE key LIKE 'burst:%:told:%'")
    bundled = house.number("SELECT count(*) FROM outbox WHERE key LIKE 'held:%'")
    found(
        f"kill -9 while people report, press and answer ({house.kind})",
        f"{kills} kills (dice {seed}): {len(known.kept)} reports acknowledged, {len(lost)} lost, {len(twice)} filed "
        f"twice; {len(known.numbers)} taken, fixed and confirmed, {sum(done_twice.values())} of these steps twice; "
        f"{known.cut_off} cut off and sent again; {notices} notices, {posted} posted, {posted - notices} twice",
    )
    assert not lost
    assert not twice
    assert set(reported) == known.kept  # each was sent until it was acknowledged, so nothing else is there either
    assert len(known.kept) >= kills * AT_LEAST
    assert len(known.numbers) == len(set(known.numbers)) > 0
    assert done == dict.fromkeys(done, len(known.numbers))  # each was sent until it was answered
    assert not any(done_twice.values())
    assert told["unit"] == told["receipt:%"] == len(reported)
    assert told["told:%"] + kept == len(reported) or bundled  # many in a moment are kept for two minutes, then are one
    assert not house.sql("SELECT key, state, attempts FROM outbox WHERE NOT redraws AND state <> 'sent'")  # names it
    assert posted == notices  # none of them twice
    assert house.number("SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0
    assert nothing_in_part(house, known.kept) == len(reported)
    if house.on_sqlite:
        assert house.sql("PRAGMA integrity_check") == [("ok",)]


# --------------------------------------------------------------------------------------- killed while it is sending


def test_killed_between_posting_and_settling_it_is_found_and_not_posted_again(
    installation: Installation, forks: Forks
) -> None:
    post(installation, "one")
    assert sends(forks, installation, "--dies", "after", "--at", "one") == DIED
    assert history(installation) == ["one"]
    assert states(installation) == {"one": NoticeState.SENDING}
    assert sends(forks, installation) == 0
    assert history(installation) == ["one"]
    assert states(installation) == {"one": NoticeState.SENT}


def test_killed_before_posting_it_is_posted_once(installation: Installation, forks: Forks) -> None:
    post(installation, "one")
    assert sends(forks, installation, "--dies", "before", "--at", "one") == DIED
    assert history(installation) == []
    assert sends(forks, installation) == 0
    assert history(installation) == ["one"]
    assert states(installation) == {"one": NoticeState.SENT}


def test_a_notice_that_kills_its_worker_five_times_is_set_aside_and_the_lane_goes_on(
    installation: Installation, forks: Forks
) -> None:
    post(installation, "poison", "next")
    ends = [sends(forks, installation, "--dies", "before", "--at", "poison") for _ in range(6)]
    assert ends == [DIED] * 5 + [0]
    assert history(installation) == ["next"]
    assert states(installation) == {"poison": NoticeState.DEAD, "next": NoticeState.SENT}


def test_kills_while_sending_post_everything_once_and_in_order(installation: Installation, forks: Forks) -> None:
    keys = [f"notice {n:03}" for n in range(300)]
    post(installation, *keys[:150])
    post(installation, *keys[150:], to=ICU)
    dice, kills = random.Random(), 0  # noqa: S311 - instants, not secrets
    while not is_done(forks, installation, posted=dice.randrange(10, 40), then=dice.uniform(0, 0.02)):
        kills += 1
    posted = history(installation)
    found(
        f"kill -9 between send and settle ({installation.kind})",
        f"{kills} kills: {len(posted)} posted, 0 lost, {len(posted) - len(set(posted))} twice",
    )
    assert kills >= 5
    assert sorted(posted) == keys
    assert [key for key in posted if key in keys[:150]] == keys[:150]
    assert [key for key in posted if key in keys[150:]] == keys[150:]
    assert set(states(installation).values()) == {NoticeState.SENT}


# ------------------------------------------------------------------------------------------------------------ helpers


def post(installation: Installation, *keys: str, to: Address = WARD) -> None:
    def put(tx: SqlTransaction) -> None:
        for key in keys:
            tx.outbox.post(to, Card(key, (Text("a notice"),)), datetime.now(UTC), key=key)

    asyncio.run(within(installation, lambda database: database.run(put)))


async def issues(installation: Installation) -> Sequence[Issue]:
    def look(tx: SqlTransaction) -> Sequence[Issue]:
        return [issue for pilot in tx.pilots.all() for issue in tx.issues.reported_in(pilot.id)]

    return await within(installation, lambda database: database.read(look))


async def within(installation: Installation, work: Callable[[SqlDatabase], Awaitable[T]]) -> T:
    database = open_database(installation.url, KeyRing([SECRET_KEY]))
    try:
        return await work(database)
    finally:
        await database.close()


def states(installation: Installation) -> dict[str, NoticeState]:
    return {str(key): NoticeState(str(state)) for key, state in installation.sql("SELECT key, state FROM outbox")}


def history(installation: Installation) -> list[str]:
    file = history_of(installation)
    return file.read_text().splitlines() if file.exists() else []


def sends(forks: Forks, installation: Installation, *more: str) -> int:
    """Let a courier send what it can; what it ended with."""
    start_courier(forks, installation, *more)
    return forks.ended()


def is_done(forks: Forks, installation: Installation, *, posted: int, then: float) -> bool:
    """Kill a courier some milliseconds after it has posted so many; whether it was done before that."""
    enough, end = len(history(installation)) + posted, time.monotonic() + 2
    start_courier(forks, installation)
    while len(history(installation)) < enough and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(then)
    return forks.kill() == 0


def start_courier(forks: Forks, installation: Installation, *more: str) -> None:
    given = (installation.url, history_of(installation), *more)
    forks.start("courier", *given, folder=installation.folder, environment=installation.environment())


def history_of(installation: Installation) -> Path:
    return installation.folder / "history"
