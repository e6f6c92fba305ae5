"""A pilot's roster: its units, people, ladder and shifts, read from a spreadsheet (pure).

A sheet that is there is all of it: who does not stand on it is removed. A sheet or a column that is not there leaves
what is; an empty cell means the default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import rota, staff
from bot.calendar import DAY, Hours, instant
from bot.cells import Book, Cells, Problem, Wrong, nearest
from bot.ladder import RUNGS, Rungs
from bot.model import (
    Audience,
    Nameless,
    Needs,
    Person,
    PersonId,
    Pilot,
    PilotId,
    Role,
    Rung,
    Severity,
    Shift,
    Unit,
)
from bot.staff import FIX_TEAM, Fresh, KnownAs, Staff

PILOT, UNITS, PEOPLE, ROTA, LADDER = SHEETS = ("pilot", "units", "people", "rota", "ladder")
NEEDED = {
    PILOT: ("key", "name", "zone", "emergency", "incident link"),
    UNITS: ("name",),
    PEOPLE: ("name", "email", "job", "units"),
    ROTA: rota.COLUMNS,
    LADDER: ("severity", "after", "needs", "tell"),
}
ALLOWED = {
    PILOT: ("language", "target hours", "fix team", "starts", "nameless", "keeps identity days"),
    UNITS: ("channel", "platform", "wave", "live", "wide"),
    PEOPLE: ("roles", "trained", "platform", "account", "zone", "language", "deputy"),
    ROTA: (),
    LADDER: ("every",),
}
KEY = range(2, 7)  # letters before an issue's number
_NAMELESS = {each.value: each for each in Nameless}
_SEVERITIES = {str(int(each)): each for each in Severity}
_NEEDS = {each.value: each for each in (Needs.UNOWNED, Needs.UNADDRESSED)}
_AUDIENCES = {each.value: each for each in Audience}


@dataclass(frozen=True, slots=True)
class Roster:
    """All of a pilot that a spreadsheet can say. `shifts` are those of the hours that are looked at."""

    pilot: Pilot
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    rungs: Rungs = field(default_factory=lambda: RUNGS)
    shifts: tuple[Shift, ...] = ()

    @property
    def wide(self) -> Unit:
        return next(unit for unit in self.units if unit.wide)

    def having(self, role: Role) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.has(role))


@dataclass(frozen=True, slots=True)
class Reading:
    """A roster as it would be, or what is wrong with the sheets; and in which row each person and shift stands."""

    roster: Roster | None = None
    problems: tuple[Problem, ...] = ()
    rows: Mapping[PersonId, int] = field(default_factory=dict)
    shifts: Mapping[Shift, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Sheets:
    """What is being read: the book, what was there before, and what is wrong so far."""

    book: Book
    before: Roster | None
    fresh: Fresh
    problems: list[Problem]
    shifts: dict[Shift, int] = field(default_factory=dict)  # the row of each

    def rows(self, sheet: str) -> list[Cells]:
        return [Cells(sheet, number, cells, self.problems) for number, cells in self.book.get(sheet, ())]

    def wrong(self, sheet: str, what: Wrong, value: str = "") -> None:
        self.problems.append(Problem(sheet, what, value=value))


def read(book: Book, before: Roster | None, known_as: KnownAs, fresh: Fresh, now: datetime) -> Reading:
    """What `before` would become; None where the pilot is new. `known_as` finds also whoever has left."""
    problems = wrong_sheets(book, opening=before is None)
    if problems:
        return Reading(problems=tuple(problems))
    sheets = _Sheets(book, before, fresh, problems)
    pilot = _pilot(sheets)
    units = _units(sheets, pilot)
    people = Staff(pilot, units, before.people if before else (), known_as, fresh).read(sheets.rows(PEOPLE))
    everybody = tuple(people.values()) if PEOPLE in book or before is None else before.people
    after = Roster(pilot, units, everybody, _rungs(sheets, pilot))
    after = replace(after, shifts=_shifts(sheets, after))
    _judge(sheets, after, now)
    return Reading(after, tuple(problems), {person.id: row for row, person in people.items()}, sheets.shifts)


def _units(sheets: _Sheets, pilot: Pilot) -> tuple[Unit, ...]:
    there = sheets.before.units if sheets.before else ()
    return staff.units(sheets.rows(UNITS), pilot, there, sheets.fresh) if UNITS in sheets.book else there


def key_of(book: Book) -> str:
    """The key on the Pilot sheet; empty where there is none."""
    rows = book.get(PILOT, ())
    return rows[0][1].get("key", "").upper() if len(rows) == 1 else ""


def wrong_sheets(book: Book, *, opening: bool) -> list[Problem]:
    """What is wrong before any row is looked at."""
    unknown = [Problem(each, Wrong.UNKNOWN_SHEET, near=near) for each in book if (near := _meant(each))]
    there = {*book, *(problem.near for problem in unknown)}
    needed = (PILOT, UNITS, PEOPLE) if opening else () if there & set(SHEETS) else (PEOPLE,)
    missing = [Problem(each, Wrong.MISSING_SHEET) for each in needed if each not in there]
    columns = [problem for sheet in SHEETS if sheet in book for problem in _wrong_columns(book, sheet)]
    return [*unknown, *missing, *columns]


def _meant(sheet: str) -> str:
    """The sheet that one of another name was probably meant to be."""
    return "" if sheet in SHEETS else nearest(sheet, SHEETS, cutoff=0.8)


def _wrong_columns(book: Book, sheet: str) -> list[Problem]:
    if not book[sheet]:
        return [] if sheet in {ROTA, LADDER} else [Problem(sheet, Wrong.NO_ROWS)]
    there = list(dict.fromkeys(column for _, cells in book[sheet] for column in cells))
    known = (*NEEDED[sheet], *ALLOWED[sheet])
    missing = [Problem(sheet, Wrong.MISSING_COLUMN, column=each) for each in NEEDED[sheet] if each not in there]
    unknown = [
        Problem(sheet, Wrong.UNKNOWN_COLUMN, column=each, near=nearest(each, known), known=known)
        for each in there
        if each not in known
    ]
    return missing + unknown


# ------------------------------------------------------------------------------------------------------------ the pilot


def _pilot(sheets: _Sheets) -> Pilot:
    rows = sheets.rows(PILOT)
    if not rows and sheets.before:
        return sheets.before.pilot
    if len(rows) > 1:
        sheets.wrong(PILOT, Wrong.SEVERAL_ROWS)
    return _read_pilot(rows[0], sheets.before.pilot if sheets.before else None, sheets.fresh)


def _read_pilot(row: Cells, there: Pilot | None, fresh: Fresh) -> Pilot:
    key, name = _key(row), row.needed("name")
    zone = row.zone("zone", "UTC") if row.needed("zone") else "UTC"
    emergency, link = row.needed("emergency"), row.needed("incident link")
    said = row.given(
        language=("language", lambda column: row.language(column, "en")),
        target=("target hours", lambda column: timedelta(hours=row.amount(column, 24, least=1))),
        fix_team=("fix team", lambda column: row.text(column) or FIX_TEAM),
        starts_at=("starts", lambda column: row.day(column, zone)),
        nameless=("nameless", lambda column: row.one_of(column, _NAMELESS, Nameless.HANDLE)),
        keeps_identity=("keeps identity days", lambda column: row.amount(column, 30, whole=True) * DAY),
    )
    pilot = there or Pilot(PilotId(fresh()), key, name, zone, "en", DAY, FIX_TEAM, emergency, link)
    return replace(pilot, name=name, zone=zone, emergency=emergency, incident_link=link, **said)


def _key(row: Cells) -> str:
    key = row.needed("key").upper()
    if key and not (key.isascii() and key.isalpha() and len(key) in KEY):
        row.wrong("key", Wrong.NOT_A_KEY)
    return key


# ------------------------------------------------------------------------------------------------------- ladder, shifts


def _rungs(sheets: _Sheets, pilot: Pilot) -> Rungs:
    there = sheets.before.rungs if sheets.before else RUNGS
    rows = sheets.rows(LADDER)
    if not rows:
        return there
    found: dict[Severity, list[Rung]] = {}
    for row in rows:
        severity = row.one_of("severity", _SEVERITIES, None) if row.needed("severity") else None
        rung = _rung(row, pilot)
        if severity and rung:
            found.setdefault(severity, []).append(rung)
    ordered = {severity: tuple(sorted(rungs, key=lambda rung: rung.after)) for severity, rungs in found.items()}
    return {**RUNGS, **ordered}


def _rung(row: Cells, pilot: Pilot) -> Rung | None:
    after = timedelta(hours=row.amount("after", 0)) if row.needed("after") else timedelta(0)
    every = row.amount("every", 0)
    needs = row.one_of("needs", _NEEDS, None) if row.needed("needs") else None
    tell = [row.among("tell", each, _AUDIENCES, None) for each in row.several("tell") or [row.needed("tell")]]
    if needs is Needs.UNADDRESSED and after >= pilot.target:
        row.wrong("after", Wrong.TOO_LATE)
    told = tuple(each for each in tell if each)
    return Rung(after, needs, told, timedelta(hours=every) if every else None) if needs and told else None


def _shifts(sheets: _Sheets, after: Roster) -> tuple[Shift, ...]:
    people = [(called, each.id) for each in after.people for called in (each.name, each.email)]
    known = rota.names(people, [(unit.name, unit.id) for unit in after.units])
    found = rota.read(sheets.book.get(ROTA, ()), known, after.pilot.zone)
    sheets.problems += [_in_rota(each, after) for each in found.errors]
    sheets.shifts.update(found.rows)
    return found.shifts


def _in_rota(error: rota.RowError, after: Roster) -> Problem:
    units = tuple(unit.name for unit in after.units)
    names = [person.name for person in after.people] if error.problem is rota.Problem.UNKNOWN_PERSON else units
    return Problem(ROTA, error.problem, error.row, error.column, error.value, nearest(error.value, names), units)


def looked_at(shifts: Iterable[Shift], zone: str) -> Hours | None:
    """The days of which these are all the shifts: from the first that one begins on until the last, both whole."""
    starts = [shift.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for shift in shifts]
    if not starts:
        return None
    first, last = (each.replace(hour=0, minute=0, second=0) for each in (min(starts), max(starts)))
    return instant(first, zone), instant(last + DAY, zone)


# ----------------------------------------------------------------------------------------------------------- as a whole


def _judge(sheets: _Sheets, after: Roster, now: datetime) -> None:
    for role, last in ((Role.LEAD, Wrong.LAST_LEAD), (Role.ADMIN, Wrong.LAST_ADMIN)):
        held = sheets.before.having(role) if sheets.before else ()
        if held and not after.having(role):
            sheets.wrong(PEOPLE, last, ", ".join(person.name for person in held))
        elif role is Role.LEAD and not after.having(role):
            sheets.wrong(PEOPLE, Wrong.NO_LEAD)
    if sheets.before and _started(sheets.before.pilot, now):
        _frozen(sheets, sheets.before, after)


def _started(pilot: Pilot, now: datetime) -> bool:
    return pilot.starts_at is not None and pilot.starts_at <= now


def _frozen(sheets: _Sheets, before: Roster, after: Roster) -> None:
    row = sheets.rows(PILOT)
    if before.pilot.target != after.pilot.target:
        row[0].wrong("target hours", Wrong.STARTED)
    if before.pilot.starts_at != after.pilot.starts_at:
        row[0].wrong("starts", Wrong.STARTED)
    if before.rungs != after.rungs:
        sheets.wrong(LADDER, Wrong.STARTED)
