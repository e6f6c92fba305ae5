from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select

from bot import messages, pilots
from bot.cards import Card, Mark
from bot.cells import Book
from bot.changes import Report
from bot.errors import Denied
from bot.ladder import RUNGS
from bot.model import Address, Person, Pilot, Reader, Role, Severity, Status, Unit
from storage.database import SqlDatabase
from storage.scope import mine
from storage.tables import AuditRow, table_of
from storage.transaction import SqlTransaction
from tests.bot.books import ANA, BEN, LEE, MAYA, SAM, book, only, people, pilot, without
from tests.builders import HOUR, NOON, handle, issue

T = TypeVar("T")
READER = Reader("UTC")
_AUDIT = table_of(AuditRow)
EVERYTHING = book(
    pilot=pilot(starts="2026-05-04", target_hours="12"),
    people=people(ana={"deputy": BEN}),
    rota=[{"person": ANA, "unit": "ICU", "starts": "2026-05-04", "ends": "day"}],
    ladder=[{"severity": "3", "after": "1.5", "needs": "not addressed", "tell": "lead", "every": "2"}],
)


async def taken(
    database: SqlDatabase, given: Book, key: str = "", now: datetime = NOON, *, dry_run: bool = False
) -> Report:
    return await database.run(lambda tx: pilots.import_roster(tx, given, key, now, dry_run=dry_run))


async def opened(database: SqlDatabase, given: Book | None = None) -> Report:
    report = await taken(database, given or book())
    assert [messages.roster_problem(each, READER) for each in report.problems] == []
    return report


async def refused(database: SqlDatabase, given: Book, key: str = "") -> list[str]:
    """What is said; and nothing at all is written."""
    before = await rows(database)
    report = await taken(database, given, key)
    assert await rows(database) == before
    return [messages.roster_problem(each, READER) for each in report.problems]


async def rows(database: SqlDatabase) -> list[tuple[object, ...]]:
    """All that any table holds."""

    def look(tx: SqlTransaction) -> list[tuple[object, ...]]:
        tables = _AUDIT.metadata.sorted_tables
        return [(table.name, *row) for table in tables for row in tx.scope.connection.execute(select(table))]

    return await database.read(look)


async def known(database: SqlDatabase, email: str, key: str = "MAR") -> Person:
    return await database.read(lambda tx: found(tx, email, key))


def found(tx: SqlTransaction, email: str, key: str = "MAR") -> Person:
    person = tx.people.known_as(the_pilot(tx, key).id, email)
    assert person
    return person


def the_pilot(tx: SqlTransaction, key: str = "MAR") -> Pilot:
    return next(each for each in tx.pilots.all() if each.key == key)


async def units(database: SqlDatabase) -> list[Unit]:
    return await database.read(lambda tx: list(tx.pilots.units(the_pilot(tx).id)))


async def on_record(database: SqlDatabase) -> list[tuple[int | None, str, str, bool]]:
    def look(tx: SqlTransaction) -> list[tuple[int | None, str, str, bool]]:
        columns = (_AUDIT.c.actor, _AUDIT.c.action, _AUDIT.c.subject, _AUDIT.c.allowed)
        return [
            (row.actor, row.action, row.subject, row.allowed)
            for row in tx.scope.rows(select(*columns).where(mine(_AUDIT)))
        ]

    return await database.read(look)


def as_whom(use: Callable[[SqlTransaction, Person], T], email: str) -> Callable[[SqlTransaction], T]:
    return lambda tx: use(tx, found(tx, email))


# ------------------------------------------------------------------------------------------------------ opening a pilot


async def test_a_spreadsheet_opens_a_pilot(database: SqlDatabase) -> None:
    report = await opened(database, EVERYTHING)
    assert (report.pilot, report.any) == ("MAR", True)
    assert [unit.name for unit in await units(database)] == ["4 West", "ICU", "All units"]
    ana, ben = await known(database, ANA), await known(database, BEN)
    assert (ana.name, ana.job, ana.deputy) == ("Ana Fable", "nurse", ben.id)
    assert ana.roles == {Role.CLINICIAN, Role.CHAMPION}
    assert ana.address == Address("local", "person", "ana-fable")

    def look(tx: SqlTransaction) -> None:
        of = the_pilot(tx)
        assert (of.target, of.starts_at) == (timedelta(hours=12), datetime(2026, 5, 4, 4, tzinfo=UTC))
        [rung] = tx.pilots.rungs(of.id, NOON)[Severity.SLOWS_WORK]
        assert (rung.after, rung.every) == (timedelta(hours=1.5), 2 * HOUR)
        [shift] = tx.rota.of(ana.id, NOON)
        assert shift.starts_at == datetime(2026, 5, 4, 11, tzinfo=UTC)
        assert tx.people.at(ana.address) == ana

    await database.read(look)


async def test_a_second_import_changes_nothing_and_says_so(database: SqlDatabase) -> None:
    await opened(database, EVERYTHING)
    before = await rows(database)
    report = await taken(database, EVERYTHING)
    assert (report.problems, report.any) == ((), False)
    assert await rows(database) == before


async def test_a_dry_run_says_what_an_import_would_and_writes_nothing(database: SqlDatabase) -> None:
    before = await rows(database)
    planned = await taken(database, EVERYTHING, dry_run=True)
    assert await rows(database) == before
    done = await opened(database, EVERYTHING)
    assert planned.parts == done.parts


async def test_one_wrong_cell_and_nothing_is_written(sqlite: SqlDatabase) -> None:
    [said] = await refused(sqlite, book(people=people(lee={"units": "5 West"})))
    assert said.startswith("People, row 6, units: there is no unit 5 West.")


async def test_a_pilot_without_a_ladder_keeps_the_default(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    assert await sqlite.read(lambda tx: tx.pilots.rungs(the_pilot(tx).id, NOON)) == {}
    ladder = [{"severity": "4", "after": "2", "needs": "nobody owns it", "tell": "lead"}]
    await opened(sqlite, only(ladder=ladder))
    rungs = await sqlite.read(lambda tx: tx.pilots.rungs(the_pilot(tx).id, NOON))
    assert list(rungs[Severity.BLOCKS_WORK]) == list(RUNGS[Severity.BLOCKS_WORK])
    assert len(rungs[Severity.QUESTION]) == 1


# ---------------------------------------------------------------------------------------------------------- which pilot


async def test_people_alone_are_those_of_the_only_pilot(sqlite: SqlDatabase) -> None:
    assert (await refused(sqlite, only(people=people())))[0].startswith("Pilot: this sheet is missing.")
    await opened(sqlite)
    report = await opened(sqlite, only(people=people(maya={"job": "charge nurse"})))
    assert (await known(sqlite, MAYA)).job == "charge nurse"
    assert report.code == ""  # that was the new pilot's


async def test_where_there_are_several_one_has_to_be_named(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    elsewhere = [{**row, "account": f"icu-{row['name']}"} for row in people()]
    await opened(sqlite, book(pilot=pilot(key="ICU"), people=elsewhere))
    sheet = only(people=[{**row, "job": "pharmacist"} for row in elsewhere])
    assert await refused(sqlite, sheet) == [
        "Pilot: there are several pilots. Say which one is meant: --pilot with one of ICU, MAR."
    ]
    assert await refused(sqlite, sheet, "XYZ") == ["Pilot: there is no pilot XYZ. There are: ICU, MAR."]
    assert (await taken(sqlite, sheet, "icu")).any
    assert (await known(sqlite, MAYA, "ICU")).job == "pharmacist"
    assert (await known(sqlite, MAYA, "MAR")).job == "nurse"


async def test_a_workbook_of_another_pilot_than_was_named_is_not_taken(sqlite: SqlDatabase) -> None:
    assert "this file is about the pilot MAR, and XYZ was asked for" in (await refused(sqlite, book(), "xyz"))[0]


async def test_an_account_of_another_pilot_is_not_taken_over(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    said = await refused(sqlite, book(pilot=pilot(key="ICU")))
    assert said[0] == (
        "People, row 2, account: the account maya-sample belongs to Maya Sample (MAR). "
        "Write another one in the column account."
    )


# -------------------------------------------------------------------------------------------------------- later changes


async def test_whoever_is_no_longer_on_the_sheet_leaves_and_stays_in_the_record(sqlite: SqlDatabase) -> None:
    await opened(sqlite, EVERYTHING)
    maya = await known(sqlite, MAYA)
    report = await opened(sqlite, only(people=without(MAYA)))
    [part] = [part for part in report.parts if part.removed]
    assert part.removed == (f"Maya Sample ({MAYA})",)
    gone = await sqlite.read(lambda tx: tx.people.get(maya.id))
    assert (gone.name, gone.active) == ("Maya Sample", False)
    assert await sqlite.read(lambda tx: tx.people.at(maya.address)) is None
    assert (None, "person.remove", str(maya.id), True) in await on_record(sqlite)


async def test_nobody_stands_behind_the_handles_of_whoever_leaves(sqlite: SqlDatabase) -> None:
    await opened(sqlite, EVERYTHING)
    maya, ana = await known(sqlite, MAYA), await known(sqlite, ANA)
    for who in (maya, ana):
        theirs = handle(pilot=who.pilot, unit=who.unit, identity=who.address)
        await sqlite.run(lambda tx: tx.handles.add(theirs))  # noqa: B023 - awaited at once
    await opened(sqlite, only(people=without(MAYA)))
    behind = [len(await sqlite.read(lambda tx: tx.handles.behind(who.address))) for who in (maya, ana)]  # noqa: B023
    assert behind == [0, 1]


async def test_what_they_own_goes_to_whoever_is_on_shift_by_the_new_rota(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    maya, ben, sam = await known(sqlite, MAYA), await known(sqlite, BEN), await known(sqlite, SAM)
    owned = issue(pilot=maya.pilot, unit=ben.unit, reporter=maya.id, owner=ben.id, status=Status.TAKEN)
    await sqlite.run(lambda tx: tx.issues.add(owned))
    shift = {"person": SAM, "unit": "ICU", "starts": "2026-03-02", "ends": "day"}
    await opened(sqlite, only(people=without(BEN), rota=[shift]))
    after = await sqlite.read(lambda tx: tx.issues.get(owned.id))
    assert (after.owner, after.status) == (sam.id, Status.TAKEN)


async def test_the_rota_puts_people_on_duty_at_once(sqlite: SqlDatabase) -> None:
    shift = {"person": ANA, "unit": "ICU", "starts": "2026-03-02", "ends": "day"}  # 12:00 to 24:00 UTC
    await opened(sqlite, book(rota=[shift]))
    assert [(await known(sqlite, email)).on_duty for email in (ANA, MAYA)] == [True, False]


async def test_whoever_is_back_is_who_they_were(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    maya = await known(sqlite, MAYA)
    await opened(sqlite, only(people=without(MAYA)))
    await opened(sqlite, only(people=people(maya={"units": "ICU"})))
    back = await known(sqlite, MAYA)
    assert (back.id, back.active) == (maya.id, True)
    assert [unit.name for unit in await units(sqlite) if unit.id == back.unit] == ["ICU"]


async def test_the_shifts_ahead_of_whoever_leaves_go_with_them(sqlite: SqlDatabase) -> None:
    shifts = [
        {"person": who, "unit": "ICU", "starts": day, "ends": "day"}
        for who in (MAYA, ANA)
        for day in ("2026-03-01", "2026-03-09")
    ]
    await opened(sqlite, book(rota=shifts))
    maya, ana = await known(sqlite, MAYA), await known(sqlite, ANA)
    await opened(sqlite, only(people=without(MAYA)))
    left = await sqlite.read(lambda tx: tx.rota.within(maya.pilot, NOON - 60 * 24 * HOUR, NOON + 60 * 24 * HOUR))
    assert [(shift.person, shift.starts_at > NOON) for shift in left] == [
        (maya.id, False),
        (ana.id, False),
        (ana.id, True),
    ]


async def test_a_rota_speaks_of_its_own_days_alone(sqlite: SqlDatabase) -> None:
    def on(*days: str) -> Book:
        return only(rota=[{"person": ANA, "unit": "ICU", "starts": f"2026-05-{day}", "ends": "night"} for day in days])

    await opened(sqlite)
    await opened(sqlite, on("04", "05", "11"))
    report = await opened(sqlite, on("05", "06", "07"))
    [rota] = [part for part in report.parts if part.sheet == "rota"]
    assert (len(rota.added), len(rota.removed), rota.unchanged) == (2, 0, 1)
    report = await opened(sqlite, on("04", "06"))
    [rota] = [part for part in report.parts if part.sheet == "rota"]
    assert (len(rota.added), len(rota.removed), rota.unchanged) == (0, 1, 2)
    ana = await known(sqlite, ANA)
    assert [shift.starts_at.day for shift in await sqlite.read(lambda tx: tx.rota.of(ana.id, NOON))] == [4, 6, 7, 11]


@pytest.mark.parametrize(
    ("stored", "sheet", "began"),
    [
        (("2026-05-03 19:00", "2026-05-04 15:00"), ("2026-05-04 07:00", "2026-05-04 19:00"), "2026-05-03 19:00"),
        (("2026-05-05 05:00", "2026-05-05 15:00"), ("2026-05-04 19:00", "2026-05-05 07:00"), "2026-05-05 05:00"),
    ],
)
async def test_a_shift_into_which_one_of_another_day_reaches_is_refused_with_its_row(
    sqlite: SqlDatabase, stored: tuple[str, str], sheet: tuple[str, str], began: str
) -> None:
    def on(person: str, starts: str, ends: str) -> dict[str, str]:
        return {"person": person, "unit": "ICU", "starts": starts, "ends": ends}

    await opened(sqlite)
    await opened(sqlite, only(rota=[on(ANA, *stored)]))
    said = await refused(sqlite, only(rota=[on(BEN, *sheet), on(ANA, *sheet)]))
    [problem] = said
    assert problem.startswith(
        f"Rota, row 3, starts: an earlier sheet has this person on a shift that began at {began}."
    )
    mended = await opened(sqlite, only(rota=[on(BEN, *sheet)]))
    assert mended.any


async def test_a_shift_that_begins_when_one_of_the_day_before_ends_is_taken(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    for starts, ends in (("2026-05-03", "night"), ("2026-05-04", "day")):
        await opened(sqlite, only(rota=[{"person": ANA, "unit": "ICU", "starts": starts, "ends": ends}]))


async def test_a_unit_nobody_needs_is_taken_away_with_its_past(sqlite: SqlDatabase) -> None:
    await opened(sqlite, EVERYTHING)
    await opened(sqlite, only(people=[row for row in people(ana={"units": "4 West"}) if row["email"] != BEN]))
    await opened(sqlite, only(units=[{"name": "4 West"}]))
    assert [unit.name for unit in await units(sqlite)] == ["4 West", "All units"]


async def test_a_unit_with_people_stays(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    [said] = await refused(sqlite, only(units=[{"name": "4 West"}]))
    assert said == "Units: people work on ICU: Ana Fable, Ben Storybook. Give them another unit, in the same file."


async def test_a_unit_that_was_reported_on_stays(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    maya, ben = await known(sqlite, MAYA), await known(sqlite, BEN)
    reported = issue(pilot=maya.pilot, unit=ben.unit, reporter=maya.id, number=12)
    await sqlite.run(lambda tx: tx.issues.add(reported))
    sheets = only(units=[{"name": "4 West"}], people=people(ana={"units": "4 West"}, ben={"units": "4 West"}))
    [said] = await refused(sqlite, sheets)
    assert said == "Units: ICU has open issues: MAR-12. Close them before its row is taken away."
    closed = replace(reported, status=Status.VERIFIED, closed_at=NOON)
    await sqlite.run(lambda tx: tx.issues.save(closed))
    [said] = await refused(sqlite, sheets)
    assert said.startswith("Units: ICU stays: ")


# ------------------------------------------------------------------------------------------------------ the first admin


async def says(database: SqlDatabase, email: str, code: str, now: datetime = NOON) -> Card:
    return await database.run(as_whom(lambda tx, who: pilots.become_admin(tx, who, code, now), email))


async def test_the_code_of_a_new_pilot_makes_its_first_admin_once(database: SqlDatabase) -> None:
    code = (await opened(database)).code
    assert len(code) == 8
    card = await says(database, LEE, f" {code.lower()} ")
    assert (card.title, card.mark) == ("You are an admin now: Marlin pumps", Mark.DONE)
    lee = await known(database, LEE)
    assert lee.roles == {Role.LEAD, Role.ADMIN}
    assert (lee.id, "role.give.admin", str(lee.id), True) in await on_record(database)
    another = await database.run(lambda tx: pilots.new_code(tx, NOON))
    assert (await says(database, MAYA, another)).title == "There is an admin already"
    assert not (await known(database, MAYA)).has(Role.ADMIN)


async def test_another_code_makes_nobody_an_admin_and_is_on_record(sqlite: SqlDatabase) -> None:
    code = (await opened(sqlite)).code
    maya = await known(sqlite, MAYA)
    for wrong, at in (("ABCD2345", NOON), (code, NOON + 25 * HOUR), ("", NOON)):
        assert (await says(sqlite, MAYA, wrong, at)).title == "That is not the code"
    assert (await on_record(sqlite)).count((maya.id, "role.first admin", str(maya.id), False)) == 3
    assert not (await known(sqlite, MAYA)).has(Role.ADMIN)


async def test_a_sheet_that_names_an_admin_needs_no_code(sqlite: SqlDatabase) -> None:
    assert (await opened(sqlite, book(people=people(lee={"roles": "lead, admin"})))).code == ""


async def test_a_code_is_wanted_where_there_are_people_and_no_admin(sqlite: SqlDatabase) -> None:
    assert not await sqlite.read(pilots.wanting_admin)
    await opened(sqlite)
    assert await sqlite.read(pilots.wanting_admin)
    await opened(sqlite, book(people=people(lee={"roles": "lead, admin"})))
    assert not await sqlite.read(pilots.wanting_admin)


async def test_of_two_codes_the_later_one_works(sqlite: SqlDatabase) -> None:
    first = (await opened(sqlite)).code
    second = await sqlite.run(lambda tx: pilots.new_code(tx, NOON))
    assert (await says(sqlite, LEE, first)).mark is Mark.WARNING
    assert (await says(sqlite, LEE, second)).mark is Mark.DONE


# ---------------------------------------------------------------------------------------------------------------- roles


async def with_admin(database: SqlDatabase) -> None:
    await opened(database, book(people=people(lee={"roles": "lead, admin"})))


async def granted(database: SqlDatabase, email: str, role: Role, *, give: bool, by: str = LEE) -> Card:
    return await database.run(as_whom(lambda tx, who: pilots.grant(tx, who, email, role, give, NOON), by))


async def test_an_admin_gives_a_role_and_takes_it_and_both_are_on_record(sqlite: SqlDatabase) -> None:
    await with_admin(sqlite)
    lee, sam = await known(sqlite, LEE), await known(sqlite, SAM)
    card = await granted(sqlite, SAM.upper(), Role.SAFETY, give=True)
    assert card.title == "Sam Pretend has the role: safety officer"
    assert (await known(sqlite, SAM)).roles == {Role.RESPONDER, Role.SAFETY}
    card = await granted(sqlite, SAM, Role.SAFETY, give=False)
    assert card.title == "Sam Pretend does not have the role any more: safety officer"
    assert (await known(sqlite, SAM)).roles == {Role.RESPONDER}
    record = [(actor, deed) for actor, deed, subject, _ in await on_record(sqlite) if subject == str(sam.id)]
    assert record[-2:] == [(lee.id, "role.give.safety officer"), (lee.id, "role.take.safety officer")]


async def test_what_is_so_already_is_not_done_again(sqlite: SqlDatabase) -> None:
    await with_admin(sqlite)
    before = await rows(sqlite)
    assert (await granted(sqlite, SAM, Role.RESPONDER, give=True)).title == "Sam Pretend has the role already: fix team"
    assert (await granted(sqlite, SAM, Role.LEAD, give=False)).mark is Mark.NONE
    assert await rows(sqlite) == before


@pytest.mark.parametrize("role", [Role.ADMIN, Role.LEAD])
async def test_the_last_admin_and_the_last_lead_stay(sqlite: SqlDatabase, role: Role) -> None:
    await with_admin(sqlite)
    card = await granted(sqlite, LEE, role, give=False)
    assert card.mark is Mark.WARNING
    assert (await known(sqlite, LEE)).has(role)
    await granted(sqlite, ANA, role, give=True)
    assert (await granted(sqlite, LEE, role, give=False)).mark is Mark.DONE
    assert not (await known(sqlite, LEE)).has(role)


async def test_nobody_is_left_without_a_role(sqlite: SqlDatabase) -> None:
    await with_admin(sqlite)
    assert (await granted(sqlite, SAM, Role.RESPONDER, give=False)).mark is Mark.WARNING
    assert (await known(sqlite, SAM)).roles == {Role.RESPONDER}


async def test_a_champion_who_is_not_known_to_be_trained_is_said_to_get_no_reports(sqlite: SqlDatabase) -> None:
    await with_admin(sqlite)
    card = await granted(sqlite, MAYA, Role.CHAMPION, give=True)
    assert len(card.parts) == 1
    assert not (await known(sqlite, MAYA)).trained


async def test_nobody_else_gives_a_role(sqlite: SqlDatabase) -> None:
    all_but_one = ", ".join(set(Role) - {Role.ADMIN})
    await opened(sqlite, book(people=people(lee={"roles": all_but_one, "units": "ICU", "trained": "yes"})))
    before = await rows(sqlite)
    with pytest.raises(Denied):
        await granted(sqlite, LEE, Role.ADMIN, give=True)
    assert await rows(sqlite) == before


async def test_an_admin_does_not_reach_into_another_pilot(sqlite: SqlDatabase) -> None:
    await with_admin(sqlite)
    rows_there = [{**row, "email": f"icu.{row['email']}", "account": f"icu-{row['name']}"} for row in people()]
    await opened(sqlite, book(pilot=pilot(key="ICU"), people=rows_there))
    card = await granted(sqlite, f"icu.{SAM}", Role.LEAD, give=True)
    assert card.title.startswith("Nobody on the roster has the e-mail")
    assert (await known(sqlite, f"icu.{SAM}", "ICU")).roles == {Role.RESPONDER}


async def test_who_has_left_gets_no_role(sqlite: SqlDatabase) -> None:
    await with_admin(sqlite)
    await opened(sqlite, only(people=without(MAYA)))
    assert (await granted(sqlite, MAYA, Role.LEAD, give=True)).mark is Mark.WARNING
    card = await sqlite.run(lambda tx: pilots.set_role(tx, MAYA, Role.LEAD, "", READER, NOON, give=True))
    assert card.mark is Mark.WARNING


async def test_whoever_runs_the_server_gives_a_role_without_being_anybody(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    maya = await known(sqlite, MAYA)
    card = await sqlite.run(lambda tx: pilots.set_role(tx, MAYA, Role.ADMIN, "", READER, NOON, give=True))
    assert card.mark is Mark.DONE
    assert (await known(sqlite, MAYA)).roles == {Role.CLINICIAN, Role.ADMIN}
    assert (await on_record(sqlite))[-1] == (None, "role.give.admin", str(maya.id), True)


async def test_an_email_in_two_pilots_has_to_be_told_apart(sqlite: SqlDatabase) -> None:
    await opened(sqlite)
    there = [{**row, "account": f"icu-{row['name']}"} for row in people()]
    await opened(sqlite, book(pilot=pilot(key="ICU"), people=there))
    card = await sqlite.run(lambda tx: pilots.set_role(tx, MAYA, Role.LEAD, "", READER, NOON, give=True))
    assert card.title == f"{MAYA} is on the roster of several pilots"
    card = await sqlite.run(lambda tx: pilots.set_role(tx, MAYA, Role.LEAD, "icu", READER, NOON, give=True))
    assert card.mark is Mark.DONE
    assert [(await known(sqlite, MAYA, key)).has(Role.LEAD) for key in ("ICU", "MAR")] == [True, False]
