"""What a terminal reads of a roster: what an import changes, and what is wrong with a sheet."""

from collections.abc import Iterable, Iterator, Mapping

from bot import roster, rota
from bot.cards import clip
from bot.cells import LONGEST, Problem, Wrong
from bot.changes import Part, Report
from bot.language import sentences
from bot.messages.words import NAME
from bot.model import Reader

LISTED = 40  # rows of a kind that are listed one by one


# ------------------------------------------------------------------------------------------------------------ an import


def roster_report(report: Report, reader: Reader) -> list[str]:
    """For a terminal, line by line."""
    _ = sentences(reader).gettext
    if report.problems:
        return [*(roster_problem(each, reader) for each in report.problems), "", _("Nothing was changed.")]
    if not report.any:
        return [_("{pilot}: nothing to change, all of it is there already.").format(pilot=report.pilot)]
    end = _("This was a dry run: nothing was changed.") if report.dry_run else _("Done.")
    return [line for part in report.parts for line in _part(part, reader)] + ["", end]


def _part(part: Part, reader: Reader) -> Iterator[str]:
    _ = sentences(reader).gettext
    counts = (
        (len(part.added), _("{n} added")),
        (len(part.changed), _("{n} changed")),
        (len(part.removed), _("{n} removed")),
        (part.unchanged, _("{n} unchanged")),
    )
    said = ", ".join(words.format(n=n) for n, words in counts if n)
    yield _("{sheet}: {counts}").format(sheet=_sheet(part.sheet, reader), counts=said)
    yield from _listed("+", part.added, reader)
    for row in part.changed:
        cells = "; ".join(
            _("{column}: {old} -> {new}").format(column=column, old=old or _("(empty)"), new=new or _("(empty)"))
            for column, old, new in row.cells
        )
        yield f"  ~ {row.name}, {cells}"
    yield from _listed("-", part.removed, reader)


def _listed(sign: str, names: tuple[str, ...], reader: Reader) -> Iterator[str]:
    yield from (f"  {sign} {name}" for name in names[:LISTED])
    if len(names) > LISTED:
        _ = sentences(reader).gettext
        yield f"  {sign} " + _("and {n} more").format(n=len(names) - LISTED)


def first_admin(code: str, reader: Reader) -> str:
    return (
        sentences(reader)
        .gettext(
            "Nobody is an admin so far. Whoever is to keep the roster and the roles writes this line to the bot within "
            "24 hours: admin {code}\nIt works once. A code that was printed earlier does not work any more."
        )
        .format(code=code)
    )


# -------------------------------------------------------------------------------------------------------- what is wrong


def roster_unreadable(fault: str, file: str, reader: Reader) -> str:
    """Of a file that cannot be read at all; `fault` is one of `adapters.sheets.Fault`."""
    _ = sentences(reader).gettext
    said = {
        "empty": _("{file} is empty. Fill it in, and save it."),
        "too large": _("{file} is too large for a roster. Take away what is not needed, also empty rows far below."),
        "no spreadsheet": _("{file} is not a spreadsheet that can be read. Save it as .xlsx, or as CSV UTF-8."),
        "password": _("{file} has a password, or is an older .xls. Save it as .xlsx without a password."),
        "no CSV file in the folder": _("{file} holds no CSV file. Put pilot.csv, units.csv and people.csv into it."),
        "not UTF-8": _("{file} is not written in UTF-8: accents would be lost. Save it as CSV UTF-8."),
        "an open quotation mark": _("{file} has a quotation mark that is not closed. Close it, or save the file anew."),
    }
    return _("{sentence} Nothing was changed.").format(sentence=said[fault].format(file=file))


def roster_problem(problem: Problem, reader: Reader) -> str:
    """Where it stands, what is wrong, and what to do."""
    _ = sentences(reader).gettext
    where = [_sheet(problem.sheet, reader)]
    if problem.row is not None:
        where.append(_("row {n}").format(n=problem.row))
    if problem.column:
        where.append(problem.column)
    what = _wrong(reader)[problem.what].format(
        value=clip(problem.value, NAME), known=_some(problem.known), near=problem.near, limit=LONGEST
    )
    meant = _("Did you mean {near}?").format(near=problem.near) if problem.what in _MEANT and problem.near else ""
    return " ".join(filter(None, (f"{', '.join(where)}:", what, meant)))


_MEANT = {
    Wrong.UNKNOWN_SHEET, Wrong.UNKNOWN_COLUMN, Wrong.NOT_ONE_OF, Wrong.UNKNOWN_ZONE, Wrong.UNKNOWN_ROLE,
    Wrong.UNKNOWN_UNIT, Wrong.UNKNOWN_DEPUTY, rota.Problem.UNKNOWN_PERSON,
}  # fmt: skip


def _some(known: Iterable[str]) -> str:
    return clip(", ".join(known), LONGEST)


def _sheet(sheet: str, reader: Reader) -> str:
    _ = sentences(reader).gettext
    names = {
        roster.PILOT: _("Pilot"),
        roster.UNITS: _("Units"),
        roster.PEOPLE: _("People"),
        roster.ROTA: _("Rota"),
        roster.LADDER: _("Ladder"),
    }
    return names.get(sheet, sheet)


def _wrong(reader: Reader) -> Mapping[Wrong | rota.Problem, str]:
    return (
        _wrong_sheet(reader) | _wrong_cell(reader) | _wrong_person(reader) | _wrong_pilot(reader) | _wrong_rota(reader)
    )


def _wrong_sheet(reader: Reader) -> dict[Wrong | rota.Problem, str]:
    _ = sentences(reader).gettext
    return {
        Wrong.MISSING_SHEET: _(
            "this sheet is missing. A pilot is opened with the sheets Pilot, Units and People, or with a folder of "
            "pilot.csv, units.csv and people.csv."
        ),
        Wrong.UNKNOWN_SHEET: _("there is no sheet of that name."),
        Wrong.MISSING_COLUMN: _("this column is missing. Add it."),
        Wrong.UNKNOWN_COLUMN: _("there is no such column. It can have: {known}."),
        Wrong.NO_ROWS: _("there is nothing below the names of the columns. Fill it in, or take the sheet away."),
        Wrong.SEVERAL_ROWS: _("there is more than one row. A file is about one pilot."),
    }


def _wrong_cell(reader: Reader) -> dict[Wrong | rota.Problem, str]:
    _ = sentences(reader).gettext
    return {
        Wrong.NO_VALUE: _("this cell is empty. Fill it in."),
        Wrong.TOO_LONG: _("this is too long. Write {limit} characters at most."),
        Wrong.NOT_A_KEY: _("{value} is not a key. Write two to six letters: they stand before every issue's number."),
        Wrong.NOT_A_NUMBER: _("{value} cannot be taken. Write a number from {near} on, without its unit."),
        Wrong.NOT_A_WHOLE_NUMBER: _("{value} cannot be taken. Write a whole number from {near} on."),
        Wrong.NOT_A_DAY: _("{value} cannot be read. Write the day as 2026-05-04, or with the hour: 2026-05-04 07:00."),
        Wrong.NOT_A_LANGUAGE: _("{value} is not a language. Write its code, such as en or es."),
        Wrong.NOT_AN_EMAIL: _("{value} is not an e-mail address. Mend it."),
        Wrong.NOT_ONE_OF: _("{value} is not possible here. Write one of: {known}."),
        Wrong.UNKNOWN_ZONE: _("{value} is not a time zone. Write one such as America/New_York."),
        Wrong.TWICE: _("{value} stands on this sheet more than once. Change one of them, or take it away."),
    }


def _wrong_person(reader: Reader) -> dict[Wrong | rota.Problem, str]:
    _ = sentences(reader).gettext
    return {
        Wrong.UNKNOWN_ROLE: _("there is no role {value}. Write one or several of: {known}."),
        Wrong.UNKNOWN_UNIT: _("there is no unit {value}. Write one or several of: {known}."),
        Wrong.UNKNOWN_DEPUTY: _("{value} is nobody's e-mail on this sheet. Write that of a person who is on it."),
        Wrong.OWN_DEPUTY: _("nobody is their own deputy. Write somebody else, or nothing."),
        Wrong.TRAINED_OR_NOT: _("is this champion trained? Write yes or no; who is not gets no reports so far."),
        Wrong.NO_UNIT: _("a clinician or a champion works on a unit. Write one or several."),
        Wrong.ACCOUNT_TAKEN: _("the account {value} belongs to {known}. Write another one in the column account."),
        Wrong.TWICE_IN_ROW: _(
            "{value} stands in row {known} too. Each person has one row, and an account of their own."
        ),
    }


def _wrong_pilot(reader: Reader) -> dict[Wrong | rota.Problem, str]:
    _ = sentences(reader).gettext
    return {
        Wrong.UNIT_WITH_OPEN_ISSUES: _("{value} has open issues: {known}. Close them before its row is taken away."),
        Wrong.UNIT_WITH_RECORDS: _("{value} stays: the record of this pilot's reports needs it. Write its row again."),
        Wrong.UNIT_WITH_PEOPLE: _("people work on {value}: {known}. Give them another unit, in the same file."),
        Wrong.NO_LEAD: _("nobody is a lead. Give somebody the role lead."),
        Wrong.LAST_LEAD: _("nobody would be a lead any more: {value} was. Give somebody the role lead."),
        Wrong.LAST_ADMIN: _("nobody would be an admin any more: {value} was. Give somebody else the role admin first."),
        Wrong.STARTED: _("the pilot has started: its numbers are frozen. Write what stood here before."),
        Wrong.TOO_LATE: _("the target is over by then, so this step would never be taken. Write fewer hours."),
        Wrong.OTHER_PILOT: _("this file is about the pilot {value}, and {known} was asked for. Leave out --pilot."),
        Wrong.UNKNOWN_PILOT: _("there is no pilot {value}. There are: {known}."),
        Wrong.WHICH_PILOT: _("there are several pilots. Say which one is meant: --pilot with one of {known}."),
    }


def _wrong_rota(reader: Reader) -> dict[Wrong | rota.Problem, str]:
    """Columns and units are unknown there as on any other sheet, in the same words."""
    _ = sentences(reader).gettext
    return {
        rota.Problem.UNKNOWN_PERSON: _("{value} is not on the roster. Write a name or an e-mail of the People sheet."),
        rota.Problem.AMBIGUOUS: _("several are called {value}. Write the e-mail."),
        rota.Problem.UNREADABLE_TIME: _(
            "{value} cannot be read. Write 2026-05-04 07:00; or a day under starts, and day or night under ends."
        ),
        rota.Problem.ENDS_BEFORE_START: _("this is before the shift begins. Mend one of the two."),
        rota.Problem.TOO_LONG: _("this shift is longer than 24 hours. Mend it, or write several."),
        rota.Problem.OVERLAPS: _("this person is on shift already, by row {value}. Mend one of the two."),
        rota.Problem.DUPLICATE: _("the same shift stands in row {value}. Take one away."),
        rota.Problem.ON_SHIFT: _(
            "an earlier sheet has this person on a shift that began at {value}. Mend this row, or write that shift too."
        ),
    }
