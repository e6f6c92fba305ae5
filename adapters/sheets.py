"""Reads what somebody keeps in a spreadsheet: an .xlsx workbook, a folder of CSV files, or one of them.

Everything becomes text under the folded name of its column, dates as 2026-05-04 or 2026-05-04 07:00; of a formula the
value counts that the spreadsheet showed last.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - a class, whatever its name

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from bot.errors import BotError
from bot.typed import fold, scrub

LARGEST = 5_000_000  # bytes of a file: a roster of ten thousand people has a fifth of it
UNPACKED = 100_000_000  # bytes of a workbook's sheets
CELLS = 5_000_000  # of a sheet; the reader fills memory with the empty ones before a stray one far out
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_SEALED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Microsoft's older container: a workbook with a password, or an .xls
_ASIDE = re.compile(r"\([^)]*\)|_|(?<!\be)-", re.IGNORECASE)  # "after (hours)", "incident_link"; not in "e-mail"


class Row(NamedTuple):
    """A row, numbered as the spreadsheet shows it."""

    number: int
    cells: Mapping[str, str]


Book = Mapping[str, Sequence[Row]]  # by the folded name of a sheet, or of a CSV file


class Fault(StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    NO_SPREADSHEET = "no spreadsheet"
    PASSWORD = "password"  # noqa: S105 - the name of a fault
    NO_CSV = "no CSV file in the folder"
    NOT_UTF8 = "not UTF-8"
    QUOTES = "an open quotation mark"


class Unreadable(BotError):
    """A file that cannot be read."""

    def __init__(self, fault: Fault, file: Path) -> None:
        super().__init__(f"{file.name}: {fault}")
        self.fault = fault
        self.file = file.name


def read(path: Path) -> Book:
    """Raises Unreadable."""
    if path.is_dir():
        files = [each for each in sorted(path.iterdir()) if each.suffix.lower() == ".csv"]
        if not files:
            raise Unreadable(Fault.NO_CSV, path)
        return {_plain(each.stem): _csv(each) for each in files}
    if path.suffix.lower() == ".csv":
        return {_plain(path.stem): _csv(path)}
    return _workbook(path)


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise Unreadable(Fault.TOO_LARGE, file)
    found = file.read_bytes()
    if not found.strip():
        raise Unreadable(Fault.EMPTY, file)
    return found


# ------------------------------------------------------------------------------------------------------------ workbooks


def _workbook(file: Path) -> Book:
    packed = _bytes(file)
    if packed.startswith(_SEALED):
        raise Unreadable(Fault.PASSWORD, file)
    try:
        if _vast(packed):
            raise Unreadable(Fault.TOO_LARGE, file)
        with CalamineWorkbook.from_object(BytesIO(packed)) as book:
            names = [each.name for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            return {_plain(name): _rows(map(_texts, book.get_sheet_by_name(name).iter_rows())) for name in names}
    except (CalamineError, BadZipFile, ZlibError, EOFError, RuntimeError) as error:
        raise Unreadable(Fault.NO_SPREADSHEET, file) from error


def _vast(packed: bytes) -> bool:
    with ZipFile(BytesIO(packed)) as parts:
        sheets = [each for each in parts.infolist() if each.filename.startswith("xl/worksheets/")]
        unpacked = sum(each.file_size for each in sheets)
        return unpacked > UNPACKED or any(_extent(parts.read(each)) > CELLS for each in sheets)


def _extent(sheet: bytes) -> int:
    """How many cells a sheet has, the empty ones included."""
    columns, last = set(), 0
    for cell in _CELL.finditer(sheet):
        columns.add(cell[1])
        last = max(last, int(cell[2]))
    return last * max(map(_column_number, columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _texts(row: Iterable[object]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return f"{value + timedelta(seconds=30):%Y-%m-%d %H:%M}"  # a fraction of a day is never quite a minute
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)


# ------------------------------------------------------------------------------------------------------------------ CSV


def _csv(file: Path) -> Sequence[Row]:
    try:
        written = _bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(Fault.NOT_UTF8, file) from error
    header = written.lstrip().partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    try:
        return _rows(csv.reader(StringIO(written, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable(Fault.QUOTES, file) from error


# ----------------------------------------------------------------------------------------------------------------- rows


def _rows(lines: Iterable[Sequence[str]]) -> Sequence[Row]:
    """Those below the first that holds anything, which names the columns; empty ones are left out."""
    numbered = ((number, [scrub(cell) for cell in line]) for number, line in enumerate(lines, 1))
    filled = ((number, line) for number, line in numbered if any(line))
    _, header = next(filled, (0, []))
    names = _names(header)
    return [Row(number, _cells(names, line)) for number, line in filled]


def _names(header: Sequence[str]) -> Sequence[str]:
    """Each once: what stands there a second time is told apart, and so is found to be no column that is known."""
    names: list[str] = []
    for number, cell in enumerate(header, 1):
        name = _plain(_ASIDE.sub(" ", cell).replace("-", ""))
        names.append(f"{name} ({_letters(number)})" if name and name in names else name)
    return names


def _cells(names: Sequence[str], line: Sequence[str]) -> Mapping[str, str]:
    """A value under no name is kept under its column's letter, so that it is not lost in silence."""
    unnamed = {_letters(n): cell for n, cell in enumerate(line, 1) if cell and (n > len(names) or not names[n - 1])}
    named = {name: "" for name in names if name}
    return {**named, **{name: cell for name, cell in zip(names, line, strict=False) if name}, **unnamed}


def _letters(number: int) -> str:
    """As a spreadsheet calls its columns: A, B … Z, AA …."""
    rest, last = divmod(number - 1, 26)
    return (_letters(rest) if rest else "") + chr(ord("A") + last)


def _plain(name: str) -> str:
    return " ".join(fold(name).split())
