"""The reporter is asked and replies; answers are kept and found again by whoever asks the same."""

from datetime import timedelta

import pytest

from bot import drafts, fixes, issues, merges, questions, verdicts, withdrawals, work
from bot.actions import DoAs, ThatHelped
from bot.cards import Card, Form
from bot.errors import Denied
from bot.model import AnswerId, DraftId, Event, FixKind, Issue, IssueId, KnownAnswer, Needs, Severity, Status
from bot.ports import Transaction
from bot.stems import stems
from storage.database import SqlDatabase
from tests import builders
from tests.bot.floor import (
    ADA,
    ANA,
    BEN,
    LEE,
    MAYA,
    OMAR,
    SAM,
    WEST,
    Floor,
    buttons,
    events_on,
    open_floor,
    text,
)

QUESTION = "which pump is it?"
NO_DRAFT = DraftId(0)


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def ask(floor: Floor, who: str = ANA, words: str = QUESTION) -> Card | Form:
    return await floor.does(who, questions.ask, Event.ASK, words)


async def reply(floor: Floor, words: str, who: str = MAYA) -> Card | Form:
    issue = await floor.issue()
    return await floor.run(lambda tx: questions.reply(tx, tx.people.get(floor.ids[who]), issue, words, floor.now))


# ---------------------------------------------------------------------------------------------- asking the reporter


async def test_what_is_asked_reaches_the_reporter_and_it_waits_for_them(floor: Floor) -> None:
    await floor.reported()
    said = await ask(floor)
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.waiting_since) == (Status.NEEDS_INFO, floor.ids[ANA], floor.now)
    assert await floor.events() == [Event.REPORT, Event.TAKE, Event.ASK]
    card = next(card for card in floor.chat.cards(MAYA) if events_on(card) == {Event.REPLY})
    assert "Ana Fable (champion) asks:" in text(card)
    assert QUESTION in text(card)
    assert "on its way to the reporter" in text(said)
    assert {(needs, hours) for needs, hours in await floor.hours_ahead() if needs is Needs.UNINFORMED} == {
        (Needs.UNINFORMED, 24), (Needs.UNINFORMED, 72), (Needs.UNINFORMED, 96)
    }  # fmt: skip


async def test_a_question_needs_words(floor: Floor) -> None:
    await floor.reported()
    form = await ask(floor, words="")
    assert isinstance(form, Form)
    assert list(form.errors) == ["words"]
    assert await floor.events() == [Event.REPORT]


@pytest.mark.parametrize("who", [MAYA, ADA, BEN, OMAR])
async def test_nobody_else_asks(floor: Floor, who: str) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await ask(floor, who)


async def test_silence_is_asked_about_twice_and_then_the_lead_decides_and_nothing_closes_it(floor: Floor) -> None:
    await floor.reported()
    await ask(floor)
    await floor.pass_time(25)
    assert floor.chat.at(MAYA).count(f"{(await floor.issue()).reference}: still waiting for a word from you") == 1
    await floor.pass_time(30 * 24)
    assert floor.chat.at(MAYA).count(f"{(await floor.issue()).reference}: still waiting for a word from you") == 2
    assert (await floor.issue()).status is Status.NEEDS_INFO
    assert (await floor.events()).count(Event.ASKED_AGAIN) == 2


async def test_the_answer_reaches_the_owner_and_it_goes_on(floor: Floor) -> None:
    await floor.reported()
    await floor.does(SAM, work.take, Event.TAKE)
    await ask(floor)
    floor.now += timedelta(hours=3)
    said = await reply(floor, "the grey one in room 3")
    issue = await floor.issue()
    (asked,) = await floor.read(lambda tx: tx.issues.asked(issue.id))
    assert (issue.status, issue.waited, issue.waiting_since) == (Status.TAKEN, timedelta(hours=3), None)
    assert (asked.answer, asked.answered_at) == ("the grey one in room 3", floor.now)
    assert floor.heard("the grey one in room 3") == {SAM, WEST}
    assert "They were asked: which pump is it?" in text(floor.last(SAM))
    assert "Sam Pretend reads it" in text(said)
    assert Needs.UNINFORMED not in {needs for needs, _ in await floor.hours_ahead()}
    assert "Maya" not in "".join(text(card) for card in floor.chat.cards(WEST))


async def test_asked_once_more_it_is_asked_after_like_the_first_time(floor: Floor) -> None:
    await floor.reported()
    await ask(floor)
    await reply(floor, "the grey one")
    floor.now += timedelta(hours=1)
    await ask(floor, words="and which room?")
    issue = await floor.issue()
    steps = await floor.read(lambda tx: tx.issues.steps(issue.id))
    again = [each for each in steps if each.needs is Needs.UNINFORMED and each.outcome is None]
    assert [floor.hours(each.due_at) for each in again] == [24, 72, 96]


async def test_an_answer_needs_words(floor: Floor) -> None:
    await floor.reported()
    await ask(floor)
    form = await reply(floor, "")
    assert isinstance(form, Form)
    assert (form.intro, list(form.errors)) == (QUESTION, ["words"])
    assert (await floor.issue()).status is Status.NEEDS_INFO


async def test_the_form_shows_what_was_asked(floor: Floor) -> None:
    await floor.reported()
    await ask(floor)
    form = await floor.does(MAYA, questions.reply_form, Event.REPLY)
    assert isinstance(form, Form)
    assert form.intro == QUESTION


@pytest.mark.parametrize("who", [ANA, LEE, ADA])
async def test_nobody_answers_for_the_reporter(floor: Floor, who: str) -> None:
    await floor.reported()
    await ask(floor)
    with pytest.raises(Denied):
        await reply(floor, "the grey one", who)


async def test_words_that_nobody_has_asked_for_reach_the_owner_as_a_line(floor: Floor) -> None:
    await floor.reported()
    await floor.does(SAM, work.take, Event.TAKE)
    await reply(floor, "it is worse at night")
    assert (await floor.issue()).status is Status.TAKEN
    assert (await floor.events())[-1] is Event.RELAY
    assert floor.heard("it is worse at night") == {SAM}


async def test_of_what_follows_another_one_they_reach_the_owner_of_that(floor: Floor) -> None:
    into = await floor.reported()
    await floor.does(SAM, work.take, Event.TAKE)
    child = await floor.reported(who=ADA)
    target = await floor.issue(into.id)
    await floor.does(LEE, merges.merge, Event.MERGE, target, which=child.id)
    floor.issue_id = child.id
    floor.now += timedelta(minutes=5)
    await reply(floor, "it is worse at night", ADA)
    assert floor.heard("it is worse at night") == {SAM}
    assert not events_on(floor.last(SAM))
    assert (await floor.events())[-1] is Event.RELAY
    assert Event.RELAY not in await floor.events(into.id)


async def test_what_is_closed_takes_no_more_words(floor: Floor) -> None:
    await floor.reported()
    await floor.does(MAYA, withdrawals.withdraw, Event.WITHDRAW)
    assert "Nothing was changed" in text(await reply(floor, "and another thing"))
    assert "Nothing was changed" in text(await floor.does(MAYA, questions.reply_form, Event.REPLY))


async def test_without_a_name_the_question_finds_its_way_and_the_answer_back(floor: Floor) -> None:
    maya = await floor.person(MAYA)
    handle = builders.handle(pilot=floor.pilot.id, unit=maya.unit, identity=maya.address)
    await floor.database.run(lambda tx: tx.handles.add(handle))
    await floor.reported(reporter=handle.id, nameless=True)
    await ask(floor)
    card = next(card for card in floor.chat.cards(MAYA) if len(buttons(card)) == 1)
    issue = await floor.issue()
    assert [each.action for each in buttons(card)] == [DoAs(Event.REPLY, issue.id, handle.id)]
    floor.now += timedelta(minutes=20)
    await floor.run(lambda tx: questions.reply(tx, tx.people.get(handle.id), issue, "the grey one", floor.now))
    assert (await floor.issue()).status is Status.TAKEN
    row = (await floor.history())[-1]
    assert (row.who, row.at.minute) == (handle.id, 0)
    assert ANA in floor.heard("the grey one")
    assert "Maya" not in "".join(text(card) for who in (WEST, ANA) for card in floor.chat.cards(who))


# ------------------------------------------------------------------------------------------------------- kept answers


async def answered(floor: Floor, question: str, answer: str) -> Issue:
    """Asked by Maya and answered by Ana."""

    def asked(tx: Transaction) -> IssueId:
        maya = tx.people.get(floor.ids[MAYA])
        issues.report(tx, maya, question, Severity.QUESTION, floor.now, start=floor.now)
        return max(tx.issues.reported_in(floor.pilot.id), key=lambda each: each.number).id

    floor.issue_id = await floor.run(asked)
    await floor.does(ANA, fixes.fix, Event.FIX, answer, FixKind.ANSWER)
    return await floor.issue()


async def known(floor: Floor, words: str = "", who: str = ADA) -> Card:
    return await floor.run(lambda tx: questions.known(tx, tx.people.get(floor.ids[who]), words, floor.now))


async def alike(floor: Floor, words: str) -> list[str]:
    return [each.answer for each in await floor.read(lambda tx: questions.alike(tx, floor.pilot, words))]


async def helped(floor: Floor, answer: AnswerId, draft: DraftId = NO_DRAFT, who: str = ADA) -> str:
    person = floor.ids[who]
    return text(await floor.run(lambda tx: questions.that_helped(tx, tx.people.get(person), answer, draft, floor.now)))


async def kept(floor: Floor) -> list[KnownAnswer]:
    return list(await floor.read(lambda tx: tx.known.most_helpful(floor.pilot.id, 9)))


async def test_an_answer_is_kept_and_found_by_the_next_who_asks(floor: Floor) -> None:
    await answered(floor, "how do I print a specimen label again?", "press F7 on the specimen screen")
    assert await alike(floor, "printing a specimen label a second time") == ["press F7 on the specimen screen"]
    assert await alike(floor, "where is the fax machine") == []
    little = "the label on the blood fridge is torn and somebody has to clean the shelf"
    assert await floor.read(lambda tx: tx.search.alike(floor.pilot.id, questions.ANSWER, stems(little), 9))
    assert await alike(floor, little) == []
    card = await known(floor, "how can I print specimen labels?")
    assert (card.title, "press F7" in text(card)) == ("This may help", True)


async def test_the_second_identical_question_is_answered_from_the_first(floor: Floor) -> None:
    await answered(floor, "how do I print a specimen label again?", "press F7 on the specimen screen")
    said = await floor.run(
        lambda tx: drafts.take_in(
            tx, tx.people.get(floor.ids[ADA]), "how do I print a specimen label again?", Severity.QUESTION, floor.now
        )
    )
    assert "press F7 on the specimen screen" in text(said)
    (helps,) = [each.action for each in buttons(said) if isinstance(each.action, ThatHelped)]
    assert len(await floor.read(lambda tx: tx.issues.reported_in(floor.pilot.id))) == 1
    await helped(floor, helps.answer, helps.draft)
    assert await floor.read(lambda tx: tx.drafts.get(helps.draft)) is None
    assert [each.helped for each in await kept(floor)] == [1]
    await floor.run(lambda tx: drafts.ask_again(tx, helps.draft, floor.now))
    assert floor.heard("Still to be sent") == set()


async def test_nobody_drops_somebody_elses_draft(floor: Floor) -> None:
    await answered(floor, "how do I print a label?", "press F7")
    (answer,) = await kept(floor)
    draft = builders.draft(person=floor.ids[MAYA])
    await floor.database.run(lambda tx: tx.drafts.add(draft))
    await helped(floor, answer.id, draft.id, OMAR)
    assert await floor.read(lambda tx: tx.drafts.get(draft.id)) is not None


async def test_an_answer_that_did_not_help_is_not_offered_again(floor: Floor) -> None:
    await answered(floor, "how do I print a label?", "press F7")
    await floor.does(MAYA, verdicts.still_broken, Event.STILL_BROKEN)
    assert await alike(floor, "how do I print a label?") == []
    assert "No answer is kept so far" in text(await known(floor))
    await floor.does(ANA, fixes.fix, Event.FIX, "press F8", FixKind.ANSWER)
    assert await alike(floor, "how do I print a label?") == ["press F8"]


async def test_an_answer_that_was_taken_back_is_not_offered(floor: Floor) -> None:
    await answered(floor, "how do I print a label?", "press F7")
    await floor.does(ANA, fixes.undo, Event.UNDO)
    assert await alike(floor, "how do I print a label?") == []


async def test_without_words_those_that_helped_most_are_shown(floor: Floor) -> None:
    for n, question in enumerate(["how do I print a label?", "where is the downtime form?", "who pages transport?"]):
        await answered(floor, question, f"answer {n}")
    by_answer = {each.answer: each for each in await kept(floor)}
    for _ in range(2):
        await helped(floor, by_answer["answer 1"].id)
    card = await known(floor)
    assert card.title == "Answers that helped most"
    assert text(card).index("answer 1") < text(card).index("answer 0")
    assert text(await known(floor, "quantum entanglement")) == text(card)


async def test_nobody_of_another_pilot_counts_for_it(floor: Floor) -> None:
    await answered(floor, "how do I print a label?", "press F7")
    (answer,) = await kept(floor)
    stranger = builders.person(pilot=builders.pilot().id)
    with pytest.raises(Denied):
        await floor.run(lambda tx: questions.that_helped(tx, stranger, answer.id, NO_DRAFT, floor.now))
    assert [each.helped for each in await kept(floor)] == [0]


async def test_an_answer_that_is_gone_is_said_to_be(floor: Floor) -> None:
    assert "no longer kept" in await helped(floor, AnswerId(99))


async def test_a_fix_that_is_no_answer_is_not_kept(floor: Floor) -> None:
    await floor.reported(4)
    await floor.does(ANA, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    assert await kept(floor) == []
