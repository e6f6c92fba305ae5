"""Every button: who may press it, from which card, and what a denied, a stale or a forged press comes to."""

from dataclasses import fields
from typing import Any

import pytest

from bot import actions, lifecycle
from bot.actions import Action, Do, DoAs
from bot.lifecycle import TABLE, Capacity
from bot.model import AnswerId, DraftId, Event, Issue, IssueId, PersonId, Severity, Status, UnitId
from bot.permissions import may
from bot.presses import PRESSED
from bot.submits import SUBMITTED
from tests.world import ADA, ANA, BEN, LEE, MAYA, OMAR, ROSA, SAM, VERA, World, audited, pressable, text

FORM = {
    "words": "kept words",
    "kind": "process",
    "severity": "2",
    "to": SAM,
    "into": "2",
    "vendor": "Acme",
    "reference": "case 7",
    "instead": "the service desk",
    "ok": "yes",
}
CAST = (MAYA, ADA, ANA, BEN, SAM, LEE, VERA, OMAR)
# Status in which the event is possible, so that it is leave alone that is wanting.
BEFORE = {event: min(move.before, key=list(Status).index) for event, move in TABLE.items()}


async def standing(world: World, status: Status = Status.REPORTED) -> Issue:
    """An issue that Maya reported, in that state."""
    await world.types(MAYA, "report the cart is dark")
    if status is Status.MERGED:
        await world.types(ADA, "report the other cart is dark")
    issue = await world.issue()
    way = {
        Status.TAKEN: [(SAM, Event.TAKE)],
        Status.NEEDS_INFO: [(SAM, Event.ASK)],
        Status.WAITING_VENDOR: [(SAM, Event.SEND_TO_VENDOR)],
        Status.FIXED: [(SAM, Event.FIX)],
        Status.DECLINED: [(LEE, Event.DECLINE)],
        Status.MERGED: [(SAM, Event.MERGE)],
    }.get(status, [])
    for who, event in way:
        action = Do(event, issue.id, issue.version)
        if event in SUBMITTED:
            await world.submits(who, action, FORM)
        else:
            await world.presses(who, action)
    issue = await world.issue()
    assert issue.status is status
    return issue


async def who_may(world: World, event: Event, issue: Issue, *people: str) -> str | None:
    """The first of them who may."""
    return next(iter([who for who in people if may(await world.person(who), event, issue)]), None)


def test_every_event_that_people_cause_has_a_button() -> None:
    assert set(PRESSED) == {event for event, move in TABLE.items() if move.who != {Capacity.CLOCK}}
    assert set(SUBMITTED) < set(PRESSED)


@pytest.mark.parametrize("event", list(PRESSED))
async def test_who_may_not_changes_nothing_and_is_in_the_audit(world: World, event: Event) -> None:
    issue = await standing(world, BEFORE[event])
    denied = [who for who in CAST if not may(await world.person(who), event, issue)]
    assert denied or event is Event.ME_TOO
    for who in denied:
        for reply in (
            await world.presses(who, Do(event, issue.id, issue.version)),
            await world.submits(who, Do(event, issue.id, issue.version), FORM),
        ):
            said = text(reply.card)
            assert "That is for others to do" in said or (event not in SUBMITTED and "out of date" in said)
            assert "the cart is dark" not in said
    assert await world.issue() == issue
    refused = [subject for deed, subject, allowed in await audited(world) if deed == event and not allowed]
    assert refused == [issue.reference] * len(denied) * (1 + (event in SUBMITTED))


@pytest.mark.parametrize("event", list(PRESSED))
async def test_another_pilots_people_may_press_nothing_and_it_is_recorded(world: World, event: Event) -> None:
    issue = await standing(world, BEFORE[event])
    stranger = await world.add_a_stranger()
    for reply in (
        await world.presses(stranger, Do(event, issue.id, issue.version)),
        await world.submits(stranger, Do(event, issue.id, issue.version), FORM),
    ):
        said = text(reply.card)
        assert "That is for others to do" in said or "out of date" in said
        assert "the cart is dark" not in said
    assert await world.issue() == issue
    assert (event, issue.reference, False) in await audited(world)


KINDS: dict[object, object] = {
    DraftId: DraftId(404), AnswerId: AnswerId(404), PersonId: PersonId(404), Severity: Severity.SLOWS_WORK,
    Event: Event.CONFIRM, bool: True, int: 1, str: "queue",
}  # fmt: skip


def made(kind: Any, issue: IssueId, unit: UnitId) -> Action:  # noqa: ANN401 - any action's class
    known = KINDS | {IssueId: issue, UnitId: unit}
    action: Action = kind(*(known[each.type] for each in fields(kind) if each.name != "act"))
    return action


@pytest.mark.parametrize("kind", list(actions._BY_NAME.values()))  # noqa: SLF001 - all there are
async def test_no_action_shows_or_changes_another_pilots_issue(world: World, kind: type[Action]) -> None:
    issue = await standing(world)
    stranger = await world.add_a_stranger()
    action = made(kind, issue.id, issue.unit)
    for reply in (await world.presses(stranger, action), await world.submits(stranger, action, FORM)):
        said = text(reply.card) if reply.card else str(reply.form)
        assert "the cart is dark" not in said
        assert "MAR-1" not in said
        assert "Something went wrong" not in said
    assert await world.issue() == issue
    assert (await world.person(MAYA)).unit == issue.unit


@pytest.mark.parametrize("kind", list(actions._BY_NAME.values()))  # noqa: SLF001
async def test_no_action_of_what_is_gone_is_a_fault(world: World, kind: type[Action]) -> None:
    issue = await standing(world)
    action = made(kind, IssueId(404), UnitId(404))
    for reply in (await world.presses(LEE, action), await world.submits(LEE, action, FORM)):
        assert reply.card or reply.form
        assert not reply.card or "Something went wrong" not in text(reply.card)
    assert await world.issue() == issue


@pytest.mark.parametrize("event", [e for e in PRESSED if e not in {Event.ME_TOO, Event.UNDO}])
async def test_a_press_on_a_card_of_an_earlier_state_does_nothing_but_the_reporters(world: World, event: Event) -> None:
    issue = await standing(world, BEFORE[event])
    able = await who_may(world, event, issue, LEE, SAM, VERA, ANA)
    if able is None:
        assert TABLE[event].who == {Capacity.REPORTER}
        reply = await world.presses(MAYA, Do(event, issue.id, issue.version - 1))
        assert "has changed since you saw that card" not in text(reply.card) if reply.card else reply.form
        return
    for reply in (
        await world.presses(able, Do(event, issue.id, issue.version - 1)),
        await world.submits(able, Do(event, issue.id, issue.version - 1), FORM),
    ):
        said = text(reply.card)
        assert "has changed since you saw that card" in said or (event not in SUBMITTED and "out of date" in said)
    assert await world.issue() == issue


async def test_a_stale_press_draws_the_card_anew(world: World) -> None:
    issue = await standing(world)
    await world.presses(ANA, Do(Event.TAKE, issue.id, issue.version))
    before = sum(message.edits for message in world.chat.history)
    await world.presses(SAM, Do(Event.TAKE, issue.id, issue.version))
    assert sum(message.edits for message in world.chat.history) > before


async def test_a_me_too_leaves_the_cards_that_were_drawn_before_true(world: World) -> None:
    seen = await standing(world)
    await world.presses(ADA, Do(Event.ME_TOO, seen.id, seen.version))
    await world.presses(SAM, Do(Event.TAKE, seen.id, seen.version))
    assert (await world.issue()).owner == (await world.person(SAM)).id


# To take a fix back one must have made it, and a line to the owner is possible as long as the issue is open.
@pytest.mark.parametrize("event", [each for each in PRESSED if each not in {Event.UNDO, Event.REPLY}])
async def test_what_is_not_possible_now_changes_nothing_and_says_what_is(world: World, event: Event) -> None:
    issue = await standing(world, Status.FIXED if Status.FIXED not in TABLE[event].before else Status.REPORTED)
    now = await world.clock.now()
    if lifecycle.possible(issue, event, now):
        return
    able = await who_may(world, event, issue, MAYA, SAM, LEE, VERA, ANA)
    assert able
    reply = await world.presses(able, Do(event, issue.id, issue.version))
    assert issue.reference in text(reply.card)
    assert await world.issue() == issue


@pytest.mark.parametrize("event", list(PRESSED))
async def test_nobody_speaks_for_a_handle_that_is_not_theirs(world: World, event: Event) -> None:
    reply = await world.types(MAYA, "anon !! she skips scans")
    assert reply.card
    issue = await world.issue()
    for who in (ADA, ANA, LEE):
        said = text((await world.presses(who, DoAs(event, issue.id, issue.reporter))).card)
        assert "out of date" in said
    assert await world.issue() == issue


async def test_the_owner_who_is_not_the_reporter_has_no_reporters_button(world: World) -> None:
    await standing(world, Status.FIXED)
    for who in (SAM, ANA, LEE):
        for card in world.chat.cards(who):
            assert not {"Yes, fixed", "Ask me next shift"} & set(pressable(card))


@pytest.mark.parametrize("who", CAST)
async def test_no_card_offers_a_button_that_its_reader_may_not_press(world: World, who: str) -> None:
    await world.types(MAYA, "!! the pump ran dry")
    await world.presses(ROSA, Do(Event.TAKE, (await world.issue()).id, 1))
    await world.pass_time(2)
    person, issue = await world.person(who), await world.issue()
    for card in world.chat.cards(who):
        for action in pressable(card).values():
            if isinstance(action, Do):
                assert may(person, action.event, issue), (card.title, action.event)
