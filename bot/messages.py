"""Every sentence the bot says. Each function writes one card or form for one reader: their language, their zone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.actions import (
    ChangeSeverity,
    Confirm,
    DropDraft,
    FixIt,
    NewReport,
    SendDraft,
    Show,
    ShowIssue,
    StillBroken,
    Take,
)
from bot.cards import (
    TYPED,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Facts,
    Form,
    Line,
    Lines,
    Mark,
    Option,
    Part,
    Quote,
    Text,
    TextField,
    clip,
)
from bot.figures import SMALL, Figures, Share
from bot.language import sentences
from bot.model import (
    Audience,
    Deed,
    Draft,
    Event,
    Fix,
    FixKind,
    Happening,
    Issue,
    Outcome,
    Person,
    Pilot,
    Reader,
    Role,
    Severity,
    Status,
    Step,
    Unit,
)

RECEIPT = "receipt"
CARD = "card"
QUESTION = "question"
LISTED = 20  # lines of a list that still fit a phone and a card
STEPS = 12
NAME = 60  # of a name or a team's name, where a title carries it
NAMED = 8  # people named in a row


# ------------------------------------------------------------------------------------------------ words and times


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


def severity(level: Severity, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Severity.PATIENT_AT_RISK: _("A patient could be harmed"),
        Severity.BLOCKS_WORK: _("I can't do my work"),
        Severity.SLOWS_WORK: _("It slows me down"),
        Severity.QUESTION: _("A question or an idea"),
    }[level]


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


def _standing(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    said = {
        Status.REPORTED: _("nobody has taken it so far"),
        Status.TAKEN: _("somebody is working on it"),
        Status.FIXED: _("fixed, waiting for the reporter's word"),
        Status.VERIFIED: _("fixed, confirmed by the reporter"),
        Status.UNVERIFIED: _("closed, never confirmed by the reporter"),
    }[issue.status]
    if issue.missed_at and issue.is_open:
        return _("past its 24 hours, {standing}").format(standing=said)
    return said


def _mark(issue: Issue) -> Mark:
    if issue.status is Status.VERIFIED:
        return Mark.DONE
    if issue.missed_at:
        return Mark.MISSED
    return Mark.WAITING


# ---------------------------------------------------------------------------------------------------- an issue


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


@dataclass(frozen=True, slots=True)
class About:
    """Everything that a card about an issue is drawn from."""

    issue: Issue
    pilot: Pilot
    unit: Unit
    reporter: Person
    owner: Person | None
    fix: Fix | None  # the last one
    steps: Sequence[Step]
    ahead: Sequence[Step]  # those that would be taken if nothing changed


def receipt(about: About, told: Sequence[Person], lead: Person | None, reader: Reader, now: datetime) -> Card:
    """What the reporter keeps: who has it, by when, and what they can say about it."""
    _ = sentences(reader).gettext
    issue, pilot, owner, fix = about.issue, about.pilot, about.owner, about.fix
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts.append(Quote(clip(issue.summary)))
    if issue.status is Status.REPORTED and told:
        parts.append(Text(_("{names} has been told.").format(names=_told(told, pilot, reader))))
    elif owner and issue.status is Status.TAKEN:
        parts.append(
            Text(_("{name} ({role}) is working on it.").format(name=owner.name, role=role(owner, pilot, reader)))
        )
    if fix and not issue.is_open:
        parts.append(Text(_("What was done: {words}").format(words=clip(fix.words))))
    parts += _promise(issue, lead, reader, now)
    buttons = _reporter_buttons(issue, reader)
    if buttons:
        parts.append(Buttons(buttons))
    title = _("{reference}: {standing}").format(reference=issue.reference, standing=_for_reporter(issue, reader))
    return Card(title, tuple(parts), _mark(issue), slot=f"{RECEIPT}:{issue.id}:reporter")


def _told(told: Sequence[Person], pilot: Pilot, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if len(told) > 1:
        return names(told, reader)
    (person,) = told
    duty = _("on shift") if person.on_duty else _("off shift")
    return _("{name} ({role}, {duty})").format(name=person.name, role=role(person, pilot, reader), duty=duty)


def _for_reporter(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Status.REPORTED: _("received"),
        Status.TAKEN: _("being worked on"),
        Status.FIXED: _("fixed for you?"),
        Status.VERIFIED: _("fixed, you confirmed it"),
        Status.UNVERIFIED: _("closed without your answer"),
    }[issue.status]


def _promise(issue: Issue, lead: Person | None, reader: Reader, now: datetime) -> list[Part]:
    _ = sentences(reader).gettext
    if not issue.is_open or issue.status is Status.FIXED or lead is None:
        return []
    due = when(issue.due_at, now, reader)
    if issue.missed_at:
        words = _("Nothing that helps had reached you by {due}. {lead} knows and hears about it every day.")
    else:
        words = _("If nothing that helps has reached you by {due}, {lead} hears about it.")
    return [Text(words.format(due=due, lead=lead.name))]


def _reporter_buttons(issue: Issue, reader: Reader) -> tuple[Button, ...]:
    _ = sentences(reader).gettext
    match issue.status:
        case Status.REPORTED | Status.TAKEN:
            return (Button(_("How bad is it?"), ChangeSeverity(issue.id, issue.version)),)
        case Status.FIXED:
            return _verdict(issue, reader)
        case _:
            return ()


def _verdict(issue: Issue, reader: Reader) -> tuple[Button, ...]:
    _ = sentences(reader).gettext
    return (
        Button(_("Yes, fixed"), Confirm(issue.id), "primary"),
        Button(_("Still broken"), StillBroken(issue.id), "danger"),
    )


def issue_card(about: About, reader: Reader, now: datetime, viewer: Person | None) -> Card:
    """What those see who can help: in the unit's channel (`viewer` None) without names, to its owner with."""
    _ = sentences(reader).gettext
    issue, pilot, unit, reporter = about.issue, about.pilot, about.unit, about.reporter
    owner, fix = about.owner, about.fix
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    who = _("{job}, {unit}").format(job=reporter.job, unit=unit.name)
    if viewer and owner and viewer.id == owner.id:
        who = _("{name}, {job}, {unit}").format(name=reporter.name, job=reporter.job, unit=unit.name)
    facts = [
        (_("How bad"), severity(issue.severity, reader)),
        (_("Reported"), _("{when} by {who}").format(when=when(issue.reported_at, now, reader), who=who)),
        (_("Help is due"), _due(issue, reader, now)),
        (_("Owner"), owner.name if owner else _("nobody")),
    ]
    parts += [Quote(clip(issue.summary)), Facts(tuple(facts))]
    if fix and issue.status is not Status.REPORTED:
        said = (
            _("What was done ({kind}): {words}")
            if issue.status is not Status.TAKEN
            else _("Tried before ({kind}): {words}")
        )
        parts.append(Text(said.format(kind=kind(fix.kind, reader), words=clip(fix.words))))
    parts += _steps(about, reader)
    buttons = _team_buttons(issue, reader)
    if buttons:
        parts.append(Buttons(buttons))
    title = _("{reference}: {standing}").format(reference=issue.reference, standing=_standing(issue, reader))
    where = viewer.id if viewer else "unit"
    return Card(title, tuple(parts), _mark(issue), slot=f"{CARD}:{issue.id}:{where}")


def _due(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    due = when(issue.due_at, now, reader)
    if issue.missed_at:
        return _("{due}, missed").format(due=due)
    return _("{due}, done in time").format(due=due) if issue.addressed_at else due


def _steps(about: About, reader: Reader) -> list[Part]:
    _ = sentences(reader).gettext
    past = [
        Line(_("{time} {step}").format(time=stamp(s.due_at, reader), step=step(s, about.pilot, reader)), "past")
        for s in about.steps
        if s.outcome in {Outcome.DONE, Outcome.OVERTAKEN}
    ]
    planned = [
        Line(
            _("{time} planned: {step}").format(time=stamp(s.due_at, reader), step=step(s, about.pilot, reader)),
            "planned",
        )
        for s in about.ahead
    ]
    lines = (past + planned)[-STEPS:]
    return [Lines(_("Steps"), tuple(lines))] if lines else []


def step(planned: Step, pilot: Pilot, reader: Reader) -> str:
    """What a step does, in a few words."""
    _ = sentences(reader).gettext
    match planned.deed:
        case Deed.MISS:
            return _("the 24 hours end; the lead is told")
        case Deed.ASK_AGAIN:
            return _("the reporter is asked again")
        case Deed.SILENCE:
            return _("closed, unconfirmed, if the reporter stays silent")
        case Deed.TELL:
            people = ", ".join(audience(each, pilot, reader) for each in planned.tell)
            return _("{people} told").format(people=people)


def audience(each: Audience, pilot: Pilot, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Audience.CHAMPIONS: _("champions"),
        Audience.RESPONDERS: clip(pilot.fix_team, NAME),
        Audience.OWNER: _("owner"),
        Audience.LEAD: _("lead"),
        Audience.SAFETY: _("safety officer"),
        Audience.SPONSOR: _("sponsor"),
        Audience.REPORTER: _("reporter"),
    }[each]


def _team_buttons(issue: Issue, reader: Reader) -> tuple[Button, ...]:
    _ = sentences(reader).gettext
    take = Button(_("Take"), Take(issue.id, issue.version), "primary")
    fixed = Button(_("Fixed…"), FixIt(issue.id, issue.version))
    bad = Button(_("How bad is it?"), ChangeSeverity(issue.id, issue.version))
    match issue.status:
        case Status.REPORTED:
            return (take, fixed, bad)
        case Status.TAKEN:
            return (Button(fixed.label, fixed.action, "primary"), bad)
        case _:
            return ()


def step_taken(issue: Issue, past: Step, told: Sequence[Person], reader: Reader, now: datetime) -> Card:
    """To those whom a step tells, each by themselves and once more in the unit's thread."""
    _ = sentences(reader).gettext
    since = span(now - issue.reported_at, reader)
    if past.deed is Deed.MISS:
        title = _("{reference}: missed. Nothing that helps in 24 hours").format(reference=issue.reference)
    elif issue.missed_at:
        title = _("{reference}: past its 24 hours, still not solved").format(reference=issue.reference)
    elif issue.owner is None:
        title = _("{reference}: {since}, and nobody has taken it").format(reference=issue.reference, since=since)
    else:
        title = _("{reference}: {since}, and nothing has helped so far").format(reference=issue.reference, since=since)
    parts: list[Part] = [
        Quote(clip(issue.summary)),
        Text(_("Told: {names}.").format(names=names(told, reader)), "quiet"),
    ]
    buttons = (*_team_buttons(issue, reader), Button(_("Show"), ShowIssue(issue.id)))
    parts.append(Buttons(buttons))
    return Card(title, tuple(parts), Mark.MISSED if issue.missed_at else Mark.WARNING)


def step_in_thread(issue: Issue, past: Step, told: Sequence[Person], reader: Reader) -> Card:
    """The same for the thread under the unit's card: nothing to press."""
    _ = sentences(reader).gettext
    heard = (Text(_("Told: {names}.").format(names=names(told, reader)), "quiet"),)
    if past.deed is Deed.MISS:
        return Card(_("The 24 hours are over and nothing has helped."), heard, Mark.MISSED)
    reason = _("Nobody has taken it.") if issue.owner is None else _("Nothing has helped so far.")
    return Card(reason, heard, Mark.WARNING)


def missed_for_reporter(
    issue: Issue, pilot: Pilot, told: Sequence[Person], owner: Person | None, reader: Reader, now: datetime
) -> Card:
    _ = sentences(reader).gettext
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts += [
        Quote(clip(issue.summary)),
        Text(
            _("We said 24 hours and did not keep it. Told {at}: {names}.").format(
                names=names(told, reader), at=when(now, now, reader)
            )
        ),
        Text(
            _("{name} is still working on it.").format(name=owner.name)
            if owner
            else _("Nobody has taken it, and the lead hears about it every day until somebody does.")
        ),
    ]
    return Card(_("{reference}: not solved in time").format(reference=issue.reference), tuple(parts), Mark.MISSED)


def taken_in_thread(owner: Person, pilot: Pilot, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    name = clip(owner.name, NAME)
    return Card(_("{name} ({role}) has taken it.").format(name=name, role=role(owner, pilot, reader)))


def fixed_for_you(issue: Issue, pilot: Pilot, fix: Fix, author: Person, reader: Reader, *, again: bool = False) -> Card:
    """The question only the reporter can answer."""
    _ = sentences(reader).gettext
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts += [
        Quote(clip(issue.summary)),
        Text(
            _("{name} ({role}) says it is fixed: {words}").format(
                name=author.name, role=role(author, pilot, reader), words=clip(fix.words)
            )
        ),
        Text(_("Only you can say whether it is. Does it work for you now?")),
        Buttons(_verdict(issue, reader)),
    ]
    title = _("{reference}: still waiting for your word. Fixed for you?") if again else _("{reference}: fixed for you?")
    return Card(title.format(reference=issue.reference), tuple(parts), Mark.WAITING, slot=question_slot(issue, fix))


def question_slot(issue: Issue, fix: Fix) -> str:
    return f"{QUESTION}:{issue.id}:{fix.n}"


def question_over(issue: Issue, fix: Fix, reader: Reader, *, latest: bool) -> Card:
    """What is left of the question once it is answered, or overtaken by a later fix: nothing to press."""
    _ = sentences(reader).gettext
    answered = _for_reporter(issue, reader) if latest and not issue.is_open else _("you said: still broken")
    return Card(
        _("{reference}: {standing}").format(reference=issue.reference, standing=answered),
        (Text(_("What was done: {words}").format(words=clip(fix.words)), "quiet"),),
        _mark(issue),
        slot=question_slot(issue, fix),
    )


def fixed_in_thread(fix: Fix, author: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{name} says it is fixed. The reporter is asked.").format(name=clip(author.name, NAME)),
        (Text(clip(fix.words)),),
        Mark.WAITING,
    )


def fix_on_its_way(issue: Issue, reader: Reader) -> Card:
    """To the author of a fix; it counts once it has reached the reporter."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: your fix is on its way to the reporter").format(reference=issue.reference),
        (Text(_("It counts once it has arrived. You hear what they say.")),),
        Mark.WAITING,
    )


def fix_not_delivered(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: the reporter could not be reached").format(reference=issue.reference),
        (
            Text(
                _(
                    "Your fix has not reached them, so it does not count as helping and the clock goes on. "
                    "Please find them in person."
                )
            ),
            Buttons((Button(_("Show"), ShowIssue(issue.id)),)),
        ),
        Mark.WARNING,
    )


def still_broken_for_owner(issue: Issue, reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    words = (
        _("Its 24 hours were over {due}: this is a miss.")
        if issue.missed_at
        else _("The first clock goes on: help is due {due}.")
    )
    return Card(
        _("{reference}: still broken, says the reporter").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(words.format(due=when(issue.due_at, now, reader))),
            Buttons((*_team_buttons(issue, reader), Button(_("Show"), ShowIssue(issue.id)))),
        ),
        Mark.MISSED if issue.missed_at else Mark.WARNING,
    )


def still_broken_in_thread(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Still broken, says the reporter. The first clock goes on."), mark=Mark.WARNING)


def still_broken_noted(issue: Issue, owner: Person | None, reader: Reader, now: datetime) -> Card:
    """To whoever said that it is still broken."""
    _ = sentences(reader).gettext
    told = _("{name} has been told.").format(name=owner.name) if owner else _("It is open again.")
    clock = (
        _("Its 24 hours were over {due}: it is counted as missed.")
        if issue.missed_at
        else _("The first clock goes on: help is due {due}.")
    )
    return Card(
        _("{reference}: noted, it is still broken").format(reference=issue.reference),
        (Text(told), Text(clock.format(due=when(issue.due_at, now, reader)))),
        _mark(issue),
    )


def confirmed(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: thank you, closed as fixed").format(reference=issue.reference),
        (Text(_("If it comes back, report it again.")),),
        Mark.DONE,
    )


def confirmed_for_owner(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: the reporter confirms that it is fixed").format(reference=issue.reference),
        (Quote(clip(issue.summary)),),
        Mark.DONE,
    )


def confirmed_in_thread(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("The reporter confirms that it is fixed."), mark=Mark.DONE)


def closed_by_silence(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: closed without your answer").format(reference=issue.reference),
        (
            Text(_("It is counted as unconfirmed, never as fixed. If it is still broken, report it again.")),
            Buttons((Button(_("Report a problem"), NewReport()),)),
        ),
        Mark.WAITING,
    )


def severity_lowered(issue: Issue, by: Person, reader: Reader) -> Card:
    """The reporter is always told when somebody else thinks less of it."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: now handled as «{severity}»").format(
            reference=issue.reference, severity=severity(issue.severity, reader)
        ),
        (Text(_("{name} changed that. The 24 hours did not change.").format(name=by.name)),),
        Mark.WAITING,
    )


def severity_changed(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: noted, «{severity}»").format(
            reference=issue.reference, severity=severity(issue.severity, reader)
        ),
        mark=_mark(issue),
    )


# ------------------------------------------------------------------------------------------------------- screens


def mine(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    report = Buttons((Button(_("Report a problem"), NewReport(), "primary"),))
    if not issues:
        return Card(_("You have reported nothing so far"), (report,))
    lines = tuple(_row(issue, _for_reporter(issue, reader), reader, now) for issue in issues[:LISTED])
    return Card(_("Your reports"), (Lines(_("Newest first"), lines), *_openers(issues, reader), report))


def queue(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    if not issues:
        return Card(_("Nothing is waiting"), mark=Mark.DONE)
    lines = tuple(_row(issue, _standing(issue, reader), reader, now) for issue in issues[:LISTED])
    return Card(_("Open issues"), (Lines(_("Least time left first"), lines), *_openers(issues, reader)))


def _row(issue: Issue, standing: str, reader: Reader, now: datetime) -> Line:
    _ = sentences(reader).gettext
    return Line(
        _("{reference} ({standing}, due {due}): {summary}").format(
            reference=issue.reference, standing=standing, due=when(issue.due_at, now, reader),
            summary=clip(" ".join(issue.summary.split()), 80),
        )
    )  # fmt: skip


def _openers(issues: Sequence[Issue], reader: Reader) -> tuple[Part, ...]:
    _ = sentences(reader).gettext
    show = tuple(
        Button(_("Show {reference}").format(reference=issue.reference), ShowIssue(issue.id)) for issue in issues[:5]
    )
    return (Buttons(show),)


def figures(pilot: Pilot, numbers: Figures, reader: Reader) -> Card:
    """The pilot's published numbers, always together."""
    _ = sentences(reader).gettext
    hours = span(pilot.target, reader)
    facts = (
        (_("Addressed within {hours}").format(hours=hours), share(numbers.addressed, reader)),
        (_("Verified within {hours}").format(hours=hours), share(numbers.verified_in_time, reader)),
        (_("Verified, of those asked"), share(numbers.verified_of_asked, reader)),
        (_("Until something helped: raw, median"), _hours(numbers.raw_median, reader)),
        (_("Until something helped: raw, 90th percentile"), _hours(numbers.raw_p90, reader)),
        (_("The same, net, median"), _hours(numbers.net_median, reader)),
        (_("Still inside their {hours}").format(hours=hours), str(numbers.running)),
    )
    return Card(
        _("{pilot}: how it stands").format(pilot=clip(pilot.name, NAME)),
        (
            Facts(facts),
            Text(
                _("Raw hours are the measure. Net hours leave out the waits for the reporter's word: an explanation.")
            ),
            Text(_("Below five issues only counts are shown. A range is the 95 % interval."), "quiet"),
        ),
    )


def share(of: Share, reader: Reader) -> str:
    """A count of a count; from five on with the percentage and its 95 % interval."""
    _ = sentences(reader).gettext
    if of.n < SMALL:
        return _("{hits} of {n}").format(hits=of.hits, n=of.n)
    low, high = of.interval
    return _("{hits} of {n}: {percent} % ({low}-{high} %)").format(
        hits=of.hits, n=of.n, percent=round(100 * of.hits / of.n), low=round(100 * low), high=round(100 * high)
    )


def _hours(length: timedelta | None, reader: Reader) -> str:
    return span(length, reader) if length is not None else sentences(reader).gettext("no case so far")


def help_card(entries: Sequence[tuple[str, str]], reader: Reader) -> Card:
    _ = sentences(reader).gettext
    lines = tuple(Line(_("{verb}: {meaning}").format(verb=verb, meaning=meaning)) for verb, meaning in entries)
    free = Text(_("Anything else you write is taken as a report, after you say so. Nothing is sent by accident."))
    buttons = Buttons(
        (
            Button(_("Report a problem"), NewReport(), "primary"),
            Button(_("Your reports"), Show("mine")),
        )
    )
    return Card(_("What you can write here"), (Lines(_("Commands"), lines), free, buttons))


def commands(reader: Reader) -> dict[str, str]:
    """What each verb does, for those who ask."""
    _ = sentences(reader).gettext
    return {
        "report": _("what went wrong, in one line; it is sent at once (! I can't work, !! a patient could be harmed)"),
        "ask": _("a question or an idea; a champion answers"),
        "mine": _("what you have reported, and how it stands"),
        "queue": _("open issues, the least time left first"),
        "pilot": _("the pilot's numbers"),
        "help": _("this list"),
    }


def happening(what: Happening, who: Person | None, reader: Reader) -> str:
    """One line of the event log."""
    _ = sentences(reader).gettext
    name = who.name if who else _("the clock")
    said = {
        Event.REPORT: _("reported by {name}"),
        Event.TAKE: _("taken by {name}"),
        Event.FIX: _("{name} says it is fixed"),
        Event.CONFIRM: _("{name} confirms that it is fixed"),
        Event.STILL_BROKEN: _("{name} says it is still broken"),
        Event.SILENCE: _("closed, never confirmed"),
        Event.CHANGE_SEVERITY: _("{name} changed how bad it is"),
        Event.ADDRESSED: _("the fix has reached the reporter"),
        Event.UNDELIVERED: _("the fix could not be delivered"),
        Event.ESCALATED: _("nothing has helped: {words}"),
        Event.ASKED_AGAIN: _("the reporter is asked again"),
        Event.MISSED: _("missed: nothing has helped in 24 hours"),
    }[what.event]
    return said.format(name=name, words=what.words)


# ------------------------------------------------------------------------------------------- drafts and refusals


def draft(words: Draft, pilot: Pilot, reader: Reader, *, again: bool = False) -> Card:
    """Words that were not plainly a command: nothing is filed without a tap, and nothing is lost."""
    _ = sentences(reader).gettext
    levels = tuple(Button(severity(level, reader), SendDraft(words.id, level)) for level in Severity)
    title = _("Still to be sent: is this a report?") if again else _("Send this as a report?")
    return Card(
        title,
        (
            Text(_("If somebody is in danger, call {number} now.").format(number=pilot.emergency), "quiet"),
            Quote(clip(words.words)),
            Text(_("How bad is it? One tap sends it.")),
            Buttons((*levels, Button(_("Do not send"), DropDraft(words.id)))),
        ),
        Mark.WAITING,
    )


def draft_dropped(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Not sent, and forgotten"))


def draft_gone(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("These words are no longer kept"),
        (
            Text(_("They were sent already, or a day has passed. Your reports show what was sent.")),
            Buttons((Button(_("Your reports"), Show("mine")), Button(_("Report a problem"), NewReport()))),
        ),
    )


def report_form(reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    options = tuple(Option(str(int(level)), severity(level, reader)) for level in Severity)
    return Form(
        _("Report a problem"),
        _("Send"),
        NewReport(),
        (
            TextField(
                "words", _("What went wrong?"), _("No names, numbers or birth dates, please."), values.get("words", "")
            ),
            ChoiceField(
                "severity", _("How bad is it?"), options, values.get("severity", str(int(Severity.SLOWS_WORK)))
            ),
        ),
        errors=errors,
    )


def fix_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    options = tuple(Option(each.value, kind(each, reader)) for each in FixKind)
    return Form(
        _("{reference} is fixed").format(reference=issue.reference),
        _("Tell the reporter"),
        FixIt(issue.id, issue.version),
        (
            TextField("words", _("What was done?"), _("The reporter reads this."), values.get("words", "")),
            ChoiceField("kind", _("What kind of fix is it?"), options, values.get("kind", "")),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def severity_form(issue: Issue, reader: Reader, errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    options = tuple(Option(str(int(level)), severity(level, reader)) for level in Severity)
    return Form(
        _("How bad is it?"),
        _("Save"),
        ChangeSeverity(issue.id, issue.version),
        (ChoiceField("severity", _("How bad is it?"), options, str(int(issue.severity))),),
        intro=clip(issue.summary),
        errors=errors,
    )


def no_words(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what went wrong; a few words are enough.")


def no_fix_words(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what was done; the reporter reads it.")


def choose_one(reader: Reader) -> str:
    return sentences(reader).gettext("Please choose one.")


def too_long(length: int, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("That is {length} characters; up to {limit} can be kept. Please shorten it and send it again.").format(
        length=length, limit=TYPED
    )


def _sorry(title: str, *more: str) -> Card:
    """A refusal: what is the matter, then what to do."""
    return Card(title, tuple(Text(words) for words in more if words), Mark.WARNING)


def words_too_long(length: int, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("Too long to keep"),
        too_long(length, reader),
        _("Nothing was sent. Your words are back where you wrote them."),
    )


def unknown_reference(reference: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("There is no {reference} that you can see").format(reference=clip(reference, 40)),
        _("Write mine to see your own reports, or check the number."),
    )


def not_now(issue: Issue, reader: Reader) -> Card:
    """The event is not possible in the issue's present state."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: {standing}").format(reference=issue.reference, standing=_standing(issue, reader)),
        (Text(_possible(issue, reader)), Buttons((Button(_("Show"), ShowIssue(issue.id)),))),
        _mark(issue),
    )


def _possible(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Status.REPORTED: _("Nothing was changed. It can be taken or fixed now."),
        Status.TAKEN: _("Nothing was changed. It can be fixed now."),
        Status.FIXED: _("Nothing was changed. The reporter is asked whether it is fixed."),
        Status.VERIFIED: _("Nothing was changed. It is closed; if it comes back, report it again."),
        Status.UNVERIFIED: _("Nothing was changed. It is closed; if it is still broken, report it again."),
    }[issue.status]


def out_of_date(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("This button is out of date"), _("Nothing was changed. Write queue or mine to see how things stand.")
    )


def overtaken(issue: Issue, reader: Reader) -> Card:
    """Somebody else was quicker: the card that was pressed showed an earlier state."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference} has changed since you saw that card").format(reference=issue.reference),
        (
            Text(_("Nothing was done. Now: {standing}.").format(standing=_standing(issue, reader))),
            Buttons((Button(_("Show"), ShowIssue(issue.id)),)),
        ),
        Mark.WARNING,
    )


def may_not(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(_("This is not yours to do"), _("Write help to see what you can do here. The attempt was recorded."))


def cannot_verify_own(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("{reference}: whoever fixes an issue cannot confirm it").format(reference=issue.reference),
        _("It stays unconfirmed, so that a confirmed fix always means that somebody else found it working."),
    )


def only_up(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("It is «{severity}» now. Making it milder is up to a lead once somebody has taken it.").format(
        severity=severity(issue.severity, reader)
    )


def nameless_refused(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("Reports without a name cannot be taken here"),
        _("Nothing was kept. Your words are back where you wrote them; send them without that mark to report by name."),
    )


def nameless_in_form(reader: Reader) -> str:
    return sentences(reader).gettext(
        "Reports without a name cannot be taken here. Take that mark away to report by name, or close this form."
    )


def nothing_to_answer(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("No fix is waiting for your answer"),
        (Buttons((Button(_("Your reports"), Show("mine")), Button(_("Report a problem"), NewReport()))),),
    )


def which_one(issues: Sequence[Issue], reader: Reader) -> Card:
    """Several fixes wait for the same person's word."""
    _ = sentences(reader).gettext
    return Card(_("Which one do you mean?"), _openers(issues, reader))


def already_received(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("We have this already"), (Buttons((Button(_("Your reports"), Show("mine")),)),), Mark.DONE)


def unknown_person() -> Card:
    """To somebody who is not on the roster; English, since nothing is known of them."""
    reader = Reader("UTC")
    _ = sentences(reader).gettext
    return _sorry(
        _("You are not on this pilot's roster"),
        _("Please ask the implementation lead to add you. Nothing was sent; your words are back where you wrote them."),
    )


def not_saved() -> Card:
    """The database could not take it."""
    reader = Reader("UTC")
    _ = sentences(reader).gettext
    return _sorry(
        _("This could not be saved"),
        _("Nothing was sent. Your words are back where you wrote them: please send them again in a minute."),
        _("If it is urgent, call somebody now."),
    )


def went_wrong(number: str) -> Card:
    """A fault of ours; the number is in the log beside the cause."""
    reader = Reader("UTC")
    _ = sentences(reader).gettext
    return _sorry(
        _("Something went wrong on our side"),
        _("Nothing was changed. Please try again; if it happens again, tell the lead this number: {number}").format(
            number=number
        ),
    )
