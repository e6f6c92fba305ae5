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
    Event,
    FixKind,
    Help,
    Issue,
    NonUse,
    Person,
    Pilot,
    Reader,
    Role,
    Severity,
    Status,
    Tag,
)
from bot.privacy import Identifier

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
    return day(at, reader)


def day(at: datetime, reader: Reader) -> str:
    """The time in full, where it is read days later."""
    _ = sentences(reader).gettext
    there = at.astimezone(ZoneInfo(reader.zone))
    weekday, month = weekdays(reader)[there.weekday()], months(reader)[there.month - 1]
    said = _("{weekday} {day} {month}, {clock}")
    return said.format(weekday=weekday, day=there.day, month=month, clock=f"{there:%H:%M}")


def stamp(at: datetime, reader: Reader, now: datetime | None = None) -> str:
    """A short time for a list: weekday and clock; the day too where that is another week's."""
    there = at.astimezone(ZoneInfo(reader.zone))
    if now is not None and abs(at - now) >= timedelta(days=6):
        return day(at, reader)
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
        Role.ADMIN: _("administrator"),
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
        FixKind.ANSWER: _("An answer"),
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
    said = _standings(reader)[issue.status]
    if issue.missed_at and issue.is_open:
        _ = sentences(reader).gettext
        return _("past its {hours}, {standing}").format(hours=target(issue, reader), standing=said)
    return said


@cache
def _standings(reader: Reader) -> dict[Status, str]:
    _ = sentences(reader).gettext
    return {
        Status.REPORTED: _("nobody has taken it so far"),
        Status.TAKEN: _("somebody is working on it"),
        Status.NEEDS_INFO: _("waiting for the reporter's answer"),
        Status.WAITING_VENDOR: _("waiting for the vendor"),
        Status.FIXED: _("fixed, waiting for the reporter's word"),
        Status.VERIFIED: _("fixed, confirmed by the reporter"),
        Status.UNVERIFIED: _("closed, never confirmed by the reporter"),
        Status.DECLINED: _("declined"),
        Status.MERGED: _("follows another issue"),
        Status.WITHDRAWN: _("withdrawn by the reporter"),
    }


def mark(issue: Issue) -> Mark:
    if issue.status is Status.VERIFIED:
        return Mark.DONE
    if issue.status is Status.WITHDRAWN:
        return Mark.NONE
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
    return _for_reporter(reader)[issue.status]


@cache
def _for_reporter(reader: Reader) -> dict[Status, str]:
    _ = sentences(reader).gettext
    return {
        Status.REPORTED: _("received"),
        Status.TAKEN: _("being worked on"),
        Status.NEEDS_INFO: _("we need a word from you"),
        Status.WAITING_VENDOR: _("waiting for the vendor"),
        Status.FIXED: _("fixed for you?"),
        Status.VERIFIED: _("fixed, you confirmed it"),
        Status.UNVERIFIED: _("closed without your answer"),
        Status.DECLINED: _("declined, you can object"),
        Status.MERGED: _("worked on together with another report"),
        Status.WITHDRAWN: _("withdrawn"),
    }


def helped(by: Help, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Help.FIX: _("fixed"),
        Help.ANSWER: _("answered"),
        Help.WORKAROUND: _("worked around"),
    }[by]


def tag(each: Tag, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Tag.TECHNOLOGY: _("technology"),
        Tag.PEOPLE: _("people"),
        Tag.PROCESS: _("way of working"),
    }[each]


def non_use(why: NonUse, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        NonUse.FRICTION: _("It takes too long or gets in the way"),
        NonUse.TRAINING: _("I was not shown how"),
        NonUse.MISSING: _("It cannot do what I need"),
        NonUse.OTHER: _("Something else"),
    }[why]


def identifiers(found: Iterable[Identifier], reader: Reader) -> str:
    """The kinds of what was masked, as one says them."""
    _ = sentences(reader).gettext
    said = {
        Identifier.RECORD: _("a record number"),
        Identifier.SSN: _("a social security number"),
        Identifier.NHS: _("an NHS number"),
        Identifier.MEDICARE: _("a Medicare number"),
        Identifier.PHONE: _("a phone number"),
        Identifier.FAX: _("a fax number"),
        Identifier.EMAIL: _("an e-mail address"),
        Identifier.ADDRESS: _("an address"),
        Identifier.BIRTH: _("a date of birth"),
        Identifier.ENCOUNTER: _("an encounter number"),
        Identifier.NAME: _("a name"),
    }
    return ", ".join(dict.fromkeys(said[each] for each in found))


def deed(event: Event, reader: Reader) -> str:
    """What a button says that lets this happen; with dots where a form is filled in first."""
    return _deeds(reader)[event]


@cache
def _deeds(reader: Reader) -> dict[Event, str]:
    _ = sentences(reader).gettext
    return {
        Event.TAKE: _("Take"),
        Event.HAND_OVER: _("Hand over…"),
        Event.ESCALATE: _("Escalate"),
        Event.RELEASE: _("Release"),
        Event.ASK: _("Ask the reporter…"),
        Event.REPLY: _("Answer…"),
        Event.RESUME: _("Go on without an answer"),
        Event.SEND_TO_VENDOR: _("To the vendor…"),
        Event.VENDOR_REPLIED: _("The vendor replied"),
        Event.WORK_AROUND: _("Workaround…"),
        Event.CHECK: _("Check the workaround…"),
        Event.WORKAROUND_FAILS: _("The workaround fails"),
        Event.FIX: _("Fixed…"),
        Event.CONFIRM: _("Yes, fixed"),
        Event.STILL_BROKEN: _("Still broken"),
        Event.NEXT_SHIFT: _("Ask me next shift"),
        Event.UNDO: _("Undo"),
        Event.PROPOSE_DECLINE: _("Propose to decline…"),
        Event.DECLINE: _("Decline…"),
        Event.APPEAL: _("Object…"),
        Event.MERGE: _("Duplicate…"),
        Event.UNMERGE: _("Not the same"),
        Event.WITHDRAW: _("Withdraw"),
        Event.CHANGE_SEVERITY: _("How bad is it?"),
        Event.ME_TOO: _("Me too"),
        Event.MARK_IDEA: _("It is an idea"),
        Event.EXPLAIN: _("Cause and date…"),
        Event.DETAIL: _("Place, and what I do instead…"),
        Event.RELAY: _("Reply to reporter…"),
        Event.DECLARE_OUTAGE: _("Declare an outage"),
    }


def audience(each: Audience, pilot: Pilot, reader: Reader) -> str:
    return clip(pilot.fix_team, NAME) if each is Audience.RESPONDERS else _audiences(reader)[each]


@cache
def _audiences(reader: Reader) -> dict[Audience, str]:
    _ = sentences(reader).gettext
    return {
        Audience.CHAMPIONS: _("champions"),
        Audience.SECOND_CHAMPION: _("another champion"),
        Audience.EVERYBODY: _("everybody who can help"),
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
