"""Work that comes due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.model import Due
from storage.scope import Scope, mine, names, of, values
from storage.tables import AgendaRow, table_of

_AGENDA = table_of(AgendaRow)

_ADD = insert(_AGENDA)
_PUT = _ADD.on_conflict_do_update(
    index_elements=["tenant", "key"],
    set_={name: _ADD.excluded[name] for name in ("kind", "subject", "due_at")},
)
_DROP = delete(_AGENDA).where(_AGENDA.c.key == of("key"), mine(_AGENDA))
_DUE = (
    select(*(_AGENDA.c[name] for name in names(Due)))
    .where(mine(_AGENDA), _AGENDA.c.due_at <= of("now"))
    .order_by(_AGENDA.c.due_at, _AGENDA.c.key)
    .limit(of("limit"))
    .with_for_update(skip_locked=True)  # two replicas never take the same entry; SQLite has one writer anyway
)
_NEXT = select(func.min(_AGENDA.c.due_at).label("at")).where(mine(_AGENDA))
_OVERDUE = select(func.count().label("many")).where(mine(_AGENDA), _AGENDA.c.due_at < of("before"))


class SqlAgenda:
    """`bot.ports.Agenda` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, due: Due) -> None:
        self._scope.add(_PUT, values(due))

    def drop(self, key: str) -> None:
        self._scope.change(_DROP, of_key=key)

    def due(self, now: datetime, limit: int) -> Sequence[Due]:
        return [Due(**row._asdict()) for row in self._scope.rows(_DUE, of_now=now, of_limit=limit)]

    def next_due(self) -> datetime | None:
        found: datetime | None = self._scope.one(_NEXT).at
        return found

    def overdue(self, before: datetime) -> int:
        count: int = self._scope.one(_OVERDUE, of_before=before).many
        return count
