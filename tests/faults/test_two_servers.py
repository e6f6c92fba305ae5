"""Two `checkback serve` on one PostgreSQL, and couriers of which one takes over from another."""

import asyncio
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from bot.model import Address
from bot.ports import NoticeState
from tests.faults.courier import DIED
from tests.faults.forks import Forks, forking
from tests.faults.installation import ANA, MAYA, Browser, Installation, Serving, acknowledged, buttons
from tests.faults.people import Reported, reports, taken
from tests.faults.test_kill import TOLD, history, issues, post, sends, start_courier, states

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]


@pytest.fixture
def shared(tmp_path: Path, postgres_url: str, forks: Forks) -> Installation:
    return Installation(tmp_path, None, forks, url=postgres_url)


@asynccontextmanager
async def page_of(serving: Serving) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=serving.url, timeout=20) as client:
        yield await Browser.open(client)


async def sees(browser: Browser, line: str, words: str, who: str) -> httpx.Response:
    """Ask until the answer has these words."""
    async with asyncio.timeout(20):
        while True:
            answer = await browser.types(line, str(uuid4()), who)
            if words in answer.text:
                return answer
            await asyncio.sleep(0.05)


def all_sent(shared: Installation, within: float = 60) -> None:
    end = time.monotonic() + within
    while waiting := shared.sql("SELECT key, state FROM outbox WHERE state <> 'sent'"):
        assert time.monotonic() < end, waiting
        time.sleep(0.05)


def each_posted_once(shared: Installation) -> bool:
    posted = shared.number("SELECT count(*) FROM feed WHERE author IS NULL")
    return posted == shared.number("SELECT count(*) FROM outbox WHERE NOT redraws")


def test_the_doctor_says_what_a_replica_takes_of_the_server(shared: Installation) -> None:
    said = shared.run("doctor")
    assert said.returncode == 0, said.stdout
    assert re.search(r"ok +database: PostgreSQL \d+.*, tables up to date; each replica holds up to 19 of", said.stdout)


def test_the_demo_keeps_to_sqlite(shared: Installation) -> None:
    said = shared.run("demo", "--no-browser")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "The demo keeps its people in a SQLite file" in said.stderr


def test_what_is_reported_to_one_is_seen_and_answered_at_the_other(shared: Installation) -> None:
    async def story(one: Serving, other: Serving) -> None:
        async with page_of(one) as here, page_of(other) as there:
            async with there.client.stream("GET", "/live") as page:
                lines = page.aiter_lines()
                assert await anext(lines) == "event: hello"
                assert acknowledged(await here.types("report the scanner is stuck", str(uuid4())))
                async with asyncio.timeout(10):
                    assert await anext(line async for line in lines if "MAR-1" in line)
            queue = buttons(await sees(there, "queue", "MAR-1", ANA))
            shown = buttons(await there.presses(queue["Show MAR-1"], str(uuid4()), ANA))
            await there.presses(shown["Take"], str(uuid4()), ANA)
            await sees(here, "MAR-1", "Ana Fable", MAYA)

    with shared.serve() as one, shared.serve() as other:
        asyncio.run(story(one, other))
        all_sent(shared)
        assert [each.stop() for each in (one, other)] == [0, 0]
    assert shared.number("SELECT count(*) FROM happening WHERE event = 'take'") == 1
    assert each_posted_once(shared)


def test_one_is_killed_while_people_report_and_the_other_goes_on(shared: Installation) -> None:
    async def story(one: Serving, other: Serving) -> Reported:
        known = Reported()
        async with page_of(one) as here, page_of(other) as there, asyncio.TaskGroup() as people:
            lost = [people.create_task(reports(here, known)) for _ in range(3)]
            for _ in range(3):
                people.create_task(reports(there, known))
            await taken(known, 18)
            await asyncio.to_thread(one.kill)
            for each in lost:
                each.cancel()
            await taken(known, 18)
            known.over = True
        return known

    with shared.serve() as one, shared.serve() as other:
        known = asyncio.run(story(one, other))
        began = time.monotonic()
        all_sent(shared)
        print(f"\n{len(known.kept)} reports; all sent {time.monotonic() - began:.1f} s after the last")  # noqa: T201 - figures
        assert httpx.get(f"{other.url}/readyz").status_code == httpx.codes.OK
        assert other.stop() == 0
    found = Counter(issue.summary.rpartition(" ")[2] for issue in asyncio.run(issues(shared)))
    assert set(known.kept) <= set(found)
    assert set(found.values()) == {1}
    assert {shared.number(TOLD.format(kind)) for kind in ("unit", "receipt:%")} == {len(found)}
    assert each_posted_once(shared)
    assert shared.run("audit", "verify").returncode == 0


def test_killed_between_posting_and_settling_another_finds_it_and_posts_nothing_twice(
    shared: Installation, forks: Forks
) -> None:
    post(shared, "one")
    assert sends(forks, shared, "--dies", "after", "--at", "one") == DIED
    assert history(shared) == ["one"]
    assert sends(forks, shared) == 0
    assert history(shared) == ["one"]
    assert states(shared) == {"one": NoticeState.SENT}


def test_three_couriers_killed_again_and_again_post_everything_once_and_in_order(shared: Installation) -> None:
    keys = {f"ward {n}": [f"ward {n} notice {m:03}" for m in range(25)] for n in range(12)}
    for place, its in keys.items():
        post(shared, *its, to=Address("local", "channel", place))
    everything = [key for its in keys.values() for key in its]
    dice, kills = random.Random(), 0  # noqa: S311 - instants, not secrets
    with ExitStack() as stack:
        couriers = [stack.enter_context(forking()) for _ in range(3)]
        for each in couriers:
            start_courier(each, shared, "--stays")
        end = time.monotonic() + 90
        while len(history(shared)) < len(everything):
            assert time.monotonic() < end, len(history(shared))
            time.sleep(dice.uniform(0.05, 0.4))
            victim = dice.choice(couriers)
            assert victim.kill() == -signal.SIGKILL
            kills += 1
            start_courier(victim, shared, "--stays")
        all_sent(shared)
        for each in couriers:
            each.kill()
    posted = history(shared)
    print(f"\n{kills} kills of three couriers: {len(posted)} posted, {len(posted) - len(set(posted))} of them twice")  # noqa: T201
    assert kills >= 5
    assert sorted(posted) == sorted(everything)
    for its in keys.values():
        assert [key for key in posted if key in its] == its
