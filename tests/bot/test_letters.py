"""Messages that could not be delivered, and what a lead does about them."""

import pytest

from bot.actions import SendAgain, SetAside
from bot.model import Event
from bot.ports import NoticeState
from tests.peers.chat import Fault
from tests.world import ANA, LEE, MAYA, OMAR, SAM, World, audited, place, text


async def dead(world: World) -> int:
    """The receipt of a report could not be delivered; its notice."""
    world.chat.fails(MAYA, Fault.UNREACHABLE)
    await world.types(MAYA, "report the cart is dark")
    (letter,) = await world.database.read(lambda tx: tx.outbox.dead_letters(9))
    return letter.id


async def letters(world: World) -> int:
    return len(await world.database.read(lambda tx: tx.outbox.dead_letters(9)))


async def test_a_lead_sees_it_and_sends_it_again(world: World) -> None:
    notice = await dead(world)
    (owed, *_) = await world.desk.home((await world.person(LEE)).address)
    assert any("MAR-1" in text(card) for card in owed.cards)
    assert world.chat.at(MAYA) == []
    await world.presses(LEE, SendAgain(notice))
    await world.pass_time(0.1)
    assert world.chat.at(MAYA) == ["MAR-1: received"]
    assert await letters(world) == 0
    assert ("notice.again", str(notice), True) in await audited(world)


async def test_or_has_told_the_person_face_to_face(world: World) -> None:
    notice = await dead(world)
    await world.presses(LEE, SetAside(notice))
    assert await letters(world) == 0
    await world.pass_time(1)
    assert world.chat.at(MAYA) == []


@pytest.mark.parametrize("kind", [SendAgain, SetAside])
async def test_what_was_seen_to_is_gone(world: World, kind: type[SendAgain | SetAside]) -> None:
    notice = await dead(world)
    await world.presses(LEE, SetAside(notice))
    counts = await world.database.read(lambda tx: tx.outbox.counts())
    reply = await world.presses(LEE, kind(notice))
    assert "Something went wrong" not in text(reply.card)
    assert await world.database.read(lambda tx: tx.outbox.counts()) == counts
    assert counts.get(NoticeState.DEAD, 0) <= 1


@pytest.mark.parametrize("who", [MAYA, ANA, SAM, OMAR])
@pytest.mark.parametrize("kind", [SendAgain, SetAside])
async def test_it_is_for_a_lead(world: World, who: str, kind: type[SendAgain | SetAside]) -> None:
    notice = await dead(world)
    assert "That is for others to do" in text((await world.presses(who, kind(notice))).card)
    assert await letters(world) == 1
    assert ("settle a dead letter", "MAR", False) in await audited(world)


async def test_another_pilots_lead_cannot_settle_it(world: World) -> None:
    notice = await dead(world)
    stranger = await world.add_a_stranger()
    for action in (SendAgain(notice), SetAside(notice)):
        await world.presses(stranger, action)
    assert await letters(world) == 1
    pages = await world.desk.home(place(stranger))
    assert not any("MAR-1" in text(card) for page in pages for card in page.cards)
    assert (await world.history())[0].event is Event.REPORT
