"""How well the same problem in other words is found, and how fast among 100,000 issues.

The reports are those of `duplicates.toml`. All of its groups are small, of one author's making and in English, so the
shares say how one version compares with another, not what a hospital will see. Each report is asked for as if of its
group one other alone had been filed; 2,000 reports of other problems, mixed from parts, lie between them.
"""

import asyncio
import random
import sqlite3
import tempfile
import time
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from benchmarks.table import Row, show
from bot.model import PilotId
from bot.stems import LIKELY, sent_twice, stems
from storage.engine import open_database
from storage.migrate import migrate
from storage.seal import KeyRing
from storage.sqlite import SqliteDatabase
from storage.transaction import SqlTransaction

WORDS = tomllib.loads(Path(__file__).with_name("duplicates.toml").read_text(encoding="utf-8"))
OTHERS = 2_000
OFFERED = 3
ISSUES = 100_000
PER_ISSUE = 8  # stems
KNOWN = 4_000  # different stems in all of them, the most frequent in every fifth issue
ASKED = 1_000
KEYS = KeyRing(["an invented secret for measuring only"])
PILOT, KIND = PilotId(1), "issue"
LEAST_FOUND = 0.40
MOST_WRONG = 0.35
LEAST_TWICE = 0.90
MOST_TWICE = 0.01
MOST_TIMES = 500.0
MOST_LONG = 50.0  # ms
HOSTILE = ("[", "[a", "a", "-", "id ", "log me ", "\u0301", "\ufdfa", "word ")

Found = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody's words, and which problem they are about; None: one that nobody else has."""

    words: str
    problem: int | None


def main() -> bool:
    """Measure and print; whether every aim was met."""
    with tempfile.TemporaryDirectory(prefix="checkback-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> bool:
    met = True
    for part in ("tuning", "measured"):
        reports = _reports(part)
        async with _indexed(folder / f"{part}.db", [stems(report.words) for report in reports]) as database:
            asked = await database.read(partial(_ask, reports))
        groups = len(WORDS[part])
        title = f"search, {part}: {groups} problems among {OTHERS:,} others"
        met &= show(title, [*_quality(reports, asked, aims=part == "measured"), *_twice(part)])
    return show(f"search among {ISSUES:,} issues of {PER_ISSUE} stems", await _speed(folder)) and met


@asynccontextmanager
async def _indexed(path: Path, texts: Sequence[Sequence[str]]) -> AsyncIterator[SqliteDatabase]:
    """A database in which the texts are known, each under its place."""

    def index(tx: SqlTransaction) -> None:
        for subject, text in enumerate(texts):
            tx.search.index(PILOT, KIND, subject, text)

    await asyncio.to_thread(migrate, f"sqlite:///{path}")
    database = open_database(f"sqlite:///{path}", KEYS)
    assert isinstance(database, SqliteDatabase)  # noqa: S101 - tells the type checker
    try:
        await database.run(index)
        yield database
    finally:
        await database.close()


# ---------------------------------------------------------------------------------------------------- what is found


def _reports(part: str) -> list[Report]:
    grouped = [Report(words, n) for n, group in enumerate(WORDS[part]) for words in group["reports"]]
    return grouped + [Report(words, None) for words in _mixed(part)]


def _mixed(part: str) -> Iterator[str]:
    """Reports of as many different problems, the same ones at each run."""
    chance, parts = random.Random(part), WORDS["others"]
    problems: dict[tuple[str, str, str], None] = {}
    while len(problems) < OTHERS:
        problems[chance.choice(parts["things"]), chance.choice(parts["faults"]), chance.choice(parts["parts"])] = None
    for thing, fault, what in problems:
        detail = chance.choice(parts["details"])
        yield chance.choice(parts["frames"]).format(thing=thing, fault=fault.format(part=what), detail=detail)


def _ask(reports: Sequence[Report], tx: SqlTransaction) -> list[Found]:
    """For each report what is found beside itself."""
    found = [tx.search.alike(PILOT, KIND, stems(report.words), 32) for report in reports]
    return [[(other, likeness) for other, likeness in each if other != n] for n, each in enumerate(found)]


def _quality(reports: Sequence[Report], asked: Sequence[Found], *, aims: bool) -> Iterator[Row]:
    ranks = [(rank, likeness) for n in range(len(reports)) for rank, likeness in _ranks(reports, asked, n)]
    for most in (1, 3, 5):
        share = _share(rank <= most for rank, _ in ranks)
        aim = f"at least {LEAST_FOUND:.0%}" if aims and most == OFFERED else ""
        met = not aim or share >= LEAST_FOUND
        yield Row(f"the one other report is among the first {most}", f"{share:.0%}", aim, met=met)
    offered = _share(rank <= OFFERED and likeness >= LIKELY for rank, likeness in ranks)
    yield Row(f"  and is offered: {LIKELY} or more, among the first {OFFERED}", f"{offered:.0%}")
    known = [n for n, report in enumerate(reports) if report.problem is not None]
    several = _share(any(rank <= OFFERED for rank, _ in _ranks(reports, asked, n)) for n in known)
    yield Row(f"with two or three others filed, one is among the first {OFFERED}", f"{several:.0%}")
    wrong = _share(_wrong(reports, asked, n) for n in known)
    aim = f"at most {MOST_WRONG:.0%}" if aims else ""
    yield Row("nobody else has it, and something is offered", f"{wrong:.0%}", aim, met=not aim or wrong <= MOST_WRONG)
    mixed = _share(_wrong(reports, asked, n) for n in range(len(known), len(reports)))
    yield Row("  of the mixed ones, which share whole phrases", f"{mixed:.0%}")


def _ranks(reports: Sequence[Report], asked: Sequence[Found], n: int) -> Iterator[tuple[int, float]]:
    """Of each other report of its problem: the place it has where it is the only one, and its likeness."""
    problem, likeness = reports[n].problem, dict(asked[n])
    strangers = [each for other, each in asked[n] if reports[other].problem != problem]
    for other, report in enumerate(reports):
        if report.problem == problem is not None and other != n:
            ours = likeness.get(other, 0.0)
            yield (1 + sum(each >= ours for each in strangers) if ours else len(reports)), ours


def _wrong(reports: Sequence[Report], asked: Sequence[Found], n: int) -> bool:
    """Whether a report of another problem would be offered."""
    problem = reports[n].problem
    return any(each >= LIKELY for other, each in asked[n] if problem is None or reports[other].problem != problem)


def _twice(part: str) -> Iterator[Row]:
    """What is sent again with a slip, and what others wrote."""
    groups = [group["reports"] for group in WORDS[part]]
    chance = random.Random(part)
    for name, slip in (("two letters swapped", _swapped), ("a word less", _shorter), ("in capitals", _in_capitals)):
        known = _share(sent_twice(slip(words, chance), words) for group in groups for words in group)
        aim = f"at least {LEAST_TWICE:.0%}"
        yield Row(f"sent again, {name}: known as the same", f"{known:.0%}", aim, met=known >= LEAST_TWICE)
    same = _share(sent_twice(one, two) for group in groups for one, two in pairwise(group))
    yield Row("the same problem in other words: taken for sent again", f"{same:.1%}")
    other = _share(sent_twice(one, two) for here, there in pairwise(groups) for one in here for two in there)
    yield Row(
        "another problem: taken for sent again", f"{other:.1%}", f"at most {MOST_TWICE:.0%}", met=other <= MOST_TWICE
    )


def _swapped(words: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(words) - 2)
    return words[:at] + words[at + 1] + words[at] + words[at + 2 :]


def _shorter(words: str, chance: random.Random) -> str:
    kept = words.split()
    del kept[chance.randrange(len(kept))]
    return " ".join(kept)


def _in_capitals(words: str, _: random.Random) -> str:
    return words.upper()


def _share(of: Iterator[bool]) -> float:
    counted = list(of)
    return sum(counted) / len(counted)


# --------------------------------------------------------------------------------------------------- how fast it is


async def _speed(folder: Path) -> list[Row]:
    chance = random.Random(1)
    path = folder / "many.db"
    texts = [_text(chance) for _ in range(ISSUES)]
    before = time.process_time()
    async with _indexed(path, texts) as database:
        filed = (time.process_time() - before) * 1e6 / ISSUES
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as bare:
            asked = [_text(chance) for _ in range(ASKED)]
            took = await database.read(partial(_took, bare, asked))
    alike, driver = ([pair[n] for pair in took] for n in (0, 1))
    size = path.stat().st_size / ISSUES
    times = median(alike) / median(driver)
    long = max(_milliseconds(partial(stems, (part * 12_000)[:12_000])) for part in HOSTILE)
    return [
        Row("one read by its key, by the bare driver", f"{median(driver) * 1000:.1f} µs"),
        Row("what is alike", f"p50 {median(alike):.1f}  p99 {quantiles(alike, n=100)[98]:.1f} ms"),
        Row("alike : driver, p50", f"{times:.0f} times", f"at most {MOST_TIMES:g} times", met=times <= MOST_TIMES),
        Row("to file one", f"{filed:.0f} µs, {size:.0f} bytes"),
        Row("12,000 characters meant to be slow", f"{long:.0f} ms", f"at most {MOST_LONG:g} ms", met=long <= MOST_LONG),
    ]


def _took(bare: sqlite3.Connection, asked: Sequence[Sequence[str]], tx: SqlTransaction) -> list[tuple[float, float]]:
    """Milliseconds of each question, and of a read by the driver right after it: other load meets both alike."""
    read = "SELECT stem FROM stem WHERE tenant = 'main' AND kind = ? AND subject = ? LIMIT 1"
    took = []
    for text in asked:
        alike = _milliseconds(partial(tx.search.alike, PILOT, KIND, text, 20))
        key = (KIND, random.randrange(ISSUES))
        took.append((alike, _milliseconds(partial(_first, bare, read, key))))
    return took


def _text(chance: random.Random) -> list[str]:
    return [f"stem{n}" for n in chance.choices(range(KNOWN), cum_weights=_FREQUENCIES, k=PER_ISSUE)]


def _frequencies() -> list[float]:
    """As words are spread: the tenth is about half as frequent as the first, the thousandth a hundredth of it."""
    sums, total = [], 0.0
    for n in range(KNOWN):
        total += 1 / (n + 7)
        sums.append(total)
    return sums


_FREQUENCIES = _frequencies()


def _first(bare: sqlite3.Connection, statement: str, given: tuple[str, int]) -> object:
    return bare.execute(statement, given).fetchone()


def _milliseconds(do: Callable[[], object]) -> float:
    before = time.perf_counter()
    do()
    return (time.perf_counter() - before) * 1000
