"""What is said when an issue is declined, when that is proposed, and when its reporter objects."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.actions import Do, ShowIssue
from bot.cards import (
    FORM_TITLE,
    WORDS,
    Button,
    Buttons,
    Card,
    Form,
    Mark,
    Part,
    Quote,
    Text,
    TextField,
    clip,
)
from bot.language import sentences
from bot.messages.issue import own, own_button
from bot.messages.words import NAME, deed, names, role, when
from bot.messages.work import done, help_due, news
from bot.model import Event, Issue, Person, Pilot, Reader

SAID = WORDS // 2  # of a reason, so that a card carries it with what it is about


def propose_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    return Form(
        clip(_("Decline {reference}?").format(reference=issue.reference), FORM_TITLE),
        _("Ask the lead"),
        Do(Event.PROPOSE_DECLINE, issue.id, issue.version),
        (TextField("words", _("Why should it be declined?"), _("The lead reads this."), values.get("words", "")),),
        intro=clip(issue.summary),
        errors=errors,
    )


def decline_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    hint = _("The reporter reads this.")
    return Form(
        clip(_("Decline {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Decline"),
        Do(Event.DECLINE, issue.id, issue.version),
        (
            TextField("words", _("Why is it declined?"), hint, values.get("words", "")),
            TextField("instead", _("Where does it go instead?"), hint, values.get("instead", "")),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def appeal_form(issue: Issue, reader: Reader, values: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    return Form(
        clip(_("Object: {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Open it again"),
        own(Event.APPEAL, issue),
        (TextField("words", _("What should they know?"), value=values.get("words", ""), required=False),),
        intro=clip(issue.summary),
    )


def no_reason(reader: Reader) -> str:
    return sentences(reader).gettext("Please write why, so that it can be understood.")


def no_place(reader: Reader) -> str:
    return sentences(reader).gettext("Please write where it goes instead, or whom they can ask.")


def proposed(issue: Issue, told: Sequence[Person], reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: a lead decides whether it is declined").format(reference=issue.reference)
    heard = _("Told: {names}.").format(names=names(told, reader)) if told else ""
    return done(title, issue, reader, heard, _("Until then it stays as it is."))


def proposal(issue: Issue, by: Person, words: str, viewer: Person) -> Card:
    """To a lead, who alone can decline."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}: decline it?").format(reference=issue.reference)
    said = _("{name} proposes that: {words}").format(name=clip(by.name, NAME), words=clip(words, SAID))
    decline = Button(deed(Event.DECLINE, reader), Do(Event.DECLINE, issue.id, issue.version))
    buttons = Buttons((decline, Button(_("Show"), ShowIssue(issue.id))))
    return Card(title, (Quote(clip(issue.summary)), Text(said), buttons), Mark.WAITING)


def proposed_in_thread(by: Person, words: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{name} proposes to decline it. A lead decides.").format(name=clip(by.name, NAME))
    return Card(title, (Text(clip(words)),))


def declined_for_reporter(
    issue: Issue, pilot: Pilot, by: Person, words: str, instead: str, until: datetime, reader: Reader, now: datetime
) -> Card:
    """Why, where it goes instead, and how to object."""
    _ = sentences(reader).gettext
    object_by = _("If you do not agree, you can object until {until}: it is then open again.").format(
        until=when(until, now, reader)
    )
    said = (*_declined(issue, pilot, by, words, instead, reader), Text(object_by))
    return Card(_title(issue, reader), (*said, Buttons((own_button(Event.APPEAL, issue, reader),))), Mark.WAITING)


def declined_for_follower(issue: Issue, pilot: Pilot, by: Person, words: str, instead: str, reader: Reader) -> Card:
    """To somebody whom it also concerned."""
    return Card(_title(issue, reader), tuple(_declined(issue, pilot, by, words, instead, reader)), Mark.WAITING)


def _title(issue: Issue, reader: Reader) -> str:
    return sentences(reader).gettext("{reference}: declined").format(reference=issue.reference)


def _declined(issue: Issue, pilot: Pilot, by: Person, words: str, instead: str, reader: Reader) -> list[Part]:
    _ = sentences(reader).gettext
    name, doing = clip(by.name, NAME), role(by, pilot, reader)
    said = _("{name} ({role}) has declined it: {words}").format(name=name, role=doing, words=clip(words, SAID))
    goes = _("Where it goes instead: {instead}").format(instead=clip(instead, SAID))
    return [Quote(clip(issue.summary)), Text(said), Text(goes)]


def declined_for_owner(issue: Issue, by: Person, words: str, reader: Reader) -> Card:
    """To whoever had it until then."""
    _ = sentences(reader).gettext
    said = _("{name} has declined it: {words}").format(name=clip(by.name, NAME), words=clip(words, SAID))
    return Card(_title(issue, reader), (Quote(clip(issue.summary)), Text(said)))


def declined_in_thread(by: Person, words: str, instead: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    goes = _("Where it goes instead: {instead}").format(instead=clip(instead))
    title = _("{name} has declined it.").format(name=clip(by.name, NAME))
    return Card(title, (Text(clip(words)), Text(goes)))


def declined(issue: Issue, until: datetime, reader: Reader, now: datetime) -> Card:
    """To the lead who did it."""
    _ = sentences(reader).gettext
    said = _("The reporter has been told why, and can object until {until}.").format(until=when(until, now, reader))
    return done(_title(issue, reader), issue, reader, said)


def appealed(issue: Issue, words: str, viewer: Person, now: datetime) -> Card:
    """To the lead who declined it, whose it is now."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}: the reporter objects, it is open again and yours").format(reference=issue.reference)
    said = _("They write: {words}").format(words=clip(words, SAID)) if words else ""
    return news(title, issue, viewer, now, said, help_due(issue, reader, now))


def appeal_noted(issue: Issue, owner: Person | None, reader: Reader, now: datetime) -> Card:
    """To the reporter who objects."""
    _ = sentences(reader).gettext
    title = _("{reference}: open again").format(reference=issue.reference)
    told = _("{name} has been told.").format(name=clip(owner.name, NAME)) if owner else ""
    said = [line for line in (told, help_due(issue, reader, now)) if line]
    return Card(title, tuple(map(Text, said)), Mark.MISSED if issue.missed_at else Mark.WAITING)


def appealed_in_thread(reader: Reader) -> Card:
    return Card(sentences(reader).gettext("The reporter objects: it is open again."), mark=Mark.WARNING)
