"""The published numbers of a pilot, from its issues alone (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot import deadline
from bot.model import Issue
from surveys.statistics import wilson

SMALL = 5  # below this only counts are shown


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


def of(issues: Sequence[Issue], now: datetime) -> Figures:
    """The figures as they stand at `now`; an open issue past its deadline counts as missed, noticed or not."""
    counted = [issue for issue in issues if issue.addressed_at or _missed(issue, now)]
    asked = [issue for issue in issues if issue.asked_at is not None]
    raw = sorted(time for issue in counted if (time := deadline.raw(issue)) is not None)
    net = sorted(time for issue in counted if (time := deadline.net(issue)) is not None)
    return Figures(
        addressed=Share(sum(not _missed(issue, now) for issue in counted), len(counted)),
        verified_in_time=Share(sum(_verified_in_time(issue) for issue in counted), len(counted)),
        verified_of_asked=Share(sum(issue.verified_at is not None for issue in asked), len(asked)),
        helped=len(raw),
        running=len(issues) - len(counted),
        raw_median=_median(raw),
        raw_p90=raw[ceil(0.9 * len(raw)) - 1] if raw else None,  # nearest rank
        net_median=_median(net),
    )


def _median(ordered: Sequence[timedelta]) -> timedelta | None:
    middle = len(ordered) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _missed(issue: Issue, now: datetime) -> bool:
    return issue.missed_at is not None or (issue.addressed_at is None and now >= issue.due_at)


def _verified_in_time(issue: Issue) -> bool:
    return issue.verified_at is not None and issue.verified_at < issue.due_at
