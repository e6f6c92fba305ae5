"""A way to go on meanwhile: what could harm is checked first, it counts when it has arrived, and it is asked after."""

from datetime import timedelta

import pytest

from bot import deadline, fixes, living, merges, verdicts, work, workarounds
from bot.actions import Do, DoAs, StillServes
from bot.cards import BUTTONS, Card, ChoiceField, Form
from bot.errors import Denied
from bot.model import Event, FixKind, Help, Needs, Status, Workaround
from bot.ports import Transaction
from bot.risks import risky
from storage.database import SqlDatabase
from tests import builders
from tests.bot.floor import (
    ADA,
    ANA,
    BEN,
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

HARMLESS = "use the pump by the window"
RISKY = "skip the scan and chart it later"
OVERRIDE = "override it in the cabinet"


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def offer(floor: Floor, words: str = HARMLESS, until: str = "", who: str = ANA) -> Card | Form:
    return await floor.does(who, workarounds.offer, Event.WORK_AROUND, words, until)


async def check(floor: Floor, who: str, ok: str, words: str = "") -> Card | Form:
    return await floor.does(who, workarounds.check, Event.CHECK, ok, words)


async def fails(floor: Floor, who: str = MAYA) -> str:
    return text(await floor.does(who, workarounds.fails, Event.WORKAROUND_FAILS))


async def ways(floor: Floor) -> list[Workaround]:
    issue = await floor.issue()
    return list(await floor.read(lambda tx: tx.issues.workarounds(issue.id)))


async def unsettled(floor: Floor, needs: Needs) -> list[float]:
    """In how many hours steps come due that need this, whether or not they would be taken now."""
    issue = await floor.issue()
    steps = await floor.read(lambda tx: tx.issues.steps(issue.id))
    return [floor.hours(each.due_at) for each in steps if each.needs is needs and each.outcome is None]


async def serves(floor: Floor, who: str = MAYA, n: int | None = None) -> str:
    issue, way = await floor.issue(), (await ways(floor))[-1]
    wanted = StillServes(issue.id, n or way.n, issue.reporter)
    return text(
        await floor.run(lambda tx: workarounds.still_serves(tx, tx.people.get(floor.ids[who]), wanted, floor.now))
    )


# ---------------------------------------------------------------------------------------------------------- offered


async def test_it_reaches_the_reporter_and_counts_from_then_on(floor: Floor) -> None:
    await floor.reported()
    floor.now += timedelta(hours=23)
    said = await offer(floor)
    issue, (way,) = await floor.issue(), await ways(floor)
    assert (issue.status, issue.addressed_at, issue.addressed_by) == (Status.TAKEN, floor.now, Help.WORKAROUND)
    assert (issue.addressed_n, issue.missed_at, issue.asked_at) == (way.n, None, None)
    assert (way.delivered_at, way.risky, way.author) == (floor.now, False, floor.ids[ANA])
    assert floor.heard(HARMLESS) >= {MAYA, WEST}
    assert "on its way to the reporter" in text(said)
    told = next(card for card in floor.chat.cards(MAYA) if "what you can do meanwhile" in card.title)
    assert events_on(told) == {Event.WORKAROUND_FAILS}


async def test_too_late_it_is_a_miss_dated_at_the_deadline(floor: Floor) -> None:
    issue = await floor.reported()
    floor.now += timedelta(hours=25)
    await offer(floor)
    assert (await floor.issue()).missed_at == issue.due_at


async def test_what_nobody_had_taken_is_taken_first(floor: Floor) -> None:
    await floor.reported()
    await offer(floor, who=SAM)
    assert (await floor.events())[:3] == [Event.REPORT, Event.TAKE, Event.WORK_AROUND]
    assert (await floor.issue()).owner == floor.ids[SAM]


@pytest.mark.parametrize("who", [MAYA, ADA, BEN, VERA, OMAR])
async def test_nobody_else_offers_one(floor: Floor, who: str) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await offer(floor, who=who)


async def test_an_issue_that_waits_goes_on_waiting(floor: Floor) -> None:
    await floor.reported()
    await floor.does(ANA, work.take, Event.TAKE)
    await floor.alter(status=Status.NEEDS_INFO, waiting_since=floor.now)
    floor.now += timedelta(hours=2)
    await offer(floor)
    issue = await floor.issue()
    assert (issue.status, issue.waited) == (Status.NEEDS_INFO, timedelta(hours=2))
    assert deadline.net(issue) == timedelta(0)


@pytest.mark.parametrize(
    ("until", "days"), [("", 7), ("tomorrow 12:00", 1.21), ("2026-03-30", 27.96), ("Wednesday", 2)]
)
async def test_it_lasts_until_the_day_that_was_said_or_a_week(floor: Floor, until: str, days: float) -> None:
    await floor.reported()
    await offer(floor, until=until)
    (way,) = await ways(floor)
    assert round((way.expires_at - floor.now) / timedelta(days=1), 2) == days


@pytest.mark.parametrize(
    ("words", "until", "field"),
    [
        ("", "", "words"),
        (HARMLESS, "2026-02-01", "until"),
        (HARMLESS, "when it is done", "until"),
        (HARMLESS, "2026-04-20", "until"),
    ],
)
async def test_what_is_missing_or_wrong_comes_back_with_a_sentence(
    floor: Floor, words: str, until: str, field: str
) -> None:
    await floor.reported()
    form = await offer(floor, words, until)
    assert isinstance(form, Form)
    assert list(form.errors) == [field]
    assert {each.name: each.value for each in form.fields} == {"words": words, "until": until}
    assert await floor.events() == [Event.REPORT]


async def test_everybody_else_whom_it_concerns_hears_of_it_too(floor: Floor) -> None:
    await floor.reported()
    await floor.merged(BEN)
    await floor.follows(ADA)
    await offer(floor)
    assert floor.heard("what you can do meanwhile") == {MAYA, BEN, ADA}
    assert buttons(floor.last(BEN)) == []


async def test_while_it_holds_its_owner_is_asked_for_cause_and_date_and_the_reporter_when_it_expires(
    floor: Floor,
) -> None:
    await floor.reported()
    await offer(floor)
    assert {(Needs.WORKED_AROUND, 72.0), (Needs.WORKED_AROUND, 7 * 24.0)} <= await floor.hours_ahead()
    assert not {needs for needs, _ in await floor.hours_ahead()} & {Needs.UNADDRESSED, Needs.UNOWNED}


async def test_for_a_patient_at_risk_an_update_is_owed_every_four_hours(floor: Floor) -> None:
    await floor.reported(1)
    await offer(floor)
    assert (Needs.WORKED_AROUND, 4.0) in await floor.hours_ahead()


async def test_it_that_cannot_be_delivered_does_not_count_and_those_who_offered_it_hear(floor: Floor) -> None:
    await floor.reported()
    await floor.does(SAM, work.take, Event.TAKE)
    await floor.deliver()
    floor.cannot_be_reached(MAYA)
    await offer(floor)
    issue, (way,) = await floor.issue(), await ways(floor)
    assert (issue.addressed_at, issue.status, way.holds) == (None, Status.TAKEN, False)
    assert floor.heard("the workaround did not reach the reporter") == {ANA, SAM}
    assert Needs.UNADDRESSED in {needs for needs, _ in await floor.hours_ahead()}


async def test_one_that_was_offered_while_it_waits_for_a_reply_and_is_lost_leaves_it_waiting(floor: Floor) -> None:
    await floor.reported()
    await floor.does(ANA, work.take, Event.TAKE)
    await floor.alter(status=Status.NEEDS_INFO)
    floor.cannot_be_reached(MAYA)
    await offer(floor)
    assert (await floor.issue()).status is Status.NEEDS_INFO


async def test_a_newer_one_takes_the_place_of_the_older_and_stands_for_it(floor: Floor) -> None:
    await floor.reported()
    await offer(floor)
    stamped = floor.now
    floor.now += timedelta(hours=3)
    await offer(floor, "use the pump in room 3")
    first, second = await ways(floor)
    issue = await floor.issue()
    assert (first.holds, second.holds) == (False, True)
    assert (issue.addressed_at, issue.addressed_n) == (stamped, second.n)
    assert sorted(hours for needs, hours in await floor.hours_ahead() if needs is Needs.WORKED_AROUND) == [72, 168]
    await fails(floor)
    assert (await floor.issue()).addressed_at is None


# ---------------------------------------------------------------------------------------------------------- checked


async def test_what_could_harm_is_neither_delivered_nor_counted_before_it_was_checked(floor: Floor) -> None:
    await floor.reported()
    await floor.follows(ADA)
    said = await offer(floor, RISKY)
    issue, (way,) = await floor.issue(), await ways(floor)
    assert (issue.addressed_at, way.risky, way.delivered_at) == (None, True, None)
    assert not {MAYA, ADA} & floor.heard(RISKY)
    assert floor.heard("is this workaround safe?") == {VERA, LEE}
    assert "is checked first" in text(said)
    assert (Needs.UNCHECKED, 4.0) in await floor.hours_ahead()
    card = next(card for card in floor.chat.cards(VERA) if "is this workaround safe?" in card.title)
    assert events_on(card) == {Event.CHECK}


async def test_while_the_safety_officer_is_away_their_deputy_is_asked(floor: Floor) -> None:
    await floor.change(VERA, away_until=floor.now + timedelta(days=3), deputy=floor.ids[BEN])
    await floor.reported()
    await offer(floor, RISKY)
    assert floor.heard("is this workaround safe?") == {BEN, LEE}


@pytest.mark.parametrize("who", [VERA, LEE])
async def test_found_safe_it_is_delivered_and_counts(floor: Floor, who: str) -> None:
    await floor.reported()
    await offer(floor, RISKY)
    floor.now += timedelta(hours=1)
    await check(floor, who, "yes")
    issue, (way,) = await floor.issue(), await ways(floor)
    assert (issue.addressed_at, issue.addressed_by, way.checked_by) == (floor.now, Help.WORKAROUND, floor.ids[who])
    assert MAYA in floor.heard("what you can do meanwhile")
    assert floor.heard("It is on its way to the reporter") >= {ANA}
    assert Needs.UNCHECKED not in {needs for needs, _ in await floor.hours_ahead()}


async def test_found_unsafe_it_is_delivered_to_nobody_and_its_author_hears_why(floor: Floor) -> None:
    await floor.reported()
    await floor.does(SAM, work.take, Event.TAKE)
    await offer(floor, RISKY)
    await check(floor, VERA, "no", "two pumps were mixed up like that")
    issue, (way,) = await floor.issue(), await ways(floor)
    assert (issue.addressed_at, way.refused, way.holds, way.ended_at) == (None, True, False, floor.now)
    assert floor.heard("two pumps were mixed up like that") == {ANA, SAM}
    assert MAYA not in floor.heard(RISKY)
    assert (await floor.history())[-1].words == "two pumps were mixed up like that"
    assert Needs.UNCHECKED not in {needs for needs, _ in await floor.hours_ahead()}


@pytest.mark.parametrize(("ok", "words", "field"), [("", "", "ok"), ("perhaps", "", "ok"), ("no", "", "words")])
async def test_a_no_needs_its_reason(floor: Floor, ok: str, words: str, field: str) -> None:
    await floor.reported()
    await offer(floor, RISKY)
    form = await check(floor, VERA, ok, words)
    assert isinstance(form, Form)
    assert list(form.errors) == [field]
    assert RISKY in form.intro
    assert (await ways(floor))[0].waits_for_check


@pytest.mark.parametrize("who", [MAYA, ANA, SAM, OMAR])
async def test_nobody_else_checks_it(floor: Floor, who: str) -> None:
    await floor.reported()
    await offer(floor, RISKY)
    with pytest.raises(Denied):
        await check(floor, who, "yes")


async def test_of_several_each_can_be_checked_and_what_is_sent_back_says_which(floor: Floor) -> None:
    await floor.reported()
    await offer(floor, RISKY)
    await offer(floor, OVERRIDE)
    form = await floor.does(LEE, workarounds.check_form, Event.CHECK)
    assert isinstance(form, Form)
    assert f"1. {RISKY}\n2. {OVERRIDE}" in form.intro
    first, second = await ways(floor)
    (choice,) = (each for each in form.fields if isinstance(each, ChoiceField))
    assert [each.value for each in choice.options] == [
        f"{said} {way.n}" for way in (first, second) for said in ("yes", "no")
    ]
    await check(floor, LEE, f"no {second.n}", "no")
    assert [way.waits_for_check for way in await ways(floor)] == [True, False]
    assert Needs.UNCHECKED in {needs for needs, _ in await floor.hours_ahead()}


async def test_a_word_about_one_that_was_judged_meanwhile_is_not_taken_for_the_next(floor: Floor) -> None:
    await floor.reported()
    await offer(floor, RISKY)
    (first,) = await ways(floor)
    await offer(floor, OVERRIDE)
    await check(floor, LEE, f"no {first.n}", "no")
    assert "this check is done already" in text(await check(floor, VERA, f"yes {first.n}"))
    assert [way.waits_for_check for way in await ways(floor)] == [False, True]


async def test_of_several_it_has_to_be_said_which(floor: Floor) -> None:
    await floor.reported()
    for words in (RISKY, OVERRIDE):
        await offer(floor, words)
    form = await check(floor, VERA, "yes")
    assert isinstance(form, Form)
    assert list(form.errors) == ["ok"]


@pytest.mark.parametrize("who", [VERA, LEE])
async def test_whoever_may_check_finds_that_first_on_the_card_with_each_that_waits(floor: Floor, who: str) -> None:
    await floor.reported()
    for words in (RISKY, OVERRIDE, HARMLESS):
        await offer(floor, words)
    issue, person = await floor.issue(), await floor.person(who)
    card = await floor.read(lambda tx: living.card(living.about(tx, issue), person, floor.now))
    assert buttons(card)[0].action == Do(Event.CHECK, issue.id, issue.version)
    assert len(buttons(card)) <= BUTTONS
    for words in (RISKY, OVERRIDE):
        assert f"waits for the safety officer: {words}" in text(card)
    assert HARMLESS in text(card)
    team = await floor.read(lambda tx: living.card(living.about(tx, issue), None, floor.now))
    assert Event.CHECK not in events_on(team)


async def test_a_risky_one_that_waits_hides_nothing_of_the_one_in_place(floor: Floor) -> None:
    await floor.reported()
    await offer(floor, HARMLESS)
    await offer(floor, RISKY)
    receipt = floor.chat.cards(MAYA)[0]
    assert f"Until it is fixed: {HARMLESS}" in text(receipt)
    assert RISKY not in text(receipt)
    assert Event.WORKAROUND_FAILS in events_on(receipt)
    await fails(floor)
    assert [way.holds for way in await ways(floor)] == [False, False]
    assert "Until it is fixed" not in text(floor.chat.cards(MAYA)[0])


async def test_however_many_wait_there_is_one_reminder_and_it_names_them(floor: Floor) -> None:
    await floor.reported()
    for words in (RISKY, OVERRIDE):
        await offer(floor, words)
    assert await unsettled(floor, Needs.UNCHECKED) == [4]
    await floor.pass_time(4.1)
    card = next(card for card in floor.chat.cards(VERA) if "waits for your check" in card.title)
    assert all(words in text(card) for words in (RISKY, OVERRIDE))
    for way in await ways(floor):
        await check(floor, LEE, f"yes {way.n}")
    assert await unsettled(floor, Needs.UNCHECKED) == []


@pytest.mark.parametrize(
    ("hour", "level", "comes"),
    [  # UTC; in New York it is five hours earlier
        (12.5, 3, 12.5),  # 07:30
        (2.9, 3, 2.9),  # 21:54
        (3, 3, 12.5),  # 22:00
        (12.4, 3, 12.5),
        (5, 1, 5),
    ],
)
async def test_off_duty_one_hears_the_same_day_but_is_not_woken(
    floor: Floor, hour: float, level: int, comes: float
) -> None:
    floor.now = floor.now.replace(hour=0) + timedelta(hours=hour)
    await floor.change(VERA, on_duty=False)
    await floor.reported(level)
    await offer(floor, RISKY)
    asks = "is this workaround safe?"
    assert (asks in " ".join(floor.chat.at(VERA))) is (comes == hour)
    floor.now += timedelta(hours=comes - hour)
    await floor.deliver()
    assert asks in " ".join(floor.chat.at(VERA))


async def test_by_night_nobody_off_duty_is_reminded_of_a_check(floor: Floor) -> None:
    floor.now = floor.now.replace(hour=23)  # 18:00 there
    for name in (VERA, LEE):
        await floor.change(name, on_duty=False)
    await floor.reported(3)
    await offer(floor, RISKY)
    waits = "waits for your check"
    await floor.pass_time(13)  # 22:00, 02:00 and 06:00 are left out
    assert waits not in " ".join(floor.chat.at(VERA))
    await floor.pass_time(4)
    assert " ".join(floor.chat.at(VERA)).count(waits) == 1


async def test_where_nothing_waits_nothing_is_checked(floor: Floor) -> None:
    await floor.reported()
    await offer(floor)
    assert "this check is done already, or not needed" in text(await check(floor, LEE, "yes"))


async def test_where_no_list_is_known_for_a_language_everything_is_checked() -> None:
    assert risky("neu starten", "de")
    assert not risky("  ", "de")


# --------------------------------------------------------------------------------------------------- whether it serves


async def test_where_it_is_what_counted_its_failing_voids_the_stamp(floor: Floor) -> None:
    await floor.reported()
    await floor.merged(BEN)
    await floor.does(SAM, work.take, Event.TAKE)
    await offer(floor)
    floor.now += timedelta(hours=2)
    said = await fails(floor)
    issue, (way,) = await floor.issue(), await ways(floor)
    assert (issue.addressed_at, issue.addressed_by, issue.missed_at) == (None, None, None)
    assert way.ended_at == floor.now
    assert floor.heard("the workaround fails") >= {SAM, ANA}
    assert floor.heard("do not rely on the workaround") == {BEN}
    assert "Sam Pretend has been told" in said
    assert await unsettled(floor, Needs.WORKED_AROUND) == []
    assert (Needs.UNADDRESSED, 22.0) in await floor.hours_ahead()


async def test_after_the_deadline_its_failing_is_a_miss(floor: Floor) -> None:
    issue = await floor.reported()
    floor.now += timedelta(hours=2)
    await offer(floor)
    await floor.pass_time(24)
    assert (await floor.issue()).missed_at is None
    await fails(floor)
    assert (await floor.issue()).missed_at == issue.due_at
    assert floor.heard("not solved in time") == {MAYA}


async def test_where_a_fix_is_what_counts_its_failing_leaves_the_stamp(floor: Floor) -> None:
    await floor.reported()
    await floor.does(ANA, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    stamped = await floor.issue()
    way = builders.workaround(issue=stamped.id, n=stamped.events + 1, author=floor.ids[ANA], delivered_at=floor.now)
    await floor.database.run(lambda tx: tx.issues.save_workaround(way))
    await fails(floor)
    issue = await floor.issue()
    assert (issue.addressed_at, issue.addressed_by) == (stamped.addressed_at, Help.FIX)


@pytest.mark.parametrize("who", [ANA, SAM, LEE, ADA])
async def test_only_the_reporter_says_that_it_fails(floor: Floor, who: str) -> None:
    await floor.reported()
    await offer(floor)
    with pytest.raises(Denied):
        await fails(floor, who)


async def test_where_none_is_in_place_none_fails(floor: Floor) -> None:
    await floor.reported()
    assert "that workaround is not in place" in await fails(floor)
    assert await floor.events() == [Event.REPORT]


async def test_when_it_expires_the_reporter_is_asked_and_the_stamp_stays(floor: Floor) -> None:
    await floor.reported()
    await offer(floor)
    await floor.pass_time(7 * 24)
    card = next(card for card in floor.chat.cards(MAYA) if "does the workaround still serve?" in card.title)
    issue, (way,) = await floor.issue(), await ways(floor)
    assert [each.action for each in buttons(card)] == [
        StillServes(issue.id, way.n, floor.ids[MAYA]),
        Do(Event.WORKAROUND_FAILS, issue.id, issue.version),
    ]
    assert issue.addressed_at is not None


async def test_where_it_serves_it_is_extended_by_the_same_length_each_time(floor: Floor) -> None:
    await floor.reported()
    await offer(floor, until="Wednesday")
    for _ in range(3):
        await floor.pass_time(49)
        assert "noted, it serves" in await serves(floor)
        (way,) = await ways(floor)
        assert way.expires_at - floor.now == timedelta(hours=48)
        assert (Needs.WORKED_AROUND, 48.0) in await floor.hours_ahead()
    assert (await floor.issue()).addressed_at == builders.NOON


async def test_the_owner_is_reminded_as_planned_though_it_serves(floor: Floor) -> None:
    await floor.reported()
    await offer(floor)
    await floor.pass_time(70)
    await serves(floor)
    assert {(Needs.WORKED_AROUND, 2.0), (Needs.WORKED_AROUND, 7 * 24.0)} <= await floor.hours_ahead()


async def test_what_has_ended_serves_no_more(floor: Floor) -> None:
    await floor.reported()
    await offer(floor)
    n = (await ways(floor))[0].n
    await fails(floor)
    assert "is not in place" in await serves(floor, n=n)
    assert "is not in place" in await serves(floor, n=99)


@pytest.mark.parametrize("who", [ANA, ADA, LEE])
async def test_only_the_reporter_says_that_it_serves(floor: Floor, who: str) -> None:
    await floor.reported()
    await offer(floor)
    with pytest.raises(Denied):
        await serves(floor, who)


async def test_a_fix_takes_its_place(floor: Floor) -> None:
    await floor.reported()
    await offer(floor)
    await floor.does(ANA, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    (way,) = await ways(floor)
    assert not way.holds
    await floor.does(MAYA, verdicts.confirm, Event.CONFIRM)
    assert (await floor.issue()).addressed_by is Help.WORKAROUND


async def test_one_that_arrives_after_a_fix_has_taken_its_place_counts_for_nothing(floor: Floor) -> None:
    await floor.reported()
    issue = await floor.issue()

    def offered(tx: Transaction) -> None:
        wanted = Do(Event.WORK_AROUND, issue.id, issue.version)
        workarounds.offer(tx, tx.people.get(floor.ids[ANA]), wanted, HARMLESS, "", floor.now)

    await floor.database.run(offered)
    now = await floor.issue()
    wanted = Do(Event.FIX, now.id, now.version)

    def fixed(tx: Transaction) -> None:
        fixes.fix(tx, tx.people.get(floor.ids[ANA]), wanted, "a new battery", FixKind.PROCESS, floor.now)

    await floor.database.run(fixed)
    await floor.deliver()
    now, (way,) = await floor.issue(), await ways(floor)
    assert (now.addressed_by, way.holds) == (Help.FIX, False)


async def test_without_a_name_the_reporters_buttons_speak_for_their_handle(floor: Floor) -> None:
    maya = await floor.person(MAYA)
    handle = builders.handle(pilot=floor.pilot.id, unit=maya.unit, identity=maya.address)
    await floor.database.run(lambda tx: tx.handles.add(handle))
    issue = await floor.reported(reporter=handle.id, nameless=True)
    await offer(floor)
    card = next(card for card in floor.chat.cards(MAYA) if "what you can do meanwhile" in card.title)
    assert [each.action for each in buttons(card)] == [DoAs(Event.WORKAROUND_FAILS, issue.id, handle.id)]
    assert (await floor.issue()).addressed_at == floor.now
    names = "\n".join(text(card) for who in (WEST, ANA, SAM) for card in floor.chat.cards(who))
    assert "Maya" not in names


async def test_it_reaches_those_who_report_the_same_later(floor: Floor) -> None:
    await floor.reported()
    await offer(floor)
    child = await floor.reported(who=ROSA)
    await floor.does(LEE, merges.merge, Event.MERGE, await floor.issue(), which=child.id)
    assert ROSA in floor.heard(f"{child.reference}: what you can do meanwhile")


# ----------------------------------------------------------------------------------------------- what could harm

TOUCHES = [
    "skip the scan and give it",
    "Scan override in the dispensing cabinet",
    "use the old wristband from the drawer",
    "print a spare label and put it on the chart",
    "give a double dose now, the pump shows half",
    "borrow Kim's badge until yours works",
    "log in with a colleague's password",
    "use my login, I am signed in at the desk",
    "type the number under the bar code by hand",
    "enter the MRN manually",
    "chart on the paper MAR until it is back",
    "scan the band of the other patient and correct it later",
    "document it in the next patient's record",
    "set the pump rate by hand",
    "run the infusion in basic mode without the drug library",
    "give 5 mg instead of 10",
    "half a tablet will do",
    "skip the second nurse's check",
    "ask the patient for their name instead",
    "identify them by room number",
    "take the medication from another patient's drawer",
    "override the allergy warning",
    "click through the duplicate alert",
    "silence the alarm for an hour",
    "verbal order, pharmacy enters it in the morning",
    "give the antibiotic before pharmacy verifies",
    "use a photo of the barcode",
    "tape a copy of the armband to the bed",
    "keep a sheet with all QR codes at the desk",
    "calculate the drip from the table on the wall",
    "hang the blood and scan it afterwards",
    "stick the label on the tube later",
    "bypass the timeout",
    "work without the scanner",
    "do not use the scanner, read it aloud",
    "use the test patient to print it",
    "share the login on the cart",
    "co-sign it at the end of the shift without the witness",
    "dilute it as we used to",
    "titrate by the old table",
    "heparin by the paper protocol",
    "write the given meds on a sheet and chart them later",
    "manual entry is fine",
    "Use the generic account on the tablet",
    "push the medication slowly and chart after",
    "Just hit continue anyway when the band won't read",
    "use the sticker from the chart",
    "have someone else sign in for you",
    "Pull it from Pyxis on override",
    "type in the last four digits of the band",
    "use yesterday's armband",
    "give it and document later",
    "hand-write the labels",
    "use the patient's sister's bracelet until ours prints",
    "guess the weight, the pump needs one",
    "use last admission's weight for heparin",
    "set the rate manually on the Alaris",
    "verify with name only",
    "program the PCA by hand",
    "use 2 of the 50 mg tabs",
    "round up to the next syringe",
    "chart the meds under downtime and back-enter them",
    "read the number out loud and the other nurse types it",
    "use the pharmacy sheet taped to the fridge to scan",
    "pretend scan it",
    "scan the empty package instead",
    "scan all meds at the desk before going in",
    "put your own login in for the traveler",
    "reprint the specimen label and relabel the tube",
    "give the meds from memory",
    "keep giving it at the old rate",
    "use the backup insulin scale",
    "ask mom for the baby's name",
    "swap the wristbands when they come back",
    "confirm the bag against the printout rather than the screen",
    "use the omnicell sheet for insulin",
    "use the neighbour unit's patient list to pick the chart",
    "get the code from a coworker",
    "free-text the order and let pharmacy sort it out",
    "admit her as Jane Doe and merge the charts after",
    "mark it as given and fix it when the system is up",
    "eyeball the drip rate",
    "use the adult library for the child",
    "weigh the child at home scale",
    "leave the barcode on the desk and scan from there",
    "draw up a full syringe and give what is ordered",
    "order it under Dr Smith",
    "don't bother with the band",
    "peel the stickers off the old chart",
]
HARMLESS_ONES = [
    "use the other printer at the nurses' station",
    "restart the cart and wait two minutes",
    "plug the cart in while you chart",
    "use the desktop in room 3 until the laptop is back",
    "use the spare scanner from the charge nurse's desk",
    "wipe the scanner's window with a dry cloth",
    "charge the scanner on the dock for ten minutes",
    "call the help desk at 5555",
    "clear the browser's cache and sign in again",
    "open the chart from the list, not from the search",
    "press F5 twice",
    "use Chrome instead of Edge",
    "log out and in again",
    "sort the task list by time",
    "join the video visit from the tablet in the lobby",
    "write the time on the whiteboard",
    "page transport by phone",
    "use the landline at the desk",
    "order supplies on the paper form",
    "use the paper downtime form for meal trays",
    "zoom out to 90 percent",
    "save it as a draft and finish it after lunch",
    "leave the tab open so that it does not time out",
    "wait ten minutes and reload",
    "turn the speaker up",
    "use the wired keyboard",
    "move the medication cart closer to the router",
    "ask the unit clerk to send the fax",
    "read the results on the other screen",
    "use the headset from the break room",
    "switch the tablet to the guest network",
    "print the schedule on Monday for the whole week",
    "swap the battery at the start of the shift",
    "go to the ICU's screen for the trend view",
    "use the phone app for messages",
    "close the pop-up blocker in the settings",
    "send the photo of the wound by secure message",
    "hold the power button for ten seconds",
    "ask for a second monitor at the front desk",
    "keep the door of the supply room open",
    "use voice dictation off and type the note",
    "unplug the dock and plug it in again",
    "use the old template until the new one is back",
    "use workstation 4",
    "get the tablet from the charge nurse",
    "ask IT for a loaner",
    "use the web version",
    "pick the order set from the favourites",
    "refresh the page",
    "go back and open the encounter again",
    "use the other scanner",
    "change the battery of the scanner",
    "reboot the workstation on wheels",
    "use the phone in the break room",
    "print from the ICU",
    "set your status to busy so the calls stop",
    "send it by fax",
    "put the note in as free text",
    "use Teams for the consult",
    "call transport at 4411",
    "turn the screen brightness down",
    "open a private window",
    "write a note in the handoff",
    "use the hallway computer",
    "report it at the huddle",
    "use another room for the video call",
    "skip the survey",
    "use the green button instead of the arrow",
    "use the intranet page",
    "sit closer to the window for signal",
    "ask the lead for the new link",
    "do the training module on Tuesday",
    "move on to the next form",
    "download the PDF",
    "switch to the second tab",
    "use the office phone until Friday",
    "carry a paper schedule",
    "use a different browser",
    "tell the family to arrive ten minutes early",
]


@pytest.mark.parametrize("words", TOUCHES)
def test_what_touches_identity_dose_or_scanning_is_checked(words: str) -> None:
    assert risky(words)


@pytest.mark.parametrize("words", HARMLESS_ONES)
def test_what_touches_none_of_them_is_not_held_up(words: str) -> None:
    assert not risky(words)


@pytest.mark.parametrize(
    "words", ["SKIP THE SCAN", "sk\u00edp the sc\u00e0n", "skip\n\nthe   scan!!", "(co-sign) skip the co-sign"]
)
def test_how_it_is_written_does_not_matter(words: str) -> None:
    assert risky(words)


def test_it_is_found_at_the_end_of_a_long_text_too() -> None:
    harmless = " ".join(f"step{n}" for n in range(400))
    assert not risky(harmless)
    assert risky(f"{harmless} and use the old wristband")
