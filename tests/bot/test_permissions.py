from dataclasses import replace

import pytest

from bot.errors import Denied
from bot.lifecycle import TABLE
from bot.model import Event, Issue, PersonId, Pilot, PilotId, Role, UnitId
from bot.permissions import Deed, authorize, may
from tests import builders

PILOT = builders.pilot(id=PilotId(1))
ISSUE = builders.issue(pilot=PILOT.id, reporter=PersonId(1), owner=PersonId(2), fixer=PersonId(3))
ALL = set(Role)
STAFF = ALL - {Role.ADMIN}
TEAM = {Role.CHAMPION, Role.RESPONDER, Role.LEAD}
CARE = TEAM | {Role.SAFETY}
ON_A_PILOT = {
    Deed.REPORT: STAFF,
    Deed.REPORT_FOR: CARE,
    Deed.SEE_MINE: ALL,
    Deed.SEE_HELP: ALL,
    Deed.SEE_KNOWN: STAFF,
    Deed.SEE_QUEUE: CARE,
    Deed.SEE_FIGURES: {Role.LEAD, Role.SPONSOR},
    Deed.SEE_ISSUE: CARE | {Role.SPONSOR},
    Deed.SEE_LOG: {Role.LEAD, Role.RESPONDER},
    Deed.SEE_CARE: {Role.LEAD},
    Deed.SETTLE_LETTER: {Role.LEAD},
    Deed.BE_ON_DUTY: CARE,
    Deed.BE_SOMEWHERE: STAFF,
    Deed.KEEP_ROLES: {Role.ADMIN},
}
# Somebody of that role who is neither the reporter nor the owner nor the author of the fix; a champion of that unit.
ON_AN_ISSUE: dict[Deed | Event, set[Role]] = {
    Deed.SEE_ISSUE: CARE | {Role.SPONSOR},
    Event.TAKE: TEAM,
    Event.HAND_OVER: TEAM,
    Event.ESCALATE: TEAM,
    Event.RELEASE: {Role.LEAD},
    Event.ASK: TEAM,
    Event.REPLY: set(),
    Event.RESUME: {Role.LEAD},
    Event.SEND_TO_VENDOR: {Role.RESPONDER, Role.LEAD},
    Event.VENDOR_REPLIED: {Role.RESPONDER, Role.LEAD},
    Event.WORK_AROUND: TEAM,
    Event.CHECK: {Role.SAFETY, Role.LEAD},
    Event.WORKAROUND_FAILS: set(),
    Event.FIX: TEAM,
    Event.CONFIRM: set(),
    Event.STILL_BROKEN: {Role.LEAD},
    Event.NEXT_SHIFT: set(),
    Event.SILENCE: set(),
    Event.UNDELIVERED: set(),
    Event.UNDO: set(),
    Event.PROPOSE_DECLINE: {Role.CHAMPION, Role.RESPONDER},
    Event.DECLINE: {Role.LEAD},
    Event.APPEAL: set(),
    Event.MERGE: TEAM,
    Event.UNMERGE: TEAM,
    Event.WITHDRAW: set(),
    Event.CHANGE_SEVERITY: TEAM,
    Event.ME_TOO: ALL,
    Event.MARK_IDEA: TEAM,
    Event.EXPLAIN: TEAM,
    Event.DETAIL: set(),
    Event.RELAY: TEAM,
    Event.DECLARE_OUTAGE: {Role.LEAD},
}
REPORTERS = {
    Deed.SEE_ISSUE, Event.REPLY, Event.WORKAROUND_FAILS, Event.CONFIRM, Event.STILL_BROKEN, Event.NEXT_SHIFT,
    Event.APPEAL, Event.UNMERGE, Event.WITHDRAW, Event.CHANGE_SEVERITY, Event.ME_TOO, Event.DETAIL, Event.RELAY,
}  # fmt: skip
CELLS = [
    *((deed, role, PILOT, role in roles) for deed, roles in ON_A_PILOT.items() for role in Role),
    *((deed, role, ISSUE, role in roles) for deed, roles in ON_AN_ISSUE.items() for role in Role),
]


def test_every_deed_and_every_event_is_judged() -> None:
    assert set(ON_A_PILOT) == set(Deed)
    assert set(ON_AN_ISSUE) - {Deed.SEE_ISSUE} == set(TABLE)


@pytest.mark.parametrize(("deed", "role", "resource", "allowed"), CELLS)
def test_who_may_do_what_by_role(deed: Deed | Event, role: Role, resource: Pilot | Issue, allowed: bool) -> None:  # noqa: FBT001
    assert may(builders.person(role, pilot=PILOT.id), deed, resource) is allowed


@pytest.mark.parametrize(("deed", "role", "resource"), [cell[:3] for cell in CELLS])
def test_in_another_pilot_nobody_may_anything(deed: Deed | Event, role: Role, resource: Pilot | Issue) -> None:
    assert not may(builders.person(role, pilot=PilotId(2)), deed, resource)


@pytest.mark.parametrize("deed", list(ON_AN_ISSUE))
def test_the_reporters_id_in_another_pilot_is_nobody(deed: Deed | Event) -> None:
    stranger = builders.person(*Role, id=ISSUE.reporter, pilot=PilotId(2))
    assert not may(stranger, deed, ISSUE)


def test_the_reporter_has_the_last_word_on_their_own() -> None:
    reporter = builders.person(id=ISSUE.reporter, pilot=PILOT.id)
    assert {deed for deed in ON_AN_ISSUE if may(reporter, deed, ISSUE)} == REPORTERS


def test_the_owner_may_let_it_go_and_doubt_it_but_never_say_that_it_is_fixed() -> None:
    owner = builders.person(id=PersonId(2), pilot=PILOT.id)
    assert {deed for deed in ON_AN_ISSUE if may(owner, deed, ISSUE)} == {
        Deed.SEE_ISSUE, Event.RELEASE, Event.RESUME, Event.STILL_BROKEN, Event.ME_TOO,
    }  # fmt: skip


def test_the_author_of_a_fix_may_take_it_back_and_nothing_else() -> None:
    fixer = builders.person(id=PersonId(3), pilot=PILOT.id)
    assert {deed for deed in ON_AN_ISSUE if may(fixer, deed, ISSUE)} == {Event.UNDO, Event.ME_TOO}


@pytest.mark.parametrize("deed", list(ON_AN_ISSUE))
def test_a_champions_leave_ends_with_their_units(deed: Deed | Event) -> None:
    elsewhere = builders.person(Role.CHAMPION, pilot=PILOT.id, unit=UnitId(999))
    assert may(elsewhere, deed, ISSUE) is (deed is Event.ME_TOO)
    knows_it = replace(elsewhere, units=(UnitId(999), ISSUE.unit))
    assert may(knows_it, deed, ISSUE) is (Role.CHAMPION in ON_AN_ISSUE[deed])


def test_who_said_me_too_may_look_but_do_nothing_more() -> None:
    follower = builders.person(pilot=PILOT.id)
    assert may(follower, Deed.SEE_ISSUE, ISSUE, follows=True)
    assert not may(replace(follower, pilot=PilotId(2)), Deed.SEE_ISSUE, ISSUE, follows=True)
    assert {event for event in TABLE if may(follower, event, ISSUE, follows=True)} == {Event.ME_TOO}


def test_somebody_without_any_role_may_nothing() -> None:
    nobody = builders.person(pilot=PILOT.id, roles=frozenset())
    assert not any(may(nobody, deed, PILOT) for deed in Deed)


def test_an_event_is_never_judged_on_a_pilot_as_a_whole() -> None:
    assert not may(builders.person(*Role, pilot=PILOT.id), Event.TAKE, PILOT)


def test_a_refusal_tells_the_audit_what_was_wanted_and_of_what() -> None:
    with pytest.raises(Denied) as refused:
        authorize(builders.person(pilot=PILOT.id), Event.TAKE, ISSUE)
    assert (refused.value.deed, refused.value.subject) == (Event.TAKE, ISSUE.reference)
