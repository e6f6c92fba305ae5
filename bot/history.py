"""The history of an issue: every event moves it as the life cycle says, is saved, and is written down twice."""

from dataclasses import replace
from datetime import datetime

from bot import deadline, lifecycle
from bot.model import Due, Event, Happening, Issue, Person, Status
from bot.ports import Transaction

IDENTITY = "identity"  # the kind of agenda entry that ends a way back to somebody who gave no name
_WAITS = frozenset({Status.NEEDS_INFO, Status.WAITING_VENDOR})
# What leaves status, owner and severity as they are, so that a card drawn before it is still true.
_ASIDE = frozenset(
    {
        Event.WORK_AROUND, Event.CHECK, Event.WORKAROUND_FAILS, Event.NEXT_SHIFT, Event.PROPOSE_DECLINE,
        Event.ME_TOO, Event.EXPLAIN, Event.DETAIL, Event.RELAY, Event.DECLARE_OUTAGE,
    }
)  # fmt: skip


def happen(
    tx: Transaction,
    issue: Issue,
    event: Event,
    who: Person | None,
    now: datetime,
    words: str = "",
    back_to: Status | None = None,
) -> Issue:
    """Move the issue as the event does, save it, and write the history and the audit. `who` None is the clock."""
    before = issue.status
    moves = event in lifecycle.TABLE
    after = lifecycle.after(issue, event, back_to) if moves else before
    version = issue.version + (moves and event not in _ASIDE)
    issue = replace(issue, status=after, version=version, events=issue.events + 1)
    issue = _clocked(issue, before, now, _at(who, now))
    if lifecycle.closes(issue.status) is not lifecycle.closes(before):
        _forget_later(tx, issue)
    tx.issues.save(issue)
    write(tx, issue, event, who, now, before, words)
    return issue


def write(
    tx: Transaction, issue: Issue, event: Event, who: Person | None, now: datetime, before: Status, words: str = ""
) -> None:
    at = _at(who, now)
    actor = who.id if who else None
    tx.issues.record(Happening(issue.id, issue.events, at, actor, event, before, issue.status, words))
    tx.audit.write(actor, f"issue.{event}", issue.reference, at)


def _at(who: Person | None, now: datetime) -> datetime:
    """What is kept of the time at which somebody did something."""
    return blurred(now) if who and who.nameless else now


def blurred(at: datetime) -> datetime:
    """Rounded down to the hour, since an exact time can name somebody."""
    return at.replace(minute=0, second=0, microsecond=0)


def _clocked(issue: Issue, before: Status, now: datetime, closed_at: datetime) -> Issue:
    """Waits begin and end with their state, and a closed issue knows since when."""
    if issue.status in _WAITS:
        issue = deadline.waits(issue, now)
    elif before in _WAITS:
        issue = deadline.went_on(issue, now)
    if lifecycle.closes(issue.status) and not lifecycle.closes(before):
        return replace(issue, closed_at=closed_at)
    return replace(issue, closed_at=None) if not lifecycle.closes(issue.status) else issue


def _forget_later(tx: Transaction, issue: Issue) -> None:
    """Some time after the close nobody can be reached any more who gave no name; unless it is opened again."""
    people = (issue.reporter, *(each.person for each in tx.issues.followers(issue.id)))
    for handle in filter(None, map(tx.handles.get, people)):
        key = f"{IDENTITY}:{handle.id}"
        if issue.closed_at is None:
            tx.agenda.drop(key)
        else:
            keeps = tx.pilots.get(issue.pilot).keeps_identity
            tx.agenda.put(Due(key, IDENTITY, handle.id, issue.closed_at + keeps))
