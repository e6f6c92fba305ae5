"""Who may do what: one gate that every command, press, form and screen passes, judged by how things are now."""

from enum import StrEnum

from bot.errors import Denied
from bot.lifecycle import TABLE, Capacity, capacities
from bot.model import Event, Issue, Person, Pilot, Role


class Deed(StrEnum):
    """What is not an event of an issue and still needs leave."""

    REPORT = "report"
    SEE_MINE = "see own issues"
    SEE_HELP = "see help"
    SEE_QUEUE = "see the queue"
    SEE_FIGURES = "see the figures"
    SEE_ISSUE = "see an issue"
    SEE_LOG = "see the event log"


_ANYBODY = frozenset(Role)
_TEAM = frozenset({Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY})
ROLES = {
    Deed.REPORT: _ANYBODY,
    Deed.SEE_MINE: _ANYBODY,
    Deed.SEE_HELP: _ANYBODY,
    Deed.SEE_QUEUE: _TEAM,
    Deed.SEE_FIGURES: frozenset({Role.LEAD, Role.SPONSOR}),
    Deed.SEE_ISSUE: _TEAM | {Role.SPONSOR},
    Deed.SEE_LOG: frozenset({Role.LEAD, Role.RESPONDER}),
}


def may(actor: Person, deed: Deed | Event, resource: Pilot | Issue) -> bool:
    """Whether `authorize` would let them."""
    if isinstance(deed, Event):
        return isinstance(resource, Issue) and not TABLE[deed].who.isdisjoint(capacities(actor, resource))
    if isinstance(resource, Issue):
        return actor.pilot == resource.pilot and (
            actor.has(*ROLES[deed]) or Capacity.REPORTER in capacities(actor, resource)
        )
    return actor.pilot == resource.id and actor.has(*ROLES[deed])


def authorize(actor: Person, deed: Deed | Event, resource: Pilot | Issue) -> None:
    """Raises Denied. What it says is for the audit: who may not see a thing is not told whether it exists."""
    if not may(actor, deed, resource):
        raise Denied(deed, resource.reference if isinstance(resource, Issue) else resource.key)
