import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.model import PilotId
from bot.stems import LIKELY, stems
from storage.database import SqlDatabase
from storage.engine import open_database, path_of
from storage.seal import KeyRing
from storage.transaction import SqlTransaction

PILOT, OTHER = PilotId(1), PilotId(2)
REPORTS = {
    1: "the scanner in the med room does not read wet wristbands",
    2: "scanner battery is dead after an hour",
    3: "discharge papers print in English only",
    4: "the insulin pump alarms for air without any air",
    5: "wet wristbands don't scan",
}


async def index(database: SqlDatabase, pilot: PilotId = PILOT, kind: str = "issue") -> None:
    def work(tx: SqlTransaction) -> None:
        for subject, words in REPORTS.items():
            tx.search.index(pilot, kind, subject, stems(words))

    await database.run(work)


async def alike(
    database: SqlDatabase, asked: str | Collection[str], pilot: PilotId = PILOT, kind: str = "issue", limit: int = 20
) -> Sequence[tuple[int, float]]:
    given = stems(asked) if isinstance(asked, str) else asked
    return await database.read(lambda tx: tx.search.alike(pilot, kind, given, limit))


async def subjects(database: SqlDatabase, asked: str, pilot: PilotId = PILOT, kind: str = "issue") -> list[int]:
    return [subject for subject, _ in await alike(database, asked, pilot, kind)]


async def the_likest(database: SqlDatabase, asked: str | Collection[str]) -> int:
    """The one that says all that is asked for and nothing more."""
    [(subject, likeness)] = await alike(database, asked, limit=1)
    assert likeness == pytest.approx(1)
    return subject


async def test_the_likest_comes_first_and_what_shares_nothing_not_at_all(database: SqlDatabase) -> None:
    await index(database)
    found = await alike(database, "can't scan a wet armband")
    assert [subject for subject, _ in found] == [5, 1, 2]
    likeness = [value for _, value in found]
    assert likeness == sorted(likeness, reverse=True)
    assert likeness[0] == pytest.approx(1)
    assert likeness[1] > LIKELY > likeness[2]


async def test_likeness_is_between_nothing_and_the_same(database: SqlDatabase) -> None:
    await index(database)
    for words in REPORTS.values():
        assert all(0 < likeness <= 1.000001 for _, likeness in await alike(database, words))


async def test_a_rare_word_in_common_says_more_than_a_common_one(database: SqlDatabase) -> None:
    def work(tx: SqlTransaction) -> None:
        for subject in range(100, 400):
            tx.search.index(PILOT, "issue", subject, ["scan", f"odd{subject}"])
        tx.search.index(PILOT, "issue", 1, ["heparin", "odd1"])

    await database.run(work)
    found = await alike(database, ["scan", "heparin"])
    assert found[0][0] == 1
    assert found[0][1] > 1.5 * found[1][1]


async def test_no_more_than_the_limit_are_named(database: SqlDatabase) -> None:
    await index(database)
    assert await the_likest(database, REPORTS[1]) == 1


async def test_indexing_again_replaces_what_was_there(database: SqlDatabase) -> None:
    await index(database)
    await database.run(lambda tx: tx.search.index(PILOT, "issue", 3, stems("wound pictures cannot be uploaded")))
    assert await subjects(database, "discharge papers in English") == []
    assert await subjects(database, "upload of a wound photo") == [3]


async def test_what_was_forgotten_is_not_found(database: SqlDatabase) -> None:
    await index(database)
    await database.run(lambda tx: tx.search.forget("issue", 5))
    await database.run(lambda tx: tx.search.forget("issue", 999))
    assert 5 not in await subjects(database, REPORTS[5])


async def test_another_pilot_another_kind_and_another_tenant_are_not_seen(
    database: SqlDatabase, database_url: str, keys: KeyRing
) -> None:
    await index(database)
    assert await subjects(database, REPORTS[1], pilot=OTHER) == []
    assert await subjects(database, REPORTS[1], kind="answer") == []
    elsewhere = open_database(database_url, keys, tenant="elsewhere")
    try:
        assert await subjects(elsewhere, REPORTS[1]) == []
        await index(elsewhere)
        await elsewhere.run(lambda tx: tx.search.forget("issue", 1))
        await index(database, kind="answer")
        await database.run(lambda tx: tx.search.forget("answer", 1))
    finally:
        await elsewhere.close()
    assert await the_likest(database, REPORTS[1]) == 1
    assert await the_likest(database, REPORTS[4]) == 4


async def test_a_text_that_says_nothing_is_like_no_other(database: SqlDatabase) -> None:
    await index(database)
    await database.run(lambda tx: tx.search.index(PILOT, "issue", 6, stems("it does not do anything")))
    assert 6 not in await subjects(database, REPORTS[1])
    for words in ("", "it does not do anything", "!!!"):
        assert await subjects(database, words) == []


async def test_a_text_of_twelve_thousand_characters_is_indexed_and_found(database: SqlDatabase) -> None:
    words = " ".join(f"{name} {n}x" for n in range(700) for name in ("wristband", "scanner", f"ward{n}"))[:12_000]
    assert len(words) == 12_000
    await index(database)
    await database.run(lambda tx: tx.search.index(PILOT, "issue", 7, stems(words)))
    assert await the_likest(database, words) == 7


@pytest.mark.slow
async def test_what_stands_in_nearly_every_report_still_finds(database: SqlDatabase) -> None:
    """More rows than are read, and more subjects than a stem is counted in."""

    def work(tx: SqlTransaction) -> None:
        for subject in range(1_000, 3_300):
            tx.search.index(PILOT, "issue", subject, ["scan", "wristband", f"odd{subject}"])

    await database.run(work)
    assert len(await alike(database, ["scan", "wristband"])) == 20
    assert await the_likest(database, ["scan", "wristband", "odd2345"]) == 2_345
    assert len(await alike(database, ["scan", "wristband", "odd2345"])) == 20


async def test_no_word_reaches_the_database_file(sqlite: SqlDatabase, sqlite_url: str) -> None:
    await index(sqlite)
    folder = path_of(make_url(sqlite_url)).parent
    written = b"".join(file.read_bytes() for file in written_by(folder)).lower()
    known = {word for words in REPORTS.values() for word in (*stems(words), *words.lower().split()) if len(word) > 4}
    assert "wristband" in known
    assert [word for word in known - {"after", "issue", "print"} if word.encode() in written] == []


async def test_another_key_marks_the_same_stem_otherwise(sqlite: SqlDatabase, sqlite_url: str) -> None:
    await index(sqlite)
    other = open_database(sqlite_url, KeyRing(["another invented secret"]))
    try:
        assert await subjects(other, REPORTS[1]) == []
    finally:
        await other.close()


async def test_many_ask_and_file_at_once(database: SqlDatabase) -> None:
    def file(subject: int) -> Callable[[SqlTransaction], int]:
        asked = stems(f"{REPORTS[1]} ward{subject}")

        def work(tx: SqlTransaction) -> int:
            found = tx.search.alike(PILOT, "issue", asked, 50)
            tx.search.index(PILOT, "issue", subject, asked)
            return len(found)

        return work

    before = await asyncio.gather(*(database.run(file(subject)) for subject in range(1, 17)))
    assert sorted(before) == list(range(16))


def written_by(folder: Path) -> list[Path]:
    """The database and its log."""
    return [file for file in folder.iterdir() if file.is_file()]
