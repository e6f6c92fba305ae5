"""Every word that can be typed: alone, with what may follow it, in a thread, and as an answer."""

from dataclasses import replace
from typing import Any

import pytest

from bot.actions import Do, ShowIssue
from bot.cards import Form
from bot.commands import COMMANDS, THREAD
from bot.lines import ANSWERS, TAKING
from bot.model import Event, FixKind, Issue, Severity, Status
from bot.parser import ANSWERS as SPELLINGS
from bot.parser import COMMANDS as VERBS
from bot.parser import TAKING_ANSWERS, THREAD_SYNONYMS, THREAD_WORDS
from bot.presses import PRESSED
from tests.world import ADA, ANA, BEN, LEE, MAYA, OMAR, ROSA, SAM, VERA, World, labels, pressable, text

FIX = {"words": "a new battery", "kind": "process"}


async def reported(world: World, line: str = "report the cart is dark") -> Issue:
    await world.types(MAYA, line)
    return (await world.issues())[-1]


async def do(world: World, who: str, event: Event, number: int = 1, /, **values: Any) -> None:  # noqa: ANN401 - a form's fields
    issue = await world.issue(number)
    action = Do(event, issue.id, issue.version)
    await (world.submits(who, action, values) if values else world.presses(who, action))


# ------------------------------------------------------------------------------------------------------- commands


def test_every_verb_of_the_grammar_does_something() -> None:
    assert set(VERBS) == set(COMMANDS) | {"code", "admin"}
    assert set(THREAD_WORDS) == set(THREAD)
    assert set(THREAD_SYNONYMS.values()) < set(THREAD)
    assert {*SPELLINGS.values(), *TAKING_ANSWERS.values()} == {*ANSWERS, "me too"}
    assert set(TAKING_ANSWERS.values()) == set(TAKING)
    assert set(PRESSED) == {event for event, _ in THREAD.values()} | {*ANSWERS.values(), Event.ME_TOO}


@pytest.mark.parametrize("who", [MAYA, ANA, SAM, LEE, VERA, OMAR])
@pytest.mark.parametrize("verb", sorted(COMMANDS))
async def test_every_command_alone_shows_something_or_is_for_others(world: World, verb: str, who: str) -> None:
    await reported(world)
    reply = await world.types(who, verb)
    assert reply.card or reply.form
    help_ = text((await world.types(who, "help")).card)
    assert ("That is for others to do" in text(reply.card) if reply.card else False) is (f"\n{verb}: " not in help_)


@pytest.mark.parametrize(
    ("who", "line", "says"),
    [
        (MAYA, "known: when is the training", "answer"),
        (ANA, "known allergy", "Send this as a report?"),
        (BEN, "here: ICU", "ICU"),
        (BEN, "here: 4 West", "That is no unit of yours"),
        (MAYA, "here: the moon", "That is no unit of yours"),
        (ANA, "duty off", "off duty"),
        (ANA, "duty on", "on duty"),
        (ANA, "duty on until 19:00", "19:00"),
        (ANA, "duty until 19:00", "19:00"),
        (SAM, "away until tomorrow", "away"),
        (SAM, "back", ""),
        (MAYA, "code ABCD-EFGH", "There is no report with that code"),
        (MAYA, "admin ABCD-EFGH", ""),
    ],
)
async def test_a_command_takes_what_may_follow_it(world: World, who: str, line: str, says: str) -> None:
    reply = await world.types(who, line)
    assert reply.card
    assert says in text(reply.card)
    assert "Something went wrong" not in text(reply.card)


async def test_an_hour_that_cannot_be_understood_is_asked_for(world: World) -> None:
    reply = await world.types(SAM, "away until the cows come home")
    assert reply.form or "cows" in text(reply.card)
    assert (await world.person(SAM)).away_until is None


async def test_here_is_where_they_work_from_now(world: World) -> None:
    ben, west = await world.person(BEN), (await world.person(ANA)).unit
    await world.database.run(lambda tx: tx.people.save(replace(ben, units=(ben.unit, west))))
    await world.types(BEN, "here: 4 West")
    assert (await world.person(BEN)).unit == west


# ------------------------------------------------------------------------------------------------------- in a thread


@pytest.mark.parametrize("verb", ["take", "escalate", "TAKE", "Take:", "escalate: please"])
async def test_a_word_alone_in_the_thread_is_done_at_once(world: World, verb: str) -> None:
    await reported(world)
    await world.says_in_thread(SAM, verb)
    assert [row.event for row in await world.history()][-1] is THREAD[verb.split(":", maxsplit=1)[0].lower()][0]


async def test_release_and_resume_in_the_thread(world: World) -> None:
    await reported(world)
    await do(world, SAM, Event.ASK, words="which cart?")
    await world.says_in_thread(SAM, "resume")
    assert (await world.issue()).status is Status.TAKEN
    await world.says_in_thread(SAM, "release")
    assert ((await world.issue()).status, (await world.issue()).owner) == (Status.REPORTED, None)


async def test_undo_in_the_thread_takes_the_fix_back(world: World) -> None:
    await reported(world)
    await do(world, SAM, Event.FIX, **FIX)
    await world.says_in_thread(SAM, "undo")
    issue = await world.issue()
    assert (issue.status, issue.addressed_at) == (Status.TAKEN, None)


async def test_dup_and_split_in_the_thread(world: World) -> None:
    await reported(world)
    await world.types(ADA, "report the label printer jams")
    await world.says_in_thread(SAM, "dup MAR-1", number=2)
    merged = await world.issue(2)
    assert (merged.status, merged.merged_into) == (Status.MERGED, (await world.issue()).id)
    await world.says_in_thread(SAM, "split", number=2)
    assert (await world.issue(2)).status is Status.REPORTED


async def test_idea_in_the_thread_of_a_question(world: World) -> None:
    await reported(world, "ask could the cart hum a tune")
    await world.says_in_thread(ANA, "idea")
    assert (await world.issue()).idea


@pytest.mark.parametrize(
    ("line", "event", "words"),
    [
        ("answer: hold the bell", Event.FIX, "hold the bell"),
        ("workaround: use the spare cart", Event.WORK_AROUND, "use the spare cart"),
        ("info: which cart?", Event.ASK, "which cart?"),
        ("reply: somebody is on the way", Event.RELAY, "somebody is on the way"),
    ],
)
async def test_words_after_the_colon_go_to_the_reporter(world: World, line: str, event: Event, words: str) -> None:
    await reported(world)
    await world.says_in_thread(SAM, line)
    assert event in {row.event for row in await world.history()}
    assert any(words in text(card) for card in world.chat.cards(MAYA))


async def test_an_answer_in_the_thread_is_one_and_no_other_kind_of_fix(world: World) -> None:
    issue = await reported(world)
    await world.says_in_thread(SAM, "answer: hold the bell")
    (fix,) = await world.database.read(lambda tx: tx.issues.fixes(issue.id))
    assert (fix.kind, fix.words) == (FixKind.ANSWER, "hold the bell")


@pytest.mark.parametrize(
    ("line", "field", "value", "wrong"),
    [
        ("fixed: a new fuse", "words", "a new fuse", {"kind"}),
        ("vendor: Acme", "vendor", "Acme", None),
        ("check: no, it is not safe", "words", "no, it is not safe", None),
        ("hand @nobody", "to", None, {"to"}),
        ("dup #99", "into", "#99", {"into"}),
    ],
)
async def test_what_is_still_wanting_is_asked_for_with_the_words_in_the_form(
    world: World, line: str, field: str, value: str | None, wrong: set[str] | None
) -> None:
    await reported(world)
    if line.startswith("check"):
        await do(world, SAM, Event.WORK_AROUND, words="skip the scan and type the dose")
    who = LEE if line.startswith(("check", "hand")) else SAM
    if line.startswith("hand"):
        await do(world, SAM, Event.TAKE)
    reply = await world.says_in_thread(who, line)
    if line.startswith("vendor") and reply.card:
        assert (await world.issue()).status is Status.WAITING_VENDOR
        return
    assert reply.form, text(reply.card)
    shown = {each.name: each.value for each in reply.form.fields}
    assert value is None or shown[field] == value
    assert wrong is None or set(reply.form.errors) >= wrong


@pytest.mark.parametrize("verb", sorted(v for v in THREAD if THREAD[v][1]))
async def test_every_word_that_wants_more_opens_its_form_after_a_bare_colon(world: World, verb: str) -> None:
    await reported(world)
    if verb in {"decline", "hand", "explain"}:
        await do(world, SAM, Event.TAKE)
    if verb == "check":
        await do(world, SAM, Event.WORK_AROUND, words="skip the scan and type the dose")
    reply = await world.says_in_thread(SAM if verb == "propose decline" else LEE, f"{verb}:")
    assert isinstance(reply.form, Form), text(reply.card)
    assert THREAD[verb][1] in {field.name for field in reply.form.fields}


async def test_decline_explain_sev_and_hand_in_the_thread(world: World) -> None:
    await reported(world)
    await world.says_in_thread(LEE, "sev 2")
    assert (await world.issue()).severity is Severity.BLOCKS_WORK
    await world.says_in_thread(LEE, "take")
    await world.says_in_thread(LEE, "hand @rosa-specimen")
    assert (await world.issue()).owner == (await world.person(ROSA)).id
    await world.says_in_thread(SAM, "explain: the battery is ten years old")
    assert (await world.issue()).cause == "the battery is ten years old"
    reply = await world.says_in_thread(LEE, "decline: it is being replaced anyway")
    assert reply.form
    assert set(reply.form.errors) == {"instead"}
    assert reply.form.fields[0].value == "it is being replaced anyway"


@pytest.mark.parametrize("line", ["yes", "broken", "next shift", "take a look at bed 4", "fixed it yesterday", "hm"])
async def test_team_talk_in_the_thread_is_left_alone(world: World, line: str) -> None:
    await reported(world)
    await do(world, SAM, Event.FIX, **FIX)
    before = await world.issue()
    reply = await world.says_in_thread(MAYA, line)
    assert (reply.card, reply.form, reply.said) == (None, None, line)
    assert await world.issue() == before


async def test_me_too_in_the_thread_follows_that_issue(world: World) -> None:
    issue = await reported(world)
    await world.says_in_thread(ADA, "me too")
    (follower,) = await world.database.read(lambda tx: tx.issues.followers(issue.id))
    assert follower.person == (await world.person(ADA)).id


@pytest.mark.parametrize("verb", sorted(THREAD))
async def test_a_thread_word_of_somebody_who_may_not_does_nothing(world: World, verb: str) -> None:
    before = await reported(world)
    line = {"dup": "dup #1", "sev": "sev 1", "hand": "hand @sam-pretend"}.get(verb, f"{verb}: words")
    for who in (ADA, OMAR):
        assert "That is for others to do" in text((await world.says_in_thread(who, line)).card)
    assert await world.issue() == before


# ----------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize("word", [each for each, verb in SPELLINGS.items() if verb in {"yes", "broken"}])
async def test_every_spelling_of_an_answer_answers(world: World, word: str) -> None:
    await reported(world)
    await do(world, SAM, Event.FIX, **FIX)
    await world.types(MAYA, word.upper())
    expected = Status.VERIFIED if SPELLINGS[word] == "yes" else Status.TAKEN
    assert (await world.issue()).status is expected


async def test_next_shift_moves_the_question(world: World) -> None:
    await reported(world)
    await do(world, SAM, Event.FIX, **FIX)
    reply = await world.types(MAYA, "next shift")
    assert (await world.issue()).status is Status.FIXED
    assert Event.NEXT_SHIFT in {row.event for row in await world.history()}
    assert "MAR-1" in text(reply.card)


async def test_withdraw_withdraws_the_only_one_there_is(world: World) -> None:
    await reported(world)
    await world.types(MAYA, "withdraw")
    assert (await world.issue()).status is Status.WITHDRAWN


async def test_with_two_that_can_be_withdrawn_the_bot_asks_which(world: World) -> None:
    await reported(world)
    await reported(world, "report the label printer jams")
    reply = await world.types(MAYA, "withdraw")
    assert [type(action) for action in pressable(reply.card).values()] == [ShowIssue, ShowIssue]
    assert {issue.status for issue in await world.issues()} == {Status.REPORTED}


async def test_mine_is_different_takes_ones_own_report_out_again(world: World) -> None:
    await reported(world)
    await world.types(ADA, "report the label printer jams")
    await do(world, SAM, Event.MERGE, into="2")
    assert (await world.issue()).status is Status.MERGED
    await world.types(MAYA, "no, mine is different")
    assert (await world.issue()).status is Status.REPORTED


async def test_me_too_alone_means_the_outage_that_everybody_was_told_of(world: World) -> None:
    assert "No fix is waiting" in text((await world.types(ADA, "me too")).card)
    issue = await reported(world)
    await do(world, LEE, Event.DECLARE_OUTAGE)
    await world.types(ADA, "me too")
    assert [each.person for each in await world.database.read(lambda tx: tx.issues.followers(issue.id))] == [
        (await world.person(ADA)).id
    ]


async def opens(world: World, who: str, line: str) -> dict[str, str]:
    """The fields of the form that a line opens."""
    reply = await world.types(who, line)
    assert reply.form, text(reply.card)
    return {each.name: each.value for each in reply.form.fields}


async def test_workaround_fails_means_the_only_one_that_is_in_place(world: World) -> None:
    await reported(world)
    assert "None of your reports can be meant" in text((await world.types(MAYA, "workaround fails")).card)
    await do(world, SAM, Event.WORK_AROUND, words="use the spare cart")
    await reported(world, "report the label printer jams")
    await world.types(MAYA, "the workaround fails")
    issue = await world.issue()
    assert [row.event for row in await world.history()][-1] is Event.WORKAROUND_FAILS
    assert issue.addressed_at is None


async def test_reply_answers_the_one_question_there_is(world: World) -> None:
    await reported(world)
    await reported(world, "report the label printer jams")
    await do(world, SAM, Event.ASK, words="which cart?")
    assert await opens(world, MAYA, "reply") == {"words": ""}
    await world.types(MAYA, "answer: number seven")
    (asked,) = await world.database.read(lambda tx: tx.issues.asked(tx.issues.reported_in(tx.pilots.all()[0].id)[0].id))
    assert (asked.answer, (await world.issue()).status) == ("number seven", Status.TAKEN)


async def test_object_opens_what_was_declined_again(world: World) -> None:
    await reported(world)
    await do(world, LEE, Event.DECLINE, words="it is rented", instead="the list by the door")
    assert await opens(world, MAYA, "object") == {"words": ""}
    await world.types(MAYA, "appeal: it is not rented")
    assert (await world.issue()).status is Status.TAKEN
    assert any("it is not rented" in text(card) for card in world.chat.cards(LEE))


async def test_detail_adds_the_place_masked(world: World) -> None:
    await reported(world)
    await world.types(MAYA, "detail: bed 4, MRN 12345678")
    place = (await world.issue()).place
    assert place.startswith("bed 4")
    assert "12345678" not in place
    assert (await opens(world, MAYA, "detail")).keys() == {"place", "instead", "why"}


async def test_how_bad_is_it_asks_the_reporter_anew(world: World) -> None:
    await reported(world)
    assert "severity" in await opens(world, MAYA, "how bad is it?")


@pytest.mark.parametrize("line", ["detail: bed 4", "object: it is not", "reply: number seven"])
async def test_words_that_can_be_meant_for_nothing_are_kept_whole_as_a_draft(world: World, line: str) -> None:
    reply = await world.types(MAYA, line)
    assert "Send this as a report?" in text(reply.card)
    assert line in text(reply.card)


async def test_with_several_that_can_be_meant_the_bot_asks_which_and_gives_the_words_back(world: World) -> None:
    await reported(world)
    await reported(world, "report the label printer jams")
    reply = await world.types(MAYA, "detail: bed 4")
    assert "Which one do you mean?" in text(reply.card)
    assert reply.words == "detail: bed 4"
    assert {issue.place for issue in await world.issues()} == {""}


async def test_an_answer_about_a_report_without_a_name_speaks_for_its_handle(world: World) -> None:
    await world.presses(MAYA, pressable((await world.types(MAYA, "anon the cart is dark")).card)["It slows me down"])
    issue = await world.issue()
    reply = await world.types(MAYA, "detail: by the lift")
    after = await world.issue()
    assert (after.place, issue.nameless, reply.said) == ("by the lift", True, "")
    assert {row.who for row in await world.history() if row.event is Event.DETAIL} == {issue.reporter}


@pytest.mark.parametrize(
    ("who", "line", "event"),
    [
        (ROSA, "the vendor replied", Event.VENDOR_REPLIED),
        (ANA, "propose decline: it is another contract", Event.PROPOSE_DECLINE),
        (LEE, "declare outage", Event.DECLARE_OUTAGE),
    ],
)
async def test_words_of_several_parts_act_in_the_thread(world: World, who: str, line: str, event: Event) -> None:
    await reported(world)
    if event is Event.VENDOR_REPLIED:
        await do(world, ROSA, Event.SEND_TO_VENDOR, vendor="Scanwell", reference="SW-1", expected="")
    await world.says_in_thread(who, line)
    assert event in [row.event for row in await world.history()]


async def test_help_shows_each_only_what_they_could_do(world: World) -> None:
    said = {who: text((await world.types(who, "help")).card) for who in (MAYA, ANA, ROSA, LEE, VERA)}
    can = {
        verb: {who for who, help_ in said.items() if verb in help_}
        for verb in (
            "object:",
            "take,",
            "check:",
            "vendor replied",
            "propose decline:",
            "declare outage",
            "sev 1",
            "decline: reply:",
        )
    }
    assert can == {
        "object:": {MAYA, ANA, ROSA, LEE, VERA}, "take,": {ANA, ROSA, LEE}, "check:": {LEE, VERA},
        "vendor replied": {ROSA, LEE}, "propose decline:": {ANA, ROSA}, "declare outage": {LEE},
        "sev 1": {ANA, ROSA, LEE}, "decline: reply:": {LEE},
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- reports


async def test_report_for_somebody_makes_them_the_reporter(world: World) -> None:
    reply = await world.types(ANA, "report for @maya-sample: the cart is dark")
    issue = await world.issue()
    assert issue.reporter == (await world.person(MAYA)).id
    assert "Sent for Maya Sample" in text(reply.card)
    assert world.chat.at(MAYA) == ["MAR-1: received"]
    await do(world, SAM, Event.FIX, **FIX)
    assert "Yes, fixed" in labels(world.chat.cards(MAYA)[-1])


@pytest.mark.parametrize("name", ["@nobody", "@Zz"])
async def test_report_for_nobody_is_sent_for_nobody(world: World, name: str) -> None:
    reply = await world.types(ANA, f"report for {name}: the cart is dark")
    assert "There is nobody" in text(reply.card)
    assert await world.issues() == []


async def test_report_for_somebody_is_for_the_team(world: World) -> None:
    reply = await world.types(MAYA, "report for @ana-fable: the cart is dark")
    assert "That is for others to do" in text(reply.card)
    assert reply.words == "report for @ana-fable: the cart is dark"
    assert await world.issues() == []


@pytest.mark.parametrize("line", ["report", "report for @maya-sample", "!!", "ask", "anon"])
async def test_a_report_without_words_opens_the_form(world: World, line: str) -> None:
    reply = await world.types(ANA, line)
    assert reply.form
    shown = {field.name: field.value for field in reply.form.fields}
    assert shown["severity"] == {"!!": "1", "ask": "4"}.get(line, "3")
    assert bool(shown["nameless"]) is (line == "anon")


async def test_what_was_typed_is_said_back_masked(world: World) -> None:
    reply = await world.types(MAYA, "report the cart of MRN 12345678 is dark")
    assert "12345678" not in reply.said
    assert "the cart of" in reply.said
