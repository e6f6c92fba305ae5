from dataclasses import replace

import pytest

from bot.model import Address, Person, Role
from bot.ports import Transaction
from tests.peers.slackd import Message, labels, shown
from tests.slack.world import WEST, World
from tests.world import ANA, MAYA


async def named(world: World, email: str) -> list[Person]:
    return [each for each in await world.roster() if each.email == email]


async def test_whoever_is_on_the_roster_is_known_by_their_email_at_the_first_word(world: World) -> None:
    before = await world.roster()
    await world[MAYA].writes("report the scanner is dead")
    await world.settle()
    await world[MAYA].sees("MAR-1: received")
    assert len(await world.roster()) == len(before)


async def test_somebody_on_no_roster_is_asked_for_their_unit_once_and_their_report_is_not_lost(world: World) -> None:
    zoe = world.slack.person("zoe", email="Zoe.New@hospital.example", real_name="Zoe New")
    await zoe.writes("report the scanner at <bed 4> is dead")
    await world.settle()
    asked = await zoe.sees("Which unit do you work on?")
    assert labels(asked) == ["4 West", "ICU"]
    assert await world.issues() == []
    await zoe.presses("4 West", on=asked)
    await world.settle()
    await zoe.sees("MAR-1: received")
    [person] = await named(world, "zoe.new@hospital.example")
    assert (person.name, person.roles) == ("Zoe New", frozenset({Role.CLINICIAN}))
    assert (await world.issue()).summary == "the scanner at <bed 4> is dead"
    await zoe.writes("report the printer is stuck")
    await world.settle()
    await zoe.sees("MAR-2: received")


@pytest.mark.parametrize("way", ["command", "home", "shortcut", "mention"])
async def test_a_newcomer_is_asked_wherever_they_begin(world: World, way: str) -> None:
    zoe = world.slack.person("zoe", email="zoe@hospital.example")
    ward = world.slack.channel("huddle", zoe, world[ANA])
    if way == "command":
        await zoe.command("report the scanner is dead", at=ward)
    elif way == "home":
        await zoe.opens_home()
        await world.settle()
        assert zoe.home
        await zoe.presses("ICU", on=zoe.home)
        await world.settle()
        await zoe.sees("Noted: you are on ICU")
        assert await named(world, "zoe@hospital.example")
        return
    elif way == "shortcut":
        await zoe.uses("Report this message", on=await world[ANA].writes("the pump beeps", at=ward))
    else:
        await zoe.mentions("report the scanner is dead", at=ward)
    await world.settle()
    await zoe.presses("ICU", on=await zoe.sees("Which unit do you work on?"))
    await world.settle()
    assert await named(world, "zoe@hospital.example")
    await zoe.sees("MAR-1: received" if way != "shortcut" else "Send this as a report?")


async def test_a_guest_on_no_roster_and_an_email_nobody_has_verified_are_not_let_in(world: World) -> None:
    guest = world.slack.person("guest", email="guest@agency.example", guest=True)
    doubtful = world.slack.person("doubtful", email=f"{ANA}@hospital.example", email_confirmed=False)
    for somebody in (guest, doubtful):
        await somebody.writes("take")
        await world.settle()
        await somebody.sees("You are not on this pilot's roster")
    assert await named(world, "guest@agency.example") == []


async def test_a_guest_on_the_roster_is_served(world: World) -> None:
    email = "agency@agency.example"
    guest = world.slack.person("agency", email=email, guest=True)

    def hire(tx: Transaction) -> None:
        maya = tx.people.at(Address("slack", "person", f"{MAYA}@hospital.example"))
        assert maya
        address = Address("slack", "person", email)
        tx.people.save(replace(maya, email=email, address=address))

    await world.database.run(hire)
    await guest.writes("report the scanner is dead")
    await world.settle()
    await guest.sees("MAR-1: received")


async def test_a_member_id_on_the_roster_goes_before_the_email(world: World) -> None:
    other = world.slack.person("other", email="private@mail.example")

    def rename(tx: Transaction) -> None:
        maya = tx.people.at(Address("slack", "person", f"{MAYA}@hospital.example"))
        assert maya
        tx.people.save(replace(maya, address=Address("slack", "person", other.id)))

    await world.database.run(rename)
    await other.writes("report the scanner is dead")
    await world.settle()
    await other.sees("MAR-1: received")


async def test_whoever_the_roster_has_on_another_platform_moves_to_slack_with_their_first_word(world: World) -> None:
    def away(tx: Transaction) -> None:
        maya = tx.people.at(Address("slack", "person", f"{MAYA}@hospital.example"))
        assert maya
        tx.people.save(replace(maya, address=Address("local", "person", MAYA)))

    await world.database.run(away)
    await world[MAYA].writes("report the scanner is dead")
    await world.settle()
    await world[MAYA].sees("MAR-1: received")
    [maya] = await named(world, f"{MAYA}@hospital.example")
    assert maya.address == Address("slack", "person", f"{MAYA}@hospital.example")


async def test_another_email_in_slack_is_heard_of_at_once(world: World) -> None:
    eve = world.slack.person("eve", email="eve@hospital.example")
    await eve.writes("help")
    await world.settle()
    await eve.sees("Which unit do you work on?")
    await world.slack.changes(eve, email=f"{MAYA}@hospital.example")
    await world.slack.changes(world[MAYA], deleted=True)
    await eve.writes("report the scanner is dead")
    await world.settle()
    await eve.sees("MAR-1: received")


async def test_everybody_is_known_before_they_write_so_that_a_rush_asks_slack_for_nobody(world: World) -> None:
    await world.quiet()
    for name in (MAYA, ANA):
        await world[name].command("help", at=world.channels[WEST])
    assert world.slack.called("users.info") == []
    assert len(world.slack.called("users.list")) == 1


async def test_a_deactivated_account_is_a_dead_letter_and_holds_up_nobody(world: World) -> None:
    await world.slack.changes(world[ANA], deleted=True)
    await world[MAYA].command("report the scanner is dead", at=world.channels[WEST])
    await world.settle()
    letters = await world.database.read(lambda tx: tx.outbox.dead_letters(9))
    assert {each.reason.partition(":")[0] for each in letters} == {"Unreachable"}
    await world[MAYA].sees("MAR-1: received")


async def test_what_bots_say_is_not_listened_to(world: World) -> None:
    await world[MAYA].writes("report the scanner is dead")
    await world.settle()
    await world.slack.events.settled()
    before = len(world.slack.history(world[MAYA].dm_id))
    await world.settle()
    assert len(world.slack.history(world[MAYA].dm_id)) == before


async def test_somebody_who_is_named_is_named_to_the_bot_too(world: World) -> None:
    maya, ana = world[MAYA], world[ANA]
    await ana.command(f"report for {maya.tag} the scanner is dead", at=world.channels[WEST])
    await world.settle()
    receipt: Message = await maya.sees("MAR-1: received")
    assert "the scanner is dead" in shown(receipt)
