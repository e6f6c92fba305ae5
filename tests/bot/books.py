"""A made-up pilot as its spreadsheet says it: two units, five people."""

from collections.abc import Mapping, Sequence

from bot.cells import Book, Row

OPENS: dict[str, Sequence[Mapping[str, str]]] = {
    "pilot": [
        {
            "key": "MAR", "name": "Marlin pumps", "zone": "America/New_York", "emergency": "5555",
            "incident link": "https://incidents.example",
        }
    ],
    "units": [{"name": "4 West"}, {"name": "ICU"}],
    "people": [
        {"name": "Maya Sample", "email": "maya@hospital.example", "job": "nurse", "units": "4 West"},
        {"name": "Ana Fable", "email": "ana@hospital.example", "job": "nurse", "units": "4 West, ICU"},
        {"name": "Ben Storybook", "email": "ben@hospital.example", "job": "nurse", "units": "ICU"},
        {"name": "Sam Pretend", "email": "sam@hospital.example", "job": "informatics", "units": ""},
        {"name": "Lee Madeup", "email": "lee@hospital.example", "job": "physician", "units": ""},
    ],
}  # fmt: skip
_ROLES = ("", "clinician, champion", "champion", "responder", "lead")
_TRAINED = ("", "yes", "no", "", "")
MAYA, ANA, BEN, SAM, LEE = (str(row["email"]) for row in OPENS["people"])


def book(**sheets: Sequence[Mapping[str, str]]) -> Book:
    """The whole workbook, with some sheets put in its place; their rows begin at number 2."""
    return only(**{"pilot": OPENS["pilot"], "units": OPENS["units"], "people": people()} | sheets)


def only(**sheets: Sequence[Mapping[str, str]]) -> Book:
    return {name: [_row(number, cells) for number, cells in enumerate(rows, 2)] for name, rows in sheets.items()}


def pilot(**cells: str) -> list[Mapping[str, str]]:
    return [{**OPENS["pilot"][0], **_spaced(cells)}]


def people(**changed: Mapping[str, str]) -> list[dict[str, str]]:
    """All five; by the first part of their e-mail, what is said of somebody else than usual."""
    usual = [
        {**row, "roles": roles, "trained": trained}
        for row, roles, trained in zip(OPENS["people"], _ROLES, _TRAINED, strict=True)
    ]
    return [{**row, **changed.get(row["email"].partition("@")[0], {})} for row in usual]


def without(email: str) -> list[dict[str, str]]:
    return [row for row in people() if row["email"] != email]


def _spaced(cells: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", " "): value for name, value in cells.items()}


def _row(number: int, cells: Mapping[str, str]) -> Row:
    return number, dict(cells)
