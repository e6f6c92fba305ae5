"""How bad an issue is: who may say what, who hears of it, and what becomes of the ladder and the clock."""

from dataclasses import replace

import pytest

from bot import living, severity
from bot.actions import Do
from bot.cards import Card, Form
from bot.errors import Denied
from bot.model import Event, Needs, Severity, Status
from storage.database import SqlDatabase
from tests.bot.floor import (
    ADA,
    ALL,
    ANA,
    BEN,
    ICU,
    LEE,
    MAYA,
    ROSA,
    SAM,
    VERA,
    WEST,
    Floor,
    buttons,
    open_floor,
    text,
)

OWNED = ("taken", "needs info", "waiting for vendor", "fixed")


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def say(floor: Floor, who: str, level: int, words: str = "") -> Card | Form:
    return await floor.does(who, severity.change, Event.CHANGE_SEVERITY, Severity(level), words=words)


async def owned(floor: Floor, level: int = 3, status: str = "taken") -> None:
    await floor.reported(level=level)
    await floor.alter(owner=floor.ids[ANA], status=Status(status))


# ---------------------------------------------------------------------------------------------------- who may what


@pytest.mark.parametrize(("before", "after"), [(3, 1), (3, 2), (3, 4), (2, 3), (2, 4), (4, 1)])
async def test_until_it_is_taken_the_reporter_says_it_freely(floor: Floor, before: int, after: int) -> None:
    await floor.reported(level=before)
    await say(floor, MAYA, after)
    assert (await floor.issue()).severity == after


@pytest.mark.parametrize("status", OWNED)
async def test_once_it_is_taken_the_reporter_only_makes_it_worse(floor: Floor, status: str) -> None:
    await owned(floor, status=status)
    form = await say(floor, MAYA, 4)
    assert isinstance(form, Form)
    assert "Only a lead, or the reporter until it is taken, can make it milder." in form.errors["severity"]
    await say(floor, MAYA, 2)
    assert (await floor.issue()).severity is Severity.BLOCKS_WORK


@pytest.mark.parametrize("who", [ANA, SAM])
async def test_the_team_only_makes_it_worse(floor: Floor, who: str) -> None:
    await floor.reported(level=3)
    assert isinstance(await say(floor, who, 4), Form)
    assert isinstance(await say(floor, who, 2), Card)
    assert (await floor.issue()).severity is Severity.BLOCKS_WORK


async def test_nobody_but_a_lead_says_that_no_patient_is_at_risk(floor: Floor) -> None:
    await floor.reported(level=1)
    for who in (MAYA, ANA, SAM):
        form = await say(floor, who, 3, "it was another room")
        assert isinstance(form, Form)
        assert "Only a lead can make it milder." in form.errors["severity"]
    assert (await floor.issue()).severity is Severity.PATIENT_AT_RISK


async def test_a_lead_says_so_with_a_reason_alone_and_the_reporter_reads_it(floor: Floor) -> None:
    await floor.reported(level=1)
    form = await say(floor, LEE, 3)
    assert isinstance(form, Form)
    assert form.errors == {"words": "Please write why no patient is at risk; the reporter reads it."}
    await say(floor, LEE, 3, "the pump was not in use")
    assert "Why: the pump was not in use" in text(floor.last(MAYA))
    assert "Dr Lee Madeup changed that." in text(floor.last(MAYA))
    assert (await floor.history())[-1].words == "3\nthe pump was not in use"


async def test_a_lead_lowers_the_rest_without_one_and_the_reporter_is_told(floor: Floor) -> None:
    await owned(floor, level=2)
    await say(floor, LEE, 3)
    assert floor.last(MAYA).title.endswith("now handled as «It slows me down»")
    assert "When help is due did not change." in text(floor.last(MAYA))


async def test_a_reporter_who_makes_it_milder_is_told_nothing_more(floor: Floor) -> None:
    await floor.reported(level=3)
    await say(floor, MAYA, 4)
    assert len(floor.chat.cards(MAYA)) == 1


@pytest.mark.parametrize("who", [ADA, BEN, VERA])
async def test_others_say_nothing_about_it(floor: Floor, who: str) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await say(floor, who, 2)


async def test_the_same_again_changes_nothing(floor: Floor) -> None:
    await floor.reported()
    await say(floor, MAYA, 3)
    assert (await floor.issue()).version == 1


async def test_without_a_choice_the_form_comes_back(floor: Floor) -> None:
    await floor.reported()
    form = await floor.does(MAYA, severity.change, Event.CHANGE_SEVERITY, None)
    assert isinstance(form, Form)
    assert form.errors == {"severity": "Please choose one."}


@pytest.mark.parametrize(("who", "fields"), [(MAYA, 1), (ANA, 1), (LEE, 2)])
async def test_only_a_lead_is_asked_why_and_only_of_a_patient_at_risk(floor: Floor, who: str, fields: int) -> None:
    await floor.reported(level=1)
    form = await floor.does(who, severity.change_form, Event.CHANGE_SEVERITY)
    assert isinstance(form, Form)
    assert len(form.fields) == fields


# ---------------------------------------------------------------------------------------------------- who hears it


async def test_for_a_patients_sake_everybody_who_should_hear_hears(floor: Floor) -> None:
    await owned(floor)
    await floor.change(VERA, on_duty=False)
    await floor.change(LEE, on_duty=False)
    await say(floor, MAYA, 1)
    assert floor.heard("A patient could be harmed") >= {ANA, SAM, ROSA, LEE, VERA, WEST, ALL}
    assert floor.heard("Nobody has been sent to the bedside") >= {ANA, SAM, ROSA, LEE, VERA, WEST, ALL, MAYA}


async def test_the_owner_who_has_the_card_gets_a_message(floor: Floor) -> None:
    await floor.reported()
    issue = await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    person = await floor.person(ANA)
    await floor.run(lambda tx: living.show_owner(tx, issue, person, floor.now))
    await say(floor, MAYA, 2)
    assert floor.last(ANA).title.endswith("worse, now «I can't do my work»")
    assert "The reporter says so." in text(floor.last(ANA))
    assert "Maya" not in text(floor.last(ANA))


async def test_the_pager_hears_where_the_pilot_has_one(floor: Floor) -> None:
    await floor.reported()
    await say(floor, SAM, 1)
    assert living.PAGER.id not in floor.heard("A patient could be harmed")
    await floor.run(lambda tx: tx.pilots.save(replace(floor.pilot, pager=True)))
    await floor.alter(severity=Severity.SLOWS_WORK)
    await say(floor, SAM, 1)
    assert living.PAGER.id in floor.heard("A patient could be harmed")


async def test_worse_than_slow_it_stands_in_the_fix_teams_queue(floor: Floor) -> None:
    await floor.reported()
    await say(floor, MAYA, 2)
    assert (await floor.issue()).queued
    assert ALL in floor.heard("nobody has taken it so far")


# ------------------------------------------------------------------------------------------------ ladder and clock


async def test_the_ladder_counts_from_now_and_the_deadline_stays(floor: Floor) -> None:
    issue = await floor.reported()
    await floor.pass_time(1)
    await say(floor, MAYA, 2)
    assert (await floor.issue()).due_at == issue.due_at
    ahead = await floor.hours_ahead()
    assert {hours for needs, hours in ahead if needs == Needs.UNOWNED} == {0.25, 1}
    assert {hours for needs, hours in ahead if needs == Needs.UNADDRESSED} == {4, 12, 18, 21.6, 23, 47}


async def test_a_button_drawn_before_it_is_overtaken_but_for_the_reporters(floor: Floor) -> None:
    await floor.reported()
    await say(floor, MAYA, 2)
    said = await floor.does(LEE, severity.change, Event.CHANGE_SEVERITY, Severity(3), version=1)
    assert "has changed since you saw that card" in text(said)
    await floor.does(MAYA, severity.change, Event.CHANGE_SEVERITY, Severity(4), version=1)
    assert (await floor.issue()).severity is Severity.QUESTION


# ------------------------------------------------------------------------------------------------------------ ideas


async def idea(floor: Floor, who: str = ANA) -> Card:
    return await floor.does(who, severity.mark_idea, Event.MARK_IDEA)


async def test_an_idea_is_owed_a_decision_and_no_help(floor: Floor) -> None:
    await floor.reported(level=4)
    await idea(floor)
    assert (await floor.issue()).idea
    assert await floor.waiting() == {Needs.UNDECIDED, Needs.OPEN}
    assert await floor.hours_ahead() == {(Needs.UNDECIDED, 14 * 24), (Needs.OPEN, 7 * 24)}
    assert "You hear what is decided by Mon 16 March, 08:00." in text(floor.last(MAYA))
    await floor.pass_time(72)
    assert (await floor.issue()).missed_at is None


async def test_only_a_question_can_be_an_idea(floor: Floor) -> None:
    await floor.reported(level=3)
    said = await idea(floor)
    assert "something is broken, so it is no idea" in text(said)
    assert not (await floor.issue()).idea


async def test_an_idea_is_not_marked_twice(floor: Floor) -> None:
    await floor.reported(level=4)
    await idea(floor)
    await idea(floor)
    assert (await floor.events()).count(Event.MARK_IDEA) == 1


async def test_what_turns_out_to_be_a_problem_has_its_first_clock_again(floor: Floor) -> None:
    issue = await floor.reported(level=4)
    await idea(floor)
    await floor.pass_time(30)
    await say(floor, MAYA, 2)
    assert not (await floor.issue()).idea
    await floor.pass_time(0.1)
    assert (await floor.issue()).missed_at == issue.due_at


async def test_before_its_deadline_that_clock_goes_on(floor: Floor) -> None:
    issue = await floor.reported(level=4)
    await idea(floor)
    await floor.pass_time(3)
    await say(floor, MAYA, 3)
    await floor.pass_time(20.9)
    assert (await floor.issue()).missed_at is None
    await floor.pass_time(0.2)
    assert (await floor.issue()).missed_at == issue.due_at


# ---------------------------------------------------------------------------------------------------------- outages


async def test_an_outage_is_announced_once_to_every_unit_with_one_tap_for_those_who_have_it_too(floor: Floor) -> None:
    issue = await floor.reported(level=2)
    said = await floor.does(LEE, severity.declare_outage, Event.DECLARE_OUTAGE)
    assert "It is announced in 3 channels." in text(said)
    assert floor.heard("a known outage of") == {WEST, ICU, ALL}
    (tap,) = buttons(floor.last(ICU))
    assert tap.action == Do(Event.ME_TOO, issue.id, issue.version)
    assert await floor.read(lambda tx: [each.id for each in tx.issues.outages(floor.pilot.id)]) == [issue.id]


async def test_it_is_not_announced_again(floor: Floor) -> None:
    await floor.reported()
    await floor.does(LEE, severity.declare_outage, Event.DECLARE_OUTAGE)
    said = await floor.does(LEE, severity.declare_outage, Event.DECLARE_OUTAGE)
    assert "Nothing was announced again." in text(said)
    assert len([each for each in floor.chat.at(ICU) if "outage" in each]) == 1


async def test_a_lead_alone_declares_it(floor: Floor) -> None:
    await floor.reported()
    for who in (ANA, SAM, MAYA):
        with pytest.raises(Denied):
            await floor.does(who, severity.declare_outage, Event.DECLARE_OUTAGE)


async def test_the_clock_can_say_that_it_is_worse_and_why(floor: Floor) -> None:
    await floor.reported()
    issue = await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    person = await floor.person(ANA)
    await floor.run(lambda tx: living.show_owner(tx, issue, person, floor.now))
    level = Severity.BLOCKS_WORK
    await floor.run(lambda tx: severity.graded(tx, issue, level, None, floor.now, "a worse report follows it"))
    assert "Why: a worse report follows it" in text(floor.last(ANA))
