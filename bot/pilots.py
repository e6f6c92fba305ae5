"""Opening a pilot and keeping its roster: a spreadsheet is taken whole or not at all. Roles, and the first admin."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import changes, messages, roster, rota, shifts
from bot.cards import Card
from bot.cells import Book, Problem, Wrong
from bot.changes import Comparison, Report
from bot.ladder import RUNGS
from bot.model import Person, PersonId, Pilot, Reader, Role, Shift, UnitId
from bot.permissions import Deed, authorize
from bot.ports import Transaction
from bot.roster import PEOPLE, PILOT, ROTA, UNITS, Reading, Roster

CODE_LASTS = timedelta(hours=24)
_CODE_LENGTH = 8
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another one
_NEEDED = (Role.LEAD, Role.ADMIN)  # of which somebody must be left
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


# ------------------------------------------------------------------------------------------------------------ an import


def import_roster(tx: Transaction, book: Book, pilot_key: str, now: datetime, *, dry_run: bool) -> Report:
    """Make the roster what the sheets say, in this transaction; where anything is wrong, nothing is written.

    `pilot_key` may be empty where the book says itself which pilot it is about, or there is only one.
    """
    pilot = _meant(tx, book, pilot_key.upper())
    if isinstance(pilot, Problem):
        return Report(pilot_key, (pilot,))
    before = _there(tx, pilot, now) if pilot else None
    reading = roster.read(book, before, lambda email: _known_as(tx, pilot, email), tx.new_id, now)
    after = reading.roster
    problems = reading.problems or _in_the_way(tx, before, reading)
    if after is None or problems:
        return Report(roster.key_of(book) or pilot_key, tuple(problems))
    if before:
        before = replace(before, shifts=_shifts_there(tx, after))
    found = changes.compare(before, after)
    report = Report(after.pilot.key, parts=found.parts(), dry_run=dry_run)
    if dry_run or not report.any:
        return report
    _write(tx, before, after, found, now)
    return report if before or after.having(Role.ADMIN) else replace(report, code=new_code(tx, now))


def _meant(tx: Transaction, book: Book, wanted: str) -> Pilot | Problem | None:
    """Which pilot a book is about; None where it opens a new one."""
    there = {pilot.key: pilot for pilot in tx.pilots.all()}
    keys = tuple(there)
    if PILOT in book:
        key = roster.key_of(book)
        return (
            Problem(PILOT, Wrong.OTHER_PILOT, value=key, known=(wanted,)) if wanted not in {"", key} else there.get(key)
        )
    if wanted:
        return there.get(wanted) or Problem(PILOT, Wrong.UNKNOWN_PILOT, value=wanted, known=keys)
    if len(there) > 1:
        return Problem(PILOT, Wrong.WHICH_PILOT, known=keys)
    return next(iter(there.values()), None)


def _there(tx: Transaction, pilot: Pilot, now: datetime) -> Roster:
    own = {severity: tuple(rungs) for severity, rungs in tx.pilots.rungs(pilot.id, now).items()}
    return Roster(pilot, tuple(tx.pilots.units(pilot.id)), tuple(tx.people.everybody(pilot.id)), own or RUNGS)


def _known_as(tx: Transaction, pilot: Pilot | None, email: str) -> Person | None:
    return tx.people.known_as(pilot.id, email) if pilot else None


def _shifts_there(tx: Transaction, after: Roster) -> tuple[Shift, ...]:
    """Those that the sheet's take the place of."""
    days = roster.looked_at(after.shifts, after.pilot.zone)
    return tuple(shift for shift in tx.rota.within(after.pilot.id, *days) if shift.starts_at >= days[0]) if days else ()


# --------------------------------------------------------------------------------------------------- what is in the way


def _in_the_way(tx: Transaction, before: Roster | None, reading: Reading) -> list[Problem]:
    """What the sheets cannot know: other pilots' accounts, and what hangs on a unit."""
    after = reading.roster
    if after is None:
        return []
    known = {person.id: person.address for person in before.people} if before else {}
    moved = [person for person in after.people if known.get(person.id) != person.address]
    taken = [_taken(tx, person, reading.rows.get(person.id)) for person in moved]
    kept = {unit.id for unit in after.units}
    units = [_unit(tx, after, each.id, each.name) for each in (before.units if before else ()) if each.id not in kept]
    return [problem for problem in (*taken, *units, *_twice(tx, after, reading)) if problem]


def _taken(tx: Transaction, person: Person, row: int | None) -> Problem | None:
    holder = tx.people.at(person.address)
    if holder is None or holder.id == person.id:
        return None
    whose = f"{holder.name} ({tx.pilots.get(holder.pilot).key})"
    return Problem(PEOPLE, Wrong.ACCOUNT_TAKEN, row, "account", person.address.id, known=(whose,))


def _unit(tx: Transaction, after: Roster, unit: UnitId, name: str) -> Problem | None:
    """A unit that was reported on is part of the record; whether it was, nobody is told of reports without a name."""
    here = tuple(person.name for person in after.people if person.works_on(unit))
    waiting = tuple(issue.reference for issue in tx.issues.open_on(unit))
    if here:
        return Problem(UNITS, Wrong.UNIT_WITH_PEOPLE, value=name, known=here)
    if waiting:
        return Problem(UNITS, Wrong.UNIT_WITH_OPEN_ISSUES, value=name, known=waiting)
    if tx.issues.reported_in(after.pilot.id):
        return Problem(UNITS, Wrong.UNIT_WITH_RECORDS, value=name)
    return None


def _twice(tx: Transaction, after: Roster, reading: Reading) -> list[Problem]:
    """Shifts of the sheet during which that person is on one of an earlier sheet, which stays."""
    days = roster.looked_at(after.shifts, after.pilot.zone)
    if not days:
        return []
    until, kept = max(shift.ends_at for shift in after.shifts), {unit.id for unit in after.units}
    there = [each for each in tx.rota.within(after.pilot.id, days[0], until) if each.unit in kept]
    stay = [each for each in there if not days[0] <= each.starts_at < days[1]]
    found = [(shift, other) for shift in after.shifts if (other := rota.overlapping(shift, stay))]
    return [_already(after, reading.shifts[shift], other) for shift, other in found]


def _already(after: Roster, row: int, other: Shift) -> Problem:
    begins = f"{other.starts_at.astimezone(ZoneInfo(after.pilot.zone)):%Y-%m-%d %H:%M}"
    return Problem(ROTA, rota.Problem.ON_SHIFT, row, "starts", begins)


# ----------------------------------------------------------------------------------------------------------- writing it


def _write(tx: Transaction, before: Roster | None, after: Roster, found: Comparison, now: datetime) -> None:
    if before is None:
        tx.pilots.add(after.pilot)
    elif found.changed(PILOT):
        tx.pilots.save(after.pilot)
    tx.audit.write(None, "roster.import", after.pilot.key, now)
    _write_units(tx, before, after, found)
    left = _write_people(tx, before, after, found, now)
    if after.rungs != (before.rungs if before else RUNGS):
        tx.pilots.set_rungs(after.pilot.id, after.rungs, now)
    days = roster.looked_at(after.shifts, after.pilot.zone)
    if days:
        running = shifts.around(tx, after.pilot, now)
        tx.rota.replace(after.pilot.id, *days, after.shifts)
        shifts.moved(tx, running, now)
    _clear(tx, before, after, left, now)


def _write_units(tx: Transaction, before: Roster | None, after: Roster, found: Comparison) -> None:
    there = {unit.id for unit in before.units} if before else set()
    changed = found.changed(UNITS)
    for unit in after.units:
        if unit.id not in there:
            tx.pilots.add_unit(unit)
        elif unit.id in changed:
            tx.pilots.save_unit(unit)


def _write_people(
    tx: Transaction, before: Roster | None, after: Roster, found: Comparison, now: datetime
) -> list[Person]:
    """Who is no longer on the roster."""
    there = {person.id: person for person in before.people} if before else {}
    gone = [there[each] for each in there.keys() - {person.id for person in after.people}]
    for person in gone:
        tx.people.save(left(person, after.wide.id))
        tx.audit.write(None, "person.remove", str(person.id), now)
    changed = found.changed(PEOPLE)
    for person in after.people:
        old = there.get(person.id)
        if old is None:
            _add(tx, person)
        elif person.id in changed:
            tx.people.save(person)
        _record(tx, None, person.id, old.roles if old else (), person.roles, now)
    return gone


def left(person: Person, wide: UnitId) -> Person:
    """Never deleted: the record speaks of them. They stand on no unit that could be taken away later."""
    return replace(
        person, active=False, unit=wide, units=(), deputy=None, on_duty=False, duty_until=None, away_until=None
    )


def _add(tx: Transaction, person: Person) -> None:
    if tx.people.known_as(person.pilot, person.email):  # they are back
        tx.people.save(person)
    else:
        tx.people.add(person)


def _record(
    tx: Transaction,
    actor: PersonId | None,
    person: PersonId,
    old: Collection[Role],
    new: Collection[Role],
    now: datetime,
) -> None:
    """Every role that is given or taken is on record. `actor` None: by whoever runs the server."""
    for deed, roles in (("give", set(new) - set(old)), ("take", set(old) - set(new))):
        for role in sorted(roles):
            tx.audit.write(actor, f"role.{deed}.{role}", str(person), now)


def _clear(tx: Transaction, before: Roster | None, after: Roster, left: Iterable[Person], now: datetime) -> None:
    """Nobody waits for who has left, and nothing hangs on a unit that is no more."""
    people = {person.id for person in left}
    units = ({unit.id for unit in before.units} if before else set()) - {unit.id for unit in after.units}
    if people or units:
        off_the_rota(tx, after.pilot, people, units, now)
    for unit in units:
        tx.pilots.drop_unit(unit)
    shifts.standing(tx, after.pilot, now)  # so that there is somebody to have what is handed over
    for person in left:
        shifts.all_of(tx, person, now)
        for handle in tx.handles.behind(person.address):  # or it would be whose account this is next
            tx.handles.destroy(handle)


def off_the_rota(
    tx: Transaction, pilot: Pilot, people: Collection[PersonId], units: Collection[UnitId], now: datetime
) -> None:
    """Nothing of those units, and of those people nothing that is ahead."""
    there = tx.rota.within(pilot.id, *_ALWAYS)
    kept = [each for each in there if each.unit not in units and (each.person not in people or each.starts_at < now)]
    tx.rota.replace(pilot.id, *_ALWAYS, kept)


# ---------------------------------------------------------------------------------------------------------------- roles


def grant(tx: Transaction, admin: Person, email: str, role: Role, give: bool, now: datetime) -> Card:  # noqa: FBT001 - the form's two choices
    """Give somebody of the admin's own pilot a role, or take it. Raises Denied."""
    authorize(admin, Deed.KEEP_ROLES, tx.pilots.get(admin.pilot))
    person = tx.people.known_as(admin.pilot, email)
    if person is None or not person.active:
        return messages.nobody_known_as(email, admin.reader)
    return _set(tx, admin.id, person, role, admin.reader, now, give=give)


def set_role(
    tx: Transaction, email: str, role: Role, pilot_key: str, reader: Reader, now: datetime, *, give: bool
) -> Card:
    """The same by whoever runs the server, in whatever pilot that e-mail is found."""
    found = {key: person for key, person in known_as(tx, email, pilot_key).items() if person.active}
    if len(found) > 1:
        return messages.several_known_as(email, found, reader)
    for person in found.values():
        return _set(tx, None, person, role, reader, now, give=give)
    return messages.nobody_known_as(email, reader)


def known_as(tx: Transaction, email: str, pilot_key: str) -> dict[str, Person]:
    """By the key of each pilot in which somebody has that e-mail, also who has left it."""
    meant = [pilot for pilot in tx.pilots.all() if pilot_key.upper() in {"", pilot.key}]
    known = {pilot.key: tx.people.known_as(pilot.id, email) for pilot in meant}
    return {key: person for key, person in known.items() if person}


def last_with(tx: Transaction, person: Person, roles: Iterable[Role] = _NEEDED) -> Role | None:
    """The role that somebody must have, and that nobody else has."""
    held = (role for role in roles if person.active and person.has(role))
    return next((role for role in held if len(tx.people.having(person.pilot, role)) == 1), None)


def _set(
    tx: Transaction, actor: PersonId | None, person: Person, role: Role, reader: Reader, now: datetime, *, give: bool
) -> Card:
    if person.has(role) is give:
        return messages.role_unchanged(person, role, reader)
    if not give:
        last = role in _NEEDED and last_with(tx, person, [role]) is not None
        if last or person.roles == {role}:
            return messages.role_stays(person, role, reader, last=last)
    new = replace(person, roles=person.roles | {role} if give else person.roles - {role})
    tx.people.save(new)
    _record(tx, actor, person.id, person.roles, new.roles, now)
    return messages.role_given(new, role, reader) if give else messages.role_taken(new, role, reader)


def new_code(tx: Transaction, now: datetime) -> str:
    """For the first admin. Only its keyed HMAC is kept, so it is shown once."""
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    tx.people.keep_code(code, now + CODE_LASTS)
    return code


def wanting_admin(tx: Transaction) -> bool:
    """Whether there are people, and no admin anywhere."""
    pilots = [pilot.id for pilot in tx.pilots.all()]
    return any(map(tx.people.everybody, pilots)) and not any(tx.people.having(pilot, Role.ADMIN) for pilot in pilots)


def become_admin(tx: Transaction, who: Person, code: str, now: datetime) -> Card:
    """Whoever says the one-time code is the first admin of their pilot."""
    taken = bool(tx.people.having(who.pilot, Role.ADMIN))
    if taken or not tx.people.use_code(code.strip().upper(), now):
        tx.audit.write(who.id, "role.first admin", str(who.id), now, allowed=False)
        return messages.admin_refused(who.reader, taken=taken)
    new = replace(who, roles=who.roles | {Role.ADMIN})
    tx.people.save(new)
    _record(tx, who.id, who.id, who.roles, new.roles, now)
    return messages.admin_now(tx.pilots.get(who.pilot), who.reader)
