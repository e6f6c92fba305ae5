"""Who hears: first, when an issue is reported, and later, when a step comes due (pure)."""

from collections.abc import Callable, Iterable, Sequence

from bot.model import Audience, Issue, Person, PersonId, Role, Severity, UnitId

Roster = Callable[[Role], Sequence[Person]]  # everybody of the pilot who has the role

_AT_ONCE = (Audience.CHAMPIONS, Audience.RESPONDERS, Audience.LEAD, Audience.SAFETY)


def first_to_hear(severity: Severity, unit: UnitId, reporter: PersonId, roster: Roster) -> tuple[Person, ...]:
    """The unit's champion on shift; without one the fix team on duty, then the lead. For a patient's sake, all."""
    if severity is Severity.PATIENT_AT_RISK:
        return _distinct(person for audience in _AT_ONCE for person in _of(audience, unit, roster))
    champions = [person for person in _of(Audience.CHAMPIONS, unit, roster) if person.id != reporter]
    return _distinct(champions or _fix_team(roster))


def audience(tell: Sequence[Audience], issue: Issue, roster: Roster, owner: Person | None) -> tuple[Person, ...]:
    """The people whom a step tells. Whoever owns it speaks for the fix team; where nobody is found, the lead hears."""
    found: list[Person] = []
    for each in tell:
        if each is Audience.OWNER:
            found += [owner] if owner else _fix_team(roster)
        else:
            found += _of(each, issue.unit, roster)
    return _distinct(found or roster(Role.LEAD))


def _of(each: Audience, unit: UnitId, roster: Roster) -> Sequence[Person]:
    match each:
        case Audience.CHAMPIONS:
            return [person for person in roster(Role.CHAMPION) if person.on_duty and person.unit == unit]
        case Audience.RESPONDERS:
            return _fix_team(roster)
        case Audience.LEAD:
            return roster(Role.LEAD)
        case Audience.SAFETY:
            return roster(Role.SAFETY)
        case Audience.SPONSOR:
            return roster(Role.SPONSOR)
        case _:
            return ()


def _fix_team(roster: Roster) -> Sequence[Person]:
    return [person for person in roster(Role.RESPONDER) if person.on_duty] or roster(Role.LEAD)


def _distinct(people: Iterable[Person]) -> tuple[Person, ...]:
    seen: dict[PersonId, Person] = {}
    for person in people:
        seen.setdefault(person.id, person)
    return tuple(seen.values())
