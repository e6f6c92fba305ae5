"""Pilots and their units."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.model import Pilot, PilotId, Unit, UnitId
from storage.scope import Scope, mine, names, of, values
from storage.tables import PilotRow, UnitRow, table_of

_PILOT = table_of(PilotRow)
_UNIT = table_of(UnitRow)

_ADD = insert(_PILOT)
_ALL = select(*(_PILOT.c[name] for name in names(Pilot))).where(mine(_PILOT)).order_by(_PILOT.c.key)
_GET = _ALL.where(_PILOT.c.id == of("id"))
_COUNT = (
    update(_PILOT)
    .where(_PILOT.c.id == of("id"), mine(_PILOT))
    .values(last_number=_PILOT.c.last_number + 1)
    .returning(_PILOT.c.last_number)
)
_ADD_UNIT = insert(_UNIT)
_UNITS = select(*(_UNIT.c[name] for name in names(Unit))).where(mine(_UNIT)).order_by(_UNIT.c.name)
_GET_UNIT = _UNITS.where(_UNIT.c.id == of("id"))
_UNITS_OF = _UNITS.where(_UNIT.c.pilot == of("id"))


class SqlPilots:
    """`bot.ports.Pilots` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, pilot: Pilot) -> None:
        self._scope.add(_ADD, {**values(pilot), "last_number": 0})

    def get(self, pilot: PilotId) -> Pilot:
        return Pilot(**self._scope.one(_GET, of_id=pilot)._asdict())

    def all(self) -> Sequence[Pilot]:
        return [Pilot(**row._asdict()) for row in self._scope.rows(_ALL)]

    def add_unit(self, unit: Unit) -> None:
        channel = self._scope.close_address("unit.channel", unit.id, unit.channel)
        self._scope.add(_ADD_UNIT, {**values(unit), "channel": channel})

    def unit(self, unit: UnitId) -> Unit:
        return self._unit(self._scope.one(_GET_UNIT, of_id=unit))

    def units(self, pilot: PilotId) -> Sequence[Unit]:
        return [self._unit(row) for row in self._scope.rows(_UNITS_OF, of_id=pilot)]

    def next_number(self, pilot: PilotId) -> int:
        number: int = self._scope.one(_COUNT, of_id=pilot).last_number
        return number

    def _unit(self, row: Row[Any]) -> Unit:
        return Unit(row.id, row.pilot, row.name, self._scope.open_address("unit.channel", row.id, row.channel))
