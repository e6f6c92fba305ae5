"""What people say of themselves: on duty and off, away until Monday and back, where they work tonight."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot import calendar, living, messages, noise, shifts
from bot.cards import OPTIONS, Card, Form
from bot.messages import Happened
from bot.model import Due, Held, Issue, Person, PersonId, Role, Unit
from bot.permissions import Deed, authorize
from bot.ports import Transaction
from bot.typed import fold

BACK = "back"  # the kind of agenda entry that ends an absence
LONGEST = timedelta(hours=12, minutes=30)  # a shift that no rota knows
UNHEARD = timedelta(hours=12)  # without a line from somebody who works on several units
LEFT = "away:"  # how the marks begin that somebody leaves behind when they go
_TEAM = (Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY)
_DEPUTISED = (Role.LEAD, Role.SAFETY)


# ---------------------------------------------------------------------------------------------------------------- duty


def look(tx: Transaction, who: Person, now: datetime) -> Card:
    """Who of the team is on duty."""
    pilot = tx.pilots.get(who.pilot)
    authorize(who, Deed.BE_ON_DUTY, pilot)
    units = {unit.id: unit for unit in tx.pilots.units(pilot.id)}
    team = [each for each in tx.people.everybody(pilot.id) if each.on_duty and each.has(*_TEAM) and not each.away(now)]
    on = sorted(((each, units[each.unit]) for each in team), key=lambda pair: (pair[1].wide, pair[1].name))
    return messages.who_is_on_duty(who, pilot, on, now)


def said(tx: Transaction, who: Person, words: str, now: datetime) -> Card:
    """What was typed after `duty`: on, off, until 19:00, or both."""
    kind, _, hour = fold(words).partition("until")
    until = calendar.moment(hour, now, who.zone) if hour.strip() else None
    if hour.strip() and until is None:
        return messages.hour_unread(hour.strip(), who.reader)
    return off(tx, who, now, until) if kind.strip() == "off" else on(tx, who, now, until)


def on(tx: Transaction, who: Person, now: datetime, until: datetime | None = None) -> Card:
    """On duty until then, else with their shift, else for the longest that one lasts. It ends an absence too."""
    authorize(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot))
    if who.away(now):
        tx.outbox.post(who.address, _meanwhile(tx, who, now), now, key=f"{BACK}:{who.id}:{now.isoformat()}")
        who = _returned(tx, who)
    begun = next((each for each in tx.rota.of(who.id, now, 2) if each.starts_at <= now + shifts.EARLY), None)
    ends = until or (begun.ends_at if begun else now + LONGEST)
    who = replace(who, on_duty=True, duty_until=ends)
    tx.people.save(who)
    shifts.plan(tx, who, now)
    return messages.on_duty(who, shifts.queue(tx, who, who.unit), now)


def off(tx: Transaction, who: Person, now: datetime, until: datetime | None = None) -> Card:
    """Off duty until then, else for what is left of their shift; what they own is handed over."""
    authorize(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot))
    shift = shifts.current(tx, who, now)
    who = replace(who, on_duty=False, duty_until=until or (shift.ends_at if shift else None))
    tx.people.save(who)
    shifts.plan(tx, who, now)
    return messages.off_duty(who, shifts.all_of(tx, who, now, by=who), now)


# ---------------------------------------------------------------------------------------------------------------- away


def away_card(tx: Transaction, who: Person, now: datetime) -> Card:
    """`away` alone."""
    authorize(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot))
    return messages.away(who, now)


def away_form(tx: Transaction, who: Person, now: datetime) -> Form:
    authorize(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot))
    return _form(tx, who, now, {}, {})


def away_until(tx: Transaction, who: Person, words: str, now: datetime) -> Card | Form:
    """As it was typed; a lead or a safety officer for whom nobody stands in is asked who shall."""
    authorize(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot))
    until = calendar.moment(words, now, who.zone)
    if until is None:
        return _form(tx, who, now, {"until": words}, {"until": messages.no_such_day(who.reader)})
    if who.deputy is None and _deputies(tx, who, now):
        return _form(tx, who, now, {"until": words}, {})
    return _go(tx, who, until, who.deputy, now)


def go_away(tx: Transaction, who: Person, words: str, deputy: str, now: datetime) -> Card | Form:
    """As the form says."""
    authorize(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot))
    able = {str(each.id): each.id for each in _deputies(tx, who, now)}
    until = calendar.moment(words, now, who.zone)
    errors = {} if until else {"until": messages.no_such_day(who.reader)}
    if able and deputy not in {*able, messages.NOBODY}:
        errors["deputy"] = messages.choose_one(who.reader)
    if errors or until is None:
        return _form(tx, who, now, {"until": words, "deputy": deputy}, errors)
    return _go(tx, who, until, able.get(deputy) if able else who.deputy, now)


def _form(tx: Transaction, who: Person, now: datetime, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    shown = {"deputy": str(who.deputy)} | dict(values) if who.deputy is not None else values
    return messages.away_form(who, tx.pilots.get(who.pilot), _deputies(tx, who, now), shown, errors)


def _deputies(tx: Transaction, who: Person, now: datetime) -> list[Person]:
    """Who could hear in the place of a lead or a safety officer: first those of the same role, last the fix team."""
    own = [role for role in _DEPUTISED if who.has(role)]
    roles = [*own, *(role for role in _DEPUTISED if role not in own), Role.RESPONDER] if own else []
    found = {each.id: each for role in roles for each in tx.people.having(who.pilot, role)}
    return [each for each in found.values() if each.id != who.id and not each.away(now)][: OPTIONS - 1]


def _go(tx: Transaction, who: Person, until: datetime, deputy: PersonId | None, now: datetime) -> Card:
    gone = replace(who, away_until=until, on_duty=False, duty_until=None, deputy=deputy)
    tx.people.save(gone)
    shifts.plan(tx, gone, now)
    tx.agenda.put(Due(f"{BACK}:{who.id}", BACK, who.id, until))
    handed = shifts.all_of(tx, gone, now, by=who)
    for issue in (None, *(each.issue for each in handed)):
        _mark(tx, gone, issue, now)
    stands_in = living.person(tx, deputy)
    if stands_in:
        card = messages.you_stand_in(gone, stands_in, now)
        noise.nudge(tx, stands_in, card, now, key=f"{LEFT}{who.id}:{now.isoformat()}")
    return messages.gone_away(gone, handed, stands_in, now)


def _mark(tx: Transaction, who: Person, issue: Issue | None, now: datetime) -> None:
    """For when they are back: since when they were away, and what was theirs. It has no words."""
    of = issue.id if issue else None
    tx.held.put(Held(f"{LEFT}{who.id}:{of}", who.id, of, "", now))


def back(tx: Transaction, who: Person, now: datetime) -> Card:
    """They are back before their time; what was kept for them goes along."""
    authorize(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot))
    if not who.away(now):
        return messages.not_away(who.reader)
    card = _meanwhile(tx, who, now)
    who = shifts.settle(tx, _returned(tx, who), now)
    return noise.along(tx, who, card, now)


def back_due(tx: Transaction, subject: int, now: datetime) -> None:
    """Their time away is over: a digest, in their hours."""
    person = tx.people.get(PersonId(subject))
    if person.active and person.away_until is not None and not person.away(now):
        card = _meanwhile(tx, person, now)
        person = shifts.settle(tx, _returned(tx, person), now)
        noise.whole(tx, person, card, now, key=f"{BACK}:{person.id}:{now.isoformat()}")


def _returned(tx: Transaction, who: Person) -> Person:
    there = replace(who, away_until=None)
    tx.people.save(there)
    tx.agenda.drop(f"{BACK}:{who.id}")
    noise.let_go(tx, there, _marks(tx, who))
    return there


def _marks(tx: Transaction, who: Person) -> list[Held]:
    return [each for each in tx.held.of(who.id) if each.key.startswith(LEFT) and not each.words]


def _meanwhile(tx: Transaction, who: Person, now: datetime) -> Card:
    """What has become of everything that is theirs, or was when they went."""
    marks, pilot = _marks(tx, who), tx.pilots.get(who.pilot)
    since = min((each.at for each in marks), default=now)
    own = (
        *(tx.issues.get(each.issue) for each in marks if each.issue is not None),
        *tx.issues.owned_by(who.id),
        *tx.issues.of_reporter(who.id, messages.LISTED),
        *tx.issues.followed_by(who.id, messages.LISTED),
    )
    rows = [
        Happened(row, issue, messages.happening(row, issue, living.person(tx, row.who), pilot, who.reader))
        for issue in {each.id: each for each in own}.values()
        for row in tx.issues.history(issue.id)
        if row.at > since
    ]
    return messages.back(who, sorted(rows, key=lambda each: (each.what.at, each.what.n)), now)


# --------------------------------------------------------------------------------------------------------------- where


def where(tx: Transaction, who: Person, now: datetime) -> Card:  # noqa: ARG001 - all screens are called alike
    """`here` alone: on which of their units they are."""
    authorize(who, Deed.BE_SOMEWHERE, tx.pilots.get(who.pilot))
    return shifts.where_card(tx, who)


def here(tx: Transaction, who: Person, unit: Unit, now: datetime) -> Card:  # noqa: ARG001 - as all use cases
    """This is where they work from now on."""
    authorize(who, Deed.BE_SOMEWHERE, tx.pilots.get(who.pilot))
    if unit.pilot != who.pilot or not who.works_on(unit.id):
        return messages.not_your_unit(shifts.units_of(tx, who), who.reader)
    tx.people.save(replace(who, unit=unit.id))
    return messages.you_are_here(unit, who.reader)


def here_named(tx: Transaction, who: Person, name: str, now: datetime) -> Card:
    """By the unit's name, or how it begins."""
    units, wanted = shifts.units_of(tx, who), fold(name).strip(" :")
    exact = [each for each in units if fold(each.name) == wanted]
    found = exact or [each for each in units if wanted and fold(each.name).startswith(wanted)]
    return here(tx, who, found[0], now) if len(found) == 1 else messages.not_your_unit(units, who.reader)


def wakes(tx: Transaction, who: Person, now: datetime) -> None:
    """They write for the first time in hours, as `who` still says: where are they? With a shift they were asked."""
    unheard = who.wrote_at is None or now - who.wrote_at >= UNHEARD
    if unheard and len(shifts.units_of(tx, who)) > 1 and shifts.current(tx, who, now) is None:
        tx.outbox.post(who.address, shifts.where_card(tx, who), now, key=f"where:{who.id}:{now.isoformat()}")
