"""Words that are not yet a report: masked, compared with what is there, sent, joined, answered, or forgotten."""

from pathlib import Path

import pytest

from bot.actions import Do, DropDraft, EditDraft, NewReport, ReplyWith, SameAs, SendDraft, ThatHelped
from bot.model import Event, Severity, Status
from tests.world import ADA, ANA, LEE, MAYA, SAM, World, labels, pressable, text

DIGITS = "48151623"
LINE = f"report the wristband of MRN {DIGITS} does not scan"


async def answered(world: World, question: str = "ask how is the alarm limit set") -> None:
    """A question of Ada's, and what was answered."""
    await world.types(ADA, question)
    issue = await world.issue()
    values = {"words": "hold the bell for two seconds", "kind": "answer"}
    await world.submits(SAM, Do(Event.FIX, issue.id, issue.version), values)


# ----------------------------------------------------------------------------------------------------------- masking


async def test_a_report_with_patient_data_is_looked_at_masked_before_it_is_sent(world: World) -> None:
    reply = await world.types(MAYA, LINE)
    said = text(reply.card)
    assert "Send this as a report?" in said
    assert "This looked like patient data" in said
    assert DIGITS not in said + reply.said
    assert {"Send this", "Edit", "Do not send"} <= set(labels(reply.card))
    assert await world.issues() == []
    await world.presses(MAYA, pressable(reply.card)["Send this"])
    issue = await world.issue()
    assert DIGITS not in issue.summary
    assert (issue.severity, issue.summary[:19]) == (Severity.SLOWS_WORK, "the wristband of MR")


async def test_a_patient_at_risk_is_filed_masked_at_once(world: World) -> None:
    reply = await world.types(MAYA, f"!! MRN {DIGITS} got the wrong drug")
    issue = await world.issue()
    assert issue.severity is Severity.PATIENT_AT_RISK
    assert DIGITS not in issue.summary + text(reply.card) + reply.said


async def test_what_is_edited_is_masked_again_and_keeps_its_first_clock(world: World) -> None:
    reply = await world.types(MAYA, LINE)
    edit = pressable(reply.card)["Edit"]
    form = (await world.presses(MAYA, edit)).form
    assert form
    assert DIGITS not in form.fields[0].value
    await world.pass_time(2)
    values = {"words": f"the wristband of MRN {DIGITS} never scans", "severity": "2"}
    await world.submits(MAYA, edit, values)
    issue = await world.issue()
    assert DIGITS not in issue.summary
    assert (issue.severity, issue.reported_at) == (Severity.BLOCKS_WORK, world.start)


async def test_an_edited_draft_that_is_gone_gives_the_words_back(world: World) -> None:
    reply = await world.types(MAYA, LINE)
    buttons = pressable(reply.card)
    await world.presses(MAYA, buttons["Do not send"])
    late = await world.submits(MAYA, buttons["Edit"], {"words": "never mind", "severity": "3"})
    assert "no longer kept" in text(late.card)
    assert late.words == "never mind"


async def test_an_edited_draft_without_words_comes_back(world: World) -> None:
    reply = await world.types(MAYA, LINE)
    again = await world.submits(MAYA, pressable(reply.card)["Edit"], {"words": " ", "severity": "3"})
    assert again.form
    assert set(again.form.errors) == {"words"}


def everything_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.glob("hospital.db*"))


@pytest.mark.parametrize("how", ["line", "draft", "form", "urgent", "anon", "reply"])
async def test_identifiers_never_reach_the_file(world: World, tmp_path: Path, how: str) -> None:
    match how:
        case "line":
            await world.types(MAYA, LINE)
        case "draft":
            await world.types(MAYA, f"MRN {DIGITS} shows twice")
        case "form":
            await world.submits(MAYA, NewReport(), {"words": f"MRN {DIGITS} shows twice", "severity": "3"})
        case "urgent":
            await world.types(MAYA, f"!! MRN {DIGITS} got the wrong drug")
        case "anon":
            await world.types(MAYA, f"anon MRN {DIGITS} was skipped")
        case _:
            await world.types(MAYA, "report the cart is dark")
            issue = await world.issue()
            await world.submits(SAM, Do(Event.ASK, issue.id, 1), {"words": "for whom?"})
            issue = await world.issue()
            await world.submits(MAYA, Do(Event.REPLY, issue.id, issue.version), {"words": f"for MRN {DIGITS}"})
    await world.pass_time(0.2)
    said = "\n".join(text(message.card) for message in world.chat.history)
    assert DIGITS not in said
    assert DIGITS.encode() not in everything_in(tmp_path)
    for issue in await world.issues():
        words = [row.words for row in await world.history(issue.number)]
        asked = await world.database.read(lambda tx, of=issue.id: tx.issues.asked(of))  # type: ignore[misc]
        kept = [issue.summary, *words, *(each.words + each.answer for each in asked)]
        assert not any(DIGITS in each for each in kept)


# ------------------------------------------------------------------------------------------------ sent twice, the same


async def test_nearly_the_same_within_ten_minutes_is_asked_about(world: World) -> None:
    await world.types(MAYA, "report the cart in bay two is dark")
    await world.pass_time(0.1)
    again = await world.types(MAYA, "report the cart in bay two is dark")
    assert "You sent nearly the same a few minutes ago, as MAR-1." in text(again.card)
    assert len(await world.issues()) == 1
    await world.presses(MAYA, pressable(again.card)["Send this"])
    assert len(await world.issues()) == 2


async def test_after_ten_minutes_or_by_somebody_else_it_is_a_report_of_its_own(world: World) -> None:
    await world.types(MAYA, "report the cart in bay two is dark")
    await world.types(ADA, "report the cart in bay two is dark")
    assert len(await world.issues()) == 2
    await world.pass_time(0.2)
    await world.types(MAYA, "report the cart in bay two is dark")
    assert len(await world.issues()) == 3


async def test_a_patient_at_risk_is_never_asked_about(world: World) -> None:
    for _ in range(2):
        await world.types(MAYA, "!! the pump ran dry")
    assert len(await world.issues()) == 2


async def test_a_draft_shows_what_says_the_same_and_one_tap_joins_it(world: World) -> None:
    await world.types(ADA, "report the barcode scanner does not read wristbands")
    reply = await world.types(MAYA, "the barcode scanner does not read wristbands")
    same = pressable(reply.card)["Same as MAR-1"]
    assert isinstance(same, SameAs)
    await world.presses(MAYA, same)
    issue = await world.issue()
    followers = await world.database.read(lambda tx: tx.issues.followers(issue.id))
    assert [each.person for each in followers] == [(await world.person(MAYA)).id]
    assert len(await world.issues()) == 1
    assert "no longer kept" in text((await world.presses(MAYA, same)).card)


async def test_the_receipt_offers_the_same_and_joining_withdraws_ones_own(world: World) -> None:
    await world.types(ADA, "report the barcode scanner does not read wristbands")
    receipt = await world.types(MAYA, "report the barcode scanner does not read wristbands")
    await world.presses(MAYA, pressable(receipt.card)["Same as MAR-1"])
    assert [issue.status for issue in await world.issues()] == [Status.REPORTED, Status.WITHDRAWN]


# ------------------------------------------------------------------------------------------------- questions, answers


async def test_the_second_similar_question_is_offered_the_answer_of_the_first(world: World) -> None:
    await answered(world)
    reply = await world.types(MAYA, "ask how is the alarm limit set")
    assert "hold the bell for two seconds" in text(reply.card)
    assert len(await world.issues()) == 1
    helped = pressable(reply.card)["That helps, do not send"]
    assert isinstance(helped, ThatHelped)
    await world.presses(MAYA, helped)
    kept = await world.database.read(lambda tx: tx.known.get(helped.answer))
    assert kept
    assert kept.helped == 1
    assert "no longer kept" in text((await world.presses(MAYA, SendDraft(helped.draft, Severity.QUESTION))).card)


async def test_it_can_be_sent_all_the_same(world: World) -> None:
    await answered(world)
    reply = await world.types(MAYA, "ask how is the alarm limit set")
    await world.presses(MAYA, pressable(reply.card)["Send this"])
    assert len(await world.issues()) == 2


async def test_another_question_goes_straight_to_a_champion(world: World) -> None:
    await answered(world)
    await world.types(MAYA, "ask where do I find spare wristbands")
    assert len(await world.issues()) == 2


async def test_words_may_be_the_answer_to_what_was_asked(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    await world.submits(SAM, Do(Event.ASK, issue.id, 1), {"words": "which cart?"})
    reply = await world.types(MAYA, "the blue one")
    answer = pressable(reply.card)["Answers MAR-1"]
    assert isinstance(answer, ReplyWith)
    await world.presses(MAYA, answer)
    assert (await world.issue()).status is Status.TAKEN
    assert any("the blue one" in text(card) for card in world.chat.cards(SAM))


async def test_words_that_could_not_join_an_issue_are_still_there(world: World) -> None:
    await world.types(ADA, "report the barcode scanner does not read wristbands")
    reply = await world.types(MAYA, "the barcode scanner does not read wristbands")
    same = pressable(reply.card)["Same as MAR-1"]
    issue = await world.issue()
    await world.presses(ADA, Do(Event.WITHDRAW, issue.id, issue.version))
    refused = await world.presses(MAYA, same)
    assert "MAR-1" in text(refused.card)
    assert "does not read wristbands" in text(refused.card)
    await world.presses(MAYA, pressable(refused.card)["It slows me down"])
    assert (await world.issue(2)).summary == "the barcode scanner does not read wristbands"


async def test_words_that_are_about_ones_own_issue_are_still_there(world: World) -> None:
    await world.types(MAYA, "report the barcode scanner does not read wristbands")
    reply = await world.types(MAYA, "the cart is dark")
    draft = pressable(reply.card)["Edit"]
    assert isinstance(draft, EditDraft)
    issue = await world.issue()
    refused = await world.presses(MAYA, SameAs(draft.draft, issue.id))
    assert {"the cart is dark", "Send this as a report?"} <= set(text(refused.card).split("\n"))
    assert await world.database.read(lambda tx: tx.drafts.get(draft.draft))


async def test_an_answer_that_comes_too_late_is_still_there_and_is_asked_about(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    await world.submits(SAM, Do(Event.ASK, issue.id, 1), {"words": "which cart?"})
    reply = await world.types(MAYA, "the blue one")
    issue = await world.issue()
    await world.presses(MAYA, Do(Event.WITHDRAW, issue.id, issue.version))
    refused = await world.presses(MAYA, pressable(reply.card)["Answers MAR-1"])
    assert "the blue one" in text(refused.card)
    await world.pass_time(0.2)
    (again,) = [card for card in world.chat.cards(MAYA) if "Still to be sent" in card.title]
    await world.presses(MAYA, pressable(again)["It slows me down"])
    assert (await world.issue(2)).summary == "the blue one"


async def test_words_of_somebody_who_may_not_answer_any_more_are_still_there(world: World) -> None:
    await world.types(ADA, "report the cart is dark")
    issue = await world.issue()
    await world.submits(SAM, Do(Event.ASK, issue.id, 1), {"words": "which cart?"})
    reply = await world.types(MAYA, "the blue one")
    draft = pressable(reply.card)["Edit"]
    assert isinstance(draft, EditDraft)
    denied = await world.presses(MAYA, ReplyWith(draft.draft, issue.id))
    assert "That is for others to do" in text(denied.card)
    assert await world.database.read(lambda tx: tx.drafts.get(draft.draft))


async def test_whoever_follows_it_already_has_said_so(world: World) -> None:
    await world.types(ADA, "report the barcode scanner does not read wristbands")
    for _ in range(2):
        reply = await world.types(MAYA, "the barcode scanner does not read wristbands")
        same = pressable(reply.card)["Same as MAR-1"]
        await world.presses(MAYA, same)
        assert "no longer kept" in text((await world.presses(MAYA, same)).card)


async def test_nobody_else_joins_edits_answers_or_drops_a_draft(world: World) -> None:
    await world.types(ADA, "report the barcode scanner does not read wristbands")
    reply = await world.types(MAYA, "the barcode scanner does not read wristbands")
    buttons = pressable(reply.card)
    issue = await world.issue()
    edit = buttons["Edit"]
    assert isinstance(edit, EditDraft)
    for action in (buttons["Same as MAR-1"], edit, DropDraft(edit.draft), ReplyWith(edit.draft, issue.id)):
        assert "no longer kept" in text((await world.presses(LEE, action)).card)
    assert await world.database.read(lambda tx: tx.drafts.get(edit.draft))


async def test_a_draft_for_somebody_else_is_sent_in_their_name(world: World) -> None:
    reply = await world.types(ANA, f"report for @maya-sample: MRN {DIGITS} shows twice")
    assert "It is sent for Maya Sample" in text(reply.card)
    await world.presses(ANA, pressable(reply.card)["Send this"])
    assert (await world.issue()).reporter == (await world.person(MAYA)).id
