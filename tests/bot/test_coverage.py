"""Champions per users, by unit and shift, and hours in which nobody can answer: each new gap is told once."""
# ruff: noqa: ANN401 - whatever a use case takes may be given

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import agenda, coverage
from bot.cards import Card
from bot.errors import Denied
from bot.messages import Cover
from bot.model import Role, Unit
from storage.database import SqlDatabase
from tests import builders
from tests.bot.clockwork import Clockwork, wind_up
from tests.bot.floor import ALL, ANA, BEN, ICU, LEE, MAYA, OMAR, SAM, VERA, WEST, text

DAY = timedelta(days=1)


@pytest.fixture
async def ward(sqlite: SqlDatabase) -> Clockwork:
    """Nobody is on duty by their own word, and the rota alone says who is there."""
    ward = await wind_up(sqlite)
    await ward.off(*ward.ids)
    return ward


async def starts(ward: Clockwork, days: float = 0) -> None:
    """The pilot started, or starts, so many days from now."""
    pilot = replace(ward.pilot, starts_at=ward.now + timedelta(days=days))
    await ward.run(lambda tx: tx.pilots.save(pilot))


async def hire(ward: Clockwork, many: int, *roles: Role, unit: str = WEST, **given: Any) -> None:
    people = [
        builders.person(*roles, pilot=ward.pilot.id, unit=ward.units[unit].id, on_duty=False, **given)
        for _ in range(many)
    ]

    def add(tx: Any) -> None:
        for person in people:
            tx.people.add(person)

    await ward.run(add)


async def cover(ward: Clockwork, unit: str = WEST) -> Cover:
    covers = await ward.read(lambda tx: coverage.covers(tx, tx.pilots.get(ward.pilot.id), ward.now))
    return next(each for each in covers if each.unit.name == unit)


async def gaps(ward: Clockwork, unit: str = WEST) -> list[tuple[float, float]]:
    """In hours from now."""
    return [(ward.hours(begins), ward.hours(ends)) for begins, ends in (await cover(ward, unit)).gaps]


async def look(ward: Clockwork, who: str = LEE) -> Card:
    person = await ward.person(who)
    return await ward.read(lambda tx: coverage.look(tx, person, ward.now))


# ----------------------------------------------------------------------------------------------------------- champions


@pytest.mark.parametrize(("users", "short"), [(19, False), (20, False), (21, True)])
async def test_one_champion_is_enough_for_twenty(ward: Clockwork, users: int, *, short: bool) -> None:
    await hire(ward, users - 1, Role.CLINICIAN)  # and Maya
    assert (await cover(ward)).whole.short is short


async def test_who_is_not_trained_does_not_count(ward: Clockwork) -> None:
    await ward.change(ANA, trained=False)
    whole = (await cover(ward)).whole
    assert (whole.champions, whole.needed, whole.short) == (0, 1, True)


async def test_a_unit_counts_its_own(ward: Clockwork) -> None:
    await hire(ward, 25, Role.CLINICIAN, unit=ICU)
    assert not (await cover(ward, WEST)).whole.short
    assert (await cover(ward, ICU)).whole.short


async def test_a_shift_with_users_and_without_a_champion_is_short(ward: Clockwork) -> None:
    await ward.rota((MAYA, WEST, 1, 13), (ANA, WEST, 1, 9))
    (short,) = (await cover(ward)).short
    assert short.hours
    assert [ward.hours(at) for at in short.hours] == [9, 13]


async def test_a_champion_who_is_away_covers_no_shift(ward: Clockwork) -> None:
    await ward.rota((MAYA, WEST, 1, 9), (ANA, WEST, 1, 9))
    assert (await cover(ward)).short == []
    await ward.change(ANA, away_until=ward.now + DAY)
    assert len((await cover(ward)).short) == 1


async def test_who_has_left_is_not_counted(ward: Clockwork) -> None:
    await ward.rota((MAYA, WEST, 1, 9), (ANA, WEST, 1, 9))
    await ward.change(ANA, active=False)
    found = await cover(ward)
    assert (found.whole.champions, len(found.short)) == (0, 1)


# ---------------------------------------------------------------------------------------------------------------- gaps


async def test_without_a_start_there_is_no_gap(ward: Clockwork) -> None:
    assert await gaps(ward) == []


async def test_hours_of_the_next_three_days_in_which_nobody_is_there(ward: Clockwork) -> None:
    await starts(ward)
    await ward.rota((ANA, WEST, 0, 12), (SAM, ALL, 20, 80))
    assert await gaps(ward, WEST) == [(12, 20)]
    assert await gaps(ward, ICU) == [(0, 20)]  # a champion answers for their unit, the fix team for all


async def test_untrained_and_absent_people_cover_nothing(ward: Clockwork) -> None:
    await starts(ward)
    await ward.rota((ANA, WEST, 0, 40), (SAM, ALL, 0, 99), (VERA, WEST, 0, 99))
    await ward.change(ANA, trained=False)
    await ward.change(SAM, away_until=ward.now + timedelta(hours=10))
    assert await gaps(ward) == [(0, 10)]


async def test_before_the_start_and_after_four_weeks_nobody_has_to_be_there(ward: Clockwork) -> None:
    await starts(ward, 2)
    assert await gaps(ward) == [(48, 72)]
    await starts(ward, -27)
    assert [end for _, end in await gaps(ward)] == [24]
    await starts(ward, -28)
    assert await gaps(ward) == []


async def test_a_later_wave_has_its_own_four_weeks(ward: Clockwork) -> None:
    await starts(ward, -40)
    live: Unit = replace(ward.units[ICU], live_at=ward.now - DAY)
    await ward.run(lambda tx: tx.pilots.save_unit(live))
    assert await gaps(ward, WEST) == []
    assert [end for _, end in await gaps(ward, ICU)] == [72]


async def test_somebody_on_duty_by_their_own_word_is_there(ward: Clockwork) -> None:
    await starts(ward)
    await ward.change(SAM, on_duty=True, duty_until=ward.now + timedelta(hours=5))
    await ward.change(BEN, on_duty=True, duty_until=ward.now + timedelta(hours=7))  # on the ICU
    assert await gaps(ward, WEST) == [(5, 72)]
    assert await gaps(ward, ICU) == [(7, 72)]


# ----------------------------------------------------------------------------------------------------- what leads read


async def test_the_lead_sees_it_by_unit(ward: Clockwork) -> None:
    await starts(ward)
    await ward.rota((SAM, ALL, 0, 60))
    await ward.change(ANA, trained=False)
    card = await look(ward)
    assert card.title == "Coverage: something is missing"
    assert "4-west: 0 of 1 for 1 person, too few" in text(card)
    assert "icu: 1 of 1 for 1 person" in text(card)
    assert "icu: Wed 4 March, 19:00 to Thu 5 March, 07:00" in text(card)
    assert ALL not in text(card)


async def test_where_nothing_is_missing_it_says_so(ward: Clockwork) -> None:
    await starts(ward)
    await ward.rota((SAM, ALL, 0, 99))
    assert (await look(ward)).title == "Coverage: nothing is missing"


@pytest.mark.parametrize("who", [MAYA, ANA, SAM, OMAR, VERA])
async def test_it_is_the_leads_to_see(ward: Clockwork, who: str) -> None:
    with pytest.raises(Denied):
        await look(ward, who)


async def test_a_gap_is_told_at_seven_and_once(ward: Clockwork) -> None:
    await starts(ward)
    await ward.change(LEE, on_duty=True)
    await ward.rota((SAM, ALL, 0, 60), (SAM, ALL, 66, 300))
    await ward.run(lambda tx: agenda.standing(tx, ward.now))
    assert ward.titles(LEE) == []
    await ward.until("06:59", days=1)
    assert ward.titles(LEE) == []
    await ward.until("07:00")
    (card,) = ward.cards(LEE)
    assert "4-west: tomorrow, Wed 19:00 to Thu 5 March, 01:00" in text(card)
    assert "icu: tomorrow, Wed 19:00 to Thu 5 March, 01:00" in text(card)
    await ward.pass_time(24 * 4)
    assert len(ward.cards(LEE)) == 1


async def test_a_new_gap_is_told_and_the_one_that_runs_is_not_told_again(ward: Clockwork) -> None:
    await starts(ward)
    await ward.change(LEE, on_duty=True)
    await ward.run(lambda tx: agenda.standing(tx, ward.now))
    await ward.pass_time(24 * 3)  # no rota at all
    assert len(ward.cards(LEE)) == 1
    await ward.rota((SAM, ALL, 0, 50), (SAM, ALL, 55, 400))
    await ward.pass_time(24)
    assert len(ward.cards(LEE)) == 2
    assert text(ward.last(LEE)).count("4-west") == 1


async def test_while_the_lead_is_away_the_deputy_hears(ward: Clockwork) -> None:
    await starts(ward)
    await ward.change(VERA, on_duty=True)
    await ward.change(LEE, away_until=ward.now + 9 * DAY, deputy=ward.ids[VERA])
    await ward.run(lambda tx: agenda.standing(tx, ward.now))
    await ward.pass_time(24)
    assert ward.titles(VERA) == ["Hours that nobody covers"]
    assert ward.titles(LEE) == []


async def test_it_is_looked_at_every_morning_also_across_a_change_of_clocks(ward: Clockwork) -> None:
    await ward.run(lambda tx: agenda.standing(tx, ward.now))
    seen = []
    for _ in range(8):  # the clocks go forward on Sunday 8 March
        (due,) = await ward.planned(coverage.CHECK)
        await ward.pass_time((due.due_at - ward.now) / timedelta(hours=1))
        seen.append(ward.clock)
    assert seen == [f"{day} 07:00" for day in ("Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue")]
