"""The roster."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, insert, literal_column, select, update

from bot.model import Address, Person, PersonId, PilotId, Role
from storage.scope import Scope, mine, names, of, values
from storage.tables import PersonRoleRow, PersonRow, table_of

_PERSON = table_of(PersonRow)
_ROLE = table_of(PersonRoleRow)

_ADD = insert(_PERSON)
_ADD_ROLES = insert(_ROLE)
_ROLES = (
    select(func.aggregate_strings(_ROLE.c.role, literal_column("','")))  # type: ignore[arg-type]
    .where(_ROLE.c.person == _PERSON.c.id)
    .scalar_subquery()
    .label("roles")
)
_ALL = select(*(_ROLES if name == "roles" else _PERSON.c[name] for name in names(Person))).where(mine(_PERSON))
_GET = _ALL.where(_PERSON.c.id == of("id"))
_AT = _ALL.where(_PERSON.c.address_index == of("address"))
_OF = _ALL.where(_PERSON.c.pilot == of("pilot"))
_WITH_ROLE = select(_ROLE.c.person).where(mine(_ROLE), _ROLE.c.pilot == of("pilot"), _ROLE.c.role == of("role"))
_HAVING = _ALL.where(_PERSON.c.id.in_(_WITH_ROLE))
_SET_DUTY = update(_PERSON).where(_PERSON.c.id == of("id"), mine(_PERSON))


class SqlPeople:
    """`bot.ports.People` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, person: Person) -> None:
        row = values(person)
        roles = row.pop("roles")
        row["name"] = self._scope.close("person.name", person.id, person.name)
        row["address"] = self._scope.close_address("person.address", person.id, person.address)
        row["address_index"] = self._scope.place(person.address)
        self._scope.add(_ADD, row)
        self._scope.add_all(
            _ADD_ROLES, [{"person": person.id, "role": r, "pilot": person.pilot} for r in sorted(roles)]
        )

    def get(self, person: PersonId) -> Person:
        return self._person(self._scope.one(_GET, of_id=person))

    def at(self, address: Address) -> Person | None:
        row = self._scope.row(_AT, of_address=self._scope.place(address))
        return None if row is None else self._person(row)

    def having(self, pilot: PilotId, role: Role) -> Sequence[Person]:
        return self._by_name(self._scope.rows(_HAVING, of_pilot=pilot, of_role=role))

    def everybody(self, pilot: PilotId) -> Sequence[Person]:
        return self._by_name(self._scope.rows(_OF, of_pilot=pilot))

    def set_duty(self, person: PersonId, *, on: bool) -> None:
        self._scope.change(_SET_DUTY, of_id=person, on_duty=on)

    def _by_name(self, rows: Sequence[Row[Any]]) -> Sequence[Person]:
        """Sorted here, because the database cannot read the names."""
        return sorted(map(self._person, rows), key=lambda person: (person.name.casefold(), person.id))

    def _person(self, row: Row[Any]) -> Person:
        found = row._asdict()
        found["name"] = self._scope.open("person.name", row.id, row.name)
        found["address"] = self._scope.open_address("person.address", row.id, row.address)
        found["roles"] = frozenset(map(Role, row.roles.split(","))) if row.roles else frozenset()
        return Person(**found)
