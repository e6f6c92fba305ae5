"""What the clock does to an issue, on a real database in simulated time: whom each step reaches, at which instant."""

from collections import defaultdict
from datetime import timedelta

import pytest

from bot import auditor, fixes, issues, ladder, questions, severity, steps, vendors, verdicts, work, workarounds
from bot.messages import Gap
from bot.model import Event, FixKind, Issue, IssueId, Outcome, Severity, Status
from storage.database import SqlDatabase
from tests.bot.clockwork import Clockwork, wind_up
from tests.bot.floor import ANA, BEN, ICU, LEE, MAYA, OMAR, ROSA, SAM, VERA, WEST, buttons, events_on, text
from tests.builders import NOON

TEAM = (ANA, BEN, SAM, ROSA, LEE, VERA, OMAR)
DAY = timedelta(hours=24)


@pytest.fixture
async def ward(sqlite: SqlDatabase) -> Clockwork:
    """Monday 07:00, everybody on duty."""
    return await wind_up(sqlite)


async def report(ward: Clockwork, level: int, who: str = MAYA, words: str = "the pump beeps") -> Issue:
    reporter = await ward.person(who)
    await ward.run(lambda tx: issues.report(tx, reporter, words, Severity(level), ward.now, start=ward.now))
    newest = await ward.read(lambda tx: tx.issues.reported_in(ward.pilot.id)[-1])
    ward.issue_id = ward.issue_id or newest.id
    return newest


def stepped(ward: Clockwork, *what: str) -> dict[float, set[str]]:
    """Who heard of a step, by the hour."""
    found = defaultdict(set)
    for line in ward.log:
        if set(line.what) & set(what or ("step", "missed")) and line.place in ward.ids:
            found[line.hour].add(line.place)
    return dict(found)


def spoken(ward: Clockwork, who: str) -> list[tuple[float, str]]:
    """What somebody was told, without the issue's number."""
    return [(line.hour, line.title.partition(": ")[2] or line.title) for line in ward.log if line.place == who]


async def happened(ward: Clockwork, event: Event) -> list[float]:
    """In which hours since the beginning."""
    return [round((row.at - NOON) / timedelta(hours=1), 2) for row in await ward.history() if row.event is event]


async def outcomes(ward: Clockwork, which: IssueId | None = None) -> list[Outcome | None]:
    issue = await ward.issue(which)
    return [step.outcome for step in await ward.read(lambda tx: tx.issues.steps(issue.id))]


# ------------------------------------------------------------------------------------------------------------- at once


@pytest.mark.parametrize(("level", "told"), [(1, {ANA, SAM, ROSA, LEE, VERA}), (2, {ANA}), (3, {ANA}), (4, {ANA})])
async def test_at_once(ward: Clockwork, level: int, told: set[str]) -> None:
    await report(ward, level)
    assert {line.place for line in ward.log if line.what == ["told"]} == told


async def test_at_once_off_duty_for_a_patients_sake_alone(ward: Clockwork) -> None:
    await ward.until("20:00")
    await ward.off(*TEAM)
    ward.log.clear()
    await report(ward, 1)
    await report(ward, 3)
    assert {line.place for line in ward.log if line.what == ["told"]} == {LEE, VERA}


# ------------------------------------------------------------------------------------- nobody owns it: rung after rung

FIX_TEAM, EVERYBODY = {SAM, ROSA}, {ANA, SAM, ROSA, LEE, VERA, OMAR}
RUNGS: dict[int, dict[float, set[str]]] = {
    1: {0.08: FIX_TEAM, 0.25: EVERYBODY, 0.5: FIX_TEAM, 1: {*FIX_TEAM, LEE, VERA}, 1.5: FIX_TEAM, 2: FIX_TEAM},
    2: {0.25: FIX_TEAM, 1: {LEE}, 4: {LEE}, 12: FIX_TEAM, 18: FIX_TEAM, 21.6: FIX_TEAM, 24: {LEE, *FIX_TEAM}},
    3: {2: FIX_TEAM, 8: {LEE}, 18: FIX_TEAM, 22: {LEE}, 24: {LEE, *FIX_TEAM}},
    4: {8: {ANA}, 22: {LEE}, 24: {LEE, *FIX_TEAM}},
}


@pytest.mark.parametrize("level", [1, 2, 3, 4])
async def test_each_rung_at_its_instant(ward: Clockwork, level: int) -> None:
    await report(ward, level)
    await ward.pass_time(max(RUNGS[level]))
    assert stepped(ward) == RUNGS[level]


async def test_a_patient_at_risk_has_everybody_every_half_hour_until_the_day_is_over(ward: Clockwork) -> None:
    await report(ward, 1)
    await ward.pass_time(25)
    heard = stepped(ward)
    assert [hour for hour in heard if hour not in {0.08, 0.25}] == [n / 2 for n in range(1, 51)]
    assert heard[24] == {LEE, *FIX_TEAM}


async def test_past_the_deadline_it_is_told_every_day(ward: Clockwork) -> None:
    await report(ward, 3)
    await ward.pass_time(24 * 4)
    heard = stepped(ward)
    assert {hour: heard[hour] for hour in heard if hour > 24} == {key: {LEE, *FIX_TEAM} for key in (48, 72, 96)}
    assert all(title.endswith("past its 24 h, still not solved") for hour, title in spoken(ward, LEE) if hour > 24)


async def test_the_second_champion_is_another_one_who_knows_the_unit(ward: Clockwork) -> None:
    await ward.change(ANA, on_duty=False)
    await ward.change(BEN, units=(ward.units[WEST].id, ward.units[ICU].id))
    await report(ward, 4)
    await ward.pass_time(8)
    assert stepped(ward) == {8: {BEN}}


# ------------------------------------------------------------------------------------------------- somebody owns it


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        (2, {4: {LEE}, 12: {ANA}, 18: {ANA}, 21.6: {ANA}, 24: {LEE, ANA}}),
        (3, {18: {ANA}, 22: {LEE}, 24: {LEE, ANA}}),
        (4, {22: {LEE}, 24: {LEE, ANA}}),
    ],
)
async def test_its_owner_hears_and_not_the_whole_team(
    ward: Clockwork, level: int, heard: dict[float, set[str]]
) -> None:
    await report(ward, level)
    await ward.does(ANA, work.take, Event.TAKE)
    await ward.pass_time(24)
    assert stepped(ward) == heard


async def test_the_owner_of_a_patient_at_risk_is_asked_for_a_word_every_half_hour(ward: Clockwork) -> None:
    await report(ward, 1)
    await ward.does(SAM, work.take, Event.TAKE)
    await ward.pass_time(1.5)
    assert stepped(ward) == {0.5: {SAM}, 1: {SAM, LEE, VERA}, 1.5: {SAM}}
    said = text(ward.last(SAM))
    assert said.startswith("MAR-")
    assert "Nobody has been sent to the bedside" in said
    assert "The reporter is owed a word" in said


async def test_what_has_helped_is_told_no_more(ward: Clockwork) -> None:
    await report(ward, 2)
    await ward.does(SAM, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    await ward.pass_time(30)
    assert stepped(ward) == {}
    assert (await ward.issue()).missed_at is None


async def test_a_repeated_step_that_is_not_needed_leaves_no_rows_behind(ward: Clockwork) -> None:
    await report(ward, 1)
    await ward.does(SAM, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    before = len(await outcomes(ward))
    await ward.pass_time(20)
    assert len(await outcomes(ward)) == before


async def test_a_step_that_was_not_needed_is_needed_again_once_it_is_still_broken(ward: Clockwork) -> None:
    await report(ward, 1)
    await ward.does(SAM, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    await ward.pass_time(5.1)
    await ward.does(MAYA, verdicts.still_broken, Event.STILL_BROKEN)
    ward.log.clear()
    await ward.pass_time(1)
    assert stepped(ward) == {5.5: {SAM}, 6: {SAM}}


# ------------------------------------------------------------------------------------------------------------- the miss


async def test_a_miss_is_dated_at_its_deadline_and_its_reporter_hears_who_knows(ward: Clockwork) -> None:
    issue = await report(ward, 3)
    await ward.does(ANA, work.take, Event.TAKE)
    await ward.pass_time(24)
    after = await ward.issue()
    assert after.missed_at == issue.due_at
    sorry = ward.last(MAYA)
    assert sorry.title == f"{issue.reference}: not solved in time"
    assert "We said 24 h and did not keep it." in text(sorry)
    assert "Dr Lee Madeup and Ana Fable" in text(sorry)
    assert "Ana Fable is still working on it." in text(sorry)


async def test_a_miss_of_work_that_stands_still_is_in_the_sponsors_digest(ward: Clockwork) -> None:
    issue, other = await report(ward, 2), await report(ward, 3)
    await ward.pass_time(24)
    assert OMAR not in {line.place for line in ward.log}
    await ward.until("08:00")
    digest = ward.last(OMAR)
    assert f"{issue.reference}: missed, nothing that helps in 24 h: the pump beeps" in text(digest)
    assert other.reference not in text(digest)


async def test_an_idea_is_no_miss(ward: Clockwork) -> None:
    await report(ward, 4)
    await ward.does(ANA, severity.mark_idea, Event.MARK_IDEA)
    await ward.pass_time(24 * 13)
    assert stepped(ward) == {}
    assert (await ward.issue()).missed_at is None


# -------------------------------------------------------------------------------------------------- who is not there


async def test_off_duty_it_waits_for_their_hours(ward: Clockwork) -> None:
    await ward.off(LEE)
    await ward.until("14:00")
    await report(ward, 3)  # so the lead's step is at 22:00, 8 h later
    await ward.until("07:29", days=1)
    assert LEE not in set().union(*stepped(ward).values())
    await ward.until("07:30")
    assert stepped(ward)[24.5] == {LEE}
    assert await happened(ward, Event.ESCALATED) == [9, 15]


async def test_off_duty_a_patient_at_risk_does_not_wait(ward: Clockwork) -> None:
    await ward.off(LEE, VERA, OMAR)
    await ward.until("22:00")
    await report(ward, 1)
    await ward.pass_time(1)
    assert stepped(ward)[15.25] == EVERYBODY
    assert stepped(ward)[16] == {*FIX_TEAM, LEE, VERA}


async def test_a_deputy_hears_in_place_of_whoever_is_away(ward: Clockwork) -> None:
    await ward.change(LEE, away_until=ward.now + 9 * DAY, deputy=ward.ids[VERA], on_duty=False)
    await report(ward, 2)
    await ward.pass_time(1)
    assert stepped(ward)[1] == {VERA}


async def test_a_deputy_who_is_away_too_does_not(ward: Clockwork) -> None:
    for who, deputy in ((LEE, VERA), (VERA, OMAR)):
        await ward.change(who, away_until=ward.now + 9 * DAY, deputy=ward.ids[deputy])
    await report(ward, 2)
    await ward.pass_time(1)
    assert stepped(ward)[1] == {LEE}  # somebody must hear


async def test_who_is_away_takes_no_part(ward: Clockwork) -> None:
    await ward.change(SAM, away_until=ward.now + DAY)
    await ward.change(ANA, away_until=ward.now + DAY)
    await report(ward, 2)
    await ward.pass_time(0.25)
    assert {line.place for line in ward.log if line.what == ["told"]} == {ROSA}
    assert stepped(ward) == {0.25: {ROSA}}


async def test_without_a_fix_team_the_lead_hears_and_without_a_lead_the_sponsor(ward: Clockwork) -> None:
    await ward.off(SAM, ROSA)
    await report(ward, 2)
    await ward.pass_time(0.25)
    assert stepped(ward) == {0.25: {LEE}}
    await ward.change(LEE, active=False)
    await ward.pass_time(0.75)
    assert stepped(ward)[1] == {OMAR}


async def test_where_nobody_is_left_it_says_so_in_the_thread_and_is_not_ready(ward: Clockwork) -> None:
    for who in TEAM:
        await ward.change(who, active=False)
    await report(ward, 2)
    await ward.pass_time(1)
    assert stepped(ward) == {}
    assert "There was nobody to tell." in text(ward.last(WEST))
    assert Gap.NOBODY in {each.gap for each in await ward.read(lambda tx: auditor.overdue(tx, ward.now))}
    await ward.pass_time(23)
    said = text(ward.last(MAYA))
    assert "There was nobody here to tell. Please tell whoever is in charge of your unit." in said
    assert "every day" not in said  # nobody is there who could hear of it


# ------------------------------------------------------------------------------------------------------- found too late


async def test_after_downtime_every_rung_is_recorded_and_only_the_highest_speaks(ward: Clockwork) -> None:
    issue = await report(ward, 2)
    await ward.sleep(20)
    assert stepped(ward) == {20: {LEE, *FIX_TEAM}}  # the highest speaks to everybody whom the others would have told
    found = [step for step in await ward.read(lambda tx: tx.issues.steps(issue.id)) if step.outcome]
    assert [step.outcome for step in found] == [Outcome.OVERTAKEN] * 4 + [Outcome.DONE]
    assert all(step.done_at == ward.now for step in found)
    assert await happened(ward, Event.ESCALATED) == [20]


async def test_after_a_long_downtime_the_miss_speaks_too_and_is_dated_at_its_deadline(ward: Clockwork) -> None:
    issue = await report(ward, 3)
    await ward.sleep(100)
    assert [title for _, title in spoken(ward, LEE)] == [
        "missed. Nothing that helps in 24 h",
        "past its 24 h, still not solved",
    ]
    assert (await ward.issue()).missed_at == issue.due_at
    assert await happened(ward, Event.MISSED) == [100]
    ahead = [step.due_at for step in await ward.steps() if step.every == DAY]
    assert [(at - issue.due_at) / DAY for at in ahead] == [4]  # from now on it goes on as planned


async def test_done_twice_it_is_done_once(ward: Clockwork) -> None:
    await report(ward, 3)
    issue = await ward.issue()
    ward.now += timedelta(hours=2)
    for _ in range(2):
        await ward.run(lambda tx: steps.step_due(tx, issue.id, ward.now))
    assert stepped(ward) == {2: FIX_TEAM}


# ------------------------------------------------------------------------------------------------- the reporter's word


async def fix(ward: Clockwork, who: str = SAM) -> None:
    await ward.does(who, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)


def asked(ward: Clockwork) -> list[float]:
    return [hour for hour, title in spoken(ward, MAYA) if "ixed for you?" in title]


async def test_the_reporter_is_asked_again_twice_and_silence_closes_it(ward: Clockwork) -> None:
    await report(ward, 3)
    await fix(ward)
    await ward.pass_time(24 * 13.9)
    assert asked(ward) == [0, 24, 72]
    assert (await ward.issue()).status is Status.FIXED
    await ward.pass_time(24 * 0.2)
    issue = await ward.issue()
    assert (issue.status, issue.missed_at) == (Status.UNVERIFIED, None)
    assert spoken(ward, MAYA)[-1] == (24 * 14, "closed without your answer")
    assert await ward.planned(steps.AGENDA) == []


async def test_with_a_shift_in_it_a_week_of_silence_is_enough(ward: Clockwork) -> None:
    await ward.rota((MAYA, WEST, 24, 36))
    await report(ward, 3)
    await fix(ward)
    await ward.pass_time(24 * 7 - 0.1)
    assert (await ward.issue()).status is Status.FIXED
    await ward.pass_time(0.2)
    assert (await ward.issue()).status is Status.UNVERIFIED


async def test_whoever_fixed_their_own_report_is_not_asked_again(ward: Clockwork) -> None:
    await report(ward, 3, who=SAM)
    await fix(ward)
    before = len(ward.titles(SAM))
    await ward.pass_time(24 * 15)
    assert (await ward.issue()).status is Status.UNVERIFIED
    assert [title.partition(": ")[2] for title in ward.titles(SAM)[before:]] == ["closed without your answer"]


async def test_who_is_asked_something_is_asked_again_and_then_the_lead_must_decide(ward: Clockwork) -> None:
    await report(ward, 3)
    await ward.does(ANA, questions.ask, Event.ASK, "which pump is it?")
    await ward.pass_time(24 * 10)
    assert await happened(ward, Event.ASKED_AGAIN) == [24, 72]
    decide = [(hour, title) for hour, title in spoken(ward, LEE) if "decide" in title]
    assert decide == [(hour, "no answer from the reporter, please decide") for hour in (96, 168, 240)]
    card = next(card for card in reversed(ward.cards(LEE)) if "decide" in card.title)
    assert "which pump is it?" in text(card)
    assert {Event.RESUME, Event.RELAY, Event.FIX} <= events_on(card)
    assert (await ward.issue()).status is Status.NEEDS_INFO


# ------------------------------------------------------------------------------------------------ what is owed besides


@pytest.mark.parametrize(("level", "checks"), [(1, [4, 8, 12]), (2, [24, 48]), (3, [72, 144])])
async def test_with_the_vendor_the_owner_is_asked_at_each_next_check(
    ward: Clockwork, level: int, checks: list[float]
) -> None:
    await report(ward, level)
    await ward.does(SAM, vendors.send, Event.SEND_TO_VENDOR, "Invented Pumps", "case 12", "")
    await ward.pass_time(checks[-1] + 0.1)
    due = [hour for hour, title in spoken(ward, SAM) if "next check with the vendor" in title]
    assert due == checks
    card = next(card for card in reversed(ward.cards(SAM)) if "next check" in card.title)
    assert "It has been with Invented Pumps since" in text(card)
    assert Event.VENDOR_REPLIED in events_on(card)


async def offer(ward: Clockwork, words: str = "use the pump by the window", until: str = "") -> None:
    await ward.does(SAM, workarounds.offer, Event.WORK_AROUND, words, until)


async def test_worked_around_the_owner_is_asked_for_the_cause_and_a_date(ward: Clockwork) -> None:
    await report(ward, 3)
    await offer(ward)
    await ward.pass_time(150)
    asked_at = [hour for hour, title in spoken(ward, SAM) if "worked around, not fixed" in title]
    assert asked_at == [72, 144]
    card = next(card for card in reversed(ward.cards(SAM)) if "worked around" in card.title)
    assert "Please say the cause, and when a fix is expected." in text(card)
    assert Event.EXPLAIN in events_on(card)
    assert stepped(ward) == {}  # it was addressed


async def test_worked_around_for_a_patient_at_risk_every_four_hours(ward: Clockwork) -> None:
    await report(ward, 1)
    await offer(ward)
    await ward.pass_time(8.4)
    assert [hour for hour, title in spoken(ward, SAM) if "worked around, not fixed" in title] == [4, 8]


async def test_at_its_end_the_reporter_is_asked_whether_it_still_serves(ward: Clockwork) -> None:
    await report(ward, 3)
    await offer(ward, until="Wednesday 12:00")
    await ward.pass_time(52.9)
    before = len(ward.titles(MAYA))
    await ward.pass_time(0.2)
    (card,) = ward.cards(MAYA)[before:]
    assert "use the pump by the window" in text(card)
    assert (await ward.issue()).addressed_at is not None  # the stamp stays


async def test_a_risky_workaround_is_asked_about_until_somebody_has_checked_it(ward: Clockwork) -> None:
    await report(ward, 3)
    await offer(ward, words="skip the scan and type the number")
    await ward.pass_time(8.1)
    for who in (VERA, LEE):
        waits = [hour for hour, title in spoken(ward, who) if title == "a workaround waits for your check"]
        assert waits == [4, 8]
    card = next(card for card in reversed(ward.cards(VERA)) if "waits for your check" in card.title)
    assert "skip the scan" in text(card)
    assert Event.CHECK in events_on(card)
    assert "skip the scan" not in "".join(text(card) for card in ward.cards(MAYA))


async def test_an_idea_that_nobody_decides_reaches_the_lead_after_two_weeks(ward: Clockwork) -> None:
    await report(ward, 4)
    await ward.does(ANA, severity.mark_idea, Event.MARK_IDEA)
    await ward.pass_time(24 * 14 + 80)
    due = [hour for hour, title in spoken(ward, LEE) if title == "an idea waits for a decision"]
    assert due == [24 * 14, 24 * 17]
    assert "14 days have passed" in "".join(text(card) for card in ward.cards(LEE))


async def test_reminders_keep_to_six_a_week_and_nothing_of_them_is_lost(ward: Clockwork) -> None:
    for n in range(9):
        issue = await report(ward, 3, words=f"pump {n}")
        await ward.does(SAM, vendors.send, Event.SEND_TO_VENDOR, "Invented Pumps", "", "", which=issue.id)
        await ward.pass_time(0.1)
    ward.log.clear()
    await ward.pass_time(75)
    alone = [title for _, title in spoken(ward, SAM) if "next check with the vendor" in title]
    assert len(alone) == 6
    assert [each.words.partition(": ")[2] for each in await ward.held(SAM)] == [
        "the next check with the vendor is due"
    ] * 3


@pytest.mark.parametrize("owned", [True, False])
async def test_a_week_later_its_reporter_hears_why(ward: Clockwork, *, owned: bool) -> None:
    await report(ward, 3)
    if owned:
        await ward.does(SAM, work.take, Event.TAKE)
        await ward.does(SAM, work.explain, Event.EXPLAIN, "a worn cable", "20 March")
    await ward.pass_time(24 * 15)
    weekly = [(hour, title) for hour, title in spoken(ward, MAYA) if "open for" in title]
    assert weekly == [(168, "open for 7 days"), (336, "open for 14 days")]
    card = next(card for card in reversed(ward.cards(MAYA)) if "open for" in card.title)
    if owned:
        assert "Sam Pretend is working on it" in text(card)
        assert "Why it happened: a worn cable" in text(card)
        assert "A fix is expected Fri 20 March" in text(card)
    else:
        assert "Nobody has taken it so far." in text(card)
        assert "There is no date for a fix so far." in text(card)
    assert "Write back…" in [button.label for button in buttons(card)]


async def test_a_fixed_issue_is_not_explained(ward: Clockwork) -> None:
    await report(ward, 3)
    await fix(ward)
    await ward.pass_time(24 * 8)
    assert not any("open for" in title for title in ward.titles(MAYA))


# ------------------------------------------------------------------------------------------------------- planned anew


async def test_what_has_lost_its_owner_climbs_from_the_start(ward: Clockwork) -> None:
    await report(ward, 3)
    await ward.does(ANA, work.take, Event.TAKE)
    await ward.pass_time(5)
    await ward.does(ANA, work.release, Event.RELEASE)
    await ward.pass_time(8)
    assert stepped(ward) == {7: FIX_TEAM, 13: {LEE}}


async def faster(ward: Clockwork) -> None:
    """The pilot's ladder is another one from now on."""
    table = {level: tuple(rungs) for level, rungs in ladder.RUNGS.items()}
    table[Severity.SLOWS_WORK] = table[Severity.PATIENT_AT_RISK]
    await ward.run(lambda tx: tx.pilots.set_rungs(ward.pilot.id, table, ward.now))


async def test_a_ladder_is_copied_when_it_is_reported(ward: Clockwork) -> None:
    await report(ward, 3)
    await ward.pass_time(0.5)
    await faster(ward)
    await ward.pass_time(1.5)
    assert stepped(ward) == {2: FIX_TEAM}


@pytest.mark.parametrize("level", [3, 4])
async def test_what_loses_its_owner_or_gets_worse_climbs_the_ladder_it_was_reported_under(
    ward: Clockwork, level: int
) -> None:
    await report(ward, level)
    await ward.does(ANA, work.take, Event.TAKE)
    await ward.pass_time(1)
    await faster(ward)
    await ward.does(ANA, work.release, Event.RELEASE)
    if level == 4:
        await ward.does(MAYA, severity.change, Event.CHANGE_SEVERITY, Severity.SLOWS_WORK)
    await ward.pass_time(8)
    assert stepped(ward) == {3: FIX_TEAM, 9: {LEE}}


async def test_a_closed_issue_has_nothing_ahead(ward: Clockwork) -> None:
    await report(ward, 3)
    await ward.alter(status=Status.WITHDRAWN, closed_at=ward.now)
    await ward.pass_time(24 * 9)
    assert stepped(ward) == {}
    assert await ward.planned(steps.AGENDA) == []
