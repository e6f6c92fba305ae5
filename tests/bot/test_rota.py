from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import rota
from bot.calendar import Hours
from bot.model import PersonId, Shift, UnitId
from bot.rota import Coverage, Problem, RowError

NEW_YORK, LONDON = "America/New_York", "Europe/London"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 5, 1, 11, tzinfo=UTC)  # 07:00 in New York
ANA, LEO, MAYA, OTHER_MAYA = (PersonId(n) for n in range(1, 5))
WEST, EAST = UnitId(4), UnitId(5)
KNOWN = rota.names(
    [
        ("Ana Ruiz", ANA),
        ("ana.ruiz@example.org", ANA),
        ("Léo Martin", LEO),
        ("", LEO),  # no e-mail address
        ("Maya Okafor", MAYA),
        ("maya@example.org", MAYA),
        ("Maya Okafor", OTHER_MAYA),
    ],
    [("4 West", WEST), ("5 East", EAST)],
)


def row(
    person: str = "Ana Ruiz", unit: str = "4 West", starts: str = "2026-05-03 07:00", ends: str = "2026-05-03 19:00"
) -> Mapping[str, str]:
    return {"person": person, "unit": unit, "starts": starts, "ends": ends}


def read(*rows: Mapping[str, str], zone: str = NEW_YORK) -> rota.Rota:
    return rota.read(list(enumerate(rows, start=2)), KNOWN, zone)


def local(day: str, hour: int, zone: str = NEW_YORK) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), ZoneInfo(zone)).astimezone(UTC)


def shift(person: int, starts: float, hours: float = 12, unit: UnitId = WEST) -> Shift:
    return Shift(PersonId(person), unit, NOW + starts * HOUR, NOW + (starts + hours) * HOUR)


# ------------------------------------------------------------------------------------------------------- a sheet read


def test_a_row_is_a_shift_in_utc() -> None:
    shift = Shift(ANA, WEST, local("2026-05-03", 7), local("2026-05-03", 19))
    assert read(row()) == rota.Rota((shift,), rows={shift: 2})


@pytest.mark.parametrize("person", ["Ana Ruiz", "ana ruiz", " ANA  RUIZ ", "Ana.Ruiz@example.org"])
def test_a_person_goes_by_name_or_e_mail(person: str) -> None:
    assert [each.person for each in read(row(person=person)).shifts] == [ANA]


def test_accents_do_not_matter() -> None:
    assert [each.person for each in read(row(person="Leo Martin")).shifts] == [LEO]


@pytest.mark.parametrize(
    ("starts", "ends", "begins", "until"),
    [
        ("2026-05-03 7:00", "2026-05-03 15:00", local("2026-05-03", 7), local("2026-05-03", 15)),
        ("2026-05-03T07:00:00", "2026-05-04T07:00:00", local("2026-05-03", 7), local("2026-05-04", 7)),
        ("2026-05-03 day", "", local("2026-05-03", 7), local("2026-05-03", 19)),
        ("2026-05-03 Night", "", local("2026-05-03", 19), local("2026-05-04", 7)),
        ("2026-05-03", "night", local("2026-05-03", 19), local("2026-05-04", 7)),
    ],
)
def test_hours_are_times_or_a_date_and_the_word_for_the_shift(
    starts: str, ends: str, begins: datetime, until: datetime
) -> None:
    [read_] = read(row(starts=starts, ends=ends)).shifts
    assert (read_.starts_at, read_.ends_at) == (begins, until)


@pytest.mark.parametrize(
    ("wrong", "column", "problem"),
    [
        (row(person="Ana Ruis"), "person", Problem.UNKNOWN_PERSON),
        (row(person=""), "person", Problem.UNKNOWN_PERSON),
        (row(person="Maya Okafor"), "person", Problem.AMBIGUOUS),
        (row(unit="6 North"), "unit", Problem.UNKNOWN_UNIT),
        (row(starts="3 May 7:00"), "starts", Problem.UNREADABLE_TIME),
        (row(starts="2026-05-03"), "starts", Problem.UNREADABLE_TIME),
        (row(starts="2026-02-30 07:00"), "starts", Problem.UNREADABLE_TIME),
        (row(starts="2026-02-30 night", ends=""), "starts", Problem.UNREADABLE_TIME),
        (row(starts="0226-05-03 07:00"), "starts", Problem.UNREADABLE_TIME),
        (row(ends="2026-05-03 25:00"), "ends", Problem.UNREADABLE_TIME),
        (row(ends="2026-05-03 19:00+02:00"), "ends", Problem.UNREADABLE_TIME),
        (row(ends=""), "ends", Problem.UNREADABLE_TIME),
        (row(ends="2026-05-03 07:00"), "ends", Problem.ENDS_BEFORE_START),
        (row(ends="2026-05-03 06:59"), "ends", Problem.ENDS_BEFORE_START),
        (row(ends="2026-05-04 07:01"), "ends", Problem.TOO_LONG),
    ],
)
def test_what_is_wrong_is_named_with_its_row_and_column(
    wrong: Mapping[str, str], column: str, problem: Problem
) -> None:
    assert read(row(), wrong) == rota.Rota(errors=(RowError(3, column, problem, wrong[column]),))


def test_everything_wrong_is_said_at_once_in_the_order_of_the_rows() -> None:
    found = read(
        row(person="Nobody", unit="Nowhere", starts="soon", ends="later"),
        row(),
        row(starts="2026-05-03 18:00", ends="2026-05-03 20:00"),
        row(unit="Nowhere"),
    )
    assert found.shifts == ()
    assert [(error.row, error.problem) for error in found.errors] == [
        (2, Problem.UNKNOWN_PERSON),
        (2, Problem.UNKNOWN_UNIT),
        (2, Problem.UNREADABLE_TIME),
        (2, Problem.UNREADABLE_TIME),
        (4, Problem.OVERLAPS),
        (5, Problem.UNKNOWN_UNIT),
    ]


def test_an_overlap_names_the_other_row() -> None:
    long = row(ends="2026-05-04 06:00")
    short = row(unit="5 East", starts="2026-05-03 08:00", ends="2026-05-03 09:00")
    late = row(starts="2026-05-04 05:00", ends="2026-05-04 12:00")
    assert read(late, long, short).errors == (
        RowError(2, "starts", Problem.OVERLAPS, "3"),
        RowError(4, "starts", Problem.OVERLAPS, "3"),
    )


def test_the_same_row_twice_is_a_duplicate_and_names_the_other_row() -> None:
    again = row(person="ana.ruiz@example.org", starts="2026-05-03 day", ends="")
    assert read(row(), row(person="Leo Martin"), again).errors == (RowError(4, "starts", Problem.DUPLICATE, "2"),)


def test_shifts_that_meet_do_not_overlap() -> None:
    assert len(read(row(starts="2026-05-03 night", ends=""), row(starts="2026-05-03 day", ends="")).shifts) == 2


def test_columns_missing_and_unknown_are_named_and_nothing_else() -> None:
    wrong = {"Person": "Nobody", "unit": "4 West", "begins": "2026-05-03 07:00", "ENDS ": "2026-05-03 19:00"}
    assert read(wrong).errors == (
        RowError(1, "starts", Problem.MISSING_COLUMN, ""),
        RowError(1, "begins", Problem.UNKNOWN_COLUMN, ""),
    )


def test_columns_may_be_written_in_capitals_and_in_any_order() -> None:
    capitals = {f" {column.title()}": cell for column, cell in reversed(list(row().items()))}
    assert read(capitals) == read(row())


def test_a_sheet_without_rows_has_no_shifts() -> None:
    assert read() == rota.Rota()


@pytest.mark.parametrize(
    ("zone", "day", "night", "length"),
    [
        (NEW_YORK, "2026-03-08", "2026-03-07", 11),
        (NEW_YORK, "2026-11-01", "2026-10-31", 13),
        (LONDON, "2026-03-29", "2026-03-28", 11),
        (LONDON, "2026-10-25", "2026-10-24", 13),
    ],
)
def test_the_night_of_the_change_is_an_hour_longer_or_shorter(zone: str, day: str, night: str, length: int) -> None:
    nights = read(row(starts=f"{night} night", ends=""), zone=zone).shifts
    assert [each.ends_at - each.starts_at for each in nights] == [length * HOUR]
    assert nights == read(row(starts=f"{night} 19:00", ends=f"{day} 07:00"), zone=zone).shifts
    whole = read(row(starts=f"{night} 12:00", ends=f"{day} 12:00"), zone=zone).shifts
    assert [each.ends_at - each.starts_at for each in whole] == [(length + 12) * HOUR]


@pytest.mark.parametrize(
    ("zone", "day", "missing"),
    [
        (NEW_YORK, date(2026, 3, 8), 2),
        (NEW_YORK, date(2026, 11, 1), None),
        (LONDON, date(2026, 3, 29), 1),
        (LONDON, date(2026, 10, 25), None),
    ],
)
def test_every_hour_of_that_week_is_the_walls(zone: str, day: date, missing: int | None) -> None:
    for n in range(7 * 24):
        starts = datetime.combine(day - 3 * DAY, time()) + n * HOUR
        written = row(starts=f"{starts:%Y-%m-%d %H:%M}", ends=f"{starts + 3 * HOUR:%Y-%m-%d %H:%M}")
        [found] = read(written, zone=zone).shifts
        there = found.starts_at.astimezone(ZoneInfo(zone))
        skipped = HOUR if starts == datetime.combine(day, time(missing or 0)) and missing else timedelta(0)
        assert (there.replace(tzinfo=None), there.fold) == (starts + skipped, 0)


CELLS = st.sampled_from(
    [
        "Ana Ruiz",
        "Maya Okafor",
        "4 West",
        "2026-05-03",
        "2026-05-03 07:00",
        "2026-05-03 19:00",
        "night",
        "2026-05-03 day",
    ]
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(rota.COLUMNS, CELLS | st.text())), max_size=6))
def test_all_or_nothing_is_read_whatever_stands_there(rows: Sequence[Mapping[str, str]]) -> None:
    found = read(*rows)
    assert not (found.shifts and found.errors)
    assert len(found.shifts) == (0 if found.errors else len(rows))
    assert all(2 <= error.row < 2 + len(rows) for error in found.errors)


# ----------------------------------------------------------------------------------------------------------- coverage


@pytest.mark.parametrize(("users", "needed"), [(0, 0), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_one_champion_is_needed_per_20_users(users: int, needed: int) -> None:
    assert rota.champions_needed(users) == needed


def people(count: int) -> list[PersonId]:
    return [PersonId(n) for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("users", "champions", "short"),
    [
        (20, {ANA: True}, False),
        (21, {ANA: True}, True),
        (21, {ANA: True, LEO: True}, False),
        (21, {ANA: True, LEO: False}, True),
        (20, {ANA: False}, True),
        (1, {}, True),
        (0, {}, False),
    ],
)
def test_21_users_with_one_champion_are_short_20_are_not_and_an_untrained_one_does_not_count(
    users: int,
    champions: Mapping[PersonId, bool],
    short: bool,  # noqa: FBT001
) -> None:
    assert rota.coverage(WEST, people(users), champions).short is short


def test_a_shift_is_covered_by_the_champions_who_are_on_it() -> None:
    by_day, by_night = range(1, 22), range(22, 32)
    shifts = [*(shift(n, 0) for n in by_day), *(shift(n, 12) for n in by_night)]
    champions = {PersonId(1): True, PersonId(2): False, PersonId(22): True, PersonId(40): True}
    found = rota.by_shift(WEST, people(31), champions, shifts, NOW)
    assert found == [
        Coverage(WEST, 21, 1, (NOW, NOW + 12 * HOUR)),
        Coverage(WEST, 10, 1, (NOW + 12 * HOUR, NOW + DAY)),
    ]
    assert [each.short for each in found] == [True, False]


def test_a_champion_who_goes_early_leaves_the_rest_of_the_shift_short() -> None:
    found = rota.by_shift(WEST, people(2), {ANA: True}, [shift(ANA, 0, hours=8), shift(LEO, 0)], NOW)
    assert [(each.users, each.champions, each.short) for each in found] == [(2, 1, False), (1, 0, True)]
    assert [each.hours for each in found] == [(NOW, NOW + 8 * HOUR), (NOW + 8 * HOUR, NOW + 12 * HOUR)]


def test_only_this_unit_its_users_and_the_next_seven_days_count() -> None:
    counted = [shift(ANA, -11), shift(ANA, 7 * 24 - 1)]
    others = [shift(LEO, 0, unit=EAST), shift(99, 20), shift(ANA, -12), shift(ANA, -30), shift(ANA, 7 * 24 + 11)]
    found = rota.by_shift(WEST, people(20), {}, [*counted, *others], NOW)
    assert [each.hours for each in found] == [(each.starts_at, each.ends_at) for each in counted]


def test_who_is_on_shift_without_being_a_user_is_not_counted() -> None:
    [found] = rota.by_shift(WEST, people(2), {PersonId(98): True}, [shift(n, 0) for n in (1, 2, 98, 99)], NOW)
    assert (found.users, found.champions) == (2, 1)


def test_a_stretch_that_is_over_or_more_than_a_week_off_is_left_out() -> None:
    shifts = [shift(1, -11), shift(2, -9), shift(1, 7 * 24 - 1), shift(2, 7 * 24 - 1, hours=8)]
    found = rota.by_shift(WEST, people(2), {}, shifts, NOW)
    assert [each.hours for each in found] == hours((-9, 1), (1, 3), (7 * 24 - 1, 7 * 24 + 7))


def test_without_a_rota_there_are_no_shifts_to_cover() -> None:
    assert rota.by_shift(WEST, people(40), {}, [], NOW) == []


# --------------------------------------------------------------------------------------------------------------- gaps


def hours(*spans: tuple[float, float]) -> list[Hours]:
    return [(NOW + begins * HOUR, NOW + ends * HOUR) for begins, ends in spans]


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        ([], [(0, 72)]),
        ([(0, 72)], []),
        ([(-5, 80)], []),
        ([(0, 12), (12, 24), (24, 72)], []),
        ([(24, 72), (0, 12)], [(12, 24)]),
        ([(1, 2), (1, 30), (3, 4), (29, 71)], [(0, 1), (71, 72)]),
        ([(-9, -1), (72, 90)], [(0, 72)]),
        ([(-9, 1), (71, 90)], [(1, 71)]),
        ([(5, 5), (9, 8)], [(0, 72)]),
    ],
)
def test_what_nobody_covers_is_a_gap(
    covered: Sequence[tuple[float, float]], missing: Sequence[tuple[float, float]]
) -> None:
    assert rota.gaps(hours(*covered), NOW, NOW + 72 * HOUR) == hours(*missing)


SPANS = st.lists(st.tuples(st.integers(-20, 100), st.integers(-20, 100)), max_size=12)


@given(SPANS, st.integers(-10, 80), st.integers(-10, 80))
def test_gaps_and_what_is_covered_part_the_window_between_them(
    spans: Sequence[tuple[float, float]], start: int, end: int
) -> None:
    found = rota.gaps(hours(*spans), NOW + start * HOUR, NOW + end * HOUR)
    for hour in range(-21, 101):
        within = [begins <= NOW + hour * HOUR < ends for begins, ends in found]
        covered = any(begins <= hour < ends for begins, ends in spans)
        assert sum(within) == (start <= hour < end and not covered)
    assert all(begins < ends for begins, ends in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))


def test_gaps_are_looked_for_72_hours_ahead_through_the_first_28_days() -> None:
    assert rota.uncovered(hours((0, 12)), NOW - DAY, NOW) == hours((12, 72))
    assert rota.uncovered(hours((0, 12)), NOW + 20 * HOUR, NOW) == hours((20, 72))
    assert rota.uncovered(hours((0, 12)), NOW - 26 * DAY, NOW) == hours((12, 48))
    assert rota.uncovered([], NOW - 28 * DAY, NOW) == []
    assert rota.uncovered([], NOW + 4 * DAY, NOW) == []
