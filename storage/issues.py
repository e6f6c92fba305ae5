"""Issues, their history, fixes and planned steps."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select, text, update

from bot.errors import Gone
from bot.model import Audience, Fix, Happening, Issue, IssueId, PersonId, PilotId, Step
from storage.scope import Scope, mine, names, of, values
from storage.tables import FixRow, HappeningRow, IssueRow, StepRow, table_of

_ISSUE = table_of(IssueRow)
_HAPPENING = table_of(HappeningRow)
_FIX = table_of(FixRow)
_STEP = table_of(StepRow)

_ADD = insert(_ISSUE)
_SAVE = update(_ISSUE).where(_ISSUE.c.id == of("issue"), mine(_ISSUE))
_ISSUES = select(*(_ISSUE.c[name] for name in names(Issue))).where(mine(_ISSUE))
_GET = _ISSUES.where(_ISSUE.c.id == of("issue"))
_OF_PILOT = _ISSUES.where(_ISSUE.c.pilot == of("pilot"))
_FIND = _OF_PILOT.where(_ISSUE.c.number == of("number"))
_OF_REPORTER = (
    _ISSUES.where(_ISSUE.c.reporter == of("person"))
    .order_by(_ISSUE.c.reported_at.desc(), _ISSUE.c.number.desc())
    .limit(of("limit"))
)
_OPEN_IN = (
    _OF_PILOT.where(text("status NOT IN ('verified', 'unverified')"))  # word for word the partial index's condition
    .order_by(_ISSUE.c.due_at, _ISSUE.c.number)
    .limit(of("limit"))
)
_REPORTED_IN = _OF_PILOT.order_by(_ISSUE.c.number)

_RECORD = insert(_HAPPENING).inline()
_HAPPENINGS = select(*(_HAPPENING.c[name] for name in names(Happening))).where(mine(_HAPPENING))
_HISTORY = _HAPPENINGS.where(_HAPPENING.c.issue == of("issue")).order_by(_HAPPENING.c.n)
_LATEST = (
    _HAPPENINGS.join_from(_HAPPENING, _ISSUE, _ISSUE.c.id == _HAPPENING.c.issue)
    .where(_ISSUE.c.pilot == of("pilot"))
    .order_by(_HAPPENING.c.id.desc())
    .limit(of("limit"))
)

_ADD_FIX = insert(_FIX)
_FIXES = select(*(_FIX.c[name] for name in names(Fix))).where(mine(_FIX), _FIX.c.issue == of("issue"))
_LAST_FIX = _FIXES.order_by(_FIX.c.n.desc()).limit(1)
_ALL_FIXES = _FIXES.order_by(_FIX.c.n)

_ADD_STEPS = insert(_STEP)
_STEPS = select(*(_STEP.c[name] for name in names(Step))).where(mine(_STEP), _STEP.c.issue == of("issue"))
_STEPS_IN_ORDER = _STEPS.order_by(_STEP.c.n)
_SETTLE_STEP = update(_STEP).where(_STEP.c.issue == of("issue"), _STEP.c.n == of("n"), mine(_STEP))


class SqlIssues:
    """`bot.ports.Issues` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

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
        return [self._issue(row) for row in self._scope.rows(_OF_REPORTER, of_person=person, of_limit=limit)]

    def open_in(self, pilot: PilotId, limit: int) -> Sequence[Issue]:
        return [self._issue(row) for row in self._scope.rows(_OPEN_IN, of_pilot=pilot, of_limit=limit)]

    def reported_in(self, pilot: PilotId) -> Sequence[Issue]:
        return [self._issue(row) for row in self._scope.rows(_REPORTED_IN, of_pilot=pilot)]

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

    def add_fix(self, fix: Fix) -> None:
        words = self._scope.close("fix.words", f"{fix.issue}:{fix.n}", fix.words)
        self._scope.add(_ADD_FIX, {**values(fix), "words": words})

    def last_fix(self, issue: IssueId) -> Fix | None:
        row = self._scope.row(_LAST_FIX, of_issue=issue)
        return None if row is None else self._fix(row)

    def fixes(self, issue: IssueId) -> Sequence[Fix]:
        return [self._fix(row) for row in self._scope.rows(_ALL_FIXES, of_issue=issue)]

    def steps(self, issue: IssueId) -> Sequence[Step]:
        return [_step(row) for row in self._scope.rows(_STEPS_IN_ORDER, of_issue=issue)]

    def add_steps(self, issue: IssueId, steps: Sequence[Step]) -> None:
        self._scope.add_all(_ADD_STEPS, [{"issue": issue, **_columns_of_step(step)} for step in steps])

    def settle_step(self, issue: IssueId, step: Step) -> None:
        row = _columns_of_step(step)
        if not self._scope.change(_SETTLE_STEP, of_issue=issue, of_n=row.pop("n"), **row):
            raise Gone(f"issue {issue} has no step {step.n}")

    def _columns(self, issue: Issue) -> Mapping[str, Any]:
        return {**values(issue), "summary": self._scope.close("issue.summary", issue.id, issue.summary)}

    def _issue(self, row: Row[Any]) -> Issue:
        return Issue(**row._asdict() | {"summary": self._scope.open("issue.summary", row.id, row.summary)})

    def _happening(self, row: Row[Any]) -> Happening:
        words = self._scope.open("happening.words", f"{row.issue}:{row.n}", row.words)
        return Happening(**row._asdict() | {"words": words})

    def _fix(self, row: Row[Any]) -> Fix:
        return Fix(**row._asdict() | {"words": self._scope.open("fix.words", f"{row.issue}:{row.n}", row.words)})


def _columns_of_step(step: Step) -> dict[str, Any]:
    return {**values(step), "tell": ",".join(step.tell)}


def _step(row: Row[Any]) -> Step:
    tell = tuple(map(Audience, row.tell.split(","))) if row.tell else ()
    return Step(**row._asdict() | {"tell": tell})
