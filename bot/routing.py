"""Who hears: first, when an issue is reported, and later, when a step comes due (pure)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Audience, Issue, Person, PersonId, Role, Severity, UnitId

Having = Callable[[Role], Sequence[Person]]  # everybody of the pilot who has the role
Find = Callable[[PersonId], Person]


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who could hear, and how much each has on hand."""

    having: Having
    find: Find
    now: datetime
    load: Callable[[PersonId], int] = field(default=lambda _: 0)  # open issues that somebody owns

    def present(self, role: Role) -> Sequence[Person]:
        """Those with the role, or their deputies while they are away."""
        return present(self.having(role), self.find, self.now)


def present(people: Sequence[Person], find: Find, now: datetime) -> tuple[Person, ...]:
    """Each, or their deputy while they are away; whoever has none that is there stays, since somebody must hear."""
    return _distinct(_stand_in(person, find, now) for person in people)


def _stand_in(person: Person, find: Find, now: datetime) -> Person:
    if not person.away(now) or person.deputy is None:
        return person
    deputy = find(person.deputy)
    return deputy if deputy.active and not deputy.away(now) else person


def first_to_hear(severity: Severity, unit: UnitId, reporter: PersonId, roster: Roster) -> tuple[Person, ...]:
    """The unit's champion on shift with the least on hand; without one the fix team on duty, then the lead.

    For a patient's sake all of them, and the safety officer, the latter two off duty too.
    """
    champions = [each for each in _champions(unit, roster) if each.id != reporter]
    if severity is Severity.PATIENT_AT_RISK:
        everybody = (*champions, *_responders(roster), *roster.present(Role.LEAD), *roster.present(Role.SAFETY))
        return _distinct(everybody)
    if champions:
        return (min(champions, key=lambda each: roster.load(each.id)),)
    return _distinct(each for each in _fix_team(roster) if each.id != reporter) or tuple(_fix_team(roster))


def audience(tell: Sequence[Audience], issue: Issue, roster: Roster, owner: Person | None) -> tuple[Person, ...]:
    """The people whom a step tells. Whoever owns it speaks for the fix team; where nobody is found, the lead hears."""
    found: list[Person] = []
    for each in tell:
        if each is Audience.OWNER:
            found += [owner] if owner else _fix_team(roster)
        else:
            found += _of(each, issue.unit, roster)
    return _distinct(found or _nobody_left(roster))


def _nobody_left(roster: Roster) -> Sequence[Person]:
    """Nobody reachable: lead, then sponsor."""
    return roster.present(Role.LEAD) or roster.present(Role.SPONSOR)


def _of(each: Audience, unit: UnitId, roster: Roster) -> Sequence[Person]:
    match each:
        case Audience.CHAMPIONS:
            return _champions(unit, roster)
        case Audience.SECOND_CHAMPION:
            return _second_champion(unit, roster)
        case Audience.RESPONDERS:
            return _fix_team(roster)
        case Audience.EVERYBODY:
            champions = [each for each in roster.having(Role.CHAMPION) if each.trained and each.works_on(unit)]
            others = (each for role in (Role.RESPONDER, Role.LEAD, Role.SAFETY) for each in roster.having(role))
            return (*champions, *others, *roster.present(Role.LEAD), *roster.present(Role.SAFETY))
        case Audience.LEAD:
            return roster.present(Role.LEAD)
        case Audience.SAFETY:
            return roster.present(Role.SAFETY)
        case Audience.SPONSOR:
            return roster.present(Role.SPONSOR)
        case _:
            return ()


def _champions(unit: UnitId, roster: Roster) -> list[Person]:
    """On shift on that unit, and trained for it."""
    return [each for each in roster.having(Role.CHAMPION) if _ready(each, roster.now) and each.unit == unit]


def _second_champion(unit: UnitId, roster: Roster) -> Sequence[Person]:
    """Whoever knows the unit and is on shift somewhere, then any champion on shift, then the fix team."""
    ready = [each for each in roster.having(Role.CHAMPION) if _ready(each, roster.now)]
    near = [each for each in ready if each.works_on(unit)] or ready
    return near or _fix_team(roster)


def _ready(champion: Person, now: datetime) -> bool:
    return champion.on_duty and champion.trained and not champion.away(now)


def _responders(roster: Roster) -> list[Person]:
    return [each for each in roster.having(Role.RESPONDER) if each.on_duty and not each.away(roster.now)]


def _fix_team(roster: Roster) -> Sequence[Person]:
    return _responders(roster) or _nobody_left(roster)


def _distinct(people: Iterable[Person]) -> tuple[Person, ...]:
    seen: dict[PersonId, Person] = {}
    for person in people:
        seen.setdefault(person.id, person)
    return tuple(seen.values())
