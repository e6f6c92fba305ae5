"""Units and people as their sheets name them: known again by what they were called before (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.cells import Cells, Wrong, nearest, plain, slug
from bot.model import Address, Person, PersonId, Pilot, Role, Unit, UnitId

LOCAL, SLACK = "local", "slack"
WIDE = "All units"
FIX_TEAM = "fix team"
PLATFORMS = {each: each for each in (LOCAL, SLACK, "teams")}
ROLES = {each.value: each for each in Role}
_ON_A_UNIT = {Role.CLINICIAN, Role.CHAMPION}  # the others may stand over all of them

Fresh = Callable[[], int]
KnownAs = Callable[[str], Person | None]


def place(row: Cells, column: str, name: str, there: Address | None, email: str = "") -> Address:
    """Somebody's account or a unit's channel.

    In the local workspace it is called as they are; in Slack somebody is known by their e-mail, unless it says else.
    """
    kind = "channel" if column == "channel" else "person"
    default = there.platform if there and "platform" not in row else LOCAL
    platform = row.one_of("platform", PLATFORMS, default)
    given = row.text(column) or (email if platform == SLACK and not _numbered(row, there) else "")
    if not given and there and there.platform == platform:
        return there
    if not given and platform != LOCAL:
        row.wrong(column, Wrong.NO_VALUE)
    return Address(platform, kind, given or slug(name))


def _numbered(row: Cells, there: Address | None) -> bool:
    """Slack knows them by their member id, and this sheet does not speak of it."""
    return there is not None and there.platform == SLACK and "@" not in there.id and "account" not in row


# ---------------------------------------------------------------------------------------------------------------- units


def units(rows: Sequence[Cells], pilot: Pilot, there: Sequence[Unit], fresh: Fresh) -> tuple[Unit, ...]:
    """One for each row, known again by its name, and the wide one, by being wide."""
    by_name = {plain(unit.name): unit for unit in there if not unit.wide}
    wide = next((unit for unit in there if unit.wide), None)
    found = [
        _unit(row, pilot, wide, fresh, wide=True)
        if row.flag("wide")
        else _unit(row, pilot, by_name.get(plain(row.text("name"))), fresh, wide=False)
        for row in rows
    ]
    made = [] if any(unit.wide for unit in found) else [wide or _all_units(pilot, fresh)]
    for row, unit in zip(rows, found, strict=True):
        _alone(row, unit, [each for each in (*found, *made) if each is not unit])
    return (*found, *made)


def _unit(row: Cells, pilot: Pilot, there: Unit | None, fresh: Fresh, *, wide: bool) -> Unit:
    name = row.needed("name")
    channel = place(row, "channel", name, there.channel if there else None)
    said = row.given(
        wave=("wave", lambda column: int(row.amount(column, 1, least=1, whole=True))),
        live_at=("live", lambda column: row.day(column, pilot.zone)),
    )
    unit = there or Unit(UnitId(fresh()), pilot.id, name, channel)
    return replace(unit, name=name, channel=channel, wide=wide, **said)


def _all_units(pilot: Pilot, fresh: Fresh) -> Unit:
    return Unit(UnitId(fresh()), pilot.id, WIDE, Address(LOCAL, "channel", slug(FIX_TEAM)), wide=True)


def _alone(row: Cells, unit: Unit, others: Sequence[Unit]) -> None:
    """Names and channels are one unit's, and one unit is wide."""
    if unit.wide and any(each.wide for each in others):
        row.wrong("wide", Wrong.TWICE)
    elif any(plain(each.name) == plain(unit.name) for each in others):
        row.wrong("name", Wrong.TWICE)
    elif any(each.channel == unit.channel for each in others):
        row.wrong("channel", Wrong.TWICE, unit.channel.id)


# --------------------------------------------------------------------------------------------------------------- people


class Staff:
    """The people of a sheet. A row is known again by its e-mail; one whose e-mail is new, by its account."""

    def __init__(
        self, pilot: Pilot, units: Sequence[Unit], there: Sequence[Person], known_as: KnownAs, fresh: Fresh
    ) -> None:
        self._pilot, self._known_as, self._fresh = pilot, known_as, fresh
        self._units = {unit.name: unit for unit in units}
        self._wide = next(unit for unit in units if unit.wide)
        self._there = {person.email: person for person in there}
        self._rows: dict[str, Cells] = {}

    def read(self, rows: Sequence[Cells]) -> Mapping[int, Person]:
        """By the number of their row."""
        self._rows = _by_email(rows)
        people = {email: self._person(row, email) for email, row in self._rows.items()}
        self._one_account_each(people)
        return {
            self._rows[email].number: replace(person, deputy=self._deputy(self._rows[email], person, people))
            for email, person in people.items()
        }

    def _person(self, row: Cells, email: str) -> Person:
        there = self._known(row, email)
        name, job = row.needed("name"), row.needed("job")
        roles = _roles(row, there)
        homes = self._homes(row, roles)
        address = place(row, "account", name, there.address if there else None, email)
        said = row.given(
            zone=("zone", lambda column: row.zone(column, self._pilot.zone)),
            language=("language", lambda column: row.language(column, self._pilot.language)),
        )
        person = there or Person(
            PersonId(self._fresh()), self._pilot.id, homes[0], name, job, roles, address,
            self._pilot.zone, self._pilot.language, on_duty=False,
        )  # fmt: skip
        now_on = person.unit if person.unit in homes else homes[0]
        trained = _trained(row, roles, there)
        return replace(
            person, email=email, name=name, job=job, roles=roles, address=address, units=homes, unit=now_on,
            trained=trained, active=True, **said,
        )  # fmt: skip

    def _known(self, row: Cells, email: str) -> Person | None:
        known = self._there.get(email) or self._known_as(email)
        if known:
            return known
        account = row.text("account") or slug(row.text("name"))
        gone = (person for person in self._there.values() if person.email not in self._rows)
        return next((person for person in gone if person.address.id == account), None)

    def _homes(self, row: Cells, roles: frozenset[Role]) -> tuple[UnitId, ...]:
        written = row.several("units")
        if not written and not roles.isdisjoint(_ON_A_UNIT):
            row.wrong("units", Wrong.NO_UNIT)
        found = [row.among("units", each, self._units, None, Wrong.UNKNOWN_UNIT) for each in written]
        return tuple(dict.fromkeys(unit.id for unit in found if unit)) or (self._wide.id,)

    def _one_account_each(self, people: Mapping[str, Person]) -> None:
        first: dict[Address, Cells] = {}
        for email, person in people.items():
            row = self._rows[email]
            other = first.setdefault(person.address, row)
            if other is not row:
                row.wrong("account", Wrong.TWICE_IN_ROW, person.address.id, known=[str(other.number)])

    def _deputy(self, row: Cells, person: Person, people: Mapping[str, Person]) -> PersonId | None:
        if "deputy" not in row:
            return person.deputy if person.deputy in {each.id for each in people.values()} else None
        email = row.email("deputy")
        if email and email == person.email:
            row.wrong("deputy", Wrong.OWN_DEPUTY)
        elif email and email not in people:
            row.wrong("deputy", Wrong.UNKNOWN_DEPUTY, near=nearest(email, people))
        return people[email].id if email in people else None


def _by_email(rows: Sequence[Cells]) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for row in rows:
        email = row.email("email") if row.needed("email") else ""
        if email in found:
            row.wrong("email", Wrong.TWICE_IN_ROW, email, known=[str(found[email].number)])
        elif email:
            found[email] = row
    return found


def _roles(row: Cells, there: Person | None) -> frozenset[Role]:
    """The sheet gives the role of an admin and never takes it: who was given it in the chat does not stand there."""
    kept = there.roles if there and there.active else frozenset()
    if "roles" not in row:
        return kept or frozenset({Role.CLINICIAN})
    written = [row.among("roles", each, ROLES, None, Wrong.UNKNOWN_ROLE) for each in row.several("roles")]
    said = frozenset(role for role in written if role) or frozenset({Role.CLINICIAN})
    return said | (kept & {Role.ADMIN})


def _trained(row: Cells, roles: frozenset[Role], there: Person | None) -> bool:
    """A champion is trained or not: nobody is taken for trained because a cell was left empty."""
    said = row.flag("trained")
    if said is not None:
        return said
    known = there is not None and there.has(Role.CHAMPION) and "trained" not in row
    if Role.CHAMPION in roles and not known and not row.text("trained"):
        row.wrong("trained", Wrong.TRAINED_OR_NOT)
    return there is not None and there.trained
