"""A fix is judged: by its reporter, by those of the issues that follow it, and by who said "me too"."""

from datetime import timedelta

import pytest

from bot import deadline, fixes, severity, verdicts, work
from bot.actions import Do, DoAs
from bot.errors import Denied
from bot.model import (
    Deed,
    Event,
    FixKind,
    Follower,
    Help,
    Issue,
    IssueId,
    Needs,
    PersonId,
    Severity,
    Status,
)
from bot.ports import Transaction
from storage.database import SqlDatabase
from tests import builders
from tests.bot.floor import (
    ADA,
    ANA,
    BEN,
    ICU,
    LEE,
    MAYA,
    OMAR,
    ROSA,
    SAM,
    WEST,
    Floor,
    buttons,
    events_on,
    open_floor,
    text,
)


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def fix(floor: Floor, who: str = SAM, kind: FixKind = FixKind.PROCESS) -> Issue:
    await floor.does(who, fixes.fix, Event.FIX, "a new battery", kind)
    return await floor.issue()


async def fixed(floor: Floor, who: str = SAM) -> Issue:
    """Reported by Maya, owned by Ana."""
    await floor.reported()
    await floor.does(ANA, work.take, Event.TAKE)
    return await fix(floor, who)


async def on_its_way(floor: Floor, kind: FixKind = FixKind.CODE) -> None:
    """Fixed by Ana, and no notice of it has been sent so far."""
    issue = await floor.issue()

    def fixed(tx: Transaction) -> None:
        fixes.fix(tx, tx.people.get(floor.ids[ANA]), Do(Event.FIX, issue.id, issue.version), "so", kind, floor.now)

    await floor.database.run(fixed)


async def yes(floor: Floor, who: str, which: IssueId | None = None) -> str:
    return text(await floor.does(who, verdicts.confirm, Event.CONFIRM, which=which))


async def no(floor: Floor, who: str, which: IssueId | None = None, words: str = "") -> str:
    return text(await floor.does(who, verdicts.still_broken, Event.STILL_BROKEN, which=which, words=words))


async def newest(floor: Floor, who: str) -> Issue:
    mine = await floor.read(lambda tx: tx.issues.of_reporter(floor.ids[who], 9))
    return next((each for each in mine if each.again_of), mine[0])


async def test_whoever_fixed_it_and_has_gone_home_hears_of_the_yes_in_their_hours(floor: Floor) -> None:
    floor.now = floor.now.replace(hour=8)  # 03:00 there
    await fixed(floor, ANA)
    await floor.change(ANA, on_duty=False)
    await yes(floor, MAYA)
    assert "confirms that it is fixed" not in " ".join(floor.chat.at(ANA))
    await floor.pass_time(4.5)
    assert "confirms that it is fixed" in " ".join(floor.chat.at(ANA))


async def planned(floor: Floor, needs: Needs, which: IssueId | None = None) -> list[tuple[Deed, float]]:
    issue = await floor.issue(which)
    steps = await floor.read(lambda tx: tx.issues.steps(issue.id))
    return [(each.deed, floor.hours(each.due_at)) for each in steps if each.needs is needs and each.outcome is None]


async def follower(floor: Floor, name: str) -> Follower:
    issue = await floor.issue()
    followers = await floor.read(lambda tx: tx.issues.followers(issue.id))
    return next(each for each in followers if each.person == floor.ids[name])


# --------------------------------------------------------------------------------------------------------- it works


async def test_the_reporters_yes_closes_it_and_those_whose_work_it_was_hear(floor: Floor) -> None:
    await fixed(floor)
    floor.now += timedelta(hours=1)
    assert "closed as fixed" in await yes(floor, MAYA)
    issue = await floor.issue()
    assert (issue.status, issue.verified_at, issue.closed_at) == (Status.VERIFIED, floor.now, floor.now)
    assert (issue.addressed_by, issue.missed_at) == (Help.FIX, None)
    assert floor.heard("the reporter confirms that it is fixed") == {ANA, SAM}
    assert not await floor.steps()


@pytest.mark.parametrize("who", [ANA, SAM, LEE, OMAR, ADA])
async def test_nobody_else_can_say_that_it_is_fixed(floor: Floor, who: str) -> None:
    await fixed(floor)
    with pytest.raises(Denied):
        await yes(floor, who)
    assert (await floor.issue()).status is Status.FIXED


@pytest.mark.parametrize("kind", [FixKind.PROCESS, FixKind.ANSWER])
async def test_a_yes_that_outruns_the_courier_counts_the_fix_as_arrived(floor: Floor, kind: FixKind) -> None:
    await floor.reported()
    floor.now += timedelta(hours=2)
    await on_its_way(floor, kind)
    assert (await floor.issue()).addressed_at is None
    await yes(floor, MAYA)
    issue = await floor.issue()
    by = Help.ANSWER if kind is FixKind.ANSWER else Help.FIX
    assert (issue.addressed_at, issue.asked_at, issue.addressed_by) == (floor.now, floor.now, by)
    assert (await floor.events())[-2:] == [Event.ADDRESSED, Event.CONFIRM]


async def test_a_yes_that_outruns_the_courier_after_the_deadline_is_a_miss(floor: Floor) -> None:
    issue = await floor.reported()
    floor.now += timedelta(hours=25)
    await on_its_way(floor)
    await yes(floor, MAYA)
    assert (await floor.issue()).missed_at == issue.due_at
    assert Event.MISSED in await floor.events()


async def test_what_was_only_worked_around_before_is_asked_about_from_the_yes_on(floor: Floor) -> None:
    await fixed(floor)
    await floor.alter(asked_at=None, addressed_by=Help.WORKAROUND)
    await yes(floor, MAYA)
    issue = await floor.issue()
    assert (issue.asked_at, issue.addressed_by) == (floor.now, Help.WORKAROUND)


async def test_whoever_fixed_their_own_report_cannot_confirm_it_and_it_ends_unverified(floor: Floor) -> None:
    await floor.reported(who=ANA)
    await fix(floor, ANA)
    assert "whoever fixes an issue cannot confirm it" in await yes(floor, ANA)
    assert (await floor.issue()).status is Status.FIXED
    await floor.pass_time(15 * 24)
    assert (await floor.issue()).status is Status.UNVERIFIED


async def test_where_its_reporter_fixed_it_the_earliest_me_too_judges(floor: Floor) -> None:
    await floor.reported(who=ANA)
    await floor.follows(MAYA)
    await fix(floor, ANA)
    assert "whoever fixes an issue cannot confirm it" in await yes(floor, ANA)
    await yes(floor, MAYA)
    issue = await floor.issue()
    assert (issue.status, issue.reporter) == (Status.VERIFIED, floor.ids[MAYA])


# --------------------------------------------------------------------------------------------------------- me too


async def test_a_followers_yes_is_noted_and_closes_nothing(floor: Floor) -> None:
    await floor.reported()
    await floor.follows(ADA)
    await fix(floor)
    assert "Only whoever reported it can close it" in await yes(floor, ADA)
    assert ((await floor.issue()).status, (await follower(floor, ADA)).says_fixed) == (Status.FIXED, True)


async def test_a_follower_has_nothing_to_judge_before_there_is_a_fix(floor: Floor) -> None:
    await floor.reported()
    await floor.follows(ADA)
    assert "Nothing was changed" in await yes(floor, ADA)
    assert "Nothing was changed" in await no(floor, ADA)
    assert (await follower(floor, ADA)).says_fixed is None


async def test_a_followers_no_opens_an_issue_of_its_own_and_the_other_stays(floor: Floor) -> None:
    await floor.reported(2)
    await floor.follows(ADA)
    old = await fix(floor)
    floor.now += timedelta(hours=90)
    said = await no(floor, ADA)
    new = await newest(floor, ADA)
    assert (new.again_of, new.status, new.severity) == (old.id, Status.REPORTED, Severity.BLOCKS_WORK)
    assert (new.reported_at, new.due_at, new.summary) == (floor.now, floor.now + new.target, old.summary)
    assert new.reference in said
    assert old.reference in said
    assert (await floor.issue()).status is Status.FIXED
    assert "nobody has taken it so far" in text(floor.chat.cards(BEN)[-1])


async def test_a_lead_who_follows_reopens_it_as_a_lead(floor: Floor) -> None:
    await fixed(floor)
    await floor.follows(LEE)
    await no(floor, LEE)
    assert (await floor.issue()).status is Status.TAKEN


async def nameless(floor: Floor, who: str) -> PersonId:
    person = await floor.person(who)
    handle = builders.handle(pilot=floor.pilot.id, unit=person.unit, identity=person.address)
    await floor.database.run(lambda tx: tx.handles.add(handle))
    return handle.id


async def test_whoever_said_me_too_without_a_name_answers_as_their_handle(floor: Floor) -> None:
    await floor.reported()
    handle, issue = await nameless(floor, ADA), await floor.issue()
    await floor.database.run(lambda tx: tx.issues.save_follower(Follower(issue.id, handle, floor.now)))
    await fix(floor)
    await yes(floor, ADA)
    issue_ = await floor.issue()
    (kept,) = await floor.read(lambda tx: tx.issues.followers(issue_.id))
    assert (kept.person, kept.says_fixed) == (handle, True)
    assert [row.who for row in await floor.history() if row.event is Event.ME_TOO] == [handle]
    with pytest.raises(Denied):
        await yes(floor, OMAR)


# ------------------------------------------------------------------------------------------------------ still broken


@pytest.mark.parametrize("who", [MAYA, ANA, LEE])
async def test_a_no_by_reporter_owner_or_lead_voids_the_stamp_and_keeps_the_owner(floor: Floor, who: str) -> None:
    await fixed(floor)
    floor.now += timedelta(hours=2)
    await no(floor, who, words="it went dark again")
    issue = await floor.issue()
    assert (issue.status, issue.addressed_at, issue.owner) == (Status.TAKEN, None, floor.ids[ANA])
    assert issue.waited == timedelta(hours=2)
    assert await planned(floor, Needs.UNANSWERED) == []
    assert floor.heard(f"{issue.reference}: still broken") == {ANA, SAM} - {who}
    assert floor.heard("They write: it went dark again") == {ANA, SAM} - {who}
    assert floor.heard("You need not answer") == {MAYA} - {who}


@pytest.mark.parametrize("who", [SAM, ROSA, BEN, ADA, OMAR])
async def test_a_no_of_nobody_else_counts(floor: Floor, who: str) -> None:
    await fixed(floor)
    with pytest.raises(Denied):
        await no(floor, who)
    assert (await floor.issue()).status is Status.FIXED


async def test_a_no_after_the_deadline_brings_the_miss_to_light(floor: Floor) -> None:
    await floor.reported()
    floor.now += timedelta(hours=5)
    await fix(floor)
    await floor.pass_time(25)
    assert (await floor.issue()).missed_at is None
    await no(floor, MAYA)
    issue = await floor.issue()
    assert issue.missed_at == issue.due_at
    assert floor.heard("not solved in time") == {MAYA}


async def test_a_no_of_a_question_whose_notice_is_not_settled_still_counts_as_asked(floor: Floor) -> None:
    await floor.reported()
    await on_its_way(floor)
    await no(floor, MAYA)
    issue = await floor.issue()
    assert (issue.asked_at, issue.addressed_at, issue.status) == (floor.now, None, Status.TAKEN)


async def handovers(floor: Floor) -> list[tuple[PersonId | None, Status, Status]]:
    return [(row.who, row.before, row.after) for row in await floor.history() if row.event is Event.HAND_OVER]


@pytest.mark.parametrize("gone", ["off duty", "away", "left"])
async def test_a_no_to_an_owner_who_is_not_there_goes_on_to_who_is(floor: Floor, gone: str) -> None:
    """Ben stands in on 4 West; Ana hears of it in her hours, unless she has left."""
    await fixed(floor, ANA)
    await floor.change(BEN, trained=True, unit=floor.units[WEST].id)
    until = floor.now + timedelta(days=1) if gone == "away" else None
    await floor.change(ANA, on_duty=gone != "off duty", away_until=until, active=gone != "left")
    before = len(floor.chat.at(ANA))
    reply = await no(floor, MAYA, words="it went dark again")
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.TAKEN, floor.ids[BEN])
    assert await handovers(floor) == [(None, Status.TAKEN, Status.TAKEN)]
    assert "Ben Storybook has been told." in reply
    assert BEN in floor.heard(f"{issue.reference} is yours now")
    assert BEN in floor.heard("They write: it went dark again")
    await floor.pass_time(40)
    assert (len(floor.chat.at(ANA)) > before) is (gone != "left")


async def test_a_no_while_nobody_is_there_is_nobodys_and_the_ladder_begins_anew(floor: Floor) -> None:
    await fixed(floor, ANA)
    floor.now += timedelta(hours=2)
    for name in (ANA, BEN, SAM, ROSA):
        await floor.change(name, on_duty=False)
    assert "It is open again." in await no(floor, MAYA)
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.REPORTED, None)
    assert await handovers(floor) == [(None, Status.TAKEN, Status.REPORTED)]
    assert {(Needs.UNOWNED.value, 2.0), (Needs.UNOWNED.value, 8.0)} <= await floor.hours_ahead()
    assert LEE in {each.ref.place.id for each in floor.chat.history}


async def test_an_owner_who_says_so_themselves_off_duty_keeps_it(floor: Floor) -> None:
    await fixed(floor, SAM)
    await floor.change(ANA, on_duty=False)
    await no(floor, ANA)
    assert (await floor.issue()).owner == floor.ids[ANA]
    assert await handovers(floor) == []


async def test_a_miss_that_a_no_brings_to_light_is_told_to_who_has_it_now(floor: Floor) -> None:
    await floor.reported()
    await fix(floor, ANA)
    await floor.pass_time(25)
    await floor.change(ANA, on_duty=False)
    await floor.change(ROSA, on_duty=False)
    await no(floor, MAYA)
    assert (await floor.issue()).owner == floor.ids[SAM]
    assert floor.heard("missed. Nothing that helps") >= {LEE, SAM}


async def test_a_no_of_what_follows_it_does_not_return_to_an_owner_who_is_not_there(floor: Floor) -> None:
    child = await fixed_with_child(floor)
    owner = (await floor.issue()).owner
    gone = next(name for name, person in floor.ids.items() if person == owner)
    await floor.change(gone, on_duty=False)
    await no(floor, ADA, child.id)
    apart = await floor.issue(child.id)
    assert apart.status is Status.TAKEN
    assert apart.owner not in {None, owner}


async def test_an_owners_press_on_an_old_card_does_nothing_and_the_reporters_counts(floor: Floor) -> None:
    await fixed(floor)
    await floor.does(LEE, severity.change, Event.CHANGE_SEVERITY, Severity.BLOCKS_WORK)
    stale = await floor.does(ANA, verdicts.still_broken, Event.STILL_BROKEN, version=1)
    assert "has changed since you saw that card" in text(stale)
    assert (await floor.issue()).status is Status.FIXED
    await floor.does(MAYA, verdicts.still_broken, Event.STILL_BROKEN, version=1)
    assert (await floor.issue()).status is Status.TAKEN


async def test_everybody_else_who_was_asked_hears_that_it_did_not_hold(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(BEN)
    await floor.follows(ADA)
    await fix(floor)
    await yes(floor, ADA)
    await no(floor, MAYA)
    assert floor.heard("You need not answer") == {ADA, BEN}
    assert floor.heard("Somebody else says that it is still broken") == {ADA, BEN}
    assert (await follower(floor, ADA)).says_fixed is None
    assert await planned(floor, Needs.UNANSWERED, child.id) == []
    question = next(card for card in floor.chat.cards(BEN) if "it did not hold" in card.title)
    assert buttons(question) == []


async def test_whoever_made_the_fix_hears_of_it_as_its_author_alone(floor: Floor) -> None:
    await floor.reported(who=ANA)
    await floor.follows(MAYA)
    await fix(floor, ANA)
    floor.now += timedelta(minutes=5)
    await no(floor, MAYA)
    assert floor.heard("The reporter says so") >= {ANA}
    assert floor.heard("You need not answer") == set()


async def test_a_reporter_who_was_still_asked_elsewhere_is_not_asked_again_after_a_no(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    await fix(floor)
    await no(floor, MAYA)
    await floor.pass_time(80)
    assert floor.heard("still waiting for your word") == set()
    assert (await floor.issue(child.id)).status is Status.MERGED


# ------------------------------------------------------------------------------------------------------ what follows


async def test_the_reporter_of_what_follows_it_judges_the_fix_for_themselves(floor: Floor) -> None:
    await fixed_with_child(floor)
    child = await newest(floor, ADA)
    assert "closed as fixed" in await yes(floor, ADA, child.id)
    child = await floor.issue(child.id)
    assert (child.status, child.verified_at, child.merged_into) == (
        Status.VERIFIED,
        floor.now,
        (await floor.issue()).id,
    )
    assert (await floor.issue()).status is Status.FIXED
    assert floor.heard(f"{child.reference}: the reporter confirms that it is fixed") == {ANA, SAM}


async def fixed_with_child(floor: Floor) -> Issue:
    await floor.reported()
    await floor.does(ANA, work.take, Event.TAKE)
    child = await floor.merged(
        ADA, unit=ICU, reported_at=floor.now + timedelta(hours=1), due_at=floor.now + timedelta(hours=25)
    )
    await fix(floor)
    return child


async def test_what_follows_it_can_be_confirmed_after_the_other_has_closed(floor: Floor) -> None:
    child = await fixed_with_child(floor)
    await yes(floor, MAYA)
    assert (await floor.issue(child.id)).status is Status.MERGED
    await yes(floor, ADA, child.id)
    assert (await floor.issue(child.id)).status is Status.VERIFIED


async def test_what_follows_it_cannot_be_confirmed_before_there_is_a_fix(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    assert "Nothing was changed" in await yes(floor, ADA, child.id)
    assert "Nothing was changed" in await no(floor, ADA, child.id)
    assert (await floor.issue(child.id)).status is Status.MERGED


async def test_whoever_fixed_the_survivor_cannot_confirm_their_own_report_of_the_same(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ROSA)
    await fix(floor, ROSA)
    assert "whoever fixes an issue cannot confirm it" in await yes(floor, ROSA, child.id)
    assert (await floor.issue(child.id)).status is Status.MERGED


async def test_a_no_of_what_follows_it_parts_them_with_its_own_first_clock(floor: Floor) -> None:
    child = await fixed_with_child(floor)
    own = child.due_at
    floor.now += timedelta(hours=3)
    said = await no(floor, ADA, child.id)
    child = await floor.issue(child.id)
    assert (child.status, child.owner, child.merged_into) == (Status.TAKEN, floor.ids[ANA], None)
    assert (child.due_at, child.missed_at) == (own, None)
    assert (await floor.issue()).status is Status.FIXED
    assert "noted, it is still broken" in said
    assert (Needs.UNADDRESSED, floor.hours(own)) in await floor.hours_ahead(child.id)


async def test_a_no_of_what_follows_it_after_its_own_deadline_is_a_miss_at_once(floor: Floor) -> None:
    child = await fixed_with_child(floor)
    await floor.pass_time(30)
    await no(floor, ADA, child.id)
    child = await floor.issue(child.id)
    assert child.missed_at == child.due_at
    assert floor.heard(f"{child.reference}: not solved in time") == {ADA}


async def test_silence_ends_what_follows_it_unverified(floor: Floor) -> None:
    child = await fixed_with_child(floor)
    await floor.pass_time(15 * 24)
    assert (await floor.issue(child.id)).status is Status.UNVERIFIED
    assert floor.heard("closed without your answer") == {MAYA, ADA}


# ------------------------------------------------------------------------------------------------------ it comes back


@pytest.mark.parametrize("status", [Status.VERIFIED, Status.UNVERIFIED, Status.WITHDRAWN, Status.DECLINED])
async def test_what_was_closed_stays_closed_and_comes_back_as_a_new_issue(floor: Floor, status: Status) -> None:
    await fixed(floor)
    old = await floor.alter(status=status, closed_at=floor.now)
    floor.now += timedelta(hours=90)
    said = await no(floor, MAYA)
    new = await newest(floor, MAYA)
    assert (new.again_of, new.due_at) == (old.id, deadline.due_at(floor.now, old.target))
    assert f"{new.reference} is open: {old.reference} came back" in said
    assert (await floor.issue()) == old


async def test_said_twice_it_comes_back_once(floor: Floor) -> None:
    await fixed(floor)
    await yes(floor, MAYA)
    await no(floor, MAYA)
    new = await newest(floor, MAYA)
    assert f"{new.reference} is open already" in await no(floor, MAYA)
    assert await newest(floor, MAYA) == new


async def test_what_comes_back_and_puts_a_patient_at_risk_says_that_nobody_was_sent(floor: Floor) -> None:
    await floor.reported(1)
    await fix(floor)
    await yes(floor, MAYA)
    assert "Nobody has been sent to the bedside" in await no(floor, MAYA)
    assert (await newest(floor, MAYA)).severity is Severity.PATIENT_AT_RISK


@pytest.mark.parametrize("who", [ANA, LEE])
async def test_owner_and_lead_do_not_open_it_in_the_reporters_place(floor: Floor, who: str) -> None:
    await fixed(floor)
    await yes(floor, MAYA)
    assert "Nothing was changed" in await no(floor, who)
    assert len(await floor.read(lambda tx: tx.issues.reported_in(floor.pilot.id))) == 1


async def test_without_a_name_it_comes_back_without_a_name(floor: Floor) -> None:
    handle = await nameless(floor, MAYA)
    await floor.reported(reporter=handle, nameless=True)
    await fix(floor)
    await floor.pass_time(15 * 24)
    old = await floor.issue()
    assert old.status is Status.UNVERIFIED
    closing = next(card for card in floor.chat.cards(MAYA) if "closed without your answer" in card.title)
    (button,) = buttons(closing)
    assert button.action == DoAs(Event.STILL_BROKEN, old.id, handle)

    def again(tx: Transaction) -> str:
        wanted = Do(Event.STILL_BROKEN, old.id, old.version)
        return text(verdicts.still_broken(tx, tx.people.get(handle), wanted, floor.now))

    await floor.run(again)
    (new, _) = await floor.read(lambda tx: tx.issues.of_reporter(handle, 5))
    assert (new.nameless, new.again_of, new.reported_at.minute) == (True, old.id, 0)


# ------------------------------------------------------------------------------------------------------ later, silence


async def later(floor: Floor, who: str = MAYA, which: IssueId | None = None) -> str:
    return text(await floor.does(who, verdicts.next_shift, Event.NEXT_SHIFT, which=which))


async def test_asked_to_wait_it_asks_at_the_next_shift_and_silence_ends_it_when_it_would_have(floor: Floor) -> None:
    await fixed(floor)  # at noon UTC, seven in the morning there; without a rota, shifts begin at 07:30 and 19:30
    before = dict(await planned(floor, Needs.UNANSWERED))[Deed.SILENCE]
    said = await later(floor)
    assert "tomorrow, Tue 07:30" in said
    again = [hours for deed, hours in await planned(floor, Needs.UNANSWERED) if deed is Deed.ASK_AGAIN]
    assert again == [24.5, 72.5]
    assert dict(await planned(floor, Needs.UNANSWERED))[Deed.SILENCE] == before == 14 * 24
    await floor.pass_time(24)
    assert floor.heard("still waiting for your word") == set()
    await floor.pass_time(1)
    assert floor.heard("still waiting for your word") == {MAYA}


async def test_the_next_shift_is_that_of_the_rota(floor: Floor) -> None:
    begins = floor.now + timedelta(days=3)
    shift = builders.shift(
        person=floor.ids[MAYA], unit=floor.units[WEST].id, starts_at=begins, ends_at=begins + timedelta(hours=12)
    )
    await floor.database.run(lambda tx: tx.rota.replace(floor.pilot.id, begins, begins + timedelta(hours=1), [shift]))
    await fixed(floor)
    await later(floor)
    assert (Deed.ASK_AGAIN, 72) in await planned(floor, Needs.UNANSWERED)
    assert (Deed.SILENCE, 7 * 24) in await planned(floor, Needs.UNANSWERED)


async def test_it_is_not_asked_again_after_silence_has_ended_it(floor: Floor) -> None:
    begins = floor.now + timedelta(days=6)
    shift = builders.shift(
        person=floor.ids[MAYA], unit=floor.units[WEST].id, starts_at=begins, ends_at=begins + timedelta(hours=12)
    )
    await floor.database.run(lambda tx: tx.rota.replace(floor.pilot.id, begins, begins + timedelta(hours=1), [shift]))
    await fixed(floor)
    await later(floor)
    assert await planned(floor, Needs.UNANSWERED) == [(Deed.ASK_AGAIN, 6 * 24), (Deed.SILENCE, 7 * 24)]


async def test_a_shift_after_the_end_of_silence_moves_that_end(floor: Floor) -> None:
    await fixed(floor)
    begins = floor.now + timedelta(days=20)
    shift = builders.shift(
        person=floor.ids[MAYA], unit=floor.units[WEST].id, starts_at=begins, ends_at=begins + timedelta(hours=12)
    )
    await floor.database.run(lambda tx: tx.rota.replace(floor.pilot.id, begins, begins + timedelta(hours=1), [shift]))
    await later(floor)
    steps = await planned(floor, Needs.UNANSWERED)
    assert (Deed.ASK_AGAIN, 20 * 24) in steps
    assert dict(steps)[Deed.SILENCE] > 20 * 24


async def test_asking_to_wait_shows_that_the_fix_has_arrived(floor: Floor) -> None:
    await floor.reported()
    await on_its_way(floor)
    await later(floor)
    assert (await floor.issue()).addressed_at == floor.now


async def test_asking_to_wait_is_for_the_reporter_and_not_for_whoever_fixed_it(floor: Floor) -> None:
    await floor.reported(who=ANA)
    await fix(floor, ANA)
    assert "whoever fixes an issue cannot confirm it" in await later(floor, ANA)
    with pytest.raises(Denied):
        await later(floor, LEE)


async def test_of_what_follows_another_one_the_reporter_asks_to_wait_too(floor: Floor) -> None:
    child = await fixed_with_child(floor)
    await later(floor, ADA, child.id)
    assert (Deed.ASK_AGAIN, 24.5) in await planned(floor, Needs.UNANSWERED, child.id)
    assert (await floor.issue(child.id)).status is Status.MERGED


async def test_silence_says_so_and_one_tap_opens_it_again(floor: Floor) -> None:
    await fixed(floor)
    await floor.pass_time(15 * 24)
    assert (await floor.issue()).status is Status.UNVERIFIED
    closing = next(card for card in floor.chat.cards(MAYA) if "closed without your answer" in card.title)
    assert events_on(closing) == {Event.STILL_BROKEN}
    start = (await floor.issue()).reported_at
    again = [row.at - start for row in await floor.history() if row.event is Event.ASKED_AGAIN]
    assert again == [timedelta(hours=24), timedelta(hours=72)]
