"""The invented people of a big pilot: eight units, four hundred people and their rota, from a seed number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

from bot.model import Address, Person, PersonId, Pilot, PilotId, Role, Shift, Unit, UnitId
from bot.ports import Transaction

ZONE, OTHER_ZONE = "America/New_York", "America/Chicago"
BEGINS = datetime(2026, 3, 2, tzinfo=ZoneInfo(ZONE))  # the clocks go forward on the second Sunday
DAYS = 28  # of reports
TAIL = 5  # in which what is open goes on
PLATFORM = "local"
UNITS = ("2 East", "2 West", "3 East", "3 West", "4 East", "4 West", "ICU", "Emergency")
FIRST = (
    "Ada", "Bela", "Cleo", "Dara", "Edda", "Finn", "Gala", "Hugo", "Iris", "Jona", "Kira", "Levi", "Mira", "Nilo",
    "Odin", "Pia", "Quin", "Rafa", "Suri", "Tove", "Ugo", "Vida", "Wim", "Xena", "Yara", "Zeno", "Alba", "Bruno",
    "Cora", "Dario", "Elke", "Fidel", "Gesa", "Hila", "Ines", "Jaro", "Kaja", "Lino", "Malu", "Noor",
)  # fmt: skip
LAST = (
    "Sample", "Fable", "Pretend", "Specimen", "Madeup", "Storybook", "Example", "Mockup", "Placeholder", "Testwood",
)  # fmt: skip
STAFF = {Role.RESPONDER: 12, Role.LEAD: 3, Role.SAFETY: 2, Role.SPONSOR: 1}
CHAMPIONS = 20
PEOPLE = 400
SECRETIVE = 24  # clinicians who report without a name, and do nothing else
WORKED = 4  # days of a week
UNPLANNED = 3  # from this unit on the rota names the staff alone


@dataclass(frozen=True, slots=True)
class Wards:
    """Everybody, and when they work."""

    pilot: Pilot
    units: Sequence[Unit]
    wide: Unit
    people: Sequence[Person]
    shifts: Mapping[PersonId, Sequence[Shift]]
    secretive: frozenset[PersonId]

    def having(self, role: Role) -> list[Person]:
        return [each for each in self.people if each.has(role)]

    def works(self, person: Person, at: datetime) -> bool:
        """Whether the rota has them at work then; whoever it does not name may be."""
        own = self.shifts[person.id]
        return not own or any(each.starts_at <= at < each.ends_at for each in own)


def build(number: int) -> Wards:
    """The same number gives the same people with the same ids."""
    dice = Random(number)  # noqa: S311 - made-up people, not secrets
    pilot = Pilot(
        PilotId(dice.getrandbits(62)), "MAR", "Barcode medication scanning", ZONE, "en", timedelta(hours=24),
        "fix team", "555-0100", "https://incidents.hospital.example", starts_at=BEGINS,
    )  # fmt: skip
    units = [_unit(pilot, dice, name) for name in UNITS]
    wide = replace(_unit(pilot, dice, "All units"), channel=Address(PLATFORM, "channel", "fix-team"), wide=True)
    people = _people(pilot, units, dice)
    plain = [each for each in people if each.roles == {Role.CLINICIAN} and len(each.units) == 1]
    secretive = frozenset(each.id for each in dice.sample(plain, SECRETIVE))
    unplanned = {unit.id for unit in units[UNPLANNED:]}
    shifts = {each.id: tuple(_shifts(each, dice, unplanned=each.unit in unplanned)) for each in people}
    return Wards(pilot, units, wide, people, shifts, secretive)


def write(tx: Transaction, wards: Wards) -> None:
    """Store them as a roster and a rota would be."""
    tx.pilots.add(wards.pilot)
    for unit in (*wards.units, wards.wide):
        tx.pilots.add_unit(unit)
    for person in wards.people:
        tx.people.add(replace(person, deputy=None))
    for person in wards.people:
        if person.deputy:
            tx.people.save(person)
    every = [shift for own in wards.shifts.values() for shift in own]
    tx.rota.replace(wards.pilot.id, BEGINS - timedelta(days=2), BEGINS + timedelta(days=60), every)


def _unit(pilot: Pilot, dice: Random, name: str) -> Unit:
    channel = Address(PLATFORM, "channel", name.lower().replace(" ", "-"))
    return Unit(UnitId(dice.getrandbits(62)), pilot.id, name, channel, live_at=BEGINS)


def _people(pilot: Pilot, units: Sequence[Unit], dice: Random) -> list[Person]:
    names = [f"{first} {last}" for first, last in product(FIRST, LAST)]
    dice.shuffle(names)
    of_staff = [role for role, many in STAFF.items() for _ in range(many)]
    found = []
    for n, name in enumerate(names[:PEOPLE]):
        unit, job, roles = units[n % len(units)], "nurse", {Role.CLINICIAN}
        if n < len(of_staff):
            job, roles = "informatics", {of_staff[n]}
        elif n < len(of_staff) + CHAMPIONS:
            roles.add(Role.CHAMPION)
        homes = (unit, units[(n + 1) % len(units)]) if n % 17 == 0 else (unit,)  # some work on two
        found.append(_person(pilot, homes, dice, name, job, frozenset(roles)))
    leads, officers = ([each for each in found if each.has(role)] for role in (Role.LEAD, Role.SAFETY))
    stands_in = {each.id: leads[(n + 1) % len(leads)].id for n, each in enumerate(leads)}
    stands_in |= {each.id: officers[n - 1].id for n, each in enumerate(officers)}
    return [replace(each, deputy=stands_in.get(each.id)) for each in found]


def _person(pilot: Pilot, homes: Sequence[Unit], dice: Random, name: str, job: str, roles: frozenset[Role]) -> Person:
    account = name.lower().replace(" ", "-")
    return Person(
        PersonId(dice.getrandbits(62)), pilot.id, homes[0].id, name, job, roles, Address(PLATFORM, "person", account),
        OTHER_ZONE if dice.random() < 1 / 5 else ZONE, "en", on_duty=False, email=f"{account}@hospital.example",
        units=tuple(unit.id for unit in homes),
    )  # fmt: skip


def _shifts(person: Person, dice: Random, *, unplanned: bool) -> Iterable[Shift]:
    """Four on, three off, by day or by night; leads and the sponsor have none, nor have clinicians of some units."""
    first, night = dice.randrange(7), dice.random() < 1 / 2
    if person.has(Role.LEAD, Role.SPONSOR) or (unplanned and person.roles == {Role.CLINICIAN}):
        return
    for day in range(-2, DAYS + TAIL + 14):
        if (day + first) % 7 < WORKED:
            yield Shift(person.id, person.unit, _wall(day, 19 if night else 7), _wall(day, 31 if night else 19))


def _wall(day: int, hour: int) -> datetime:
    """That hour on the clock of the wards, be it summer time or not."""
    there = BEGINS + timedelta(days=day, hours=hour)  # arithmetic on the wall
    return there.astimezone(ZoneInfo("UTC"))
