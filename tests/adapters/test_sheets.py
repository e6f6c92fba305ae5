from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from adapters import sheets
from adapters.sheets import Fault, Unreadable
from bot import messages
from bot.model import Reader

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = {"day": 1, "instant": 2, "clock": 3}
_FORMATS = (0, 14, 22, 20)  # Excel's numbers for: general, a day, a day and time, a time


def text(words: str) -> str:
    return f't="inlineStr"><is><t xml:space="preserve">{escape(words)}</t></is>'


def number(value: float, style: str = "") -> str:
    return f's="{_STYLES.get(style, 0)}"><v>{value}</v>'


def formula(shown: str) -> str:
    return f't="str"><f>A1&amp;A2</f><v>{escape(shown)}</v>'


def workbook(file: Path, **pages: Sequence[Sequence[str]]) -> Path:
    """A real .xlsx, as small as one can be. A cell that is empty is not written, as Excel does it."""
    names = list(pages)
    targets = [f"worksheets/sheet{n}.xml" for n in range(1, len(names) + 1)]
    with ZipFile(file, "w", ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", _types())
        parts.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        listed = "".join(
            f"<sheet name={quoteattr(name)} sheetId='{n}' r:id='r{n}'/>" for n, name in enumerate(names, 1)
        )
        parts.writestr(
            "xl/workbook.xml", f"<workbook xmlns='{_MAIN}' xmlns:r='{_REL}'><sheets>{listed}</sheets></workbook>"
        )
        found = [*(("worksheet", target) for target in targets), ("styles", "styles.xml")]
        parts.writestr("xl/_rels/workbook.xml.rels", _relations(found))
        styles = "".join(f"<xf numFmtId='{each}'/>" for each in _FORMATS)
        parts.writestr("xl/styles.xml", f"<styleSheet xmlns='{_MAIN}'><cellXfs>{styles}</cellXfs></styleSheet>")
        for target, rows in zip(targets, pages.values(), strict=True):
            parts.writestr(f"xl/{target}", _sheet(rows))
    return file


def _types() -> str:
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return (
        f"<Types xmlns='{_PACKAGE}/content-types'><Default Extension='xml' ContentType='application/xml'/>"
        "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
        f"<Override PartName='/xl/workbook.xml' ContentType='{main}'/></Types>"
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f"<Relationship Id='r{n}' Type='{_REL}/{kind}' Target='{target}'/>"
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f"<Relationships xmlns='{_PACKAGE}/relationships'>{listed}</Relationships>"


def _sheet(rows: Sequence[Sequence[str]]) -> str:
    written = "".join(
        f"<row r='{n}'>{''.join(_cell(n, column, cell) for column, cell in enumerate(row) if cell)}</row>"
        for n, row in enumerate(rows, 1)
    )
    return f"<worksheet xmlns='{_MAIN}'><sheetData>{written}</sheetData></worksheet>"


def _cell(row: int, column: int, cell: str) -> str:
    return f'<c r="{chr(ord("A") + column)}{row}" {cell}</c>'


def rows(book: sheets.Book, sheet: str) -> list[tuple[int, Mapping[str, str]]]:
    return [(row.number, row.cells) for row in book[sheet]]


# ------------------------------------------------------------------------------------------------------------ workbooks


def test_a_workbook_is_read_by_sheet_row_and_column(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "pilot.xlsx",
        People=[
            [text("Name"), text("E-Mail")],
            [text("Maya Sample"), text("maya@hospital.example")],
            [],
            [text("Ana")],
        ],
        Units=[[text("name")], [text("4 West")]],
    )
    book = sheets.read(file)
    assert rows(book, "people") == [
        (2, {"name": "Maya Sample", "email": "maya@hospital.example"}),
        (4, {"name": "Ana", "email": ""}),
    ]
    assert rows(book, "units") == [(2, {"name": "4 West"})]


def test_numbers_days_and_ticks_become_what_one_sees(tmp_path: Path) -> None:
    header = [text(each) for each in "abcdef"]
    seven = 46146 + 7 / 24 - 1e-6  # as it comes out where a spreadsheet has reckoned
    cells = [number(24), number(0.5), number(46146, "day"), number(seven, "instant"), number(7 / 24, "clock")]
    file = workbook(tmp_path / "pilot.xlsx", Pilot=[header, [*cells, 't="b"><v>1</v>']])
    [(_, found)] = rows(sheets.read(file), "pilot")
    assert list(found.values()) == ["24", "0.5", "2026-05-04", "2026-05-04 07:00", "07:00", "yes"]


def test_of_a_formula_the_value_is_read_and_of_a_broken_one_nothing(tmp_path: Path) -> None:
    broken = 't="e"><f>1/0</f><v>#DIV/0!</v>'
    file = workbook(tmp_path / "people.xlsx", People=[[text("name"), text("job")], [formula("Maya Sample"), broken]])
    assert rows(sheets.read(file), "people") == [(2, {"name": "Maya Sample", "job": ""})]


def test_a_column_is_known_however_it_is_spelt(tmp_path: Path) -> None:
    header = [text(each) for each in (" Incident_Link ", "AFTER (hours)", "Zoné", "keeps\nidentity-days")]
    file = workbook(tmp_path / "pilot.xlsx", Pilot=[header, [text("x")] * 4])
    assert list(sheets.read(file)["pilot"][0].cells) == ["incident link", "after", "zone", "keeps identity days"]


def test_the_names_of_the_columns_may_stand_lower_down(tmp_path: Path) -> None:
    file = workbook(tmp_path / "units.xlsx", Units=[[], ["", text("name")], [], ["", text("4 West")]])
    assert rows(sheets.read(file), "units") == [(4, {"name": "4 West"})]


def test_a_value_without_a_column_is_kept_under_its_letter(tmp_path: Path) -> None:
    file = workbook(tmp_path / "units.xlsx", Units=[[text("name")], [text("ICU"), "", text("lost")]])
    assert rows(sheets.read(file), "units") == [(2, {"name": "ICU", "C": "lost"})]


def test_a_column_that_stands_twice_is_told_apart(tmp_path: Path) -> None:
    file = workbook(tmp_path / "units.xlsx", Units=[[text("name"), text("Name")], [text("ICU"), text("4 West")]])
    assert rows(sheets.read(file), "units") == [(2, {"name": "ICU", "name (B)": "4 West"})]


def test_what_nobody_sees_is_taken_out(tmp_path: Path) -> None:
    file = workbook(tmp_path / "units.xlsx", Units=[[text("name")], [text(" I\u200bCU\u202e ")]])
    assert rows(sheets.read(file), "units") == [(2, {"name": "ICU"})]


def test_an_empty_sheet_has_no_rows(tmp_path: Path) -> None:
    book = sheets.read(workbook(tmp_path / "pilot.xlsx", Rota=[], Ladder=[[text("severity")]]))
    assert (list(book["rota"]), list(book["ladder"])) == ([], [])


# ------------------------------------------------------------------------------------------------------------------ CSV


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_file_is_read_however_it_was_saved(tmp_path: Path, delimiter: str, end: str, mark: str) -> None:
    lines = ('"name";units', 'Zoë Sample;"4 West, ICU"', "", "Ana Fable;ICU")
    file = tmp_path / "People.CSV"
    written = mark + end.join(lines).replace(";", delimiter)
    file.write_text(written, encoding="utf-8", newline="")
    assert rows(sheets.read(file), "people") == [
        (2, {"name": "Zoë Sample", "units": "4 West, ICU"}),
        (4, {"name": "Ana Fable", "units": "ICU"}),
    ]


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "pilot.csv").write_text("key,name\nMAR,Marlin pumps\n")
    (tmp_path / "units.csv").write_text("name\n4 West\nICU\n")
    (tmp_path / "notes.txt").write_text("not for the bot")
    book = sheets.read(tmp_path)
    assert sorted(book) == ["pilot", "units"]
    assert rows(book, "units") == [(2, {"name": "4 West"}), (3, {"name": "ICU"})]


def test_a_short_line_has_empty_cells_and_a_long_one_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,job\nMaya\nAna,nurse,more\n")
    assert rows(sheets.read(file), "people") == [
        (2, {"name": "Maya", "job": ""}),
        (3, {"name": "Ana", "job": "nurse", "C": "more"}),
    ]


def test_a_cell_may_have_several_lines(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text('name,job\nMaya,"nurse\nof nights"\nAna,nurse\n')
    assert [row.number for row in sheets.read(file)["people"]] == [2, 3]


# -------------------------------------------------------------------------------------------------- what cannot be read


def fault(file: Path) -> Fault:
    with pytest.raises(Unreadable) as found:
        sheets.read(file)
    return found.value.fault


def written(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("name", ["people.csv", "pilot.xlsx"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, name: str) -> None:
    assert fault(written(tmp_path / name, b"")) is Fault.EMPTY
    assert fault(written(tmp_path / name, b" \r\n")) is Fault.EMPTY


@pytest.mark.parametrize("name", ["people.csv", "pilot.xlsx"])
def test_a_file_of_ten_megabytes_is_not_opened(tmp_path: Path, name: str) -> None:
    assert fault(written(tmp_path / name, b"x" * 10_000_000)) is Fault.TOO_LARGE


def test_what_is_no_spreadsheet_is_said_to_be_none(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", People=[[text("name")]]).read_bytes()
    archive = BytesIO()
    with ZipFile(archive, "w") as parts:
        parts.writestr("a letter.txt", "Dear all")
    for content in (b"\x89PNG\r\n\x1a\n" + bytes(500), b"%PDF-1.7", whole[:300], archive.getvalue()):
        assert fault(written(tmp_path / "pilot.xlsx", content)) is Fault.NO_SPREADSHEET


def test_a_workbook_with_a_password_is_said_to_have_one(tmp_path: Path) -> None:
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # with which Excel begins whatever it encrypts
    assert fault(written(tmp_path / "pilot.xlsx", container + bytes(7_000))) is Fault.PASSWORD


def test_a_stray_cell_far_out_does_not_fill_the_memory(tmp_path: Path) -> None:
    file = workbook(tmp_path / "pilot.xlsx", People=[[text("name")]])
    row = "<row r='1048576'><c r=\"XFD1048576\"><v>1</v></c></row>"
    far = f"<worksheet xmlns='{_MAIN}'><sheetData>{row}</sheetData></worksheet>"
    packed = BytesIO()
    with ZipFile(file) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, far if "sheet1" in part.filename else old.read(part))
    assert fault(written(file, packed.getvalue())) is Fault.TOO_LARGE


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "pilot.xlsx"
    with ZipFile(file, "w", ZIP_DEFLATED) as parts, parts.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(101):
            part.write(b" " * 1_000_000)
    assert file.stat().st_size < sheets.LARGEST
    assert fault(file) is Fault.TOO_LARGE


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_another_encoding_is_not_guessed_at(tmp_path: Path, encoding: str) -> None:
    assert fault(written(tmp_path / "people.csv", "name\nZoë Sample\n".encode(encoding))) is Fault.NOT_UTF8


def test_an_open_quotation_mark_does_not_swallow_the_rest(tmp_path: Path) -> None:
    assert fault(written(tmp_path / "people.csv", b'name,job\n"Maya,nurse\nAna,nurse\n')) is Fault.QUOTES


def test_a_folder_without_a_csv_file_is_said_to_have_none(tmp_path: Path) -> None:
    assert fault(tmp_path) is Fault.NO_CSV


def test_every_fault_has_its_sentence() -> None:
    for each in Fault:
        said = messages.roster_unreadable(each, "people.csv", Reader("UTC"))
        assert said.startswith("people.csv "), said
        assert said.endswith(". Nothing was changed."), said
