"""Words, names and times, as one reader reads them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.cards import (
    Mark,
    Text,
    clip,
)
from bot.figures import SMALL, Share
from bot.language import sentences
from bot.model import (
    Audience,
    FixKind,
    Issue,
    Person,
    Pilot,
    Reader,
    Role,
    Severity,
    Status,
)

NAME = 60  # of a name or a team's name, where a title carries it
NAMED = 8  # people named in a row


def when(at: datetime, now: datetime, reader: Reader) -> str:
    """The time on the reader's clock; never a relative day alone, since a card may be read days later."""
    _ = sentences(reader).gettext
    there = at.astimezone(ZoneInfo(reader.zone))
    days = (there.date() - now.astimezone(ZoneInfo(reader.zone)).date()).days
    clock = f"{there:%H:%M}"
    weekday = weekdays(reader)[there.weekday()]
    if days == 0:
        return _("today, {weekday} {clock}").format(weekday=weekday, clock=clock)
    if days == 1:
        return _("tomorrow, {weekday} {clock}").format(weekday=weekday, clock=clock)
    month = months(reader)[there.month - 1]
    return _("{weekday} {day} {month}, {clock}").format(weekday=weekday, day=there.day, month=month, clock=clock)


def stamp(at: datetime, reader: Reader) -> str:
    """A short time for a list: weekday and clock."""
    there = at.astimezone(ZoneInfo(reader.zone))
    return f"{weekdays(reader)[there.weekday()]} {there:%H:%M}"


@cache
def weekdays(reader: Reader) -> tuple[str, ...]:
    _ = sentences(reader).gettext
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


@cache
def months(reader: Reader) -> tuple[str, ...]:
    _ = sentences(reader).gettext
    first = (_("January"), _("February"), _("March"), _("April"), _("May"), _("June"))
    return (*first, _("July"), _("August"), _("September"), _("October"), _("November"), _("December"))


def span(length: timedelta, reader: Reader) -> str:
    """How long, in the two largest units that matter on a ward: 4 h 10 min."""
    _ = sentences(reader).gettext
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    if hours and minutes:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return _("{hours} h").format(hours=hours) if hours else _("{minutes} min").format(minutes=minutes)


def target(issue: Issue, reader: Reader) -> str:
    """How long this issue's clock runs in all."""
    return span(issue.due_at - issue.reported_at, reader)


def severity(level: Severity, reader: Reader) -> str:
    return _severities(reader)[level]


@cache
def _severities(reader: Reader) -> dict[Severity, str]:
    _ = sentences(reader).gettext
    return {
        Severity.PATIENT_AT_RISK: _("A patient could be harmed"),
        Severity.BLOCKS_WORK: _("I can't do my work"),
        Severity.SLOWS_WORK: _("It slows me down"),
        Severity.QUESTION: _("A question or an idea"),
    }


def role(person: Person, pilot: Pilot, reader: Reader) -> str:
    """What somebody is to the pilot, the most telling role first."""
    _ = sentences(reader).gettext
    said = {
        Role.LEAD: _("implementation lead"),
        Role.SAFETY: _("safety officer"),
        Role.RESPONDER: clip(pilot.fix_team, NAME),
        Role.CHAMPION: _("champion"),
        Role.SPONSOR: _("sponsor"),
        Role.CLINICIAN: clip(person.job, NAME),
    }
    return next(said[each] for each in said if person.has(each))


def kind(fixed: FixKind, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        FixKind.CONFIGURATION: _("A setting was changed"),
        FixKind.TRAINING: _("Training or instructions"),
        FixKind.PROCESS: _("The way of working was changed"),
        FixKind.VENDOR: _("The vendor fixed it"),
        FixKind.CODE: _("The software was changed"),
    }[fixed]


def names(people: Iterable[Person], reader: Reader) -> str:
    """Names in a row, as one says them."""
    _ = sentences(reader).gettext
    listed = [clip(person.name, NAME) for person in people]
    if len(listed) > NAMED:
        first, others = listed[: NAMED - 1], len(listed) - NAMED + 1
        return _("{names} and {many} others").format(names=", ".join(first), many=others)
    if len(listed) < 2:  # noqa: PLR2004
        return "".join(listed)
    return _("{all_but_last} and {last}").format(all_but_last=", ".join(listed[:-1]), last=listed[-1])


def standing(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    said = {
        Status.REPORTED: _("nobody has taken it so far"),
        Status.TAKEN: _("somebody is working on it"),
        Status.FIXED: _("fixed, waiting for the reporter's word"),
        Status.VERIFIED: _("fixed, confirmed by the reporter"),
        Status.UNVERIFIED: _("closed, never confirmed by the reporter"),
    }[issue.status]
    if issue.missed_at and issue.is_open:
        return _("past its {hours}, {standing}").format(hours=target(issue, reader), standing=said)
    return said


def mark(issue: Issue) -> Mark:
    if issue.status is Status.VERIFIED:
        return Mark.DONE
    if issue.missed_at:
        return Mark.MISSED
    return Mark.WAITING


def bedside(pilot: Pilot, reader: Reader) -> Text:
    """Stands above everything said about a patient at risk: nobody may wait for a bot at a bedside."""
    _ = sentences(reader).gettext
    return Text(
        _(
            "Nobody has been sent to the bedside. In an emergency call {number}. "
            "If a patient was harmed, also file an incident: {link}"
        ).format(number=pilot.emergency, link=pilot.incident_link),
        "strong",
    )


def for_reporter(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Status.REPORTED: _("received"),
        Status.TAKEN: _("being worked on"),
        Status.FIXED: _("fixed for you?"),
        Status.VERIFIED: _("fixed, you confirmed it"),
        Status.UNVERIFIED: _("closed without your answer"),
    }[issue.status]


def audience(each: Audience, pilot: Pilot, reader: Reader) -> str:
    return clip(pilot.fix_team, NAME) if each is Audience.RESPONDERS else _audiences(reader)[each]


@cache
def _audiences(reader: Reader) -> dict[Audience, str]:
    _ = sentences(reader).gettext
    return {
        Audience.CHAMPIONS: _("champions"),
        Audience.OWNER: _("owner"),
        Audience.LEAD: _("lead"),
        Audience.SAFETY: _("safety officer"),
        Audience.SPONSOR: _("sponsor"),
        Audience.REPORTER: _("reporter"),
    }


def share(of: Share, reader: Reader) -> str:
    """A count of a count; from five on with the percentage and its 95 % interval."""
    _ = sentences(reader).gettext
    if of.n < SMALL:
        return _("{hits} of {n}").format(hits=of.hits, n=of.n)
    low, high = of.interval
    return _("{hits} of {n}: {percent} % ({low}-{high} %)").format(
        hits=of.hits, n=of.n, percent=round(100 * of.hits / of.n), low=round(100 * low), high=round(100 * high)
    )


def took(length: timedelta | None, n: int, reader: Reader) -> str:
    """A length of time, and of how many cases it speaks."""
    _ = sentences(reader).gettext
    return _("{length} (n={n})").format(length=span(length, reader), n=n) if length is not None else _("no case so far")
