"""An issue waits for a vendor: the clock goes on, and somebody asks again."""

from datetime import timedelta

import pytest

from bot import calendar, vendors
from bot.cards import Card, Form
from bot.errors import Denied
from bot.model import Event, Needs, Status
from storage.database import SqlDatabase
from tests.bot.floor import ANA, LEE, MAYA, SAM, WEST, Floor, open_floor, text


@pytest.fixture
async def floor(sqlite: SqlDatabase) -> Floor:
    return await open_floor(sqlite)


async def send(
    floor: Floor, who: str = SAM, vendor: str = "Acme", reference: str = "T-9", expected: str = ""
) -> Card | Form:
    return await floor.does(who, vendors.send, Event.SEND_TO_VENDOR, vendor, reference, expected)


async def test_what_a_vendor_has_is_kept_with_reference_and_date(floor: Floor) -> None:
    issue = await floor.reported()
    await send(floor, expected="tomorrow 16:00")
    issue = await floor.issue()
    assert (issue.status, issue.owner, issue.waiting_since) == (Status.WAITING_VENDOR, floor.ids[SAM], floor.now)
    (wait,) = await floor.read(lambda tx: tx.issues.vendor_waits(issue.id))
    assert (wait.vendor, wait.reference, wait.until) == ("Acme", "T-9", None)
    assert wait.expected_at == calendar.moment("tomorrow 16:00", floor.now, "America/New_York")
    assert await floor.events() == [Event.REPORT, Event.TAKE, Event.SEND_TO_VENDOR]


async def test_the_reporter_is_told_who_has_it_and_that_the_clock_goes_on(floor: Floor) -> None:
    await floor.reported()
    await send(floor, expected="tomorrow 16:00")
    said = text(floor.last(MAYA))
    assert "It is with Acme now. We ask them until they answer." in said
    assert "They expect to answer tomorrow, Tue 16:00." in said
    assert "Help is due tomorrow, Tue 07:00." in said
    assert floor.heard("Their reference: T-9") == {WEST}


@pytest.mark.parametrize(("level", "hours"), [(1, 4), (2, 24), (3, 72), (4, 72)])
async def test_the_next_check_is_as_near_as_it_is_bad(floor: Floor, level: int, hours: float) -> None:
    await floor.reported(level=level)
    await send(floor)
    assert {each for needs, each in await floor.hours_ahead() if needs == Needs.WITH_VENDOR} == {hours}


async def test_it_keeps_its_owner(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    await send(floor)
    assert (await floor.issue()).owner == floor.ids[ANA]


@pytest.mark.parametrize(
    ("vendor", "expected", "wrong"),
    [("", "", {"vendor"}), ("Acme", "yesterday", {"expected"}), ("", "1999", {"vendor", "expected"})],
)
async def test_what_is_missing_or_wrong_is_said_beside_its_field(
    floor: Floor, vendor: str, expected: str, wrong: set[str]
) -> None:
    await floor.reported()
    form = await send(floor, vendor=vendor, expected=expected)
    assert isinstance(form, Form)
    assert set(form.errors) == wrong
    assert {each.name: each.value for each in form.fields} == {
        "vendor": vendor,
        "reference": "T-9",
        "expected": expected,
    }
    assert (await floor.issue()).status is Status.REPORTED


@pytest.mark.parametrize("who", [MAYA, ANA])
async def test_the_fix_team_and_leads_alone_send_it(floor: Floor, who: str) -> None:
    await floor.reported()
    with pytest.raises(Denied):
        await send(floor, who)


async def test_when_the_vendor_has_answered_the_wait_is_over_and_its_owner_hears(floor: Floor) -> None:
    await floor.reported()
    await floor.alter(owner=floor.ids[ANA], status=Status.TAKEN)
    await send(floor)
    await floor.pass_time(5)
    await floor.does(LEE, vendors.replied, Event.VENDOR_REPLIED)
    issue = await floor.issue()
    assert (issue.status, issue.waited) == (Status.TAKEN, timedelta(hours=5))
    (wait,) = await floor.read(lambda tx: tx.issues.vendor_waits(issue.id))
    assert wait.until == floor.now
    assert not {needs for needs, _ in await floor.hours_ahead() if needs == Needs.WITH_VENDOR}
    assert floor.last(ANA).title.endswith("the vendor has answered")


async def test_the_clock_can_end_the_wait(floor: Floor) -> None:
    await floor.reported()
    await send(floor)
    issue = await floor.issue()
    await floor.run(lambda tx: vendors.came_back(tx, issue, None, floor.now))
    assert (await floor.issue()).status is Status.TAKEN
    assert (await floor.history())[-1].who is None
    assert floor.last(SAM).title.endswith("the vendor has answered")


async def test_a_vendors_wait_does_not_move_the_deadline(floor: Floor) -> None:
    issue = await floor.reported()
    await send(floor)
    await floor.pass_time(25)
    assert (await floor.issue()).missed_at == issue.due_at
