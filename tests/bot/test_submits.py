"""Forms: what each asks for, how it comes back with the values, and what becomes of words that were not taken."""

import pytest

from bot.actions import Action, Do, GoAway, GrantRole, MergeInto, NewReport, Several
from bot.model import Event, Issue, Role, Severity, Status
from bot.submits import SUBMITTED
from tests.world import ADA, ANA, LEE, MAYA, ROSA, SAM, World, audited, text

# Who opens each form, on an issue in which state; what is wanting when it comes back empty; and what is enough.
FORMS: dict[Event, tuple[str, list[tuple[str, Event]], set[str], dict[str, str]]] = {
    Event.FIX: (SAM, [], {"words", "kind"}, {"words": "a fuse", "kind": "process"}),
    Event.WORK_AROUND: (SAM, [], {"words"}, {"words": "use the spare cart"}),
    Event.ASK: (SAM, [], {"words"}, {"words": "which cart?"}),
    Event.SEND_TO_VENDOR: (SAM, [], {"vendor"}, {"vendor": "Acme", "reference": "case 7"}),
    Event.DECLINE: (LEE, [], {"words", "instead"}, {"words": "not ours", "instead": "the service desk"}),
    Event.PROPOSE_DECLINE: (SAM, [], {"words"}, {"words": "not ours"}),
    Event.CHANGE_SEVERITY: (SAM, [], {"severity"}, {"severity": "2"}),
    Event.HAND_OVER: (SAM, [(SAM, Event.TAKE)], {"to"}, {"to": ROSA}),
    Event.RELAY: (SAM, [(SAM, Event.TAKE)], {"words"}, {"words": "on the way"}),
    Event.REPLY: (MAYA, [(SAM, Event.ASK)], {"words"}, {"words": "the blue one"}),
    Event.CHECK: (LEE, [(SAM, Event.WORK_AROUND)], {"ok"}, {"ok": "yes"}),
    Event.MERGE: (SAM, [], {"into"}, {"into": "2"}),
    Event.EXPLAIN: (SAM, [(SAM, Event.TAKE)], {"cause"}, {"cause": "an old fuse"}),
}
RISKY = {"words": "skip the scan and type the dose"}


async def ready(world: World, event: Event) -> Issue:
    await world.types(MAYA, "report the cart is dark")
    await world.types(ADA, "report the label printer jams")
    for who, before in FORMS[event][1]:
        issue = await world.issue()
        action = Do(before, issue.id, issue.version)
        given = RISKY if before is Event.WORK_AROUND else FORMS[before][3] if before in FORMS else None
        await (world.submits(who, action, given) if given else world.presses(who, action))
    return await world.issue()


def test_every_form_is_tried() -> None:
    assert set(FORMS) | {Event.DETAIL, Event.APPEAL} == set(SUBMITTED)


@pytest.mark.parametrize("words", ["", "it is yours"])
async def test_an_appeal_needs_no_words(world: World, words: str) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    await world.submits(LEE, Do(Event.DECLINE, issue.id, issue.version), FORMS[Event.DECLINE][3])
    issue = await world.issue()
    action = Do(Event.APPEAL, issue.id, issue.version)
    assert (await world.presses(MAYA, action)).form
    await world.submits(MAYA, action, {"words": words})
    found = await world.issue()
    assert (found.status, found.owner) == (Status.TAKEN, (await world.person(LEE)).id)


@pytest.mark.parametrize("event", list(FORMS))
async def test_an_empty_form_comes_back_and_a_filled_one_is_taken(world: World, event: Event) -> None:
    who, _, wanting, enough = FORMS[event]
    issue = await ready(world, event)
    action = Do(event, issue.id, issue.version)
    opened = await world.presses(who, action)
    assert opened.form, text(opened.card)
    assert opened.form.action == action
    empty = await world.submits(who, action, {})
    assert empty.form, text(empty.card)
    assert set(empty.form.errors) == wanting
    assert wanting <= {field.name for field in opened.form.fields}
    assert (await world.issue()).events == issue.events
    done = await world.submits(who, action, enough)
    assert done.card, done.form and done.form.errors
    assert event in {row.event for row in await world.history()} | {Event.REPLY}
    assert (await world.issue()).events > issue.events


@pytest.mark.parametrize("event", list(FORMS))
async def test_what_was_filled_in_is_still_there_when_the_form_comes_back(world: World, event: Event) -> None:
    who, _, wanting, enough = FORMS[event]
    issue = await ready(world, event)
    for field in wanting:
        given = {name: value for name, value in enough.items() if name != field}
        again = await world.submits(who, Do(event, issue.id, issue.version), given)
        assert again.form
        shown = {each.name: each.value for each in again.form.fields}
        assert {name: shown[name] for name in given} == given


@pytest.mark.parametrize("event", list(FORMS))
async def test_words_that_could_not_be_taken_go_back(world: World, event: Event) -> None:
    issue = await ready(world, event)
    for who, version in ((ADA, issue.version), (LEE, issue.version - 1)):
        reply = await world.submits(who, Do(event, issue.id, version), FORMS[event][3] | {"words": "my words"})
        assert reply.words == "my words"
    assert await world.issue() == issue


async def test_an_issue_is_not_merged_into_another_pilots_nor_into_itself(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    reply = await world.submits(SAM, Do(Event.MERGE, issue.id, 1), {"into": "1"})
    assert reply.form
    assert set(reply.form.errors) == {"into"}
    await world.presses(SAM, MergeInto(issue.id, issue.id, 1))
    assert (await world.issue()).status is Status.REPORTED


async def test_the_reporter_adds_the_place_and_what_they_do_instead(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    action = Do(Event.DETAIL, issue.id, issue.version)
    assert (await world.presses(MAYA, action)).form
    values = {"place": "bay 2", "instead": "we write it down", "why": "training"}
    assert (await world.submits(MAYA, action, values)).card
    found = await world.issue()
    assert (found.place, found.instead, found.non_use) == ("bay 2", "we write it down", "training")


async def test_an_unsafe_way_reaches_the_safety_officer_at_once(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    values = {"instead": "we skip the scan and type the dose"}
    await world.submits(MAYA, Do(Event.DETAIL, issue.id, issue.version), values)
    assert any("skip the scan" in text(card) for card in world.chat.cards("vera-fable"))


async def test_several_are_taken_at_once_and_each_says_what_came_of_it(world: World) -> None:
    for line in ("report the cart is dark", "report the label printer jams"):
        await world.types(MAYA, line)
    opened = await world.presses(SAM, Several())
    assert opened.form
    ids = ",".join(str(issue.id) for issue in await world.issues())
    wrong = await world.submits(SAM, Several(), {"issues": ids, "what": "magic"})
    assert wrong.form
    assert set(wrong.form.errors) == {"what"}
    reply = await world.submits(SAM, Several(), {"issues": ids, "what": Event.TAKE})
    assert {issue.status for issue in await world.issues()} == {Status.TAKEN}
    assert "MAR-1" in text(reply.card)


@pytest.mark.parametrize("who", [MAYA, ADA])
async def test_several_are_for_those_who_may(world: World, who: str) -> None:
    await world.types(MAYA, "report the cart is dark")
    ids = str((await world.issue()).id)
    await world.submits(who, Several(), {"issues": ids, "what": Event.FIX, "words": "x", "kind": "process"})
    assert (await world.issue()).status is Status.REPORTED


async def test_who_goes_away_says_until_when(world: World) -> None:
    assert (await world.presses(SAM, GoAway())).form
    wrong = await world.submits(SAM, GoAway(), {"until": "some day"})
    assert wrong.form
    assert "until" in wrong.form.errors
    assert (await world.submits(SAM, GoAway(), {"until": "tomorrow"})).card
    assert (await world.person(SAM)).away_until is not None


@pytest.mark.parametrize("who", [MAYA, ANA, SAM, LEE])
async def test_roles_are_an_admins_to_give(world: World, who: str) -> None:
    values = {"email": f"{who}@hospital.example", "role": Role.ADMIN, "give": "yes"}
    for reply in (await world.presses(who, GrantRole()), await world.submits(who, GrantRole(), values)):
        assert "That is for others to do" in text(reply.card)
    assert not (await world.person(who)).has(Role.ADMIN)
    assert ("keep roles", "MAR", False) in await audited(world)


@pytest.mark.parametrize("action", [NewReport(), GoAway(), Several()])
async def test_values_that_no_form_of_ours_sends_are_no_fault(world: World, action: Action) -> None:
    values = {"severity": "\u0663", "words": "x" * 20_000, "until": "\ud83d", "issues": "1,two,\u0663", "what": "\x00"}
    reply = await world.submits(SAM, action, values)
    assert reply.form or "Something went wrong" not in text(reply.card)


async def test_a_form_is_no_way_round_the_reporters_last_word(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    issue = await world.issue()
    for who in (SAM, LEE, ANA):
        await world.submits(who, Do(Event.CONFIRM, issue.id, issue.version), {"words": "done"})
    assert (await world.issue()).status is Status.REPORTED


async def test_the_report_form_files_what_is_in_it(world: World) -> None:
    opened = await world.presses(MAYA, NewReport())
    assert opened.form
    assert {field.name for field in opened.form.fields} >= {"words", "severity", "nameless"}
    await world.submits(MAYA, NewReport(), {"words": "the cart is dark", "severity": "2"})
    assert (await world.issue()).severity is Severity.BLOCKS_WORK
