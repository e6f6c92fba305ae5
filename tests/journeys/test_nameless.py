"""A report without a name, from its first word in a browser to the day on which nobody can find out who sent it.

Then the attack: with the whole database file, what lies beside it and everything that was said to the log, whatever
stands for the reporter must be where it stood before, and nowhere else.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from re import escape, finditer
from typing import Any

import pytest
import structlog
from playwright.async_api import Browser
from typing_extensions import override

from bot.model import Address, Person
from storage.transaction import SqlTransaction
from tests.browser import opened
from tests.journeys.side import Side
from tests.local.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MAYA = Address("local", "person", "maya-sample")
WORDS = "we are told to scan after giving the drug"
Rows = dict[str, set[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Attack:
    """What somebody has who holds the files and the log, and knows the roster, but no key."""

    folder: Path
    her: Person
    index: bytes
    marks: frozenset[object]  # what stands for her in a row; some of it only whoever has the key can know

    @property
    def spelt(self) -> dict[str, bytes]:
        return {
            "id, big end first": self.her.id.to_bytes(8, "big"),
            "id, little end first": self.her.id.to_bytes(8, "little"),
            "id in digits": str(self.her.id).encode(),
            "id in hex": f"{self.her.id:x}".encode(),
            "account": self.her.address.id.encode(),
            "name": self.her.name.encode(),
            "index": self.index,
            "index in hex": self.index.hex().encode(),
        }

    def traces(self) -> dict[str, set[bytes]]:
        """Each place where she can be found, by what stands before it: pages are copied, and that is no news."""
        files = (each for each in sorted(self.folder.glob("demo.db*")) if not each.name.endswith("-shm"))
        heap = b"".join(each.read_bytes() for each in files)
        return {
            name: {heap[max(0, at.start() - 3) : at.end()] for at in finditer(escape(spelling), heap)}
            for name, spelling in self.spelt.items()
        }

    def rows(self) -> Rows:
        with closing(sqlite3.connect(f"file:{self.folder}/demo.db?mode=ro", uri=True)) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {each: set(database.execute(f"SELECT * FROM {each}").fetchall()) for each in tables}  # noqa: S608


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Everything that anything says to the log, before any of it is taken away."""
    said: list[str] = []

    class Ear(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            said.append(f"{record.name} {record.getMessage()} {record.exc_text}")

    def hear(_logger: object, _method: str, event: Any) -> Any:  # noqa: ANN401 - structlog's
        said.append(repr(event))
        raise structlog.DropEvent

    ear, root, before = Ear(logging.DEBUG), logging.getLogger(), structlog.get_config()
    monkeypatch.setattr(root, "level", logging.DEBUG)
    root.addHandler(ear)
    structlog.configure(processors=[hear], cache_logger_on_first_use=False)
    yield said
    structlog.configure(**before)
    root.removeHandler(ear)


async def test_a_nameless_report_is_answered_fixed_confirmed_and_then_leads_to_nobody(
    served: Served, browser: Browser, tmp_path: Path, log: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    database, time = served.app.database, served.app.simulation
    assert time
    async with opened(browser, served.url) as page:
        maya, sam = Side(page, "nurse"), Side(page, "responder")
        await maya.types("report the printer is stuck")  # with her name, so that rows of hers are there
        await maya.presses("Withdraw", on="MAR-1: received")
        await maya.reads("MAR-1: withdrawn")
        await time.advance(timedelta(minutes=90))
        attack = await database.read(lambda tx: _attack(tx, tmp_path))
        found, rows = attack.traces(), attack.rows()
        assert found["id, big end first"]
        assert found["index"]

        await maya.types(f"anon {WORDS}")
        await maya.is_told(
            "Send this without your name?", "Answers find their way to you here, and nobody can look up who you are.",
            "What you typed here also lies in this chat, under your name",
        )  # fmt: skip
        await maya.presses("Not my champion")
        await maya.is_told("It goes to the fix team alone: your champion and your unit's channel do not see it.")
        await maya.presses("It slows me down")
        await maya.reads("Sent without your name.", on="MAR-2: received")

        await time.advance(timedelta(hours=1))
        await sam.presses("Take", on="MAR-2: nobody has taken it")
        await sam.reads("somebody on All units, without a name", on="MAR-2: somebody is working on it")
        await sam.presses("Ask the reporter…", on="MAR-2: somebody is working on it")
        await sam.fills("Ask the reporter", {"What do you need to know?": "On which shift?"})
        await maya.presses("Answer…", on="MAR-2: we need a word from you")
        await maya.fills("Send", {"Your answer": "At night"})
        await maya.is_told("MAR-2: thank you, it goes on")
        await time.advance(timedelta(hours=1))
        await sam.fixes("Said at both huddles: scan first", "Training or instructions", on="MAR-2: somebody is working")
        await maya.presses("Yes, fixed", on="MAR-2: fixed for you?")
        await maya.is_told("MAR-2: thank you, closed as fixed")
        await sam.reads("MAR-2: the reporter confirms that it is fixed")
        await maya.reads("MAR-2: fixed, you confirmed it")
    assert await database.read(lambda tx: len(tx.handles.behind(MAYA))) == 1

    new = _new(rows, attack)
    written = {name for name, each in new.items() if each}
    assert {"issue", "outbox", "feed", "audit", "inbox", "happening", "agenda", "handle", "asked"} <= written
    everybodys, hers = await database.read(_everybodys), _telling(_hers(rows, attack))
    assert len(hers - everybodys) > len(attack.marks)
    assert hers & _telling(new) <= everybodys

    await time.advance(timedelta(days=31))
    assert await database.read(lambda tx: list(tx.handles.behind(MAYA))) == []
    assert hers & _telling(_new(rows, attack)) <= everybodys
    there = attack.traces()
    assert {name: there[name] - found[name] for name in there} == {name: set() for name in there}
    said = "\n".join([*log, *capfd.readouterr()]).encode()
    assert log
    assert [name for name, spelling in attack.spelt.items() if spelling in said] == []


def _attack(tx: SqlTransaction, folder: Path) -> Attack:
    her = tx.people.at(MAYA)
    assert her
    index, lane, place = (tx.scope.place(MAYA, label) for label in ("", "lane", "place"))
    return Attack(folder, her, index, frozenset({her.id, index, lane.hex(), place}))


def _new(rows: Rows, attack: Attack) -> Rows:
    return {name: after - rows[name] for name, after in attack.rows().items()}


def _hers(rows: Rows, attack: Attack) -> Rows:
    return {name: {row for row in each if not attack.marks.isdisjoint(row)} for name, each in rows.items()}


def _telling(rows: Rows) -> set[object]:
    """Whatever can stand for one person: bytes, large numbers and times, and words with a digit in them."""
    return {value for each in rows.values() for row in each for value in row if _tells(value)}


def _tells(value: object) -> bool:
    if isinstance(value, str):
        return any(map(str.isdigit, value))
    return isinstance(value, bytes) or (isinstance(value, int) and value > 2**32)


def _everybodys(tx: SqlTransaction) -> set[object]:
    """What everybody's rows have: the pilot, its units, its hours."""
    (pilot,) = tx.pilots.all()
    units = [unit.id for unit in (*tx.pilots.units(pilot.id), tx.pilots.wide_unit(pilot.id))]
    return {pilot.id, pilot.target // timedelta(microseconds=1), *units, *map(str, units)}
