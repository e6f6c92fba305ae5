"""The journeys of the workspace, played again in Slack: what people press is the same, and so is all that is kept."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.app import demonstrating
from bot.settings import load
from storage.database import SqlDatabase
from tests.slack.players import Stage, at_home, in_slack
from tests.slack.rows import rows
from tests.slack.world import opened
from tests.world import ADA, ANA, LEE, MAYA, SAM, VERA

SPARE = "Use the spare one at the desk"
BY_HAND = "Type the number on the wristband by hand"
CHANGED = {"words": "A setting was changed", "kind": "configuration"}

Journey = Callable[[Stage], Awaitable[None]]


async def fixed_twice(stage: Stage) -> None:
    maya, ana, sam, lee = map(stage.player, (MAYA, ANA, SAM, LEE))
    await maya.types("report scanner won't read wristbands")
    await ana.presses("Take")
    await stage.pass_time(20)
    await sam.types("queue")
    await sam.presses("Show MAR-1")
    await sam.presses("Fixed…", {"words": "Put a new battery into the scanner", "kind": "process"})
    await stage.pass_time(1)
    await maya.presses("Still broken")
    await stage.pass_time(4)
    await ana.presses("Fixed…", CHANGED)
    await maya.presses("Yes, fixed")
    await lee.types("pilot")


async def reported_by_two(stage: Stage) -> None:
    maya, ana, ada, vera = map(stage.player, (MAYA, ANA, ADA, VERA))
    await maya.types("report the label printer jams on every label, last for MRN 00481516")
    await maya.presses("Send this")
    await ada.types("our label printer jams on every label too")
    await ada.presses("Same as MAR-1")
    await ana.presses("Take")
    await ana.presses("Ask the reporter…", {"words": "Does the light blink?"})
    await maya.presses("Answer…", {"words": "It is dark"})
    await ana.presses("Workaround…", {"words": BY_HAND})
    await vera.presses("Check the workaround…", {"ok": "no", "words": "It is not safe"})
    await ana.presses("Workaround…", {"words": SPARE})
    await maya.presses("The workaround fails")
    await ana.presses("Fixed…", CHANGED)
    await maya.presses("Yes, fixed")
    await stage.pass_time(48)


async def without_a_name(stage: Stage) -> None:
    maya, sam, lee = map(stage.player, (MAYA, SAM, LEE))
    await maya.types("anon nobody dares to say that the night list is wrong")
    await maya.presses("It slows me down")
    await stage.pass_time(2)
    await sam.types("queue")
    await sam.presses("Show MAR-1")
    await sam.presses("Take")
    await sam.types("#1")
    await sam.presses("Fixed…", CHANGED)
    await stage.pass_time(1)
    await maya.presses("Yes, fixed")
    await lee.types("queue")


async def handed_over(stage: Stage) -> None:
    maya, ana, sam, lee = map(stage.player, (MAYA, ANA, SAM, LEE))
    await maya.types("report the printer is stuck")
    await maya.presses("Place, and what I do instead…", {"place": "Cart 7", "instead": "I walk", "why": "friction"})
    await ana.presses("Take")
    await ana.types("duty off")
    await sam.types("mine")
    await ana.types("duty")
    await ana.presses("Come on duty")
    await maya.types("report the list should be in colour")
    await lee.types("#2")
    await lee.presses("More…")
    await lee.presses("Decline…", {"words": "No budget", "instead": "The May board"})
    await maya.presses("Object…", {"words": "I cannot tell red from black"})
    await lee.types("away until Monday")
    await stage.pass_time(72)


async def in_a_form(stage: Stage) -> None:
    maya, ana = map(stage.player, (MAYA, ANA))
    await maya.types("the printer at bed 4 is stuck, MRN 4471182")
    await maya.presses("Edit", {"words": "the printer at bed 4 is stuck since noon", "severity": "3"})
    await ana.types("help")
    await ana.types("queue")
    await maya.types("report !! wrong dose shown")
    await stage.pass_time(1)


@pytest.mark.slow
@pytest.mark.parametrize("journey", [fixed_twice, reported_by_two, without_a_name, handed_over, in_a_form])
@pytest.mark.parametrize("line", ["http", "socket"])
async def test_a_journey_in_slack_leaves_what_it_leaves_in_the_workspace(
    journey: Journey, line: str, sqlite: SqlDatabase, tmp_path: Path
) -> None:
    async with demonstrating(load(database_url=f"sqlite:///{tmp_path}/demo.db")) as app:
        await journey(at_home(app))
        wanted = await rows(app.database)
    async with opened(sqlite, http=line == "http") as world:
        await journey(in_slack(world, by_command=line == "http"))
        found = await rows(sqlite)
        assert world.slack.complaints == []
    assert wanted["issue"]
    assert found == wanted
