"""Somebody is erased: what goes, what stays under their id, and who is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from bot import erasures
from bot.actions import Do
from bot.cards import Card
from bot.model import Event, Person, PersonId, Reader, Role, Shift, Status
from bot.ports import BOX
from storage.tables import PersonRow, table_of
from storage.transaction import SqlTransaction
from tests.builders import HOUR
from tests.world import ADA, ANA, BEN, LEE, MAYA, ROSA, SAM, World, audited, pressable, text

READER = Reader("UTC")
LEFT = "somebody who left"
_PERSON = table_of(PersonRow)


async def erase(world: World, who: str, *, dry_run: bool = False) -> Card:
    now = await world.clock.now()
    work = _work(f"{who}@hospital.example", now, dry_run=dry_run)
    try:
        card = await world.database.run(work)
    except erasures.NotDone as rehearsed:
        card = rehearsed.card
    await world.simulation.settle()
    return card


def _work(email: str, now: datetime, *, dry_run: bool) -> Callable[[SqlTransaction], Card]:
    return lambda tx: erasures.erase(tx, email, "", READER, now, dry_run=dry_run)


async def by_id(world: World, person: PersonId) -> Person:
    return await world.database.read(lambda tx: tx.people.get(person))


async def do(world: World, who: str, event: Event, number: int = 1, **values: str) -> None:
    issue = await world.issue(number)
    action = Do(event, issue.id, issue.version)
    await (world.submits(who, action, values) if values else world.presses(who, action))


async def test_the_row_stays_under_its_id_and_says_nothing_of_them(world: World) -> None:
    maya = await world.person(MAYA)
    said = text(await erase(world, MAYA))
    after = await by_id(world, maya.id)
    assert (after.name, after.email, after.job, after.active) == (LEFT, "", "", False)
    assert (after.address.platform, after.wrote_at, after.units) == (BOX, None, ())
    assert "Maya Sample (maya-sample@hospital.example) is erased" in said
    row = await world.database.read(
        lambda tx: tx.scope.row(select(_PERSON.c.email, _PERSON.c.email_index).where(_PERSON.c.id == maya.id))
    )
    assert row is not None
    assert tuple(row) == (None, None)
    assert await world.database.read(lambda tx: tx.people.at(maya.address)) is None
    assert ("person.erase", str(maya.id), True) in await audited(world)
    assert "Nobody on the roster has the e-mail" in text(await erase(world, MAYA))


async def test_a_dry_run_says_the_same_and_changes_nothing(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.types(MAYA, "the printer jams too")
    await do(world, ANA, Event.TAKE)
    before = await world.issue(), await world.person(MAYA), await audited(world), await world.history()
    said = text(await erase(world, MAYA, dry_run=True))
    assert (await world.issue(), await world.person(MAYA), await audited(world), await world.history()) == before
    assert "would be erased" in said
    assert "add --yes" in said
    done = text(await erase(world, MAYA))
    for line in ("reports that stay, without their name: 1", "drafts destroyed: 1", "issues handed on to others: 0"):
        assert line in said
        assert line in done


async def test_what_they_own_goes_to_somebody_who_is_told_and_the_clock_did_it(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await do(world, ANA, Event.TAKE)
    ana = await world.person(ANA)
    assert any("Ana Fable" in text(card) for card in world.chat.cards(MAYA))
    said = text(await erase(world, ANA))
    issue = await world.issue()
    assert "issues handed on to others: 1" in said
    assert issue.owner not in {None, ana.id}
    owner = await by_id(world, issue.owner or PersonId(0))
    assert any(issue.reference in text(card) for card in world.chat.cards(owner.address.id))
    (row,) = [row for row in await world.history() if row.event is Event.HAND_OVER]
    assert row.who is None


async def test_cards_that_show_their_name_are_drawn_anew(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await do(world, SAM, Event.FIX, words="a new battery", kind="process")
    named = [each.ref for each in world.chat.history if each.card.slot and "Sam Pretend" in text(each.card)]
    assert named
    await erase(world, SAM)
    now = {each.ref: text(each.card) for each in world.chat.history if each.card.slot}
    theirs = {ref for ref in named if ref.place.id == SAM}
    assert not [ref for ref in named if ref not in theirs and "Sam Pretend" in now[ref]]
    assert LEFT in " ".join(now.values())


async def test_a_question_that_reaches_nobody_is_closed_by_silence(world: World) -> None:
    await world.types(ADA, "report the cart is dark")
    await do(world, SAM, Event.TAKE)
    await erase(world, ADA)
    before = len(world.chat.cards(ADA))
    await do(world, SAM, Event.FIX, words="a new battery", kind="process")
    assert (await world.issue()).status is Status.FIXED
    await world.pass_time(31 * 24)
    assert (await world.issue()).status is Status.UNVERIFIED
    assert len(world.chat.cards(ADA)) == before


async def test_a_report_without_a_name_can_no_longer_be_followed_back_and_is_not_counted(world: World) -> None:
    await world.presses(ADA, pressable((await world.types(ADA, "anon the cart is dark")).card)["It slows me down"])
    issue, ada = await world.issue(), await world.person(ADA)
    await world.types(ADA, "anon and the printer jams")
    said = text(await erase(world, ADA))
    assert "reports that stay, without their name: 0" in said
    assert "drafts destroyed: 0" in said
    handle = await world.database.read(lambda tx: tx.handles.get(issue.reporter))
    assert handle is not None
    assert (handle.identity, handle.platform) == (None, BOX)
    assert await world.database.read(lambda tx: tx.handles.behind(ada.address)) == []
    before = len(world.chat.cards(ADA))
    await do(world, SAM, Event.FIX, words="a new battery", kind="process")
    await world.pass_time(31 * 24)
    assert (await world.issue()).status is Status.UNVERIFIED
    assert len(world.chat.cards(ADA)) == before


async def test_what_waits_for_them_is_never_sent(world: World) -> None:
    rosa = await world.person(ROSA)
    now = await world.clock.now()
    later = now + 9 * HOUR
    card = Card("wait")
    await world.database.run(lambda tx: tx.outbox.post(rosa.address, card, now, key="later", release_at=later))
    assert "not sent, destroyed: 1" in text(await erase(world, ROSA))
    await world.pass_time(24)
    assert "wait" not in [each.title for each in world.chat.cards(ROSA)]


async def test_nobody_waits_for_them_as_a_deputy_or_on_the_rota(world: World) -> None:
    ben, lee = await world.person(BEN), await world.person(LEE)
    now = await world.clock.now()
    shift = Shift(ben.id, ben.unit, now + 40 * 24 * HOUR, now + 40 * 24 * HOUR + 8 * HOUR)

    def prepare(tx: SqlTransaction) -> None:
        tx.people.save(replace(lee, deputy=ben.id))
        tx.rota.replace(ben.pilot, shift.starts_at, shift.ends_at, [shift])

    await world.database.run(prepare)
    await erase(world, BEN)
    assert (await world.person(LEE)).deputy is None
    assert [
        each for each in await world.database.read(lambda tx: tx.rota.of(ben.id, now)) if each.starts_at > now
    ] == []


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN])
async def test_the_last_lead_and_the_last_admin_stay(world: World, role: Role) -> None:
    who = LEE if role is Role.LEAD else ADA
    if role is Role.ADMIN:
        ada = await world.person(ADA)
        await world.database.run(lambda tx: tx.people.save(replace(ada, roles=ada.roles | {role})))
    said = text(await erase(world, who))
    assert "Nobody else has it. Give it to somebody else first." in said
    assert (await world.person(who)).active


async def test_nobody_of_that_email_is_said_plainly(world: World) -> None:
    assert "Nobody on the roster has the e-mail nobody@hospital.example" in text(await erase(world, "nobody"))
