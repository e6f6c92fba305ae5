from bot.model import Event, Status
from tests.slack.world import WEST, World
from tests.world import ANA, MAYA


async def test_a_report_typed_after_the_slash_command_is_taken_fixed_and_confirmed(world: World) -> None:
    maya, ana, ward = world[MAYA], world[ANA], world.channels[WEST]
    await maya.command("report the scanner does not read wristbands", at=ward)
    await world.settle()
    receipt = await maya.sees("MAR-1: received")
    assert receipt.channel == maya.dm_id
    card = await ana.sees("MAR-1: nobody has taken it", at=ward)
    await ana.presses("Take", on=card)
    await world.settle()
    assert (await world.issue()).status is Status.TAKEN
    await ana.sees("MAR-1: somebody is working on it", at=ward)
    await ana.presses("Fixed…", on=await ana.sees("MAR-1: somebody is working on it", at=ward))
    await ana.shown("MAR-1")
    await ana.fills(
        {"What was done?": "A new battery is in", "What kind of fix is it?": "The way of working was changed"}
    )
    await ana.submits()
    await world.settle()
    await maya.presses("Yes, fixed", on=await maya.sees("fixed for you?"))
    await world.settle()
    assert await world.happened() == [Event.REPORT, Event.TAKE, Event.FIX, Event.ADDRESSED, Event.CONFIRM]
