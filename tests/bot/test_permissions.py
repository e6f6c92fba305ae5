import pytest

from bot.errors import Denied
from bot.lifecycle import TABLE
from bot.model import Event, Issue, PersonId, Pilot, PilotId, Role
from bot.permissions import Deed, authorize, may
from tests import builders

PILOT = builders.pilot(id=PilotId(1))
ISSUE = builders.issue(pilot=PILOT.id, reporter=PersonId(1), owner=PersonId(2))
ALL = set(Role)
TEAM = {Role.CHAMPION, Role.RESPONDER, Role.LEAD}
ON_A_PILOT = {
    Deed.REPORT: ALL,
    Deed.SEE_MINE: ALL,
    Deed.SEE_HELP: ALL,
    Deed.SEE_QUEUE: {Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY},
    Deed.SEE_FIGURES: {Role.LEAD, Role.SPONSOR},
    Deed.SEE_ISSUE: {Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY, Role.SPONSOR},
    Deed.SEE_LOG: {Role.LEAD, Role.RESPONDER},
}
ON_AN_ISSUE: dict[Deed | Event, set[Role]] = {
    Deed.SEE_ISSUE: {Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY, Role.SPONSOR},
    Event.TAKE: TEAM,
    Event.FIX: TEAM,
    Event.CONFIRM: set(),
    Event.STILL_BROKEN: {Role.LEAD},
    Event.SILENCE: set(),
    Event.UNDELIVERED: set(),
    Event.CHANGE_SEVERITY: TEAM,
}
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


def test_the_reporter_may_see_judge_and_change_their_own() -> None:
    reporter = builders.person(id=ISSUE.reporter, pilot=PILOT.id)
    assert {deed for deed in ON_AN_ISSUE if may(reporter, deed, ISSUE)} == {
        Deed.SEE_ISSUE,
        Event.CONFIRM,
        Event.STILL_BROKEN,
        Event.CHANGE_SEVERITY,
    }


def test_the_owner_may_say_that_it_is_still_broken_but_never_that_it_is_fixed() -> None:
    owner = builders.person(id=PersonId(2), pilot=PILOT.id)
    assert may(owner, Event.STILL_BROKEN, ISSUE)
    assert not may(owner, Event.CONFIRM, ISSUE)


def test_somebody_without_any_role_may_nothing() -> None:
    nobody = builders.person(pilot=PILOT.id, roles=frozenset())
    assert not any(may(nobody, deed, PILOT) for deed in Deed)


def test_an_event_is_never_judged_on_a_pilot_as_a_whole() -> None:
    assert not may(builders.person(*Role, pilot=PILOT.id), Event.TAKE, PILOT)


def test_a_refusal_tells_the_audit_what_was_wanted_and_of_what() -> None:
    with pytest.raises(Denied) as refused:
        authorize(builders.person(pilot=PILOT.id), Event.TAKE, ISSUE)
    assert (refused.value.deed, refused.value.subject) == (Event.TAKE, ISSUE.reference)
