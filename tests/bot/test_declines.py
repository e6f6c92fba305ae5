"""An issue is declined by a lead, with a reason and a place to go; its reporter can object for a week."""

from datetime import timedelta

import pytest

from bot import declines, vendors
from bot.cards import Card, Form
from bot.errors import Denied
from bot.model import Event, Help, Needs, Severity, Status
from storage.database import SqlDatabase
from tests.bot.floor import ADA, ANA, LEE, MAYA, SAM, VERA, WEST, Floor, events_on, open_floor, text

DAY = timedelta(hours=24)
WHY, INSTEAD = "it is part of another contract", "the facilities desk, 4711"


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def decline(floor: Floor, who: str = LEE, why: str = WHY, instead: str = INSTEAD) -> Card | Form:
    return await floor.does(who, declines.decline, Event.DECLINE, why, instead)


async def appeal(floor: Floor, words: str = "it is not") -> Card:
    said = await floor.does(MAYA, declines.appeal, Event.APPEAL, words)
    assert isinstance(said, Card)
    return said


# ------------------------------------------------------------------------------------------------------ proposing


async def test_a_lead_gets_the_reason_and_can_decline_it_from_there(floor: Floor) -> None:
    await floor.reported()
    said = await floor.does(ANA, declines.propose, Event.PROPOSE_DECLINE, WHY)
    assert "Told: Dr Lee Madeup." in text(said)
    assert f"Ana Fable proposes that: {WHY}" in text(floor.last(LEE))
    assert events_on(floor.last(LEE)) == {Event.DECLINE}
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.TAKEN, floor.ids[ANA])
    assert floor.heard("Ana Fable proposes to decline it. A lead decides.") == {WEST}


async def test_the_leads_form_begins_with_that_reason_and_its_button_is_not_overtaken(floor: Floor) -> None:
    await floor.reported()
    await floor.does(ANA, declines.propose, Event.PROPOSE_DECLINE, WHY)
    form = await floor.does(LEE, declines.decline_form, Event.DECLINE)
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields} == {"words": WHY, "instead": ""}


async def test_without_a_reason_the_form_comes_back(floor: Floor) -> None:
    await floor.reported()
    form = await floor.does(ANA, declines.propose, Event.PROPOSE_DECLINE, "")
    assert isinstance(form, Form)
    assert set(form.errors) == {"words"}
    assert (await floor.issue()).status is Status.REPORTED


# ------------------------------------------------------------------------------------------------------ declining


@pytest.mark.parametrize("who", [MAYA, ANA, SAM])
async def test_nobody_but_a_lead_declines(floor: Floor, who: str) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await decline(floor, who)


async def test_the_reporter_reads_why_and_where_it_goes_and_how_to_object(floor: Floor) -> None:
    await floor.reported()
    await decline(floor)
    said = text(floor.last(MAYA))
    assert f"Dr Lee Madeup (implementation lead) has declined it: {WHY}" in said
    assert f"Where it goes instead: {INSTEAD}" in said
    assert "you can object until Mon 9 March, 08:00" in said
    assert events_on(floor.last(MAYA)) == {Event.APPEAL}
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.closed_at) == (Status.DECLINED, floor.ids[LEE], floor.now)
    assert await floor.events() == [Event.REPORT, Event.TAKE, Event.DECLINE]


@pytest.mark.parametrize(("why", "instead", "wrong"), [("", INSTEAD, {"words"}), (WHY, "", {"instead"})])
async def test_both_are_required(floor: Floor, why: str, instead: str, wrong: set[str]) -> None:
    await floor.reported()
    form = await decline(floor, why=why, instead=instead)
    assert isinstance(form, Form)
    assert set(form.errors) == wrong
    assert {each.name: each.value for each in form.fields} == {"words": why, "instead": instead}
    assert (await floor.issue()).status is Status.REPORTED


async def test_whoever_had_it_and_those_it_also_concerned_hear_why(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    await floor.follows(ADA)
    await decline(floor)
    assert floor.heard(WHY) == {MAYA, ADA, ANA, WEST}
    assert events_on(floor.last(ADA)) == set()


async def test_what_followed_it_goes_on_by_itself(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    await decline(floor)
    freed = await floor.issue(child.id)
    assert (freed.status, freed.merged_into, freed.owner) == (Status.TAKEN, None, floor.ids[LEE])
    assert WHY not in "".join(text(card) for card in floor.chat.cards(ADA))


async def test_a_wait_for_the_vendor_ends_with_it(floor: Floor) -> None:
    await floor.reported()
    await floor.does(SAM, vendors.send, Event.SEND_TO_VENDOR, "Acme", "", "")
    await decline(floor)
    issue = await floor.issue()
    assert (issue.status, issue.waiting_since) == (Status.DECLINED, None)
    (wait,) = await floor.read(lambda tx: tx.issues.vendor_waits(issue.id))
    assert wait.until == floor.now


async def test_declined_in_time_is_neither_met_nor_missed(floor: Floor) -> None:
    await floor.reported()
    await floor.pass_time(3)
    await decline(floor)
    await floor.pass_time(200)
    issue = await floor.issue()
    assert (issue.addressed_at, issue.missed_at, issue.status) == (None, None, Status.DECLINED)


async def test_declined_late_is_a_miss_even_where_the_clock_did_not_say_so_in_time(floor: Floor) -> None:
    issue = await floor.reported()
    floor.now = issue.due_at  # the bot was down
    await decline(floor)
    assert (await floor.issue()).missed_at == issue.due_at
    assert (await floor.events())[-1] is Event.MISSED


async def test_an_idea_is_never_a_miss(floor: Floor) -> None:
    await floor.reported(level=4)
    issue = await floor.alter(idea=True)
    floor.now = issue.due_at
    await decline(floor)
    assert (await floor.issue()).missed_at is None


# ------------------------------------------------------------------------------------------------------ objecting


async def test_an_objection_opens_it_with_whoever_declined_it(floor: Floor) -> None:
    await floor.reported()
    await decline(floor)
    await floor.pass_time(1)
    said = await appeal(floor)
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.closed_at) == (Status.TAKEN, floor.ids[LEE], None)
    assert "Dr Lee Madeup has been told." in text(said)
    assert "They write: it is not" in text(floor.last(LEE))
    assert floor.heard("reporter objects") == {WEST, LEE}


async def test_words_are_not_needed_to_object(floor: Floor) -> None:
    await floor.reported()
    await decline(floor)
    form = await floor.does(MAYA, declines.appeal_form, Event.APPEAL)
    assert isinstance(form, Form)
    await appeal(floor, "")
    assert (await floor.issue()).status is Status.TAKEN


async def test_the_first_clock_has_gone_on_and_the_ladder_is_planned_anew(floor: Floor) -> None:
    await floor.reported()
    await floor.pass_time(3)
    await decline(floor)
    await floor.pass_time(2)
    await appeal(floor)
    issue = await floor.issue()
    assert (issue.missed_at, floor.hours(issue.due_at)) == (None, 19)
    ahead = {hours for needs, hours in await floor.hours_ahead() if needs == Needs.UNADDRESSED}
    assert ahead == {18, 19, 43}


async def test_past_the_deadline_it_is_a_miss_at_once(floor: Floor) -> None:
    issue = await floor.reported()
    await floor.pass_time(3)
    await decline(floor)
    await floor.pass_time(27)
    await appeal(floor)
    assert (await floor.issue()).missed_at == issue.due_at
    assert (await floor.events())[-2:] == [Event.APPEAL, Event.MISSED]


async def test_it_voids_what_had_counted(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(addressed_at=floor.now, addressed_by=Help.WORKAROUND, addressed_n=1)
    await decline(floor)
    await appeal(floor)
    assert (await floor.issue()).addressed_at is None


async def test_after_a_week_it_is_too_late_and_the_sentence_says_what_is_possible(floor: Floor) -> None:
    await floor.reported()
    await decline(floor)
    await floor.pass_time(7 * 24)
    said = await appeal(floor)
    assert "for seven days its reporter can object" in text(said)
    assert (await floor.issue()).status is Status.DECLINED


async def test_nobody_objects_for_the_reporter(floor: Floor) -> None:
    await floor.reported()
    await decline(floor)
    for who in (ADA, ANA, LEE):
        with pytest.raises(Denied):
            await floor.does(who, declines.appeal, Event.APPEAL, "it is not")


async def test_a_lead_who_has_left_hands_the_objection_to_the_lead_there_is(floor: Floor) -> None:
    await floor.reported()
    await decline(floor)
    await floor.change(LEE, active=False)
    roles = (await floor.person(LEE)).roles
    await floor.change(SAM, roles=roles)
    await appeal(floor)
    assert (await floor.issue()).owner == floor.ids[SAM]


async def test_a_patient_at_risk_keeps_the_bedside_line_to_the_end(floor: Floor) -> None:
    await floor.reported(level=1)
    await decline(floor)
    said = await appeal(floor)
    assert "Nobody has been sent to the bedside" in text(said)
    assert (await floor.issue()).severity is Severity.PATIENT_AT_RISK


@pytest.mark.parametrize("deputy", [VERA, None])
async def test_while_the_lead_who_declined_is_away_it_goes_to_their_deputy_or_another_lead(
    floor: Floor, deputy: str | None
) -> None:
    await floor.reported()
    await decline(floor)
    roles = (await floor.person(LEE)).roles
    await floor.change(SAM, roles=roles)
    await floor.change(LEE, away_until=floor.now + DAY, deputy=floor.ids[deputy] if deputy else None)
    await appeal(floor)
    assert (await floor.issue()).owner == floor.ids[deputy or SAM]


async def test_where_no_other_lead_is_there_it_stays_with_the_one_who_is_away(floor: Floor) -> None:
    await floor.reported()
    await decline(floor)
    await floor.change(LEE, away_until=floor.now + DAY)
    await appeal(floor)
    assert (await floor.issue()).owner == floor.ids[LEE]
