"""Champions per users, and hours in which nobody can answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.calendar import Hours
from bot.cards import Card, Line, Lines, Mark, Part, Text, clip
from bot.language import sentences
from bot.messages.words import NAME, stamp, when
from bot.model import Reader, Unit
from bot.rota import USERS_PER_CHAMPION, Coverage

LISTED = 20
GAPS = 6  # stretches of time that are listed one by one: the next days say enough


@dataclass(frozen=True, slots=True)
class Cover:
    """How one unit is covered: over all, in which stretches there are too few champions, when nobody can answer."""

    unit: Unit
    whole: Coverage
    short: Sequence[Coverage] = ()
    gaps: Sequence[Hours] = ()


def covered(covers: Sequence[Cover], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    if not covers:
        return Card(_("There is no unit so far"))
    units = [Line(_unit(each, reader)) for each in covers]
    gaps = [Line(_gap(each.unit, hours, reader, now)) for each in covers for hours in each.gaps]
    short = [Line(_short(each.unit, some, reader)) for each in covers for some in each.short]
    parts: list[Part] = _listed(_("Champions"), units, reader)
    parts += _listed(_("Nobody can answer"), gaps, reader, GAPS)
    parts += _listed(_("Too few champions on shift"), short, reader, GAPS)
    rule = _("One trained champion for {n} people who work with it; who is not trained does not count.")
    parts.append(Text(rule.format(n=USERS_PER_CHAMPION), "quiet"))
    wanting = bool(gaps or short or any(each.whole.short for each in covers))
    title = _("Coverage: something is missing") if wanting else _("Coverage: nothing is missing")
    return Card(title, tuple(parts), Mark.WARNING if wanting else Mark.DONE)


def _listed(heading: str, lines: Sequence[Line], reader: Reader, most: int = LISTED) -> list[Part]:
    if not lines:
        return []
    more = sentences(reader).ngettext("and {n} more", "and {n} more", len(lines) - most)
    rest = [Line(more.format(n=len(lines) - most))] if len(lines) > most else []
    return [Lines(heading, (*lines[:most], *rest))]


def _unit(cover: Cover, reader: Reader) -> str:
    _ = sentences(reader).gettext
    said = _("{unit}: {champions}, too few") if cover.whole.short else _("{unit}: {champions}")
    return said.format(unit=clip(cover.unit.name, NAME), champions=_champions(cover.whole, reader))


def _champions(some: Coverage, reader: Reader) -> str:
    said = sentences(reader).ngettext(
        "{champions} of {needed} for {users} person", "{champions} of {needed} for {users} people", some.users
    )
    return said.format(champions=some.champions, needed=some.needed, users=some.users)


def _short(unit: Unit, some: Coverage, reader: Reader) -> str:
    _ = sentences(reader).gettext
    said = _("{unit}, {begins} to {ends}: {champions}")
    begins, ends = (stamp(at, reader) for at in some.hours) if some.hours else ("", "")
    return said.format(unit=clip(unit.name, NAME), begins=begins, ends=ends, champions=_champions(some, reader))


def _gap(unit: Unit, hours: Hours, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    begins, ends = hours
    said = _("{unit}: {begins} to {ends}") if begins > now else _("{unit}: now, to {ends}")
    return said.format(unit=clip(unit.name, NAME), begins=when(begins, now, reader), ends=when(ends, now, reader))


def uncovered(gaps: Sequence[tuple[Unit, Hours]], reader: Reader, now: datetime) -> Card:
    """To a lead: hours of the next three days in which nobody can answer, each told once."""
    _ = sentences(reader).gettext
    lines = [Line(_gap(unit, hours, reader, now)) for unit, hours in gaps]
    said = _("In the first four weeks somebody should be there at every hour: a champion of the unit, or the fix team.")
    parts = (*_listed(_("Nobody can answer"), lines, reader), Text(said))
    return Card(_("Hours that nobody covers"), parts, Mark.WARNING)
