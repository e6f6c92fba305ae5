"""On and off duty as the rota has it, and what is handed over when somebody goes.

`Person.duty_until` is until when what they said themselves holds, on duty or off it; after that the rota decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import calendar, lifecycle, messages, noise, work
from bot.calendar import WEEK
from bot.cards import Card
from bot.messages import Handed
from bot.model import Due, Event, Issue, Person, PersonId, Pilot, PilotId, Role, Shift, Status, Unit, UnitId
from bot.ports import Transaction

# Kinds of agenda entries, about a person and about a pilot.
DUTY = "duty"
HANDOVER = "handover"

EARLY = timedelta(hours=1)  # before their shift that people come in; and after its start that they are still asked
_INSTANT = timedelta(microseconds=1)
_HELPED = frozenset({Status.FIXED, Status.MERGED})


# --------------------------------------------------------------------------------------------------- what the rota says


def current(tx: Transaction, person: Person, now: datetime) -> Shift | None:
    """The shift that they are on."""
    return next((each for each in tx.rota.of(person.id, now, 2) if each.starts_at <= now), None)


def boundary(tx: Transaction, subject: int, now: datetime) -> None:
    """A shift of theirs begins or ends, or what they said holds no longer."""
    before = tx.people.get(PersonId(subject))
    if not before.active:
        return
    person, shift = settle(tx, before, now), current(tx, before, now)
    if shift is None or not person.on_duty:
        return
    if before.on_duty and person.unit != shift.unit:  # they had come in before it began
        person = replace(person, unit=shift.unit)
        tx.people.save(person)
    if now - shift.starts_at < EARLY and len(units_of(tx, person)) > 1:
        key = f"where:{person.id}:{shift.starts_at.isoformat()}"
        noise.nudge(tx, person, where_card(tx, person), now, key=key)


def settle(tx: Transaction, person: Person, now: datetime) -> Person:
    """On or off duty as they said, else as the rota has it. Who goes off duty hands over what they own."""
    after = _as_it_is(tx, person, now)
    if after != person:
        tx.people.save(after)
    plan(tx, after, now)
    if person.on_duty and not after.on_duty and tx.issues.owned_by(after.id):
        _come_on(tx, tx.pilots.get(person.pilot), now)
        all_of(tx, after, now)
    return after


def _as_it_is(tx: Transaction, person: Person, now: datetime) -> Person:
    if person.away(now):
        return replace(person, on_duty=False, duty_until=None)
    if person.duty_until is not None and person.duty_until > now:
        return person
    shift = current(tx, person, now)
    if shift is None:
        unknown = person.duty_until is None and not tx.rota.of(person.id, now - WEEK, 1)
        return person if unknown else replace(person, on_duty=False, duty_until=None)
    if person.on_duty and person.duty_until is not None and shift.starts_at < person.duty_until:
        return replace(person, on_duty=False, duty_until=shift.ends_at)  # they had said that they would leave early
    return replace(person, on_duty=True, duty_until=shift.ends_at, unit=shift.unit)


def plan(tx: Transaction, person: Person, now: datetime) -> None:
    """When the rota is next asked about them."""
    begins = [each.starts_at for each in tx.rota.of(person.id, now, 2)]
    ahead = [at for at in (*begins, person.duty_until) if at is not None and at > now]
    if ahead:
        tx.agenda.put(Due(f"{DUTY}:{person.id}", DUTY, person.id, min(ahead)))
    else:
        tx.agenda.drop(f"{DUTY}:{person.id}")


def around(tx: Transaction, pilot: Pilot, now: datetime) -> Sequence[Shift]:
    """Those that run now, and those to which people may have come in early."""
    return tx.rota.within(pilot.id, now, now + EARLY + _INSTANT)


def moved(tx: Transaction, before: Sequence[Shift], now: datetime) -> None:
    """A rota has been read: who is on or off duty for as long as their shift lasts follows it, be it longer or shorter.

    `before` is what was `around`. What they said themselves, with an hour of its own, stays.
    """
    for old in before:
        person = tx.people.get(old.person)
        if person.duty_until == old.ends_at:
            after = _follows(tx, person, old, now)
            if after != person:
                tx.people.save(after)


def _follows(tx: Transaction, person: Person, old: Shift, now: datetime) -> Person:
    begun = old.starts_at <= now
    near = now if begun else now + EARLY
    new = next((each for each in tx.rota.of(person.id, now, 2) if each.starts_at <= near), None)
    if new is None:
        return replace(person, duty_until=now) if begun else person
    return replace(person, duty_until=new.ends_at, unit=new.unit if person.unit == old.unit else person.unit)


def _come_on(tx: Transaction, pilot: Pilot, now: datetime) -> None:
    """Those whose shift has begun by now: before anything is handed over, somebody must be there to have it."""
    for person in {each.person for each in tx.rota.within(pilot.id, now, now + _INSTANT)}:
        found = tx.people.get(person)
        if _should_be_on(found, now):
            boundary(tx, found.id, now)


def behind(tx: Transaction, pilot: Pilot, now: datetime) -> Mapping[PersonId, datetime]:
    """Those who are not on or off duty as they should be, and since when."""
    return {**tx.watch.lapsed(pilot.id, now), **tx.watch.absent(pilot.id, now)}


def catch_up(tx: Transaction, now: datetime) -> None:
    """The bot was down: who is there now is settled before anybody hears of what came due meanwhile."""
    for pilot in tx.pilots.all():
        for person in behind(tx, pilot, now):
            boundary(tx, person, now)


def _should_be_on(person: Person, now: datetime) -> bool:
    """Of somebody with a shift now."""
    said = person.duty_until is not None and person.duty_until > now
    return person.active and not (person.on_duty or said or person.away(now))


# -------------------------------------------------------------------------------------------------------- handing over


def all_of(tx: Transaction, person: Person, now: datetime, *, by: Person | None = None) -> list[Handed]:
    """Everything they own goes to the next champion of its unit on shift, else to the fix team, else to nobody.

    `by` is whoever did that; None is the clock.
    """
    handed = []
    for issue in tx.issues.owned_by(person.id):
        if lifecycle.possible(issue, Event.HAND_OVER, now):
            to = work.next_owner(tx, issue, person, now)
            handed.append(Handed(work.handed_over(tx, issue, to, now, by=by), to))
    return handed


def handover(tx: Transaction, subject: int, now: datetime) -> None:
    """Shortly before shifts change: what waits, to each of the team who comes in."""
    pilot = tx.pilots.get(PilotId(subject))
    tx.agenda.put(Due(f"{HANDOVER}:{pilot.id}", HANDOVER, pilot.id, calendar.handover(now, pilot.zone)))
    for shift in tx.rota.within(pilot.id, now, now + EARLY):
        person = tx.people.get(shift.person)
        waits = shift.starts_at >= now and person.active and not person.away(now)
        waiting = queue(tx, person, shift.unit) if waits else []
        if waiting:
            card = messages.handover(waiting, person.reader, now)
            coming = replace(person, on_duty=True)  # it is read on the way in
            noise.nudge(tx, coming, card, now, key=f"{HANDOVER}:{person.id}:{now.isoformat()}")


def queue(tx: Transaction, who: Person, unit: UnitId) -> list[Issue]:
    """What waits for somebody of the team, the least time left first; a champion's is that of their unit."""
    if who.has(Role.RESPONDER, Role.LEAD):
        found = tx.issues.open_in(who.pilot, 10 * messages.LISTED)
    else:
        found = tx.issues.open_on(unit) if who.has(Role.CHAMPION) and who.trained else ()
    return [each for each in found if each.status not in _HELPED]


# --------------------------------------------------------------------------------------------------------------- where


def units_of(tx: Transaction, who: Person) -> Sequence[Unit]:
    """On which they work."""
    return [each for each in tx.pilots.units(who.pilot) if who.works_on(each.id)]


def where_card(tx: Transaction, who: Person) -> Card:
    return messages.where_tonight(who, units_of(tx, who), tx.pilots.unit(who.unit))


# ------------------------------------------------------------------------------------------------------ what stands


def standing(tx: Transaction, pilot: Pilot, now: datetime) -> None:
    """Everybody is on or off duty as the rota has it, and handovers are planned. Done twice, it is done once."""
    if pilot.id not in tx.watch.planned(HANDOVER):
        tx.agenda.put(Due(f"{HANDOVER}:{pilot.id}", HANDOVER, pilot.id, calendar.handover(now, pilot.zone)))
    for person in tx.people.everybody(pilot.id):
        settle(tx, person, now)
