"""What is said when a reporter judges a fix: it works, it does not, not yet; and when they stay silent."""

from datetime import datetime

from bot.cards import WORDS, Buttons, Card, Mark, Quote, Text, clip
from bot.language import sentences
from bot.messages.issue import own_button
from bot.messages.words import NAME, deed, mark, when
from bot.messages.work import help_due, news, show
from bot.model import Event, Issue, Person, Reader

# --------------------------------------------------------------------------------------------------------- it works


def confirmed(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    again = _("If it comes back, press «{again}» on its receipt.").format(again=deed(Event.STILL_BROKEN, reader))
    return Card(
        _("{reference}: thank you, closed as fixed").format(reference=issue.reference), (Text(again),), Mark.DONE
    )


def confirmed_for_owner(issue: Issue, reader: Reader) -> Card:
    """To the owner, and to whoever made the fix."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: the reporter confirms that it is fixed").format(reference=issue.reference),
        (Quote(clip(issue.summary)),),
        Mark.DONE,
    )


def confirmed_in_thread(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("The reporter confirms that it is fixed."), mark=Mark.DONE)


def also_fixed(issue: Issue, reader: Reader) -> Card:
    """To somebody who said "me too": it helps to know, and closes nothing."""
    _ = sentences(reader).gettext
    said = _("Noted that it works for you. Only whoever reported it can close it.")
    return Card(_("{reference}: thank you").format(reference=issue.reference), (Text(said),), mark(issue))


# ------------------------------------------------------------------------------------------------------ still broken


def still_broken_for_team(issue: Issue, by: Person, words: str, viewer: Person, now: datetime) -> Card:
    """To those whose work it is about."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}: still broken").format(reference=issue.reference)
    more = _("They write: {words}").format(words=clip(words, WORDS // 2)) if words else ""
    return news(title, issue, viewer, now, _says(issue, by, reader), more, _clock(issue, reader, now))


def still_broken_in_thread(issue: Issue, by: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("Still broken. The time counts from the first report."),
        (Text(_says(issue, by, reader), "quiet"),),
        Mark.WARNING,
    )


def still_broken_noted(issue: Issue, owner: Person | None, reader: Reader, now: datetime) -> Card:
    """To whoever said that it is still broken."""
    _ = sentences(reader).gettext
    told = _("{name} has been told.").format(name=clip(owner.name, NAME)) if owner else _("It is open again.")
    return Card(
        _("{reference}: noted, it is still broken").format(reference=issue.reference),
        (Text(told), Text(_clock(issue, reader, now))),
        mark(issue),
    )


def not_fixed_after_all(issue: Issue, by: Person | None, reader: Reader, now: datetime) -> Card:
    """To everybody else who was asked whether it is fixed; `by` None where it was another reporter."""
    _ = sentences(reader).gettext
    said = (
        _("{name} says that it is still broken, and it is being worked on again. You need not answer.")
        if by
        else _("Somebody else says that it is still broken, and it is being worked on again. You need not answer.")
    )
    return Card(
        _("{reference}: not fixed after all").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(said.format(name=clip(by.name, NAME) if by else "")),
            Text(help_due(issue, reader, now)),
        ),
        mark(issue),
    )


def _says(issue: Issue, by: Person, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if by.id == issue.reporter:
        return _("The reporter says so.")
    return _("{name} says so.").format(name=clip(by.name, NAME))


def _clock(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    if issue.missed_at or issue.idea:
        return help_due(issue, reader, now)
    return _("The time counts from the first report: help is due {due}.").format(due=when(issue.due_at, now, reader))


def came_back(old: Issue, new: Issue, reader: Reader, now: datetime) -> Card:
    """A closed issue stays closed: what comes back is a new one, which names it."""
    _ = sentences(reader).gettext
    title = _("{new} is open: {old} came back").format(new=new.reference, old=old.reference)
    said = _("{old} stays as it is. Those who can help have been told of {new}.")
    return Card(
        title,
        (
            Quote(clip(new.summary)),
            Text(said.format(old=old.reference, new=new.reference)),
            Text(help_due(new, reader, now)),
            Buttons((show(new, reader),)),
        ),
        Mark.WAITING,
    )


def came_back_before(old: Issue, new: Issue, reader: Reader) -> Card:
    """They have said so already."""
    _ = sentences(reader).gettext
    title = _("{new} is open already, since {old} came back").format(new=new.reference, old=old.reference)
    return Card(title, (Quote(clip(new.summary)), Buttons((show(new, reader),))), mark(new))


# ----------------------------------------------------------------------------------------------- later, and silence


def next_shift_noted(issue: Issue, at: datetime, reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: you are asked again {when}").format(reference=issue.reference, when=when(at, now, reader))
    return Card(title, mark=Mark.WAITING)


def closed_by_silence(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: closed without your answer").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(_("It is counted as unconfirmed, never as fixed. If it is still broken, one tap opens it as new.")),
            Buttons((own_button(Event.STILL_BROKEN, issue, reader),)),
        ),
        Mark.WAITING,
    )
