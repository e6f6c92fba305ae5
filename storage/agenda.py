"""Work that comes due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.model import Due
from storage.scope import Scope, mine, names, of, values
from storage.tables import AgendaRow, table_of

_AGENDA = table_of(AgendaRow)

_ADD = insert(_AGENDA)
_PLANNED = ("kind", "subject", "due_at", "retry_at", "failures")
_PUT = _ADD.on_conflict_do_update(
    index_elements=["tenant", "key"], set_={name: _ADD.excluded[name] for name in _PLANNED}
)
_FAILURES = select(_AGENDA.c.failures).where(_AGENDA.c.key == of("key"), mine(_AGENDA))
_PUT_OFF = (  # one that was moved meanwhile is another entry
    update(_AGENDA)
    .where(_AGENDA.c.key == of("key"), _AGENDA.c.due_at == of("due_at"), mine(_AGENDA))
    .values(failures=_AGENDA.c.failures + 1)
)
_DROP = delete(_AGENDA).where(_AGENDA.c.key == of("key"), mine(_AGENDA))
_DUE = (
    select(*(_AGENDA.c[name] for name in names(Due)))
    .where(mine(_AGENDA), _AGENDA.c.due_at <= of("now"))
    .where(or_(_AGENDA.c.retry_at.is_(None), _AGENDA.c.retry_at <= of("now")))
    .order_by(_AGENDA.c.due_at, _AGENDA.c.key)
    .limit(of("limit"))
    .with_for_update(skip_locked=True)  # two replicas never take the same entry; SQLite has one writer anyway
)
_AFTER = bindparam("of_after", type_=_AGENDA.c.due_at.type)
_RUNS_AT = func.coalesce(_AGENDA.c.retry_at, _AGENDA.c.due_at)  # put off is always put off to later
_NEXT = select(func.min(_RUNS_AT).label("at")).where(mine(_AGENDA))
_NEXT_AFTER = _NEXT.where(_RUNS_AT > _AFTER)
_FAILING = select(func.count().label("many")).where(mine(_AGENDA), _AGENDA.c.failures > 0)
_OVERDUE = select(func.count().label("many")).where(mine(_AGENDA), _AGENDA.c.due_at < of("before"))


class SqlAgenda:
    """`bot.ports.Agenda` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, due: Due) -> None:
        self._scope.add(_PUT, values(due) | {"retry_at": None, "failures": 0})

    def drop(self, key: str) -> None:
        self._scope.change(_DROP, of_key=key)

    def due(self, now: datetime, limit: int) -> Sequence[Due]:
        return [Due(**row._asdict()) for row in self._scope.rows(_DUE, of_now=now, of_limit=limit)]

    def failures(self, key: str) -> int:
        row = self._scope.row(_FAILURES, of_key=key)
        return 0 if row is None else row.failures

    def put_off(self, due: Due, until: datetime) -> None:
        self._scope.change(_PUT_OFF, of_key=due.key, of_due_at=due.due_at, retry_at=until)

    def next_due(self, after: datetime | None = None) -> datetime | None:
        row = self._scope.one(_NEXT_AFTER, of_after=after) if after else self._scope.one(_NEXT)
        found: datetime | None = row.at
        return found

    def failing(self) -> int:
        count: int = self._scope.one(_FAILING).many
        return count

    def overdue(self, before: datetime) -> int:
        count: int = self._scope.one(_OVERDUE, of_before=before).many
        return count
