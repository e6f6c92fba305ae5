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
