"""Several report the same: found alike, "me too", merged and apart again; and what happens when one is withdrawn."""
# ruff: noqa: ANN401 - any field of an issue may be given

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import (
    declines,
    fixes,
    history,
    issues,
    ladder,
    merges,
    questions,
    severity,
    vendors,
    withdrawals,
    work,
    workarounds,
)
from bot.actions import Do, DoAs
from bot.cards import Card, Form
from bot.errors import Denied
from bot.model import (
    Event,
    FixKind,
    Issue,
    IssueId,
    Needs,
    Outcome,
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


async def two(floor: Floor, apart: float = 1, **given: Any) -> tuple[Issue, Issue]:
    """One, and another by Ada in the ICU so many hours later, which is the one that tests merge into it."""
    into = await floor.reported()
    await floor.pass_time(apart)
    floor.issue_id = None
    child = await floor.reported(who=ADA, words="it beeps here too", unit=ICU, **given)
    return into, child


async def merge(floor: Floor, into: Issue, who: str = LEE, which: IssueId | None = None) -> Card:
    target = await floor.issue(into.id)
    return await floor.does(who, merges.merge, Event.MERGE, target, which=which)


async def split(floor: Floor, who: str, which: IssueId | None = None) -> str:
    return text(await floor.does(who, merges.split, Event.UNMERGE, which=which))


async def withdraw(floor: Floor, who: str, which: IssueId | None = None) -> str:
    return text(await floor.does(who, withdrawals.withdraw, Event.WITHDRAW, which=which))


async def me_too(floor: Floor, who: str, which: IssueId | None = None) -> str:
    return text(await floor.does(who, merges.also, Event.ME_TOO, which=which))


async def fix(floor: Floor, which: IssueId, who: str = SAM) -> None:
    await floor.does(who, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS, which=which)


async def followers(floor: Floor, which: IssueId) -> list[PersonId]:
    return [each.person for each in await floor.read(lambda tx: tx.issues.followers(which))]


async def nameless(floor: Floor, who: str) -> PersonId:
    person = await floor.person(who)
    handle = builders.handle(pilot=floor.pilot.id, unit=person.unit, identity=person.address)
    await floor.database.run(lambda tx: tx.handles.add(handle))
    return handle.id


async def waits_for(floor: Floor, which: IssueId) -> set[Needs]:
    """What its planned steps need, whether or not they would be taken now."""
    return {each.needs for each in await floor.read(lambda tx: tx.issues.steps(which)) if each.outcome is None}


# ------------------------------------------------------------------------------------------------------------- alike


async def filed(floor: Floor, words: str, who: str = MAYA, level: int = 3) -> Issue:
    """Through the front door, so that it can be found."""
    await floor.run(
        lambda tx: issues.report(tx, tx.people.get(floor.ids[who]), words, Severity(level), floor.now, start=floor.now)
    )
    return max(await floor.read(lambda tx: tx.issues.reported_in(floor.pilot.id)), key=lambda each: each.number)


async def alike(floor: Floor, words: str) -> list[int]:
    return [each.number for each in await floor.read(lambda tx: merges.likely(tx, floor.pilot, words))]


async def test_what_may_be_the_same_is_found_in_other_words(floor: Floor) -> None:
    await filed(floor, "the label printer prints blank labels")
    await filed(floor, "the tablet freezes during rounds")
    assert await alike(floor, "labels come out empty at the station printer") == [1]
    assert await alike(floor, "nobody answers at the lobby") == []


async def test_at_most_three_open_ones_are_named(floor: Floor) -> None:
    for _ in range(5):
        await filed(floor, "the label printer prints blank labels")
    assert len(await alike(floor, "blank labels again at the label printer")) == 3
    for issue in await floor.read(lambda tx: tx.issues.reported_in(floor.pilot.id)):
        closed = replace(issue, status=Status.VERIFIED, closed_at=floor.now)
        await floor.database.run(lambda tx, closed=closed: tx.issues.save(closed))  # type: ignore[misc]
    assert await alike(floor, "blank labels again at the label printer") == []


async def test_a_declared_outage_stands_first_though_it_is_less_alike(floor: Floor) -> None:
    wide = await filed(floor, "all barcode scanners on both wards went down at once after the update of the night")
    near = await filed(floor, "scanner beeps and does not scan the wet wristband")
    words = "the scanner does not scan a wet wristband"
    assert await alike(floor, words) == [near.number]
    await floor.database.run(lambda tx: tx.issues.save(replace(wide, outage=True)))
    assert await alike(floor, words) == [wide.number, near.number]


async def test_what_follows_another_one_leads_to_that_one(floor: Floor) -> None:
    into = await filed(floor, "the tablet freezes during rounds")
    child = await filed(floor, "the label printer prints blank labels")
    await merge(floor, into, which=child.id)
    assert await alike(floor, "blank labels at the label printer") == [into.number]


# ------------------------------------------------------------------------------------------------------------ me too


async def test_a_me_too_follows_it_and_is_told_what_is_known(floor: Floor) -> None:
    issue = await floor.reported()
    version = issue.version
    said = await me_too(floor, ADA)
    assert await followers(floor, issue.id) == [floor.ids[ADA]]
    assert "noted, it concerns you too" in said
    assert floor.heard("You said «me too» to this") == {ADA}
    assert "People affected\n2" in text(floor.chat.cards(WEST)[0])
    assert (await floor.issue()).version == version
    assert (await floor.events())[-1] is Event.ME_TOO


async def test_a_me_too_is_told_the_workaround_that_is_in_place(floor: Floor) -> None:
    await floor.reported()
    await floor.does(ANA, workarounds.offer, Event.WORK_AROUND, "use the pump by the window", "")
    await me_too(floor, ADA)
    assert ADA in floor.heard("use the pump by the window")


async def test_said_twice_it_counts_once(floor: Floor) -> None:
    issue = await floor.reported()
    first, second = await me_too(floor, ADA), await me_too(floor, ADA)
    assert "noted, it concerns you too" in first
    assert "You said «me too» to this" in second
    assert await followers(floor, issue.id) == [floor.ids[ADA]]
    assert (await floor.events()).count(Event.ME_TOO) == 1


async def test_ones_own_report_needs_no_me_too(floor: Floor) -> None:
    issue = await floor.reported()
    assert "is your own report" in await me_too(floor, MAYA)
    assert await followers(floor, issue.id) == []


async def test_a_me_too_to_what_follows_another_one_follows_that_one(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    await me_too(floor, OMAR, child.id)
    assert await followers(floor, into.id) == [floor.ids[OMAR]]
    assert await followers(floor, child.id) == []


async def test_a_me_too_to_what_is_closed_is_asked_to_report_it(floor: Floor) -> None:
    issue = await floor.reported()
    await withdraw(floor, MAYA)
    assert "If you have it now, please report it" in await me_too(floor, ADA)
    assert await followers(floor, issue.id) == []


async def test_nobody_of_another_pilot_says_me_too(floor: Floor) -> None:
    await floor.reported()
    stranger = builders.person(pilot=builders.pilot().id)
    issue = await floor.issue()
    with pytest.raises(Denied):
        await floor.run(lambda tx: merges.me_too(tx, stranger, issue, floor.now))


async def test_without_a_name_the_handle_follows_and_its_hour_is_all_that_is_kept(floor: Floor) -> None:
    issue = await floor.reported()
    handle = await nameless(floor, ADA)
    floor.now += timedelta(minutes=47)
    await floor.run(lambda tx: merges.me_too(tx, tx.people.get(handle), issue, floor.now))
    (follower,) = await floor.read(lambda tx: tx.issues.followers(issue.id))
    assert (follower.person, follower.since.minute) == (handle, 0)
    assert floor.heard("You said «me too» to this") == {ADA}
    rows = await floor.history()
    assert {row.who for row in rows} == {floor.ids[MAYA], handle}


# -------------------------------------------------------------------------------------------------------- the same as


async def same(floor: Floor, child: Issue, into: Issue, who: PersonId) -> str:
    def joined(tx: Transaction) -> str:
        return text(
            withdrawals.same(tx, tx.people.get(who), tx.issues.get(child.id), tx.issues.get(into.id), floor.now)
        )

    return await floor.run(joined)


async def test_the_reporter_joins_another_one_and_their_own_is_withdrawn(floor: Floor) -> None:
    into, child = await two(floor)
    said = await same(floor, child, into, floor.ids[ADA])
    own = await floor.issue(child.id)
    assert (own.status, own.merged_into) == (Status.WITHDRAWN, None)
    assert await followers(floor, into.id) == [floor.ids[ADA]]
    assert f"{child.reference} is withdrawn: you follow {into.reference} now" in said
    assert (await floor.history(child.id))[-1].words == into.reference
    assert (await floor.issue(into.id)).due_at == into.due_at


async def test_who_joins_with_worse_makes_it_worse_and_those_who_should_hear(floor: Floor) -> None:
    into, child = await two(floor, level=1)
    floor.chat.history.clear()
    await same(floor, child, into, floor.ids[ADA])
    survivor = await floor.issue(into.id)
    assert survivor.severity is Severity.PATIENT_AT_RISK
    row = next(each for each in await floor.history(into.id) if each.event is Event.CHANGE_SEVERITY)
    assert row.who is None
    assert child.reference in row.words
    assert {ANA, SAM, ROSA, LEE} <= floor.heard(f"{into.reference}:")


async def test_nobody_joins_for_the_reporter(floor: Floor) -> None:
    into, child = await two(floor)
    with pytest.raises(Denied):
        await same(floor, child, into, floor.ids[LEE])


async def test_one_joins_nothing_that_is_closed(floor: Floor) -> None:
    into, child = await two(floor)
    await withdraw(floor, MAYA, into.id)
    assert "nothing was merged" in await same(floor, child, into, floor.ids[ADA])
    assert (await floor.issue(child.id)).status is Status.REPORTED


async def test_who_joins_without_a_name_can_still_be_reached_there(floor: Floor) -> None:
    handle = await nameless(floor, ADA)
    into, child = await two(floor, reporter=handle, nameless=True)
    await same(floor, child, into, handle)
    due = await floor.read(lambda tx: tx.agenda.due(floor.now + timedelta(days=99), 99))
    assert history.IDENTITY not in {each.kind for each in due}


# ----------------------------------------------------------------------------------------------------------- merging


@pytest.mark.parametrize("who", [BEN, SAM, LEE])
async def test_what_is_merged_follows_and_has_no_owner_of_its_own(floor: Floor, who: str) -> None:
    into, child = await two(floor)
    await floor.does(BEN, work.take, Event.TAKE)
    said = text(await merge(floor, into, who))
    child = await floor.issue()
    assert (child.status, child.merged_into, child.owner) == (Status.MERGED, into.id, None)
    assert f"{child.reference} follows {into.reference} now" in said
    assert [row.words for row in await floor.history(child.id) if row.event is Event.MERGE] == [into.reference]
    rows = [row for row in await floor.history(into.id) if row.event is Event.MERGE]
    assert [(row.before, row.after, row.words) for row in rows] == [(Status.REPORTED, Status.REPORTED, child.reference)]


@pytest.mark.parametrize("who", [MAYA, ADA, ANA, OMAR])
async def test_only_those_who_can_help_merge_it(floor: Floor, who: str) -> None:
    into, _ = await two(floor)
    with pytest.raises(Denied):
        await merge(floor, into, who)


async def test_the_survivor_takes_the_earliest_start_of_all(floor: Floor) -> None:
    later, earlier = await two(floor, reported_at=builders.NOON - 3 * builders.HOUR)
    await merge(floor, later)
    survivor = await floor.issue(later.id)
    assert survivor.started_at == earlier.reported_at == later.reported_at - timedelta(hours=3)
    assert survivor.reported_at == later.reported_at
    assert (Needs.UNADDRESSED, 20.0) in await floor.hours_ahead(later.id)


async def test_a_later_start_moves_nothing(floor: Floor) -> None:
    into, _ = await two(floor)
    await merge(floor, into)
    assert (await floor.issue(into.id)).due_at == into.due_at


async def test_an_earlier_clock_that_has_run_out_is_a_miss_at_once(floor: Floor) -> None:
    into, _ = await two(floor, reported_at=builders.NOON - 30 * builders.HOUR)
    await merge(floor, into)
    survivor = await floor.issue(into.id)
    assert survivor.missed_at == survivor.due_at == builders.NOON - 6 * builders.HOUR
    assert floor.heard(f"{into.reference}: not solved in time") == {MAYA}


async def test_help_that_came_in_time_for_one_clock_and_too_late_for_the_earlier_is_a_miss(floor: Floor) -> None:
    into = await floor.reported()
    floor.now += timedelta(hours=20)
    await fix(floor, into.id)
    floor.issue_id = None
    await floor.reported(who=ADA, unit=ICU, reported_at=builders.NOON - 5 * builders.HOUR)
    await merge(floor, into)
    survivor = await floor.issue(into.id)
    assert survivor.addressed_at is not None
    assert survivor.missed_at == builders.NOON + 19 * builders.HOUR


async def test_help_that_came_in_time_for_both_clocks_is_no_miss_however_late_they_are_merged(floor: Floor) -> None:
    into = await floor.reported()
    floor.now += timedelta(hours=5)
    await fix(floor, into.id)
    await floor.pass_time(25)
    floor.issue_id = None
    await floor.reported(who=ADA, unit=ICU, reported_at=builders.NOON - 3 * builders.HOUR)
    await merge(floor, into)
    survivor = await floor.issue(into.id)
    assert (survivor.started_at, survivor.missed_at) == (builders.NOON - 3 * builders.HOUR, None)


async def test_the_worse_of_the_two_is_how_bad_it_is_and_the_history_says_why(floor: Floor) -> None:
    into, child = await two(floor, level=2)
    await merge(floor, into)
    survivor = await floor.issue(into.id)
    assert (survivor.severity, survivor.queued) == (Severity.BLOCKS_WORK, True)
    row = next(each for each in await floor.history(into.id) if each.event is Event.CHANGE_SEVERITY)
    assert row.who is None
    assert row.words.endswith(f"{child.reference}, which says the same, was reported as this bad.")


async def test_a_milder_one_makes_nothing_milder(floor: Floor) -> None:
    into, _ = await two(floor, level=4)
    await merge(floor, into)
    assert (await floor.issue(into.id)).severity is Severity.SLOWS_WORK


async def test_its_reporter_is_told_as_what_it_is_worked_on_and_can_object(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    told = next(
        card for card in floor.chat.cards(ADA) if card.title == f"{child.reference}: worked on as {into.reference}"
    )
    assert into.summary in text(told)
    (button,) = buttons(told)
    assert (button.label, button.action) == ("No, mine is different", Do(Event.UNMERGE, child.id, child.version + 1))
    assert floor.heard("worked on as") == {ADA}


async def test_without_a_name_the_reporter_is_told_as_well(floor: Floor) -> None:
    handle = await nameless(floor, ADA)
    into, child = await two(floor, reporter=handle, nameless=True)
    await merge(floor, into)
    told = next(card for card in floor.chat.cards(ADA) if "worked on as" in card.title)
    assert [each.action for each in buttons(told)] == [DoAs(Event.UNMERGE, child.id, handle)]


async def test_who_had_it_and_who_has_the_other_one_are_told(floor: Floor) -> None:
    into, child = await two(floor)
    await floor.does(BEN, work.take, Event.TAKE)
    await floor.does(ANA, work.take, Event.TAKE, which=into.id)
    await merge(floor, into, SAM)
    assert floor.heard(f"{child.reference} follows {into.reference} now") == {BEN}
    assert floor.heard(f"{into.reference}: {child.reference} is the same") == {ANA}


async def test_what_it_waited_for_is_over(floor: Floor) -> None:
    into, child = await two(floor)
    await floor.does(BEN, questions.ask, Event.ASK, "which pump?")
    await floor.does(BEN, workarounds.offer, Event.WORK_AROUND, "skip the scan", "")
    await merge(floor, into)
    assert not {Needs.UNINFORMED, Needs.WITH_VENDOR, Needs.UNCHECKED} & await waits_for(floor, child.id)
    assert await floor.steps(child.id) == ()
    assert (await floor.issue()).waiting_since is None


async def test_a_vendor_is_not_waited_for_by_what_follows_another_one(floor: Floor) -> None:
    into, child = await two(floor)
    await floor.does(SAM, vendors.send, Event.SEND_TO_VENDOR, "Invented Pumps", "", "")
    await merge(floor, into)
    (wait,) = await floor.read(lambda tx: tx.issues.vendor_waits(child.id))
    assert wait.until == floor.now


async def test_while_it_follows_nothing_of_its_own_ladder_is_done(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    await floor.pass_time(60)
    own = await floor.read(lambda tx: tx.issues.steps(child.id))
    assert {each.outcome for each in own if each.done_at} == {Outcome.NOT_NEEDED}
    assert (await floor.issue(child.id)).missed_at is None
    assert Event.MISSED in await floor.events(into.id)


async def test_who_said_me_too_stays_with_it_and_is_asked_with_it(floor: Floor) -> None:
    into, child = await two(floor)
    await me_too(floor, OMAR)
    await merge(floor, into)
    assert await followers(floor, child.id) == [floor.ids[OMAR]]
    await fix(floor, into.id)
    assert floor.heard(f"{child.reference}: fixed for you too?") == {OMAR}


async def test_merged_into_what_is_fixed_its_reporter_is_asked_at_once(floor: Floor) -> None:
    into, child = await two(floor)
    await fix(floor, into.id)
    await merge(floor, into)
    assert f"{child.reference}: fixed for you?" in floor.chat.at(ADA)
    child = await floor.issue(child.id)
    assert (child.fixer, child.asked_at) == (floor.ids[SAM], floor.now)
    assert {(needs, hours) for needs, hours in await floor.hours_ahead(child.id) if needs is Needs.UNANSWERED} == {
        (Needs.UNANSWERED, 24), (Needs.UNANSWERED, 72), (Needs.UNANSWERED, 14 * 24)
    }  # fmt: skip


async def test_merged_into_what_is_worked_around_its_reporter_hears_how(floor: Floor) -> None:
    into, _ = await two(floor)
    await floor.does(SAM, workarounds.offer, Event.WORK_AROUND, "use the pump by the window", "", which=into.id)
    await merge(floor, into)
    assert ADA in floor.heard("use the pump by the window")


async def test_what_followed_it_follows_the_survivor_itself(floor: Floor) -> None:
    into, middle = await two(floor)
    floor.issue_id = None
    last = await floor.reported(who=BEN, unit=ICU, reported_at=builders.NOON - 2 * builders.HOUR)
    await merge(floor, middle)
    await merge(floor, into, which=middle.id)
    assert (await floor.issue(last.id)).merged_into == into.id
    assert (await floor.issue(into.id)).started_at == last.reported_at
    assert (await floor.issue(middle.id)).due_at == middle.due_at
    assert floor.heard(f"{last.reference}: worked on as {into.reference}") == {BEN}


async def test_merged_into_what_follows_another_one_it_follows_the_last(floor: Floor) -> None:
    into, middle = await two(floor)
    await merge(floor, into)
    floor.issue_id = None
    last = await floor.reported(who=BEN, unit=ICU)
    await merge(floor, middle)
    assert (await floor.issue(last.id)).merged_into == into.id


async def typed(floor: Floor, words: str, who: str = LEE) -> Card | Form:
    return await floor.does(who, merges.merge_typed, Event.MERGE, words)


@pytest.mark.parametrize("how", ["{key}-{number}", "#{number}", "{number}", " {key} – {number} "])
async def test_the_other_one_can_be_typed(floor: Floor, how: str) -> None:
    into, _ = await two(floor)
    await typed(floor, how.format(key=into.key.lower(), number=into.number))
    assert (await floor.issue()).merged_into == into.id


async def test_a_reference_that_leads_nowhere_is_said_beside_the_field(floor: Floor) -> None:
    await two(floor)
    for words in ("MAR-999999", "ICU-1", "the other one", ""):
        form = await typed(floor, words)
        assert isinstance(form, Form)
        assert form.errors == {"into": "There is no such issue here. Please check the number."}
        assert form.fields[0].value == words
    assert (await floor.issue()).status is Status.REPORTED


async def test_it_does_not_follow_itself_nor_in_a_circle(floor: Floor) -> None:
    into, child = await two(floor)
    assert "That is the same issue" in text(await typed(floor, child.reference))
    await merge(floor, into)
    assert "That is the same issue" in text(await merge(floor, child, which=into.id))
    assert (await floor.issue(into.id)).status is Status.REPORTED


async def test_it_does_not_follow_what_is_closed(floor: Floor) -> None:
    into, _ = await two(floor)
    await withdraw(floor, MAYA, into.id)
    assert f"{into.reference} is closed" in text(await merge(floor, into))
    assert (await floor.issue()).status is Status.REPORTED


async def test_of_another_pilot_nothing_is_said(floor: Floor) -> None:
    await two(floor)
    stranger = builders.issue(pilot=builders.pilot().id)
    told = text(await floor.does(LEE, merges.merge, Event.MERGE, stranger))
    assert "There is no such issue here" in told
    assert stranger.summary not in told


async def test_a_press_on_an_old_card_merges_nothing(floor: Floor) -> None:
    into, _ = await two(floor)
    await floor.does(BEN, work.take, Event.TAKE)
    told = await floor.does(LEE, merges.merge, Event.MERGE, await floor.issue(into.id), version=1)
    assert "has changed since you saw that card" in text(told)


async def test_the_form_names_those_that_may_be_meant(floor: Floor) -> None:
    near = await filed(floor, "the label printer prints blank labels")
    issue = await filed(floor, "blank labels come out of the label printer")
    form = await floor.does(LEE, merges.form, Event.MERGE, which=issue.id)
    assert isinstance(form, Form)
    assert near.reference in form.intro
    assert issue.reference not in form.intro.replace(form.title, "")


# ------------------------------------------------------------------------------------------------------- apart again


async def apart_after(floor: Floor, hours: float, who: str = ADA, **given: Any) -> tuple[Issue, Issue]:
    into, child = await two(floor, **given)
    await merge(floor, into)
    await floor.pass_time(hours)
    await split(floor, who)
    return await floor.issue(into.id), await floor.issue(child.id)


@pytest.mark.parametrize("who", [ADA, BEN, SAM, LEE])
async def test_apart_again_it_has_its_own_first_clock(floor: Floor, who: str) -> None:
    into, child = await apart_after(floor, 7, who, reported_at=builders.NOON - 3 * builders.HOUR)
    assert (child.status, child.merged_into) == (Status.REPORTED, None)
    assert child.due_at == child.reported_at + child.target
    assert into.due_at == into.reported_at + into.target
    assert (Needs.UNADDRESSED, floor.hours(child.due_at)) in await floor.hours_ahead(child.id)
    assert (Needs.UNADDRESSED, floor.hours(into.due_at)) in await floor.hours_ahead(into.id)


async def test_apart_again_it_is_the_survivors_owners(floor: Floor) -> None:
    into, _ = await two(floor)
    await merge(floor, into)
    await floor.does(ANA, work.take, Event.TAKE, which=into.id)
    said = await split(floor, ADA)
    child = await floor.issue()
    assert (child.status, child.owner) == (Status.TAKEN, floor.ids[ANA])
    assert "Ana Fable has it" in said
    assert ANA in floor.heard(child.reference)


async def test_nobodys_again_it_is_put_before_those_who_can_help(floor: Floor) -> None:
    _, child = await apart_after(floor, 3)
    assert BEN in floor.heard(f"{child.reference}: an issue of its own again") | floor.heard(
        "nobody has taken it so far"
    )
    assert (Needs.UNOWNED, 2.0) in await floor.hours_ahead(child.id)


async def test_its_reporter_hears_where_somebody_else_did_it(floor: Floor) -> None:
    _, child = await apart_after(floor, 3, LEE)
    assert floor.heard(f"{child.reference}: worked on by itself again") == {ADA}
    floor.chat.history.clear()
    await merge(floor, await floor.issue((await two(floor))[0].id), which=child.id)
    await split(floor, ADA, child.id)
    assert floor.heard("worked on by itself again") == set()


async def test_apart_again_after_its_own_deadline_it_is_a_miss_at_once(floor: Floor) -> None:
    _, child = await apart_after(floor, 30)
    assert child.missed_at == child.due_at
    assert floor.heard(f"{child.reference}: not solved in time") == {ADA}
    assert (await floor.events(child.id))[-2:] == [Event.UNMERGE, Event.MISSED]


async def test_a_miss_that_is_on_record_stays_when_the_clock_goes_back(floor: Floor) -> None:
    into, child = await apart_after(floor, 22, reported_at=builders.NOON - 3 * builders.HOUR)
    assert into.missed_at == builders.NOON + 21 * builders.HOUR
    assert into.due_at == builders.NOON + 24 * builders.HOUR
    assert child.missed_at == child.due_at


async def test_what_has_gone_keeps_its_clock_with_those_who_stay(floor: Floor) -> None:
    into, early = await two(floor, reported_at=builders.NOON - 3 * builders.HOUR)
    await merge(floor, into)
    floor.issue_id = None
    await floor.reported(who=BEN, unit=ICU, reported_at=builders.NOON - 1 * builders.HOUR)
    await merge(floor, into)
    assert (await floor.issue(into.id)).started_at == early.reported_at
    await split(floor, LEE, early.id)
    assert (await floor.issue(into.id)).started_at == builders.NOON - 1 * builders.HOUR


async def test_one_that_was_confirmed_meanwhile_still_counts_for_the_clock(floor: Floor) -> None:
    into, early = await two(floor, reported_at=builders.NOON - 3 * builders.HOUR)
    await merge(floor, into)
    done = replace(await floor.issue(early.id), status=Status.VERIFIED, closed_at=floor.now)
    await floor.database.run(lambda tx: tx.issues.save(done))
    floor.issue_id = None
    await floor.reported(who=BEN, unit=ICU, reported_at=builders.NOON - 3 * builders.HOUR)
    await merge(floor, into)
    await split(floor, LEE)
    assert (await floor.issue(into.id)).started_at == early.reported_at


async def test_a_workaround_that_waited_waits_again_for_its_check(floor: Floor) -> None:
    into, child = await two(floor)
    await floor.does(BEN, workarounds.offer, Event.WORK_AROUND, "skip the scan", "")
    await merge(floor, into)
    await split(floor, LEE)
    assert (Needs.UNCHECKED, 4.0) in await floor.hours_ahead(child.id)


async def test_an_idea_has_no_ladder_after_it_either(floor: Floor) -> None:
    into, child = await two(floor, level=4)
    await floor.does(BEN, severity.mark_idea, Event.MARK_IDEA)
    await merge(floor, into)
    await floor.pass_time(30)
    await split(floor, LEE)
    assert {needs for needs, _ in await floor.hours_ahead(child.id)} == {Needs.UNDECIDED, Needs.OPEN}
    assert (await floor.issue(child.id)).missed_at is None


async def test_after_a_fix_of_the_survivor_the_question_is_over(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    await fix(floor, into.id)
    await split(floor, ADA)
    child = await floor.issue(child.id)
    assert (child.fixer, child.status) == (None, Status.TAKEN)
    assert Needs.UNANSWERED not in await waits_for(floor, child.id)
    await floor.pass_time(80)
    assert "still waiting for your word" not in "".join(floor.chat.at(ADA))


@pytest.mark.parametrize("who", [MAYA, ANA, OMAR])
async def test_nobody_else_parts_them(floor: Floor, who: str) -> None:
    into, _ = await two(floor)
    await merge(floor, into)
    with pytest.raises(Denied):
        await split(floor, who)


async def test_a_declined_survivor_frees_what_follows_it(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    await floor.does(LEE, declines.decline, Event.DECLINE, "as planned", "the council", which=into.id)
    child = await floor.issue(child.id)
    assert (child.status, child.owner) == (Status.TAKEN, floor.ids[LEE])
    assert floor.heard("was declined. Yours was not.") == {ADA}


@pytest.mark.parametrize("there", [True, False])
async def test_apart_from_what_somebody_has_who_is_not_there_it_goes_on_to_somebody_who_is(
    floor: Floor,
    there: bool,  # noqa: FBT001
) -> None:
    into, _ = await two(floor)
    await merge(floor, into)
    await floor.does(ANA, work.take, Event.TAKE, which=into.id)
    await floor.change(ANA, away_until=floor.now + timedelta(days=1))
    if not there:
        for name in (BEN, SAM, ROSA):
            await floor.change(name, on_duty=False)
    said = await split(floor, ADA)
    child = await floor.issue()
    expected = (Status.TAKEN, floor.ids[BEN]) if there else (Status.REPORTED, None)
    assert (child.status, child.owner) == expected
    assert ("Ben Storybook has it" in said) is there
    assert (BEN in floor.heard(child.reference)) is there
    assert (await floor.events())[-1] is Event.UNMERGE


async def test_freed_it_goes_on_to_somebody_who_is_there_too(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    await floor.change(LEE, on_duty=False)
    await floor.does(LEE, declines.decline, Event.DECLINE, "as planned", "the council", which=into.id)
    assert (await floor.issue(child.id)).owner == floor.ids[BEN]


# ------------------------------------------------------------------------------------------------------- withdrawing


async def test_withdrawn_it_is_closed_and_its_owner_told(floor: Floor) -> None:
    issue = await floor.reported()
    await floor.does(ANA, work.take, Event.TAKE)
    assert f"{issue.reference}: withdrawn" in await withdraw(floor, MAYA)
    issue = await floor.issue()
    assert (issue.status, issue.closed_at) == (Status.WITHDRAWN, floor.now)
    assert floor.heard("withdrawn by its reporter") == {ANA}
    assert floor.heard("The reporter has withdrawn it") == {WEST}
    assert not await floor.steps()


@pytest.mark.parametrize("who", [ANA, SAM, LEE, ADA])
async def test_only_its_reporter_withdraws_it(floor: Floor, who: str) -> None:
    await floor.reported()
    await floor.does(ANA, work.take, Event.TAKE)
    with pytest.raises(Denied):
        await withdraw(floor, who)


async def test_what_others_have_too_stays_with_the_earliest_of_them(floor: Floor) -> None:
    issue = await floor.reported()
    await floor.does(ANA, work.take, Event.TAKE)
    for name in (ADA, OMAR):
        await me_too(floor, name)
        floor.now += timedelta(minutes=1)
    assert "it stays open for them" in await withdraw(floor, MAYA)
    issue = await floor.issue()
    assert (issue.status, issue.reporter) == (Status.TAKEN, floor.ids[ADA])
    assert await followers(floor, issue.id) == [floor.ids[OMAR]]
    assert f"{issue.reference}: being worked on" in floor.chat.at(ADA)
    row = (await floor.history())[-1]
    assert (row.event, row.before, row.after, row.who) == (
        Event.WITHDRAW, Status.TAKEN, Status.TAKEN, floor.ids[MAYA],
    )  # fmt: skip
    with pytest.raises(Denied):
        await withdraw(floor, MAYA)


async def test_who_has_left_the_roster_does_not_become_its_reporter(floor: Floor) -> None:
    await floor.reported()
    await me_too(floor, ADA)
    await floor.change(ADA, active=False)
    await withdraw(floor, MAYA)
    assert (await floor.issue()).status is Status.WITHDRAWN


async def test_its_new_reporter_is_asked_what_the_former_one_was(floor: Floor) -> None:
    await floor.reported()
    await me_too(floor, ADA)
    await floor.does(ANA, questions.ask, Event.ASK, "which pump is it?")
    await withdraw(floor, MAYA)
    (asked,) = [card for card in floor.chat.cards(ADA) if events_on(card) == {Event.REPLY}]
    assert "which pump is it?" in text(asked)
    assert (await floor.issue()).status is Status.NEEDS_INFO


async def test_a_former_reporters_question_never_speaks_for_the_new_one(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    handle = await nameless(floor, OMAR)
    await floor.run(lambda tx: tx.issues.save_follower(builders.follower(issue=child.id, person=handle)))
    await fix(floor, into.id)
    await floor.pass_time(25)
    assert len([card for card in floor.chat.cards(ADA) if Event.CONFIRM in events_on(card)]) > 1
    await withdraw(floor, ADA)
    now = await floor.issue(child.id)
    assert (now.status, now.reporter, now.nameless) == (Status.MERGED, handle, True)
    theirs = [button.action for card in floor.chat.cards(ADA) for button in buttons(card)]
    assert not [action for action in theirs if isinstance(action, DoAs)]
    asked = next(card for card in floor.chat.cards(OMAR) if card.title == f"{child.reference}: fixed for you?")
    assert DoAs(Event.CONFIRM, child.id, handle) in [button.action for button in buttons(asked)]


async def test_a_former_reporter_without_a_name_is_forgotten_in_time(floor: Floor) -> None:
    handle = await nameless(floor, MAYA)
    issue = await floor.reported(reporter=handle, nameless=True)
    await me_too(floor, ADA)

    def withdrawn(tx: Transaction) -> None:
        withdrawals.withdraw(tx, tx.people.get(handle), Do(Event.WITHDRAW, issue.id, 1), floor.now)

    await floor.run(withdrawn)
    assert (await floor.issue()).nameless is False
    due = await floor.read(lambda tx: tx.agenda.due(floor.now + timedelta(days=99), 99))
    assert [(each.subject, each.due_at) for each in due if each.kind == history.IDENTITY] == [
        (handle, floor.now + floor.pilot.keeps_identity)
    ]


async def test_what_follows_a_withdrawn_one_goes_on_by_itself(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    await withdraw(floor, MAYA, into.id)
    child = await floor.issue(child.id)
    assert (child.status, child.merged_into) == (Status.REPORTED, None)
    assert floor.heard("was withdrawn. Yours was not.") == {ADA}


async def test_one_that_follows_can_be_withdrawn_and_takes_its_clock_along(floor: Floor) -> None:
    into, child = await two(floor, reported_at=builders.NOON - 3 * builders.HOUR)
    await merge(floor, into)
    await withdraw(floor, ADA)
    child = await floor.issue(child.id)
    assert (child.status, child.merged_into) == (Status.WITHDRAWN, None)
    survivor = await floor.issue(into.id)
    assert (survivor.due_at, survivor.status) == (into.due_at, Status.REPORTED)
    assert (Needs.UNADDRESSED, 23.0) in await floor.hours_ahead(into.id)


async def test_what_is_fixed_cannot_be_withdrawn(floor: Floor) -> None:
    issue = await floor.reported()
    await fix(floor, issue.id)
    assert "Nothing was changed" in await withdraw(floor, MAYA)
    assert (await floor.issue()).status is Status.FIXED


async def test_a_weekly_why_goes_on_after_it(floor: Floor) -> None:
    into, child = await two(floor)
    await merge(floor, into)
    await floor.pass_time(8 * 24)
    await split(floor, LEE)
    ahead = [each.due_at for each in await floor.steps(child.id) if each.needs is Needs.OPEN]
    assert ahead == [child.reported_at + 2 * ladder.WEEK]
