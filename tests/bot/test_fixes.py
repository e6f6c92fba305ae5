"""A fix is delivered, counts once it has arrived, and can be taken back; several can be fixed in one go."""

from datetime import datetime, timedelta
from typing import Unpack

import pytest

from bot import fixes, ladder, severity, steps, vendors, work
from bot.actions import Do, DoAs
from bot.cards import Card, Form
from bot.errors import Denied
from bot.model import (
    Event,
    FixKind,
    Follower,
    Help,
    Issue,
    IssueId,
    Needs,
    Person,
    Shift,
    Status,
    Tag,
)
from bot.ports import Transaction
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
    WEST,
    Floor,
    buttons,
    events_on,
    open_floor,
    text,
)

WORDS = "a new battery"


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def fix(
    floor: Floor,
    who: str = ANA,
    words: str = WORDS,
    kind: FixKind | None = FixKind.PROCESS,
    **details: Unpack[fixes.Details],
) -> Card | Form:
    def fixed(tx: Transaction, person: Person, wanted: Do, now: datetime) -> Card | Form:
        return fixes.fix(tx, person, wanted, words, kind, now, **details)

    return await floor.does(who, fixed, Event.FIX)


async def undo(floor: Floor, who: str = ANA) -> Card:
    return await floor.does(who, fixes.undo, Event.UNDO)


async def paper(floor: Floor, issue: Issue) -> None:
    """A workaround that is in place."""
    delivered = {"expires_at": floor.now + timedelta(days=7), "delivered_at": floor.now}
    way = builders.workaround(issue=issue.id, n=1, author=floor.ids[SAM], at=floor.now, **delivered)
    await floor.run(lambda tx: tx.issues.save_workaround(way))


def question(floor: Floor, who: str = MAYA) -> Card:
    return next(card for card in reversed(floor.chat.cards(who)) if (card.slot or "").startswith("question"))


# --------------------------------------------------------------------------------------------------------- fixing


async def test_a_fix_of_what_nobody_took_takes_it_first_in_two_rows(floor: Floor) -> None:
    await floor.reported()
    await fix(floor)
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.fixer) == (Status.FIXED, floor.ids[ANA], floor.ids[ANA])
    assert (await floor.events())[:3] == [Event.REPORT, Event.TAKE, Event.FIX]


async def test_the_reporter_alone_is_asked_whether_it_is_fixed(floor: Floor) -> None:
    await floor.reported()
    await fix(floor)
    assert floor.heard("fixed for you?") == {MAYA}
    assert events_on(question(floor)) == {Event.CONFIRM, Event.STILL_BROKEN, Event.NEXT_SHIFT}
    assert "Ana Fable (champion) says it is fixed: a new battery" in text(question(floor))
    assert floor.heard("Ana Fable says it is fixed. The reporter is asked.") == {WEST}


async def test_it_counts_once_it_has_reached_the_reporter(floor: Floor) -> None:
    await floor.reported()
    await floor.pass_time(1)
    await fix(floor)
    issue = await floor.issue()
    assert (issue.addressed_at, issue.addressed_by, issue.asked_at) == (floor.now, Help.FIX, floor.now)
    fixed = (await floor.read(lambda tx: tx.issues.fixes(issue.id)))[0]
    assert issue.addressed_n == fixed.n
    assert (await floor.events())[-1] is Event.ADDRESSED


async def test_until_then_it_is_on_its_way_and_the_deadline_may_pass(floor: Floor) -> None:
    issue = await floor.reported()
    who = await floor.person(ANA)
    wanted = Do(Event.FIX, issue.id, issue.version)
    await floor.database.run(lambda tx: fixes.fix(tx, who, wanted, WORDS, FixKind.CODE, floor.now))
    assert (await floor.issue()).addressed_at is None
    floor.now += timedelta(hours=25)
    await floor.deliver()
    issue = await floor.issue()
    assert (issue.addressed_at, issue.missed_at) == (floor.now, issue.due_at)
    assert (await floor.events())[-2:] == [Event.ADDRESSED, Event.MISSED]


async def test_after_a_workaround_that_counted_the_first_stamp_stands_and_the_asking_is_noted(floor: Floor) -> None:
    await floor.reported()
    before = floor.now
    await floor.alter(addressed_at=before, addressed_by=Help.WORKAROUND, addressed_n=1)
    await floor.pass_time(2)
    await fix(floor)
    issue = await floor.issue()
    assert (issue.addressed_at, issue.addressed_by, issue.asked_at) == (before, Help.WORKAROUND, floor.now)
    assert Event.ADDRESSED not in await floor.events()


@pytest.mark.parametrize(
    ("words", "kind", "wrong"),
    [("", None, {"words", "kind"}), (WORDS, None, {"kind"}), ("", FixKind.CODE, {"words"})],
)
async def test_what_was_done_and_its_kind_are_both_required(
    floor: Floor, words: str, kind: FixKind | None, wrong: set[str]
) -> None:
    await floor.reported()
    form = await fix(floor, words=words, kind=kind, cause="a driver", tags=frozenset({Tag.PEOPLE, Tag.PROCESS}))
    assert isinstance(form, Form)
    assert set(form.errors) == wrong
    values = {each.name: each.value for each in form.fields}
    assert (values["words"], values["kind"], values["cause"]) == (words, kind or "", "a driver")
    assert values["tags"] == "people,process"
    assert (await floor.issue()).status is Status.REPORTED


async def test_the_rest_is_kept_with_it(floor: Floor) -> None:
    issue = await floor.reported()
    await fix(floor, tags=frozenset({Tag.PEOPLE}), cause="nobody knew", before="12 of 40", after="1 of 38")
    done = await floor.read(lambda tx: tx.issues.last_fix(issue.id))
    assert done is not None
    assert (done.tags, done.before, done.after) == (frozenset({Tag.PEOPLE}), "12 of 40", "1 of 38")
    assert (await floor.issue()).cause == "nobody knew"


async def test_a_fix_without_a_cause_leaves_the_one_that_is_known(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(cause="a driver")
    await fix(floor)
    assert (await floor.issue()).cause == "a driver"


@pytest.mark.parametrize("who", [MAYA, BEN, OMAR])
async def test_who_may_not_take_it_may_not_fix_it(floor: Floor, who: str) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await fix(floor, who)


async def test_a_question_is_answered_and_counts_as_answered(floor: Floor) -> None:
    await floor.reported(level=4)
    form = await floor.does(ANA, fixes.form, Event.FIX)
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields}["kind"] == FixKind.ANSWER
    await fix(floor, words="under Orders, then Sets", kind=FixKind.ANSWER)
    assert (await floor.issue()).addressed_by is Help.ANSWER
    assert "Ana Fable (champion) answers: under Orders, then Sets" in text(question(floor))


async def test_an_answer_is_kept_for_the_next_similar_question_and_a_fix_is_not(floor: Floor) -> None:
    await floor.reported(level=4, words="where are the order sets")
    await fix(floor, words="under Orders, then Sets", kind=FixKind.ANSWER)
    other, ana = await floor.reported(), await floor.person(ANA)
    await floor.run(lambda tx: fixes.fix_several(tx, ana, [other.id], WORDS, FixKind.CODE, "", floor.now))
    kept = await floor.read(lambda tx: tx.known.most_helpful(floor.pilot.id, 5))
    assert [(each.question, each.answer) for each in kept] == [("where are the order sets", "under Orders, then Sets")]


async def test_a_long_answer_is_read_to_its_end(floor: Floor) -> None:
    await floor.reported(level=4)
    await fix(floor, words="first " * 200 + "and last this", kind=FixKind.ANSWER)
    assert "and last this" in text(question(floor))


async def test_a_patient_at_risk_never_waits_for_a_bot(floor: Floor) -> None:
    await floor.reported(level=1)
    said = await fix(floor)
    assert "Nobody has been sent to the bedside" in text(said)
    assert "Nobody has been sent to the bedside" in text(question(floor))


# ------------------------------------------------------------------------------------------------------- silence


async def test_the_reporter_is_asked_again_and_silence_ends_it_after_two_weeks_without_a_rota(floor: Floor) -> None:
    await floor.reported()
    await fix(floor)
    unanswered = {hours for needs, hours in await floor.hours_ahead() if needs == Needs.UNANSWERED}
    assert unanswered == {24, 72, 14 * 24}


async def test_with_a_rota_a_week_that_holds_a_shift_of_theirs_is_enough(floor: Floor) -> None:
    await floor.reported()
    starts = floor.now + timedelta(days=2)
    shift = Shift(floor.ids[MAYA], floor.units[WEST].id, starts, starts + timedelta(hours=12))
    await floor.run(lambda tx: tx.rota.replace(floor.pilot.id, floor.now, floor.now + timedelta(days=9), [shift]))
    await fix(floor)
    assert {hours for needs, hours in await floor.hours_ahead() if needs == Needs.UNANSWERED} == {24, 72, 7 * 24}


async def test_a_second_fix_is_asked_about_from_its_own_time(floor: Floor) -> None:
    await floor.reported()
    await fix(floor)
    await floor.pass_time(35 * 24)
    await floor.alter(status=Status.TAKEN, closed_at=None)
    await fix(floor)
    assert max(hours for needs, hours in await floor.hours_ahead() if needs == Needs.UNANSWERED) == 14 * 24


# ------------------------------------------------------------------------------------------------- who else is asked


async def test_whoever_said_me_too_is_asked_too(floor: Floor) -> None:
    issue = await floor.reported()
    await floor.follows(ADA)
    said = Follower(issue.id, floor.ids[ADA], floor.now, says_fixed=True)
    await floor.run(lambda tx: tx.issues.save_follower(said))
    await fix(floor)
    assert floor.heard("fixed for you too?") == {ADA}
    issue = await floor.issue()
    assert [button.action for button in buttons(floor.last(ADA))] == [
        Do(Event.CONFIRM, issue.id, issue.version),
        Do(Event.STILL_BROKEN, issue.id, issue.version),
    ]
    (follower,) = await floor.read(lambda tx: tx.issues.followers(issue.id))
    assert follower.says_fixed is None


async def test_every_reporter_of_a_merged_issue_is_asked_about_their_own(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    await fix(floor)
    own = question(floor, ADA)
    assert own.title == f"{child.reference}: fixed for you?"
    assert "it beeps here too" in text(own)
    assert own.slot == f"question:{child.id}:3"
    assert {b.action.issue for b in buttons(own) if isinstance(b.action, Do)} == {child.id}
    assert {needs for needs, _ in await floor.hours_ahead(child.id)} >= {Needs.UNANSWERED}
    kept = await floor.issue(child.id)
    assert (kept.status, kept.fixer, kept.asked_at) == (Status.MERGED, floor.ids[ANA], floor.now)
    assert kept.addressed_at is None


async def test_whoever_said_me_too_to_a_merged_one_is_asked_about_that_one(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    await floor.follows(ROSA, child.id)
    await fix(floor)
    assert floor.last(ROSA).title == f"{child.reference}: fixed for you too?"


async def test_a_second_fix_asks_them_again(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    await fix(floor)
    await floor.alter(status=Status.TAKEN)
    await fix(floor, words="a new cable")
    asked = [card for card in floor.chat.cards(ADA) if (card.slot or "").startswith(f"question:{child.id}")]
    assert len(asked) == 2
    unanswered = [step for step in await floor.steps(child.id) if step.needs is Needs.UNANSWERED]
    assert len(unanswered) == 3


async def test_whoever_fixes_their_own_report_is_not_asked_but_the_first_who_said_me_too(floor: Floor) -> None:
    await floor.reported(who=ANA)
    await floor.follows(MAYA)
    await floor.pass_time(1)
    await floor.follows(ADA)
    await fix(floor, ANA)
    assert (await floor.issue()).reporter == floor.ids[MAYA]
    assert events_on(question(floor, MAYA)) == {Event.CONFIRM, Event.STILL_BROKEN, Event.NEXT_SHIFT}
    assert floor.chat.cards(MAYA)[0].slot == f"receipt:{floor.issue_id}:reporter"
    assert floor.heard("fixed for you too?") == {ADA}
    issue = await floor.issue()
    followers = await floor.read(lambda tx: [each.person for each in tx.issues.followers(issue.id)])
    assert set(followers) == {floor.ids[ADA], floor.ids[ANA]}


async def test_where_nobody_else_has_it_nobody_can_confirm_it(floor: Floor) -> None:
    await floor.reported(who=ANA)
    await fix(floor, ANA)
    assert events_on(question(floor, ANA)) == {Event.STILL_BROKEN}
    assert {hours for needs, hours in await floor.hours_ahead() if needs == Needs.UNANSWERED} == {14 * 24}


async def test_a_reporter_without_a_name_is_asked_through_their_handle(floor: Floor) -> None:
    handle = builders.handle(
        pilot=floor.pilot.id, unit=floor.units[WEST].id, identity=(await floor.person(MAYA)).address
    )
    await floor.run(lambda tx: tx.handles.add(handle))
    await floor.reported(reporter=handle.id, nameless=True)
    await fix(floor)
    issue = await floor.issue()
    assert issue.addressed_at == floor.now
    asked = {button.action for card in floor.chat.cards(MAYA) for button in buttons(card)}
    assert DoAs(Event.CONFIRM, issue.id, handle.id) in asked
    assert not any(isinstance(each, Do) for each in asked)


# ------------------------------------------------------------------------------------- what it takes the place of


async def test_a_fix_ends_the_waits_and_the_workaround(floor: Floor) -> None:
    issue = await floor.reported(level=2)
    await floor.does(SAM, vendors.send, Event.SEND_TO_VENDOR, "Acme", "", "")
    await paper(floor, issue)
    around = ladder.worked_around(issue.severity, floor.now, floor.now + timedelta(days=7), 1)
    await floor.run(lambda tx: steps.add(tx, issue, around))
    await floor.pass_time(1)
    await fix(floor, SAM)
    assert not await floor.waiting() & {Needs.WORKED_AROUND, Needs.WITH_VENDOR}
    (wait,) = await floor.read(lambda tx: tx.issues.vendor_waits(issue.id))
    (ended,) = await floor.read(lambda tx: tx.issues.workarounds(issue.id))
    assert (wait.until, ended.ended_at) == (floor.now, floor.now)
    assert {step.needs for step in await floor.steps()} == {Needs.UNANSWERED}


# ------------------------------------------------------------------------------------------------------ not delivered


async def test_a_fix_that_does_not_arrive_is_none_and_its_author_hears_so(floor: Floor) -> None:
    await floor.reported()
    floor.cannot_be_reached(MAYA)
    await fix(floor)
    issue = await floor.issue()
    assert (issue.status, issue.addressed_at, issue.owner) == (Status.TAKEN, None, floor.ids[ANA])
    assert floor.heard("Your fix has not reached them") == {ANA}
    assert Needs.UNANSWERED not in {step.needs for step in await floor.steps()}


async def test_an_owner_hears_so_too_where_somebody_else_fixed_it(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    floor.cannot_be_reached(MAYA)
    await fix(floor, SAM)
    assert floor.heard("The fix by Sam Pretend has not reached them") == {ANA}


async def test_a_fix_that_does_not_arrive_goes_on_to_who_is_there_where_its_owner_is_not(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    await floor.change(ANA, on_duty=False)
    await floor.change(ROSA, on_duty=False)
    floor.cannot_be_reached(MAYA)
    await fix(floor, SAM)
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.TAKEN, floor.ids[SAM])
    assert floor.heard(f"{issue.reference} is yours now") == {SAM}


async def test_the_workaround_whose_place_it_took_is_in_use_again(floor: Floor) -> None:
    issue = await floor.reported()
    await paper(floor, issue)
    floor.cannot_be_reached(MAYA)
    await fix(floor)
    assert await floor.read(lambda tx: [each.ended_at for each in tx.issues.workarounds(issue.id)]) == [None]
    assert {hours for needs, hours in await floor.hours_ahead() if needs == Needs.WORKED_AROUND} == {72, 168}


async def test_where_only_the_reporter_of_a_merged_one_cannot_be_reached_the_owner_hears_and_the_fix_stands(
    floor: Floor,
) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    floor.cannot_be_reached(ADA)
    await fix(floor)
    assert (await floor.issue()).status is Status.FIXED
    assert (await floor.issue(child.id)).status is Status.MERGED
    assert f"{child.reference}: the reporter could not be reached" in floor.chat.at(ANA)


async def test_an_old_notice_that_settles_late_changes_nothing(floor: Floor) -> None:
    issue = await floor.reported()
    who = await floor.person(ANA)
    wanted = Do(Event.FIX, issue.id, issue.version)
    await floor.database.run(lambda tx: fixes.fix(tx, who, wanted, WORDS, FixKind.CODE, floor.now))
    await floor.alter(status=Status.TAKEN)
    await floor.deliver()
    assert (await floor.issue()).addressed_at is None


# ---------------------------------------------------------------------------------------------------- taking back


async def test_the_reply_to_a_fix_lets_its_author_take_it_back(floor: Floor) -> None:
    await floor.reported()
    said = await fix(floor)
    assert isinstance(said, Card)
    (button,) = buttons(said)
    issue = await floor.issue()
    assert button.action == Do(Event.UNDO, issue.id, issue.version)


async def test_within_ten_minutes_it_is_as_if_it_had_not_been(floor: Floor) -> None:
    issue = await floor.reported()
    await fix(floor)
    await floor.pass_time(0.1)
    await undo(floor)
    back = await floor.issue()
    assert (back.status, back.owner, back.fixer) == (Status.TAKEN, floor.ids[ANA], None)
    assert (back.addressed_at, back.addressed_n, back.asked_at) == (None, None, None)
    assert await floor.read(lambda tx: tx.issues.last_fix(issue.id)) is None
    assert Needs.UNANSWERED not in await floor.waiting()
    assert Needs.UNADDRESSED in {step.needs for step in await floor.steps()}
    assert (await floor.events())[-1] is Event.UNDO


async def test_the_reporter_is_told_and_the_question_asks_no_more(floor: Floor) -> None:
    await floor.reported()
    await fix(floor)
    await undo(floor)
    assert "Ana Fable has taken the fix back and is still working on it." in text(floor.last(MAYA))
    assert "taken back, you need not answer" in question(floor).title
    assert buttons(question(floor)) == []


async def test_a_question_that_had_not_gone_out_says_so_itself_and_nothing_else_is_sent(floor: Floor) -> None:
    issue = await floor.reported()
    who = await floor.person(ANA)
    wanted = Do(Event.FIX, issue.id, issue.version)
    await floor.database.run(lambda tx: fixes.fix(tx, who, wanted, WORDS, FixKind.CODE, floor.now))
    await undo(floor)
    assert [title.partition(": ")[2] for title in floor.chat.at(MAYA)] == [
        "being worked on",
        "taken back, you need not answer",
    ]


async def test_after_ten_minutes_it_is_too_late(floor: Floor) -> None:
    await floor.reported()
    await fix(floor)
    await floor.pass_time(10 / 60)
    said = await undo(floor)
    assert "too late to take it back" in text(said)
    assert (await floor.issue()).status is Status.FIXED


async def test_taken_back_it_does_not_return_to_an_owner_who_has_gone_meanwhile(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    await fix(floor, SAM)
    await floor.change(ANA, on_duty=False)
    await floor.change(ROSA, on_duty=False)
    await undo(floor, SAM)
    issue = await floor.issue()
    assert (issue.status, issue.owner) == (Status.TAKEN, floor.ids[SAM])
    assert [row.who for row in await floor.history() if row.event is Event.HAND_OVER] == [None]


async def test_nobody_else_takes_it_back(floor: Floor) -> None:
    await floor.reported()
    await fix(floor)
    for who in (SAM, LEE, MAYA):
        with pytest.raises(Denied):
            await undo(floor, who)


async def test_a_workaround_that_was_not_checked_still_waits_for_the_safety_officer(floor: Floor) -> None:
    issue = await floor.reported()
    way = builders.workaround(issue=issue.id, n=1, author=floor.ids[SAM], risky=True)
    await floor.run(lambda tx: tx.issues.save_workaround(way))
    await fix(floor)
    assert Needs.UNCHECKED not in await floor.waiting()
    await undo(floor)
    assert Needs.UNCHECKED in {step.needs for step in await floor.steps()}


async def test_a_stamp_that_was_not_the_fixs_stays(floor: Floor) -> None:
    issue = await floor.reported()
    await paper(floor, issue)
    await floor.alter(addressed_at=floor.now, addressed_by=Help.WORKAROUND, addressed_n=1)
    await floor.pass_time(1)
    await fix(floor)
    await undo(floor)
    back = await floor.issue()
    assert (back.addressed_by, back.addressed_n) == (Help.WORKAROUND, 1)
    assert await floor.read(lambda tx: [each.ended_at for each in tx.issues.workarounds(issue.id)]) == [None]
    assert "taken the fix back" in text(floor.last(MAYA))


@pytest.mark.parametrize("status", [Status.NEEDS_INFO, Status.TAKEN])
async def test_it_goes_back_to_where_it_was(floor: Floor, status: Status) -> None:
    await floor.reported()
    await floor.alter(owner=floor.ids[ANA], status=status)
    await fix(floor)
    await undo(floor)
    assert (await floor.issue()).status is status
    waits = Needs.UNINFORMED in {step.needs for step in await floor.steps()}
    assert waits is (status is Status.NEEDS_INFO)


async def test_a_wait_for_the_vendor_goes_on(floor: Floor) -> None:
    issue = await floor.reported(level=2)
    await floor.does(SAM, vendors.send, Event.SEND_TO_VENDOR, "Acme", "", "")
    await floor.pass_time(1)
    await fix(floor, SAM)
    await undo(floor, SAM)
    (wait,) = await floor.read(lambda tx: tx.issues.vendor_waits(issue.id))
    assert ((await floor.issue()).status, wait.until) == (Status.WAITING_VENDOR, None)
    assert {hours for needs, hours in await floor.hours_ahead() if needs == Needs.WITH_VENDOR} == {24}


async def test_past_the_deadline_it_is_a_miss_at_once(floor: Floor) -> None:
    issue = await floor.reported()
    await floor.pass_time(23.95)
    await fix(floor)
    await floor.pass_time(0.1)
    await undo(floor)
    assert (await floor.issue()).missed_at == issue.due_at
    assert (await floor.events())[-2:] == [Event.UNDO, Event.MISSED]


async def test_everybody_who_was_asked_hears_that_it_is_taken_back(floor: Floor) -> None:
    await floor.reported()
    child = await floor.merged(ADA)
    await floor.follows(ROSA)
    await fix(floor)
    await undo(floor)
    assert floor.heard("has taken the fix back and is still working on it.") == {MAYA, ADA, ROSA}
    assert Needs.UNANSWERED not in {step.needs for step in await floor.steps(child.id)}
    assert "taken back" in question(floor, ADA).title
    assert (await floor.issue(child.id)).fixer is None


async def test_what_was_done_before_is_judged_again(floor: Floor) -> None:
    await floor.reported()
    await fix(floor, SAM)
    await floor.alter(status=Status.TAKEN, addressed_at=None, addressed_by=None, addressed_n=None)
    await fix(floor, ANA)
    await undo(floor)
    assert (await floor.issue()).fixer == floor.ids[SAM]


# ------------------------------------------------------------------------------------------------- several at once


async def several(floor: Floor, who: str, chosen: list[Issue], what: str, **given: object) -> Card | Form:
    person = await floor.person(who)
    words, cause = str(given.get("words", "")), str(given.get("cause", ""))
    kind = FixKind.CODE if given.get("kind") else None
    ids: list[IssueId] = [each.id for each in chosen]
    return await floor.run(lambda tx: fixes.several(tx, person, ids, what, words, kind, cause, floor.now))


async def three(floor: Floor) -> list[Issue]:
    return [await floor.reported(words=words) for words in ("one", "two", "three")]


async def test_several_are_fixed_in_one_go_under_a_shared_cause(floor: Floor) -> None:
    issues = await three(floor)
    said = await several(floor, SAM, issues[:2], Event.FIX, words=WORDS, kind="code", cause="a bad update")
    assert "2 issues changed" in text(said)
    after = [await floor.issue(each.id) for each in issues]
    assert [(each.status, each.cause) for each in after] == [
        (Status.FIXED, "a bad update"),
        (Status.FIXED, "a bad update"),
        (Status.REPORTED, ""),
    ]
    assert len([title for title in floor.chat.at(MAYA) if "fixed for you?" in title]) == 4  # receipts and questions


async def test_each_is_judged_on_its_own_and_the_reply_says_why_one_was_left(floor: Floor) -> None:
    issues = await three(floor)
    await floor.does(SAM, work.take, Event.TAKE, which=issues[1].id)
    said = text(await several(floor, ANA, issues[:2], Event.TAKE))
    assert f"{issues[0].reference}: somebody is working on it." in said
    assert f"{issues[1].reference}: somebody is working on it." in said
    assert "1 issue changed" in said
    assert (await floor.issue(issues[0].id)).owner == floor.ids[ANA]
    assert (await floor.issue(issues[1].id)).owner == floor.ids[SAM]


async def test_the_form_lists_what_one_can_do_something_about(floor: Floor) -> None:
    issues = await three(floor)
    await floor.reported(unit="icu", who=ADA)
    await fix(floor)
    ana = await floor.person(ANA)
    form = await floor.run(lambda tx: fixes.several_form(tx, ana, floor.now))
    assert isinstance(form, Form)
    (listed, *_) = form.fields
    assert [option.value for option in getattr(listed, "options", ())] == [str(each.id) for each in issues[1:]]


async def test_where_nothing_waits_no_form_opens(floor: Floor) -> None:
    ana = await floor.person(ANA)
    said = await floor.run(lambda tx: fixes.several_form(tx, ana, floor.now))
    assert "Nothing is waiting for you" in text(said)


@pytest.mark.parametrize(
    ("what", "chosen", "given", "wrong"),
    [
        ("", 1, {}, {"what"}),
        (Event.TAKE, 0, {}, {"issues"}),
        (Event.FIX, 1, {}, {"words", "kind"}),
        (Event.FIX, 1, {"words": WORDS}, {"kind"}),
        (Event.DECLINE, 1, {}, {"what"}),
    ],
)
async def test_what_is_missing_is_said_beside_its_field(
    floor: Floor, what: str, chosen: int, given: dict[str, str], wrong: set[str]
) -> None:
    issues = await three(floor)
    form = await several(floor, SAM, issues[:chosen], what, **given)
    assert isinstance(form, Form)
    assert set(form.errors) == wrong
    assert (await floor.issue()).status is Status.REPORTED


async def test_what_one_may_not_see_cannot_be_named(floor: Floor) -> None:
    elsewhere = await floor.reported(unit="icu", who=ADA)
    with pytest.raises(Denied):
        await several(floor, ANA, [elsewhere], Event.TAKE)


async def test_an_idea_that_is_decided_late_is_no_miss(floor: Floor) -> None:
    await floor.reported(level=4)
    await floor.does(ANA, severity.mark_idea, Event.MARK_IDEA)
    await floor.pass_time(48)
    await fix(floor, kind=FixKind.ANSWER)
    issue = await floor.issue()
    assert (issue.addressed_at, issue.missed_at) == (floor.now, None)
