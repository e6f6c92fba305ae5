"""What an import would change: two rosters compared, in the words of the sheets (pure)."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.cells import Problem
from bot.ladder import RUNGS, Rungs
from bot.model import Person, PersonId, Pilot, Rung, Severity, Shift, Unit, UnitId
from bot.roster import LADDER, PEOPLE, PILOT, ROTA, UNITS, Roster

Key = object
Said = Mapping[str, str]  # what a row says, by column


class Entry(NamedTuple):
    """A row as a sheet would have it, and how it is called."""

    name: str
    says: Said


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that says something else now: column, what it said, what it says."""

    name: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What changes in a sheet. `unchanged` is a count."""

    sheet: str
    added: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def any(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an import: all that is wrong, or all that changed (in a dry run: would change)."""

    pilot: str
    problems: tuple[Problem, ...] = ()
    parts: tuple[Part, ...] = ()
    dry_run: bool = False
    code: str = ""  # which makes somebody the first admin

    @property
    def any(self) -> bool:
        return any(part.any for part in self.parts)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both rosters as sheets would have them: the rows of each by whom or what they are about."""

    old: Mapping[str, Mapping[Key, Entry]]
    new: Mapping[str, Mapping[Key, Entry]]

    def changed(self, sheet: str) -> AbstractSet[Key]:
        """What stands in both, and differently."""
        old, new = self.old.get(sheet, {}), self.new[sheet]
        return {key for key in new.keys() & old.keys() if old[key].says != new[key].says}

    def parts(self) -> tuple[Part, ...]:
        return tuple(self._part(sheet) for sheet in self.new if self.old.get(sheet) or self.new[sheet])

    def _part(self, sheet: str) -> Part:
        old, new, changed = self.old.get(sheet, {}), self.new[sheet], self.changed(sheet)
        return Part(
            sheet,
            tuple(entry.name for key, entry in new.items() if key not in old),
            tuple(
                Changed(entry.name, _cells(entry.says, new[key].says)) for key, entry in old.items() if key in changed
            ),
            tuple(entry.name for key, entry in old.items() if key not in new),
            len(new.keys() & old.keys()) - len(changed),
        )


def compare(before: Roster | None, after: Roster) -> Comparison:
    """What the sheets do not speak of is not looked at. A pilot that is new has the default ladder before it."""
    old = _entries(before, after.pilot.zone) if before else {LADDER: _ladder(RUNGS)}
    return Comparison(old, _entries(after, after.pilot.zone))


def _cells(old: Said, new: Said) -> tuple[tuple[str, str, str], ...]:
    return tuple((column, old[column], new[column]) for column in new if old[column] != new[column])


# ------------------------------------------------------------------------------------------------- in the sheets' words


def _entries(roster: Roster, zone: str) -> Mapping[str, Mapping[Key, Entry]]:
    units = {unit.id: unit.name for unit in roster.units}
    people = {person.id: person for person in roster.people}
    return {
        PILOT: {roster.pilot.id: Entry(roster.pilot.key, _pilot(roster.pilot, zone))},
        UNITS: {unit.id: Entry(unit.name, _unit(unit, zone)) for unit in roster.units},
        PEOPLE: {each.id: Entry(f"{each.name} ({each.email})", _person(each, units, people)) for each in roster.people},
        ROTA: {shift: Entry(_shift(shift, units, people, zone), {}) for shift in roster.shifts},
        LADDER: _ladder(roster.rungs),
    }


def _pilot(pilot: Pilot, zone: str) -> Said:
    return {
        "name": pilot.name,
        "zone": pilot.zone,
        "language": pilot.language,
        "target hours": _hours(pilot.target),
        "fix team": pilot.fix_team,
        "emergency": pilot.emergency,
        "incident link": pilot.incident_link,
        "starts": _day(pilot.starts_at, zone),
        "nameless": pilot.nameless.value,
        "keeps identity days": f"{pilot.keeps_identity / timedelta(days=1):g}",
    }


def _unit(unit: Unit, zone: str) -> Said:
    return {
        "name": unit.name,
        "platform": unit.channel.platform,
        "channel": unit.channel.id,
        "wave": str(unit.wave),
        "live": _day(unit.live_at, zone),
        "wide": _flag(said=unit.wide),
    }


def _person(person: Person, units: Mapping[UnitId, str], people: Mapping[PersonId, Person]) -> Said:
    homes = sorted(units[unit] for unit in person.units or (person.unit,) if unit in units)
    deputy = people.get(person.deputy) if person.deputy else None
    return {
        "name": person.name,
        "email": person.email,
        "job": person.job,
        "units": ", ".join(homes),
        "roles": ", ".join(sorted(person.roles)),
        "trained": _flag(said=person.trained),
        "platform": person.address.platform,
        "account": person.address.id,
        "zone": person.zone,
        "language": person.language,
        "deputy": deputy.email if deputy else "",
    }


def _shift(shift: Shift, units: Mapping[UnitId, str], people: Mapping[PersonId, Person], zone: str) -> str:
    who = people[shift.person].name if shift.person in people else ""
    return f"{who}, {units.get(shift.unit, '')}, {_day(shift.starts_at, zone)} - {_day(shift.ends_at, zone)}"


def _ladder(rungs: Rungs) -> Mapping[Key, Entry]:
    lines = [_rung(severity, rung) for severity, each in rungs.items() for rung in each]
    return {line: Entry(line, {}) for line in lines}


def _rung(severity: Severity, rung: Rung) -> str:
    says = {"severity": str(int(severity)), "after": _hours(rung.after), "needs": rung.needs.value}
    says |= {"tell": ", ".join(rung.tell), "every": _hours(rung.every) if rung.every else ""}
    return "; ".join(f"{column} {value}" for column, value in says.items() if value)


def _hours(length: timedelta) -> str:
    return f"{length / timedelta(hours=1):g}"


def _flag(*, said: bool) -> str:
    return "yes" if said else "no"


def _day(at: datetime | None, zone: str) -> str:
    """2026-05-04 for its first minute, else with the hour."""
    if at is None:
        return ""
    wall = at.astimezone(ZoneInfo(zone))
    return f"{wall:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
