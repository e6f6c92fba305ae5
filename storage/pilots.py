"""Pilots, their units and their ladder."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.errors import Gone
from bot.model import Audience, Pilot, PilotId, Rung, Severity, Unit, UnitId
from storage.scope import Scope, mine, names, of, values
from storage.tables import PilotRow, RungRow, UnitRow, table_of

_PILOT = table_of(PilotRow)
_UNIT = table_of(UnitRow)
_RUNG = table_of(RungRow)

_ADD = insert(_PILOT)
_SAVE = update(_PILOT).where(_PILOT.c.id == of("id"), mine(_PILOT))
_ALL = select(*(_PILOT.c[name] for name in names(Pilot))).where(mine(_PILOT)).order_by(_PILOT.c.key)
_GET = _ALL.where(_PILOT.c.id == of("id"))
_COUNT = _SAVE.values(last_number=_PILOT.c.last_number + 1).returning(_PILOT.c.last_number)

_ADD_UNIT = insert(_UNIT)
_ONE_UNIT = (_UNIT.c.id == of("id"), mine(_UNIT))
_SAVE_UNIT = update(_UNIT).where(*_ONE_UNIT)
_DROP_UNIT = delete(_UNIT).where(*_ONE_UNIT)
_UNITS = select(*(_UNIT.c[name] for name in names(Unit))).where(mine(_UNIT)).order_by(_UNIT.c.wide, _UNIT.c.name)
_GET_UNIT = _UNITS.where(_UNIT.c.id == of("id"))
_UNITS_OF = _UNITS.where(_UNIT.c.pilot == of("id"))
_WIDE = _UNITS_OF.where(_UNIT.c.wide)

_OF_PILOT = (_RUNG.c.pilot == of("pilot"), mine(_RUNG))
_RUNGS = (
    select(_RUNG)
    .where(*_OF_PILOT, _RUNG.c.since <= of("at"))
    .order_by(_RUNG.c.since.desc(), _RUNG.c.severity, _RUNG.c.n)
)
_ADD_RUNGS = insert(_RUNG)
_DROP_RUNGS = delete(_RUNG).where(*_OF_PILOT, _RUNG.c.since >= of("since"))


class SqlPilots:
    """`bot.ports.Pilots` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, pilot: Pilot) -> None:
        self._scope.add(_ADD, {**values(pilot), "last_number": 0})

    def save(self, pilot: Pilot) -> None:
        if not self._scope.change(_SAVE, of_id=pilot.id, **values(pilot)):
            raise Gone(f"no pilot {pilot.id}")

    def get(self, pilot: PilotId) -> Pilot:
        return Pilot(**self._scope.one(_GET, of_id=pilot)._asdict())

    def all(self) -> Sequence[Pilot]:
        return [Pilot(**row._asdict()) for row in self._scope.rows(_ALL)]

    def add_unit(self, unit: Unit) -> None:
        self._scope.add(_ADD_UNIT, self._columns(unit))

    def save_unit(self, unit: Unit) -> None:
        if not self._scope.change(_SAVE_UNIT, of_id=unit.id, **self._columns(unit)):
            raise Gone(f"no unit {unit.id}")

    def drop_unit(self, unit: UnitId) -> None:
        self._scope.change(_DROP_UNIT, of_id=unit)

    def unit(self, unit: UnitId) -> Unit:
        return self._unit(self._scope.one(_GET_UNIT, of_id=unit))

    def units(self, pilot: PilotId) -> Sequence[Unit]:
        return [self._unit(row) for row in self._scope.rows(_UNITS_OF, of_id=pilot)]

    def wide_unit(self, pilot: PilotId) -> Unit:
        return self._unit(self._scope.one(_WIDE, of_id=pilot))

    def rungs(self, pilot: PilotId, at: datetime) -> Mapping[Severity, Sequence[Rung]]:
        rows = self._scope.rows(_RUNGS, of_pilot=pilot, of_at=at)
        latest = [row for row in rows if row.since == rows[0].since]
        return {severity: list(map(_rung, group)) for severity, group in groupby(latest, lambda row: row.severity)}

    def set_rungs(self, pilot: PilotId, rungs: Mapping[Severity, Sequence[Rung]], since: datetime) -> None:
        self._scope.change(_DROP_RUNGS, of_pilot=pilot, of_since=since)
        all_of_them = [(severity, n, rung) for severity, each in rungs.items() for n, rung in enumerate(each)]
        self._scope.add_all(
            _ADD_RUNGS,
            [
                {
                    **values(rung),
                    "tell": ",".join(rung.tell),
                    "pilot": pilot,
                    "since": since,
                    "severity": severity,
                    "n": n,
                }
                for severity, n, rung in all_of_them
            ],
        )

    def next_number(self, pilot: PilotId) -> int:
        number: int = self._scope.one(_COUNT, of_id=pilot).last_number
        return number

    def _columns(self, unit: Unit) -> dict[str, Any]:
        return {**values(unit), "channel": self._scope.close_address("unit.channel", unit.id, unit.channel)}

    def _unit(self, row: Row[Any]) -> Unit:
        return Unit(**row._asdict() | {"channel": self._scope.open_address("unit.channel", row.id, row.channel)})


def _rung(row: Row[Any]) -> Rung:
    tell = tuple(map(Audience, row.tell.split(","))) if row.tell else ()
    return Rung(row.after, row.needs, tell, row.every)
