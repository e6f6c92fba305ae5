"""What cards are drawn from; and the pager, of whose silence people hear."""

from dataclasses import replace

import pytest

from bot import fixes, living, merges, work
from bot.model import Event, FixKind, Status
from storage.database import SqlDatabase
from tests.bot.floor import ADA, ANA, BEN, LEE, ROSA, SAM, WEST, Floor, events_on, open_floor, text
from tests.peers.chat import Fault

PAGER = living.PAGER.id
SILENT = "the pager could not be reached"


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def paged(floor: Floor, *faults: Fault) -> None:
    """A patient at risk, in a pilot with a pager."""
    pilot = replace(floor.pilot, pager=True)
    await floor.database.run(lambda tx: tx.pilots.save(pilot))
    issue = await floor.reported(1)
    floor.chat.fails(PAGER, *faults)
    await floor.run(lambda tx: living.page(tx, issue, floor.now))


async def retries(floor: Floor) -> None:
    """Every try is made, each after its pause."""
    for _ in range(9):
        await floor.pass_time(0.25)


# --------------------------------------------------------------------------------------------------------- the pager


async def test_a_pager_that_stays_silent_is_told_of_to_those_on_duty_and_the_lead(floor: Floor) -> None:
    await floor.change(ROSA, on_duty=False)
    await paged(floor, *[Fault.LOST] * 9)
    await retries(floor)
    assert floor.heard(SILENT) == {SAM, LEE}
    assert (Event.REMINDED, "pager") in [(row.event, row.words) for row in await floor.history()]
    assert floor.heard("The pager could not be reached.") == {WEST}
    said = next(card for card in floor.chat.cards(SAM) if SILENT in card.title)
    assert Event.TAKE in events_on(said)
    assert "Nobody has been paged about it." in text(said)
    assert "Nobody has been sent to the bedside" in text(said)


async def test_whoever_has_taken_it_hears_in_the_fix_teams_place(floor: Floor) -> None:
    await paged(floor, *[Fault.LOST] * 9)
    await floor.does(ROSA, work.take, Event.TAKE)
    await retries(floor)
    assert floor.heard(SILENT) == {ROSA, LEE}


async def test_a_pager_that_refuses_is_told_of_at_once_and_once(floor: Floor) -> None:
    await paged(floor, Fault.REJECTED)
    assert floor.heard(SILENT) == {SAM, ROSA, LEE}
    await retries(floor)
    assert [title for title in floor.chat.at(LEE) if SILENT in title] == [
        f"{(await floor.issue()).reference}: {SILENT}"
    ]


async def test_a_pager_that_answers_in_the_end_is_not_spoken_of(floor: Floor) -> None:
    await paged(floor, Fault.LOST, Fault.LOST)
    await retries(floor)
    assert PAGER in {each.ref.place.id for each in floor.chat.history}
    assert floor.heard(SILENT) == set()


async def test_what_has_been_helped_or_closed_meanwhile_needs_no_pager(floor: Floor) -> None:
    await paged(floor, *[Fault.LOST] * 9)
    await floor.does(ANA, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    await retries(floor)
    assert floor.heard(SILENT) == set()


# --------------------------------------------------------------------------------------------- what is known of a fix


async def test_whoever_said_me_too_to_a_report_that_follows_another_is_asked_about_the_others_fix(
    floor: Floor,
) -> None:
    await floor.reported()
    child = await floor.reported(who=BEN, words="it beeps here too")
    await floor.follows(ADA, child.id)
    await floor.does(LEE, merges.merge, Event.MERGE, await floor.issue(), which=child.id)
    assert (await floor.read(lambda tx: living.about(tx, tx.issues.get(child.id)))).judged is None
    await floor.does(ANA, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)
    about = await floor.read(lambda tx: living.about(tx, tx.issues.get(child.id)))
    assert (about.issue.status, about.fix) == (Status.MERGED, None)
    assert about.judged is not None
    assert about.judged.words == "a new battery"
