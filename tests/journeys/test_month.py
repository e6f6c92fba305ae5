"""A month of a pilot with four hundred people: what must be true of it however the dice fall."""

import asyncio
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlmodel import SQLModel

from bot import figures
from bot.figures import Figures
from bot.model import Event, Happening, Issue, IssueId, Person, PersonId, Role, Severity, Status
from bot.ports import DeadLetter
from storage.engine import open_database
from storage.seal import KeyRing
from storage.transaction import SqlTransaction
from tests.journeys.month import BEGINS, DOWN, Arrival, Month
from tests.journeys.moves import Moves
from tests.journeys.replay import Numbers, Replay, Start
from tests.world import text

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("month")]  # it is played once

NUMBER = 2026  # the seed: another one is another month
ISSUES = 600
SOON = timedelta(minutes=30)  # a platform that fails is tried for some twenty minutes
ALWAYS_NAMED = {"person", "person_role", "shift"}  # tables in which everybody stands
BEDSIDE = "bedside"
SAFETY = {"check", "unsafe", "reminder"}
WOKE = BEGINS + DOWN[1]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Played:
    """The month, and everything that it left behind."""

    month: Month
    now: datetime
    issues: Mapping[IssueId, Issue]
    rows: Sequence[Happening]  # in the order in which they were written
    shown: Figures
    planned: Mapping[int, datetime]
    letters: Sequence[DeadLetter]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    trouble: Sequence[str]

    @cached_property
    def sent(self) -> Mapping[str, datetime]:
        """When each message was decided."""
        rows = self.tables["outbox"]
        return {row["key"]: EPOCH + timedelta(microseconds=row["created_at"]) for row in rows}

    def begun(self) -> Replay:
        """A replay that has read nothing so far."""
        starts = {each.id: Start(each.reference, each.reported_at, each.target) for each in self.issues.values()}
        asked = [
            (each.at, IssueId(int(found[1])), int(found[2]))
            for each in self.month.chat.arrivals
            if (found := re.match(r"(\d+):\d+:question-(\d+):", each.key))
        ]
        return Replay(starts, asked, self.month.heard)

    def replayed(self) -> Replay:
        replay = self.begun()
        replay.read(self.rows)
        replay.end(self.now)
        return replay


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: KeyRing) -> Played:
    path = tmp_path_factory.mktemp("month") / "month.db"
    shutil.copy(sqlite_template, path)
    return asyncio.run(_play(path, keys))


async def _play(path: Path, keys: KeyRing) -> Played:
    database = open_database(f"sqlite:///{path}", keys)
    month = Month(database, NUMBER)
    Moves(month).plan()
    with _errors() as trouble:
        await month.play()
    now, pilot = await month.now(), month.wards.pilot.id

    def look(tx: SqlTransaction) -> Played:
        issues = tx.issues.reported_in(pilot)
        rows = [row for _, row in reversed(tx.issues.latest(pilot, 10**9))]
        shown = figures.of(issues, now, tx.issues.count_with(pilot, Event.CHANGE_SEVERITY))
        execute = tx.scope.connection.exec_driver_sql
        tables = {
            name: [dict(row._mapping) for row in execute(f"SELECT * FROM {name}")]  # noqa: S608, SLF001 - our own names
            for name in SQLModel.metadata.tables
        }
        return Played(
            month, now, {each.id: each for each in issues}, rows, shown, tx.watch.planned("issue"),
            tx.outbox.dead_letters(10_000), tables, trouble,
        )  # fmt: skip

    try:
        return await database.read(look)
    finally:
        await database.close()


@contextmanager
def _errors() -> Iterator[list[str]]:
    """What is logged as an error meanwhile, but for notices that could not be delivered."""
    found: list[str] = []

    def keep(_: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if name in {"error", "exception", "critical"} and event["event"] != "notice set aside":
            found.append(str(event))
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[keep])
    try:
        yield found
    finally:
        structlog.configure(processors=before)


# ---------------------------------------------------------------------------------------------------------- the month


def test_the_month_was_a_full_one(played: Played) -> None:
    assert len(played.issues) >= ISSUES
    assert len(played.month.people) == 400
    made = Counter("made" if way.startswith("made") else "seen" for way in played.month.ways.elements())
    assert made["seen"] > 4 * made["made"], played.month.ways  # people press what they see


def test_nothing_went_wrong(played: Played) -> None:
    assert played.month.wrong == []
    assert played.trouble == []


def test_everything_that_can_happen_happened(played: Played) -> None:
    assert set(Event) - {row.event for row in played.rows} == set()


def test_the_auditor_never_found_anything(played: Played) -> None:
    assert played.month.found == Counter()


# ---------------------------------------------------------------------------------------------------------- the replay


def test_the_published_numbers_are_reckoned_alike_from_the_history(played: Played) -> None:
    assert played.replayed().numbers() == _numbers(played.shown)


def _numbers(shown: Figures) -> Numbers:
    """The bot's own, in the form of the replay's."""
    return Numbers(
        addressed=(shown.addressed.hits, shown.addressed.n),
        verified_in_time=(shown.verified_in_time.hits, shown.verified_in_time.n),
        verified_of_asked=(shown.verified_of_asked.hits, shown.verified_of_asked.n),
        helped=shown.helped,
        running=shown.running,
        raw_median=shown.raw_median,
        raw_p90=shown.raw_p90,
        net_median=shown.net_median,
        by_severity={
            int(level): (each.n, each.fixed, each.answered, each.worked_around, each.missed)
            for level, each in shown.by_severity.items()
        },
        declined=shown.declined,
        withdrawn=shown.withdrawn,
        ideas=shown.ideas,
        merged=shown.merged,
        reclassified=shown.reclassified,
        non_use={why.value: many for why, many in shown.non_use.items()},
    )


def test_at_every_look_each_issue_stands_as_its_history_tells(played: Played) -> None:
    replay, read = played.begun(), 0
    for at, issues in played.month.stood:
        many = sum(each.events for each in issues)
        replay.read(played.rows[read:many])
        replay.end(at)
        read, told = many, replay.issues
        for issue in issues:
            row = told[issue.id]
            stands = (issue.due_at, issue.missed_at, issue.addressed_at, issue.addressed_by or "", issue.status)
            assert stands == (row.due, row.missed, row.helped_at, row.helped_by, row.status), (
                f"{issue.reference} at {at}\n{_story(played, issue.id, at)}"
            )


def _story(played: Played, issue: IssueId, until: datetime) -> str:
    rows = [row for row in played.rows if row.issue == issue and row.at <= until]
    return "\n".join(f"{row.n} {row.at:%d %H:%M:%S} {row.event} {row.before}>{row.after} {row.words!r}" for row in rows)


def test_net_hours_are_those_of_the_history_for_every_issue(played: Played) -> None:
    told = played.replayed()
    wrong = [
        (issue.reference, issue.waited, told.waited(issue.id))
        for issue in played.issues.values()
        if issue.addressed_at is not None and issue.waited != told.waited(issue.id)
    ]
    assert wrong == []


# ------------------------------------------------------------------------------------------------------ deadlines


def test_a_deadline_moves_by_merging_alone_and_a_miss_stays(played: Played) -> None:
    joins = [row.at for row in played.rows if row.event in {Event.MERGE, Event.UNMERGE, Event.WITHDRAW}]
    before: dict[IssueId, tuple[datetime, Issue]] = {}
    moved = 0
    for at, issues in played.month.stood:
        for issue in issues:
            since, old = before.get(issue.id, (at, issue))
            if old.due_at != issue.due_at:
                moved += 1
                assert any(since - timedelta(hours=1) <= join <= at for join in joins), issue.reference
            assert issue.due_at <= issue.reported_at + issue.target, issue.reference
            assert old.missed_at in {None, issue.missed_at}, issue.reference
            before[issue.id] = at, issue
    assert moved
    assert any(issue.missed_at for issue in played.issues.values())


def test_whatever_is_open_is_on_the_agenda(played: Played) -> None:
    waiting = [each for each in played.issues.values() if each.is_open]
    assert waiting
    assert [each.reference for each in waiting if each.id not in played.planned] == []


# --------------------------------------------------------------------------------------------------------- verified


def test_none_but_its_reporter_has_verified_an_issue(played: Played) -> None:
    verified = [each for each in played.issues.values() if each.status is Status.VERIFIED]
    assert len(verified) > ISSUES / 5
    for issue in verified:
        rows = [row for row in played.rows if row.issue == issue.id and row.after is Status.VERIFIED]
        assert [row.event for row in rows][:1] == [Event.CONFIRM]
        assert rows[0].who == issue.reporter != issue.fixer
        human = played.month.speaks.get(issue.reporter) or played.month.people[issue.reporter]
        at = played.month.heard.get((issue.id, rows[0].n), rows[0].at)
        assert at in played.month.acted[human.id], issue.reference
        assert human.id != issue.fixer


# --------------------------------------------------------------------------------------------------------- messages


def test_nobody_off_duty_is_asked_for_help_outside_their_hours(played: Played) -> None:
    late = [
        f"{each.at:%a %d %H:%M} UTC {who.name} ({', '.join(who.roles)}): {each.card.title} [{each.key}]"
        for each, who in _to_staff(played)
        if BEDSIDE not in text(each.card) and not _in_hours(played, who, each)
    ]
    assert late == []


def _to_staff(played: Played) -> Iterable[tuple[Arrival, Person]]:
    """Messages about an issue to people whose report it is not, that answer nothing they did just now."""
    by_account = {each.address.id: each for each in played.month.people.values()}
    concerned = _concerned(played)
    for each in played.month.chat.arrivals:
        found, who = re.match(r"(\d+):\d+:", each.key), by_account.get(each.place.id)
        if found is None or who is None or who.id in concerned[IssueId(int(found[1]))]:
            continue
        if each.at not in played.month.acted[who.id]:
            yield each, who


def _concerned(played: Played) -> Mapping[IssueId, set[PersonId]]:
    """Whose report an issue was at some time, and who said "me too", as people."""
    found: defaultdict[IssueId, set[PersonId]] = defaultdict(set)
    for row in played.rows:
        if row.event in {Event.REPORT, Event.ME_TOO} and row.who is not None:
            human = played.month.speaks.get(row.who)
            found[row.issue].add(human.id if human else row.who)
    return found


def _in_hours(played: Played, who: Person, arrival: Arrival) -> bool:
    """By the rota and by what they said; who has no rota by day, or about when they had last written when it was sent.

    What concerns somebody's safety comes the same day, but not at night. What had waited for somebody's hours, and
    could not come in them because the bot was down, comes when it is back.
    """
    month, at = played.month, arrival.at
    if at == WOKE and played.sent[arrival.key] < at:
        return True
    said = [on for when, on in month.duties[who.id] if when <= at and at - when < timedelta(hours=13)]
    if (said and said[-1]) or any(s.starts_at <= at <= s.ends_at for s in month.wards.shifts[who.id]):
        return True
    there = at.astimezone(ZoneInfo(who.zone))
    if arrival.key.split(":")[2] in SAFETY:
        return 7.5 <= there.hour + there.minute / 60 < 22
    if month.wards.shifts[who.id]:
        return False
    wrote = [when.astimezone(ZoneInfo(who.zone)) for when in month.typed[who.id] if when <= played.sent[arrival.key]]
    if wrote:
        apart = abs((there - wrote[-1]).total_seconds()) % 86_400
        return min(apart, 86_400 - apart) <= 3 * 3_600 + 60  # two hours; and what is written within one is not noted
    return 7.5 <= there.hour + there.minute / 60 <= 19.5


def test_no_reporter_is_left_without_word_of_a_miss_a_decline_or_a_drop(played: Played) -> None:
    came: defaultdict[str, list[Arrival]] = defaultdict(list)
    for each in played.month.chat.arrivals:
        if found := re.search(r"MAR-\d+", each.card.title):
            came[found[0]].append(each)
    dead = {(each.issue, each.at) for each in played.letters}
    concerned, places = _concerned(played), {each.id: each.address.id for each in played.month.people.values()}
    silent = []
    for row in _owed(played):
        issue = played.issues[row.issue]
        theirs = {places[each] for each in concerned[issue.id]}
        heard = any(row.at <= each.at <= row.at + SOON and each.place.id in theirs for each in came[issue.reference])
        lost = any(of == issue.id and row.at <= at <= row.at + SOON for of, at in dead)
        if not heard and not lost:
            silent.append(f"{issue.reference} {row.event} {row.at}")
    assert silent == []


def _owed(played: Played) -> Iterable[Happening]:
    """Misses, declines, and drops in severity that were not the reporter's own wish."""
    levels: dict[IssueId, int] = {}
    reporters = {row.issue: row.who for row in played.rows if row.event is Event.REPORT}
    for row in played.rows:
        level = int(row.words.split("\n")[0]) if row.event in {Event.REPORT, Event.CHANGE_SEVERITY} else 0
        before = levels.get(row.issue, 0)
        levels[row.issue] = level or before
        own = row.who == reporters[row.issue]
        if row.event in {Event.MISSED, Event.DECLINE} or (level and before and level > before and not own):
            yield row


# ---------------------------------------------------------------------------------------------------- without a name


def test_nothing_that_is_kept_names_who_reported_without_a_name(played: Played) -> None:
    reported = {each.id for each in played.month.speaks.values()} & played.month.wards.secretive
    assert len(reported) > 10
    ids = {str(each) for each in reported}
    named = re.compile("|".join(sorted(ids)))
    found = Counter(
        (table, column, re.sub(r"\d+", "#", str(value)))
        for table, rows in played.tables.items()
        if table not in ALWAYS_NAMED
        for row in rows
        for column, value in row.items()
        if isinstance(value, int | str) and named.search(str(value))
    )
    on_the_rota = {("agenda", "key", "duty:#"), ("agenda", "subject", "#")}
    assert set(found) <= on_the_rota, found
    secretive = [row for row in played.tables["person"] if str(row["id"]) in ids]
    assert [row["wrote_at"] for row in secretive] == [None] * len(secretive)


def test_there_were_misses_and_help_of_every_kind(played: Played) -> None:
    """Else what is proved above is proved of nothing."""
    for level in Severity:
        each = played.shown.by_severity[level]
        assert each.missed, level
        assert each.worked_around, level
        assert each.fixed + each.answered, level
    assert played.letters
    assert [each for each in played.month.wards.having(Role.CHAMPION) if played.month.duties[each.id]]
