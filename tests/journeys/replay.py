"""The published numbers reckoned a second time, in plain loops over the history, sharing no code with the bot.

Read beside `docs/target.md`, not beside the bot: what is written here is what that page says. Besides the rows it
is told when each report began, how long its target is, which questions ("fixed for you?") came to stand on the chat
platform and when, and the exact times of what people without a name did, which the rows round down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Event, Happening, IssueId, NonUse, Severity, Status

OVER = {"verified", "unverified", "declined", "withdrawn"}
WAITING = {"needs info", "waiting for vendor"}
NONE = timedelta(0)


@dataclass(frozen=True)
class Start:
    """What is known of a report beside its rows."""

    reference: str
    began: datetime
    target: timedelta


@dataclass
class Told:
    """One issue as the rows tell it so far."""

    id: IssueId
    start: Start
    due: datetime
    status: str = "reported"
    severity: int = 0
    helped_at: datetime | None = None
    helped_by: str = ""
    helped_n: int = 0
    missed: datetime | None = None
    verified: datetime | None = None
    asked: bool = False
    idea: bool = False
    follows: IssueId | None = None
    graded: bool = False
    why: str = ""  # they do without it
    fixes: list[int] = field(default_factory=list)  # the rows of those not taken back
    waits: list[tuple[datetime, datetime]] = field(default_factory=list)
    waits_since: datetime | None = None


@dataclass(frozen=True)
class Numbers:
    """The published numbers, named as `bot.figures` names them; shares as pairs."""

    addressed: tuple[int, int]
    verified_in_time: tuple[int, int]
    verified_of_asked: tuple[int, int]
    helped: int
    running: int
    raw_median: timedelta | None
    raw_p90: timedelta | None
    net_median: timedelta | None
    by_severity: Mapping[int, tuple[int, int, int, int, int]]  # n, fixed, answered, worked around, missed
    declined: int
    withdrawn: int
    ideas: int
    merged: int
    reclassified: int
    non_use: Mapping[str, int]


class Replay:
    """Reads the rows of a whole pilot in the order in which they were written."""

    def __init__(
        self,
        starts: Mapping[IssueId, Start],
        asked: Iterable[tuple[datetime, IssueId, int]],
        exact: Mapping[tuple[IssueId, int], datetime],
    ) -> None:
        self.issues = {each: Told(each, start, start.began + start.target) for each, start in starts.items()}
        self._by_reference = {each.start.reference: each for each in self.issues.values()}
        self._asked = sorted(asked)
        self._exact = exact
        self._at: datetime | None = None  # of the last row
        self._moved: set[IssueId] = set()  # whose clock it has changed

    def read(self, rows: Sequence[Happening]) -> None:
        for row in rows:
            at = self._exact.get((row.issue, row.n), row.at)
            self._questions(at)
            self._passes(at)
            self._row(self.issues[row.issue], row, at)

    def end(self, now: datetime) -> None:
        """Time has passed since the last row."""
        self._questions(now)
        self._passes(now)
        self._moved.clear()
        for issue in self.issues.values():
            self._lapse(issue, now)

    # ------------------------------------------------------------------------------------------------- row by row

    def _row(self, issue: Told, row: Happening, at: datetime) -> None:
        if row.event is not Event.REPORT:
            self._lapse(issue, at)
        first, _, _ = row.words.partition("\n")
        self._help(issue, row, first, at)
        self._said(issue, row, first)
        self._moves(issue, row.before, row.after, at)
        self._follows(issue, row, first, at)
        self._lapse(issue, at)

    def _help(self, issue: Told, row: Happening, first: str, at: datetime) -> None:
        match row.event:
            case Event.FIX:
                issue.fixes.append(row.n)
            case Event.ADDRESSED:
                self._stamp(issue, at, *first.split(":"))
            case Event.UNDO:
                self._undo(issue, at)
            case Event.STILL_BROKEN | Event.APPEAL:
                self._void(issue, at)
            case Event.WORKAROUND_FAILS if issue.helped_by == "workaround":
                self._void(issue, at)
            case Event.CONFIRM:
                issue.verified = at

    def _said(self, issue: Told, row: Happening, first: str) -> None:
        match row.event:
            case Event.REPORT:
                issue.severity = int(first)
            case Event.CHANGE_SEVERITY:
                issue.severity, issue.graded, issue.idea = int(first), True, False
            case Event.MARK_IDEA:
                issue.idea = True
            case Event.DETAIL:
                issue.why = first or issue.why

    def _moves(self, issue: Told, before: str, after: str, at: datetime) -> None:
        """Waits for the reporter and for vendors begin and end with the state."""
        if after in WAITING and before not in WAITING:
            issue.waits_since = at
        elif after not in WAITING and issue.waits_since is not None:
            issue.waits.append((issue.waits_since, at))
            issue.waits_since = None
        issue.status = after

    def _stamp(self, issue: Told, at: datetime, by: str, n: str) -> None:
        """The first stamp stands."""
        if issue.helped_at is None:
            issue.helped_at, issue.helped_by, issue.helped_n = at, by, int(n)
            if at >= issue.due:
                self._miss(issue)
        if by != "workaround":
            issue.asked = True

    def _void(self, issue: Told, at: datetime) -> None:
        """The first clock goes on. What seemed to be fixed waited for its reporter's word."""
        if issue.helped_at is not None and issue.helped_by != "workaround":
            issue.waits.append((issue.helped_at, at))
        issue.helped_at, issue.helped_by, issue.helped_n = None, "", 0

    def _undo(self, issue: Told, at: datetime) -> None:
        if issue.helped_n == issue.fixes.pop():
            self._void(issue, at)
        if not issue.fixes:
            issue.asked = False

    def _follows(self, issue: Told, row: Happening, reference: str, at: datetime) -> None:
        """The one that survives takes the earliest start of all, and gives it back."""
        former = issue.follows
        if row.event is Event.MERGE and row.after is Status.MERGED:
            issue.follows = self._by_reference[reference].id
        elif row.event is Event.UNMERGE or row.after is Status.WITHDRAWN:
            issue.follows = None
        if issue.follows != former:
            for each in (issue.id, former, issue.follows):
                self._clock(each, at)

    def _clock(self, of: IssueId | None, at: datetime) -> None:
        if of is None:
            return
        issue = self.issues[of]
        due = issue.start.began + issue.start.target
        if issue.status != "merged":
            for each in self.issues.values():
                if each.follows == of:
                    due = min(due, each.start.began + each.start.target)
        if due != issue.due:
            self._lapse(issue, at)
            issue.due = due
            self._moved.add(issue.id)

    def _passes(self, at: datetime) -> None:
        """What is joined in one instant is joined together: whether a deadline has passed is asked after all of it."""
        if at != self._at:
            moved, self._moved = self._moved, set()
            for each in moved:
                self._lapse(self.issues[each], self._at or at)
            self._at = at

    def _lapse(self, issue: Told, at: datetime) -> None:
        """The deadline has passed and nothing had helped by then."""
        if issue.idea or issue.status in OVER or issue.status == "merged" or issue.id in self._moved:
            return
        if (issue.helped_at or at) >= issue.due:
            self._miss(issue)

    def _miss(self, issue: Told) -> None:
        """Written once, dated at the deadline."""
        if issue.missed is None and not issue.idea:
            issue.missed = issue.due

    def _questions(self, until: datetime) -> None:
        """Those that came to stand on the platform meanwhile."""
        while self._asked and self._asked[0][0] <= until:
            _, issue, _ = self._asked.pop(0)
            self.issues[issue].asked = True

    # --------------------------------------------------------------------------------------------------- the numbers

    def waited(self, issue: IssueId) -> timedelta:
        """What stands between the raw and the net time until help."""
        told = self.issues[issue]
        assert told.helped_at is not None
        return told.helped_at - _began(told) - _net(told)

    def numbers(self) -> Numbers:
        own = [each for each in self.issues.values() if each.follows is None]
        count: list[Told] = []
        running = 0
        for each in own:
            apart = each.idea or each.status in {"declined", "withdrawn"}
            if each.missed is None and apart:
                continue
            if each.missed is None and each.helped_at is None:
                running += 1
            else:
                count.append(each)
        raws = sorted(each.helped_at - _began(each) for each in count if each.helped_at is not None)
        nets = sorted(_net(each) for each in count if each.helped_at is not None)
        asked = [each for each in own if each.asked]
        return Numbers(
            addressed=(len([each for each in count if each.missed is None]), len(count)),
            verified_in_time=(len([e for e in count if e.verified is not None and e.verified < e.due]), len(count)),
            verified_of_asked=(len([each for each in asked if each.verified is not None]), len(asked)),
            helped=len(raws),
            running=running,
            raw_median=_middle(raws),
            raw_p90=_rank(raws, 90),
            net_median=_middle(nets),
            by_severity={int(level): _of(int(level), count) for level in Severity},
            declined=len([each for each in own if each.status == "declined" and each.missed is None]),
            withdrawn=len([each for each in own if each.status == "withdrawn" and each.missed is None]),
            ideas=len([e for e in own if e.idea and e.missed is None and e.status not in {"declined", "withdrawn"}]),
            merged=len(self.issues) - len(own),
            reclassified=len([each for each in self.issues.values() if each.graded]),
            non_use={why.value: len([e for e in self.issues.values() if e.why == why.value]) for why in NonUse},
        )


def _began(issue: Told) -> datetime:
    return issue.due - issue.start.target


def _of(level: int, count: Sequence[Told]) -> tuple[int, int, int, int, int]:
    n = fixed = answered = around = missed = 0
    for each in count:
        if each.severity == level:
            n += 1
            fixed += each.helped_by == "fix"
            answered += each.helped_by == "answer"
            around += each.helped_by == "workaround"
            missed += each.missed is not None
    return n, fixed, answered, around, missed


def _net(issue: Told) -> timedelta:
    """The raw time without the stretches in which it waited for its reporter or a vendor, each moment once."""
    begins, ends = _began(issue), issue.helped_at
    assert ends is not None
    rest, at = NONE, begins
    open_wait = [(issue.waits_since, ends)] if issue.waits_since is not None else []
    for since, until in sorted([*issue.waits, *open_wait]):
        if since > at:
            rest += min(since, ends) - at if at < ends else NONE
        at = max(at, until)
    return rest + (ends - at if at < ends else NONE)


def _middle(ordered: Sequence[timedelta]) -> timedelta | None:
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return low if low == high else (low + high) / 2


def _rank(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    """The smallest that so many percent are not above."""
    for n, each in enumerate(ordered, 1):
        if n * 100 >= percent * len(ordered):
            return each
    return None
