"""In effect once: a real outbox, and a chat that fails in the way it is told to."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from typing_extensions import override

from bot.cards import Card
from bot.courier import PAUSES
from bot.errors import InDoubt
from bot.fixes import FIX
from bot.model import Address, IssueId, MessageRef
from bot.ports import NoticeState, Pace
from tests import builders
from tests.peers.chat import RETRY_AFTER, Chat, Fault
from tests.world import ANA, MAYA, World, place

TITLES = ["one", "two", "three"]


async def post(world: World, who: str, titles: Sequence[str] = TITLES, *, slot: str | None = None) -> None:
    now = await world.clock.now()
    for title in titles:
        card = builders.card(title, slot=slot)
        await world.database.run(lambda tx, card=card: tx.outbox.post(place(who), card, now, key=world.key()))  # type: ignore[misc]


async def states(world: World) -> dict[NoticeState, int]:
    counts = await world.database.read(lambda tx: tx.outbox.counts())
    return {state: many for state, many in counts.items() if many}


async def test_a_lane_is_sent_in_its_order(world: World) -> None:
    await post(world, MAYA)
    await world.simulation.settle()
    assert world.chat.at(MAYA) == TITLES
    assert await states(world) == {NoticeState.SENT: 3}


async def test_sent_once_is_not_sent_again(world: World) -> None:
    await post(world, MAYA)
    for _ in range(3):
        await world.simulation.settle()
    assert world.chat.calls == 3


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.LOST, Fault.UNHEARD])
async def test_a_stumble_keeps_the_order_and_sends_each_once(world: World, fault: Fault) -> None:
    await post(world, MAYA)
    world.chat.fails(MAYA, fault)
    await world.pass_time(1)
    assert world.chat.at(MAYA) == TITLES
    assert await states(world) == {NoticeState.SENT: 3}


async def test_too_many_pauses_the_lane_for_as_long_as_asked(world: World) -> None:
    await post(world, MAYA)
    world.chat.fails(MAYA, Fault.TOO_MANY)
    await world.simulation.settle()
    await world.simulation.advance(RETRY_AFTER - timedelta(seconds=1))
    assert world.chat.at(MAYA) == []
    await world.simulation.advance(timedelta(seconds=1))
    assert world.chat.at(MAYA) == TITLES


async def test_another_lane_is_not_held_up(world: World) -> None:
    await post(world, MAYA)
    await post(world, ANA)
    world.chat.fails(MAYA, *[Fault.TOO_MANY] * 3)
    await world.simulation.settle()
    assert (world.chat.at(MAYA), world.chat.at(ANA)) == ([], TITLES)


async def test_too_many_however_often_never_sets_a_notice_aside(world: World) -> None:
    await post(world, MAYA)
    world.chat.fails(MAYA, *[Fault.TOO_MANY] * 20)
    await world.pass_time(1)
    assert world.chat.at(MAYA) == TITLES


async def test_taken_but_not_answered_is_looked_up_and_not_sent_twice(world: World) -> None:
    await post(world, MAYA, ["one"])
    world.chat.fails(MAYA, Fault.UNHEARD)
    await world.pass_time(1)
    assert (world.chat.at(MAYA), world.chat.calls) == (["one"], 1)


async def test_not_taken_and_not_answered_is_looked_up_and_sent_again(world: World) -> None:
    await post(world, MAYA, ["one"])
    world.chat.fails(MAYA, Fault.LOST)
    await world.pass_time(1)
    assert (world.chat.at(MAYA), world.chat.calls) == (["one"], 2)


async def test_a_doubt_is_remembered_across_too_many(world: World) -> None:
    await post(world, MAYA, ["one"])
    world.chat.fails(MAYA, Fault.LOST, Fault.TOO_MANY, Fault.UNHEARD)
    await world.pass_time(1)
    assert world.chat.at(MAYA) == ["one"]


async def test_a_worker_that_died_while_sending_leaves_a_doubt_that_is_looked_up(world: World) -> None:
    await post(world, MAYA, ["one"])
    now = await world.clock.now()
    (lane,) = await world.database.read(lambda tx: tx.outbox.lanes(now))
    notice = await world.database.run(lambda tx: tx.outbox.claim(lane, now, {}))
    assert notice
    await world.chat.deliver(place(MAYA), builders.card("one"), key=notice.key)  # type: ignore[union-attr]
    await world.pass_time(1)
    assert world.chat.at(MAYA) == ["one"]
    assert await states(world) == {NoticeState.SENT: 1}


async def test_five_unanswered_tries_are_enough(world: World) -> None:
    await post(world, MAYA)
    world.chat.fails(MAYA, *[Fault.LOST] * 5)
    await world.pass_time(1)
    assert len(PAUSES) == 5
    assert world.chat.at(MAYA) == TITLES[1:]
    assert await states(world) == {NoticeState.DEAD: 1, NoticeState.SENT: 2}


async def test_what_arrived_with_the_fifth_try_is_not_set_aside(world: World) -> None:
    await post(world, MAYA)
    world.chat.fails(MAYA, *[Fault.LOST] * 4, Fault.UNHEARD)
    await world.pass_time(1)
    assert world.chat.at(MAYA) == TITLES
    assert await states(world) == {NoticeState.SENT: 3}


@pytest.mark.parametrize("fault", [Fault.REJECTED, Fault.UNREACHABLE])
async def test_what_is_refused_for_good_is_set_aside_at_once_and_the_lane_goes_on(world: World, fault: Fault) -> None:
    await post(world, MAYA)
    world.chat.fails(MAYA, fault)
    await world.simulation.settle()
    assert world.chat.at(MAYA) == TITLES[1:]
    assert await states(world) == {NoticeState.DEAD: 1, NoticeState.SENT: 2}


async def test_a_doubt_where_nobody_can_be_asked_is_set_aside_as_unknown(world: World) -> None:
    world.chat.can_be_asked = False
    await post(world, MAYA)
    world.chat.fails(MAYA, Fault.UNHEARD)
    await world.pass_time(1)
    assert world.chat.at(MAYA) == TITLES
    assert await states(world) == {NoticeState.UNKNOWN: 1, NoticeState.SENT: 2}


@pytest.mark.parametrize("faults", [[Fault.REJECTED], [Fault.UNREACHABLE], [Fault.LOST] * 5])
async def test_the_author_of_a_fix_that_cannot_be_delivered_hears(world: World, faults: list[Fault]) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.fix(ANA, faults)
    await world.pass_time(1)
    assert "MAR-1: the reporter could not be reached" in world.chat.at(ANA)
    assert (await world.issue()).addressed_at is None


async def test_a_fix_in_doubt_that_cannot_be_looked_up_does_not_count(world: World) -> None:
    world.chat.can_be_asked = False
    await world.types(MAYA, "report the cart is dark")
    await world.fix(ANA, [Fault.UNHEARD])
    await world.pass_time(1)
    assert "MAR-1: the reporter could not be reached" in world.chat.at(ANA)
    assert (await world.issue()).addressed_at is None


async def test_drawing_anew_is_tried_again_without_a_look(world: World) -> None:
    world.chat.can_be_asked = False
    await post(world, MAYA, ["before"], slot="card:1:me")
    await world.simulation.settle()
    now = await world.clock.now()
    await world.database.run(lambda tx: tx.outbox.redraw(builders.card("after", slot="card:1:me"), now))
    world.chat.fails(MAYA, Fault.UNHEARD)
    await world.pass_time(1)
    assert world.chat.at(MAYA) == ["after"]
    assert await states(world) == {NoticeState.SENT: 2}


async def test_a_lane_is_written_to_no_faster_than_its_platform_allows(world: World) -> None:
    paced = World(world.database, Chat(pace=Pace(lane=timedelta(seconds=1))))
    await post(paced, MAYA)
    await paced.simulation.settle()
    assert paced.chat.at(MAYA) == TITLES[:1]
    await paced.simulation.advance(timedelta(seconds=1))
    assert paced.chat.at(MAYA) == TITLES[:2]
    await paced.simulation.advance(timedelta(seconds=1))
    assert paced.chat.at(MAYA) == TITLES


class Faulty(Chat):
    """A platform whose adapter has a fault of its own."""

    @override
    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        raise KeyError(key)


async def test_a_fault_of_an_adapter_is_a_doubt_like_any_other(world: World) -> None:
    faulty = World(world.database, Faulty())
    await post(faulty, MAYA, ["one"])
    await faulty.pass_time(1)
    assert await states(faulty) == {NoticeState.DEAD: 1}


async def test_the_chat_of_the_tests_keeps_what_it_took_though_nobody_heard() -> None:
    chat = Chat()
    chat.fails(MAYA, Fault.UNHEARD)
    with pytest.raises(InDoubt):
        await chat.deliver(place(MAYA), builders.card("one"), key="k")
    assert await chat.find(place(MAYA), "k", builders.NOON) == chat.history[0].ref


async def change(world: World, statement: str) -> None:
    """As somebody would who holds the file."""
    await world.database.run(lambda tx: tx.scope.connection.exec_driver_sql(statement).close())


async def test_what_cannot_be_opened_is_set_aside_and_the_lane_goes_on(world: World) -> None:
    await post(world, MAYA)
    await change(world, "UPDATE outbox SET card = target WHERE id = (SELECT min(id) FROM outbox)")
    await world.pass_time(1)
    assert world.chat.at(MAYA) == TITLES[1:]
    assert await states(world) == {NoticeState.DEAD: 1, NoticeState.SENT: 2}


async def test_the_author_of_a_fix_that_cannot_be_opened_hears(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.fix(ANA, [Fault.TOO_MANY])
    await change(world, "UPDATE outbox SET card = target WHERE settles IS NOT NULL")
    await world.pass_time(1)
    assert "MAR-1: the reporter could not be reached" in world.chat.at(ANA)


@pytest.mark.parametrize(
    ("after", "state"), [(Fault.TOO_MANY, NoticeState.SENT), (Fault.REJECTED, NoticeState.DEAD)], ids=str
)
async def test_a_notice_whose_consequence_fails_ends_without_it(world: World, after: Fault, state: NoticeState) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.fix(ANA, [Fault.TOO_MANY, after])
    await post(world, MAYA, ["the next"])
    await change(world, "UPDATE fix SET words = x'00'")  # whoever looks at it fails
    with capture_logs() as logged:
        await world.pass_time(1)
    assert world.chat.at(MAYA)[-1] == "the next"
    (failed,) = [line for line in logged if line["event"] == "nothing followed from the notice"]
    assert isinstance(failed["notice"], int)
    settled = await world.database.read(
        lambda tx: tx.scope.connection.exec_driver_sql("SELECT state FROM outbox WHERE settles IS NOT NULL").scalar()
    )
    assert settled == state.value


async def test_a_notice_whose_issue_is_gone_ends_quietly(world: World) -> None:
    now = await world.clock.now()
    card = builders.card("fixed")
    await world.database.run(
        lambda tx: tx.outbox.post(place(MAYA), card, now, key="k", issue=IssueId(404), settles=f"{FIX}:1")
    )
    with capture_logs() as logged:
        await world.simulation.settle()
    assert await states(world) == {NoticeState.SENT: 1}
    assert not [line for line in logged if line["log_level"] in {"warning", "error"}]


async def test_a_notice_for_a_platform_that_is_no_longer_there_is_a_dead_letter_at_once(world: World) -> None:
    now = await world.clock.now()
    to = Address("yesterday", "person", MAYA)
    await world.database.run(lambda tx: tx.outbox.post(to, builders.card("one"), now, key="k"))
    await world.simulation.settle()
    assert await states(world) == {NoticeState.DEAD: 1}
    (letter,) = await world.database.read(lambda tx: tx.outbox.dead_letters(9))
    assert letter.reason == "no platform yesterday is set up here"
