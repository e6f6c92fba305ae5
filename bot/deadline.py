"""The 24-hour clock of an issue. It starts with the first words and nothing pauses or resets it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Issue


def due_at(start: datetime, target: timedelta) -> datetime:
    """Real time, so added in UTC: across a change to or from summer time the hour that is shown shifts."""
    return start + target


def addressed(issue: Issue, at: datetime) -> Issue:
    """Something that helps reached the reporter; too late is a miss, dated at the deadline. The first stamp stands."""
    if issue.addressed_at is not None:
        return issue
    stamped = replace(issue, addressed_at=at, waiting_since=at, asked_at=issue.asked_at or at)
    return _missed(stamped) if at >= issue.due_at else stamped


def voided(issue: Issue, now: datetime) -> Issue:
    """It did not help after all: the stamp is void and the first clock goes on, which may make it a miss at once."""
    waited = issue.waited + (now - issue.waiting_since if issue.waiting_since else timedelta(0))
    running = replace(issue, addressed_at=None, waiting_since=None, waited=waited)
    return _missed(running) if now >= issue.due_at else running


def passed(issue: Issue) -> Issue:
    """The deadline came and nothing had helped."""
    return issue if issue.addressed_at else _missed(issue)


def _missed(issue: Issue) -> Issue:
    return issue if issue.missed_at else replace(issue, missed_at=issue.due_at)


def raw(issue: Issue) -> timedelta | None:
    """From the first words to something that helped; None while nothing has."""
    return issue.addressed_at - issue.reported_at if issue.addressed_at else None


def net(issue: Issue) -> timedelta | None:
    """The raw time less the time it waited for its reporter: an explanation, never the measure."""
    taken = raw(issue)
    return taken - issue.waited if taken is not None else None
