"""What is planned beside what was done: what the auditor compares, and by what the engine's promises are measured."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, case, func, select, text, type_coerce

from bot.model import IssueId, Outcome, PersonId, PilotId
from bot.ports import NoticeState
from storage.scope import Scope, mine, of
from storage.tables import (
    FOLLOWING,
    UNFINISHED,
    AgendaRow,
    HandleRow,
    InboxRow,
    IssueRow,
    OutboxRow,
    StepRow,
    table_of,
)

_AGENDA = table_of(AgendaRow)
_HANDLE = table_of(HandleRow)
_INBOX = table_of(InboxRow)
_ISSUE = table_of(IssueRow)
_OUTBOX = table_of(OutboxRow)
_STEP = table_of(StepRow)
_MICROSECOND = timedelta(microseconds=1)

_AHEAD = (  # of one issue: joined, SQLite would read the steps of all that are closed
    select(func.min(_STEP.c.due_at))
    .where(_STEP.c.issue == _ISSUE.c.id, mine(_STEP), _STEP.c.outcome.is_(None))
    .scalar_subquery()
    .label("due_at")
)
_NEXT = select(_ISSUE.c.id, _AHEAD).where(mine(_ISSUE))
_NEXT_STEPS = (_NEXT.where(text(UNFINISHED)), _NEXT.where(text(FOLLOWING)))  # each served by its partial index
_PLANNED = select(_AGENDA.c.subject, _AGENDA.c.due_at).where(mine(_AGENDA), _AGENDA.c.kind == of("kind"))
_CLOSED = (  # of one handle
    select(func.max(_ISSUE.c.closed_at))
    .where(_ISSUE.c.reporter == _HANDLE.c.id, mine(_ISSUE), _ISSUE.c.closed_at < of("before"))
    .scalar_subquery()
    .label("closed_at")
)
_OUTLIVED = select(_HANDLE.c.id, _CLOSED).where(
    mine(_HANDLE), _HANDLE.c.pilot == of("pilot"), _HANDLE.c.identity.is_not(None)
)


def _between(one: ColumnElement[datetime], other: ColumnElement[datetime]) -> ColumnElement[int]:
    """Microseconds from one to the other."""
    return type_coerce(other, BigInteger) - type_coerce(one, BigInteger)


_READY_AT = case((_OUTBOX.c.release_at > _OUTBOX.c.created_at, _OUTBOX.c.release_at), else_=_OUTBOX.c.created_at)


def _within(name: str) -> ColumnElement[int]:
    """How many took no longer than that."""
    return func.count(case((_between(_READY_AT, _OUTBOX.c.settled_at) <= of(name), 1))).label(name)


_HANDED = (
    select(func.count().label("all"), _within("a"), _within("b"))
    .where(mine(_OUTBOX), _OUTBOX.c.settled_at >= of("since"))
    .where(_OUTBOX.c.state == NoticeState.SENT, _OUTBOX.c.attempts > 0)
)
_LATE = (
    select(_between(_STEP.c.due_at, _STEP.c.done_at).label("late"))
    .where(mine(_STEP), _STEP.c.done_at >= of("since"))
    .where(_STEP.c.outcome != Outcome.NOT_NEEDED)
)
_ACCEPTED = select(func.count().label("many")).where(mine(_INBOX), _INBOX.c.at >= of("since"))


class SqlWatch:
    """`bot.ports.Watch` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def next_steps(self) -> Mapping[IssueId, datetime]:
        rows = (row for statement in _NEXT_STEPS for row in self._scope.rows(statement))
        return {row.id: row.due_at for row in rows if row.due_at is not None}

    def planned(self, kind: str) -> Mapping[int, datetime]:
        return {row.subject: row.due_at for row in self._scope.rows(_PLANNED, of_kind=kind)}

    def outlived(self, pilot: PilotId, before: datetime) -> Mapping[PersonId, datetime]:
        rows = self._scope.rows(_OUTLIVED, of_pilot=pilot, of_before=before)
        return {row.id: row.closed_at for row in rows if row.closed_at is not None}

    def accepted(self, since: datetime) -> int:
        count: int = self._scope.one(_ACCEPTED, of_since=since).many
        return count

    def handed(self, since: datetime, within: tuple[timedelta, timedelta]) -> tuple[int, int, int]:
        first, second = (each // _MICROSECOND for each in within)
        row = self._scope.one(_HANDED, of_since=since, of_a=first, of_b=second)
        return row.all, row.a, row.b

    def late(self, since: datetime) -> Sequence[timedelta]:
        return [timedelta(microseconds=row.late) for row in self._scope.rows(_LATE, of_since=since)]
