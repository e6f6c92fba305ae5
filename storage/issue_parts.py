"""What hangs on an issue: fixes, workarounds, waits, what was asked, followers, and planned steps."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.errors import Gone
from bot.model import Asked, Audience, Fix, Follower, IssueId, PersonId, Step, Tag, VendorWait, Workaround
from storage.scope import Scope, mine, names, of, values
from storage.tables import AskedRow, FixRow, FollowerRow, StepRow, VendorWaitRow, WorkaroundRow, table_of

_FIX = table_of(FixRow)
_WORKAROUND = table_of(WorkaroundRow)
_VENDOR_WAIT = table_of(VendorWaitRow)
_ASKED = table_of(AskedRow)
_FOLLOWER = table_of(FollowerRow)
_STEP = table_of(StepRow)


def _save(table: Table, kind: Any, key: str = "n") -> Any:  # noqa: ANN401 - an upsert has no public type
    add = insert(table)
    columns = {name: add.excluded[name] for name in names(kind) if name not in {"issue", key}}
    return add.on_conflict_do_update(index_elements=["issue", key], set_=columns)


def _all(table: Table, kind: Any, order: str = "n") -> Select[Any]:  # noqa: ANN401 - a dataclass
    columns = [table.c[name] for name in names(kind)]
    return select(*columns).where(mine(table), table.c.issue == of("issue")).order_by(table.c[order])


_ADD_FIX = insert(_FIX)
_SAVE_FIX = _save(_FIX, Fix)
_FIXES = _all(_FIX, Fix)
_LAST_FIX = _FIXES.where(~_FIX.c.undone).order_by(None).order_by(_FIX.c.n.desc()).limit(1)
_SAVE_WORKAROUND = _save(_WORKAROUND, Workaround)
_WORKAROUNDS = _all(_WORKAROUND, Workaround)
_SAVE_VENDOR_WAIT = _save(_VENDOR_WAIT, VendorWait)
_VENDOR_WAITS = _all(_VENDOR_WAIT, VendorWait)
_SAVE_ASKED = _save(_ASKED, Asked)
_ALL_ASKED = _all(_ASKED, Asked)
_SAVE_FOLLOWER = _save(_FOLLOWER, Follower, "person")
_FOLLOWERS = _all(_FOLLOWER, Follower, "since").order_by(_FOLLOWER.c.person)
_DROP_FOLLOWER = delete(_FOLLOWER).where(
    mine(_FOLLOWER), _FOLLOWER.c.issue == of("issue"), _FOLLOWER.c.person == of("person")
)
_ADD_STEPS = insert(_STEP)
_STEPS = _all(_STEP, Step)
_SETTLE_STEP = update(_STEP).where(_STEP.c.issue == of("issue"), _STEP.c.n == of("n"), mine(_STEP))

# Words of each kind: those that are always there, and those that may be missing.
_WORDS: dict[type[Any], tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    Fix: (_FIX.name, ("words",), ("before", "after")),
    Workaround: (_WORKAROUND.name, ("words",), ()),
    VendorWait: (_VENDOR_WAIT.name, ("vendor", "reference"), ()),
    Asked: (_ASKED.name, ("words",), ("answer",)),
}


class IssueParts:
    """The half of `bot.ports.Issues` that is about what hangs on one issue."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add_fix(self, fix: Fix) -> None:
        self._scope.add(_ADD_FIX, self._columns_of_fix(fix))

    def save_fix(self, fix: Fix) -> None:
        self._scope.add(_SAVE_FIX, self._columns_of_fix(fix))

    def last_fix(self, issue: IssueId) -> Fix | None:
        row = self._scope.row(_LAST_FIX, of_issue=issue)
        return None if row is None else self._fix(row)

    def fixes(self, issue: IssueId) -> Sequence[Fix]:
        return [self._fix(row) for row in self._scope.rows(_FIXES, of_issue=issue)]

    def save_workaround(self, workaround: Workaround) -> None:
        self._scope.add(_SAVE_WORKAROUND, self._closed(workaround))

    def workarounds(self, issue: IssueId) -> Sequence[Workaround]:
        return [Workaround(**self._opened(Workaround, row)) for row in self._scope.rows(_WORKAROUNDS, of_issue=issue)]

    def save_vendor_wait(self, wait: VendorWait) -> None:
        self._scope.add(_SAVE_VENDOR_WAIT, self._closed(wait))

    def vendor_waits(self, issue: IssueId) -> Sequence[VendorWait]:
        return [VendorWait(**self._opened(VendorWait, row)) for row in self._scope.rows(_VENDOR_WAITS, of_issue=issue)]

    def save_asked(self, asked: Asked) -> None:
        self._scope.add(_SAVE_ASKED, self._closed(asked))

    def asked(self, issue: IssueId) -> Sequence[Asked]:
        return [Asked(**self._opened(Asked, row)) for row in self._scope.rows(_ALL_ASKED, of_issue=issue)]

    def save_follower(self, follower: Follower) -> None:
        self._scope.add(_SAVE_FOLLOWER, values(follower))

    def followers(self, issue: IssueId) -> Sequence[Follower]:
        return [Follower(**row._asdict()) for row in self._scope.rows(_FOLLOWERS, of_issue=issue)]

    def drop_follower(self, issue: IssueId, person: PersonId) -> None:
        self._scope.change(_DROP_FOLLOWER, of_issue=issue, of_person=person)

    def steps(self, issue: IssueId) -> Sequence[Step]:
        return [_step(row) for row in self._scope.rows(_STEPS, of_issue=issue)]

    def add_steps(self, issue: IssueId, steps: Sequence[Step]) -> None:
        self._scope.add_all(_ADD_STEPS, [{"issue": issue, **_columns_of_step(step)} for step in steps])

    def settle_step(self, issue: IssueId, step: Step) -> None:
        row = _columns_of_step(step)
        if not self._scope.change(_SETTLE_STEP, of_issue=issue, of_n=row.pop("n"), **row):
            raise Gone(f"issue {issue} has no step {step.n}")

    def _columns_of_fix(self, fix: Fix) -> dict[str, Any]:
        return {**self._closed(fix), "tags": ",".join(sorted(fix.tags))}

    def _fix(self, row: Row[Any]) -> Fix:
        tags = frozenset(Tag(tag) for tag in row.tags.split(",") if tag)
        return Fix(**self._opened(Fix, row) | {"tags": tags})

    def _closed(self, part: Fix | Workaround | VendorWait | Asked) -> dict[str, Any]:
        """The row of a part, its words sealed."""
        row, name = values(part), f"{part.issue}:{part.n}"
        table, always, some = _WORDS[type(part)]
        for column in always:
            row[column] = self._scope.close(f"{table}.{column}", name, row[column])
        for column in some:
            row[column] = self._scope.close_some(f"{table}.{column}", name, row[column])
        return row

    def _opened(self, kind: type[Any], row: Row[Any]) -> dict[str, Any]:
        found, name = row._asdict(), f"{row.issue}:{row.n}"
        table, always, some = _WORDS[kind]
        for column in (*always, *some):
            found[column] = self._scope.open_some(f"{table}.{column}", name, found[column])
        return found


def _columns_of_step(step: Step) -> dict[str, Any]:
    return {**values(step), "tell": ",".join(step.tell)}


def _step(row: Row[Any]) -> Step:
    tell = tuple(map(Audience, row.tell.split(","))) if row.tell else ()
    return Step(**row._asdict() | {"tell": tell})
