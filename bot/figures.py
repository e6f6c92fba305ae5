"""The published numbers of a pilot, from its issues alone (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot import deadline
from bot.model import Help, Issue, NonUse, Severity, Status
from surveys.statistics import wilson

SMALL = 5  # below this only counts are shown
_SAID_NO = frozenset({Status.DECLINED, Status.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True, slots=True)
class Helped:
    """How those of one severity were helped, or were not; of those that count."""

    n: int
    fixed: int
    answered: int
    worked_around: int
    missed: int  # whatever helped afterwards


@dataclass(frozen=True, slots=True)
class Figures:
    """What is always published together. Times are None while there is no case."""

    addressed: Share  # within the target, of those whose target is met or over
    verified_in_time: Share  # confirmed by the reporter within the target, of the same
    verified_of_asked: Share
    helped: int  # of how many the times are
    running: int  # neither helped nor over: not in any share
    raw_median: timedelta | None
    raw_p90: timedelta | None
    net_median: timedelta | None
    by_severity: Mapping[Severity, Helped]
    declined: int  # in time: neither met nor missed
    withdrawn: int
    ideas: int  # of those neither declined nor withdrawn
    merged: int  # counted with the issue that they follow
    reclassified: int  # of whatever kind, those whose severity was changed
    non_use: Mapping[NonUse, int]  # why people do without the new technology


def of(issues: Sequence[Issue], now: datetime, reclassified: int = 0) -> Figures:
    """The figures as they stand at `now`; an open issue past its deadline counts as missed, noticed or not.

    What is not counted is shown apart; but a miss that is on record counts, whatever became of the issue.
    """
    own = [issue for issue in issues if issue.merged_into is None]
    in_question = [issue for issue in own if _missed(issue, now) or not _apart(issue)]
    counted = [issue for issue in in_question if issue.addressed_at or _missed(issue, now)]
    asked = [issue for issue in own if issue.asked_at is not None]
    raw = sorted(time for issue in counted if (time := deadline.raw(issue)) is not None)
    net = sorted(time for issue in counted if (time := deadline.net(issue)) is not None)
    return Figures(
        addressed=Share(sum(not _missed(issue, now) for issue in counted), len(counted)),
        verified_in_time=Share(sum(_verified_in_time(issue) for issue in counted), len(counted)),
        verified_of_asked=Share(sum(issue.verified_at is not None for issue in asked), len(asked)),
        helped=len(raw),
        running=len(in_question) - len(counted),
        raw_median=_median(raw),
        raw_p90=raw[ceil(0.9 * len(raw)) - 1] if raw else None,  # nearest rank
        net_median=_median(net),
        by_severity={level: _helped([i for i in counted if i.severity is level], now) for level in Severity},
        declined=sum(issue.status is Status.DECLINED and not _missed(issue, now) for issue in own),
        withdrawn=sum(issue.status is Status.WITHDRAWN and not _missed(issue, now) for issue in own),
        ideas=sum(issue.idea and issue.status not in _SAID_NO and not _missed(issue, now) for issue in own),
        merged=len(issues) - len(own),
        reclassified=reclassified,
        non_use={why: sum(issue.non_use is why for issue in issues) for why in NonUse},
    )


def _apart(issue: Issue) -> bool:
    return issue.idea or issue.status in _SAID_NO


def _helped(counted: Sequence[Issue], now: datetime) -> Helped:
    by = [issue.addressed_by for issue in counted]
    return Helped(
        len(counted), by.count(Help.FIX), by.count(Help.ANSWER), by.count(Help.WORKAROUND),
        sum(_missed(issue, now) for issue in counted),
    )  # fmt: skip


def _median(ordered: Sequence[timedelta]) -> timedelta | None:
    middle = len(ordered) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _missed(issue: Issue, now: datetime) -> bool:
    late = issue.is_open and not issue.idea and issue.addressed_at is None and now >= issue.due_at
    return issue.missed_at is not None or late


def _verified_in_time(issue: Issue) -> bool:
    return issue.verified_at is not None and issue.verified_at < issue.due_at
