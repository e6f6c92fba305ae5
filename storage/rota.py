"""Who is on duty when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.model import PersonId, PilotId, Shift
from storage.scope import Scope, mine, names, of, values
from storage.tables import ShiftRow, table_of

_SHIFT = table_of(ShiftRow)

_ADD = insert(_SHIFT)
_CLEAR = delete(_SHIFT).where(
    mine(_SHIFT), _SHIFT.c.pilot == of("pilot"), _SHIFT.c.starts_at >= of("start"), _SHIFT.c.starts_at < of("end")
)
_ALL = (
    select(*(_SHIFT.c[name] for name in names(Shift)))
    .where(mine(_SHIFT))
    .order_by(_SHIFT.c.starts_at, _SHIFT.c.ends_at, _SHIFT.c.id)
)
_OF = _ALL.where(_SHIFT.c.person == of("person"), _SHIFT.c.ends_at > of("after")).limit(of("limit"))
_WITHIN = _ALL.where(_SHIFT.c.pilot == of("pilot"), _SHIFT.c.ends_at > of("start"), _SHIFT.c.starts_at < of("end"))


class SqlRota:
    """`bot.ports.Rota` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def replace(self, pilot: PilotId, start: datetime, end: datetime, shifts: Sequence[Shift]) -> None:
        self._scope.change(_CLEAR, of_pilot=pilot, of_start=start, of_end=end)
        self._scope.add_all(_ADD, [{**values(shift), "pilot": pilot} for shift in shifts])

    def of(self, person: PersonId, after: datetime, limit: int = 50) -> Sequence[Shift]:
        rows = self._scope.rows(_OF, of_person=person, of_after=after, of_limit=limit)
        return [Shift(**row._asdict()) for row in rows]

    def within(self, pilot: PilotId, start: datetime, end: datetime) -> Sequence[Shift]:
        rows = self._scope.rows(_WITHIN, of_pilot=pilot, of_start=start, of_end=end)
        return [Shift(**row._asdict()) for row in rows]
