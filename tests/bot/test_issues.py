"""The use cases of an issue on a real database, delivered to a chat in memory, in simulated time."""

from datetime import timedelta

import pytest

from bot import fixes
from bot.actions import Do, ShowIssue
from bot.cards import Card, Mark, Reply
from bot.model import Event, Issue, Outcome, Role, Severity, Status
from bot.ports import Notice, NoticeState
from tests.peers.chat import Fault
from tests.world import ANA, BEN, CAST, ICU, LEE, MAYA, OMAR, ROSA, SAM, VERA, WEST, World, labels, place, text

FIX = {"words": "a new battery", "kind": "process"}


async def reported(world: World, line: str = "report the cart is dark", who: str = MAYA) -> Issue:
    await world.types(who, line)
    return (await world.issues())[-1]


async def take(world: World, who: str) -> Reply:
    issue = (await world.issues())[-1]
    return await world.presses(who, Do(Event.TAKE, issue.id, issue.version))


async def fix(world: World, who: str) -> Reply:
    issue = (await world.issues())[-1]
    return await world.submits(who, Do(Event.FIX, issue.id, issue.version), FIX)


async def say(world: World, who: str, event: Event) -> Reply:
    issue = (await world.issues())[-1]
    return await world.presses(who, Do(event, issue.id, issue.version))


async def severity(world: World, who: str, level: int) -> Reply:
    issue = (await world.issues())[-1]
    return await world.submits(who, Do(Event.CHANGE_SEVERITY, issue.id, issue.version), {"severity": str(level)})


def who_heard(world: World, words: str) -> set[str]:
    return {name for name in (*CAST, WEST, ICU) for card in world.chat.cards(name) if words in text(card)}


# ------------------------------------------------------------------------------------------------------ reporting


async def test_the_champion_hears_at_once_and_the_unit_sees_it(world: World) -> None:
    await reported(world)
    assert who_heard(world, "nobody has taken it so far") == {ANA, WEST}
    assert world.chat.at(MAYA) == ["MAR-1: received"]


async def test_for_a_patients_sake_everybody_who_can_help_hears_at_once(world: World) -> None:
    await reported(world, "!! pump ran dry")
    assert who_heard(world, "Nobody has been sent to the bedside") == {ANA, SAM, ROSA, LEE, VERA, WEST, MAYA}


async def test_the_unit_never_reads_the_reporters_name_and_the_owner_does(world: World) -> None:
    await reported(world)
    await take(world, SAM)
    assert "Maya" not in "\n".join(map(text, world.chat.cards(WEST)))
    assert "Maya Sample, nurse, 4 West" in text(world.chat.cards(SAM)[0])
    assert "Maya" not in "\n".join(map(text, world.chat.cards(ANA)))


async def test_numbers_run_on_without_a_gap(world: World) -> None:
    for line in ("report one", "report " + "x" * 13_000, "report two"):
        await world.types(MAYA, line)
    assert [issue.reference for issue in await world.issues()] == ["MAR-1", "MAR-2"]


# --------------------------------------------------------------------------------------------------------- taking


@pytest.mark.parametrize("who", [ANA, SAM, LEE])
async def test_whoever_may_take_it_owns_it(world: World, who: str) -> None:
    await reported(world)
    await take(world, who)
    issue = await world.issue()
    assert (issue.status, issue.owner, issue.version) == (Status.TAKEN, (await world.person(who)).id, 2)
    assert world.chat.at(MAYA) == ["MAR-1: being worked on"]


async def test_a_champion_of_another_unit_may_not_take_it(world: World) -> None:
    before = await reported(world)
    reply = await take(world, BEN)
    assert "That is for others to do" in text(reply.card)
    assert await world.issue() == before


async def test_taking_is_no_help_so_the_clock_goes_on(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    await world.pass_time(66)
    issue = await world.issue()
    assert issue.missed_at is not None
    assert world.hours(issue.missed_at) == 24
    assert await world.happened(Event.MISSED) == [24]


async def test_taken_twice_is_said_to_be_taken(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    reply = await take(world, SAM)
    assert "It can be fixed or worked around now" in text(reply.card)
    assert (await world.issue()).owner == (await world.person(ANA)).id


# --------------------------------------------------------------------------------------------------------- fixing


async def test_a_fix_counts_once_it_has_reached_the_reporter(world: World) -> None:
    await reported(world)
    await world.pass_time(1)
    world.chat.fails(MAYA, Fault.TOO_MANY)
    await fix(world, ANA)
    assert (await world.issue()).addressed_at is None
    await world.pass_time(1)
    issue = await world.issue()
    assert issue.addressed_at is not None
    assert issue.addressed_at - world.start == timedelta(hours=1, seconds=30)


async def test_a_fix_of_what_nobody_took_takes_it_first_in_two_rows(world: World) -> None:
    await reported(world)
    await fix(world, SAM)
    assert [row.event for row in await world.history()][:3] == [Event.REPORT, Event.TAKE, Event.FIX]
    assert (await world.issue()).owner == (await world.person(SAM)).id


async def test_the_reporter_alone_is_asked_whether_it_helped(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    assert who_heard(world, "Only you can say whether it is") == {MAYA}
    assert labels(world.chat.cards(MAYA)[-1]) == ["Yes, fixed", "Still broken", "Ask me next shift"]


async def test_somebody_other_than_the_owner_may_fix_it(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    await fix(world, SAM)
    issue = await world.issue()
    assert (issue.owner, issue.fixer) == ((await world.person(ANA)).id, (await world.person(SAM)).id)


async def test_a_fix_that_cannot_be_delivered_does_not_count_and_its_author_hears(world: World) -> None:
    await reported(world)
    world.chat.fails(MAYA, Fault.UNREACHABLE, Fault.UNREACHABLE, Fault.UNREACHABLE)
    await fix(world, ANA)
    issue = await world.issue()
    assert (issue.status, issue.addressed_at) == (Status.TAKEN, None)
    assert "MAR-1: the reporter could not be reached" in world.chat.at(ANA)
    await world.pass_time(25)
    assert (await world.issue()).missed_at is not None


async def test_an_earlier_fix_that_arrives_late_does_not_stand_for_the_later_one(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    world.chat.fails(MAYA, *[Fault.TOO_MANY] * 20)
    for _ in range(2):
        await fix(world, SAM)
        await say(world, ANA, Event.STILL_BROKEN)
    await fix(world, SAM)
    issue = await world.issue()
    for done in await world.database.read(lambda tx: tx.issues.fixes(issue.id)):
        assert (await world.issue()).addressed_at is None
        notice = Notice(1, "key", place(MAYA), Card("fixed for you?"), 1, issue.id, f"fix:{done.n}")
        await world.database.run(lambda tx, notice=notice: fixes.arrived(tx, notice, world.start))  # type: ignore[misc]
    assert (await world.issue()).addressed_at == world.start


# ------------------------------------------------------------------------------------------------ yes, still broken


async def test_the_reporters_yes_closes_it_and_those_who_worked_hear(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    await fix(world, SAM)
    await world.pass_time(1)
    await say(world, MAYA, Event.CONFIRM)
    issue = await world.issue()
    assert issue.status is Status.VERIFIED
    assert issue.verified_at is not None
    assert world.hours(issue.verified_at) == 1
    assert who_heard(world, "MAR-1: the reporter confirms that it is fixed") == {ANA, SAM}


async def test_a_yes_that_outruns_the_courier_counts_the_fix_as_arrived(world: World) -> None:
    await reported(world)
    world.chat.fails(MAYA, Fault.LOST, Fault.LOST)
    await fix(world, ANA)
    assert (await world.issue()).addressed_at is None
    await say(world, MAYA, Event.CONFIRM)
    issue = await world.issue()
    assert (issue.status, issue.addressed_at) == (Status.VERIFIED, world.start)


async def test_whoever_fixed_their_own_report_cannot_confirm_it(world: World) -> None:
    await reported(world, who=ANA)
    await fix(world, ANA)
    reply = await say(world, ANA, Event.CONFIRM)
    assert "whoever fixes an issue cannot confirm it" in text(reply.card)
    assert (await world.issue()).status is Status.FIXED
    await world.pass_time(15 * 24)
    assert (await world.issue()).status is Status.UNVERIFIED


@pytest.mark.parametrize("who", [MAYA, ANA, LEE])
async def test_still_broken_by_reporter_owner_or_lead_voids_the_stamp_and_keeps_the_owner(
    world: World, who: str
) -> None:
    await reported(world)
    await take(world, ANA)
    await fix(world, SAM)
    assert (await world.issue()).addressed_at is not None
    await world.pass_time(2)
    await say(world, who, Event.STILL_BROKEN)
    issue = await world.issue()
    assert (issue.status, issue.addressed_at, issue.owner) == (Status.TAKEN, None, (await world.person(ANA)).id)
    assert issue.waited == timedelta(hours=2)
    told = {ANA, SAM} - {who}
    assert who_heard(world, "MAR-1: still broken") == told
    assert who_heard(world, "MAR-1: not fixed after all") == {MAYA} - {who}


async def test_fixed_at_5_still_broken_at_20_is_open_at_21_and_missed_at_24(world: World) -> None:
    await reported(world)
    await world.pass_time(5)
    await fix(world, ANA)
    await world.pass_time(15)
    await say(world, MAYA, Event.STILL_BROKEN)
    await world.pass_time(1)
    assert (await world.issue()).missed_at is None
    await world.pass_time(3)
    assert await world.happened(Event.MISSED) == [24]


async def test_fixed_at_5_still_broken_at_30_is_a_miss_dated_at_24_and_the_lead_hears(world: World) -> None:
    await reported(world)
    await world.pass_time(5)
    await fix(world, ANA)
    await world.pass_time(25)
    assert (await world.issue()).missed_at is None
    await say(world, MAYA, Event.STILL_BROKEN)
    issue = await world.issue()
    assert issue.missed_at == issue.due_at
    assert await world.happened(Event.MISSED) == [30]
    assert "MAR-1: missed. Nothing that helps in 24 h" in world.chat.at(LEE)
    assert "MAR-1: not solved in time" in world.chat.at(MAYA)


async def test_an_answered_question_has_nothing_left_to_press(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await say(world, MAYA, Event.STILL_BROKEN)
    question = next(card for card in world.chat.cards(MAYA) if "it did not hold" in card.title)
    assert labels(question) == []


async def test_a_second_fix_asks_anew_and_leaves_the_first_answer_standing(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await say(world, MAYA, Event.STILL_BROKEN)
    await fix(world, ANA)
    await say(world, MAYA, Event.CONFIRM)
    assert [title for title in world.chat.at(MAYA) if "MAR-1: " in title] == [
        "MAR-1: fixed, you confirmed it",
        "MAR-1: it did not hold",
        "MAR-1: fixed, you confirmed it",
    ]
    assert world.chat.cards(MAYA)[0].mark is Mark.DONE


async def test_an_issue_that_closed_late_stays_a_miss(world: World) -> None:
    await reported(world)
    await world.pass_time(30)
    await fix(world, ANA)
    await say(world, MAYA, Event.CONFIRM)
    issue = await world.issue()
    assert (issue.status, issue.missed_at) == (Status.VERIFIED, issue.due_at)


# -------------------------------------------------------------------------------------------------------- severity


async def test_the_reporter_says_freely_how_bad_it_is_until_somebody_takes_it(world: World) -> None:
    await reported(world)
    for level in (4, 2, 3):
        await severity(world, MAYA, level)
        assert (await world.issue()).severity == level
    await take(world, ANA)
    refused = await severity(world, MAYA, 4)
    assert refused.form
    assert "Only a lead" in refused.form.errors["severity"]
    await severity(world, MAYA, 1)
    assert (await world.issue()).severity is Severity.PATIENT_AT_RISK


async def test_from_a_patients_risk_down_it_takes_a_lead_with_a_reason(world: World) -> None:
    await reported(world, "!! pump ran dry")
    for who in (MAYA, ANA, SAM):
        assert (await severity(world, who, 3)).form
    asked = await severity(world, LEE, 3)
    assert asked.form
    assert set(asked.form.errors) == {"words"}
    issue = await world.issue()
    why = {"severity": "3", "words": "it is the demo pump, no patient is on it"}
    await world.submits(LEE, Do(Event.CHANGE_SEVERITY, issue.id, issue.version), why)
    assert (await world.issue()).severity is Severity.SLOWS_WORK
    assert who_heard(world, "it is the demo pump") >= {MAYA}


@pytest.mark.parametrize("who", [ANA, SAM])
async def test_the_team_may_make_it_worse_but_not_milder(world: World, who: str) -> None:
    await reported(world, "! the cart is dark")
    assert (await severity(world, who, 3)).form
    await severity(world, who, 1)
    assert (await world.issue()).severity is Severity.PATIENT_AT_RISK


async def test_a_lead_makes_it_milder_and_the_reporter_is_told(world: World) -> None:
    await reported(world, "! the cart is dark")
    await severity(world, LEE, 3)
    assert (await world.issue()).severity is Severity.SLOWS_WORK
    assert "MAR-1: now handled as «It slows me down»" in world.chat.at(MAYA)


async def test_a_change_of_severity_plans_the_rungs_anew_and_never_moves_the_deadline(world: World) -> None:
    before = await reported(world)
    await world.pass_time(1)
    await severity(world, MAYA, 2)
    issue = await world.issue()
    assert issue.due_at == before.due_at
    steps = await world.database.read(lambda tx: tx.issues.steps(issue.id))
    open_ = [world.hours(step.due_at) for step in steps if step.outcome is None]
    assert open_ == [24, 48, 168, 1.25, 2, 5, 13, 19, 22.6]


async def test_those_who_should_hear_of_something_so_bad_hear_now(world: World) -> None:
    await reported(world)
    await severity(world, MAYA, 1)
    assert who_heard(world, "A patient could be harmed") >= {ANA, SAM, ROSA, LEE, VERA, WEST}


async def test_the_same_severity_again_changes_nothing(world: World) -> None:
    before = await reported(world)
    await severity(world, MAYA, 3)
    assert await world.issue() == before


async def test_a_stale_change_of_severity_does_nothing_but_the_reporters_is_judged_by_now(world: World) -> None:
    seen = await reported(world)
    await take(world, ANA)
    reply = await world.submits(SAM, Do(Event.CHANGE_SEVERITY, seen.id, seen.version), {"severity": "1"})
    assert "has changed since you saw that card" in text(reply.card)
    await world.submits(MAYA, Do(Event.CHANGE_SEVERITY, seen.id, seen.version), {"severity": "1"})
    assert (await world.issue()).severity is Severity.PATIENT_AT_RISK


async def test_no_severity_chosen_is_asked_for(world: World) -> None:
    issue = await reported(world)
    reply = await world.submits(MAYA, Do(Event.CHANGE_SEVERITY, issue.id, 1), {})
    assert reply.form
    assert set(reply.form.errors) == {"severity"}


async def test_a_closed_issue_stays_as_it_was(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await say(world, MAYA, Event.CONFIRM)
    closed = await world.issue()
    for reply in (await severity(world, LEE, 1), await take(world, SAM)):
        assert "It is closed; if it comes back, say that it is still broken." in text(reply.card)
    assert await world.issue() == closed


async def test_what_comes_back_after_its_close_is_a_new_issue_with_its_own_clock(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await say(world, MAYA, Event.CONFIRM)
    closed = await world.issue()
    await world.pass_time(90)
    await say(world, MAYA, Event.STILL_BROKEN)
    assert await world.issue() == closed
    again = await world.issue(2)
    assert (again.again_of, again.summary) == (closed.id, closed.summary)
    assert world.hours(again.due_at) == 114


# -------------------------------------------------------------------------------------------------- what the clock does


async def test_a_mild_issue_nobody_takes_climbs_at_its_instants(world: World) -> None:
    await reported(world)
    await world.pass_time(73)
    assert await world.happened(Event.ESCALATED) == [2, 8, 18, 22, 48, 72]
    assert await world.happened(Event.MISSED) == [24]


async def test_once_taken_the_rungs_of_nobody_owns_it_are_skipped(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    await world.pass_time(23)
    assert await world.happened(Event.ESCALATED) == [18, 22]


async def test_a_patient_at_risk_climbs_within_minutes(world: World) -> None:
    await reported(world, "!! pump ran dry")
    await world.pass_time(1)
    assert await world.happened(Event.ESCALATED) == pytest.approx([5 / 60, 0.25, 0.5, 1])
    assert any("MAR-1: 15 min, and nobody has taken it" in title for title in world.chat.at(OMAR))


async def test_whoever_owns_a_patient_at_risk_hears_every_half_hour_until_something_helps(world: World) -> None:
    await reported(world, "!! pump ran dry")
    await take(world, SAM)
    await world.pass_time(3)
    assert await world.happened(Event.ESCALATED) == pytest.approx([0.5, 1, 1.5, 2, 2.5, 3])
    await fix(world, SAM)
    await world.pass_time(3)
    assert len(await world.happened(Event.ESCALATED)) == 6


async def test_everybody_hears_of_a_patient_at_risk_however_many_they_are(world: World) -> None:
    await world.hire(*[Role.CHAMPION] * 30)
    await reported(world, "!! pump ran dry")
    await world.pass_time(1)
    assert len(await world.happened(Event.ESCALATED)) == 4


async def test_the_reporter_is_asked_again_after_a_day_and_three_and_then_it_closes_unverified(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await world.pass_time(15 * 24)
    assert await world.happened(Event.ASKED_AGAIN) == [24, 72]
    assert await world.happened(Event.SILENCE) == [14 * 24]
    issue = await world.issue()
    assert (issue.status, issue.missed_at, issue.verified_at) == (Status.UNVERIFIED, None, None)
    assert "MAR-1: closed without your answer" in world.chat.at(MAYA)


async def test_a_question_answered_is_not_asked_again(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await world.pass_time(10)
    await say(world, MAYA, Event.STILL_BROKEN)
    await fix(world, ANA)
    await world.pass_time(80)
    assert await world.happened(Event.ASKED_AGAIN) == [34, 82]


async def test_a_longer_target_changes_no_instant_at_which_the_reporter_is_asked_again(world: World) -> None:
    await world.change_target(timedelta(hours=96))
    await reported(world)
    await world.pass_time(23)
    await fix(world, ANA)
    await world.pass_time(100)
    assert await world.happened(Event.ASKED_AGAIN) == [47, 95]


async def test_after_downtime_every_rung_is_recorded_and_only_the_highest_speaks(world: World) -> None:
    await reported(world)
    await world.sleep(23)
    issue = await world.issue()
    settled = await world.database.read(lambda tx: tx.issues.steps(issue.id))
    assert [step.outcome for step in settled[:4]] == [Outcome.OVERTAKEN] * 3 + [Outcome.DONE]
    assert await world.happened(Event.ESCALATED) == [23]
    assert len([title for title in world.chat.at(LEE) if "nobody has taken it" in title]) == 1


async def test_a_miss_noticed_after_downtime_is_dated_at_the_deadline(world: World) -> None:
    await reported(world)
    await world.sleep(66)
    issue = await world.issue()
    assert issue.missed_at == issue.due_at
    assert len(await world.happened(Event.MISSED)) == 1
    assert "MAR-1: not solved in time" in world.chat.at(MAYA)


async def test_after_downtime_the_reporter_is_asked_once(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await world.sleep(80)
    assert len(await world.happened(Event.ASKED_AGAIN)) == 1


# ---------------------------------------------------------------------------------------------------------- showing


async def test_showing_an_issue_is_to_read_now_and_moves_no_card(world: World) -> None:
    issue = await reported(world)
    before = list(world.chat.history)
    reply = await world.presses(LEE, ShowIssue(issue.id))
    assert reply.card
    assert reply.card.slot is None
    assert world.chat.history == before


async def test_cards_are_kept_up_to_date_in_place(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    assert len(world.chat.at(ANA)) == 1
    assert "Ana Fable" in text(world.chat.cards(WEST)[0])


async def test_everything_was_sent_and_nothing_is_left_over(world: World) -> None:
    await reported(world, "!! pump ran dry")
    await fix(world, ANA)
    await world.pass_time(30 * 24)
    counts = await world.database.read(lambda tx: tx.outbox.counts())
    assert {state for state, many in counts.items() if many} == {NoticeState.SENT}


async def test_a_miss_that_a_late_fix_brings_to_light_is_written_down_and_told_once(world: World) -> None:
    await reported(world)
    await world.clock.set(world.start + timedelta(hours=25))  # nobody looked at what was due in between
    await fix(world, ANA)
    issue = await world.issue()
    assert (issue.missed_at, issue.status) == (issue.due_at, Status.FIXED)
    assert await world.happened(Event.MISSED) == [25]
    assert "MAR-1: not solved in time" in world.chat.at(MAYA)
    await world.pass_time(1)
    assert await world.happened(Event.MISSED) == [25]


BEDSIDE = "Nobody has been sent to the bedside."


async def test_raised_to_a_patient_at_risk_everybody_hears_and_reads_about_the_bedside_first(world: World) -> None:
    await reported(world)
    await take(world, ANA)
    reply = await severity(world, MAYA, 1)
    assert reply.card
    assert text(reply.card).splitlines()[1].startswith(BEDSIDE)
    assert who_heard(world, "MAR-1: worse, now «A patient could be harmed»") == {ANA}
    for who in (ANA, SAM, ROSA, LEE, VERA):
        assert any(BEDSIDE in text(card) for card in world.chat.cards(who)), who


async def test_raised_after_the_deadline_the_first_rungs_are_planned_all_the_same(world: World) -> None:
    await reported(world)
    await world.pass_time(30)
    await severity(world, MAYA, 1)
    heard = len(world.chat.at(OMAR))
    await world.pass_time(0.5)
    assert len(world.chat.at(OMAR)) > heard


async def test_found_late_one_notice_goes_to_everybody_the_steps_would_have_told(world: World) -> None:
    await reported(world)
    await world.clock.set(world.start + timedelta(hours=20))  # nobody looked at what was due in between
    await world.pass_time(0)
    assert any("nobody has taken it" in title for title in world.chat.at(LEE))
    card = next(card for card in world.chat.cards(ANA) if card.slot)
    assert "passed over: fix team told" in text(card)
    assert "Sat 10:00 fix team, lead told" in text(card)


@pytest.mark.parametrize("who", [VERA, OMAR])
async def test_nobody_is_given_a_button_that_they_may_not_press(world: World, who: str) -> None:
    await world.types(MAYA, "!! the pump ran dry")
    await world.pass_time(0.5)
    pressed = {label for card in world.chat.cards(who) for label in labels(card)}
    assert pressed <= {"Show"}


async def test_a_champion_who_reports_is_not_told_of_it_as_help(world: World) -> None:
    await world.types(ANA, "report my scanner is dead")
    assert world.chat.at(ANA) == ["MAR-1: received"]
    assert any("MAR-1" in title for title in world.chat.at(SAM))


async def test_who_fixes_their_own_report_is_not_asked_to_confirm_it(world: World) -> None:
    await world.types(ANA, "report my scanner is dead")
    await fix(world, ANA)
    question = next(card for card in world.chat.cards(ANA) if "fixed for you" in card.title)
    assert "Still broken" in labels(question)
    assert "Yes, fixed" not in {label for card in world.chat.cards(ANA) for label in labels(card)}
    await world.pass_time(100)
    assert await world.happened(Event.ASKED_AGAIN) == []


async def test_a_repeated_question_has_nothing_left_to_press_once_it_is_answered(world: World) -> None:
    await reported(world)
    await fix(world, ANA)
    await world.pass_time(25)
    await say(world, MAYA, Event.STILL_BROKEN)
    assert not any("Yes, fixed" in labels(card) for card in world.chat.cards(MAYA))


async def test_only_those_whom_a_fix_has_reached_count_as_asked(world: World) -> None:
    await reported(world)
    world.chat.fails(MAYA, Fault.UNREACHABLE, Fault.UNREACHABLE, Fault.UNREACHABLE)
    await fix(world, ANA)
    assert (await world.issue()).asked_at is None
