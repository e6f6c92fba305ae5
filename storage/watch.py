"""What is planned beside what was done: what the auditor compares, and by what the engine's promises are measured."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, case, exists, func, not_, or_, select, text, type_coerce

from bot.model import IssueId, Outcome, PersonId, PilotId
from bot.ports import NoticeState
from storage.scope import Scope, mine, of
from storage.tables import (
    FOLLOWING,
    UNFINISHED,
    AgendaRow,
    FollowerRow,
    HandleRow,
    InboxRow,
    IssueRow,
    OutboxRow,
    PersonRow,
    ShiftRow,
    StepRow,
    table_of,
)

_AGENDA = table_of(AgendaRow)
_FOLLOWER = table_of(FollowerRow)
_HANDLE = table_of(HandleRow)
_INBOX = table_of(InboxRow)
_ISSUE = table_of(IssueRow)
_OUTBOX = table_of(OutboxRow)
_PERSON = table_of(PersonRow)
_SHIFT = table_of(ShiftRow)
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
# Issues of one handle: what it has reported, and what it follows.
_REPORTED = (_ISSUE.c.reporter == _HANDLE.c.id, mine(_ISSUE))
_FOLLOWED = (_FOLLOWER.c.person == _HANDLE.c.id, mine(_FOLLOWER), _ISSUE.c.id == _FOLLOWER.c.issue, mine(_ISSUE))


def _closed(*its: ColumnElement[bool]) -> ScalarSelect[datetime | None]:
    return select(func.max(_ISSUE.c.closed_at)).where(*its).scalar_subquery()


def _open(*its: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*its, _ISSUE.c.closed_at.is_(None))


_OUTLIVED = (
    select(_HANDLE.c.id, _closed(*_REPORTED).label("reported"), _closed(*_FOLLOWED).label("followed"))
    .where(mine(_HANDLE), _HANDLE.c.pilot == of("pilot"), _HANDLE.c.identity.is_not(None))
    .where(~_open(*_REPORTED), ~_open(*_FOLLOWED))
)

_LAPSED = select(_PERSON.c.id, _PERSON.c.duty_until).where(
    mine(_PERSON), _PERSON.c.pilot == of("pilot"), _PERSON.c.active, _PERSON.c.duty_until <= of("now")
)
_ABSENT = (
    select(_PERSON.c.id, func.min(_SHIFT.c.starts_at).label("starts_at"))
    .join_from(_SHIFT, _PERSON, _PERSON.c.id == _SHIFT.c.person)
    .where(mine(_SHIFT), _SHIFT.c.pilot == of("pilot"), _SHIFT.c.starts_at <= of("now"), _SHIFT.c.ends_at > of("now"))
    .where(_PERSON.c.active, not_(_PERSON.c.on_duty))
    .where(or_(_PERSON.c.duty_until.is_(None), _PERSON.c.duty_until <= of("now")))
    .where(or_(_PERSON.c.away_until.is_(None), _PERSON.c.away_until <= of("now")))
    .group_by(_PERSON.c.id)
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
        rows = self._scope.rows(_OUTLIVED, of_pilot=pilot)
        closed = {row.id: max(filter(None, (row.reported, row.followed)), default=before) for row in rows}
        return {handle: at for handle, at in closed.items() if at < before}

    def lapsed(self, pilot: PilotId, now: datetime) -> Mapping[PersonId, datetime]:
        return {row.id: row.duty_until for row in self._scope.rows(_LAPSED, of_pilot=pilot, of_now=now)}

    def absent(self, pilot: PilotId, now: datetime) -> Mapping[PersonId, datetime]:
        return {row.id: row.starts_at for row in self._scope.rows(_ABSENT, of_pilot=pilot, of_now=now)}

    def accepted(self, since: datetime) -> int:
        count: int = self._scope.one(_ACCEPTED, of_since=since).many
        return count

    def handed(self, since: datetime, within: tuple[timedelta, timedelta]) -> tuple[int, int, int]:
        first, second = (each // _MICROSECOND for each in within)
        row = self._scope.one(_HANDED, of_since=since, of_a=first, of_b=second)
        return row.all, row.a, row.b

    def late(self, since: datetime) -> Sequence[timedelta]:
        return [timedelta(microseconds=row.late) for row in self._scope.rows(_LATE, of_since=since)]
