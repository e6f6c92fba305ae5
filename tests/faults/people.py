"""People at their browsers, who send each gesture until it is answered, as the page's own script does."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.faults.installation import MAYA, Browser, Installation, Serving, acknowledged

QUIET = {"checkback_outbox_ready 0.0", "checkback_outbox_sending 0.0"}
WHOLE = {  # what each report leaves, in the transaction that takes it
    "issues": "SELECT count(*) FROM issue",
    "reported": "SELECT count(*) FROM happening WHERE event = 'report'",
    "audited": "SELECT count(*) FROM audit WHERE action = 'issue.report'",
    "receipts": "SELECT count(*) FROM outbox WHERE key LIKE '%:1:receipt:%'",
    "unit cards": "SELECT count(*) FROM outbox WHERE key LIKE '%:1:unit'",
    "counted": "SELECT last_number FROM pilot",
}


@dataclass
class Reported:
    """What the people know."""

    kept: set[str] = field(default_factory=set)  # acknowledged
    cut_off: int = 0  # sendings that got no answer
    refused: int = 0  # that were answered with a sentence and the words
    longest: float = 0.0  # seconds for an answer
    over: bool = False


async def reports(browser: Browser, known: Reported, who: str = MAYA, pause: float = 0.02) -> None:
    """One after the other."""
    while not known.over:
        gesture = str(uuid4())
        while not await is_kept(browser, gesture, known, who):  # noqa: ASYNC110 - nobody here knows when it is up again
            await asyncio.sleep(0.05)
        known.kept.add(gesture)
        await asyncio.sleep(pause)


async def is_kept(browser: Browser, gesture: str, known: Reported, who: str) -> bool:
    began = time.monotonic()
    try:
        answer = await browser.types(f"report the scanner is stuck, {gesture}", gesture, who)
    except httpx.ConnectError:
        return False
    except httpx.TransportError:
        known.cut_off += 1
        return False
    known.longest = max(known.longest, time.monotonic() - began)
    known.refused += not acknowledged(answer)
    return acknowledged(answer)


async def taken(known: Reported, more: int) -> None:
    """Wait until so many more are acknowledged."""
    enough, end = len(known.kept) + more, time.monotonic() + 60
    while len(known.kept) < enough:
        assert time.monotonic() < end, "no report is acknowledged any more"
        await asyncio.sleep(0.01)


def everything_sent(serving: Serving, within: float = 60) -> None:
    """Wait until the outbox is empty, by what the operator's page says."""
    end, lines = time.monotonic() + within, [""]
    while time.monotonic() < end:
        lines = httpx.get(f"{serving.url}/metrics").text.splitlines()
        if set(lines) >= QUIET:
            return
        time.sleep(0.1)
    raise AssertionError([line for line in lines if "outbox" in line])


def parts(house: Installation) -> dict[str, int]:
    return {what: house.number(statement) for what, statement in WHOLE.items()}


def nothing_in_part(house: Installation, reported: Iterable[str]) -> int:
    """How many reports there are; as many of each part of one, and no fewer than were acknowledged."""
    counts = parts(house)
    assert len(set(counts.values())) == 1, counts
    assert counts["issues"] >= len(set(reported))
    verdict = house.run("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout
    return counts["issues"]
