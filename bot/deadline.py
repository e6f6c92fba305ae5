"""The 24-hour clock of an issue. It starts with the first words and nothing pauses or resets it (pure)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Help, Issue

NONE = timedelta(0)


def due_at(start: datetime, target: timedelta) -> datetime:
    """Real time, so added in UTC: across a change to or from summer time the hour that is shown shifts."""
    return start + target


def addressed(issue: Issue, at: datetime, by: Help, n: int) -> Issue:
    """Something that helps reached the reporter; too late is a miss, dated at the deadline. The first stamp stands.

    `n` is the row of history of what counted: taking another thing back leaves the stamp alone.
    """
    if issue.addressed_at is not None:
        return issue
    asked = issue.asked_at if by is Help.WORKAROUND else issue.asked_at or at
    still = at if issue.waiting_since is not None and by is Help.WORKAROUND else None
    stamped = replace(
        went_on(issue, at), addressed_at=at, addressed_by=by, addressed_n=n, asked_at=asked, waiting_since=still
    )
    return _missed(stamped) if at >= issue.due_at else stamped


def voided(issue: Issue, now: datetime) -> Issue:
    """It did not help after all: the stamp is void and the first clock goes on, which may make it a miss at once.

    What had seemed to be a fix waited for its reporter's word since it was stamped; the other waits since then count.
    """
    judged = issue.addressed_at is not None and issue.addressed_by is not Help.WORKAROUND
    still = now if issue.waiting_since is not None else None
    so_far = went_on(issue, now)
    waited = so_far.waited + so_far.waited_after
    running = replace(
        so_far,
        waited=waited + (now - issue.addressed_at if judged and issue.addressed_at else NONE),
        waited_after=NONE,
        waiting_since=still,
        addressed_at=None,
        addressed_by=None,
        addressed_n=None,
    )
    return _missed(running) if now >= issue.due_at else running


def passed(issue: Issue) -> Issue:
    """The deadline came and nothing had helped."""
    return issue if issue.addressed_at else _missed(issue)


def merged(issue: Issue, others: Iterable[Issue]) -> Issue:
    """The one that survives a merge takes the earliest clock of all; without others, its own again.

    This alone moves a deadline, and never to later than its own. A miss that is on record stays.
    """
    own = due_at(issue.reported_at, issue.target)
    return replace(issue, due_at=min((own, *(due_at(each.reported_at, issue.target) for each in others))))


def rewound(issue: Issue, now: datetime) -> Issue:
    """Another clock counts: it may have run out by now, or by the time that something helped."""
    return _missed(issue) if (issue.addressed_at or now) >= issue.due_at else issue


def waits(issue: Issue, now: datetime) -> Issue:
    """From now it waits for its reporter or for a vendor."""
    return issue if issue.waiting_since is not None else replace(issue, waiting_since=now)


def went_on(issue: Issue, now: datetime) -> Issue:
    """It waits no longer. What comes after something that helped is no part of the time until it did, if it did."""
    if issue.waiting_since is None:
        return issue
    wait = now - issue.waiting_since
    if issue.addressed_at:
        return replace(issue, waiting_since=None, waited_after=issue.waited_after + wait)
    return replace(issue, waiting_since=None, waited=issue.waited + wait)


def _missed(issue: Issue) -> Issue:
    return issue if issue.missed_at or issue.idea else replace(issue, missed_at=issue.due_at)


def raw(issue: Issue) -> timedelta | None:
    """From the first words to something that helped; None while nothing has."""
    return issue.addressed_at - issue.started_at if issue.addressed_at else None


def net(issue: Issue) -> timedelta | None:
    """The raw time less the waits for its reporter and for vendors: an explanation, never the measure."""
    taken = raw(issue)
    return taken - issue.waited if taken is not None else None
