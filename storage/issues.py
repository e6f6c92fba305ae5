"""Issues and their history; what else hangs on them is in `storage.issue_parts`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, func, insert, select, text, update

from bot.errors import Gone
from bot.model import CLOSED, Event, Happening, Issue, IssueId, PersonId, PilotId, Status, UnitId
from storage.issue_parts import IssueParts
from storage.scope import mine, names, of, values
from storage.tables import (
    ASKED,
    FOLLOWING,
    OWED,
    UNEXPLAINED,
    UNFINISHED,
    FollowerRow,
    HappeningRow,
    IssueRow,
    table_of,
)

_ISSUE = table_of(IssueRow)
_HAPPENING = table_of(HappeningRow)
_FOLLOWER = table_of(FollowerRow)
_OVER = CLOSED | {Status.MERGED}
_SOME = ("cause", "place", "instead")  # words that may be missing

_ADD = insert(_ISSUE)
_SAVE = update(_ISSUE).where(_ISSUE.c.id == of("issue"), mine(_ISSUE))
_ISSUES = select(*(_ISSUE.c[name] for name in names(Issue))).where(mine(_ISSUE))
_GET = _ISSUES.where(_ISSUE.c.id == of("issue"))
_OF_PILOT = _ISSUES.where(_ISSUE.c.pilot == of("pilot"))
_FIND = _OF_PILOT.where(_ISSUE.c.number == of("number"))
_NEWEST = (_ISSUE.c.reported_at.desc(), _ISSUE.c.number.desc())
_OF_REPORTER = _ISSUES.where(_ISSUE.c.reporter == of("person")).order_by(*_NEWEST).limit(of("limit"))
_FOLLOWED = select(_FOLLOWER.c.issue).where(_FOLLOWER.c.person == of("person"), mine(_FOLLOWER))
_FOLLOWED_BY = _ISSUES.where(_ISSUE.c.id.in_(_FOLLOWED)).order_by(*_NEWEST).limit(of("limit"))
_REPORTED_IN = _OF_PILOT.order_by(_ISSUE.c.number)

# Each word for word with the condition of the partial index that serves it.
_EARLIEST = (_ISSUE.c.due_at, _ISSUE.c.number)
_OPEN_IN = _OF_PILOT.where(text(UNFINISHED)).order_by(*_EARLIEST).limit(of("limit"))
_OPEN_ON = _ISSUES.where(_ISSUE.c.unit == of("unit"), text(UNFINISHED)).order_by(*_EARLIEST)
_OWNED_BY = _ISSUES.where(_ISSUE.c.owner == of("person"), text(UNFINISHED)).order_by(*_EARLIEST)
_OUTAGES = _OF_PILOT.where(text("outage")).order_by(*_EARLIEST)  # few ever: those that are over are left out below
_DUE_BEFORE = _OF_PILOT.where(text(OWED), _ISSUE.c.due_at <= of("before")).order_by(*_EARLIEST).limit(of("limit"))
_MISSED = _OF_PILOT.where(text(UNEXPLAINED)).order_by(_ISSUE.c.missed_at, _ISSUE.c.number).limit(of("limit"))
_WAITING = _OF_PILOT.where(text(ASKED)).order_by(_ISSUE.c.asked_at, _ISSUE.c.number).limit(of("limit"))
_MERGED = _ISSUES.where(text(FOLLOWING), _ISSUE.c.merged_into == of("issue")).order_by(
    _ISSUE.c.reported_at, _ISSUE.c.number
)

_RECORD = insert(_HAPPENING).inline()
_HAPPENINGS = select(*(_HAPPENING.c[name] for name in names(Happening))).where(mine(_HAPPENING))
_HISTORY = _HAPPENINGS.where(_HAPPENING.c.issue == of("issue")).order_by(_HAPPENING.c.n)
_LATEST = (
    _HAPPENINGS.join_from(_HAPPENING, _ISSUE, _ISSUE.c.id == _HAPPENING.c.issue)
    .where(_ISSUE.c.pilot == of("pilot"))
    .order_by(_HAPPENING.c.id.desc())
    .limit(of("limit"))
)
_COUNT_WITH = (
    select(func.count(func.distinct(_HAPPENING.c.issue)).label("many"))
    .join_from(_HAPPENING, _ISSUE, _ISSUE.c.id == _HAPPENING.c.issue)
    .where(mine(_HAPPENING), _ISSUE.c.pilot == of("pilot"), _HAPPENING.c.event == of("event"))
)


class SqlIssues(IssueParts):
    """`bot.ports.Issues` in SQL."""

    def add(self, issue: Issue) -> None:
        self._scope.add(_ADD, self._columns(issue))

    def save(self, issue: Issue) -> None:
        if not self._scope.change(_SAVE, of_issue=issue.id, **self._columns(issue)):
            raise Gone(f"no issue {issue.id}")

    def get(self, issue: IssueId) -> Issue:
        return self._issue(self._scope.one(_GET, of_issue=issue))

    def find(self, pilot: PilotId, number: int) -> Issue | None:
        row = self._scope.row(_FIND, of_pilot=pilot, of_number=number)
        return None if row is None else self._issue(row)

    def of_reporter(self, person: PersonId, limit: int) -> Sequence[Issue]:
        return self._issues(_OF_REPORTER, of_person=person, of_limit=limit)

    def followed_by(self, person: PersonId, limit: int) -> Sequence[Issue]:
        return self._issues(_FOLLOWED_BY, of_person=person, of_limit=limit)

    def owned_by(self, person: PersonId) -> Sequence[Issue]:
        return self._issues(_OWNED_BY, of_person=person)

    def open_in(self, pilot: PilotId, limit: int) -> Sequence[Issue]:
        return self._issues(_OPEN_IN, of_pilot=pilot, of_limit=limit)

    def open_on(self, unit: UnitId) -> Sequence[Issue]:
        return self._issues(_OPEN_ON, of_unit=unit)

    def due_before(self, pilot: PilotId, before: datetime, limit: int) -> Sequence[Issue]:
        return self._issues(_DUE_BEFORE, of_pilot=pilot, of_before=before, of_limit=limit)

    def missed_without_cause(self, pilot: PilotId, limit: int) -> Sequence[Issue]:
        return self._issues(_MISSED, of_pilot=pilot, of_limit=limit)

    def waiting_for_word(self, pilot: PilotId, limit: int) -> Sequence[Issue]:
        return self._issues(_WAITING, of_pilot=pilot, of_limit=limit)

    def outages(self, pilot: PilotId) -> Sequence[Issue]:
        rows = self._scope.rows(_OUTAGES, of_pilot=pilot)
        return [self._issue(row) for row in rows if row.status not in _OVER]

    def merged_into(self, issue: IssueId) -> Sequence[Issue]:
        return self._issues(_MERGED, of_issue=issue)

    def reported_in(self, pilot: PilotId) -> Sequence[Issue]:
        return self._issues(_REPORTED_IN, of_pilot=pilot)

    def count_with(self, pilot: PilotId, event: Event) -> int:
        count: int = self._scope.one(_COUNT_WITH, of_pilot=pilot, of_event=event).many
        return count

    def record(self, happening: Happening) -> None:
        row = values(happening)
        row["words"] = self._scope.close("happening.words", f"{happening.issue}:{happening.n}", happening.words)
        self._scope.add(_RECORD, row)

    def history(self, issue: IssueId) -> Sequence[Happening]:
        return [self._happening(row) for row in self._scope.rows(_HISTORY, of_issue=issue)]

    def latest(self, pilot: PilotId, limit: int) -> Sequence[tuple[Issue, Happening]]:
        happenings = [self._happening(row) for row in self._scope.rows(_LATEST, of_pilot=pilot, of_limit=limit)]
        issues = {issue: self.get(issue) for issue in {happening.issue for happening in happenings}}
        return [(issues[happening.issue], happening) for happening in happenings]

    def _issues(self, statement: Executable, **given: object) -> list[Issue]:
        return [self._issue(row) for row in self._scope.rows(statement, **given)]

    def _columns(self, issue: Issue) -> Mapping[str, Any]:
        row = values(issue)
        row["summary"] = self._scope.close("issue.summary", issue.id, issue.summary)
        for name in _SOME:
            row[name] = self._scope.close_some(f"issue.{name}", issue.id, row[name])
        return row

    def _issue(self, row: Row[Any]) -> Issue:
        found = row._asdict()
        found["summary"] = self._scope.open("issue.summary", row.id, row.summary)
        for name in _SOME:
            found[name] = self._scope.open_some(f"issue.{name}", row.id, found[name])
        return Issue(**found)

    def _happening(self, row: Row[Any]) -> Happening:
        words = self._scope.open("happening.words", f"{row.issue}:{row.n}", row.words)
        return Happening(**row._asdict() | {"words": words})
