"""Whether somebody can answer: champions per users, by unit and shift, and hours that nobody covers."""

from collections.abc import Sequence
from datetime import datetime

from bot import calendar, messages, noise, rota, routing
from bot.calendar import Hours
from bot.cards import Card
from bot.messages import Cover
from bot.model import Due, Person, PersonId, Pilot, PilotId, Role, Shift, Unit
from bot.permissions import Deed, authorize
from bot.ports import Transaction

CHECK = "coverage"  # the kind of agenda entry, about a pilot
CHECKED_AT = 7, 0


def look(tx: Transaction, who: Person, now: datetime) -> Card:
    """How the pilot's units are covered."""
    pilot = tx.pilots.get(who.pilot)
    authorize(who, Deed.SEE_CARE, pilot)
    return messages.covered(covers(tx, pilot, now), who.reader, now)


def covers(tx: Transaction, pilot: Pilot, now: datetime) -> list[Cover]:
    """Each unit but the wide one."""
    people = tx.people.everybody(pilot.id)
    return [_cover(tx, pilot, unit, people, now) for unit in tx.pilots.units(pilot.id) if not unit.wide]


def _cover(tx: Transaction, pilot: Pilot, unit: Unit, people: Sequence[Person], now: datetime) -> Cover:
    here = [each for each in people if each.works_on(unit.id)]
    users = {each.id for each in here if each.has(Role.CLINICIAN)}
    champions = {each.id: each.trained for each in here if each.has(Role.CHAMPION)}
    shifts = tx.rota.within(pilot.id, now, now + calendar.WEEK)
    there = {each.id: each for each in people}
    present = [each for each in shifts if each.person in there and not _is_away(there[each.person], each)]
    always = {each.id for each in here if each.on_duty and each.duty_until is None} - {each.person for each in shifts}
    present += [Shift(each, unit.id, now, now + calendar.WEEK) for each in always]  # until they say otherwise
    stretches = rota.by_shift(unit.id, users, champions, present, now)
    return Cover(
        unit, rota.coverage(unit.id, users, champions), [each for each in stretches if each.short],
        gaps(tx, pilot, unit, people, now),
    )  # fmt: skip


def _is_away(person: Person, shift: Shift) -> bool:
    return person.away_until is not None and shift.ends_at <= person.away_until


def gaps(tx: Transaction, pilot: Pilot, unit: Unit, people: Sequence[Person], now: datetime) -> list[Hours]:
    """Those of the next three days, each from where it began, as long as the unit's first month lasts."""
    started_at = unit.live_at or pilot.starts_at
    if started_at is None:
        return []
    end = min(now + rota.LOOK_AHEAD, started_at + rota.FIRST_MONTH)
    able = {each.id: each for each in people if _can_answer(each)}
    shifts = tx.rota.within(pilot.id, started_at, end) if started_at < end else ()
    covered = [_there(able[each.person], each) for each in shifts if each.person in able and _helps(each, able, unit)]
    covered += [
        (now, each.duty_until or end)
        for each in able.values()
        if each.on_duty and (each.has(Role.RESPONDER) or each.unit == unit.id)
    ]
    return [hours for hours in rota.gaps(covered, started_at, end) if hours[1] > now]


def _can_answer(person: Person) -> bool:
    return person.has(Role.RESPONDER) or (person.has(Role.CHAMPION) and person.trained)


def _helps(shift: Shift, able: dict[PersonId, Person], unit: Unit) -> bool:
    """A champion on their unit, somebody of the fix team wherever they are."""
    return shift.unit == unit.id or able[shift.person].has(Role.RESPONDER)


def _there(person: Person, shift: Shift) -> Hours:
    """Who is away is not there."""
    begins = max(shift.starts_at, person.away_until) if person.away_until else shift.starts_at
    return begins, shift.ends_at


def check(tx: Transaction, subject: int, now: datetime) -> None:
    """Every morning: the lead hears of each new gap, once."""
    pilot = tx.pilots.get(PilotId(subject))
    _plan(tx, pilot, now)
    people = tx.people.everybody(pilot.id)
    units = [unit for unit in tx.pilots.units(pilot.id) if not unit.wide]
    found = [(unit, hours) for unit in units for hours in gaps(tx, pilot, unit, people, now)]
    new = [each for each in found if tx.first_time(f"{CHECK}:{each[0].id}:{each[1][0].isoformat()}", now)]
    leads = routing.present(tx.people.having(pilot.id, Role.LEAD), tx.people.get, now) if new else ()
    for lead in leads:
        card = messages.uncovered(new, lead.reader, now)
        noise.nudge(tx, lead, card, now, key=f"{CHECK}:{lead.id}:{now.isoformat()}")


def standing(tx: Transaction, pilot: Pilot, now: datetime) -> None:
    """The check is planned. Done twice, it is done once."""
    if pilot.id not in tx.watch.planned(CHECK):
        _plan(tx, pilot, now)


def _plan(tx: Transaction, pilot: Pilot, now: datetime) -> None:
    at = calendar.next_time(*CHECKED_AT, now, pilot.zone)
    tx.agenda.put(Due(f"{CHECK}:{pilot.id}", CHECK, pilot.id, at))
