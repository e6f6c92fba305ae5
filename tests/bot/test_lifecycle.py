from datetime import timedelta
from itertools import product

import pytest

from bot import lifecycle
from bot.lifecycle import APPEAL, TABLE, TAKES_FIRST, Capacity, capacities
from bot.model import CLOSED, Event, PersonId, PilotId, Role, Status, UnitId
from tests import builders
from tests.builders import NOON

(
    REPORTED, TAKEN, NEEDS_INFO, WAITING_VENDOR, FIXED, VERIFIED, UNVERIFIED, DECLINED, MERGED, WITHDRAWN,
) = Status  # fmt: skip
REPORTER, OWNER, FIXER, CHAMPION, RESPONDER, LEAD, SAFETY, ANYBODY, CLOCK = Capacity
TEAM = {CHAMPION, RESPONDER, LEAD}
OWNED = {TAKEN, NEEDS_INFO, WAITING_VENDOR}
WAITING = {REPORTED, *OWNED}
OPEN = {*WAITING, FIXED}
STAYS = None

# The page's table once more, in plain values: event, from, to, who.
ROWS = [
    (Event.TAKE, {REPORTED}, TAKEN, TEAM),
    (Event.HAND_OVER, OWNED, STAYS, TEAM | {CLOCK}),
    (Event.ESCALATE, {REPORTED, TAKEN}, REPORTED, TEAM),
    (Event.RELEASE, {TAKEN}, REPORTED, {OWNER, LEAD}),
    (Event.ASK, {TAKEN}, NEEDS_INFO, TEAM),
    (Event.REPLY, {NEEDS_INFO}, TAKEN, {REPORTER}),
    (Event.RESUME, {NEEDS_INFO}, TAKEN, {OWNER, LEAD}),
    (Event.SEND_TO_VENDOR, {TAKEN}, WAITING_VENDOR, {RESPONDER, LEAD}),
    (Event.VENDOR_REPLIED, {WAITING_VENDOR}, TAKEN, {RESPONDER, LEAD, CLOCK}),
    (Event.WORK_AROUND, OWNED, STAYS, TEAM),
    (Event.CHECK, OPEN, STAYS, {SAFETY, LEAD}),
    (Event.WORKAROUND_FAILS, OPEN, STAYS, {REPORTER}),
    (Event.FIX, OWNED, FIXED, TEAM),
    (Event.CONFIRM, {FIXED, MERGED}, VERIFIED, {REPORTER}),
    (Event.STILL_BROKEN, {FIXED}, TAKEN, {REPORTER, OWNER, LEAD}),
    (Event.NEXT_SHIFT, {FIXED, MERGED}, STAYS, {REPORTER}),
    (Event.SILENCE, {FIXED, MERGED}, UNVERIFIED, {CLOCK}),
    (Event.UNDELIVERED, {FIXED}, TAKEN, {CLOCK}),
    (Event.UNDO, {FIXED}, STAYS, {FIXER}),  # or where the fix had found it
    (Event.PROPOSE_DECLINE, {TAKEN, WAITING_VENDOR}, STAYS, {CHAMPION, RESPONDER}),
    (Event.DECLINE, {TAKEN, WAITING_VENDOR}, DECLINED, {LEAD}),
    (Event.APPEAL, {DECLINED}, TAKEN, {REPORTER}),
    (Event.MERGE, WAITING, MERGED, TEAM),
    (Event.UNMERGE, {MERGED}, TAKEN, TEAM | {REPORTER, CLOCK}),
    (Event.WITHDRAW, {*WAITING, MERGED}, WITHDRAWN, {REPORTER}),
    (Event.CHANGE_SEVERITY, OPEN, STAYS, TEAM | {REPORTER}),
    (Event.ME_TOO, OPEN, STAYS, {ANYBODY}),
    (Event.MARK_IDEA, {REPORTED, TAKEN}, STAYS, TEAM),
    (Event.EXPLAIN, set(Status), STAYS, TEAM),
    (Event.DETAIL, OPEN, STAYS, {REPORTER}),
    (Event.RELAY, OPEN, STAYS, TEAM | {REPORTER}),
    (Event.DECLARE_OUTAGE, OPEN, STAYS, {LEAD}),
]
MOVES = {(status, event): (to or status, who) for event, before, to, who in ROWS for status in before}
# On what nobody owns these take it first.
TAKING = {
    Event.FIX, Event.WORK_AROUND, Event.ASK, Event.SEND_TO_VENDOR, Event.DECLINE, Event.PROPOSE_DECLINE,
}  # fmt: skip


def test_the_page_names_every_event_that_moves_an_issue() -> None:
    assert {event for event, *_ in ROWS} == set(TABLE)
    assert TAKES_FIRST == TAKING


@pytest.mark.parametrize(("status", "event", "capacity"), list(product(Status, TABLE, Capacity)))
def test_every_cell_of_the_table(status: Status, event: Event, capacity: Capacity) -> None:
    issue = builders.issue(status=status, owner=PersonId(1), closed_at=NOON if status in CLOSED else None)
    survivor = builders.issue(status=FIXED) if status is MERGED else None
    move = MOVES.get((status, event))
    takes = event in TAKING and status is REPORTED
    assert lifecycle.possible(issue, event, NOON, survivor) is (move is not None or takes)
    if move:
        to, who = move
        assert lifecycle.after(issue, event) is to
        assert (capacity in TABLE[event].who) is (capacity in who)


def test_only_the_reporter_brings_an_issue_to_verified() -> None:
    assert [event for event, move in TABLE.items() if move.to is VERIFIED] == [Event.CONFIRM]
    assert TABLE[Event.CONFIRM].who == {REPORTER}


def test_only_a_lead_declines_and_only_the_reporter_withdraws() -> None:
    ends = {to: {capacity for move in TABLE.values() if move.to is to for capacity in move.who} for to in CLOSED}
    assert ends == {VERIFIED: {REPORTER}, UNVERIFIED: {CLOCK}, DECLINED: {LEAD}, WITHDRAWN: {REPORTER}}


@pytest.mark.parametrize("status", Status)
def test_every_open_state_has_an_event_out_and_of_the_closed_ones_a_decline_alone(status: Status) -> None:
    out = {event for event, move in TABLE.items() if status in move.before and move.to not in {None, status}}
    assert bool(out) is (builders.issue(status=status).is_open or status is DECLINED)
    assert status is not DECLINED or out == {Event.APPEAL}


@pytest.mark.parametrize(("days", "able"), [(0, True), (6.99, True), (7, False), (30, False)])
def test_a_decline_can_be_appealed_for_seven_days(days: float, able: bool) -> None:  # noqa: FBT001
    declined = builders.issue(status=DECLINED, closed_at=NOON)
    assert lifecycle.possible(declined, Event.APPEAL, NOON + timedelta(days=days)) is able
    assert timedelta(days=7) == APPEAL


@pytest.mark.parametrize("event", [Event.CONFIRM, Event.NEXT_SHIFT, Event.SILENCE])
@pytest.mark.parametrize("status", Status)
def test_what_follows_another_one_is_judged_once_that_was_fixed(event: Event, status: Status) -> None:
    merged = builders.issue(status=MERGED)
    able = lifecycle.possible(merged, event, NOON, builders.issue(status=status))
    assert able is (status in {FIXED, VERIFIED, UNVERIFIED})
    assert not lifecycle.possible(merged, event, NOON)


@pytest.mark.parametrize(("owner", "to"), [(PersonId(7), TAKEN), (None, REPORTED)])
def test_apart_again_it_is_taken_where_the_other_had_an_owner(owner: PersonId | None, to: Status) -> None:
    assert lifecycle.after(builders.issue(status=MERGED, owner=owner), Event.UNMERGE) is to


@pytest.mark.parametrize("found", sorted(OWNED))
def test_an_undone_fix_leaves_it_as_it_was(found: Status) -> None:
    assert lifecycle.after(builders.issue(status=FIXED), Event.UNDO, back_to=found) is found


def test_an_idea_is_marked_once() -> None:
    assert lifecycle.possible(builders.issue(), Event.MARK_IDEA, NOON)
    assert not lifecycle.possible(builders.issue(idea=True), Event.MARK_IDEA, NOON)


def test_what_somebody_is_to_an_issue() -> None:
    issue = builders.issue(pilot=PilotId(1), reporter=PersonId(5), owner=PersonId(6), fixer=PersonId(7))
    somebody = {ANYBODY}
    assert capacities(builders.person(id=PersonId(5)), issue) == somebody | {REPORTER}
    assert capacities(builders.person(id=PersonId(6)), issue) == somebody | {OWNER}
    assert capacities(builders.person(id=PersonId(7)), issue) == somebody | {FIXER}
    both = builders.person(Role.CHAMPION, Role.LEAD, id=PersonId(6))
    assert capacities(both, issue) == somebody | {OWNER, CHAMPION, LEAD}
    assert capacities(builders.person(Role.RESPONDER), issue) == somebody | {RESPONDER}
    assert capacities(builders.person(Role.SPONSOR, Role.SAFETY), issue) == somebody | {SAFETY}


def test_a_champion_is_one_of_the_units_they_work_on() -> None:
    issue = builders.issue(unit=UnitId(4))
    assert CHAMPION in capacities(builders.person(Role.CHAMPION, unit=UnitId(4)), issue)
    assert CHAMPION in capacities(builders.person(Role.CHAMPION, unit=UnitId(3), units=(UnitId(4),)), issue)
    assert CHAMPION not in capacities(builders.person(Role.CHAMPION, unit=UnitId(3)), issue)


def test_nobody_owns_what_has_no_owner_and_nobody_fixed_what_has_no_fix() -> None:
    held = capacities(builders.person(*Role), builders.issue(owner=None, fixer=None))
    assert held.isdisjoint({OWNER, FIXER, CLOCK})


def test_in_another_pilot_one_is_nobody_to_it() -> None:
    issue = builders.issue(pilot=PilotId(1), reporter=PersonId(5))
    assert capacities(builders.person(*Role, id=PersonId(5), pilot=PilotId(2)), issue) == frozenset()
