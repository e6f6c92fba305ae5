import pytest

from bot import actions, messages
from bot.actions import Action, Do, NewReport, Show, ShowIssue
from bot.cards import TYPED, Buttons, Card, Quote
from bot.commands import COMMANDS
from bot.model import Draft, DraftId, Event, IssueId, MessageRef, Reader, Severity, Status
from storage.seal import KeyRing
from tests import builders
from tests.world import ADA, ANA, BEN, LEE, MAYA, OMAR, ROSA, SAM, VERA, WEST, World, audited, labels, place, text

STRANGER = "nobody-knows"
FIXED = {"words": "a new battery", "kind": "process"}


async def test_a_line_files_a_report_and_says_who_has_been_told(world: World) -> None:
    reply = await world.types(MAYA, "report scanner won't read wristbands")
    assert reply.kept
    assert "MAR-1: received" in text(reply.card)
    assert "Ana Fable (champion, on shift) has been told." in text(reply.card)
    assert "tomorrow, Sat 14:00, Dr Lee Madeup hears about it" in text(reply.card)
    issue = await world.issue()
    assert (issue.summary, issue.severity) == ("scanner won't read wristbands", Severity.SLOWS_WORK)


async def test_the_same_event_twice_is_one_report(world: World) -> None:
    await world.types(MAYA, "report the cart is dark", key="event 7")
    again = await world.types(MAYA, "report the cart is dark", key="event 7")
    assert "We have this already" in text(again.card)
    assert len(await world.issues()) == 1


async def test_the_same_event_id_of_another_platform_is_another_event(world: World) -> None:
    await world.types(MAYA, "report the cart is dark", key="7")
    maya = await world.person(MAYA)
    there = builders.person(pilot=maya.pilot, unit=maya.unit, address=place("somebody", "slack"))
    await world.database.run(lambda tx: tx.people.add(there))
    await world.desk.line(there.address, "report the cart is dark", key="7")
    assert len(await world.issues()) == 2


async def test_somebody_unknown_gets_their_words_back(world: World) -> None:
    reply = await world.types(STRANGER, "report the cart is dark")
    assert "not on this pilot's roster" in text(reply.card)
    assert reply.words == "report the cart is dark"
    assert await world.issues() == []


async def test_words_of_12000_characters_are_kept_whole(world: World) -> None:
    words = "x" * (TYPED - 4) + " end"
    await world.types(MAYA, f"report {words}")
    assert (await world.issue()).summary == words


@pytest.mark.parametrize("before", ["report ", ""])
async def test_words_of_12001_characters_are_handed_back_and_nothing_is_kept(world: World, before: str) -> None:
    line = before + "x" * (TYPED + 1)
    reply = await world.types(MAYA, line)
    assert "12001 characters; up to 12000 can be kept" in text(reply.card)
    assert reply.words == line
    assert await world.issues() == []


async def test_no_words_open_the_form(world: World) -> None:
    reply = await world.types(MAYA, "report")
    assert reply.form
    assert reply.form.action == NewReport()


async def test_what_was_typed_is_scrubbed_before_it_is_kept(world: World) -> None:
    await world.types(MAYA, "report the \u202epump\x00 is \ud83d dark")
    assert (await world.issue()).summary == "the pump is \ufffd dark"


@pytest.mark.parametrize("reference", ["MAR-1", "#1", "mar-1"])
async def test_a_reference_shows_the_issue_to_its_reporter_and_to_the_team(world: World, reference: str) -> None:
    await world.types(MAYA, "report the cart is dark")
    for who in (MAYA, ANA, SAM, LEE, VERA):
        reply = await world.types(who, reference)
        assert "the cart is dark" in text(reply.card)
        assert not reply.kept


@pytest.mark.parametrize("reference", ["MAR-99", "#99", "ICU-1", "XYZ-1"])
async def test_an_unknown_reference_is_said_to_be_unknown(world: World, reference: str) -> None:
    await world.types(MAYA, "report the cart is dark")
    assert "There is no" in text((await world.types(LEE, reference)).card)


async def test_a_reference_that_is_not_yours_looks_like_one_that_does_not_exist(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    there = await world.types(ADA, "MAR-1")
    nowhere = await world.types(ADA, "MAR-2")
    assert text(there.card).replace("MAR-1", "MAR-2") == text(nowhere.card)
    assert ("see an issue", "MAR-1", False) in await audited(world)


async def test_a_reference_of_another_pilot_is_unknown(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    stranger = await world.add_a_stranger()
    reply = await world.types(stranger, "MAR-1")
    assert "There is no MAR-1 that you can see" in text(reply.card)
    assert "the cart is dark" not in text(reply.card)


@pytest.mark.parametrize(("screen", "deed"), [("queue", "see the queue"), ("pilot", "see the figures")])
async def test_a_denied_screen_is_in_the_audit(world: World, screen: str, deed: str) -> None:
    assert "That is for others to do" in text((await world.types(MAYA, screen)).card)
    assert (deed, "MAR", False) in await audited(world)


async def test_a_press_on_a_card_that_showed_an_earlier_state_does_nothing(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    seen = await world.issue()
    await world.presses(ANA, Do(Event.TAKE, seen.id, seen.version))
    reply = await world.presses(SAM, Do(Event.TAKE, seen.id, seen.version))
    assert "MAR-1 has changed since you saw that card" in text(reply.card)
    assert (await world.issue()).owner == (await world.person(ANA)).id


async def test_a_press_that_is_not_possible_now_says_what_is(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    reply = await world.presses(MAYA, Do(Event.CONFIRM, (await world.issue()).id, 1))
    assert "It can be taken, answered or fixed now." in text(reply.card)


@pytest.mark.parametrize("token", ["", "do~take~1~1~ffffffff~AAAA", "\ud83d", "x" * 10_000])
async def test_a_forged_press_is_out_of_date(world: World, token: str) -> None:
    reply = await world.desk.press(place(MAYA), token, key="1")
    assert "This button is out of date" in text(reply.card)


async def test_a_press_signed_by_another_installation_is_out_of_date(world: World) -> None:
    token = actions.encode(NewReport(), KeyRing(["another installation, another secret"]), world.start)
    assert "out of date" in text((await world.desk.press(place(MAYA), token, key="1")).card)


async def test_an_expired_form_is_out_of_date_and_the_words_come_back(world: World) -> None:
    token = await world.token(NewReport())
    await world.pass_time(24 * 91)
    reply = await world.desk.submit(place(MAYA), token, {"words": "the cart", "severity": "3"}, key="1")
    assert "out of date" in text(reply.card)
    assert reply.words == "the cart"


@pytest.mark.parametrize(
    "action", [ShowIssue(IssueId(5)), Do(Event.TAKE, IssueId(5), 1), actions.DropDraft(DraftId(5))]
)
async def test_what_is_no_longer_there_is_out_of_date(world: World, action: Action) -> None:
    said = text((await world.presses(LEE, action)).card)
    assert "out of date" in said or "no longer kept" in said


@pytest.mark.parametrize("action", [Do(Event.TAKE, IssueId(1), 1), Show("mine"), ShowIssue(IssueId(1))])
async def test_what_is_no_form_cannot_be_submitted(world: World, action: Action) -> None:
    reply = await world.submits(LEE, action, {"words": "kept"})
    assert "out of date" in text(reply.card)
    assert reply.words == "kept"


@pytest.mark.parametrize("screen", sorted(COMMANDS))
async def test_every_screen_is_a_button_too(world: World, screen: str) -> None:
    assert text((await world.presses(LEE, Show(screen))).card) == text((await world.types(LEE, screen)).card)


@pytest.mark.parametrize("screen", ["", "teleport", "x" * 40])
async def test_an_unknown_screen_is_no_fault(world: World, screen: str) -> None:
    assert "Something went wrong" not in text((await world.presses(LEE, Show(screen))).card)


# ------------------------------------------------------------------------------------------------------- forms


async def test_the_form_comes_back_with_what_is_wrong_beside_each_field_and_the_values(world: World) -> None:
    reply = await world.submits(MAYA, NewReport(), {"words": "", "severity": "9"}, key="form 1")
    assert reply.form
    assert set(reply.form.errors) == {"words", "severity"}
    reply = await world.submits(MAYA, NewReport(), {"words": "the cart", "severity": "9"}, key="form 1")
    assert reply.form
    assert set(reply.form.errors) == {"severity"}
    assert reply.form.fields[0].value == "the cart"


async def test_a_form_mended_is_taken_under_the_same_key(world: World) -> None:
    await world.submits(MAYA, NewReport(), {"words": "", "severity": "2"}, key="form 1")
    reply = await world.submits(MAYA, NewReport(), {"words": "the cart", "severity": "2"}, key="form 1")
    assert "MAR-1: received" in text(reply.card)
    again = await world.submits(MAYA, NewReport(), {"words": "the cart", "severity": "2"}, key="form 1")
    assert "We have this already" in text(again.card)


async def test_a_form_with_words_too_long_keeps_them(world: World) -> None:
    words = "x" * (TYPED + 1)
    reply = await world.submits(MAYA, NewReport(), {"words": words, "severity": "2"})
    assert reply.form
    assert reply.form.fields[0].value == words
    assert "12001" in reply.form.errors["words"]


async def test_a_form_of_missing_and_extra_fields_is_no_fault(world: World) -> None:
    reply = await world.submits(MAYA, NewReport(), {"surprise": "x"})
    assert reply.form


async def test_a_fix_without_words_or_kind_is_asked_for_both(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    reply = await world.submits(ANA, Do(Event.FIX, issue.id, 1), {"words": "", "kind": "magic"})
    assert reply.form
    assert set(reply.form.errors) == {"words", "kind"}
    reply = await world.submits(ANA, Do(Event.FIX, issue.id, 1), {"words": "a fuse", "kind": ""})
    assert reply.form
    assert reply.form.fields[0].value == "a fuse"


async def test_words_of_a_fix_that_came_too_late_go_back_to_their_author(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    seen = await world.issue()
    await world.presses(SAM, Do(Event.TAKE, seen.id, seen.version))
    reply = await world.submits(ANA, Do(Event.FIX, seen.id, seen.version), FIXED)
    assert "has changed since you saw that card" in text(reply.card)
    assert reply.words == "a new battery"
    assert (await world.issue()).status is Status.TAKEN


# ------------------------------------------------------------------------------------------------ yes and broken


async def fixed_reports(world: World, many: int) -> None:
    for number in range(1, many + 1):
        await world.types(MAYA, f"report cart {number} is dark")
        issue = await world.issue(number)
        await world.submits(ANA, Do(Event.FIX, issue.id, issue.version), FIXED)


@pytest.mark.parametrize("word", ["yes", "broken", "still broken", "next shift"])
async def test_with_nothing_waiting_there_is_nothing_to_answer(world: World, word: str) -> None:
    await world.types(MAYA, "report the cart is dark")
    assert "No fix is waiting for your answer" in text((await world.types(MAYA, word)).card)


@pytest.mark.parametrize(
    ("word", "status"), [("yes", Status.VERIFIED), ("broken", Status.TAKEN), ("still broken", Status.TAKEN)]
)
async def test_with_one_waiting_a_word_answers_it(world: World, word: str, status: Status) -> None:
    await fixed_reports(world, 1)
    await world.types(MAYA, word)
    assert (await world.issue()).status is status


@pytest.mark.parametrize("word", ["yes", "broken"])
async def test_with_two_waiting_the_bot_asks_which(world: World, word: str) -> None:
    await fixed_reports(world, 2)
    reply = await world.types(MAYA, word)
    assert "Which one do you mean?" in text(reply.card)
    assert labels(reply.card) == ["Show MAR-2", "Show MAR-1"]
    assert {issue.status for issue in await world.issues()} == {Status.FIXED}


# ------------------------------------------------------------------------------------------------------- threads


async def unit_thread(world: World) -> MessageRef:
    await world.types(MAYA, "report the cart is dark")
    return next(message.ref for message in world.chat.history if message.ref.place.id == WEST)


async def test_in_the_issues_thread_take_takes_it(world: World) -> None:
    thread = await unit_thread(world)
    await world.desk.line(place(SAM), "take", key="1", thread=thread)
    assert (await world.issue()).owner == (await world.person(SAM)).id


async def test_in_the_issues_thread_fixed_opens_the_form_with_the_words_in_it(world: World) -> None:
    reply = await world.desk.line(place(SAM), "fixed: a new fuse", key="1", thread=await unit_thread(world))
    assert reply.form
    assert reply.form.fields[0].value == "a new fuse"


async def test_team_talk_in_a_thread_is_left_alone(world: World) -> None:
    thread = await unit_thread(world)
    before = len(world.chat.history)
    reply = await world.desk.line(place(SAM), "take a look at the fuse", key="1", thread=thread)
    assert (reply.card, reply.form) == (None, None)
    await world.pass_time(0.2)
    assert len(world.chat.history) == before


async def test_a_thread_under_no_card_of_ours_is_out_of_date(world: World) -> None:
    reply = await world.desk.line(place(SAM), "take", key="1", thread=MessageRef(place(WEST), "999"))
    assert "out of date" in text(reply.card)


# -------------------------------------------------------------------------------------------------------- drafts


async def draft_of(world: World, who: str, line: str = "4 West scanner down") -> DraftId:
    reply = await world.types(who, line)
    assert "Send this as a report?" in text(reply.card)
    assert reply.card
    found = [b.action for part in reply.card.parts if part.part == "buttons" for b in part.buttons]
    return next(action.draft for action in found if isinstance(action, actions.DropDraft))


async def kept(world: World, draft: DraftId) -> Draft | None:
    return await world.database.read(lambda tx: tx.drafts.get(draft))


async def test_other_words_are_kept_as_a_draft_untouched_and_nothing_is_filed(world: World) -> None:
    draft = await kept(world, await draft_of(world, MAYA, "help pt got double dose"))
    assert draft
    assert draft.words == "help pt got double dose"
    assert await world.issues() == []


async def test_a_draft_is_sent_with_the_clock_of_its_first_words(world: World) -> None:
    draft = await draft_of(world, MAYA)
    await world.pass_time(3)
    await world.presses(MAYA, actions.SendDraft(draft, Severity.BLOCKS_WORK))
    issue = await world.issue()
    assert (issue.summary, issue.severity) == ("4 West scanner down", Severity.BLOCKS_WORK)
    assert (issue.reported_at, world.hours(issue.due_at)) == (world.start, 24)
    assert await kept(world, draft) is None


async def test_a_draft_is_asked_about_at_five_minutes_once(world: World) -> None:
    await draft_of(world, MAYA)
    await world.pass_time(4.9 / 60)
    assert world.chat.at(MAYA) == []
    await world.pass_time(0.1 / 60)
    assert world.chat.at(MAYA) == ["Still to be sent: is this a report?"]
    await world.pass_time(20)
    assert len(world.chat.at(MAYA)) == 1


async def test_a_dropped_draft_is_gone_and_never_asked_about(world: World) -> None:
    draft = await draft_of(world, MAYA)
    assert "Not sent, and not kept" in text((await world.presses(MAYA, actions.DropDraft(draft))).card)
    assert await kept(world, draft) is None
    await world.pass_time(25)
    assert world.chat.at(MAYA) == []


async def test_a_sent_draft_cannot_be_sent_again(world: World) -> None:
    draft = await draft_of(world, MAYA)
    await world.presses(MAYA, actions.SendDraft(draft, Severity.SLOWS_WORK))
    again = await world.presses(MAYA, actions.SendDraft(draft, Severity.SLOWS_WORK))
    assert "no longer kept" in text(again.card)
    assert len(await world.issues()) == 1


async def test_somebody_elses_draft_is_not_there(world: World) -> None:
    draft = await draft_of(world, MAYA)
    for action in (actions.SendDraft(draft, Severity.SLOWS_WORK), actions.DropDraft(draft)):
        assert "no longer kept" in text((await world.presses(LEE, action)).card)
    assert await kept(world, draft)
    assert await world.issues() == []


async def test_a_draft_is_forgotten_after_a_day(world: World) -> None:
    draft = await draft_of(world, MAYA)
    await world.pass_time(23.9)
    assert await kept(world, draft)
    await world.pass_time(0.2)
    assert await kept(world, draft) is None


# ------------------------------------------------------------------------------------------------- home, room, log


async def test_help_shows_only_what_this_person_may_do(world: World) -> None:
    def verbs(said: str) -> list[str]:
        return [verb for verb in messages.commands(Reader("UTC")) if f"\n{verb}: " in said]

    mine = ["report", "ask", "mine", "known", "here", "help"]
    team = ["report for", "queue", "duty", "away", "back"]
    said = {who: set(verbs(text((await world.types(who, "help")).card))) for who in (MAYA, ANA, OMAR, LEE)}
    assert said == {
        MAYA: {*mine},
        ANA: {*mine, *team},
        OMAR: {*mine, "pilot"},
        LEE: {*mine, *team, "pilot"},
    }


async def test_home_is_what_somebody_is_to_the_pilot(world: World) -> None:
    pages = {who: [page.key for page in await world.desk.home(place(who))] for who in (MAYA, SAM, LEE, OMAR, STRANGER)}
    assert pages == {
        MAYA: ["home"],
        SAM: ["home"],
        LEE: ["owed", "home", "people", "numbers"],
        OMAR: ["home", "numbers"],
        STRANGER: ["home"],
    }
    ((page,), (strangers,)) = (await world.desk.home(place(MAYA)), await world.desk.home(place(STRANGER)))
    assert [card.title for card in page.cards] == ["You have reported nothing so far"]
    assert [card.title for card in strangers.cards] == ["You are not on this pilot's roster"]


async def test_a_room_shows_the_channels_that_are_ones_own(world: World) -> None:
    seen = {who: [unit.name for unit in (await world.desk.room(place(who))).channels] for who in (MAYA, BEN, ROSA)}
    assert seen == {MAYA: ["4 West"], BEN: ["ICU"], ROSA: ["4 West", "ICU", "All units"]}


async def test_a_workspace_knows_everybody_whom_its_platform_reaches(world: World) -> None:
    assert len(await world.desk.everybody("local")) == 36
    assert await world.desk.everybody("slack") == []


async def test_the_log_tells_what_happened_newest_first(world: World) -> None:
    await fixed_reports(world, 1)
    lines = [line.words for line in await world.desk.log(place(LEE))]
    assert lines == [
        "what helps has reached the reporter",
        "Ana Fable says it is fixed",
        "taken by Ana Fable",
        "reported by the reporter",
    ]


async def test_a_fault_of_ours_gives_a_number_and_the_words_back(world: World) -> None:
    world.desk._database = None  # type: ignore[assignment] # noqa: SLF001 - the bluntest fault there is
    reply = await world.desk.line(place(MAYA), "report the cart", key="1")
    assert "Something went wrong on our side" in text(reply.card)
    assert reply.words == "report the cart"


async def test_a_database_that_is_gone_says_so_and_gives_the_words_back(world: World) -> None:
    await world.database.close()
    reply = await world.desk.line(place(MAYA), "report the cart", key="1")
    assert "could not be saved" in text(reply.card)
    assert reply.words == "report the cart"


@pytest.mark.parametrize("who", [MAYA, ANA, VERA])
async def test_the_log_is_not_for_everybody(world: World, who: str) -> None:
    await fixed_reports(world, 1)
    assert await world.desk.log(place(who)) == []


@pytest.mark.parametrize("line", ["report no name prints on the wristband", "report: no name she skips scans"])
async def test_words_that_may_or_may_not_ask_for_no_name_are_asked_about_first(world: World, line: str) -> None:
    reply = await world.types(MAYA, line)
    assert "It is sent with your name." in text(reply.card)
    assert await world.issues() == []


async def test_a_patient_at_risk_is_never_held_up_by_what_may_be_a_wish_for_no_name(world: World) -> None:
    await world.types(MAYA, "!! no name on the wristband, wrong patient scanned")
    assert [issue.severity for issue in await world.issues()] == [Severity.PATIENT_AT_RISK]


async def test_a_reminder_of_a_draft_has_nothing_left_to_press_once_it_is_answered(world: World) -> None:
    draft = await draft_of(world, MAYA)
    await world.pass_time(0.1)
    (reminder,) = world.chat.cards(MAYA)
    assert labels(reminder)
    await world.presses(MAYA, actions.DropDraft(draft))
    (reminder,) = world.chat.cards(MAYA)
    assert (reminder.title, labels(reminder)) == ("Not sent", [])


async def test_a_draft_that_nobody_sends_goes_back_to_its_author_after_a_day(world: World) -> None:
    await draft_of(world, MAYA)
    await world.pass_time(25)
    assert world.chat.at(MAYA) == ["Not sent", "Your words were never sent, and are no longer kept"]


async def test_a_long_report_is_read_to_its_end_a_page_at_a_time(world: World) -> None:
    words = "".join(chr(97 + n % 26) for n in range(12_000))
    await world.types(MAYA, f"report {words}")
    shown = (await world.types(ANA, "MAR-1")).card
    read, label = "", "Read all of it"
    while shown and label in labels(shown):
        shown = (await world.presses(ANA, action_of(shown, label))).card
        read, label = read + quoted(shown), "Read on"
    assert read == words


def action_of(card: Card, label: str) -> actions.Action:
    return next(b.action for part in card.parts if isinstance(part, Buttons) for b in part.buttons if b.label == label)


def quoted(card: Card | None) -> str:
    return "".join(part.words for part in card.parts if isinstance(part, Quote)) if card else ""
