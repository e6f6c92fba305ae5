"""The rota: reading a sheet of shifts, champions per users, and hours in which nobody can answer (pure)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import NamedTuple, TypeVar

from bot.calendar import DAY, WEEK, Hours, instant
from bot.model import PersonId, Shift, UnitId
from bot.typed import fold

K = TypeVar("K", PersonId, UnitId)

COLUMNS = ("person", "unit", "starts", "ends")
HEADER = 1  # the row in which the columns are named
USERS_PER_CHAMPION = 20
FIRST_MONTH = timedelta(days=28)  # in which somebody can answer at every hour
LOOK_AHEAD = timedelta(hours=72)

_TIME = re.compile(r"(20\d\d-\d\d-\d\d)[ t](\d{1,2}:\d\d)(?::00)?", re.ASCII)
_WORD = re.compile(r"(20\d\d-\d\d-\d\d) (day|night)", re.ASCII)
_BEGINS = {"day": "07:00", "night": "19:00"}
_LASTS = timedelta(hours=12)


# ------------------------------------------------------------------------------------------------------- a sheet read


class Problem(StrEnum):
    """What can be wrong with a row."""

    UNKNOWN_COLUMN = "unknown column"
    MISSING_COLUMN = "missing column"
    UNKNOWN_PERSON = "unknown person"
    UNKNOWN_UNIT = "unknown unit"
    AMBIGUOUS = "several are called so"
    UNREADABLE_TIME = "unreadable time"
    ENDS_BEFORE_START = "ends before it starts"
    TOO_LONG = "longer than 24 hours"
    OVERLAPS = "overlaps"
    DUPLICATE = "duplicate"
    ON_SHIFT = "on shift already"  # by an earlier sheet, on a day of which this one does not speak


@dataclass(frozen=True, slots=True)
class RowError:
    """Something wrong with a sheet. `value` is what stands there; of an overlap or duplicate, the other row."""

    row: int
    column: str
    problem: Problem
    value: str


@dataclass(frozen=True, slots=True)
class Rota:
    """What a sheet says: all its shifts, each with its row, or all that is wrong with it."""

    shifts: tuple[Shift, ...] = ()
    errors: tuple[RowError, ...] = ()
    rows: Mapping[Shift, int] = field(default_factory=dict)


class Names(NamedTuple):
    """Who and what can stand in a rota, under each name that it goes by: a person's is their e-mail too."""

    people: Mapping[str, Collection[PersonId]]
    units: Mapping[str, Collection[UnitId]]


def names(people: Iterable[tuple[str, PersonId]], units: Iterable[tuple[str, UnitId]]) -> Names:
    return Names(_by_name(people), _by_name(units))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row being read, and what is wrong with it so far."""

    number: int
    cells: Mapping[str, str]
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, column: str, problem: Problem) -> None:
        self.errors.append(RowError(self.number, column, problem, self.cells[column]))


def read(rows: Sequence[tuple[int, Mapping[str, str]]], known: Names, zone: str) -> Rota:
    """Numbered rows with person, unit, starts and ends: local times, or a date and the word "day" or "night"."""
    numbered = [_Row(number, {_plain(column): cell for column, cell in cells.items()}) for number, cells in rows]
    wrong = _wrong_columns(numbered[0].cells) if numbered else []
    if wrong:
        return Rota(errors=tuple(wrong))
    found = {row.number: _shift(row, known, zone) for row in numbered}
    shifts = {number: shift for number, shift in found.items() if shift is not None}
    wrong = [*(error for row in numbered for error in row.errors), *_clashes(shifts)]
    if wrong:
        return Rota(errors=tuple(sorted(wrong, key=lambda error: error.row)))
    return Rota(tuple(shifts.values()), rows={shift: number for number, shift in shifts.items()})


def _plain(name: str) -> str:
    return " ".join(fold(name).split())


def _by_name(pairs: Iterable[tuple[str, K]]) -> Mapping[str, Collection[K]]:
    found: dict[str, set[K]] = {}
    for name, each in pairs:
        if plain := _plain(name):  # not everybody has an e-mail address
            found.setdefault(plain, set()).add(each)
    return found


def _wrong_columns(columns: Collection[str]) -> list[RowError]:
    missing = [RowError(HEADER, each, Problem.MISSING_COLUMN, "") for each in COLUMNS if each not in columns]
    return missing + [RowError(HEADER, each, Problem.UNKNOWN_COLUMN, "") for each in columns if each not in COLUMNS]


def _shift(row: _Row, known: Names, zone: str) -> Shift | None:
    person = _named(row, "person", known.people, Problem.UNKNOWN_PERSON)
    unit = _named(row, "unit", known.units, Problem.UNKNOWN_UNIT)
    hours = _hours(row, zone)
    return None if person is None or unit is None or hours is None else Shift(person, unit, *hours)


def _named(row: _Row, column: str, known: Mapping[str, Collection[K]], unknown: Problem) -> K | None:
    found = list(known.get(_plain(row.cells[column]), ()))
    if len(found) == 1:
        return found[0]
    row.wrong(column, Problem.AMBIGUOUS if found else unknown)
    return None


def _hours(row: _Row, zone: str) -> Hours | None:
    word = _WORD.fullmatch(_plain(f"{row.cells['starts']} {row.cells['ends']}"))
    if word:
        starts = _wall(row, "starts", f"{word[1]} {_BEGINS[word[2]]}")
        ends = starts + _LASTS if starts else None
    else:
        starts, ends = (_wall(row, column, _plain(row.cells[column])) for column in ("starts", "ends"))
    return _checked(row, starts, ends, zone) if starts and ends else None


def _checked(row: _Row, starts: datetime, ends: datetime, zone: str) -> Hours | None:
    hours = instant(starts, zone), instant(ends, zone)
    if hours[0] >= hours[1]:
        row.wrong("ends", Problem.ENDS_BEFORE_START)
    elif ends - starts > DAY:  # on the wall: a day on which clocks are set back has 25 hours
        row.wrong("ends", Problem.TOO_LONG)
    else:
        return hours
    return None


def _wall(row: _Row, column: str, written: str) -> datetime | None:
    found = _TIME.fullmatch(written)
    if found:
        with suppress(ValueError):  # 30 February
            return datetime.fromisoformat(f"{found[1]} {found[2]:0>5}")
    row.wrong(column, Problem.UNREADABLE_TIME)
    return None


def _clashes(shifts: Mapping[int, Shift]) -> Iterator[RowError]:
    """Shifts in which somebody would be twice; the other row is the one that ends last of those that began before."""
    longest: dict[PersonId, int] = {}
    for row, shift in sorted(shifts.items(), key=lambda item: item[1].starts_at):
        other = longest.setdefault(shift.person, row)
        if other != row and shift.starts_at < shifts[other].ends_at:
            problem = Problem.DUPLICATE if shift == shifts[other] else Problem.OVERLAPS
            yield RowError(row, "starts", problem, str(other))
        if shift.ends_at > shifts[other].ends_at:
            longest[shift.person] = row


def overlapping(shift: Shift, others: Iterable[Shift]) -> Shift | None:
    """The first of the others in which the same person would be twice."""
    return next(
        (
            each
            for each in others
            if each.person == shift.person and each.starts_at < shift.ends_at and shift.starts_at < each.ends_at
        ),
        None,
    )


# ----------------------------------------------------------------------------------------------------------- coverage


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many use the new technology on a unit, and how many trained champions they have: of all, or in `hours`."""

    unit: UnitId
    users: int
    champions: int
    hours: Hours | None = None

    @property
    def needed(self) -> int:
        return champions_needed(self.users)

    @property
    def short(self) -> bool:
        return self.champions < self.needed


def champions_needed(users: int) -> int:
    return ceil(users / USERS_PER_CHAMPION)


def coverage(
    unit: UnitId, users: Collection[PersonId], champions: Mapping[PersonId, bool], hours: Hours | None = None
) -> Coverage:
    """`champions` says of each whether they are trained: who is not does not count."""
    return Coverage(unit, len(set(users)), sum(champions.values()), hours)


def by_shift(
    unit: UnitId,
    users: Collection[PersonId],
    champions: Mapping[PersonId, bool],
    shifts: Sequence[Shift],
    now: datetime,
) -> Sequence[Coverage]:
    """The same of each stretch of the next 7 days in which some of the users are on shift, and nobody comes or goes."""
    here = [shift for shift in shifts if shift.unit == unit and shift.ends_at > now and shift.starts_at < now + WEEK]
    edges = sorted({edge for shift in here for edge in (shift.starts_at, shift.ends_at)})
    found = []
    for begins, ends in pairwise(edges):
        on = {shift.person for shift in here if shift.starts_at <= begins < shift.ends_at}
        if ends > now and begins < now + WEEK and not on.isdisjoint(users):
            trained = {person: champions[person] for person in on.intersection(champions)}
            found.append(coverage(unit, on.intersection(users), trained, (begins, ends)))
    return found


# --------------------------------------------------------------------------------------------------------------- gaps


def gaps(covered: Iterable[Hours], start: datetime, end: datetime) -> list[Hours]:
    """The stretches of [start, end) that none of the others covers."""
    found, reached = [], start
    for begins, ends in sorted(each for each in covered if each[0] < each[1]):
        if begins >= end:
            break
        if begins > reached:
            found.append((reached, begins))
        reached = max(reached, ends)
    return [*found, (reached, end)] if reached < end else found


def uncovered(covered: Iterable[Hours], started_at: datetime, now: datetime) -> list[Hours]:
    """Hours of the next 72 in which nobody can answer, as long as the pilot's first month lasts."""
    return gaps(covered, max(now, started_at), min(now + LOOK_AHEAD, started_at + FIRST_MONTH))
