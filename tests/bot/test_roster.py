from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot import changes, messages, rota
from bot.cells import LONGEST, Book, Problem, Wrong
from bot.changes import Report
from bot.ladder import RUNGS
from bot.model import Address, Audience, Nameless, Needs, Person, PersonId, Reader, Role, Rung, Severity, UnitId
from bot.roster import ALLOWED, NEEDED, SHEETS, Roster, read
from tests.bot.books import ANA, BEN, LEE, MAYA, SAM, book, only, people, pilot, without

NOW = datetime(2026, 5, 1, 14, tzinfo=UTC)
READER = Reader("UTC")
_ids = count(1)


def opened(given: Book | None = None) -> Roster:
    """The roster of a book in which nothing is wrong."""
    found = read(given or book(), None, nobody, lambda: next(_ids), NOW)
    assert found.problems == ()
    assert found.roster
    return found.roster


def again(given: Book, before: Roster, left: Mapping[str, Person] | None = None) -> Roster:
    found = read(given, before, (left or {}).get, lambda: next(_ids), NOW)
    assert found.problems == ()
    assert found.roster
    return found.roster


def wrong(given: Book, before: Roster | None = None) -> list[Problem]:
    return list(read(given, before, nobody, lambda: next(_ids), NOW).problems)


def nobody(_email: str) -> None:
    return None


def who(roster: Roster, email: str) -> Person:
    return next(person for person in roster.people if person.email == email)


def named(roster: Roster, units: Sequence[UnitId]) -> list[str]:
    return [unit.name for each in units for unit in roster.units if unit.id == each]


# ------------------------------------------------------------------------------------------------------ opening a pilot


def test_a_pilot_is_opened_with_what_a_first_spreadsheet_says() -> None:
    roster = opened()
    of = roster.pilot
    assert (of.key, of.name, of.zone, of.emergency) == ("MAR", "Marlin pumps", "America/New_York", "5555")
    assert (of.language, of.target, of.fix_team) == ("en", timedelta(hours=24), "fix team")
    assert (of.starts_at, of.nameless, of.keeps_identity) == (None, Nameless.HANDLE, timedelta(days=30))
    assert [person.name for person in roster.people] == [
        "Maya Sample", "Ana Fable", "Ben Storybook", "Sam Pretend", "Lee Madeup",
    ]  # fmt: skip
    assert roster.rungs == RUNGS


def test_the_whole_pilot_gets_a_unit_of_its_own_for_the_fix_team() -> None:
    roster = opened()
    assert [(unit.name, unit.channel, unit.wide) for unit in roster.units] == [
        ("4 West", Address("local", "channel", "4-west"), False),
        ("ICU", Address("local", "channel", "icu"), False),
        ("All units", Address("local", "channel", "fix-team"), True),
    ]


def test_a_sheet_can_name_the_wide_unit_itself() -> None:
    given = [{"name": "4 West", "wide": ""}, {"name": "ICU", "wide": "no"}, {"name": "Command centre", "wide": "yes"}]
    assert [(unit.name, unit.wide) for unit in opened(book(units=given)).units] == [
        ("4 West", False), ("ICU", False), ("Command centre", True),
    ]  # fmt: skip


def test_people_are_what_their_row_says_and_the_rest_is_the_pilots() -> None:
    roster = opened()
    maya, ana, sam = who(roster, MAYA), who(roster, ANA), who(roster, SAM)
    assert maya.roles == {Role.CLINICIAN}
    assert (maya.address, maya.zone, maya.language, maya.on_duty) == (
        Address("local", "person", "maya-sample"), "America/New_York", "en", False,
    )  # fmt: skip
    assert ana.roles == {Role.CLINICIAN, Role.CHAMPION}
    assert (named(roster, ana.units), named(roster, [ana.unit])) == (["4 West", "ICU"], ["4 West"])
    assert (ana.trained, who(roster, BEN).trained) == (True, False)
    assert named(roster, [sam.unit]) == ["All units"]  # the fix team stands over all of them


def test_in_slack_somebody_is_known_by_their_email_unless_the_sheet_names_their_member_id() -> None:
    first = opened(book(people=people(maya={"platform": "slack"}, ana={"platform": "slack", "account": "U0ANA"})))
    assert who(first, MAYA).address == Address("slack", "person", MAYA)
    assert who(first, ANA).address == Address("slack", "person", "U0ANA")
    after = again(book(), first)  # a column that is not there leaves what is
    assert who(after, ANA).address == Address("slack", "person", "U0ANA")


def test_everything_that_can_be_said_of_a_pilot_is_read() -> None:
    given = pilot(
        language="es", target_hours="12", fix_team="pump team", starts="2026-05-04 07:00", nameless="strict",
        keeps_identity_days="14",
    )  # fmt: skip
    of = opened(book(pilot=given)).pilot
    assert (of.language, of.target, of.fix_team) == ("es", timedelta(hours=12), "pump team")
    assert of.starts_at == datetime(2026, 5, 4, 11, tzinfo=UTC)
    assert (of.nameless, of.keeps_identity) == (Nameless.STRICT, timedelta(days=14))


def test_a_unit_has_a_channel_a_wave_and_a_first_day() -> None:
    given = [
        {"name": "4 West", "channel": "C0123", "platform": "slack", "wave": "2", "live": "2026-05-11"},
        {"name": "ICU", "channel": "", "platform": "", "wave": "", "live": ""},
    ]
    west, icu, _wide = opened(book(units=given)).units
    assert (west.channel, west.wave) == (Address("slack", "channel", "C0123"), 2)
    assert west.live_at == datetime(2026, 5, 11, 4, tzinfo=UTC)
    assert (icu.channel.id, icu.wave, icu.live_at) == ("icu", 1, None)


def test_a_deputy_may_stand_below_whom_they_stand_in_for() -> None:
    roster = opened(book(people=people(ana={"deputy": "BEN@hospital.example"}, ben={"deputy": ""})))
    assert who(roster, ANA).deputy == who(roster, BEN).id
    assert who(roster, BEN).deputy is None


def test_a_ladder_takes_the_place_of_the_default_for_the_severities_it_speaks_of() -> None:
    given = [
        {"severity": "3", "after": "6", "needs": "not addressed", "tell": "lead, safety officer", "every": "2"},
        {"severity": "3", "after": "0,5", "needs": "Nobody owns it", "tell": "responders", "every": ""},
    ]
    rungs = opened(book(ladder=given)).rungs
    assert rungs[Severity.SLOWS_WORK] == (
        Rung(timedelta(minutes=30), Needs.UNOWNED, (Audience.RESPONDERS,)),
        Rung(timedelta(hours=6), Needs.UNADDRESSED, (Audience.LEAD, Audience.SAFETY), timedelta(hours=2)),
    )
    assert rungs[Severity.PATIENT_AT_RISK] == RUNGS[Severity.PATIENT_AT_RISK]


def test_a_rota_speaks_of_the_people_and_units_beside_it() -> None:
    given = [{"person": "Ana Fable", "unit": "icu", "starts": "2026-05-04", "ends": "night"}]
    roster = opened(book(rota=given))
    [shift] = roster.shifts
    assert (shift.person, named(roster, [shift.unit])) == (who(roster, ANA).id, ["ICU"])
    assert shift.starts_at == datetime(2026, 5, 4, 23, tzinfo=UTC)


def test_empty_sheets_for_later_are_nothing() -> None:
    assert opened(book(rota=[], ladder=[])).shifts == ()


# ------------------------------------------------------------------------------------------------------------ once more


def test_the_same_spreadsheet_changes_nothing() -> None:
    before = opened()
    parts = changes.compare(before, again(book(), before)).parts()
    assert [part.any for part in parts] == [False] * len(parts)
    assert {part.sheet: part.unchanged for part in parts if part.sheet != "ladder"} == {
        "pilot": 1, "units": 3, "people": 5,
    }  # fmt: skip


def test_a_column_that_is_not_there_leaves_what_is() -> None:
    before = opened(book(pilot=pilot(target_hours="12"), people=people(ana={"deputy": BEN})))
    short = [{key: row[key] for key in ("name", "email", "job", "units")} for row in people()]
    after = again(book(people=short), before)
    assert after.pilot.target == timedelta(hours=12)
    assert who(after, ANA) == who(before, ANA)


def test_an_empty_cell_means_the_default() -> None:
    before = opened(book(pilot=pilot(target_hours="12")))
    assert again(book(pilot=pilot(target_hours="")), before).pilot.target == timedelta(hours=24)


def test_a_sheet_alone_leaves_the_others() -> None:
    before = opened()
    after = again(only(people=people(maya={"job": "charge nurse"})), before)
    assert (after.pilot, after.units) == (before.pilot, before.units)
    [part] = [part for part in changes.compare(before, after).parts() if part.any]
    assert (part.sheet, part.unchanged) == ("people", 4)
    [changed] = part.changed
    assert (changed.name, changed.cells) == (f"Maya Sample ({MAYA})", (("job", "nurse", "charge nurse"),))


def test_an_email_is_the_same_in_capitals() -> None:
    before = opened()
    assert who(again(book(people=people(maya={"email": MAYA.upper()})), before), MAYA) == who(before, MAYA)


def test_where_somebody_works_tonight_is_not_undone() -> None:
    before = opened()
    ana = who(before, ANA)
    moved = replace(ana, unit=ana.units[1], on_duty=True)
    before = replace(before, people=tuple(moved if each.id == ana.id else each for each in before.people))
    assert who(again(book(), before), ANA) == moved


def test_a_new_email_for_the_same_account_is_the_same_person() -> None:
    before = opened()
    after = again(book(people=people(maya={"email": "m.sample@hospital.example"})), before)
    assert who(after, "m.sample@hospital.example").id == who(before, MAYA).id


def test_another_name_keeps_the_account() -> None:
    before = opened()
    after = again(book(people=people(maya={"name": "Maya Example"})), before)
    assert who(after, MAYA).address == who(before, MAYA).address


def test_whoever_is_back_is_who_they_were() -> None:
    before = opened(book(people=without(MAYA)))
    gone = replace(who(opened(), MAYA), id=PersonId(77), active=False, deputy=PersonId(5))
    back = who(again(book(), before, {MAYA: gone}), MAYA)
    assert (back.id, back.active, back.deputy) == (77, True, None)


def test_whoever_is_back_does_not_bring_their_roles_along() -> None:
    before = opened(book(people=without(MAYA)))
    gone = replace(who(opened(), MAYA), roles=frozenset({Role.ADMIN}), active=False)
    assert who(again(book(), before, {MAYA: gone}), MAYA).roles == {Role.CLINICIAN}


def test_the_role_of_an_admin_is_not_taken_by_an_older_sheet() -> None:
    before = opened(book(people=people(lee={"roles": "lead, admin"})))
    assert who(again(book(), before), LEE).roles == {Role.LEAD, Role.ADMIN}


def test_who_is_removed_is_nobodys_deputy_any_more() -> None:
    before = opened(book(people=people(ana={"deputy": BEN})))
    short = [{key: row[key] for key in ("name", "email", "job", "units")} for row in without(BEN)]
    assert who(again(book(people=short), before), ANA).deputy is None


# -------------------------------------------------------------------------------------------------------- what is wrong

WRONG: list[tuple[Book, str, str]] = [
    (only(pilot=pilot(), units=[{"name": "ICU"}]), "People:", "this sheet is missing"),
    (only(peopel=people()), "peopel:", "Did you mean people?"),
    (book(people=[]), "People:", "nothing below the names of the columns"),
    (book(people=[{k: v for k, v in row.items() if k != "email"} for row in people()]), "People, email:", "missing"),
    (book(people=[{**row, "emial": ""} for row in people()]), "People, emial:", "Did you mean email?"),
    (book(people=[*people(), {"name": "Maya", "F": "lost"}]), "People, F:", "no such column"),
    (book(people=people(maya={"email": ""})), "People, row 2, email:", "empty"),
    (book(people=people(maya={"email": "maya at home"})), "People, row 2, email:", "maya at home is not an e-mail"),
    (book(people=people(maya={"email": ANA.upper()})), "People, row 3, email:", f"{ANA} stands in row 2 too"),
    (book(people=people(maya={"name": ""})), "People, row 2, name:", "empty"),
    (book(people=people(maya={"job": "x" * (LONGEST + 1)})), "People, row 2, job:", "too long"),
    (book(people=people(maya={"units": ""})), "People, row 2, units:", "works on a unit"),
    (book(people=people(maya={"units": "4 Wets"})), "People, row 2, units:", "Did you mean 4 West?"),
    (book(people=people(ana={"roles": "clinician, champoin"})), "People, row 3, roles:", "Did you mean champion?"),
    (book(people=people(ana={"trained": ""})), "People, row 3, trained:", "is this champion trained?"),
    (book(people=people(ana={"trained": "soon"})), "People, row 3, trained:", "soon is not possible here"),
    (book(people=people(maya={"zone": "America/New York"})), "People, row 2, zone:", "Did you mean America/New_York?"),
    (book(people=people(maya={"language": "../en"})), "People, row 2, language:", "../en is not a language"),
    (book(people=people(maya={"deputy": MAYA})), "People, row 2, deputy:", "their own deputy"),
    (book(people=people(maya={"deputy": "bne@hospital.example"})), "People, row 2, deputy:", f"Did you mean {BEN}?"),
    (book(people=people(maya={"platform": "slak"})), "People, row 2, platform:", "Did you mean slack?"),
    (book(people=people(maya={"platform": "teams"})), "People, row 2, account:", "empty"),
    (book(people=people(ben={"name": "Maya  Sample"})), "People, row 4, account:", "maya-sample stands in row 2 too"),
    (book(people=without(LEE)), "People:", "nobody is a lead"),
    (book(pilot=pilot(key="M")), "Pilot, row 2, key:", "M is not a key"),
    (book(pilot=pilot(key="MARLINS")), "Pilot, row 2, key:", "two to six letters"),
    (book(pilot=pilot(key="M4R")), "Pilot, row 2, key:", "M4R is not a key"),
    (book(pilot=pilot(zone="Mars/Olympus")), "Pilot, row 2, zone:", "Mars/Olympus is not a time zone"),
    (book(pilot=pilot(zone="")), "Pilot, row 2, zone:", "empty"),
    (book(pilot=pilot(emergency="")), "Pilot, row 2, emergency:", "empty"),
    (book(pilot=pilot(target_hours="a day")), "Pilot, row 2, target hours:", "a day cannot be taken"),
    (book(pilot=pilot(target_hours="0")), "Pilot, row 2, target hours:", "a number from 1 on"),
    (book(pilot=pilot(keeps_identity_days="1.5")), "Pilot, row 2, keeps identity days:", "whole number"),
    (book(pilot=pilot(starts="05/04/2026")), "Pilot, row 2, starts:", "2026-05-04"),
    (book(pilot=pilot(starts="2026-02-30")), "Pilot, row 2, starts:", "2026-02-30 cannot be read"),
    (book(pilot=pilot(nameless="never")), "Pilot, row 2, nameless:", "one of: handle, strict"),
    (book(pilot=[*pilot(), *pilot(key="ICU")]), "Pilot:", "more than one row"),
    (book(units=[{"name": "4 West"}, {"name": "ICU"}, {"name": "icu"}]), "Units, row 4, name:", "more than once"),
    (book(units=[{"name": "4 West"}, {"name": "ICU"}, {"name": "fix team"}]), "Units, row 4, channel:", "fix-team"),
    (book(units=[{"name": each, "wide": "yes"} for each in ("4 West", "ICU")]), "Units, row 3, wide:", "more than"),
    (book(units=[{"name": "4 West", "wave": "0"}, {"name": "ICU", "wave": ""}]), "Units, row 2, wave:", "from 1 on"),
]


@pytest.mark.parametrize(("given", "where", "what"), WRONG, ids=[f"{where} {what}" for _, where, what in WRONG])
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(given: Book, where: str, what: str) -> None:
    said = [messages.roster_problem(problem, READER) for problem in wrong(given)]
    assert [each for each in said if each.startswith(f"{where} ") and what in each], said


def test_all_that_is_wrong_is_said_at_once() -> None:
    given = book(pilot=pilot(zone="Mars"), people=people(maya={"units": "5 West"}, ana={"roles": "boss"}))
    assert [problem.what for problem in wrong(given)] == [Wrong.UNKNOWN_ZONE, Wrong.UNKNOWN_UNIT, Wrong.UNKNOWN_ROLE]


LADDER = {"severity": "3", "after": "2", "needs": "not addressed", "tell": "lead", "every": ""}


@pytest.mark.parametrize(
    ("cells", "where", "what"),
    [
        ({"severity": "5"}, "Ladder, row 2, severity:", "one of: 1, 2, 3, 4"),
        ({"severity": ""}, "Ladder, row 2, severity:", "empty"),
        ({"after": "soon"}, "Ladder, row 2, after:", "soon cannot be taken"),
        ({"after": "24"}, "Ladder, row 2, after:", "never be taken"),
        ({"needs": "still open"}, "Ladder, row 2, needs:", "nobody owns it, not addressed"),
        ({"tell": "leads"}, "Ladder, row 2, tell:", "Did you mean lead?"),
        ({"tell": ""}, "Ladder, row 2, tell:", "empty"),
        ({"every": "-1"}, "Ladder, row 2, every:", "-1 cannot be taken"),
    ],
)
def test_a_ladder_that_is_wrong_is_not_taken(cells: Mapping[str, str], where: str, what: str) -> None:
    [problem] = wrong(book(ladder=[{**LADDER, **cells}]))
    said = messages.roster_problem(problem, READER)
    assert said.startswith(where), said
    assert what in said


def test_a_step_for_what_nobody_owns_may_come_after_the_target() -> None:
    late = {**LADDER, "after": "30", "needs": "nobody owns it"}
    assert opened(book(ladder=[late])).rungs[Severity.SLOWS_WORK][0].after == timedelta(hours=30)


SHIFT = {"person": ANA, "unit": "ICU", "starts": "2026-05-04 07:00", "ends": "2026-05-04 19:00"}


@pytest.mark.parametrize(
    ("rows", "where", "what"),
    [
        ([{**SHIFT, "person": "Ana Fabel"}], "Rota, row 2, person:", "Did you mean Ana Fable?"),
        ([{**SHIFT, "unit": "5 West"}], "Rota, row 2, unit:", "one or several of: 4 West, ICU, All units"),
        ([{**SHIFT, "starts": "Monday"}], "Rota, row 2, starts:", "Monday cannot be read"),
        ([{**SHIFT, "ends": "2026-05-04 06:00"}], "Rota, row 2, ends:", "before the shift begins"),
        ([{**SHIFT, "ends": "2026-05-06 06:00"}], "Rota, row 2, ends:", "longer than 24 hours"),
        ([SHIFT, SHIFT], "Rota, row 3, starts:", "the same shift stands in row 2"),
        ([SHIFT, {**SHIFT, "starts": "2026-05-04 18:00", "ends": "2026-05-05 06:00"}], "Rota, row 3,", "by row 2"),
        ([{key: SHIFT[key] for key in ("person", "starts", "ends")}], "Rota, unit:", "missing"),
        ([{**SHIFT, "untis": "ICU"}], "Rota, untis:", "Did you mean unit?"),
    ],
)
def test_a_rota_that_is_wrong_is_not_taken(rows: Sequence[Mapping[str, str]], where: str, what: str) -> None:
    said = [messages.roster_problem(problem, READER) for problem in wrong(book(rota=rows))]
    assert [each for each in said if each.startswith(where) and what in each], said


def test_every_problem_has_its_sentence() -> None:
    for what in (*Wrong, *rota.Problem):
        said = messages.roster_problem(Problem("people", what, 7, "name", "4711", "4712", ("4713",)), READER)
        assert said.startswith("People, row 7, name: "), said
        assert said.endswith((".", "?")), said
        assert "{" not in said, said


# ----------------------------------------------------------------------------------------------------- as a whole pilot


def test_the_only_lead_cannot_be_taken_off() -> None:
    [problem] = wrong(book(people=without(LEE)), opened())
    assert (problem.what, problem.value) == (Wrong.LAST_LEAD, "Lee Madeup")


def test_the_only_admin_cannot_be_taken_off() -> None:
    both = {"ana": {"roles": "lead"}, "lee": {"roles": "admin"}}
    left = [row for row in people(**both) if row["email"] != LEE]
    [problem] = wrong(book(people=left), opened(book(people=people(**both))))
    assert (problem.what, problem.value) == (Wrong.LAST_ADMIN, "Lee Madeup")


STARTED = pilot(starts="2026-04-27")


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (book(pilot=pilot(starts="2026-04-27", target_hours="48")), "Pilot, row 2, target hours:"),
        (book(pilot=pilot(starts="2026-05-27")), "Pilot, row 2, starts:"),
        (book(pilot=STARTED, ladder=[LADDER]), "Ladder:"),
    ],
)
def test_the_numbers_of_a_pilot_are_frozen_when_it_starts(given: Book, where: str) -> None:
    [problem] = wrong(given, opened(book(pilot=STARTED)))
    assert messages.roster_problem(problem, READER).startswith(f"{where} the pilot has started")


def test_the_numbers_can_be_changed_until_then() -> None:
    before = opened(book(pilot=pilot(starts="2026-05-02")))
    after = again(book(pilot=pilot(starts="2026-05-09", target_hours="48"), ladder=[LADDER]), before)
    assert after.pilot.target == timedelta(hours=48)
    assert len(after.rungs[Severity.SLOWS_WORK]) == 1


def test_everything_else_can_be_changed_after_it() -> None:
    before = opened(book(pilot=STARTED))
    assert again(book(pilot=pilot(starts="2026-04-27", emergency="4444")), before).pilot.emergency == "4444"


# ------------------------------------------------------------------------------------------------------ what is printed


def printed(before: Roster | None, given: Book, *, dry_run: bool = False) -> list[str]:
    after = opened(given) if before is None else again(given, before)
    report = Report(after.pilot.key, parts=changes.compare(before, after).parts(), dry_run=dry_run)
    return messages.roster_report(report, READER)


def test_the_report_says_what_was_added_changed_and_removed() -> None:
    rows = people(maya={"job": "charge nurse", "units": "ICU, 4 West"})
    new = {"name": "Rosa Specimen", "email": "rosa@hospital.example", "job": "nurse", "units": "ICU"}
    lines = printed(opened(), only(people=[*(row for row in rows if row["email"] != BEN), {**rows[0], **new}]))
    at = lines.index("People: 1 added, 1 changed, 1 removed, 3 unchanged")
    assert lines[at + 1 : at + 4] == [
        "  + Rosa Specimen (rosa@hospital.example)",
        f"  ~ Maya Sample ({MAYA}), job: nurse -> charge nurse; units: 4 West -> 4 West, ICU",
        f"  - Ben Storybook ({BEN})",
    ]
    assert lines[-1] == "Done."


def test_a_day_is_printed_as_it_was_written() -> None:
    lines = printed(opened(book(pilot=pilot(starts="2026-05-04"))), book(pilot=pilot(starts="2026-05-11 07:00")))
    assert "  ~ MAR, starts: 2026-05-04 -> 2026-05-11 07:00" in lines


def test_a_dry_run_says_that_it_was_one() -> None:
    lines = printed(None, book(), dry_run=True)
    assert "People: 5 added" in lines
    assert lines[-1] == "This was a dry run: nothing was changed."


def test_a_report_without_a_change_says_so() -> None:
    assert printed(opened(), book()) == ["MAR: nothing to change, all of it is there already."]


def test_a_long_list_is_cut_short() -> None:
    row = people()[0]
    many = [{**row, "name": f"Nurse {n}", "email": f"n{n}@hospital.example"} for n in range(60)]
    lines = printed(None, book(people=[*people(), *many]))
    assert "  + and 25 more" in lines


# --------------------------------------------------------------------------------------------------------- the document

DOCUMENT = (Path(__file__).parents[2] / "docs/roster.md").read_text(encoding="utf-8")


def table(part: str) -> list[list[str]]:
    """The cells of its lines, of the names of columns too."""
    lines = [line for line in part.splitlines() if line.startswith("|") and not line.startswith("|--")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def documented(sheet: str) -> str:
    return DOCUMENT.partition(f"\n## {sheet.capitalize()}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_column_is_documented_and_nothing_else_is(sheet: str) -> None:
    columns = [row[0] for row in table(documented(sheet).partition("\nFor example")[0])]
    assert columns == ["column", *NEEDED[sheet], *ALLOWED[sheet]]


def test_the_example_in_the_document_opens_a_pilot() -> None:
    header, *staff = table(documented("people").partition("\nFor example")[2])
    rows = [dict(zip(header, row, strict=True)) for row in staff]
    examples = {
        sheet: {row[0]: row[2] for row in table(documented(sheet))[1:]} for sheet in ("pilot", "units", "ladder")
    }
    shift = {row[0]: row[2] for row in table(documented("rota"))[1:]}
    given = only(
        pilot=[examples["pilot"]], units=[examples["units"], {"name": "ICU"}], people=rows, rota=[shift],
        ladder=[examples["ladder"]],
    )  # fmt: skip
    roster = opened(given)
    assert (roster.pilot.key, len(roster.people), len(roster.units), len(roster.shifts)) == ("MAR", 6, 3, 1)
