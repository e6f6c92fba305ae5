"""What the clock says: steps of the ladder, misses, what is owed besides help, why an issue is still open."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from bot.actions import Do, More, ShowIssue
from bot.cards import BUTTONS, WORDS, Button, Buttons, Card, Facts, Mark, Part, Quote, Text, clip
from bot.figures import Share
from bot.language import sentences
from bot.lifecycle import possible
from bot.messages.issue import TO_CHECK, About, own, reporter_buttons, team_buttons
from bot.messages.words import NAME, bedside, deed, mark, names, share, span, when
from bot.messages.work import news
from bot.model import Deed, Event, Issue, Needs, Person, Pilot, Reader, Severity, Status, Step
from bot.permissions import may
from bot.ports import Promises

# --------------------------------------------------------------------------------------------- steps of the ladder


def step_taken(issue: Issue, past: Step, told: Sequence[Person], viewer: Person, now: datetime) -> Card:
    """To those whom a step tells, each by themselves and once more in the unit's thread."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    since = span(now - issue.started_at, reader)
    if past.deed is Deed.MISS:
        title = _("{reference}: missed. Nothing that helps in {hours}")
    elif issue.missed_at:
        title = _("{reference}: past its {hours}, still not solved")
    elif issue.owner is None:
        title = _("{reference}: {since}, and nobody has taken it")
    else:
        title = _("{reference}: {since}, and nothing has helped so far")
    title = title.format(reference=issue.reference, since=since, hours=span(issue.target, reader))
    parts: list[Part] = [Quote(clip(issue.summary)), Text(_told(told, reader), "quiet")]
    if past.every and issue.severity is Severity.PATIENT_AT_RISK and issue.owner is not None:
        parts.append(Text(_("The reporter is owed a word: please tell them how it stands.")))
    parts.append(Buttons(team_buttons(issue, reader, viewer, now) or (_show(issue, reader),)))
    return Card(title, tuple(parts), Mark.MISSED if issue.missed_at else Mark.WARNING)


def _told(told: Sequence[Person], reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("Told: {names}.").format(names=names(told, reader)) if told else _("There was nobody to tell.")


def _show(issue: Issue, reader: Reader) -> Button:
    return Button(sentences(reader).gettext("Show"), ShowIssue(issue.id))


def step_in_thread(issue: Issue, past: Step, told: Sequence[Person], reader: Reader) -> Card:
    """The same for the thread under the unit's card: nothing to press."""
    _ = sentences(reader).gettext
    heard = (Text(_told(told, reader), "quiet"),)
    if past.deed is Deed.MISS:
        over = _("{hours} are over and nothing has helped.").format(hours=span(issue.target, reader))
        return Card(over, heard, Mark.MISSED)
    reason = _("Nobody has taken it.") if issue.owner is None else _("Nothing has helped so far.")
    return Card(reason, heard, Mark.WARNING)


def not_paged(issue: Issue, told: Sequence[Person], viewer: Person, now: datetime) -> Card:
    """To whoever has it, or could, and to the lead: what should have rung has not."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}: the pager could not be reached").format(reference=issue.reference)
    said = _("Nobody has been paged about it. Please make sure that somebody who can help knows, by phone if need be.")
    return news(title, issue, viewer, now, said, _told(told, reader))


def not_paged_in_thread(told: Sequence[Person], reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("The pager could not be reached."), (Text(_told(told, reader), "quiet"),), Mark.WARNING)


def missed_for_reporter(
    issue: Issue, pilot: Pilot, told: Sequence[Person], owner: Person | None, reader: Reader, now: datetime
) -> Card:
    _ = sentences(reader).gettext
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    known = _("Who knows of it, since {at}: {names}.").format(at=when(now, now, reader), names=names(told, reader))
    nobody = _("There was nobody here to tell. Please tell whoever is in charge of your unit.")
    parts += [
        Quote(clip(issue.summary)),
        Text(_("We said {hours} and did not keep it.").format(hours=span(issue.target, reader))),
        Text(known if told else nobody),
        Text(_after_a_miss(issue, told, owner, reader)),
    ]
    return Card(_("{reference}: not solved in time").format(reference=issue.reference), tuple(parts), Mark.MISSED)


def _after_a_miss(issue: Issue, told: Sequence[Person], owner: Person | None, reader: Reader) -> str:
    _ = sentences(reader).gettext
    plain = {
        Status.VERIFIED: _("It is fixed now, later than we said."),
        Status.FIXED: _("A fix is with you now: please say whether it works."),
        Status.DECLINED: _("It was declined, later than we said. You can object."),
        Status.NEEDS_INFO: _("It waits for your answer to what you were asked."),
        Status.WAITING_VENDOR: _("It waits for the vendor."),
    }.get(issue.status)
    if plain:
        return plain
    if owner is None and not told:
        return _("Nobody has taken it.")
    if owner is None:
        return _("Nobody has taken it. Those who know of it are reminded every day until something has helped.")
    return _("{name} is still working on it.").format(name=clip(owner.name, NAME))


def missed_line(issue: Issue, reader: Reader) -> str:
    """For a daily digest."""
    _ = sentences(reader).gettext
    summary = clip(" ".join(issue.summary.split()), 80)
    said = _("{reference}: missed, nothing that helps in {hours}: {summary}")
    return said.format(reference=issue.reference, hours=span(issue.target, reader), summary=summary)


# -------------------------------------------------------------------------------------- what is owed besides help


def reminder(issue: Issue, step: Step, about: About, viewer: Person, now: datetime) -> Card:
    """To whom something is left to do: decide, check, say the cause, ask the vendor again."""
    reader = viewer.reader
    words = (_owed(issue, step, about, viewer, now), *_unchecked(step, about, reader), _waits(step, about, reader, now))
    said = [Text(each) for each in words if each]
    buttons = _wanted(issue, step, viewer, now) or (_show(issue, reader),)
    title = _reminding(step, reader).format(reference=issue.reference)
    return Card(title, (Quote(clip(issue.summary)), *said, Buttons(buttons)), Mark.WARNING)


def _reminding(step: Step, reader: Reader) -> str:
    _ = sentences(reader).gettext
    titles = {
        Needs.UNINFORMED: _("{reference}: no answer from the reporter, please decide"),
        Needs.WITH_VENDOR: _("{reference}: the next check with the vendor is due"),
        Needs.WORKED_AROUND: _("{reference}: worked around, not fixed so far"),
        Needs.UNCHECKED: _("{reference}: a workaround waits for your check"),
        Needs.UNDECIDED: _("{reference}: an idea waits for a decision"),
    }
    return titles.get(step.needs, _("{reference}: still open"))


def _owed(issue: Issue, step: Step, about: About, viewer: Person, now: datetime) -> str:
    """What is asked of them."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    if step.needs is Needs.WORKED_AROUND and issue.severity is Severity.PATIENT_AT_RISK:
        return _("The reporter is owed a word: please tell them how it stands.")
    if step.needs is Needs.WORKED_AROUND:
        if issue.expected_at is None or issue.expected_at <= now:
            return _("Please say the cause, and when a fix is expected.")
        return _("A fix is expected {when}. Is that still so?").format(when=when(issue.expected_at, now, reader))
    asked = {
        Needs.UNINFORMED: _("Silence does not close it: go on without an answer, fix it or decline it."),
        Needs.WITH_VENDOR: _("Please ask the vendor how it stands."),
        Needs.UNCHECKED: _("Until somebody has checked it, it is neither delivered nor counted."),
        Needs.UNDECIDED: _("{days} days have passed. Please decide: it is done, or declined with the reason."),
    }
    days = (now - issue.reported_at).days
    nobody = "" if about.owner or step.needs is Needs.UNCHECKED else " " + _("Nobody owns it.")
    return asked.get(step.needs, _("Please say how it stands.")).format(days=days) + nobody


def _waits(step: Step, about: About, reader: Reader, now: datetime) -> str:
    """For what it waits."""
    _ = sentences(reader).gettext
    if step.needs is Needs.UNINFORMED and about.asked:
        said = _("Asked {when}: {words}")
        return said.format(when=when(about.asked.at, now, reader), words=clip(about.asked.words))
    if step.needs is Needs.WITH_VENDOR and about.vendor:
        return _vendor(about, reader, now)
    if step.needs is Needs.WORKED_AROUND and about.workaround:
        return _("The workaround: {words}").format(words=clip(about.workaround.words))
    return ""


def _unchecked(step: Step, about: About, reader: Reader) -> list[str]:
    if step.needs is not Needs.UNCHECKED:
        return []
    said = sentences(reader).gettext("The workaround: {words}")
    return [said.format(words=clip(each.words)) for each in about.unchecked[:TO_CHECK]]


def _vendor(about: About, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    wait = about.vendor
    if wait is None:
        return ""
    expected = when(wait.expected_at, now, reader) if wait.expected_at else _("no date so far")
    said = _("It has been with {vendor} since {when}; expected: {expected}.")
    return said.format(vendor=clip(wait.vendor, 100), when=when(wait.since, now, reader), expected=expected)


_FIRST = {
    Needs.UNINFORMED: (Event.RESUME, Event.RELAY, Event.FIX, Event.DECLINE),
    Needs.WITH_VENDOR: (Event.VENDOR_REPLIED, Event.EXPLAIN, Event.RELAY),
    Needs.WORKED_AROUND: (Event.EXPLAIN, Event.RELAY, Event.FIX),
    Needs.UNCHECKED: (Event.CHECK,),
    Needs.UNDECIDED: (Event.DECLINE, Event.RELAY),
}


def _wanted(issue: Issue, step: Step, viewer: Person, now: datetime) -> tuple[Button, ...]:
    """What they can do about just that, as far as it is theirs to do; and everything else."""
    _ = sentences(viewer.reader).gettext
    able = [each for each in _FIRST.get(step.needs, ()) if possible(issue, each, now) and may(viewer, each, issue)]
    buttons = [Button(deed(each, viewer.reader), Do(each, issue.id, issue.version)) for each in able]
    if team_buttons(issue, viewer.reader, viewer, now):
        buttons.append(Button(_("More…"), More(issue.id, issue.version)))
    return tuple(buttons[:BUTTONS])


def why_still_open(about: About, reader: Reader, now: datetime) -> Card:
    """To the reporter, every week."""
    _ = sentences(reader).gettext
    issue = about.issue
    days = (now - issue.reported_at).days
    said = sentences(reader).ngettext("{reference}: open for {n} day", "{reference}: open for {n} days", days)
    parts: list[Part] = [Quote(clip(issue.summary)), Text(_why(about, reader, now))]
    if issue.cause:
        parts.append(Text(_("Why it happened: {words}").format(words=clip(issue.cause, WORDS // 4))))
    if about.workaround and about.workaround.holds:
        parts.append(Text(_("Until it is fixed: {words}").format(words=clip(about.workaround.words))))
    parts.append(Text(_expected(issue, reader, now)))
    buttons = reporter_buttons(about, reader, now)
    if issue.status is not Status.NEEDS_INFO:
        buttons = (Button(_("Write back…"), own(Event.RELAY, issue)), *buttons)
    return Card(said.format(reference=issue.reference, n=days), (*parts, Buttons(buttons[:BUTTONS])), mark(issue))


def _why(about: About, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    issue, owner = about.issue, about.owner
    if issue.idea:
        return _("It is kept as an idea, and nothing is decided so far.")
    if issue.status is Status.NEEDS_INFO and about.asked:
        return _("It waits for your answer: {words}").format(words=clip(about.asked.words))
    if issue.status is Status.WAITING_VENDOR and about.vendor:
        return _vendor(about, reader, now)
    if owner is None:
        return _("Nobody has taken it so far. The lead hears about it every day.")
    return _("{name} is working on it and has found nothing that solves it so far.").format(name=clip(owner.name, NAME))


def _expected(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    if issue.expected_at is None:
        return _("There is no date for a fix so far.")
    expected = when(issue.expected_at, now, reader)
    if issue.expected_at <= now:
        return _("A fix was expected {when}; there is no later date so far.").format(when=expected)
    return _("A fix is expected {when}.").format(when=expected)


# ------------------------------------------------------------------------------------------------------ the engine


class Gap(StrEnum):
    """What should have been done and was not."""

    UNPLANNED = "step not planned"
    LATE = "step not taken"
    UNMISSED = "miss not written"
    IDENTITY = "identity not destroyed"
    SHIFT = "shift not applied"
    RECURRENCE = "recurrence not planned"
    STUCK = "message not sent"
    NOBODY = "nobody to tell"


def not_kept(gap: Gap, reference: str, since: datetime, reader: Reader, now: datetime) -> Card:
    """To a lead: something that was promised has not been done, and doing it now has not worked."""
    _ = sentences(reader).gettext
    said = {
        Gap.UNPLANNED: _("{reference}: nothing is planned for it."),
        Gap.LATE: _("{reference}: those who should have been told have not been told."),
        Gap.UNMISSED: _("{reference}: it was missed, and that is not on record."),
        Gap.IDENTITY: _("A report without a name can still be traced, though its time is over."),
        Gap.SHIFT: _("Somebody's shift has begun or ended, and they are not on or off duty as it says."),
        Gap.RECURRENCE: _("What comes again every day is not planned."),
        Gap.STUCK: _("Messages have been waiting to be sent, and none of them goes out."),
        Gap.NOBODY: _("There is neither a lead nor a sponsor who could be told of a miss."),
    }[gap].format(reference=reference)
    at = _("It was due {when}.").format(when=when(since, now, reader))
    rest = _("Please look after it in person, and tell whoever runs Checkback: its log says more.")
    return Card(_("Something was not done in time"), (Text(said), Text(at), Text(rest)), Mark.MISSED)


def promises(kept: Promises, reader: Reader) -> Card:
    """How the engine keeps its word."""
    _ = sentences(reader).gettext
    late = kept.timers_late
    timers = _("{seconds} s late at most, of 99 in 100 (n={n})") if late is not None else _("no case so far")
    seconds = f"{late.total_seconds():.1f}" if late is not None else ""
    facts = (
        (_("Accepted, and each of them stored"), str(kept.accepted)),
        (_("Handed to the platform within 10 s (95 % promised)"), share(Share(kept.at_once, kept.notices), reader)),
        (_("Within 5 min (99.9 % promised)"), share(Share(kept.soon, kept.notices), reader)),
        (_("Steps that came due (5 s promised)"), timers.format(seconds=seconds, n=kept.timers)),
        (_("Overdue now (none promised)"), str(kept.overdue)),
    )
    return Card(_("The last 24 hours"), (Facts(facts),), Mark.WARNING if kept.overdue else Mark.DONE)
