"""On duty and off, by one's own word and by the rota; away and back; where one works; and what is handed over."""

# ruff: noqa: ANN401 - whatever a use case takes may be given

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import agenda, coverage, duty, living, pilots, shifts, work
from bot.actions import Duty, GoAway, Here, Show
from bot.cards import Card, ChoiceField, Form
from bot.errors import Denied
from bot.model import Event, Issue, Needs, PilotId, Role, Status
from bot.ports import Transaction
from storage.database import SqlDatabase
from tests import builders
from tests.bot.clockwork import Clockwork, wind_up
from tests.bot.floor import ADA, ALL, ANA, BEN, ICU, LEE, MAYA, OMAR, ROSA, SAM, VERA, WEST, buttons, text


@pytest.fixture
async def ward(sqlite: SqlDatabase) -> Clockwork:
    """Monday 07:00; nobody is on duty but the fix team."""
    ward = await wind_up(sqlite)
    await ward.off(MAYA, ANA, BEN, LEE, VERA, OMAR, ADA)
    return ward


async def says(ward: Clockwork, who: str, deed: Any, *args: Any) -> Any:
    return await ward.run(lambda tx: deed(tx, tx.people.get(ward.ids[who]), *args, ward.now))


async def on(ward: Clockwork, *names: str) -> None:
    """On duty without end, as no rota knows them."""
    for name in names:
        await ward.change(name, on_duty=True, duty_until=None)


async def on_duty(ward: Clockwork) -> set[str]:
    return {name for name in ward.ids if (await ward.person(name)).on_duty}


async def owned(ward: Clockwork, by: str, level: int = 3, **given: Any) -> Issue:
    """An issue that they took."""
    issue = await ward.reported(level, **given)
    person = await ward.person(by)
    await ward.run(lambda tx: work.taken(tx, issue, person, ward.now))
    return issue


async def owner(ward: Clockwork, issue: Issue) -> str | None:
    of = (await ward.issue(issue.id)).owner
    return next((name for name, person in ward.ids.items() if person == of), None)


async def stand(ward: Clockwork) -> None:
    await ward.run(lambda tx: agenda.standing(tx, ward.now))


# ---------------------------------------------------------------------------------------------------- by one's own word


async def test_duty_alone_says_who_is_on_duty(ward: Clockwork) -> None:
    await on(ward, ANA, MAYA)
    shown = await says(ward, VERA, duty.look)
    assert shown.title == "You are off duty"
    assert "Ana Fable (champion), 4-west" in text(shown)
    assert "Sam Pretend (fix team), 4-west" in text(shown)
    assert "Maya" not in text(shown)  # a nurse is nobody's to call
    assert [button.action for button in buttons(shown)] == [Duty(on=True), GoAway()]


async def test_where_nobody_is_on_duty_it_says_so(ward: Clockwork) -> None:
    await ward.off(SAM, ROSA)
    assert "Nobody of the team is on duty now." in text(await says(ward, LEE, duty.look))


@pytest.mark.parametrize("deed", [duty.look, duty.on, duty.off, duty.back, duty.away_form, duty.away_card])
async def test_a_nurse_has_no_duty_to_say(ward: Clockwork, deed: Any) -> None:
    with pytest.raises(Denied):
        await says(ward, MAYA, deed)


async def test_on_duty_shows_what_waits_and_until_when(ward: Clockwork) -> None:
    issue = await ward.reported(words="the pump beeps")
    shown = await says(ward, ANA, duty.on)
    assert shown.title == "You are on duty until today, Mon 19:30"
    assert f"{issue.reference}, «It slows me down»: 24 h left" in text(shown)
    assert await on_duty(ward) == {ANA, SAM, ROSA}


async def test_what_is_fixed_or_elsewhere_does_not_wait_for_a_champion(ward: Clockwork) -> None:
    await ward.reported()
    await ward.alter(status=Status.FIXED)
    await ward.reported(unit=ICU)
    assert "Nothing is waiting." in text(await says(ward, ANA, duty.on))


async def test_without_a_rota_it_ends_after_twelve_and_a_half_hours(ward: Clockwork) -> None:
    await says(ward, ANA, duty.on)
    await ward.pass_time(12.49)
    assert ANA in await on_duty(ward)
    await ward.pass_time(0.02)
    assert ANA not in await on_duty(ward)


@pytest.mark.parametrize(
    ("said", "ends"),
    [("until 15:00", 8), ("on until 3pm", 8), ("on", 12.5), ("until 02:30", 19.5), ("UNTIL 15:00", 8)],
)
async def test_it_ends_at_the_hour_that_was_given(ward: Clockwork, said: str, ends: float) -> None:
    await says(ward, ANA, duty.said, said)
    await ward.pass_time(ends - 0.01)
    assert ANA in await on_duty(ward)
    await ward.pass_time(0.02)
    assert ANA not in await on_duty(ward)


async def test_an_hour_that_cannot_be_read_changes_nothing(ward: Clockwork) -> None:
    shown = await says(ward, ANA, duty.said, "until 25:00")
    assert "«25:00» is no hour that can be read" in text(shown)
    assert ANA not in await on_duty(ward)


async def test_it_ends_with_the_shift_also_where_they_come_early(ward: Clockwork) -> None:
    await ward.rota((ANA, ICU, 0.5, 8))
    await says(ward, ANA, duty.on)
    ana = await ward.person(ANA)
    assert (ana.duty_until, ana.unit) == (ward.now + timedelta(hours=8), ward.units[WEST].id)
    await ward.pass_time(0.5)
    assert (await ward.person(ANA)).unit == ward.units[ICU].id  # when it begins
    await ward.pass_time(7.49)
    assert ANA in await on_duty(ward)
    await ward.pass_time(0.02)
    assert ANA not in await on_duty(ward)


async def test_off_duty_hands_over_and_says_to_whom(ward: Clockwork) -> None:
    await on(ward, ANA, BEN)
    mine, others = await owned(ward, ANA), await owned(ward, SAM)
    shown = await says(ward, ANA, duty.off)
    assert shown.title == "You are off duty"
    assert f"{mine.reference}: with" in text(shown)
    assert others.reference not in text(shown)
    assert await owner(ward, mine) in {SAM, ROSA}
    assert await owner(ward, others) == SAM


async def test_off_duty_in_the_middle_of_a_shift_is_off_until_it_ends(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, -1, 8), (ANA, WEST, 24, 32))
    await stand(ward)
    await ward.pass_time(2)
    await says(ward, ANA, duty.off)
    await stand(ward)  # whatever looks at the rota meanwhile
    await ward.pass_time(5)
    assert ANA not in await on_duty(ward)
    await ward.pass_time(17.1)
    assert ANA in await on_duty(ward)


async def test_off_until_an_hour(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 0, 10))
    await stand(ward)
    await says(ward, ANA, duty.said, "off until 09:00")
    await ward.pass_time(1.9)
    assert ANA not in await on_duty(ward)
    await ward.pass_time(0.2)
    assert ANA in await on_duty(ward)


async def test_who_said_that_they_leave_early_leaves_early(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 0, 12))
    await stand(ward)
    await ward.pass_time(1)
    await says(ward, ANA, duty.said, "until 10:00")
    await ward.pass_time(2.1)
    assert ANA not in await on_duty(ward)
    await ward.pass_time(12)
    assert ANA not in await on_duty(ward)


# --------------------------------------------------------------------------------------------------------- by the rota


async def test_a_shift_brings_them_on_duty_on_its_unit_and_takes_them_off(ward: Clockwork) -> None:
    await ward.rota((ANA, ICU, 1, 9))
    await stand(ward)
    assert ANA not in await on_duty(ward)
    await ward.pass_time(1)
    ana = await ward.person(ANA)
    assert (ana.on_duty, ana.unit, ana.duty_until) == (True, ward.units[ICU].id, ward.now + timedelta(hours=8))
    await ward.pass_time(7.9)
    assert ANA in await on_duty(ward)
    await ward.pass_time(0.1)
    assert ANA not in await on_duty(ward)


async def test_shifts_that_follow_each_other_leave_no_gap(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 0, 8), (ANA, ICU, 8, 16))
    await stand(ward)
    issue = await owned(ward, ANA)
    await ward.pass_time(8.1)
    ana = await ward.person(ANA)
    assert (ana.on_duty, ana.unit) == (True, ward.units[ICU].id)
    assert await owner(ward, issue) == ANA
    await ward.pass_time(8)
    assert ANA not in await on_duty(ward)


async def test_found_late_they_stand_as_the_rota_has_it_now(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 1, 9), (BEN, ICU, 9, 17))
    await stand(ward)
    await ward.sleep(12)
    assert await on_duty(ward) == {BEN, SAM, ROSA}


async def test_a_rota_that_is_read_in_the_middle_of_a_shift_counts_at_once(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, -2, 6))
    await stand(ward)
    assert ANA in await on_duty(ward)
    await ward.pass_time(6)
    assert ANA not in await on_duty(ward)


async def reads(ward: Clockwork, *shifts: tuple[str, str, str, str]) -> None:
    """A rota is imported: name, unit, and the ward's own hours of this Monday."""
    rows = [
        (n, {"person": who, "unit": unit, "starts": f"2026-03-02 {starts}", "ends": f"2026-03-02 {ends}"})
        for n, (who, unit, starts, ends) in enumerate(shifts, 2)
    ]
    report = await ward.run(lambda tx: pilots.import_roster(tx, {"rota": rows}, "", ward.now, dry_run=False))
    assert report.problems == ()


ANAS = "Ana Fable"


async def test_a_rota_that_makes_a_running_shift_longer_keeps_them_on_duty(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:00", "15:00"))
    await ward.pass_time(2)
    await reads(ward, (ANAS, WEST, "07:00", "19:00"))
    issue = await owned(ward, ANA)
    await ward.until("18:59")
    assert (await ward.person(ANA)).on_duty
    assert await owner(ward, issue) == ANA
    await ward.until("19:00")
    assert not (await ward.person(ANA)).on_duty


async def test_a_rota_that_makes_a_running_shift_shorter_lets_them_go(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:00", "19:00"), ("Ben Storybook", ICU, "07:00", "19:00"))
    await ward.pass_time(2)
    issue = await owned(ward, ANA)
    await reads(ward, (ANAS, WEST, "07:00", "11:00"), ("Ben Storybook", ICU, "07:00", "19:00"))
    await ward.until("11:00")
    assert (ANA in await on_duty(ward), BEN in await on_duty(ward)) == (False, True)
    assert await owner(ward, issue) in {SAM, ROSA}


async def test_a_shift_that_is_over_by_now_is_not_taken_for_the_next_one(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:00", "15:00"), (ANAS, ICU, "15:00", "23:00"))
    await ward.until("14:30")
    await reads(ward, (ANAS, WEST, "07:00", "14:00"), (ANAS, ICU, "15:00", "23:00"))
    assert not (await ward.person(ANA)).on_duty
    await ward.until("15:00")
    ana = await ward.person(ANA)
    assert (ana.on_duty, ana.unit) == (True, ward.units[ICU].id)


async def test_a_rota_without_the_running_shift_takes_them_off_at_once(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:00", "19:00"), ("Ben Storybook", ICU, "07:00", "19:00"))
    await ward.pass_time(2)
    issue = await owned(ward, ANA)
    await reads(ward, ("Ben Storybook", ICU, "07:00", "19:00"))
    assert not (await ward.person(ANA)).on_duty
    assert await owner(ward, issue) in {SAM, ROSA}


async def test_a_rota_that_moves_the_running_shift_moves_whoever_is_on_it(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:00", "15:00"))
    await reads(ward, (ANAS, ICU, "07:00", "15:00"))
    assert (await ward.person(ANA)).unit == ward.units[ICU].id


async def test_who_has_gone_off_for_the_rest_of_a_shift_is_off_until_it_ends_now(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:00", "15:00"))
    await says(ward, ANA, duty.off)
    await reads(ward, (ANAS, WEST, "07:00", "19:00"))
    await ward.until("18:59")
    assert not (await ward.person(ANA)).on_duty


async def test_who_came_in_early_follows_the_shift_that_they_came_for(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:30", "15:00"))
    await says(ward, ANA, duty.on)
    await reads(ward, (ANAS, WEST, "07:30", "19:00"))
    assert (await ward.person(ANA)).duty_until == ward.now + timedelta(hours=12)
    await reads(ward, (ANAS, WEST, "11:00", "19:00"))  # too far ahead to have come for it
    assert (await ward.person(ANA)).duty_until == ward.now + timedelta(hours=12)


async def test_an_hour_that_they_gave_themselves_stays_whatever_the_rota_says(ward: Clockwork) -> None:
    await reads(ward, (ANAS, WEST, "07:00", "15:00"))
    await says(ward, ANA, duty.said, "on until 13:00")
    await reads(ward, (ANAS, WEST, "07:00", "19:00"))
    await ward.until("12:59")
    assert (await ward.person(ANA)).on_duty
    await ward.until("13:00")
    assert not (await ward.person(ANA)).on_duty


async def test_of_whom_no_rota_knows_it_takes_nobody_off(ward: Clockwork) -> None:
    await on(ward, BEN)
    await ward.rota((ANA, WEST, 0, 8))
    await stand(ward)
    assert await on_duty(ward) == {ANA, BEN, SAM, ROSA}


async def test_standing_twice_is_standing_once(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 0, 8), (BEN, ICU, 3, 9))
    await stand(ward)
    kinds = (shifts.DUTY, shifts.HANDOVER, coverage.CHECK)
    first = [set(await ward.planned(kind)) for kind in kinds]
    people = {name: await ward.person(name) for name in ward.ids}
    await stand(ward)
    assert people == {name: await ward.person(name) for name in ward.ids}
    assert first == [set(await ward.planned(kind)) for kind in kinds]
    assert [len(found) for found in first] == [2, 1, 1]


async def test_whoever_has_left_the_roster_does_not_come_on_duty(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 1, 9))
    await stand(ward)
    await ward.change(ANA, active=False)
    await ward.pass_time(2)
    assert not (await ward.person(ANA)).on_duty


# -------------------------------------------------------------------------------------------------------- handing over


async def test_at_the_end_of_a_shift_the_next_champion_of_the_unit_has_it(ward: Clockwork) -> None:
    """Whoever's entry comes first at that instant: the next shift has begun before anything is handed over."""
    await ward.change(BEN, unit=ward.units[WEST].id, units=(ward.units[WEST].id, ward.units[ICU].id))
    await ward.rota((ANA, WEST, 0, 8), (BEN, WEST, 8, 16))
    await stand(ward)
    issue = await owned(ward, ANA)
    await ward.pass_time(8)
    assert await owner(ward, issue) == BEN
    assert f"{issue.reference} is yours now" in ward.titles(BEN)
    await ward.pass_time(8)
    assert await owner(ward, issue) in {SAM, ROSA}
    assert {row.who for row in await ward.history(issue.id) if row.event is Event.HAND_OVER} == {None}


async def test_of_several_the_one_with_the_least_on_hand(ward: Clockwork) -> None:
    await on(ward, ANA)
    for _ in range(3):
        await owned(ward, SAM)
    issues = [await owned(ward, ANA) for _ in range(2)]
    await says(ward, ANA, duty.off)
    assert [await owner(ward, issue) for issue in issues] == [ROSA, ROSA]


@pytest.mark.parametrize("given", [{"trained": False}, {"unit": None}, {"away_until": True}, {"on_duty": False}])
async def test_who_cannot_take_it_is_passed_over(ward: Clockwork, given: dict[str, Any]) -> None:
    given = given | ({"unit": ward.units[ICU].id} if "unit" in given else {})
    given = given | ({"away_until": ward.now + timedelta(days=1)} if "away_until" in given else {})
    await on(ward, ANA)
    await ward.change(BEN, **({"on_duty": True, "unit": ward.units[WEST].id} | given))
    issue = await owned(ward, ANA)
    await says(ward, ANA, duty.off)
    assert await owner(ward, issue) in {SAM, ROSA}


async def test_nobody_is_handed_their_own_report(ward: Clockwork) -> None:
    await on(ward, ANA)
    await ward.off(ROSA)
    issue = await owned(ward, ANA, who=SAM)
    await says(ward, ANA, duty.off)
    assert await owner(ward, issue) is None


async def test_where_nobody_is_there_it_is_nobodys_and_the_ladder_begins_anew(ward: Clockwork) -> None:
    await on(ward, ANA)
    await ward.off(SAM, ROSA)
    issue = await owned(ward, ANA)
    await ward.pass_time(3)
    shown = await says(ward, ANA, duty.off)
    assert f"{issue.reference}: nobody was there, so it waits for the next" in text(shown)
    after = await ward.issue(issue.id)
    assert (after.status, after.owner) == (Status.REPORTED, None)
    assert {(Needs.UNOWNED.value, 2.0), (Needs.UNOWNED.value, 8.0)} <= await ward.hours_ahead(issue.id)
    (row,) = [row for row in await ward.history(issue.id) if row.event is Event.HAND_OVER]
    assert (row.who, row.before, row.after) == (ward.ids[ANA], Status.TAKEN, Status.REPORTED)
    assert f"{issue.reference}: no longer yours" not in ward.titles(ANA)  # they did it themselves


async def test_what_waits_for_the_vendor_is_handed_over_and_goes_on_waiting(ward: Clockwork) -> None:
    await on(ward, ANA)
    issue = await owned(ward, ANA)
    await ward.alter(status=Status.WAITING_VENDOR, owner=ward.ids[ANA], version=2, events=2)
    await says(ward, ANA, duty.off)
    assert (await ward.issue(issue.id)).status is Status.WAITING_VENDOR
    assert await owner(ward, issue) in {SAM, ROSA}


async def test_a_fix_that_waits_for_its_reporter_stays_whose_it_is(ward: Clockwork) -> None:
    await on(ward, ANA)
    issue = await owned(ward, ANA)
    await ward.alter(status=Status.FIXED, owner=ward.ids[ANA], version=2, events=2)
    await says(ward, ANA, duty.off)
    assert await owner(ward, issue) == ANA


# ------------------------------------------------------------------------------------------------ the queue at handover


async def test_who_comes_in_gets_the_queue_a_quarter_of_an_hour_before(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 12, 24), (SAM, ALL, 0, 12), (BEN, ICU, 12, 24), (MAYA, WEST, 12, 24))
    await stand(ward)
    late, soon = await ward.reported(words="the later one"), await ward.reported(words="the sooner one")
    await ward.run(lambda tx: tx.issues.save(replace(soon, due_at=soon.due_at - timedelta(hours=1))))
    await ward.until("18:44")
    assert "2 open issues at handover" not in ward.titles(ANA)
    await ward.until("18:45")
    card = next(card for card in ward.cards(ANA) if card.title == "2 open issues at handover")
    lines = text(card).splitlines()
    assert [soon.reference in lines[2], late.reference in lines[3]] == [True, True]
    for other in (SAM, BEN, MAYA):  # going home; nothing on the ICU; not of the team
        assert not any("handover" in title for title in ward.titles(other))


async def test_where_nothing_waits_nothing_is_said(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 12, 24))
    await stand(ward)
    await ward.until("18:45")
    assert ward.titles(ANA) == []


async def test_handovers_come_twice_a_day_also_across_a_change_of_clocks(ward: Clockwork) -> None:
    await stand(ward)
    seen = []
    for _ in range(16):  # the clocks go forward on Sunday 8 March
        (due,) = await ward.planned(shifts.HANDOVER)
        await ward.pass_time((due.due_at - ward.now) / timedelta(hours=1))
        seen.append(ward.clock.split()[1])
    assert seen == ["18:45", "06:45"] * 8


# ---------------------------------------------------------------------------------------------------------------- away


async def test_away_alone_offers_the_form(ward: Clockwork) -> None:
    shown = await says(ward, ANA, duty.away_card)
    assert [button.action for button in buttons(shown)] == [GoAway()]
    await says(ward, ANA, duty.away_until, "Friday")
    shown = await says(ward, ANA, duty.away_card)
    assert shown.title == "You are away until Fri 6 March, 07:00"
    assert Show("back") in [button.action for button in buttons(shown)]


async def test_away_hands_over_and_ends_duty_and_the_rota_waits(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 0, 8), (ANA, WEST, 24, 32), (ANA, WEST, 96, 104))
    await stand(ward)
    issue = await owned(ward, ANA)
    shown = await says(ward, ANA, duty.away_until, "Friday 06:00")
    assert f"{issue.reference}: with" in text(shown)
    assert await owner(ward, issue) in {SAM, ROSA}
    await ward.pass_time(25)
    assert ANA not in await on_duty(ward)
    await ward.pass_time(72)
    assert ANA in await on_duty(ward)


@pytest.mark.parametrize("words", ["yesterday", "", "2020-01-01", "soon"])
async def test_a_day_that_is_none_or_over_is_asked_for_again(ward: Clockwork, words: str) -> None:
    for form in (
        await says(ward, ANA, duty.away_until, words),
        await says(ward, ANA, duty.go_away, words, ""),
    ):
        assert isinstance(form, Form)
        assert "still ahead" in form.errors["until"]
        assert form.fields[0].value == words
    assert not (await ward.person(ANA)).away(ward.now)


async def test_a_lead_is_asked_who_hears_in_their_place(ward: Clockwork) -> None:
    form = await says(ward, LEE, duty.away_until, "Friday")
    assert isinstance(form, Form)
    (choice,) = [field for field in form.fields if isinstance(field, ChoiceField)]
    labels = [option.label for option in choice.options]
    assert labels[0] == "Vera Fable (safety officer)"
    assert labels[-1] == "Nobody: it still comes to me"
    assert form.fields[0].value == "Friday"
    again = await says(ward, LEE, duty.go_away, "Friday", "")
    assert set(again.errors) == {"deputy"}


async def test_a_deputy_is_told_and_hears_from_then_on(ward: Clockwork) -> None:
    await on(ward, VERA)
    gone = await says(ward, LEE, duty.go_away, "Friday", str(ward.ids[VERA]))
    assert "Vera Fable hears in your place" in text(gone)
    assert ward.titles(VERA) == ["You stand in for Dr Lee Madeup"]
    issue = await ward.reported(2)
    lead = await ward.read(lambda tx: living.lead(tx, issue, ward.now))
    assert lead
    assert lead.name == "Vera Fable"
    again = await says(ward, LEE, duty.away_until, "Sunday")  # who stands in is known by now
    assert isinstance(again, Card)


async def test_who_has_no_deputy_goes_on_hearing(ward: Clockwork) -> None:
    await says(ward, LEE, duty.go_away, "Friday", "none")
    issue = await ward.reported(2)
    lead = await ward.read(lambda tx: living.lead(tx, issue, ward.now))
    assert lead
    assert lead.name == "Dr Lee Madeup"


async def test_a_champion_is_not_asked_and_keeps_the_deputy_of_the_roster(ward: Clockwork) -> None:
    await ward.change(ANA, deputy=ward.ids[BEN])
    form = await says(ward, ANA, duty.away_form)
    assert len(form.fields) == 1
    await says(ward, ANA, duty.go_away, "Friday", "")
    assert (await ward.person(ANA)).deputy == ward.ids[BEN]


async def test_somebody_else_cannot_be_made_a_deputy(ward: Clockwork) -> None:
    form = await says(ward, LEE, duty.go_away, "Friday", str(ward.ids[MAYA]))
    assert "deputy" in form.errors


async def test_back_again_is_a_digest_of_what_was_theirs(ward: Clockwork) -> None:
    await on(ward, ANA)
    mine, others, own = await owned(ward, ANA), await owned(ward, SAM), await ward.reported(who=ANA)
    await ward.pass_time(1)
    await says(ward, ANA, duty.away_until, "Friday 09:00")
    await ward.pass_time(2)
    rosa = await ward.person(ROSA)
    await ward.run(lambda tx: work.taken(tx, tx.issues.get(own.id), rosa, ward.now))
    before = len(ward.titles(ANA))
    await ward.until("08:59", days=4)
    assert "Welcome back" not in ward.titles(ANA)[before:]
    await ward.until("09:00")
    digest = ward.last(ANA)
    assert digest.title == "Welcome back"
    assert mine.reference in text(digest)
    assert f"{own.reference}: taken by Rosa Specimen" in text(digest)
    assert others.reference not in text(digest)
    ana = await ward.person(ANA)
    assert (ana.away_until, await ward.held(ANA)) == (None, [])


async def test_the_digest_waits_for_their_hours_and_is_whole(ward: Clockwork) -> None:
    await on(ward, ANA)
    issue = await owned(ward, ANA)
    await says(ward, ANA, duty.away_until, "tomorrow 03:00")
    before = len(ward.titles(ANA))
    await ward.until("07:29", days=1)
    assert "Welcome back" not in ward.titles(ANA)[before:]
    await ward.until("07:31")
    digest = next(card for card in ward.cards(ANA) if card.title == "Welcome back")
    assert issue.reference in text(digest)


async def test_back_before_their_time(ward: Clockwork) -> None:
    await ward.rota((ANA, WEST, 0, 12))
    await stand(ward)
    await owned(ward, ANA)
    await says(ward, ANA, duty.away_until, "Friday")
    await ward.pass_time(2)
    shown = await says(ward, ANA, duty.back)
    assert shown.title == "Welcome back"
    assert ANA in await on_duty(ward)  # the shift still runs
    assert await ward.planned(duty.BACK) == []
    assert (await says(ward, ANA, duty.back)).title == "You are not away"


async def test_on_duty_ends_an_absence_and_loses_nothing(ward: Clockwork) -> None:
    await on(ward, ANA)
    await owned(ward, ANA)
    await says(ward, ANA, duty.away_until, "Friday")
    await says(ward, ANA, duty.on)
    ana = await ward.person(ANA)
    assert (ana.on_duty, ana.away_until) == (True, None)
    assert "Welcome back" in ward.titles(ANA)
    assert await ward.held(ANA) == []


async def test_gone_longer_than_they_said_at_first(ward: Clockwork) -> None:
    await says(ward, ANA, duty.away_until, "tomorrow 09:00")
    await ward.pass_time(1)
    await says(ward, ANA, duty.away_until, "Friday 09:00")
    await ward.pass_time(40)
    assert (await ward.person(ANA)).away(ward.now)
    await ward.until("09:01", days=3)
    assert ward.titles(ANA) == ["Welcome back"]


async def test_of_very_much_the_latest_is_told_and_how_much_there_was_before(ward: Clockwork) -> None:
    await on(ward, ANA)
    for _ in range(30):
        await owned(ward, ANA)
    await says(ward, ANA, duty.away_until, "Friday")
    await ward.pass_time(1)

    def touch(tx: Transaction) -> None:
        for issue in tx.issues.open_in(ward.pilot.id, 99):
            work.handed_over(tx, issue, None, ward.now)

    await ward.run(touch)
    shown = await says(ward, ANA, duty.back)
    assert "10 things before that" in text(shown)
    (lines,) = [part for part in shown.parts if part.part == "lines"]
    assert len(lines.lines) == 20


# --------------------------------------------------------------------------------------------------------------- where


async def floats(ward: Clockwork, who: str = MAYA) -> None:
    await ward.change(who, units=(ward.units[WEST].id, ward.units[ICU].id))


async def test_who_works_on_several_units_is_asked_when_their_shift_begins(ward: Clockwork) -> None:
    await floats(ward)
    await ward.rota((MAYA, ICU, 1, 9), (ADA, ICU, 1, 9))
    await stand(ward)
    await ward.pass_time(2)
    (asked,) = ward.cards(MAYA)
    assert asked.title == "Where are you tonight?"
    assert "Until you say so it is icu" in text(asked)
    places = {button.label: button.action for button in buttons(asked)}
    assert places == {"4-west": Here(ward.units[WEST].id), "icu": Here(ward.units[ICU].id)}
    assert ward.titles(ADA) == []


async def test_without_a_shift_they_are_asked_at_their_first_line_in_twelve_hours(ward: Clockwork) -> None:
    await floats(ward)
    for hours, asked in ((0, 1), (1, 1), (11.9, 1), (12, 2)):
        await ward.pass_time(hours)
        await says(ward, MAYA, duty.wakes)
        await ward.change(MAYA, wrote_at=ward.now)
        assert len(ward.titles(MAYA)) == asked


async def test_who_was_asked_when_the_shift_began_is_not_asked_again(ward: Clockwork) -> None:
    await floats(ward)
    await ward.rota((MAYA, ICU, 1, 9))
    await stand(ward)
    await ward.pass_time(2)
    await says(ward, MAYA, duty.wakes)
    assert len(ward.titles(MAYA)) == 1


async def test_who_works_on_one_unit_is_never_asked(ward: Clockwork) -> None:
    await says(ward, MAYA, duty.wakes)
    assert ward.titles(MAYA) == []


async def test_here_says_where_they_work_from_now_on(ward: Clockwork) -> None:
    await floats(ward)
    shown = await says(ward, MAYA, duty.here, ward.units[ICU])
    assert shown.title == "Noted: you are on icu"
    assert (await ward.person(MAYA)).unit == ward.units[ICU].id


@pytest.mark.parametrize(("name", "where"), [("ICU", ICU), (": icu", ICU), ("4-W", WEST), ("ic", ICU)])
async def test_by_the_units_name(ward: Clockwork, name: str, where: str) -> None:
    await floats(ward)
    await ward.change(MAYA, unit=ward.units[ICU if where == WEST else WEST].id)
    await says(ward, MAYA, duty.here_named, name)
    assert (await ward.person(MAYA)).unit == ward.units[where].id


@pytest.mark.parametrize("name", ["7 East", "", "all-units"])
async def test_a_unit_on_which_they_do_not_work_changes_nothing(ward: Clockwork, name: str) -> None:
    await floats(ward)
    shown = await says(ward, MAYA, duty.here_named, name)
    assert "You work on: 4-west, icu." in text(shown)
    assert (await ward.person(MAYA)).unit == ward.units[WEST].id


async def test_a_unit_of_another_pilot_is_none_of_theirs(ward: Clockwork) -> None:
    other = builders.unit(pilot=PilotId(7), id=ward.units[WEST].id)
    shown = await says(ward, MAYA, duty.here, other)
    assert shown.title == "That is no unit of yours"


async def test_here_alone_asks(ward: Clockwork) -> None:
    assert (await says(ward, MAYA, duty.where)).title == "You work on 4-west"
    await floats(ward)
    assert (await says(ward, MAYA, duty.where)).title == "Where are you tonight?"


async def test_who_only_keeps_the_roster_works_nowhere(ward: Clockwork) -> None:
    await ward.change(MAYA, roles=frozenset({Role.ADMIN}))
    with pytest.raises(Denied):
        await says(ward, MAYA, duty.where)
