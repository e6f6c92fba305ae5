"""What somebody looks at: lists, the figures, the event log, help."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from bot.actions import (
    NewReport,
    Several,
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
from bot.figures import Figures, Helped
from bot.language import sentences
from bot.messages.words import (
    NAME,
    audience,
    for_reporter,
    non_use,
    severity,
    share,
    span,
    standing,
    took,
    when,
)
from bot.model import (
    Audience,
    Event,
    Happening,
    Issue,
    Person,
    Pilot,
    Reader,
    Role,
    Severity,
)

_SHORT = {"dup", "sev", "hand"}  # words of a thread that take what is no sentence
LISTED = 20  # lines of a list that still fit a phone and a card


def mine(issues: Sequence[Issue], followed: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    report = Buttons((Button(_("Report a problem"), NewReport(), "primary"), Button(_("Help"), Show("help"))))
    if not issues and not followed:
        return Card(_("You have reported nothing so far"), (report,))
    parts: list[Part] = []
    if issues:
        lines = tuple(_row(issue, for_reporter(issue, reader), reader, now) for issue in issues[:LISTED])
        parts += [Lines(_("Newest first"), lines), *_openers(issues, reader)]
    if followed:
        lines = tuple(_row(issue, for_reporter(issue, reader), reader, now) for issue in followed[:LISTED])
        parts += [Lines(_("You said «me too» to these"), lines), *_openers(followed, reader)]
    return Card(_("Your reports"), (*parts, report))


def queue(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    if not issues:
        return Card(_("Nothing is waiting"), mark=Mark.DONE)
    lines = tuple(_row(issue, standing(issue, reader), reader, now) for issue in issues[:LISTED])
    several = Buttons((Button(_("Several at once…"), Several()),))
    return Card(_("Open issues"), (Lines(_("Least time left first"), lines), *_openers(issues, reader), several))


def _row(issue: Issue, standing: str, reader: Reader, now: datetime) -> Line:
    _ = sentences(reader).gettext
    due_still = issue.is_open and issue.addressed_at is None and issue.merged_into is None and not issue.idea
    said = (
        _("{reference} ({standing}, due {due}): {summary}") if due_still else _("{reference} ({standing}): {summary}")
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
        (_("Half were helped within"), took(numbers.raw_median, numbers.helped, reader)),
        (_("9 in 10 were helped within"), took(numbers.raw_p90, numbers.helped, reader)),
        (_("Half, leaving out waits"), took(numbers.net_median, numbers.helped, reader)),
        (_("Neither helped nor over so far"), str(numbers.running)),
    )
    helped = tuple(_helped(level, numbers.by_severity[level], reader) for level in Severity)
    return Card(
        _("{pilot}: how it stands").format(pilot=clip(pilot.name, NAME)),
        (
            Facts(facts),
            Lines(_("How they were helped"), helped),
            Lines(_("Not in these numbers"), _apart(numbers, reader)),
            *_non_use(numbers, reader),
            Text(_("Every hour counts. Leaving out the waits for reporters and vendors only explains the difference.")),
            Text(_("Below five issues only counts are shown. A range is the 95 % interval."), "quiet"),
        ),
    )


def _helped(level: Severity, of: Helped, reader: Reader) -> Line:
    _ = sentences(reader).gettext
    if of.n == 0:
        return Line(_("{severity}: none").format(severity=severity(level, reader)))
    said = _("{severity}: {n}, of them fixed {fixed}, answered {answered}, worked around {around}; missed {missed}")
    return Line(
        said.format(
            severity=severity(level, reader), n=of.n, fixed=of.fixed, answered=of.answered,
            around=of.worked_around, missed=of.missed,
        )
    )  # fmt: skip


def _apart(numbers: Figures, reader: Reader) -> tuple[Line, ...]:
    _ = sentences(reader).gettext
    return (
        Line(_("declined in time: {n}").format(n=numbers.declined)),
        Line(_("withdrawn by their reporters: {n}").format(n=numbers.withdrawn)),
        Line(_("ideas, neither declined nor withdrawn: {n}").format(n=numbers.ideas)),
        Line(_("counted with the issue they follow: {n}").format(n=numbers.merged)),
        Line(_("counted, and made worse or milder since: {n}").format(n=numbers.reclassified)),
    )


def _non_use(numbers: Figures, reader: Reader) -> tuple[Part, ...]:
    """Why people do without it: kept apart from how the issues were solved."""
    _ = sentences(reader).gettext
    said = tuple(Line(_("{why}: {n}").format(why=non_use(why, reader), n=n)) for why, n in numbers.non_use.items() if n)
    return (Lines(_("Why people do without it"), said),) if said else ()


def help_card(
    entries: Sequence[tuple[str, str]], reader: Reader, thread: Mapping[str, bool], *, reports: bool = True
) -> Card:
    """What this person may write. `thread`: the words of an issue's thread, and whether more is said with each.

    `reports`: what can be said of their own reports too.
    """
    _ = sentences(reader).gettext
    lines = tuple(Line(_("{verb}: {meaning}").format(verb=verb, meaning=meaning)) for verb, meaning in entries)
    own = (Lines(_("About your own reports"), _of_own(reader)),) if reports else ()
    there = (Lines(_("In the thread of an issue"), _in_threads(thread, reader)),) if thread else ()
    free = Text(_("Anything else you write is taken as a report, after you say so. Nothing is sent by accident."))
    buttons = Buttons(
        (
            Button(_("Report a problem"), NewReport(), "primary"),
            Button(_("Your reports"), Show("mine")),
        )
    )
    return Card(_("What you can write here"), (Lines(_("Commands"), lines), *own, *there, free, buttons))


def _of_own(reader: Reader) -> tuple[Line, ...]:
    _ = sentences(reader).gettext
    return (
        Line(_("yes, still broken, next shift: whether a fix works for you")),
        Line(_("reply: and your answer to what you were asked")),
        Line(_("detail: and the room or the cart")),
        Line(_("object: and why, where your report was declined")),
        Line(_("workaround fails, withdraw, mine is different, me too, how bad is it? just the words")),
    )


def _in_threads(words: Mapping[str, bool], reader: Reader) -> tuple[Line, ...]:
    _ = sentences(reader).gettext
    alone = ", ".join(verb for verb, more in words.items() if not more)
    more = " ".join(f"{verb}:" for verb, more in words.items() if more and verb not in _SHORT)
    return (
        *((Line(_("{words}: just the word").format(words=alone)),) if alone else ()),
        *((Line(_("{words} and what there is to say").format(words=more)),) if more else ()),
        *((Line(_("dup MAR-12 for a duplicate, sev 1 to sev 4, hand @account")),) if words.keys() >= _SHORT else ()),
        Line(_("everything else there is the team talking among themselves")),
    )


def commands(reader: Reader) -> dict[str, str]:
    """What each verb does, for those who ask."""
    _ = sentences(reader).gettext
    return {
        "report": _("what went wrong, in one line; it is sent at once (! I can't work, !! a patient could be harmed)"),
        "ask": _("a question or an idea; a champion answers"),
        "known": _("answers that were given before; known: and words looks for them"),
        "mine": _("what you have reported, and how it stands"),
        "here": _("where you work tonight; here: and the unit"),
        "queue": _("open issues, the least time left first"),
        "duty": _("who is on duty; duty on, duty off, duty on until 19:00"),
        "report for": _("@account: and the words; for somebody who told you, who stays the reporter"),
        "away": _("away until a day or an hour: what you own is handed over"),
        "back": _("you are back, earlier than you said"),
        "pilot": _("the pilot's numbers"),
        "help": _("this list"),
    }


def _helps(who: Person) -> bool:
    """Whether they act for the pilot, so that everybody may read their name."""
    return not who.roles <= {Role.CLINICIAN}


def happening(what: Happening, issue: Issue, who: Person | None, pilot: Pilot, reader: Reader) -> str:
    """One line of the event log."""
    _ = sentences(reader).gettext
    name = who.name if who else _("the clock")
    if who and who.id == issue.reporter:
        name = _("the reporter")  # whose name is for the owner to see
    elif who and not _helps(who):
        name = _("a colleague")
    words = what.words
    if what.event in {Event.ESCALATED, Event.REMINDED}:
        words = ", ".join(audience(Audience(each), pilot, reader) for each in words.split(",") if each in set(Audience))
    return _happened(reader)[what.event].format(name=name, told=words)


@cache
def _happened(reader: Reader) -> dict[Event, str]:
    _ = sentences(reader).gettext
    return {
        Event.REPORT: _("reported by {name}"),
        Event.TAKE: _("taken by {name}"),
        Event.HAND_OVER: _("handed over by {name}"),
        Event.ESCALATE: _("{name} put it before the fix team"),
        Event.RELEASE: _("given back by {name}"),
        Event.ASK: _("{name} asks the reporter"),
        Event.REPLY: _("{name} answers"),
        Event.RESUME: _("{name} goes on without an answer"),
        Event.SEND_TO_VENDOR: _("{name} sends it to the vendor"),
        Event.VENDOR_REPLIED: _("the vendor replied, says {name}"),
        Event.WORK_AROUND: _("{name} offers a workaround"),
        Event.CHECK: _("{name} has checked the workaround"),
        Event.WORKAROUND_FAILS: _("{name} says the workaround fails"),
        Event.FIX: _("{name} says it is fixed"),
        Event.CONFIRM: _("{name} confirms that it is fixed"),
        Event.STILL_BROKEN: _("{name} says it is still broken"),
        Event.NEXT_SHIFT: _("{name} will look next shift"),
        Event.UNDO: _("{name} takes the fix back"),
        Event.PROPOSE_DECLINE: _("{name} proposes to decline it"),
        Event.DECLINE: _("declined by {name}"),
        Event.APPEAL: _("{name} objects"),
        Event.MERGE: _("{name} says it is a duplicate"),
        Event.UNMERGE: _("on its own again, by {name}"),
        Event.WITHDRAW: _("withdrawn by {name}"),
        Event.CHANGE_SEVERITY: _("{name} changed how bad it is"),
        Event.ME_TOO: _("me too, says {name}"),
        Event.MARK_IDEA: _("{name} keeps it as an idea"),
        Event.EXPLAIN: _("{name} gives the cause"),
        Event.DETAIL: _("{name} adds details"),
        Event.RELAY: _("{name} writes"),
        Event.DECLARE_OUTAGE: _("{name} declares an outage"),
        Event.SILENCE: _("closed, never confirmed"),
        Event.ADDRESSED: _("what helps has reached the reporter"),
        Event.UNDELIVERED: _("it could not be delivered, so it is open again"),
        Event.ESCALATED: _("nothing has helped: {told} told"),
        Event.ASKED_AGAIN: _("the reporter is asked again"),
        Event.REMINDED: _("somebody is reminded"),
        Event.SAID_WHY: _("the reporter hears why it is still open"),
        Event.MISSED: _("missed: nothing has helped in time"),
    }


def nothing_to_answer(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("No fix is waiting for your answer"),
        (Buttons((Button(_("Your reports"), Show("mine")), Button(_("Report a problem"), NewReport()))),),
    )


def none_meant(reader: Reader) -> Card:
    """An answer for which none of their reports is as it would have to be."""
    _ = sentences(reader).gettext
    return Card(
        _("None of your reports can be meant by that"),
        (Buttons((Button(_("Your reports"), Show("mine")), Button(_("Report a problem"), NewReport()))),),
    )


def which_one(issues: Sequence[Issue], reader: Reader) -> Card:
    """Several of their reports can be meant."""
    _ = sentences(reader).gettext
    return Card(_("Which one do you mean?"), _openers(issues, reader))
