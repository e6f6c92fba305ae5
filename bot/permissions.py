"""Who may do what: one gate that every command, press, form and screen passes, judged by how things are now."""

from enum import StrEnum

from bot.errors import Denied
from bot.lifecycle import TABLE, Capacity, capacities
from bot.model import Event, Issue, Person, Pilot, Role


class Deed(StrEnum):
    """What is not an event of an issue and still needs leave."""

    REPORT = "report"
    REPORT_FOR = "report for somebody"
    SEE_MINE = "see own issues"
    SEE_HELP = "see help"
    SEE_KNOWN = "see known answers"
    SEE_QUEUE = "see the queue"
    SEE_FIGURES = "see the figures"
    SEE_ISSUE = "see an issue"
    SEE_LOG = "see the event log"
    SEE_CARE = "see what is owed"  # due soon, misses without a cause, gaps, dead letters
    SETTLE_LETTER = "settle a dead letter"
    BE_ON_DUTY = "be on duty"
    BE_SOMEWHERE = "say where one works"
    KEEP_ROLES = "keep roles"


_ANYBODY = frozenset(Role)
_STAFF = _ANYBODY - {Role.ADMIN}
_TEAM = frozenset({Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY})
_HELPS = {
    Role.CHAMPION: Capacity.CHAMPION,
    Role.RESPONDER: Capacity.RESPONDER,
    Role.LEAD: Capacity.LEAD,
    Role.SAFETY: Capacity.SAFETY,
}
ROLES = {
    Deed.REPORT: _STAFF,
    Deed.REPORT_FOR: _TEAM,
    Deed.SEE_MINE: _ANYBODY,
    Deed.SEE_HELP: _ANYBODY,
    Deed.SEE_KNOWN: _STAFF,
    Deed.SEE_QUEUE: _TEAM,
    Deed.SEE_FIGURES: frozenset({Role.LEAD, Role.SPONSOR}),
    Deed.SEE_ISSUE: _TEAM | {Role.SPONSOR},
    Deed.SEE_LOG: frozenset({Role.LEAD, Role.RESPONDER}),
    Deed.SEE_CARE: frozenset({Role.LEAD}),
    Deed.SETTLE_LETTER: frozenset({Role.LEAD}),
    Deed.BE_ON_DUTY: _TEAM,
    Deed.BE_SOMEWHERE: _STAFF,
    Deed.KEEP_ROLES: frozenset({Role.ADMIN}),
}


def may(actor: Person, deed: Deed | Event, resource: Pilot | Issue, *, follows: bool = False) -> bool:
    """Whether `authorize` would let them. `follows`: they said "me too" to the issue."""
    if isinstance(deed, Event):
        return isinstance(resource, Issue) and not TABLE[deed].who.isdisjoint(capacities(actor, resource))
    if not isinstance(resource, Issue):
        return actor.pilot == resource.id and actor.has(*ROLES[deed])
    held = capacities(actor, resource)
    own = follows or Capacity.REPORTER in held or Capacity.OWNER in held
    return actor.pilot == resource.pilot and (own or (actor.has(*ROLES[deed]) and _in_scope(actor, held)))


def could(actor: Person, event: Event) -> bool:
    """Whether they may do that for somebody else, to an issue that is theirs to help with."""
    held = {each for role, each in _HELPS.items() if actor.has(role)}
    own = {Capacity.OWNER, Capacity.FIXER} if held - {Capacity.SAFETY} else set()
    return not TABLE[event].who.isdisjoint(held | own)


def _in_scope(actor: Person, held: frozenset[Capacity]) -> bool:
    """A champion's role ends with their units; the others are the pilot's."""
    return Capacity.CHAMPION in held or actor.has(Role.RESPONDER, Role.LEAD, Role.SAFETY, Role.SPONSOR)


def authorize(actor: Person, deed: Deed | Event, resource: Pilot | Issue, *, follows: bool = False) -> None:
    """Raises Denied. What it says is for the audit: who may not see a thing is not told whether it exists."""
    if not may(actor, deed, resource, follows=follows):
        raise Denied(deed, resource.reference if isinstance(resource, Issue) else resource.key)
