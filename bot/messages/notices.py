"""What is told once, when something has happened to an issue."""

from collections.abc import Sequence
from datetime import datetime

from bot.actions import (
    NewReport,
    ShowIssue,
)
from bot.cards import (
    Button,
    Buttons,
    Card,
    Mark,
    Part,
    Quote,
    Text,
    clip,
)
from bot.language import sentences
from bot.messages.issue import team_buttons
from bot.messages.words import NAME, bedside, mark, names, role, severity, span, target, when
from bot.model import (
    Deed,
    Fix,
    Issue,
    Person,
    Pilot,
    Reader,
    Severity,
    Status,
    Step,
)


def step_taken(issue: Issue, past: Step, told: Sequence[Person], viewer: Person, now: datetime) -> Card:
    """To those whom a step tells, each by themselves and once more in the unit's thread."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    since = span(now - issue.reported_at, reader)
    if past.deed is Deed.MISS:
        title = _("{reference}: missed. Nothing that helps in {hours}")
    elif issue.missed_at:
        title = _("{reference}: past its {hours}, still not solved")
    elif issue.owner is None:
        title = _("{reference}: {since}, and nobody has taken it")
    else:
        title = _("{reference}: {since}, and nothing has helped so far")
    title = title.format(reference=issue.reference, since=since, hours=target(issue, reader))
    parts: list[Part] = [
        Quote(clip(issue.summary)),
        Text(_("Told: {names}.").format(names=names(told, reader)), "quiet"),
    ]
    buttons = (*team_buttons(issue, reader, viewer), Button(_("Show"), ShowIssue(issue.id)))
    parts.append(Buttons(buttons))
    return Card(title, tuple(parts), Mark.MISSED if issue.missed_at else Mark.WARNING)


def step_in_thread(issue: Issue, past: Step, told: Sequence[Person], reader: Reader) -> Card:
    """The same for the thread under the unit's card: nothing to press."""
    _ = sentences(reader).gettext
    heard = (Text(_("Told: {names}.").format(names=names(told, reader)), "quiet"),)
    if past.deed is Deed.MISS:
        return Card(
            _("{hours} are over and nothing has helped.").format(hours=target(issue, reader)), heard, Mark.MISSED
        )
    reason = _("Nobody has taken it.") if issue.owner is None else _("Nothing has helped so far.")
    return Card(reason, heard, Mark.WARNING)


def missed_for_reporter(
    issue: Issue, pilot: Pilot, told: Sequence[Person], owner: Person | None, reader: Reader, now: datetime
) -> Card:
    _ = sentences(reader).gettext
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts += [
        Quote(clip(issue.summary)),
        Text(_("We said {hours} and did not keep it.").format(hours=target(issue, reader))),
        Text(_("Who knows of it, since {at}: {names}.").format(at=when(now, now, reader), names=names(told, reader))),
        Text(_after_a_miss(issue, owner, reader)),
    ]
    return Card(_("{reference}: not solved in time").format(reference=issue.reference), tuple(parts), Mark.MISSED)


def _after_a_miss(issue: Issue, owner: Person | None, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if issue.status is Status.VERIFIED:
        return _("It is fixed now, later than we said.")
    if issue.status is Status.FIXED:
        return _("A fix is with you now: please say whether it works.")
    if owner is None:
        return _("Nobody has taken it. The lead hears about it every day until something has helped.")
    return _("{name} is still working on it.").format(name=owner.name)


def taken_in_thread(owner: Person, pilot: Pilot, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    name = clip(owner.name, NAME)
    return Card(_("{name} ({role}) has taken it.").format(name=name, role=role(owner, pilot, reader)))


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


def fix_not_delivered(issue: Issue, author: Person, viewer: Person) -> Card:
    """To the author of the fix, and to the owner where that is somebody else."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    whose = _("Your fix") if viewer.id == author.id else _("The fix by {name}").format(name=clip(author.name, NAME))
    return Card(
        _("{reference}: the reporter could not be reached").format(reference=issue.reference),
        (
            Text(
                _(
                    "{whose} has not reached them, so it does not count as helping and the clock goes on. "
                    "Please find them in person."
                ).format(whose=whose)
            ),
            Buttons((Button(_("Show"), ShowIssue(issue.id)),)),
        ),
        Mark.WARNING,
    )


def still_broken_for_team(issue: Issue, by: Person, viewer: Person, now: datetime) -> Card:
    """To those whose work it is about."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: still broken").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(_says(issue, by, reader)),
            Text(_clock(issue, reader, now)),
            Buttons((*team_buttons(issue, reader, viewer), Button(_("Show"), ShowIssue(issue.id)))),
        ),
        Mark.MISSED if issue.missed_at else Mark.WARNING,
    )


def _says(issue: Issue, by: Person, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if by.id == issue.reporter:
        return _("The reporter says so.")
    return _("{name} says so.").format(name=clip(by.name, NAME))


def _clock(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    words = (
        _("Help was due {due}: it is counted as missed.")
        if issue.missed_at
        else _("The first clock goes on: help is due {due}.")
    )
    return words.format(due=when(issue.due_at, now, reader))


def reopened_for_reporter(issue: Issue, by: Person, reader: Reader, now: datetime) -> Card:
    """Somebody else found that the fix does not hold before the reporter said anything."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: not fixed after all").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(_("{name} says that it is still broken, and it is being worked on again.").format(name=by.name)),
            Text(_clock(issue, reader, now)),
        ),
        mark(issue),
    )


def still_broken_in_thread(issue: Issue, by: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Still broken. The first clock goes on."), (Text(_says(issue, by, reader), "quiet"),), Mark.WARNING)


def still_broken_noted(issue: Issue, owner: Person | None, reader: Reader, now: datetime) -> Card:
    """To whoever said that it is still broken."""
    _ = sentences(reader).gettext
    told = _("{name} has been told.").format(name=owner.name) if owner else _("It is open again.")
    return Card(
        _("{reference}: noted, it is still broken").format(reference=issue.reference),
        (Text(told), Text(_clock(issue, reader, now))),
        mark(issue),
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
        (Text(_("{name} changed that. When help is due did not change.").format(name=by.name)),),
        Mark.WAITING,
    )


def severity_raised(issue: Issue, by: Person, viewer: Person, now: datetime) -> Card:
    """To those who have the issue before them already: it is worse than they know."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    who = _("The reporter") if by.id == issue.reporter else clip(by.name, NAME)
    return Card(
        _("{reference}: worse, now «{severity}»").format(
            reference=issue.reference, severity=severity(issue.severity, reader)
        ),
        (
            Quote(clip(issue.summary)),
            Text(_("{who} says so.").format(who=who)),
            Text(_clock(issue, reader, now)),
            Buttons((*team_buttons(issue, reader, viewer), Button(_("Show"), ShowIssue(issue.id)))),
        ),
        Mark.MISSED if issue.missed_at else Mark.WARNING,
    )


def severity_changed(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: noted, «{severity}»").format(
            reference=issue.reference, severity=severity(issue.severity, reader)
        ),
        mark=mark(issue),
    )
