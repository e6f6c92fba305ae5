"""How bad an issue is, said anew; ideas and outages."""

from collections.abc import Mapping
from datetime import datetime

from bot.actions import Do
from bot.cards import (
    FORM_TITLE,
    WORDS,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Form,
    Mark,
    Option,
    Quote,
    Text,
    TextField,
    clip,
)
from bot.language import sentences
from bot.messages.issue import own
from bot.messages.words import NAME, deed, mark, severity, when
from bot.messages.work import done, help_due, news
from bot.model import Event, Issue, Person, Pilot, Reader, Role, Severity


def severity_form(issue: Issue, who: Person, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """A lead is asked for the reason too, where it says that no patient is at risk any more."""
    reader = who.reader
    _ = sentences(reader).gettext
    options = tuple(Option(str(int(level)), severity(level, reader)) for level in Severity)
    why = TextField("words", _("Why? The reporter reads this."), value=values.get("words", ""), required=False)
    may_lower = who.has(Role.LEAD) and issue.severity is Severity.PATIENT_AT_RISK
    return Form(
        clip(_("How bad is it?"), FORM_TITLE),
        _("Save"),
        own(Event.CHANGE_SEVERITY, issue)
        if who.id == issue.reporter
        else Do(Event.CHANGE_SEVERITY, issue.id, issue.version),
        (
            ChoiceField("severity", _("How bad is it?"), options, values.get("severity", str(int(issue.severity)))),
            *([why] if may_lower else []),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def only_up(issue: Issue, reader: Reader) -> str:
    """Beside the field, where somebody may not make it milder."""
    _ = sentences(reader).gettext
    said = (
        _("It is «{severity}» now. Only a lead can make it milder.")
        if issue.severity is Severity.PATIENT_AT_RISK
        else _("It is «{severity}» now. Only a lead, or the reporter until it is taken, can make it milder.")
    )
    return said.format(severity=severity(issue.severity, reader))


def why_milder(reader: Reader) -> str:
    return sentences(reader).gettext("Please write why no patient is at risk; the reporter reads it.")


def severity_lowered(issue: Issue, by: Person | None, words: str, reader: Reader) -> Card:
    """The reporter is always told when somebody else thinks less of it."""
    _ = sentences(reader).gettext
    changed = [_("{name} changed that.").format(name=clip(by.name, NAME))] if by else []
    said = (*changed, _("When help is due did not change."), *_why(words, reader))
    title = _now(issue, _("{reference}: now handled as «{severity}»"), reader)
    return Card(title, tuple(map(Text, said)), Mark.WAITING)


def _why(words: str, reader: Reader) -> list[str]:
    _ = sentences(reader).gettext
    return [_("Why: {words}").format(words=clip(words, WORDS // 2))] if words else []


def severity_raised(issue: Issue, by: Person | None, words: str, viewer: Person, now: datetime) -> Card:
    """To those who have the issue before them already: it is worse than they know."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    said = []
    if by is not None:
        who = _("The reporter") if by.id == issue.reporter else clip(by.name, NAME)
        said.append(_("{who} says so.").format(who=who))
    title = _now(issue, _("{reference}: worse, now «{severity}»"), reader)
    return news(title, issue, viewer, now, *said, *_why(words, reader), help_due(issue, reader, now))


def severity_changed(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_now(issue, _("{reference}: noted, «{severity}»"), reader), mark=mark(issue))


def _now(issue: Issue, title: str, reader: Reader) -> str:
    return title.format(reference=issue.reference, severity=severity(issue.severity, reader))


def idea_kept(issue: Issue, until: datetime, reader: Reader, now: datetime) -> Card:
    """To the reporter."""
    _ = sentences(reader).gettext
    said = _("It is kept as an idea. You hear what is decided by {until}.").format(until=when(until, now, reader))
    title = _("{reference}: kept as an idea").format(reference=issue.reference)
    return Card(title, (Quote(clip(issue.summary)), Text(said)), Mark.WAITING)


def idea_marked(issue: Issue, until: datetime, reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: an idea now").format(reference=issue.reference)
    said = _("A decision is owed by {until}; the reporter has been told so.")
    return done(title, issue, reader, said.format(until=when(until, now, reader)))


def idea_in_thread(by: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("{name} keeps it as an idea: a decision is owed.").format(name=clip(by.name, NAME)))


def not_an_idea(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: something is broken, so it is no idea").format(reference=issue.reference)
    said = _("Nothing was changed. Only «A question or an idea» can be kept as one; a lead can say that it is.")
    return done(title, issue, reader, said)


def outage(issue: Issue, pilot: Pilot, reader: Reader) -> Card:
    """To every unit: one announcement, and one tap for those whom it concerns too."""
    _ = sentences(reader).gettext
    title = _("{reference}: a known outage of {pilot}").format(reference=issue.reference, pilot=clip(pilot.name, 80))
    said = _("It is known and worked on. If you have it too, one tap is enough: you hear when it is fixed.")
    me_too = Button(deed(Event.ME_TOO, reader), Do(Event.ME_TOO, issue.id, issue.version), "primary")
    return Card(title, (Quote(clip(issue.summary)), Text(said), Buttons((me_too,))), Mark.WARNING)


def outage_declared(issue: Issue, units: int, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = sentences(reader).ngettext(
        "It is announced in {units} channel.", "It is announced in {units} channels.", units
    )
    title = _("{reference}: declared an outage").format(reference=issue.reference)
    return done(title, issue, reader, said.format(units=units))


def already_an_outage(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: declared an outage before").format(reference=issue.reference)
    return done(title, issue, reader, _("Nothing was announced again."))
