"""The roster."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, literal_column, select, text, update

from bot.errors import Gone
from bot.model import Address, Person, PersonId, PilotId, Role, UnitId
from storage import facts
from storage.handles import SqlHandles
from storage.scope import Scope, mine, names, of, values
from storage.tables import ACTIVE, PersonRoleRow, PersonRow, table_of

_PERSON = table_of(PersonRow)
_ROLE = table_of(PersonRoleRow)
_ELSEWHERE = {"roles", "nameless"}  # fields that no column of the row holds
_CODE = "admin code"

_ADD = insert(_PERSON)
_SAVE = update(_PERSON).where(_PERSON.c.id == of("id"), mine(_PERSON))
_ADD_ROLES = insert(_ROLE)
_DROP_ROLES = delete(_ROLE).where(_ROLE.c.person == of("id"), mine(_ROLE))
_ROLES = (
    select(func.aggregate_strings(_ROLE.c.role, literal_column("','")))  # type: ignore[arg-type]
    .where(_ROLE.c.person == _PERSON.c.id)
    .scalar_subquery()
    .label("roles")
)
_ALL = select(*(_PERSON.c[name] for name in names(Person) if name not in _ELSEWHERE), _ROLES).where(mine(_PERSON))
_GET = _ALL.where(_PERSON.c.id == of("id"))
_KNOWN_AS = _ALL.where(_PERSON.c.pilot == of("pilot"), _PERSON.c.email_index == of("email"))
_ACTIVE = _ALL.where(text(ACTIVE))
_AT = _ACTIVE.where(_PERSON.c.address_index == of("address"))
_OF = _ACTIVE.where(_PERSON.c.pilot == of("pilot"))
_WITH_ROLE = select(_ROLE.c.person).where(mine(_ROLE), _ROLE.c.pilot == of("pilot"), _ROLE.c.role == of("role"))
_HAVING = _ACTIVE.where(_PERSON.c.id.in_(_WITH_ROLE))


class SqlPeople:
    """`bot.ports.People` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, person: Person) -> None:
        self._scope.add(_ADD, self._columns(person))
        self._add_roles(person)

    def save(self, person: Person) -> None:
        before = self._scope.row(_GET, of_id=person.id)
        if before is None:
            raise Gone(f"no person {person.id}")
        self._scope.change(_SAVE, of_id=person.id, **self._columns(person))
        if _roles(before) != person.roles:
            self._scope.change(_DROP_ROLES, of_id=person.id)
            self._add_roles(person)

    def get(self, person: PersonId) -> Person:
        row = self._scope.row(_GET, of_id=person)
        found = SqlHandles(self._scope).person(person) if row is None else self._person(row)
        if found is None:
            raise Gone(f"no person {person}")
        return found

    def at(self, address: Address) -> Person | None:
        row = self._scope.row(_AT, of_address=self._scope.place(address))
        return None if row is None else self._person(row)

    def known_as(self, pilot: PilotId, email: str) -> Person | None:
        row = self._scope.row(_KNOWN_AS, of_pilot=pilot, of_email=self._email_index(email))
        return None if row is None else self._person(row)

    def having(self, pilot: PilotId, role: Role) -> Sequence[Person]:
        return self._by_name(self._scope.rows(_HAVING, of_pilot=pilot, of_role=role))

    def everybody(self, pilot: PilotId) -> Sequence[Person]:
        return self._by_name(self._scope.rows(_OF, of_pilot=pilot))

    def set_duty(self, person: PersonId, *, on: bool, until: datetime | None = None) -> None:
        self._scope.change(_SAVE, of_id=person, on_duty=on, duty_until=until)

    def keep_code(self, code: str, until: datetime) -> None:
        facts.put(self._scope, _CODE, f"{self._code(code)} {until.isoformat()}")

    def use_code(self, code: str, now: datetime) -> bool:
        kept, _, until = (facts.get(self._scope, _CODE) or "").partition(" ")
        if kept != self._code(code) or datetime.fromisoformat(until) < now:
            return False
        facts.drop(self._scope, _CODE)
        return True

    def _add_roles(self, person: Person) -> None:
        rows = [{"person": person.id, "role": role, "pilot": person.pilot} for role in sorted(person.roles)]
        self._scope.add_all(_ADD_ROLES, rows)

    def _columns(self, person: Person) -> dict[str, Any]:
        row = values(person)
        for name in _ELSEWHERE:
            del row[name]
        row["name"] = self._scope.close("person.name", person.id, person.name)
        row["address"] = self._scope.close_address("person.address", person.id, person.address)
        row["address_index"] = self._scope.place(person.address)
        row["email"] = self._scope.close_some("person.email", person.id, person.email)
        row["email_index"] = self._email_index(person.email) if person.email else None
        row["units"] = ",".join(map(str, person.units))
        return row

    def _email_index(self, email: str) -> bytes:
        return self._scope.index("email", email.strip().casefold())

    def _code(self, code: str) -> str:
        return self._scope.index(_CODE, code).hex()

    def _by_name(self, rows: Sequence[Row[Any]]) -> Sequence[Person]:
        """Sorted here, because the database cannot read the names."""
        return sorted(map(self._person, rows), key=lambda person: (person.name.casefold(), person.id))

    def _person(self, row: Row[Any]) -> Person:
        found = row._asdict()
        found["name"] = self._scope.open("person.name", row.id, row.name)
        found["address"] = self._scope.open_address("person.address", row.id, row.address)
        found["email"] = self._scope.open_some("person.email", row.id, row.email)
        found["units"] = tuple(UnitId(int(unit)) for unit in row.units.split(",") if unit)
        found["roles"] = _roles(row)
        return Person(**found)


def _roles(row: Row[Any]) -> frozenset[Role]:
    return frozenset(map(Role, row.roles.split(","))) if row.roles else frozenset()
