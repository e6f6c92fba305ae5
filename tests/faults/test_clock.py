"""Clocks that jump, change to summer time and back, or stand still while the process sleeps."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

import pytest

from bot import agenda, calendar, coverage, hospital, shifts
from bot.model import Due
from bot.ports import Transaction
from bot.ticker import Ticker
from storage.database import SqlDatabase
from storage.sqlite import SqliteDatabase
from storage.transaction import SqlTransaction
from tests.faults.conftest import Size
from tests.faults.figures import found

pytestmark = pytest.mark.slow
ZONES = ("America/New_York", "Europe/London")
BEATS = timedelta(minutes=10)  # of the simulated day, between two beats
CHANGES = {  # the Sundays on which the clocks change, in 2026
    ("America/New_York", "spring"): datetime(2026, 3, 8, tzinfo=UTC),
    ("America/New_York", "autumn"): datetime(2026, 11, 1, tzinfo=UTC),
    ("Europe/London", "spring"): datetime(2026, 3, 29, tzinfo=UTC),
    ("Europe/London", "autumn"): datetime(2026, 10, 25, tzinfo=UTC),
}
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
HOURS = [f"30 {hour} * * {day}" for day in DAYS for hour in range(24)]  # every hour of the week
WEEKLY = "weekly"


class WallClock:
    """`bot.ports.Clock` that somebody can set."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    async def now(self) -> datetime:
        return self.at


class Weeklies:
    """Work for every hour of the week, that plans its next time as the bot's own does; and when each ran."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.ran: list[tuple[str, datetime, datetime]] = []  # which, planned for, and run at

    def plan(self, tx: Transaction, n: int, after: datetime) -> None:
        at = calendar.next_after(HOURS[n], self.zone, after)
        self.due[n] = at
        tx.agenda.put(Due(f"{WEEKLY}:{n}", WEEKLY, n, at))

    def begin(self, tx: Transaction, now: datetime) -> Self:
        self.due: dict[int, datetime] = {}
        for n in range(len(HOURS)):
            self.plan(tx, n, now)
        return self

    def run(self, tx: Transaction, subject: int, now: datetime) -> None:
        at = self.due[subject]
        if tx.first_time(calendar.occurrence(HOURS[subject], self.zone, at), now):
            self.ran.append((HOURS[subject], at, now))
        self.plan(tx, subject, max(now, at))


@contextmanager
def weekly_work(zone: str) -> Iterator[Weeklies]:
    weeklies = Weeklies(zone)
    agenda.KINDS[WEEKLY] = weeklies.run
    try:
        yield weeklies
    finally:
        del agenda.KINDS[WEEKLY]


def shown(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %H:%M}".lower()


def named(cron: str) -> str:
    minute, hour, _, _, day = cron.split()
    return f"{day} {int(hour):02}:{minute}"


@pytest.mark.parametrize(("zone", "season"), CHANGES, ids=lambda each: each)
async def test_over_a_change_of_the_clocks_weekly_work_runs_once_at_its_hour(
    sqlite: SqlDatabase, zone: str, season: str
) -> None:
    """The week around it, every hour of the week; an hour that is skipped is caught up at once after it."""
    begins = CHANGES[zone, season] - timedelta(days=3, hours=12)
    with weekly_work(zone) as weeklies:
        await sqlite.run(lambda tx: weeklies.begin(tx, begins))
        now, ends = begins, (begins.astimezone(ZoneInfo(zone)) + timedelta(days=7)).astimezone(UTC)
        while now < ends:
            await agenda.run_due(sqlite, now)
            now += BEATS
    counts = Counter(cron for cron, _, _ in weeklies.ran)
    late = [ran - at for _, at, ran in weeklies.ran]
    moved = {cron: shown(at, zone) for cron, at, _ in weeklies.ran if shown(at, zone) != named(cron)}
    spring = {"America/New_York": ("30 2 * * sun", "sun 03:30"), "Europe/London": ("30 1 * * sun", "sun 02:30")}
    assert max(counts.values()) == 1
    assert len(counts) == len(HOURS)  # though that week is an hour shorter or longer
    assert max(late) < BEATS
    assert moved == (dict([spring[zone]]) if season == "spring" else {})
    found(
        f"clocks change in {season}, {zone}",
        f"{len(counts)} weekly works, one an hour: each once, {len(moved)} at the hour to which it moves",
    )


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2)], ids=["forward", "back"])
async def test_a_clock_that_jumps_and_is_put_right_runs_nothing_twice_and_misses_nothing(
    database: SqlDatabase, jump: timedelta
) -> None:
    clock = WallClock(datetime(2026, 5, 6, 6, 5, tzinfo=UTC))
    ticker = Ticker(database, clock, every=timedelta(hours=1))
    ticker.start()
    with weekly_work("Europe/London") as weeklies:
        await database.run(lambda tx: weeklies.begin(tx, clock.at))
        for away in (timedelta(0), jump, timedelta(0)):  # as it is, for three hours; wrong for three; and right again
            clock.at += away
            if away:
                await ticker.rearm(away)
            for _ in range(18):
                clock.at += BEATS
                await ticker.beat()
            clock.at -= away
            if away:
                await ticker.rearm(-away)
        await ticker.stop()
    counts = Counter(cron for cron, _, _ in weeklies.ran)
    assert set(counts.values()) == {1}
    assert [shown(at, "Europe/London") for _, at, _ in weeklies.ran] == [named(cron) for cron in counts]
    assert len(counts) == 9
    jumps = await database.read(jumped)
    assert len(jumps) == 2
    found(
        f"clock jumps {'+' if jump > timedelta(0) else '-'}2 h and back ({kind_of(database)})",
        f"{len(counts)} works in nine hours: each once, 0 missed; both jumps on record",
    )


def kind_of(database: SqlDatabase) -> str:
    return "SQLite" if isinstance(database, SqliteDatabase) else "PostgreSQL"


def jumped(tx: SqlTransaction) -> list[str]:
    rows = tx.scope.connection.exec_driver_sql("SELECT subject FROM audit WHERE action = 'clock.jumped'")
    return [str(row[0]) for row in rows]


async def test_asleep_over_many_due_times_each_is_caught_up_once_on_waking(database: SqlDatabase, size: Size) -> None:
    clock = WallClock(datetime(2026, 5, 6, 6, 5, tzinfo=UTC))
    naps = size(50, 6)
    with weekly_work("America/New_York") as weeklies:
        await database.run(lambda tx: weeklies.begin(tx, clock.at))
        for _ in range(naps):
            clock.at += timedelta(hours=3)
            await Ticker(database, clock).beat()
    counts = Counter((cron, at) for cron, at, _ in weeklies.ran)
    assert len(counts) == 3 * naps
    assert set(counts.values()) == {1}
    found(
        f"asleep over due times ({kind_of(database)})",
        f"{naps} times three hours: {len(counts)} works, each once",
    )


async def test_the_wards_own_rounds_keep_to_the_wall_through_a_year_of_changes(sqlite: SqlDatabase) -> None:
    """The morning's look at coverage and both handovers, each day of the weeks in which the clocks change."""
    await sqlite.run(hospital.seed)
    ran: list[tuple[str, str]] = []
    zone = hospital.ZONE
    for season in ("spring", "autumn"):
        begins = CHANGES[zone, season] - timedelta(days=2)
        await sqlite.run(lambda tx: agenda.standing(tx, begins))  # noqa: B023 - awaited at once
        for n in range(5 * 24 * 6):
            now = begins + n * BEATS
            before = await sqlite.read(lambda tx: rounds(tx, now))  # noqa: B023
            await agenda.run_due(sqlite, now)
            after = await sqlite.read(lambda tx: rounds(tx, now))  # noqa: B023
            ran += [
                (kind, f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}")
                for kind, at in before.items()
                if after[kind] != at
            ]
        await sqlite.run(forget)
    assert set(Counter(ran).values()) == {1}
    hours = {
        kind: {shown.split()[1] for each, shown in ran if each == kind} for kind in (coverage.CHECK, shifts.HANDOVER)
    }
    assert hours == {coverage.CHECK: {"07:00"}, shifts.HANDOVER: {"06:45", "18:45"}}
    found("the wards' rounds, clocks changing both ways", f"{len(ran)} rounds in ten days: each once, on its hour")


def rounds(tx: SqlTransaction, now: datetime) -> dict[str, datetime]:
    """When each is next due."""
    kinds = (coverage.CHECK, shifts.HANDOVER)
    return {due.kind: due.due_at for due in tx.agenda.due(now + timedelta(days=2), 1_000) if due.kind in kinds}


def forget(tx: SqlTransaction) -> None:
    for kind in (coverage.CHECK, shifts.HANDOVER):
        tx.agenda.drop(f"{kind}:{tx.pilots.all()[0].id}")
