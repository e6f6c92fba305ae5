"""A row of a spreadsheet being read: what its cells mean, and what is wrong with them (pure)."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import available_timezones

from bot import rota
from bot.calendar import instant
from bot.typed import fold

T = TypeVar("T")
Row = tuple[int, Mapping[str, str]]  # its number, as the spreadsheet shows it, and its cells by column
Book = Mapping[str, Sequence[Row]]  # by sheet

LONGEST = 200  # characters of a cell
_NUMBER = re.compile(r"\d{1,6}([.,]\d{1,6})?", re.ASCII)
_DAY = re.compile(r"(20\d\d-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::00)?)?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][a-z]{2,4})?", re.ASCII)
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+", re.ASCII)
_FLAGS = {"yes": True, "no": False, "true": True, "false": False}


class Wrong(StrEnum):
    """What can be wrong with a roster; a rota has problems of its own."""

    MISSING_SHEET = "missing sheet"
    UNKNOWN_SHEET = "unknown sheet"
    MISSING_COLUMN = "missing column"
    UNKNOWN_COLUMN = "unknown column"
    NO_ROWS = "no rows"
    SEVERAL_ROWS = "several rows"
    NO_VALUE = "no value"
    TOO_LONG = "too long"
    NOT_A_KEY = "not a key"
    NOT_A_NUMBER = "not a number"
    NOT_A_WHOLE_NUMBER = "not a whole number"
    NOT_A_DAY = "not a day"
    NOT_A_LANGUAGE = "not a language"
    NOT_AN_EMAIL = "not an e-mail"
    NOT_ONE_OF = "not one of these"
    UNKNOWN_ZONE = "unknown zone"
    UNKNOWN_ROLE = "unknown role"
    UNKNOWN_UNIT = "unknown unit"
    UNKNOWN_DEPUTY = "unknown deputy"
    OWN_DEPUTY = "their own deputy"
    TRAINED_OR_NOT = "trained or not"
    NO_UNIT = "no unit"
    TWICE = "twice"  # what has to be one row's alone
    TWICE_IN_ROW = "twice in row"
    ACCOUNT_TAKEN = "account taken"  # by somebody of another pilot
    UNIT_WITH_OPEN_ISSUES = "unit with open issues"
    UNIT_WITH_RECORDS = "unit with records"
    UNIT_WITH_PEOPLE = "unit with people"
    NO_LEAD = "no lead"
    LAST_LEAD = "last lead"
    LAST_ADMIN = "last admin"
    STARTED = "started"  # its numbers are frozen
    TOO_LATE = "too late"  # a step that would never be taken
    OTHER_PILOT = "other pilot"
    UNKNOWN_PILOT = "unknown pilot"
    WHICH_PILOT = "which pilot"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a sheet. `near` is what may have been meant, `known` what is possible or in the way."""

    sheet: str
    what: Wrong | rota.Problem
    row: int | None = None
    column: str = ""
    value: str = ""
    near: str = ""
    known: tuple[str, ...] = ()


def plain(words: str) -> str:
    """For comparing names: case, accents and the width of spaces do not matter."""
    return " ".join(fold(words).split())


def nearest(words: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Which of them may have been meant; empty where none is near."""
    by_name = {plain(each): each for each in known}
    return by_name[found[0]] if (found := get_close_matches(plain(words), by_name, 1, cutoff)) else ""


def slug(name: str) -> str:
    """What the local workspace calls an account or a channel: 4-west for 4 West."""
    return re.sub(r"[\W_]+", "-", fold(name)).strip("-")


@dataclass(frozen=True, slots=True)
class Cells:
    """A row, and the list to which goes what is wrong with it. A cell that is wrong is read as if it were empty."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    problems: list[Problem]

    def __contains__(self, column: str) -> bool:
        return column in self.cells

    def wrong(
        self, column: str, what: Wrong, value: str | None = None, near: str = "", known: Collection[str] = ()
    ) -> None:
        written = self.cells.get(column, "") if value is None else value
        self.problems.append(Problem(self.sheet, what, self.number, column, written, near, tuple(known)))

    def text(self, column: str) -> str:
        """On one line."""
        found = " ".join(self.cells.get(column, "").split())
        if len(found) <= LONGEST:
            return found
        self.wrong(column, Wrong.TOO_LONG)
        return ""

    def needed(self, column: str) -> str:
        if not self.cells.get(column):
            self.wrong(column, Wrong.NO_VALUE)
        return self.text(column)

    def given(self, **columns: tuple[str, Callable[[str], object]]) -> dict[str, Any]:
        """By field, the value of each column that is on the sheet."""
        return {name: value(column) for name, (column, value) in columns.items() if column in self}

    def several(self, column: str) -> list[str]:
        return [each for each in (" ".join(part.split()) for part in self.cells.get(column, "").split(",")) if each]

    def flag(self, column: str) -> bool | None:
        return self.one_of(column, _FLAGS, None)

    def one_of(self, column: str, options: Mapping[str, T], empty: T) -> T:
        return self.among(column, self.text(column), options, empty)

    def among(self, column: str, written: str, options: Mapping[str, T], empty: T, what: Wrong = Wrong.NOT_ONE_OF) -> T:
        """What it means; `empty` where nothing is written, or something unknown."""
        by_name = {plain(name): name for name in options}
        if plain(written) in by_name:
            return options[by_name[plain(written)]]
        if written:
            self.wrong(column, what, written, nearest(written, options), options.keys())
        return empty

    def amount(self, column: str, empty: float, *, least: float = 0, whole: bool = False) -> float:
        written = self.text(column)
        if not written:
            return empty
        found = float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else -1
        if found >= least and not (whole and found % 1):
            return found
        self.wrong(column, Wrong.NOT_A_WHOLE_NUMBER if whole else Wrong.NOT_A_NUMBER, near=f"{least:g}")
        return empty

    def day(self, column: str, zone: str) -> datetime | None:
        """2026-05-04, or 2026-05-04 07:00, on the clocks of the zone."""
        written = self.text(column)
        found = _DAY.fullmatch(written)
        if found:
            with suppress(ValueError):  # 30 February
                return instant(datetime.fromisoformat(f"{found[1]} {found[2] or '00:00'}"), zone)
        if written:
            self.wrong(column, Wrong.NOT_A_DAY)
        return None

    def zone(self, column: str, empty: str) -> str:
        written = self.text(column)
        if written and written not in available_timezones():
            self.wrong(column, Wrong.UNKNOWN_ZONE, near=nearest(written, available_timezones()))
            return empty
        return written or empty

    def language(self, column: str, empty: str) -> str:
        written = self.text(column).lower()
        if written and not _LANGUAGE.fullmatch(written):
            self.wrong(column, Wrong.NOT_A_LANGUAGE)
            return empty
        return written or empty

    def email(self, column: str) -> str:
        """As it is kept: in small letters. Empty where there is none."""
        written = self.text(column).lower()
        if written and not _EMAIL.fullmatch(written):
            self.wrong(column, Wrong.NOT_AN_EMAIL)
            return ""
        return written
