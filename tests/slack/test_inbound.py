"""What goes wrong between Slack and us: nothing is lost, and nothing is done twice."""

import asyncio

import pytest

from bot.model import Event, Severity, Status
from bot.ports import Transaction
from storage.database import SqlDatabase
from tests.peers.slackd import Error, Fault, View, labels, markup, shown
from tests.slack.world import TEAM, WEST, World, opened
from tests.world import ADA, ANA, LEE, MAYA, SAM

HOSTILE = "<!channel> <@U00000001> <https://evil.example|bank> *b* `c` ```d``` \u202eleft\u202c \u200bzero"


async def reported(world: World) -> None:
    await world[MAYA].command("report the scanner is dead", at=world.channels[WEST])
    await world.settle()


# ------------------------------------------------------------------------------------------------------- ways to report


async def test_the_command_alone_opens_the_form_and_the_form_files(world: World) -> None:
    maya = world[MAYA]
    await maya.command("", at=world.channels[WEST])
    await maya.shown("Report")
    await maya.fills({"What went wrong?": "the scanner is dead", "How bad is it?": "It slows me down"})
    ack = await maya.submits()
    assert ack.status == 200
    assert maya.modal is None
    await world.settle()
    await maya.sees("MAR-1: received")
    assert (await world.issue()).severity is Severity.SLOWS_WORK


async def test_a_line_among_ones_own_messages_is_a_draft_that_one_tap_sends(world: World) -> None:
    maya = world[MAYA]
    await maya.writes("the scanner at bed 4 is dead")
    await world.settle()
    draft = await maya.sees("Send this as a report?")
    assert draft.ephemeral_to == ""
    await maya.presses("It slows me down", on=draft)
    await world.settle()
    await maya.sees("MAR-1: received")


async def test_a_message_is_reported_by_its_shortcut_with_its_words_in_the_form(world: World) -> None:
    maya, ana, ward = world[MAYA], world[ANA], world.channels[WEST]
    said = await ana.writes("the pump <beeps> & stops", at=ward)
    await maya.uses("Report this message", on=said)
    form = await maya.shown("Report")
    assert "the pump <beeps> & stops" in repr(form.blocks)
    await maya.fills({"How bad is it?": "I can't do my work"})
    await maya.submits()
    await world.settle()
    await maya.sees("MAR-1: received")
    assert (await world.issue()).summary == "the pump <beeps> & stops"


async def test_a_mention_in_the_cards_thread_is_the_teams_word_about_that_issue(world: World) -> None:
    await reported(world)
    ana, ward = world[ANA], world.channels[WEST]
    card = await ana.sees("MAR-1", at=ward)
    await ana.writes("has somebody looked at this?", at=ward, thread=card.ts)
    await ana.mentions("take", at=ward, thread=card.ts)
    await world.settle()
    assert (await world.issue()).status is Status.TAKEN
    private = [each for each in world.slack.ephemerals(ana) if each.thread_ts == card.ts]
    assert len(private) == 1
    below = [
        shown(each) for each in world.slack.history(ward) if each.thread_ts == card.ts and each.user == world.slack.bot
    ]
    assert below == ["Ana Fable (champion) has taken it."]


async def test_a_word_in_a_thread_that_needs_a_form_brings_a_button_that_opens_it_with_the_words(world: World) -> None:
    await reported(world)
    ana, ward = world[ANA], world.channels[WEST]
    card = await ana.sees("MAR-1", at=ward)
    await ana.mentions("take", at=ward, thread=card.ts)
    await world.settle()
    await ana.mentions("fixed: a new battery is in", at=ward, thread=card.ts)
    await world.settle()
    offer = world.slack.ephemerals(ana)[-1]
    await ana.presses(labels(offer)[0], on=offer)
    form = await ana.shown()
    assert "a new battery is in" in repr(form.blocks)
    await ana.fills({"What kind of fix is it?": "A setting was changed"})
    await ana.submits()
    await world.settle()
    await world[MAYA].sees("a new battery is in")
    assert Event.FIX in await world.happened()


async def test_a_file_comes_along_as_a_link_and_nothing_more(world: World) -> None:
    await world[MAYA].writes("report the screen is blank", with_files=("photo.jpg",))
    await world.settle()
    await world[MAYA].sees("MAR-1: received")
    assert "http" in (await world.issue()).summary
    assert {call.method for call in world.slack.calls if call.method.startswith("files.")} == set()


async def test_a_thread_among_ones_own_messages_is_answered_there(world: World) -> None:
    maya = world[MAYA]
    first = await maya.writes("help")
    await world.settle()
    await maya.writes("mine", thread=first.ts)
    await world.settle()
    assert world.slack.history(maya.dm_id)[-1].thread_ts == first.ts


# ----------------------------------------------------------------------------------------------------------------- home


async def test_home_shows_to_each_role_what_is_theirs_and_acts_on_it(world: World) -> None:
    await reported(world)
    maya, ana, lee = world[MAYA], world[ANA], world[LEE]
    for member in (maya, ana, lee):
        await member.opens_home()
    await world.settle()
    assert isinstance(maya.home, View)
    assert isinstance(ana.home, View)
    assert isinstance(lee.home, View)
    assert "the scanner is dead" in shown(maya.home)
    assert labels(lee.home)[:4] == ["Owed", "Home", "People", "Numbers"]
    assert "Show MAR-1" in labels(ana.home)
    before = shown(lee.home)
    await lee.presses("Numbers", on=lee.home)
    await world.settle()
    assert shown(lee.home) != before
    await ana.presses("Show MAR-1", on=ana.home)
    await world.settle()
    await ana.sees("MAR-1: nobody has taken it")


# ---------------------------------------------------------------------------------------------------------- twice, late


async def test_a_double_click_takes_once(world: World) -> None:
    await reported(world)
    ana = world[ANA]
    card = await ana.sees("MAR-1", at=world.channels[WEST])
    await asyncio.gather(*(ana.presses("Take", on=card, as_shown=True) for _ in range(3)))
    await world.settle()
    assert (await world.happened()).count(Event.TAKE) == 1


async def test_a_card_of_yesterday_is_answered_with_how_things_stand(world: World) -> None:
    await reported(world)
    ana, sam, ward = world[ANA], world[SAM], world.channels[WEST]
    stale = await ana.sees("MAR-1: nobody has taken it", at=ward)
    await ana.presses("Take", on=stale)
    await world.settle()
    await sam.presses("Take", on=stale, as_shown=True)
    await world.settle()
    assert (await world.happened()).count(Event.TAKE) == 1
    assert any("MAR-1" in shown(each) for each in world.slack.ephemerals(sam))


@pytest.mark.parametrize("value", ["", "forged", "do~take~1~1~ffffffff~AAAAAAAAAAAAAAAAAAAAAA", "x" * 2_000])
@pytest.mark.parametrize("action", ["press:0", "open:0", "nobody:knows"])
async def test_a_forged_press_changes_nothing_and_is_answered(world: World, value: str, action: str) -> None:
    await reported(world)
    ana = world[ANA]
    card = await ana.sees("MAR-1", at=world.channels[WEST])
    ack = await ana.forges(card, action_id=action, value=value)
    assert ack.status == 200
    await world.settle()
    assert await world.happened() == [Event.REPORT]
    assert "This button is out of date" in shown(world.slack.ephemerals(ana)[-1])


async def test_somebody_elses_button_does_not_serve_another(world: World) -> None:
    await reported(world)
    receipt = await world[MAYA].sees("MAR-1: received")
    element = next(e for block in receipt.blocks for e in block.get("elements", []) if e.get("action_id"))
    ada = world[ADA]
    await ada.opens_home()
    await world.settle()
    assert ada.home
    await ada.forges(ada.home, action_id="press:0", value=element["value"])
    await world.settle()
    assert await world.happened() == [Event.REPORT]


async def test_where_a_form_does_not_open_in_time_a_button_for_it_is_left(world: World) -> None:
    maya, ward = world[MAYA], world.channels[WEST]
    world.slack.faults.on("views.open", Error("expired_trigger_id"))
    await maya.command("", at=ward)
    await world.settle()
    assert maya.modal is None
    offer = world.slack.ephemerals(maya)[-1]
    await maya.presses(labels(offer)[0], on=offer)
    await maya.shown("Report")


async def test_words_that_were_not_taken_come_back_to_whoever_wrote_them(world: World) -> None:
    maya, ward = world[MAYA], world.channels[WEST]
    long = "the scanner " * 1_100
    await maya.command(f"report {long}", at=ward)
    await world.settle()
    back = "".join(shown(each) for each in world.slack.ephemerals(maya))
    assert long.strip() in back.replace("\n", "")
    assert await world.issues() == []


async def test_a_form_with_something_wrong_keeps_what_was_typed(world: World) -> None:
    ana = world[ANA]
    await ana.command("away until some day", at=world.channels[WEST])
    form = await ana.shown()
    assert "some day" in repr(form.blocks)
    await ana.fills({"field:0:until": "another day"})
    await ana.submits()
    assert ana.modal
    assert ana.modal.id == form.id
    assert list(ana.modal.errors) == ["field:0:until"]
    await ana.fills({"field:0:until": "tomorrow 16:00"})
    await ana.submits()
    await world.settle()
    assert ana.modal is None
    away = next(each for each in await world.roster() if each.email == f"{ANA}@hospital.example").away_until
    assert away is not None


@pytest.mark.parametrize("fault", ["users.info", "database"])
async def test_a_form_that_could_not_be_taken_stays_with_all_that_was_typed(world: World, fault: str) -> None:
    maya = world[MAYA]
    await maya.command("", at=world.channels[WEST])
    await maya.shown("Report")
    await maya.fills({"What went wrong?": "the scanner is dead", "How bad is it?": "It slows me down"})
    if fault == "users.info":
        world.edge.directory.forget(maya.id)
        world.slack.faults.on("users.info", Fault.FAILS)
    else:
        await world.database.close()
    await maya.submits()
    assert maya.modal
    assert "the scanner is dead" in repr(maya.modal.blocks)
    assert "try again" in shown(maya.modal)
    if fault == "users.info":
        await maya.submits()
        await world.settle()
        await maya.sees("MAR-1: received")
        assert (await world.issue()).severity is Severity.SLOWS_WORK


# -------------------------------------------------------------------------------------------------------- hostile words


async def test_what_somebody_typed_reaches_everybody_else_as_plain_text(world: World) -> None:
    maya, ana, ward = world[MAYA], world[ANA], world.channels[WEST]
    await maya.command("", at=ward)
    await maya.shown("Report")
    await maya.fills({"What went wrong?": HOSTILE, "How bad is it?": "It slows me down"})
    await maya.submits()
    await world.settle()
    card = await ana.sees("MAR-1", at=ward)
    assert "<!channel>" in shown(card)
    for channel in (ward.id, maya.dm_id, ana.dm_id, world.channels[TEAM].id):
        assert [found for each in world.slack.history(channel) for found in markup(each)] == []
    for member in (maya, ana):
        await member.opens_home()
        await world.settle()
        assert member.home
        assert markup(member.home) == []


# ------------------------------------------------------------------------------------------------------ faults of Slack


async def test_an_event_that_slack_tells_again_is_done_once(sqlite: SqlDatabase) -> None:
    async with opened(sqlite, http=True) as world:
        await world[MAYA].writes("report the scanner is dead")
        await world.settle()
        told = next(each for each in world.slack.sent if b"event_callback" in each.body)
        for retry in ("1", "2", "3"):
            headers = {**told.headers, "X-Slack-Retry-Num": retry, "X-Slack-Retry-Reason": "http_timeout"}
            assert (await world.slack.deliver(told.body, headers)).status == 200
        await world.settle()
        assert len(await world.issues()) == 1
        assert len([each for each in world.slack.history(world[MAYA].dm_id) if each.user == world.slack.bot]) == 1


@pytest.mark.parametrize("fault", [Fault.RESETS_LATE, Fault.FAILS_LATE, Fault.MUMBLES, Fault.RESETS, Fault.FAILS])
async def test_a_notice_whose_outcome_nobody_knows_arrives_once(world: World, fault: Fault) -> None:
    world.slack.faults.on("chat.postMessage", fault, fault)
    await reported(world)
    await world.pass_time(0.2)
    receipts = [each for each in world[MAYA].visible() if "MAR-1: received" in shown(each) and not each.ephemeral_to]
    cards = [each for each in world.slack.history(world.channels[WEST]) if "MAR-1" in shown(each)]
    assert (len(receipts), len(cards)) == (1, 1)


async def test_in_a_storm_of_429_nothing_is_lost_and_nothing_comes_twice(world: World) -> None:
    world.slack.faults.storm("chat.postMessage", 25)
    for n in range(5):
        await world[MAYA].command(f"report the scanner {n} of cart {n} is dead", at=world.channels[WEST])
    await world.settle()
    await world.pass_time(0.5)
    assert len(await world.issues()) == 5
    cards = [shown(each).partition(":")[0] for each in world.slack.history(world.channels[WEST]) if not each.thread_ts]
    assert sorted(each.removeprefix("… ").removeprefix("! ") for each in cards) == [f"MAR-{n}" for n in range(1, 6)]


async def test_slack_is_answered_in_time_while_the_database_is_slow(world: World) -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_tx: Transaction) -> None:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

    holding = asyncio.ensure_future(world.database.run(slow))
    try:
        ack = await world[MAYA].command("report the scanner is dead", at=world.channels[WEST])
        assert (ack.status, ack.body) == (200, "")
        assert await world.database.read(lambda tx: tx.pilots.all())
    finally:
        release.set()
        await holding
    await world.settle()
    assert len(await world.issues()) == 1
    await world[MAYA].sees("MAR-1: received")


async def test_slack_that_does_not_say_who_somebody_is_costs_no_report_silently(world: World) -> None:
    world.edge.directory.forget(world[MAYA].id)
    world.slack.faults.on("users.info", Fault.FAILS)
    ack = await world[MAYA].command("report the scanner is dead", at=world.channels[WEST])
    assert "Please try again" in ack.body
    await world[MAYA].command("report the scanner is dead", at=world.channels[WEST])
    await world.settle()
    await world[MAYA].sees("MAR-1: received")


# ---------------------------------------------------------------------------------------------------------- Socket Mode


@pytest.mark.slow
@pytest.mark.parametrize("how", ["refresh", "drops"])
async def test_a_line_that_is_renewed_in_mid_conversation_loses_nothing(sqlite: SqlDatabase, how: str) -> None:
    async with opened(sqlite, http=False) as world:
        await reported(world)
        if how == "refresh":
            await world.slack.socket.refresh()
        else:
            world.slack.socket.drops()
        await world.slack.socket.connected()
        ana = world[ANA]
        await ana.presses("Take", on=await ana.sees("MAR-1", at=world.channels[WEST]))
        await world.settle()
        assert (await world.issue()).status is Status.TAKEN
        assert await world.edge.check() is None
