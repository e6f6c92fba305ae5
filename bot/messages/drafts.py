"""Words that are not yet a report."""

from bot.actions import (
    DropDraft,
    NewReport,
    SendDraft,
    Show,
)
from bot.cards import (
    Button,
    Buttons,
    Card,
    Mark,
    Quote,
    Text,
    clip,
)
from bot.language import sentences
from bot.messages.words import severity
from bot.model import (
    Draft,
    Pilot,
    Reader,
    Severity,
)


def draft(words: Draft, pilot: Pilot, reader: Reader, *, again: bool = False, named: bool = False) -> Card:
    """Words that were not plainly a command: nothing is filed without a tap, and nothing is lost."""
    _ = sentences(reader).gettext
    levels = tuple(Button(severity(level, reader), SendDraft(words.id, level)) for level in Severity)
    title = _("Still to be sent: is this a report?") if again else _("Send this as a report?")
    return Card(
        title,
        (
            Text(_("If somebody is in danger, call {number} now.").format(number=pilot.emergency), "quiet"),
            Quote(clip(words.words)),
            Text(_("It is sent with your name. How bad is it?") if named else _("How bad is it? One tap sends it.")),
            Buttons((*levels, Button(_("Do not send"), DropDraft(words.id)))),
        ),
        Mark.WAITING,
        slot=_reminder(words) if again else None,
    )


def _reminder(words: Draft) -> str:
    return f"draft:{words.id}:again"


def draft_over(words: Draft, reader: Reader, *, sent: bool) -> Card:
    """What is left of the reminder: nothing to press."""
    _ = sentences(reader).gettext
    title = _("Sent as a report") if sent else _("Not sent")
    return Card(title, (Quote(clip(words.words)),), Mark.DONE if sent else Mark.NONE, slot=_reminder(words))


def draft_expired(words: Draft, reader: Reader) -> Card:
    """A day has passed and nobody tapped: the words go back."""
    _ = sentences(reader).gettext
    return Card(
        _("Your words were never sent, and are no longer kept"),
        (
            Quote(clip(words.words)),
            Text(_("If it still matters, please report it.")),
            Buttons((Button(_("Report a problem"), NewReport()),)),
        ),
        Mark.WARNING,
    )


def draft_dropped(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Not sent, and not kept"))


def draft_gone(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("These words are no longer kept"),
        (
            Text(_("They were sent already, or a day has passed. Your reports show what was sent.")),
            Buttons((Button(_("Your reports"), Show("mine")), Button(_("Report a problem"), NewReport()))),
        ),
    )
