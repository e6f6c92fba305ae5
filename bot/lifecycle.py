"""The life of an issue: which event moves it from where to where, and in which capacity one may cause it (pure)."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Event, Issue, Person, Role, Status


class Capacity(StrEnum):
    """As what somebody acts on one issue."""

    REPORTER = "reporter"
    OWNER = "owner"
    CHAMPION = "champion"
    RESPONDER = "responder"
    LEAD = "lead"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Move:
    """What an event does. `to` None: the status stays."""

    before: frozenset[Status]
    to: Status | None
    who: frozenset[Capacity]


_TEAM = frozenset({Capacity.CHAMPION, Capacity.RESPONDER, Capacity.LEAD})
_OPEN = frozenset({Status.REPORTED, Status.TAKEN, Status.FIXED})

TABLE = {
    Event.TAKE: Move(frozenset({Status.REPORTED}), Status.TAKEN, _TEAM),
    Event.FIX: Move(frozenset({Status.TAKEN}), Status.FIXED, _TEAM),
    Event.CONFIRM: Move(frozenset({Status.FIXED}), Status.VERIFIED, frozenset({Capacity.REPORTER})),
    Event.STILL_BROKEN: Move(
        frozenset({Status.FIXED}), Status.TAKEN, frozenset({Capacity.REPORTER, Capacity.OWNER, Capacity.LEAD})
    ),
    Event.UNDELIVERED: Move(frozenset({Status.FIXED}), Status.TAKEN, frozenset({Capacity.CLOCK})),
    Event.SILENCE: Move(frozenset({Status.FIXED}), Status.UNVERIFIED, frozenset({Capacity.CLOCK})),
    Event.CHANGE_SEVERITY: Move(_OPEN, None, _TEAM | {Capacity.REPORTER}),
}


def capacities(person: Person, issue: Issue) -> frozenset[Capacity]:
    """Everything that this person is to this issue. In another pilot they are nobody."""
    if person.pilot != issue.pilot:
        return frozenset()
    held = {
        Capacity.REPORTER: person.id == issue.reporter,
        Capacity.OWNER: person.id == issue.owner,
        Capacity.CHAMPION: person.has(Role.CHAMPION),
        Capacity.RESPONDER: person.has(Role.RESPONDER),
        Capacity.LEAD: person.has(Role.LEAD),
    }
    return frozenset(capacity for capacity, holds in held.items() if holds)


def possible(issue: Issue, event: Event) -> bool:
    """Whether this can happen to the issue as it stands, whoever causes it."""
    return issue.status in TABLE[event].before


def after(issue: Issue, event: Event) -> Status:
    """Where the event leaves the issue."""
    return TABLE[event].to or issue.status
