# mypy: disable-error-code="func-returns-value"
# (several calls in one lambda are one transaction)
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot import messages, pilots
from bot.errors import Gone
from bot.model import Address, Person, PersonId, Reader, Role, UnitId
from storage.database import SqlDatabase
from tests import builders
from tests.bot.books import MAYA, book, only, people, without
from tests.builders import HOUR, NOON


async def test_a_person_is_changed_roles_and_all(database: SqlDatabase) -> None:
    ward = await database.run(lambda tx: builders.seed(tx, Role.CHAMPION))
    champion = replace(
        ward.people[1],
        name="Sage Renamed",
        roles=frozenset({Role.CHAMPION, Role.LEAD}),
        unit=ward.wide.id,
        units=(UnitId(2**62), ward.unit.id),
        email="Sage@Example.org",
        trained=False,
        duty_until=NOON,
        away_until=NOON + HOUR,
        deputy=ward.reporter.id,
        wrote_at=NOON + 2 * HOUR,
        address=Address("local", "person", "moved"),
    )
    await database.run(lambda tx: tx.people.save(champion))
    assert await database.read(lambda tx: tx.people.get(champion.id)) == champion
    assert await database.read(lambda tx: tx.people.at(champion.address)) == champion
    assert await database.read(lambda tx: tx.people.at(ward.people[1].address)) is None
    again = replace(champion, units=(), email="", away_until=None, roles=frozenset())
    await database.run(lambda tx: tx.people.save(again))
    assert await database.read(lambda tx: tx.people.get(champion.id)) == again
    assert await database.read(lambda tx: tx.people.having(ward.pilot.id, Role.LEAD)) == []
    with pytest.raises(Gone):
        await database.run(lambda tx: tx.people.save(builders.person()))


async def test_whoever_left_the_roster_is_found_by_their_id_and_e_mail_alone(database: SqlDatabase) -> None:
    ward = await database.run(lambda tx: builders.seed(tx, Role.LEAD))
    left = replace(ward.people[1], active=False, email="left@example.org")
    await database.run(lambda tx: tx.people.save(left))

    def found(person: Person) -> bool:
        return person.id == left.id

    assert await database.read(lambda tx: tx.people.get(left.id)) == left
    assert await database.read(lambda tx: tx.people.known_as(ward.pilot.id, "left@example.org")) == left
    assert await database.read(lambda tx: tx.people.at(left.address)) is None
    assert not any(map(found, await database.read(lambda tx: tx.people.everybody(ward.pilot.id))))
    assert not any(map(found, await database.read(lambda tx: tx.people.having(ward.pilot.id, Role.LEAD))))


async def test_an_e_mail_names_one_person_of_a_pilot_whatever_its_case(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    other = await database.run(builders.seed)
    wren = replace(ward.reporter, email="Wren.STRASSE@Example.org")
    twin = replace(other.reporter, email="wren.strasse@example.org")  # in another pilot
    await database.run(lambda tx: (tx.people.save(wren), tx.people.save(twin)))
    assert await database.read(lambda tx: tx.people.known_as(ward.pilot.id, " wren.straße@example.ORG")) == wren
    assert await database.read(lambda tx: tx.people.known_as(other.pilot.id, "WREN.strasse@example.org")) == twin
    assert await database.read(lambda tx: tx.people.known_as(ward.pilot.id, "ash@example.org")) is None
    second = builders.person(pilot=ward.pilot.id, unit=ward.unit.id, email="WREN.strasse@example.org")
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        await database.run(lambda tx: tx.people.add(second))
    for _ in range(2):  # those whose e-mail nobody knows are not the same
        nobody = builders.person(pilot=ward.pilot.id, unit=ward.unit.id)
        await database.run(lambda tx, nobody=nobody: tx.people.add(nobody))  # type: ignore[misc]
    assert await database.read(lambda tx: tx.people.known_as(ward.pilot.id, "")) is None


async def test_duty_is_switched_until_a_time(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    await database.run(lambda tx: tx.people.set_duty(ward.reporter.id, on=True, until=NOON))
    assert (await database.read(lambda tx: tx.people.get(ward.reporter.id))).duty_until == NOON
    await database.run(lambda tx: tx.people.set_duty(ward.reporter.id, on=True))
    assert await database.read(lambda tx: tx.people.get(ward.reporter.id)) == ward.reporter


async def test_the_first_admins_code_works_once_and_for_a_while(database: SqlDatabase) -> None:
    assert not await database.run(lambda tx: tx.people.use_code("", NOON))
    await database.run(lambda tx: tx.people.keep_code("forgotten", NOON + HOUR))
    await database.run(lambda tx: tx.people.keep_code("cedar-plum", NOON + HOUR))
    assert not await database.run(lambda tx: tx.people.use_code("forgotten", NOON))
    assert not await database.run(lambda tx: tx.people.use_code("cedar-plum", NOON + 2 * HOUR))
    kept = await database.read(lambda tx: tx.scope.connection.exec_driver_sql("SELECT value FROM meta").scalars().all())
    assert not any("cedar" in value for value in kept)
    assert await database.run(lambda tx: tx.people.use_code("cedar-plum", NOON + HOUR))
    assert not await database.run(lambda tx: tx.people.use_code("cedar-plum", NOON))


async def test_for_a_handle_a_nameless_person_stands_in(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    handle = ward.handle(job="pharmacist", identity=ward.reporter.address)
    await database.run(lambda tx: tx.handles.add(handle))
    stand_in = await database.read(lambda tx: tx.people.get(handle.id))
    assert stand_in == Person(
        handle.id,
        ward.pilot.id,
        ward.unit.id,
        "",
        "pharmacist",
        frozenset({Role.CLINICIAN}),
        Address("local", "person", "", behind=handle.id),
        handle.zone,
        handle.language,
        on_duty=False,
        nameless=True,
    )
    assert await database.read(lambda tx: tx.people.at(stand_in.address)) is None
    assert [person.id for person in await database.read(lambda tx: tx.people.everybody(ward.pilot.id))] == [
        ward.reporter.id
    ]
    with pytest.raises(Gone):
        await database.read(lambda tx: tx.people.get(PersonId(1)))


# ------------------------------------------------------------------------------------- accounts that change hands

NEWCOMER = {"name": "Fern Invented", "email": "fern@hospital.example", "job": "nurse", "units": "4 West", "roles": ""}
ACCOUNT = Address("local", "person", "maya-sample")


async def imported(database: SqlDatabase, rows: Sequence[dict[str, str]]) -> list[str]:
    """What is wrong with it, as it is said."""
    sheets = only(people=rows) if await database.read(lambda tx: tx.pilots.all()) else book(people=rows)
    report = await database.run(lambda tx: pilots.import_roster(tx, sheets, "", NOON, dry_run=False))
    return [messages.roster_problem(each, Reader("UTC")) for each in report.problems]


async def whose(database: SqlDatabase) -> str:
    person = await database.read(lambda tx: tx.people.at(ACCOUNT))
    return person.name if person else ""


async def test_the_account_of_somebody_who_left_may_be_given_to_somebody_new(database: SqlDatabase) -> None:
    assert await imported(database, people()) == []
    assert await imported(database, without(MAYA)) == []
    newcomer = {**NEWCOMER, "account": ACCOUNT.id}
    assert await imported(database, [*without(MAYA), newcomer]) == []
    assert await whose(database) == "Fern Invented"
    (refused,) = await imported(database, [*people(), newcomer])
    assert refused.startswith("People, row 7, account: ")  # twice on one sheet
    assert await imported(database, people(maya={"account": "maya-again"})) == []  # back, and the other one has left
    assert await whose(database) == ""
    assert await imported(database, people(maya={"account": ACCOUNT.id})) == []
    assert await whose(database) == "Maya Sample"


async def test_who_comes_back_to_an_account_that_is_taken_reads_whose_it_is_now(database: SqlDatabase) -> None:
    newcomer = {**NEWCOMER, "account": ACCOUNT.id}
    for rows in (people(), without(MAYA), [*without(MAYA), newcomer]):
        assert await imported(database, rows) == []
    (refused,) = await imported(database, people())
    assert refused.startswith("People, row 2, account: the account maya-sample belongs to Fern Invented (MAR).")
    assert await whose(database) == "Fern Invented"


async def test_two_active_people_never_have_one_account(database: SqlDatabase) -> None:
    ward = await database.run(builders.seed)
    twin = builders.person(pilot=ward.pilot.id, unit=ward.unit.id, address=ward.reporter.address)
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        await database.run(lambda tx: tx.people.add(twin))
    await database.run(lambda tx: tx.people.add(replace(twin, active=False)))
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        await database.run(lambda tx: tx.people.save(twin))
    assert await database.read(lambda tx: tx.people.at(twin.address)) == ward.reporter
