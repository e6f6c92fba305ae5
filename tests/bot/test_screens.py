"""What people look at: their own, the queue, the figures, what is owed."""

from typing import Any

import pytest

from bot.actions import Do
from bot.model import Event
from tests.world import ADA, ANA, BEN, LEE, MAYA, OMAR, SAM, VERA, World, labels, place, text

FIX = {"words": "a new battery", "kind": "process"}


async def do(world: World, who: str, event: Event, number: int = 1, /, **values: Any) -> None:  # noqa: ANN401 - a form's fields
    issue = await world.issue(number)
    action = Do(event, issue.id, issue.version)
    await (world.submits(who, action, values) if values else world.presses(who, action))


async def owed(world: World) -> str:
    (page, *_) = await world.desk.home(place(LEE))
    assert page.key == "owed"
    return "\n".join(map(text, page.cards))


async def test_mine_is_what_i_reported_and_what_i_follow(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.types(ADA, "report the label printer jams")
    await do(world, MAYA, Event.ME_TOO, 2)
    said = text((await world.types(MAYA, "mine")).card)
    assert said.index("MAR-1") < said.index("You said «me too» to these") < said.rindex("MAR-2")
    assert "MAR-1" not in text((await world.types(ADA, "mine")).card)


async def test_mine_has_what_i_sent_without_a_name(world: World) -> None:
    await world.types(MAYA, "anon !! the pump ran dry")
    assert "MAR-1" in text((await world.types(MAYA, "mine")).card)
    assert "MAR-1" not in text((await world.types(ADA, "mine")).card)


async def test_the_queue_has_the_least_time_left_first(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.pass_time(1)
    await world.types(MAYA, "report the label printer jams")
    reply = await world.types(SAM, "queue")
    assert labels(reply.card)[:2] == ["Show MAR-1", "Show MAR-2"]
    assert "Several at once…" in labels(reply.card)


async def test_a_champions_queue_is_that_of_their_units(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.types(ADA, "report the label printer jams")
    said = {who: text((await world.types(who, "queue")).card) for who in (ANA, BEN, SAM, LEE, VERA)}
    assert {who: ("MAR-1" in queue, "MAR-2" in queue) for who, queue in said.items()} == {
        ANA: (True, False),
        BEN: (False, True),
        SAM: (True, True),
        LEE: (True, True),
        VERA: (True, True),
    }


async def test_what_is_closed_is_in_no_queue(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await do(world, MAYA, Event.WITHDRAW)
    assert "Nothing is waiting" in text((await world.types(SAM, "queue")).card)


async def test_a_lead_is_shown_what_is_due_within_six_hours(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await world.pass_time(17)
    assert "MAR-1" not in await owed(world)
    await world.pass_time(2)
    assert "MAR-1" in await owed(world)


async def test_a_miss_is_owed_an_explanation_until_it_has_one(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await do(world, SAM, Event.TAKE)
    await world.pass_time(25)
    await do(world, SAM, Event.FIX, **FIX)
    await do(world, MAYA, Event.CONFIRM)
    assert "MAR-1" in await owed(world)
    await do(world, SAM, Event.EXPLAIN, cause="the spare part came late")
    assert "MAR-1" not in await owed(world)


async def test_a_fix_that_nobody_has_confirmed_is_shown(world: World) -> None:
    await world.types(MAYA, "report the cart is dark")
    await do(world, SAM, Event.FIX, **FIX)
    assert "MAR-1" in await owed(world)
    await do(world, MAYA, Event.CONFIRM)
    assert "MAR-1" not in await owed(world)


@pytest.mark.parametrize("who", [LEE, OMAR])
async def test_the_figures_count_each_end_apart(world: World, who: str) -> None:
    for number in range(1, 5):
        await world.types(MAYA, f"report the cart {'abcd'[number - 1] * 5} is dark")
        await world.pass_time(0.2)
    await do(world, SAM, Event.FIX, 1, **FIX)
    await do(world, MAYA, Event.CONFIRM, 1)
    await do(world, MAYA, Event.WITHDRAW, 2)
    await do(world, LEE, Event.DECLINE, 3, words="not ours", instead="the service desk")
    await do(world, LEE, Event.CHANGE_SEVERITY, 4, severity="4")
    said = text((await world.types(who, "pilot")).card)
    for line in ("declined in time: 1", "withdrawn by their reporters: 1", "1 of 1"):
        assert line in said
    reclassified = next(line for line in said.splitlines() if line.startswith("counted, and made"))
    assert reclassified.endswith(": 1")
