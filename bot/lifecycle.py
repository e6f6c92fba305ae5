"""The life of an issue: which event moves it from where to where, and in which capacity one may cause it (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import CLOSED, Event, Issue, Person, Role, Status

APPEAL = timedelta(days=7)  # how long a decline can be appealed
UNDO = timedelta(minutes=10)  # how long a fix can be taken back


class Capacity(StrEnum):
    """As what somebody acts on one issue."""

    REPORTER = "reporter"
    OWNER = "owner"
    FIXER = "author of the fix"
    CHAMPION = "champion"
    RESPONDER = "responder"
    LEAD = "lead"
    SAFETY = "safety officer"
    ANYBODY = "anybody of the pilot"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Move:
    """What an event does. `to` None: the status stays, or is what it was before (undo)."""

    before: frozenset[Status]
    to: Status | None
    who: frozenset[Capacity]


def _move(before: Iterable[Status], to: Status | None, *who: Capacity) -> Move:
    return Move(frozenset(before), to, frozenset(who))


_TEAM = (Capacity.CHAMPION, Capacity.RESPONDER, Capacity.LEAD)
_OWNED = (Status.TAKEN, Status.NEEDS_INFO, Status.WAITING_VENDOR)
_WAITING = (Status.REPORTED, *_OWNED)  # for something that helps
_OPEN = (*_WAITING, Status.FIXED)

TABLE = {
    Event.TAKE: _move([Status.REPORTED], Status.TAKEN, *_TEAM),
    Event.HAND_OVER: _move(_OWNED, None, *_TEAM, Capacity.CLOCK),
    Event.ESCALATE: _move([Status.REPORTED, Status.TAKEN], Status.REPORTED, *_TEAM),
    Event.RELEASE: _move([Status.TAKEN], Status.REPORTED, Capacity.OWNER, Capacity.LEAD),
    Event.ASK: _move([Status.TAKEN], Status.NEEDS_INFO, *_TEAM),
    Event.REPLY: _move([Status.NEEDS_INFO], Status.TAKEN, Capacity.REPORTER),
    Event.RESUME: _move([Status.NEEDS_INFO], Status.TAKEN, Capacity.OWNER, Capacity.LEAD),
    Event.SEND_TO_VENDOR: _move([Status.TAKEN], Status.WAITING_VENDOR, Capacity.RESPONDER, Capacity.LEAD),
    Event.VENDOR_REPLIED: _move(
        [Status.WAITING_VENDOR], Status.TAKEN, Capacity.RESPONDER, Capacity.LEAD, Capacity.CLOCK
    ),
    Event.WORK_AROUND: _move(_OWNED, None, *_TEAM),
    Event.CHECK: _move(_OPEN, None, Capacity.SAFETY, Capacity.LEAD),
    Event.WORKAROUND_FAILS: _move(_OPEN, None, Capacity.REPORTER),
    Event.FIX: _move(_OWNED, Status.FIXED, *_TEAM),
    Event.CONFIRM: _move([Status.FIXED, Status.MERGED], Status.VERIFIED, Capacity.REPORTER),
    Event.STILL_BROKEN: _move([Status.FIXED], Status.TAKEN, Capacity.REPORTER, Capacity.OWNER, Capacity.LEAD),
    Event.NEXT_SHIFT: _move([Status.FIXED, Status.MERGED], None, Capacity.REPORTER),
    Event.SILENCE: _move([Status.FIXED, Status.MERGED], Status.UNVERIFIED, Capacity.CLOCK),
    Event.UNDELIVERED: _move([Status.FIXED], Status.TAKEN, Capacity.CLOCK),
    Event.UNDO: _move([Status.FIXED], None, Capacity.FIXER),
    Event.PROPOSE_DECLINE: _move([Status.TAKEN, Status.WAITING_VENDOR], None, Capacity.CHAMPION, Capacity.RESPONDER),
    Event.DECLINE: _move([Status.TAKEN, Status.WAITING_VENDOR], Status.DECLINED, Capacity.LEAD),
    Event.APPEAL: _move([Status.DECLINED], Status.TAKEN, Capacity.REPORTER),
    Event.MERGE: _move(_WAITING, Status.MERGED, *_TEAM),
    Event.UNMERGE: _move([Status.MERGED], Status.TAKEN, Capacity.REPORTER, *_TEAM, Capacity.CLOCK),
    Event.WITHDRAW: _move([*_WAITING, Status.MERGED], Status.WITHDRAWN, Capacity.REPORTER),
    Event.CHANGE_SEVERITY: _move(_OPEN, None, Capacity.REPORTER, *_TEAM),
    Event.ME_TOO: _move(_OPEN, None, Capacity.ANYBODY),
    Event.MARK_IDEA: _move([Status.REPORTED, Status.TAKEN], None, *_TEAM),
    Event.EXPLAIN: _move(Status, None, *_TEAM),
    Event.DETAIL: _move(_OPEN, None, Capacity.REPORTER),
    Event.RELAY: _move(_OPEN, None, Capacity.REPORTER, *_TEAM),
    Event.DECLARE_OUTAGE: _move(_OPEN, None, Capacity.LEAD),
}
# On an issue that nobody owns these take it first, in the same transaction.
TAKES_FIRST = frozenset(
    {
        Event.FIX, Event.WORK_AROUND, Event.ASK, Event.SEND_TO_VENDOR,
        Event.DECLINE, Event.PROPOSE_DECLINE,
    }
)  # fmt: skip
_ASKED = frozenset({Status.FIXED, Status.VERIFIED, Status.UNVERIFIED})


def capacities(person: Person, issue: Issue) -> frozenset[Capacity]:
    """Everything that this person is to this issue. In another pilot they are nobody; a champion is one of a unit."""
    if person.pilot != issue.pilot:
        return frozenset()
    held = {
        Capacity.REPORTER: person.id == issue.reporter,
        Capacity.OWNER: person.id == issue.owner,
        Capacity.FIXER: person.id == issue.fixer,
        Capacity.CHAMPION: person.has(Role.CHAMPION) and person.works_on(issue.unit),
        Capacity.RESPONDER: person.has(Role.RESPONDER),
        Capacity.LEAD: person.has(Role.LEAD),
        Capacity.SAFETY: person.has(Role.SAFETY),
        Capacity.ANYBODY: bool(person.roles),
    }
    return frozenset(capacity for capacity, holds in held.items() if holds)


def possible(issue: Issue, event: Event, now: datetime, survivor: Issue | None = None) -> bool:
    """Whether this can happen to the issue as it stands, whoever causes it. `survivor` is what it was merged into."""
    if issue.status not in TABLE[event].before:
        return event in TAKES_FIRST and issue.status is Status.REPORTED
    if event is Event.APPEAL:
        return issue.closed_at is not None and now < issue.closed_at + APPEAL
    if issue.status is Status.MERGED and event in {Event.CONFIRM, Event.NEXT_SHIFT, Event.SILENCE}:
        return survivor is not None and survivor.status in _ASKED
    return event is not Event.MARK_IDEA or not issue.idea


def after(issue: Issue, event: Event, back_to: Status | None = None) -> Status:
    """Where the event leaves the issue; `back_to` is where an undone fix had found it."""
    if event is Event.UNMERGE and issue.owner is None:
        return Status.REPORTED
    return back_to or TABLE[event].to or issue.status


def closes(status: Status) -> bool:
    return status in CLOSED
