"""Lines that the bot carries between the team and the reporter, who may have no name."""

from collections.abc import Mapping

from bot.actions import Do
from bot.cards import FORM_TITLE, WORDS, Button, Buttons, Card, Form, Quote, Text, TextField, clip
from bot.language import sentences
from bot.messages.issue import own, own_button
from bot.messages.words import NAME, deed, mark, role
from bot.messages.work import done, show
from bot.model import Event, Issue, Person, Pilot, Reader, Status


def relay_form(issue: Issue, who: Person, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    reader = who.reader
    _ = sentences(reader).gettext
    own_word = who.id == issue.reporter
    label = _("What should those who work on it know?") if own_word else _("What should the reporter know?")
    return Form(
        clip(_("Write about {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Send"),
        own(Event.RELAY, issue) if own_word else Do(Event.RELAY, issue.id, issue.version),
        (TextField("words", label, _("No names, numbers or birth dates."), values.get("words", "")),),
        intro=clip(issue.summary),
        errors=errors,
    )


def no_line(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what you want to say.")


def from_team(issue: Issue, pilot: Pilot, by: Person, words: str, reader: Reader) -> Card:
    """To the reporter: somebody writes to them through the bot."""
    _ = sentences(reader).gettext
    said = _("{name} ({role}) writes about «{summary}»:")
    name, doing = clip(by.name, NAME), role(by, pilot, reader)
    intro = said.format(name=name, role=doing, summary=clip(issue.summary))
    back = (
        own_button(Event.REPLY, issue, reader)
        if issue.status is Status.NEEDS_INFO
        else Button(_("Write back…"), own(Event.RELAY, issue))
    )
    title = _("{reference}: a word for you").format(reference=issue.reference)
    return Card(title, (Text(intro), Quote(clip(words, WORDS)), Buttons((back,))), mark(issue))


def relayed(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: on its way to the reporter").format(reference=issue.reference)
    return done(title, issue, reader, _("What they write back reaches the owner."))


def from_reporter(issue: Issue, words: str, viewer: Person) -> Card:
    """To the owner."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    buttons = (Button(deed(Event.RELAY, reader), Do(Event.RELAY, issue.id, issue.version)), show(issue, reader))
    title = _("{reference}: the reporter writes").format(reference=issue.reference)
    return Card(title, (Quote(clip(words, WORDS)), Buttons(buttons)), mark(issue))


def from_reporter_in_thread(words: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("The reporter writes:"), (Quote(clip(words, WORDS)),))


def line_passed_on(issue: Issue, owner: Person | None, reader: Reader) -> Card:
    """To the reporter who wrote it."""
    _ = sentences(reader).gettext
    title = _("{reference}: passed on").format(reference=issue.reference)
    said = _("{name} reads it.").format(name=clip(owner.name, NAME)) if owner else _("Those who can help read it.")
    return Card(title, (Text(said),), mark(issue))
