"""Who works on an issue, and what is said between them and its reporter: on a real database, in time that stands."""

from datetime import timedelta

import pytest

from bot import calendar, living, questions, work
from bot.actions import Do, DoAs
from bot.cards import Card, Form, ManyField
from bot.errors import Denied
from bot.model import Event, Outcome, Role, Status, VendorWait
from storage.database import SqlDatabase
from tests import builders
from tests.bot.floor import (
    ADA,
    ALL,
    ANA,
    BEN,
    ICU,
    LEE,
    MAYA,
    OMAR,
    ROSA,
    SAM,
    VERA,
    WEST,
    Floor,
    buttons,
    events_on,
    open_floor,
    text,
)

UNOWNED = "nobody owns it"


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def take(floor: Floor, who: str = ANA) -> Card:
    return await floor.does(who, work.take, Event.TAKE)


# --------------------------------------------------------------------------------------------------------- taking


@pytest.mark.parametrize("who", [ANA, SAM, LEE])
async def test_whoever_may_take_it_owns_it(floor: Floor, who: str) -> None:
    await floor.reported()
    await take(floor, who)
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.version) == (Status.TAKEN, floor.ids[who], 2)
    assert floor.chat.at(MAYA) == ["MAR-" + str(issue.number) + ": being worked on"]


@pytest.mark.parametrize("who", [MAYA, BEN, VERA, OMAR])
async def test_a_nurse_another_units_champion_and_those_who_oversee_may_not(floor: Floor, who: str) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await take(floor, who)
    assert (await floor.issue()).status is Status.REPORTED


async def test_the_owner_gets_a_card_of_their_own_with_the_reporters_name(floor: Floor) -> None:
    await floor.reported()
    shown = await take(floor, SAM)
    assert "Maya Sample" in text(shown)
    assert floor.heard("Maya Sample") == {SAM}
    assert floor.heard("Sam Pretend (fix team) has taken it.") == {WEST}


async def test_taking_what_somebody_has_taken_does_nothing_and_says_what_can_be_done(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    said = await take(floor, SAM)
    assert "It can be fixed or worked around now, or escalated." in text(said)
    assert (await floor.issue()).owner == floor.ids[ANA]
    assert await floor.events() == [Event.REPORT, Event.TAKE]


async def test_a_press_on_a_card_that_showed_an_earlier_state_does_nothing(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    said = await floor.does(SAM, work.escalate, Event.ESCALATE, version=1)
    assert "has changed since you saw that card" in said.title
    assert (await floor.issue()).owner == floor.ids[ANA]


# ----------------------------------------------------------------------------------------------------- escalating


async def test_what_is_escalated_is_nobodys_and_in_the_fix_teams_queue(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.pass_time(1)
    said = await floor.does(SAM, work.escalate, Event.ESCALATE)
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.queued) == (Status.REPORTED, None, True)
    assert "Told: Rosa Specimen." in text(said)
    assert floor.heard("nobody has taken it so far") == {WEST, ALL, ANA, ROSA}
    assert floor.heard("no longer yours") == {ANA}
    assert floor.heard("Sam Pretend asks the fix team to take it.") == {WEST}


async def test_after_an_escalation_the_rungs_of_what_nobody_owns_count_from_then(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.pass_time(3)
    before = await floor.steps()
    await floor.does(ANA, work.escalate, Event.ESCALATE)
    ahead = await floor.hours_ahead()
    assert {(needs, hours) for needs, hours in ahead if needs == UNOWNED} == {(UNOWNED, 2), (UNOWNED, 8)}
    owed = [step for step in before if step.needs != UNOWNED]
    assert [step for step in await floor.steps() if step.needs != UNOWNED] == owed


async def test_whoever_has_its_card_already_is_told_that_it_is_theirs_to_take(floor: Floor) -> None:
    await floor.reported()
    await take(floor, SAM)
    await floor.does(SAM, work.release, Event.RELEASE)
    await take(floor)
    await floor.does(ANA, work.escalate, Event.ESCALATE)
    assert floor.last(SAM).title.endswith("Ana Fable asks you to take it")
    assert Event.TAKE in events_on(floor.last(SAM))


async def test_where_nobody_of_the_fix_team_is_on_duty_the_lead_hears(floor: Floor) -> None:
    await floor.change(SAM, on_duty=False)
    await floor.change(ROSA, on_duty=False)
    await floor.reported()
    said = await floor.does(ANA, work.escalate, Event.ESCALATE)
    assert "Told: Dr Lee Madeup." in text(said)


async def test_a_patient_at_risk_is_never_escalated_without_the_bedside_line(floor: Floor) -> None:
    await floor.reported(level=1)
    said = await floor.does(ANA, work.escalate, Event.ESCALATE)
    assert text(said).splitlines()[1].startswith("Nobody has been sent to the bedside")
    assert floor.heard("Nobody has been sent to the bedside") >= {SAM, ROSA, WEST, ALL}


# ---------------------------------------------------------------------------------------------------- giving back


async def test_what_is_given_back_is_put_before_those_who_hear_first_but_not_its_giver(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    said = await floor.does(ANA, work.release, Event.RELEASE)
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.REPORTED, None)
    assert "Told: Rosa Specimen and Sam Pretend." in text(said)
    assert {(needs, hours) for needs, hours in await floor.hours_ahead() if needs == UNOWNED} == {
        (UNOWNED, 2),
        (UNOWNED, 8),
    }


async def test_what_the_fix_team_gives_back_goes_to_the_champion_on_shift(floor: Floor) -> None:
    await floor.reported()
    await take(floor, SAM)
    said = await floor.does(SAM, work.release, Event.RELEASE)
    assert "Told: Ana Fable." in text(said)
    assert floor.heard("nobody has taken it so far") == {WEST, ANA, SAM}


async def test_a_lead_gives_it_back_for_its_owner_who_hears_so(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.does(LEE, work.release, Event.RELEASE)
    assert "Dr Lee Madeup has put it back, and nobody has it now." in text(floor.last(ANA))


async def test_nobody_else_gives_it_back(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    with pytest.raises(Denied):
        await floor.does(SAM, work.release, Event.RELEASE)


# --------------------------------------------------------------------------------------------------- handing over


async def hand(floor: Floor, by: str, to: str | None, words: str = "") -> Card | Form:
    person = await floor.person(to) if to else None
    return await floor.does(by, work.hand_over, Event.HAND_OVER, person, words=words)


async def test_the_new_owner_gets_the_card_and_hears_from_whom_and_why(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await hand(floor, ANA, SAM, "it is the interface")
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.TAKEN, floor.ids[SAM])
    assert floor.heard("Ana Fable hands it over to you.\nThey say: it is the interface") == {SAM}
    assert floor.heard("Maya Sample") == {SAM}
    row = (await floor.history())[-1]
    assert (row.event, row.words) == (Event.HAND_OVER, str(floor.ids[SAM]))


async def test_an_owner_from_whom_it_is_taken_hears_who_did_that(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await hand(floor, LEE, SAM)
    assert "Dr Lee Madeup handed it over to Sam Pretend." in text(floor.last(ANA))


async def test_the_reporter_reads_the_new_owner_on_the_receipt_and_gets_no_message(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await hand(floor, ANA, SAM)
    assert len(floor.chat.cards(MAYA)) == 1
    assert "Sam Pretend (fix team) is working on it." in text(floor.last(MAYA))


@pytest.mark.parametrize("to", [MAYA, BEN, VERA, ANA])
async def test_to_somebody_who_cannot_have_it_is_refused_beside_the_field(floor: Floor, to: str) -> None:
    await floor.reported()
    await take(floor)
    form = await hand(floor, SAM, to, "please")
    assert isinstance(form, Form)
    assert form.errors["to"].startswith("Please choose somebody who is not away: a champion")
    assert {each.name: each.value for each in form.fields}["words"] == "please"
    assert (await floor.issue()).owner == floor.ids[ANA]


async def test_nobody_who_is_away_or_has_left_can_have_it(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.change(SAM, away_until=floor.now + timedelta(days=1))
    await floor.change(LEE, active=False)
    for name in (SAM, LEE):
        assert isinstance(await hand(floor, ANA, name), Form)


async def test_where_one_alone_can_have_it_they_are_chosen_already(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    for name in (SAM, LEE):
        await floor.change(name, away_until=floor.now + timedelta(days=1))
    form = await floor.does(ANA, work.hand_over_form, Event.HAND_OVER)
    assert isinstance(form, Form)
    (to, _) = form.fields
    assert isinstance(to, ManyField)
    assert to.value == str(floor.ids[ROSA])


async def test_where_nobody_can_have_it_no_form_opens(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    for name in (SAM, ROSA, LEE):
        await floor.change(name, active=False)
    said = await floor.does(ANA, work.hand_over_form, Event.HAND_OVER)
    assert "there is nobody to hand it over to" in text(said)


async def test_a_champion_who_is_not_trained_is_not_offered(floor: Floor) -> None:
    await floor.reported()
    await floor.change(ANA, trained=False)
    issue = await floor.issue()
    able = await floor.read(lambda tx: work.can_have(tx, issue, floor.now))
    assert ANA not in [each.address.id for each in able]
    await floor.change(ANA, roles=frozenset({Role.CHAMPION, Role.RESPONDER}))
    able = await floor.read(lambda tx: work.can_have(tx, issue, floor.now))
    assert ANA in [each.address.id for each in able]


async def test_those_on_duty_are_offered_first(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.change(ROSA, on_duty=False)
    issue = await floor.issue()
    able = await floor.read(lambda tx: work.can_have(tx, issue, floor.now))
    assert [each.address.id for each in able] == [SAM, LEE, ROSA]


async def test_the_clock_hands_it_to_somebody(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    to = await floor.person(SAM)
    issue = await floor.issue()
    await floor.run(lambda tx: work.handed_over(tx, issue, to, floor.now))
    assert (await floor.issue()).owner == to.id
    assert floor.heard("Whoever had it has gone off duty.") == {SAM}
    assert "It is with Sam Pretend now, since you are not on duty." in text(floor.last(ANA))
    assert (await floor.history())[-1].who is None


async def test_where_nobody_is_there_the_clock_hands_it_to_nobody_and_the_rungs_count_anew(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.pass_time(4)
    await floor.change(ANA, on_duty=False)
    issue = await floor.issue()
    await floor.run(lambda tx: work.handed_over(tx, issue, None, floor.now))
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.REPORTED, None)
    assert {hours for needs, hours in await floor.hours_ahead() if needs == UNOWNED} == {2, 8}
    assert floor.heard("Nobody has it any more.") == {WEST}


async def test_to_nobody_a_wait_for_the_vendor_ends(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    issue = await floor.alter(status=Status.WAITING_VENDOR, waiting_since=floor.now)
    wait = VendorWait(issue.id, 2, "Acme", "", None, floor.now)
    await floor.run(lambda tx: tx.issues.save_vendor_wait(wait))
    await floor.pass_time(1)
    await floor.run(lambda tx: work.handed_over(tx, issue, None, floor.now))
    waits = await floor.read(lambda tx: tx.issues.vendor_waits(issue.id))
    assert [each.until for each in waits] == [floor.now]
    assert (await floor.issue()).waited == timedelta(hours=1)


# ----------------------------------------------------------------------------------------------------- going on


async def test_the_owner_goes_on_without_an_answer_and_the_reporter_is_asked_no_more(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.alter(status=Status.NEEDS_INFO, waiting_since=floor.now)
    await floor.pass_time(2)
    await floor.does(ANA, work.resume, Event.RESUME)
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.waited) == (Status.TAKEN, floor.ids[ANA], timedelta(hours=2))
    assert "reporter has not replied" not in {step.needs for step in await floor.steps()}


async def test_where_a_lead_says_so_the_owner_hears_it(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.alter(status=Status.NEEDS_INFO)
    await floor.does(LEE, work.resume, Event.RESUME)
    assert floor.last(ANA).title.endswith("go on without an answer")


# ------------------------------------------------------------------------------------------------- cause and date


async def explain(floor: Floor, cause: str, expected: str = "", who: str = ANA) -> Card | Form:
    return await floor.does(who, work.explain, Event.EXPLAIN, cause, expected)


async def test_a_cause_and_a_date_are_kept_and_the_receipt_shows_the_date(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await explain(floor, "a driver was missing", "tomorrow 16:00")
    issue = await floor.issue()
    assert issue.cause == "a driver was missing"
    assert issue.expected_at == calendar.moment("tomorrow 16:00", floor.now, "America/New_York")
    assert "A fix is expected tomorrow, Tue 16:00." in text(floor.last(MAYA))
    assert floor.heard("a driver was missing") == {WEST, ANA}
    row = (await floor.history())[-1]
    assert (row.event, row.words) == (Event.EXPLAIN, "a driver was missing")


@pytest.mark.parametrize("expected", ["2026-03-01", "today 03:00", "soon"])
async def test_a_date_that_has_passed_or_says_nothing_is_refused_beside_its_field(floor: Floor, expected: str) -> None:
    await floor.reported()
    await take(floor)
    form = await explain(floor, "a driver", expected)
    assert isinstance(form, Form)
    assert form.errors["expected"].startswith("Please write a day that is still ahead")
    assert {each.name: each.value for each in form.fields} == {"cause": "a driver", "expected": expected}
    assert (await floor.issue()).cause == ""


async def test_without_a_cause_the_form_comes_back(floor: Floor) -> None:
    await floor.reported()
    form = await explain(floor, "", "tomorrow")
    assert isinstance(form, Form)
    assert set(form.errors) == {"cause"}


async def test_a_miss_that_is_explained_is_no_longer_without_a_cause(floor: Floor) -> None:
    await floor.reported()
    missed = await floor.alter(missed_at=floor.now)
    without = await floor.read(lambda tx: tx.issues.missed_without_cause(floor.pilot.id, 5))
    assert [each.id for each in without] == [missed.id]
    await explain(floor, "nobody knew the vendor's number")
    assert not await floor.read(lambda tx: tx.issues.missed_without_cause(floor.pilot.id, 5))


async def test_the_form_begins_with_what_is_known(floor: Floor) -> None:
    await floor.reported()
    await explain(floor, "a driver", "tomorrow 16:00")
    form = await floor.does(ANA, work.explain_form, Event.EXPLAIN)
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields} == {"cause": "a driver", "expected": "2026-03-03 16:00"}
    await floor.pass_time(48)
    form = await floor.does(ANA, work.explain_form, Event.EXPLAIN)
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields} == {"cause": "a driver", "expected": ""}


async def test_a_closed_issue_can_still_be_explained_and_stays_closed(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(status=Status.UNVERIFIED, closed_at=floor.now)
    await explain(floor, "a driver")
    issue = await floor.issue()
    assert (issue.status, issue.closed_at) == (Status.UNVERIFIED, floor.now)


# ---------------------------------------------------------------------------------- lines to and from the reporter


async def relay(floor: Floor, who: str, words: str) -> Card | Form:
    return await floor.does(who, work.relay, Event.RELAY, words)


async def test_a_line_reaches_the_reporter_as_a_message_and_nobody_else(floor: Floor) -> None:
    issue = await floor.reported()
    await take(floor)
    await relay(floor, ANA, "please restart the cart")
    assert floor.heard("please restart the cart") == {MAYA}
    assert "Ana Fable (champion) writes about" in text(floor.last(MAYA))
    assert events_on(floor.last(MAYA)) == {Event.RELAY}
    kept = await floor.read(lambda tx: tx.issues.asked(issue.id))
    assert [(each.words, each.answer) for each in kept] == [("please restart the cart", "")]


async def test_it_reaches_a_reporter_without_a_name_who_writes_back_through_their_handle(floor: Floor) -> None:
    maya = (await floor.person(MAYA)).address
    handle = builders.handle(pilot=floor.pilot.id, unit=floor.units[WEST].id, identity=maya)
    await floor.run(lambda tx: tx.handles.add(handle))
    issue = await floor.reported(reporter=handle.id, nameless=True)
    await take(floor)
    await relay(floor, ANA, "please restart the cart")
    (back,) = buttons(floor.last(MAYA))
    assert back.action == DoAs(Event.RELAY, issue.id, handle.id)
    voice, wanted = await floor.read(lambda tx: tx.people.get(handle.id)), Do(Event.RELAY, issue.id, 1)
    await floor.run(lambda tx: work.relay(tx, voice, wanted, "it is the left one", floor.now))
    assert floor.heard("it is the left one") == {ANA}
    assert "Maya" not in "".join(text(card) for card in floor.chat.cards(ANA))


async def test_after_a_line_the_reporter_is_still_asked_again_what_they_were_asked(floor: Floor) -> None:
    await floor.reported()
    await floor.does(ANA, questions.ask, Event.ASK, "which cart is it")
    await relay(floor, ANA, "please restart the cart")
    await floor.pass_time(24)
    again = floor.last(MAYA)
    assert "which cart is it" in text(again)
    assert "please restart the cart" not in text(again)
    issue = await floor.issue()
    asked = await floor.read(lambda tx: living.open_question(tx, issue))
    assert asked is not None
    assert asked.words == "which cart is it"


async def test_the_reporters_own_line_reaches_the_owner(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    said = await relay(floor, MAYA, "it is the left one")
    assert "Ana Fable reads it." in text(said)
    assert floor.heard("it is the left one") == {ANA}
    assert "Maya" not in text(floor.last(ANA))
    assert Event.RELAY in events_on(floor.last(ANA))


async def test_where_nobody_owns_it_the_reporters_line_stands_under_the_units_card(floor: Floor) -> None:
    await floor.reported()
    await relay(floor, MAYA, "it is the left one")
    assert floor.heard("it is the left one") == {WEST}
    under = next(each for each in floor.chat.history if "left one" in text(each.card))
    assert under.ref.place.thread is not None


async def test_an_empty_line_is_asked_for(floor: Floor) -> None:
    await floor.reported()
    form = await relay(floor, ANA, "")
    assert isinstance(form, Form)
    assert form.errors == {"words": "Please write what you want to say."}


async def test_others_than_the_reporter_and_the_team_write_nothing(floor: Floor) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await relay(floor, ADA, "let me see")


async def test_a_line_can_be_answered_where_the_reporter_has_been_asked(floor: Floor) -> None:
    await floor.reported()
    await take(floor)
    await floor.alter(status=Status.NEEDS_INFO)
    await relay(floor, ANA, "a photo would do")
    assert events_on(floor.last(MAYA)) == {Event.REPLY}


async def test_what_is_settled_is_settled_before_its_time_has_come(floor: Floor) -> None:
    """A rung that was planned before the issue lost its owner does not come due besides the new one."""
    issue = await floor.reported()
    await take(floor)
    await floor.pass_time(1)
    await floor.does(ANA, work.escalate, Event.ESCALATE)
    steps = await floor.read(lambda tx: tx.issues.steps(issue.id))
    dropped = [step for step in steps if step.needs == UNOWNED and step.outcome is Outcome.NOT_NEEDED]
    assert len(dropped) == 2
    assert ICU not in floor.heard("asks the fix team")
