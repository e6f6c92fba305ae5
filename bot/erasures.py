"""Somebody is erased: they go off the roster for good, and what says who they were is destroyed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot import living, messages, pilots, shifts
from bot.cards import Card
from bot.messages import Erased
from bot.model import Address, Issue, Person, PersonId, Pilot, Reader
from bot.ports import BOX, Transaction


class NotDone(Exception):
    """Raised by a dry run at its end, so that nothing of it is kept."""

    def __init__(self, card: Card) -> None:
        super().__init__(card.title)
        self.card = card


def erase(tx: Transaction, email: str, pilot_key: str, reader: Reader, now: datetime, *, dry_run: bool) -> Card:
    """Also of somebody who has left the roster before. A dry run does it all, and raises NotDone."""
    found = pilots.known_as(tx, email, pilot_key)
    if len(found) != 1:
        return messages.several_known_as(email, found, reader) if found else messages.nobody_known_as(email, reader)
    (person,) = found.values()
    role = pilots.last_with(tx, person)
    if role is not None:
        return messages.role_stays(person, role, reader, last=True)
    card = messages.erased(person, _erased(tx, person, now), reader, dry_run=dry_run)
    if dry_run:
        raise NotDone(card)
    return card


def _erased(tx: Transaction, person: Person, now: datetime) -> Erased:
    pilot = tx.pilots.get(person.pilot)
    naming = [each for each in tx.issues.reported_in(pilot.id) if _names(tx, each, person.id)]
    dropped = _drop_what_waits(tx, person)
    handles = tx.handles.behind(person.address)
    handed = len(_off_the_roster(tx, pilot, person, now)) if person.active else 0
    for handle in handles:  # how many there were is nobody's to know
        tx.drafts.forget(handle)
        tx.outbox.forget(Address(person.address.platform, "person", "", behind=handle))
        tx.handles.shut(handle)
    tx.people.save(_nobody(tx.people.get(person.id), pilot))
    tx.audit.write(None, "person.erase", str(person.id), now)
    for issue in naming:
        living.redraw(tx, tx.issues.get(issue.id), now)
    return replace(dropped, handed=handed, reports=sum(each.reporter == person.id for each in naming))


def _drop_what_waits(tx: Transaction, person: Person) -> Erased:
    """What they have not sent, and what has not been sent to them."""
    held = len(tx.held.of(person.id))
    tx.held.clear(person.id)
    return Erased(drafts=tx.drafts.forget(person.id), unsent=held + tx.outbox.forget(person.address))


def _off_the_roster(tx: Transaction, pilot: Pilot, person: Person, now: datetime) -> list[messages.Handed]:
    tx.people.save(pilots.left(person, tx.pilots.wide_unit(pilot.id).id))
    for each in tx.people.everybody(pilot.id):
        if each.deputy == person.id:
            tx.people.save(replace(each, deputy=None))
    pilots.off_the_rota(tx, pilot, {person.id}, (), now)
    shifts.standing(tx, pilot, now)  # so that there is somebody to have what is handed over
    return shifts.all_of(tx, person, now)


def _nobody(person: Person, pilot: Pilot) -> Person:
    """What is left of them: an id to which the record points, and a box that nobody opens for what is still sent."""
    return replace(
        person,
        name=messages.somebody_who_left(pilot.reader),
        email="",
        job="",
        address=Address(BOX, "person", str(person.id)),
        zone=pilot.zone,
        language=pilot.language,
        wrote_at=None,
    )


def _names(tx: Transaction, issue: Issue, person: PersonId) -> bool:
    """Whether a card about it may show their name."""
    return person in {issue.reporter, issue.owner, issue.fixer, *_worked(tx, issue)}


def _worked(tx: Transaction, issue: Issue) -> Iterable[PersonId | None]:
    yield from (each.author for each in tx.issues.fixes(issue.id))
    for way in tx.issues.workarounds(issue.id):
        yield from (way.author, way.checked_by)
    yield from (each.author for each in tx.issues.asked(issue.id))
    for shown in tx.outbox.living(issue.id):  # whoever has a card of it is named on its receipt
        whose = shown.slot.rpartition(":")[2]
        yield PersonId(int(whose)) if whose.isdecimal() else None
