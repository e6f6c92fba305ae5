"""What somebody looks at: lists, the figures, the event log, help."""

from collections.abc import Sequence
from datetime import datetime

from bot.actions import (
    NewReport,
    Show,
    ShowIssue,
)
from bot.cards import (
    Button,
    Buttons,
    Card,
    Facts,
    Line,
    Lines,
    Mark,
    Part,
    Text,
    clip,
)
from bot.figures import Figures
from bot.language import sentences
from bot.messages.words import NAME, audience, for_reporter, share, span, standing, took, when
from bot.model import (
    Audience,
    Event,
    Happening,
    Issue,
    Person,
    Pilot,
    Reader,
)

LISTED = 20  # lines of a list that still fit a phone and a card


def mine(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    report = Buttons((Button(_("Report a problem"), NewReport(), "primary"), Button(_("Help"), Show("help"))))
    if not issues:
        return Card(_("You have reported nothing so far"), (report,))
    lines = tuple(_row(issue, for_reporter(issue, reader), reader, now) for issue in issues[:LISTED])
    return Card(_("Your reports"), (Lines(_("Newest first"), lines), *_openers(issues, reader), report))


def queue(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    if not issues:
        return Card(_("Nothing is waiting"), mark=Mark.DONE)
    lines = tuple(_row(issue, standing(issue, reader), reader, now) for issue in issues[:LISTED])
    return Card(_("Open issues"), (Lines(_("Least time left first"), lines), *_openers(issues, reader)))


def _row(issue: Issue, standing: str, reader: Reader, now: datetime) -> Line:
    _ = sentences(reader).gettext
    said = (
        _("{reference} ({standing}, due {due}): {summary}")
        if issue.is_open
        else _("{reference} ({standing}): {summary}")
    )
    summary = clip(" ".join(issue.summary.split()), 80)
    due = when(issue.due_at, now, reader)
    return Line(said.format(reference=issue.reference, standing=standing, due=due, summary=summary))


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
        (_("Until something helped: raw, median"), took(numbers.raw_median, numbers.helped, reader)),
        (_("Until something helped: raw, 90th percentile"), took(numbers.raw_p90, numbers.helped, reader)),
        (_("The same, net, median"), took(numbers.net_median, numbers.helped, reader)),
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


def happening(what: Happening, issue: Issue, who: Person | None, pilot: Pilot, reader: Reader) -> str:
    """One line of the event log."""
    _ = sentences(reader).gettext
    name = who.name if who else _("the clock")
    if who and who.id == issue.reporter:
        name = _("the reporter")  # whose name is for the owner to see
    said = {
        Event.REPORT: _("reported by {name}"),
        Event.TAKE: _("taken by {name}"),
        Event.FIX: _("{name} says it is fixed"),
        Event.CONFIRM: _("{name} confirms that it is fixed"),
        Event.STILL_BROKEN: _("{name} says it is still broken"),
        Event.SILENCE: _("closed, never confirmed"),
        Event.CHANGE_SEVERITY: _("{name} changed how bad it is"),
        Event.ADDRESSED: _("the fix has reached the reporter"),
        Event.UNDELIVERED: _("the fix could not be delivered, so it is open again"),
        Event.ESCALATED: _("nothing has helped: {told} told"),
        Event.ASKED_AGAIN: _("the reporter is asked again"),
        Event.MISSED: _("missed: nothing has helped in time"),
    }[what.event]
    told = ", ".join(audience(Audience(each), pilot, reader) for each in what.words.split(",") if each)
    return said.format(name=name, told=told)


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
