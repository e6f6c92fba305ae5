"""Who works on an issue: taken, escalated, given back, handed over; its cause and date; ideas and outages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions import Do, ShowIssue
from bot.cards import (
    FORM_TITLE,
    OPTION,
    WORDS,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Form,
    ManyField,
    Mark,
    Option,
    Quote,
    Text,
    TextField,
    clip,
)
from bot.language import sentences
from bot.messages.issue import team_buttons
from bot.messages.words import NAME, mark, names, role, when
from bot.model import Event, Issue, Person, Pilot, Reader


def news(title: str, issue: Issue, viewer: Person, now: datetime, *lines: str) -> Card:
    """To somebody of the team: what has happened, and what they can do about it."""
    buttons = team_buttons(issue, viewer.reader, viewer, now) or (show(issue, viewer.reader),)
    said = tuple(Text(line) for line in lines if line)
    left = Mark.MISSED if issue.missed_at else Mark.WARNING
    return Card(title, (Quote(clip(issue.summary)), *said, Buttons(buttons)), left)


def done(title: str, issue: Issue, reader: Reader, *lines: str) -> Card:
    """To whoever did something: that it is done, and what follows."""
    said = tuple(Text(line) for line in lines if line)
    return Card(title, (*said, Buttons((show(issue, reader),))), mark(issue))


def help_due(issue: Issue, reader: Reader, now: datetime) -> str:
    """That the clock goes on, or what has become of it."""
    _ = sentences(reader).gettext
    if issue.idea:
        return _("It is kept as an idea.")
    words = _("Help was due {due}: it is counted as missed.") if issue.missed_at else _("Help is due {due}.")
    return words.format(due=when(issue.due_at, now, reader))


def show(issue: Issue, reader: Reader) -> Button:
    return Button(sentences(reader).gettext("Show"), ShowIssue(issue.id))


def _told(told: Sequence[Person], reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("Told: {names}.").format(names=names(told, reader)) if told else ""


# ------------------------------------------------------------------------------------------------------- who has it


def taken_in_thread(owner: Person, pilot: Pilot, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    name = clip(owner.name, NAME)
    return Card(_("{name} ({role}) has taken it.").format(name=name, role=role(owner, pilot, reader)))


def escalated(issue: Issue, pilot: Pilot, told: Sequence[Person], reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: now in the queue of the {team}")
    team = clip(pilot.fix_team, NAME)
    return done(title.format(reference=issue.reference, team=team), issue, reader, _told(told, reader))


def escalated_to_you(issue: Issue, by: Person, viewer: Person, now: datetime) -> Card:
    """To those of the fix team who have its card already."""
    _ = sentences(viewer.reader).gettext
    title = _("{reference}: {name} asks you to take it").format(reference=issue.reference, name=clip(by.name, NAME))
    return news(title, issue, viewer, now, help_due(issue, viewer.reader, now))


def escalated_in_thread(by: Person, pilot: Pilot, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = _("{name} asks the {team} to take it.")
    return Card(said.format(name=clip(by.name, NAME), team=clip(pilot.fix_team, NAME)), mark=Mark.WARNING)


def released(issue: Issue, told: Sequence[Person], reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: given back, nobody has it now").format(reference=issue.reference)
    return done(title, issue, reader, _told(told, reader))


def released_to_you(issue: Issue, by: Person | None, viewer: Person, now: datetime) -> Card:
    """To those who can take it and have its card already; `by` None is the clock, for whom nobody was on duty."""
    _ = sentences(viewer.reader).gettext
    title = _("{reference}: nobody has it any more").format(reference=issue.reference)
    return news(title, issue, viewer, now, _given_back(by, viewer.reader), help_due(issue, viewer.reader, now))


def released_in_thread(by: Person | None, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Nobody has it any more."), (Text(_given_back(by, reader), "quiet"),), Mark.WARNING)


def _given_back(by: Person | None, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if by is None:
        return _("Whoever had it has gone off duty, and nobody else was there.")
    return _("{name} has given it back.").format(name=clip(by.name, NAME))


def no_longer_yours(issue: Issue, by: Person | None, to: Person | None, reader: Reader) -> Card:
    """To the former owner, where somebody else or the clock took it from them."""
    _ = sentences(reader).gettext
    if to is None:
        said = _("{name} has put it back, and nobody has it now.") if by else _("Nobody has it now.")
    else:
        said = _("{name} handed it over to {to}.") if by else _("It is with {to} now, since you are not on duty.")
    words = said.format(name=clip(by.name, NAME) if by else "", to=clip(to.name, NAME) if to else "")
    title = _("{reference}: no longer yours").format(reference=issue.reference)
    return Card(title, (Quote(clip(issue.summary)), Text(words), Buttons((show(issue, reader),))), mark(issue))


def handed_to_you(issue: Issue, by: Person | None, words: str, viewer: Person, now: datetime) -> Card:
    """To the new owner; `by` None is the clock."""
    _ = sentences(viewer.reader).gettext
    title = _("{reference} is yours now").format(reference=issue.reference)
    said = (
        _("{name} hands it over to you.").format(name=clip(by.name, NAME))
        if by
        else _("Whoever had it has gone off duty.")
    )
    why = _("They say: {words}").format(words=clip(words, WORDS // 2)) if words else ""
    return news(title, issue, viewer, now, said, why, help_due(issue, viewer.reader, now))


def handed_over(issue: Issue, to: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference} is with {name} now").format(reference=issue.reference, name=clip(to.name, NAME))
    return done(title, issue, reader, _("They have been told."))


def handed_in_thread(to: Person, pilot: Pilot, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("{name} ({role}) has it now.").format(name=clip(to.name, NAME), role=role(to, pilot, reader)))


def hand_over_form(
    issue: Issue,
    pilot: Pilot,
    others: Sequence[Person],
    reader: Reader,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> Form:
    _ = sentences(reader).gettext
    options = tuple(Option(str(each.id), _option(each, pilot, reader)) for each in others)
    label = _("To whom?")
    choice = (
        ManyField("to", label, options, options[0].value, required=True)  # a choice of one is a box, and ticked
        if len(options) == 1
        else ChoiceField("to", label, options, values.get("to", ""))
    )
    why = TextField("words", _("Why, or what they should know"), value=values.get("words", ""), required=False)
    title = clip(_("Hand over {reference}").format(reference=issue.reference), FORM_TITLE)
    wanted = Do(Event.HAND_OVER, issue.id, issue.version)
    return Form(title, _("Hand over"), wanted, (choice, why), clip(issue.summary), errors)


def _option(person: Person, pilot: Pilot, reader: Reader) -> str:
    _ = sentences(reader).gettext
    said = _("{name} ({role}), on duty") if person.on_duty else _("{name} ({role}), off duty")
    return clip(said.format(name=clip(person.name, OPTION // 2), role=clip(role(person, pilot, reader), 20)), OPTION)


def nobody_to_take_it(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: there is nobody to hand it over to").format(reference=issue.reference)
    return done(title, issue, reader, _("It stays where it is. A lead can be told in person."))


def cannot_take_it(pilot: Pilot, reader: Reader) -> str:
    """Beside the field that names who is to have it."""
    _ = sentences(reader).gettext
    said = _("Please choose somebody who is not away: a champion of that unit, one of the {team}, or a lead.")
    return said.format(team=clip(pilot.fix_team, NAME))


def resumed(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: it goes on without an answer").format(reference=issue.reference)
    return done(title, issue, reader, _("The reporter is not asked for it any more."))


def resumed_for_owner(issue: Issue, by: Person, viewer: Person, now: datetime) -> Card:
    _ = sentences(viewer.reader).gettext
    title = _("{reference}: go on without an answer").format(reference=issue.reference)
    said = _("{name} says so.").format(name=clip(by.name, NAME))
    return news(title, issue, viewer, now, said, help_due(issue, viewer.reader, now))


def resumed_in_thread(by: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("{name} goes on without the reporter's answer.").format(name=clip(by.name, NAME)))


# ---------------------------------------------------------------------------------------------------- cause and date


def explain_form(
    issue: Issue, reader: Reader, now: datetime, values: Mapping[str, str], errors: Mapping[str, str]
) -> Form:
    """Begins with what is known; a date that has passed is asked for anew."""
    _ = sentences(reader).gettext
    ahead = issue.expected_at if issue.expected_at and issue.expected_at > now else None
    known = f"{ahead.astimezone(ZoneInfo(reader.zone)):%Y-%m-%d %H:%M}" if ahead else ""
    return Form(
        clip(_("Cause: {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Save"),
        Do(Event.EXPLAIN, issue.id, issue.version),
        (
            TextField("cause", _("Why did it happen?"), _("It can be published."), values.get("cause", issue.cause)),
            expected_field(_("When is a fix expected?"), values.get("expected", known), reader),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def expected_field(label: str, value: str, reader: Reader) -> TextField:
    _ = sentences(reader).gettext
    hint = _("For instance tomorrow 16:00, Monday or 3 May. Leave it empty where nobody knows.")
    return TextField("expected", label, hint, value, required=False)


def no_cause(reader: Reader) -> str:
    return sentences(reader).gettext("Please write the cause, or that it is not known so far.")


def not_ahead(reader: Reader) -> str:
    """Beside a date that has passed, or that cannot be read."""
    _ = sentences(reader).gettext
    return _("Please write a day that is still ahead, for instance tomorrow 16:00, Monday or 3 May.")


def explained(issue: Issue, reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: the cause is noted").format(reference=issue.reference)
    return done(title, issue, reader, _date(issue, reader, now))


def explained_in_thread(issue: Issue, reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Why it happened"), (Quote(clip(issue.cause)), Text(_date(issue, reader, now), "quiet")))


def _date(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    if issue.expected_at is None:
        return _("There is no date for a fix so far.")
    return _("A fix is expected {when}.").format(when=when(issue.expected_at, now, reader))
