"""What a lead looks after: what is due, missed, unconfirmed or undelivered; and how the engine keeps its word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.actions import Do, SendAgain, SetAside, ShowIssue
from bot.cards import Button, Buttons, Card, Line, Lines, Mark, Part, Text, clip
from bot.language import sentences
from bot.messages.words import deed, span, standing, when
from bot.model import Event, Issue, Reader
from bot.ports import DeadLetter

SHOWN = 4  # of a list that have buttons of their own


@dataclass(frozen=True, slots=True)
class PageNames:
    """What the pages of a Home are called."""

    now: str
    owed: str
    people: str
    numbers: str


def pages(reader: Reader) -> PageNames:
    _ = sentences(reader).gettext
    return PageNames(_("Home"), _("Owed"), _("People"), _("Numbers"))


def due_soon(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    if not issues:
        return Card(_("Nothing is due within 6 hours"), mark=Mark.DONE)
    lines = tuple(Line(_due(issue, reader, now)) for issue in issues)
    title = sentences(reader).ngettext("{n} due within 6 hours or late", "{n} due within 6 hours or late", len(issues))
    return Card(
        title.format(n=len(issues)),
        (Lines(_("Least time left first"), lines), Buttons(_shows(issues, reader))),
        Mark.MISSED if any(issue.missed_at for issue in issues) else Mark.WARNING,
    )


def _due(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    late = now >= issue.due_at
    left = span(abs(issue.due_at - now), reader)
    said = (
        _("{reference}: {time} late, {standing}: {summary}")
        if late
        else _("{reference}: {time} left, {standing}: {summary}")
    )
    return said.format(reference=issue.reference, time=left, standing=standing(issue, reader), summary=_summary(issue))


def unexplained(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    if not issues:
        return Card(_("Every miss has its cause"), mark=Mark.DONE)
    said = _("{reference}: missed {when}: {summary}")
    lines = tuple(
        Line(
            said.format(reference=each.reference, when=when(each.missed_at or now, now, reader), summary=_summary(each))
        )
        for each in issues
    )
    title = sentences(reader).ngettext("{n} miss without a cause", "{n} misses without a cause", len(issues))
    ask = _("{deed} {reference}")
    buttons = tuple(
        Button(
            clip(ask.format(deed=deed(Event.EXPLAIN, reader), reference=each.reference), 40),
            Do(Event.EXPLAIN, each.id, each.version),
        )
        for each in issues[:SHOWN]
    )
    return Card(title.format(n=len(issues)), (Lines(_("Oldest first"), lines), Buttons(buttons)), Mark.MISSED)


def unconfirmed(issues: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    if not issues:
        return Card(_("No fix waits for a reporter's word"), mark=Mark.DONE)
    said = _("{reference}: asked {when}, {standing}: {summary}")
    lines = tuple(
        Line(
            said.format(
                reference=each.reference,
                when=when(each.asked_at or now, now, reader),
                standing=standing(each, reader),
                summary=_summary(each),
            )
        )
        for each in issues
    )
    title = sentences(reader).ngettext("{n} fix not confirmed", "{n} fixes not confirmed", len(issues))
    return Card(
        title.format(n=len(issues)),
        (Lines(_("Longest asked first"), lines), Buttons(_shows(issues, reader))),
        Mark.WAITING,
    )


def dead_letters(letters: Sequence[DeadLetter], reader: Reader, now: datetime) -> Card:
    """What could not be delivered: to be tried again, or told in person."""
    _ = sentences(reader).gettext
    if not letters:
        return Card(_("Every message has arrived"), mark=Mark.DONE)
    parts: list[Part] = []
    for each in letters[:SHOWN]:
        said = _("{title}: set aside {when}. {reason}")
        show = (Button(_("Show"), ShowIssue(each.issue)),) if each.issue is not None else ()
        again, seen = Button(_("Try again"), SendAgain(each.id)), Button(_("Told in person"), SetAside(each.id))
        words = said.format(title=clip(each.title, 100), when=when(each.at, now, reader), reason=clip(each.reason, 200))
        parts += [Text(words), Buttons((again, seen, *show))]
    title = sentences(reader).ngettext("{n} message did not arrive", "{n} messages did not arrive", len(letters))
    return Card(title.format(n=len(letters)), tuple(parts), Mark.WARNING)


def letter_again(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("It is tried again"), (Text(_("If it does not arrive either, it comes back here.")),), Mark.WAITING)


def letter_seen(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Noted: told in person"), mark=Mark.DONE)


def letter_gone(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Somebody has seen to that message already"), mark=Mark.DONE)


def _shows(issues: Sequence[Issue], reader: Reader) -> tuple[Button, ...]:
    _ = sentences(reader).gettext
    label = _("Show {reference}")
    return tuple(Button(label.format(reference=each.reference), ShowIssue(each.id)) for each in issues[:SHOWN])


def _summary(issue: Issue) -> str:
    return clip(" ".join(issue.summary.split()), 80)
