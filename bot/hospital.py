"""The demo's made-up hospital: one barcode-medication pilot, two units, thirty-six people, from a seed number."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

from bot.model import Address, Person, PersonId, Pilot, PilotId, Role, Shift, Unit, UnitId
from bot.ports import Transaction

SEED = 2026
ZONE = "America/New_York"
BEGINS = datetime(2026, 5, 1, 14, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
PLATFORM = "local"

# Surnames that nobody mistakes for somebody's.
_FIRST = ("Ada", "Bela", "Cleo", "Dara", "Edda", "Finn", "Gala", "Hugo", "Iris", "Jona", "Kira", "Levi", "Mira", "Nilo")
_LAST = ("Sample", "Fable", "Pretend", "Specimen", "Madeup", "Storybook")
_CAST = (
    ("Maya Sample", "nurse", 0, {Role.CLINICIAN}),
    ("Ana Fable", "nurse", 0, {Role.CLINICIAN, Role.CHAMPION}),
    ("Ben Storybook", "nurse", 1, {Role.CLINICIAN, Role.CHAMPION}),
    ("Sam Pretend", "informatics", 0, {Role.RESPONDER}),
    ("Rosa Specimen", "informatics", 1, {Role.RESPONDER}),
    ("Dr Lee Madeup", "physician", 0, {Role.LEAD}),
    ("Vera Fable", "pharmacist", 0, {Role.SAFETY}),
    ("Omar Sample", "director", 1, {Role.SPONSOR}),
)
_JOBS = ("nurse", "nurse", "nurse", "nurse", "pharmacist", "physician")
STAFF = 36
LIVED, AHEAD = timedelta(days=10), timedelta(days=28)  # before the demo begins, and how far the rota goes after that
WORKED = 4  # days of a week
FIX_TEAM = Address(PLATFORM, "channel", "fix-team")
MAIN = ("maya-sample", "ana-fable", "sam-pretend", "dr-lee-madeup")  # nurse, champion, fix team, lead of the demo


def local_midnight(at: datetime) -> datetime:
    """The midnight before it, there, in UTC."""
    there = at.astimezone(ZoneInfo(ZONE))
    return there.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def seed(tx: Transaction, number: int = SEED) -> None:
    """Write the hospital. The same number gives the same people with the same ids."""
    dice = Random(number)  # noqa: S311 - made-up people, not secrets
    pilot = Pilot(
        PilotId(dice.getrandbits(62)), "MAR", "Barcode medication scanning", ZONE, "en", timedelta(hours=24),
        "fix team", "555\u20110100", "https://incidents.hospital.example", starts_at=BEGINS - LIVED,
    )  # fmt: skip
    tx.pilots.add(pilot)
    units = [_unit(pilot, dice, name) for name in ("4 West", "ICU")]
    for unit in units:
        tx.pilots.add_unit(unit)
    people = list(_people(pilot, units, dice))
    tx.pilots.add_unit(replace(_unit(pilot, dice, "All units"), channel=FIX_TEAM, wide=True))
    for person in people:
        tx.people.add(person)
    tx.rota.replace(pilot.id, BEGINS - LIVED, BEGINS + AHEAD, [shift for each in people for shift in _shifts(each)])


def _unit(pilot: Pilot, dice: Random, name: str) -> Unit:
    channel = Address(PLATFORM, "channel", name.lower().replace(" ", "-"))
    return Unit(UnitId(dice.getrandbits(62)), pilot.id, name, channel, live_at=BEGINS - LIVED)


def _people(pilot: Pilot, units: list[Unit], dice: Random) -> Iterable[Person]:
    for name, job, unit, cast in _CAST:
        yield _person(pilot, units[unit], dice, name, job, frozenset(cast), on_duty=True)
    others = [f"{first} {last}" for first, last in product(_FIRST, _LAST)]
    for n, name in enumerate(dice.sample(others, STAFF - len(_CAST))):
        roles = frozenset({Role.CLINICIAN})
        yield _person(pilot, units[n % 2], dice, name, dice.choice(_JOBS), roles, on_duty=dice.random() < 1 / 3)


def _person(
    pilot: Pilot, unit: Unit, dice: Random, name: str, job: str, roles: frozenset[Role], *, on_duty: bool
) -> Person:
    account = name.lower().replace(" ", "-")
    return Person(
        PersonId(dice.getrandbits(62)), pilot.id, unit.id, name, job, roles, Address(PLATFORM, "person", account), ZONE,
        pilot.language, on_duty, email=f"{account}@hospital.example", units=(unit.id,),
    )  # fmt: skip


def _shifts(person: Person) -> Iterable[Shift]:
    """Four on, three off, by day or by night; the main cast of the demo stays on duty until they say otherwise."""
    if person.address.id in MAIN or person.has(Role.SAFETY, Role.SPONSOR):
        return
    first, night = person.id % 7, person.id % 3 == 0 and not person.has(Role.CHAMPION, Role.RESPONDER)
    begins = local_midnight(BEGINS - LIVED) + timedelta(hours=19 if night else 7)
    for day in range((LIVED + AHEAD).days):
        if (day + first) % 7 < WORKED:
            starts = begins + timedelta(days=day)
            yield Shift(person.id, person.unit, starts, starts + timedelta(hours=12))
