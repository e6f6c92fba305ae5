from itertools import product

import pytest

from bot import lifecycle
from bot.lifecycle import TABLE, Capacity, capacities
from bot.model import Event, PersonId, PilotId, Role, Status
from tests import builders

REPORTED, TAKEN, FIXED, VERIFIED, UNVERIFIED = Status
REPORTER, OWNER, CHAMPION, RESPONDER, LEAD, CLOCK = Capacity
TEAM = {CHAMPION, RESPONDER, LEAD}
# The page's table once more, in plain values: from, event, to, who.
MOVES = {
    (REPORTED, Event.TAKE): (TAKEN, TEAM),
    (TAKEN, Event.FIX): (FIXED, TEAM),
    (FIXED, Event.CONFIRM): (VERIFIED, {REPORTER}),
    (FIXED, Event.STILL_BROKEN): (TAKEN, {REPORTER, OWNER, LEAD}),
    (FIXED, Event.SILENCE): (UNVERIFIED, {CLOCK}),
    (FIXED, Event.UNDELIVERED): (TAKEN, {CLOCK}),
    (REPORTED, Event.CHANGE_SEVERITY): (REPORTED, TEAM | {REPORTER}),
    (TAKEN, Event.CHANGE_SEVERITY): (TAKEN, TEAM | {REPORTER}),
    (FIXED, Event.CHANGE_SEVERITY): (FIXED, TEAM | {REPORTER}),
}


@pytest.mark.parametrize(("status", "event", "capacity"), list(product(Status, TABLE, Capacity)))
def test_every_cell_of_the_table(status: Status, event: Event, capacity: Capacity) -> None:
    issue = builders.issue(status=status)
    move = MOVES.get((status, event))
    assert lifecycle.possible(issue, event) is (move is not None)
    if move:
        to, who = move
        assert lifecycle.after(issue, event) is to
        assert (capacity in TABLE[event].who) is (capacity in who)


def test_only_the_reporter_brings_an_issue_to_verified() -> None:
    assert [event for event, move in TABLE.items() if move.to is VERIFIED] == [Event.CONFIRM]
    assert TABLE[Event.CONFIRM].who == {REPORTER}


@pytest.mark.parametrize("status", Status)
def test_every_open_state_has_an_event_out_and_every_closed_one_has_none(status: Status) -> None:
    out = [event for event, move in TABLE.items() if status in move.before]
    assert bool(out) is builders.issue(status=status).is_open


def test_what_somebody_is_to_an_issue() -> None:
    issue = builders.issue(pilot=PilotId(1), reporter=PersonId(5), owner=PersonId(6))
    assert capacities(builders.person(id=PersonId(5)), issue) == {REPORTER}
    assert capacities(builders.person(id=PersonId(6)), issue) == {OWNER}
    assert capacities(builders.person(Role.CHAMPION, Role.LEAD, id=PersonId(6)), issue) == {OWNER, CHAMPION, LEAD}
    assert capacities(builders.person(Role.RESPONDER), issue) == {RESPONDER}
    assert capacities(builders.person(Role.SPONSOR, Role.SAFETY), issue) == frozenset()


def test_nobody_owns_what_has_no_owner() -> None:
    assert OWNER not in capacities(builders.person(*Role), builders.issue(owner=None))


def test_in_another_pilot_one_is_nobody_to_it() -> None:
    issue = builders.issue(pilot=PilotId(1), reporter=PersonId(5))
    assert capacities(builders.person(*Role, id=PersonId(5), pilot=PilotId(2)), issue) == frozenset()
