"""People whom a platform vouches for: known by their verified e-mail, else asked once which unit they are on."""

from dataclasses import replace
from datetime import datetime

from bot import messages
from bot.cards import Card
from bot.model import Address, Person, PersonId, Reader, Role, UnitId
from bot.ports import Transaction


def known_as(tx: Transaction, email: str) -> Person | None:
    """Somebody on a roster, of whatever pilot."""
    found = (tx.people.known_as(pilot.id, email) for pilot in tx.pilots.all()) if email else ()
    return next((person for person in found if person and person.active), None)


def move(tx: Transaction, who: PersonId, to: Address, now: datetime) -> Address:
    """From now on they are written to where they last wrote from."""
    person = tx.people.get(who)
    tx.people.save(replace(person, address=to))
    tx.audit.write(person.id, "person.moved", str(person.id), now)
    return to


def welcome(tx: Transaction, who: Address, name: str, email: str, unit: UnitId | None, now: datetime) -> Card:
    """Ask for their unit; or, once they have said it, put them on its pilot's roster as one of its clinicians."""
    pilots = {pilot.id: pilot for pilot in tx.pilots.all()}
    units = [each for pilot in pilots for each in tx.pilots.units(pilot) if not each.wide]
    chosen = next((each for each in units if each.id == unit), None)
    if not units:
        return messages.unknown_person()
    if chosen is None:
        pilot = pilots[units[0].pilot]
        return messages.which_unit(units, Reader(pilot.zone, pilot.language))
    pilot = pilots[chosen.pilot]
    left = tx.people.known_as(pilot.id, email) if email else None
    new = Person(
        left.id if left else PersonId(tx.new_id()), pilot.id, chosen.id, name, Role.CLINICIAN.value,
        frozenset({Role.CLINICIAN}), who, pilot.zone, pilot.language, on_duty=False, email=email, units=(chosen.id,),
    )  # fmt: skip
    (tx.people.save if left else tx.people.add)(new)
    tx.audit.write(new.id, "person.joined", str(chosen.id), now)
    return messages.you_are_here(chosen, new.reader)
