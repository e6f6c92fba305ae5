"""The page's vectors of the 24-hour target, played by people on a real database; f is Friday 1 May 2026, 21:00 UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import declines, figures, fixes, merges, vendors, verdicts, work, workarounds
from bot.figures import Figures, Share
from bot.model import Event, FixKind, Help, Issue, Status
from storage.database import SqlDatabase
from tests.bot.floor import ADA, ANA, LEE, MAYA, SAM, Floor, open_floor, text

F = datetime(2026, 5, 1, 21, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def at(hours: float) -> datetime:
    return F + timedelta(hours=hours)


class Story:
    """What happens at which hour after f; between two of them whatever comes due is done."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    async def reported(self, hours: float = 0, who: str = MAYA) -> Issue:
        await self.until(hours)
        return await self.floor.reported(who=who)

    async def until(self, hours: float) -> Issue | None:
        await self.floor.pass_time((at(hours) - self.floor.now) / timedelta(hours=1))
        return await self.floor.issue() if self.floor.issue_id else None

    async def taken(self, hours: float) -> None:
        await self.until(hours)
        await self.floor.does(ANA, work.take, Event.TAKE)

    async def fixed(self, hours: float) -> None:
        await self.until(hours)
        await self.floor.does(ANA, fixes.fix, Event.FIX, "a new battery", FixKind.PROCESS)

    async def worked_around(self, hours: float) -> None:
        await self.until(hours)
        await self.floor.does(ANA, workarounds.offer, Event.WORK_AROUND, "use the pump by the window", "")

    async def still_broken(self, hours: float) -> None:
        await self.until(hours)
        await self.floor.does(MAYA, verdicts.still_broken, Event.STILL_BROKEN)

    async def confirmed(self, hours: float) -> None:
        await self.until(hours)
        await self.floor.does(MAYA, verdicts.confirm, Event.CONFIRM)

    async def declined(self, hours: float) -> None:
        await self.until(hours)
        await self.floor.does(LEE, declines.decline, Event.DECLINE, "as planned", "the council")

    async def issue(self) -> Issue:
        return await self.floor.issue()

    async def figures(self) -> Figures:
        return await self.floor.read(lambda tx: figures.of(tx.issues.reported_in(self.floor.pilot.id), self.floor.now))

    async def missed_at(self) -> list[float]:
        """When it was written down, in hours after f."""
        return [(row.at - F) / timedelta(hours=1) for row in await self.floor.history() if row.event is Event.MISSED]


@pytest.fixture
async def story(sqlite: SqlDatabase) -> Story:
    floor = await open_floor(sqlite)
    floor.now = F
    return Story(floor)


@pytest.mark.parametrize(
    ("local", "shown"),
    [
        (datetime(2026, 3, 7, 20, tzinfo=NEW_YORK), "tomorrow, Sun 21:00"),
        (datetime(2026, 10, 31, 20, tzinfo=NEW_YORK), "tomorrow, Sun 19:00"),
    ],
)
async def test_across_a_change_of_the_clocks_the_shown_hour_shifts(story: Story, local: datetime, shown: str) -> None:
    story.floor.now = local.astimezone(UTC)
    issue = await story.floor.reported()
    assert issue.due_at - issue.reported_at == timedelta(hours=24)
    assert f"has reached you by {shown}" in text(story.floor.chat.cards(MAYA)[0])


async def test_taken_at_1_worked_around_at_23_is_met(story: Story) -> None:
    await story.reported()
    await story.taken(1)
    await story.worked_around(23)
    await story.until(48)
    issue = await story.issue()
    assert (issue.missed_at, issue.addressed_at, issue.addressed_by) == (None, at(23), Help.WORKAROUND)
    assert (await story.figures()).addressed == Share(1, 1)


async def test_taken_at_1_and_nothing_more_is_missed_at_24_exactly(story: Story) -> None:
    await story.reported()
    await story.taken(1)
    await story.until(66)  # Monday, in the afternoon
    assert (await story.issue()).missed_at == at(24)
    assert await story.missed_at() == [24]
    assert (await story.figures()).addressed == Share(0, 1)


async def test_with_a_vendor_since_2_and_fixed_at_40_is_missed_with_2_net_hours(story: Story) -> None:
    await story.reported()
    await story.taken(1)
    await story.until(2)
    await story.floor.does(SAM, vendors.send, Event.SEND_TO_VENDOR, "Invented Pumps", "case 12", "")
    await story.fixed(40)
    issue, said = await story.issue(), await story.figures()
    assert (issue.missed_at, issue.addressed_at) == (at(24), at(40))
    assert (said.raw_median, said.net_median) == (timedelta(hours=40), timedelta(hours=2))
    assert said.addressed == Share(0, 1)


async def test_fixed_at_5_still_broken_at_20_runs_on_and_is_missed_at_24(story: Story) -> None:
    await story.reported()
    await story.fixed(5)
    await story.still_broken(20)
    await story.until(21)
    issue = await story.issue()
    assert (issue.status, issue.missed_at, issue.addressed_at) == (Status.TAKEN, None, None)
    await story.until(24)
    assert (await story.issue()).missed_at == at(24)
    assert await story.missed_at() == [24]


async def test_fixed_at_5_still_broken_at_30_is_a_miss_dated_at_24(story: Story) -> None:
    await story.reported()
    await story.fixed(5)
    await story.until(29)
    assert (await story.figures()).addressed == Share(1, 1)
    await story.still_broken(30)
    assert (await story.issue()).missed_at == at(24)
    assert await story.missed_at() == [30]
    assert (await story.figures()).addressed == Share(0, 1)


async def test_fixed_at_5_and_silence_is_met_and_not_verified(story: Story) -> None:
    await story.reported()
    await story.fixed(5)
    await story.until(5 + 15 * 24)
    issue, said = await story.issue(), await story.figures()
    assert (issue.status, issue.missed_at, issue.verified_at) == (Status.UNVERIFIED, None, None)
    assert (said.addressed, said.verified_in_time, said.verified_of_asked) == (Share(1, 1), Share(0, 1), Share(0, 1))


async def test_confirmed_at_6_it_stays_met_and_what_comes_back_at_90_is_due_at_114(story: Story) -> None:
    await story.reported()
    await story.fixed(5)
    await story.confirmed(6)
    await story.still_broken(90)
    old = await story.issue()
    (new,) = [each for each in await story.floor.read(
        lambda tx: tx.issues.of_reporter(story.floor.ids[MAYA], 9)) if each.id != old.id]  # fmt: skip
    assert (old.status, old.addressed_at, old.missed_at) == (Status.VERIFIED, at(5), None)
    assert (new.again_of, new.reported_at, new.due_at) == (old.id, at(90), at(114))
    said = await story.figures()
    assert (said.addressed, said.verified_in_time, said.running) == (Share(1, 1), Share(1, 1), 1)


async def test_worked_around_at_2_and_failing_at_26_is_missed(story: Story) -> None:
    await story.reported()
    await story.worked_around(2)
    await story.until(26)
    assert (await story.issue()).missed_at is None
    await story.floor.does(MAYA, workarounds.fails, Event.WORKAROUND_FAILS)
    issue = await story.issue()
    assert (issue.status, issue.missed_at, issue.addressed_at) == (Status.TAKEN, at(24), None)


async def test_declined_at_3_is_neither_and_appealed_at_30_it_is_missed(story: Story) -> None:
    await story.reported()
    await story.declined(3)
    await story.until(30)
    said = await story.figures()
    assert (said.addressed, said.declined, said.running) == (Share(0, 0), 1, 0)
    await story.floor.does(MAYA, declines.appeal, Event.APPEAL, "it is worse than that")
    issue, said = await story.issue(), await story.figures()
    assert (issue.status, issue.owner, issue.missed_at) == (Status.TAKEN, story.floor.ids[LEE], at(24))
    assert (said.addressed, said.declined) == (Share(0, 1), 0)


async def test_declined_at_25_is_missed(story: Story) -> None:
    await story.reported()
    await story.declined(25)
    issue = await story.issue()
    assert (issue.status, issue.missed_at) == (Status.DECLINED, at(24))
    assert (await story.figures()).addressed == Share(0, 1)


async def test_merged_into_one_reported_3_hours_earlier_the_survivor_starts_then(story: Story) -> None:
    story.floor.now = at(-3)
    into = await story.reported(-3)
    story.floor.issue_id = None
    child = await story.reported(0, ADA)
    await story.floor.does(LEE, merges.merge, Event.MERGE, await story.floor.issue(into.id))
    survivor = await story.floor.issue(into.id)
    assert (survivor.started_at, survivor.due_at) == (at(-3), at(21))
    await story.until(22)
    assert (await story.floor.issue(into.id)).missed_at == at(21)
    assert (await story.floor.issue(child.id)).missed_at is None
    said = await story.figures()
    assert (said.addressed, said.merged) == (Share(0, 1), 1)


async def test_the_earlier_merged_into_the_later_the_survivor_starts_with_the_earlier(story: Story) -> None:
    story.floor.now = at(-3)
    await story.reported(-3)
    into = await story.reported(0, ADA)
    await story.floor.does(LEE, merges.merge, Event.MERGE, await story.floor.issue(into.id))
    survivor = await story.floor.issue(into.id)
    assert (survivor.reported_at, survivor.started_at, survivor.due_at) == (F, at(-3), at(21))


async def test_merged_at_2_and_apart_at_9_each_has_its_own_first_clock(story: Story) -> None:
    story.floor.now = at(-3)
    into = await story.reported(-3)
    story.floor.issue_id = None
    await story.reported(0, ADA)
    await story.until(2)
    await story.floor.does(LEE, merges.merge, Event.MERGE, await story.floor.issue(into.id))
    await story.until(9)
    await story.floor.does(ADA, merges.split, Event.UNMERGE)
    child = await story.issue()
    assert (child.due_at, child.missed_at, child.merged_into) == (at(24), None, None)
    await story.until(25)
    assert (await story.issue()).missed_at == at(24)
    assert await story.missed_at() == [24]
    assert (await story.floor.issue(into.id)).missed_at == at(21)
