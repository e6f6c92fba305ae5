"""Who is on duty, where and until when; the queue at handover; going away and coming back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.actions import Duty, GoAway, Here, Show, ShowIssue
from bot.cards import (
    BUTTONS,
    LABEL,
    OPTION,
    TITLE,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Field,
    Form,
    Line,
    Lines,
    Mark,
    Option,
    Part,
    Text,
    TextField,
    clip,
)
from bot.language import sentences
from bot.messages.words import NAME, role, severity, span, standing, when
from bot.model import Happening, Issue, Person, Pilot, Reader, Unit

LISTED = 20
NOBODY = "none"  # the choice of no deputy
_ROWS = 6  # of buttons


@dataclass(frozen=True, slots=True)
class Handed:
    """An issue that changed hands; `to` None where nobody was there."""

    issue: Issue
    to: Person | None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that came to pass, as one line says it."""

    what: Happening
    issue: Issue
    words: str


# -------------------------------------------------------------------------------------------------------------- duty


def who_is_on_duty(who: Person, pilot: Pilot, on: Sequence[tuple[Person, Unit]], now: datetime) -> Card:
    """Who of the team is on duty; and whether the reader is."""
    reader = who.reader
    _ = sentences(reader).gettext
    lines = tuple(Line(_on(person, pilot, unit, reader, now)) for person, unit in on[:LISTED])
    parts: list[Part] = [Lines(_("On duty now"), lines)] if lines else [Text(_("Nobody of the team is on duty now."))]
    if len(on) > LISTED:
        more = sentences(reader).ngettext("and {n} more", "and {n} more", len(on) - LISTED)
        parts.append(Text(more.format(n=len(on) - LISTED), "quiet"))
    other = Button(_("Go off duty"), Duty(on=False)) if who.on_duty else Button(_("Come on duty"), Duty(on=True))
    parts.append(Buttons((other, Button(_("Be away until…"), GoAway()))))
    return Card(_own_duty(who, reader, now), tuple(parts), Mark.NONE if lines else Mark.WARNING)


def _on(person: Person, pilot: Pilot, unit: Unit, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    said = _("{name} ({role}), {unit}, until {when}") if person.duty_until else _("{name} ({role}), {unit}")
    until = when(person.duty_until, now, reader) if person.duty_until else ""
    name, place = clip(person.name, NAME), clip(unit.name, NAME)
    return said.format(name=name, role=role(person, pilot, reader), unit=place, when=until)


def _own_duty(who: Person, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    if who.away(now) and who.away_until:
        return _("You are away until {when}").format(when=when(who.away_until, now, reader))
    if not who.on_duty:
        return _("You are off duty")
    if who.duty_until is None:
        return _("You are on duty")
    return _("You are on duty until {when}").format(when=when(who.duty_until, now, reader))


def on_duty(who: Person, waiting: Sequence[Issue], now: datetime) -> Card:
    """They have come on duty: until when, and what waits for them."""
    reader = who.reader
    _ = sentences(reader).gettext
    parts: tuple[Part, ...] = _waiting(waiting, reader, now) or (Text(_("Nothing is waiting.")),)
    off = Buttons((Button(_("Go off duty"), Duty(on=False)), Button(_("Open issues"), Show("queue"))))
    return Card(_own_duty(who, reader, now), (*parts, off), Mark.DONE)


def off_duty(who: Person, handed: Sequence[Handed], now: datetime) -> Card:
    reader = who.reader
    _ = sentences(reader).gettext
    said = _("Nothing was yours, so nothing was handed over.")
    again = Buttons((Button(_("Come on duty"), Duty(on=True)),))
    return Card(_own_duty(who, reader, now), (*(_handed(handed, reader) or (Text(said),)), again))


def _handed(handed: Sequence[Handed], reader: Reader) -> tuple[Part, ...]:
    _ = sentences(reader).gettext
    to, nobody = _("{reference}: with {name} now"), _("{reference}: nobody was there, so it waits for the next")
    lines = [
        Line((to if each.to else nobody).format(reference=each.issue.reference, name=_name(each.to)))
        for each in handed[:LISTED]
    ]
    parts: list[Part] = [Lines(_("Handed over"), tuple(lines))] if lines else []
    if len(handed) > LISTED:
        more = sentences(reader).ngettext("and {n} more", "and {n} more", len(handed) - LISTED)
        parts.append(Text(more.format(n=len(handed) - LISTED), "quiet"))
    return tuple(parts)


def _name(person: Person | None) -> str:
    return clip(person.name, NAME) if person else ""


def hour_unread(typed: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = _("«{typed}» is no hour that can be read. Write for example: duty until 19:00")
    return Card(_("Until when?"), (Text(said.format(typed=clip(typed, NAME))),))


def handover(waiting: Sequence[Issue], reader: Reader, now: datetime) -> Card:
    """To somebody whose shift begins: what waits, the least time left first."""
    n = len(waiting)
    title = sentences(reader).ngettext("{n} open issue at handover", "{n} open issues at handover", n)
    return Card(title.format(n=n), _waiting(waiting, reader, now), Mark.WAITING)


def _waiting(waiting: Sequence[Issue], reader: Reader, now: datetime) -> tuple[Part, ...]:
    _ = sentences(reader).gettext
    if not waiting:
        return ()
    lines = tuple(Line(_left(issue, reader, now)) for issue in waiting[:LISTED])
    show = _("Show {reference}")
    shows = tuple(Button(show.format(reference=each.reference), ShowIssue(each.id)) for each in waiting[:BUTTONS])
    return (Lines(_("Least time left first"), lines), Buttons(shows))


def _left(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    late = now >= issue.due_at
    said = (
        _("{reference}, «{severity}»: {time} late, {standing}: {summary}")
        if late
        else _("{reference}, «{severity}»: {time} left, {standing}: {summary}")
    )
    return said.format(
        reference=issue.reference, severity=severity(issue.severity, reader),
        time=span(abs(issue.due_at - now), reader), standing=standing(issue, reader),
        summary=clip(" ".join(issue.summary.split()), 80),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- away


def away(who: Person, now: datetime) -> Card:
    """What can be done about it."""
    reader = who.reader
    _ = sentences(reader).gettext
    if who.away(now):
        back = Button(_("I am back"), Show("back"), "primary")
        return Card(_own_duty(who, reader, now), (Buttons((back, Button(_("Be away until…"), GoAway()))),))
    said = _("Whatever you own is handed over, and you get a digest when you are back.")
    buttons = (Button(_("Be away until…"), GoAway(), "primary"),)
    return Card(_("Going away?"), (Text(said), Buttons(buttons)))


def away_form(
    who: Person, pilot: Pilot, deputies: Sequence[Person], values: Mapping[str, str], errors: Mapping[str, str]
) -> Form:
    """Until when; and who hears in the place of a lead or a safety officer."""
    reader = who.reader
    _ = sentences(reader).gettext
    hint = _("A day, or a day and an hour: Monday, 3 May, tomorrow 07:00.")
    fields: list[Field] = [TextField("until", _("Until when are you away?"), hint, values.get("until", ""))]
    if deputies:
        options = [Option(str(each.id), _deputy(each, pilot, reader)) for each in deputies]
        options.append(Option(NOBODY, _("Nobody: it still comes to me")))
        label = _("Who hears in your place?")
        fields.append(ChoiceField("deputy", label, tuple(options), values.get("deputy", "")))
    return Form(_("Be away"), _("Save"), GoAway(), tuple(fields), errors=errors)


def _deputy(person: Person, pilot: Pilot, reader: Reader) -> str:
    _ = sentences(reader).gettext
    said = _("{name} ({role})").format(name=clip(person.name, OPTION // 2), role=role(person, pilot, reader))
    return clip(said, OPTION)


def no_such_day(reader: Reader) -> str:
    """Beside the field that asks until when."""
    return sentences(reader).gettext("Please write a day or an hour that is still ahead, such as Monday or 3 May.")


def gone_away(who: Person, handed: Sequence[Handed], deputy: Person | None, now: datetime) -> Card:
    reader = who.reader
    _ = sentences(reader).gettext
    parts: list[Part] = [*_handed(handed, reader)]
    if deputy:
        parts.append(Text(_("{name} hears in your place, and has been told.").format(name=_name(deputy))))
    parts.append(Text(_("You get a digest when you are back."), "quiet"))
    parts.append(Buttons((Button(_("I am back"), Show("back")),)))
    return Card(_own_duty(who, reader, now), tuple(parts))


def you_stand_in(person: Person, viewer: Person, now: datetime) -> Card:
    """To the deputy."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("You stand in for {name}").format(name=_name(person))
    until = when(person.away_until or now, now, reader)
    said = _("{name} is away until {when}. What would be told to them is told to you.")
    return Card(title, (Text(said.format(name=_name(person), when=until)),), Mark.WAITING)


def not_away(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("You are not away"), (Buttons((Button(_("Be away until…"), GoAway()),)),))


def back(who: Person, happened: Sequence[Happened], now: datetime) -> Card:
    """What has become meanwhile of everything that concerns them, the latest last."""
    reader = who.reader
    _ = sentences(reader).gettext
    line = _("{when}, {reference}: {what}")
    lines = tuple(
        Line(clip(line.format(when=when(each.what.at, now, reader), reference=each.issue.reference, what=each.words)))
        for each in happened[-LISTED:]
    )
    parts: list[Part] = []
    if len(happened) > LISTED:
        more = sentences(reader).ngettext("{n} thing before that", "{n} things before that", len(happened) - LISTED)
        parts.append(Text(more.format(n=len(happened) - LISTED), "quiet"))
    parts += [Lines(_("What happened meanwhile"), lines)] if lines else [Text(_("Nothing of yours has changed."))]
    issues = {each.issue.id: each.issue for each in reversed(happened)}
    show = _("Show {reference}")
    shows = [Button(show.format(reference=each.reference), ShowIssue(each.id)) for each in issues.values()]
    parts += [Buttons(tuple(shows[:BUTTONS]))] if shows else []
    return Card(_("Welcome back"), tuple(parts))


# ------------------------------------------------------------------------------------------------------------- where


def where_tonight(who: Person, units: Sequence[Unit], here: Unit) -> Card:
    """To people who work on several units."""
    reader = who.reader
    _ = sentences(reader).gettext
    if len(units) < 2:  # noqa: PLR2004
        return Card(clip(_("You work on {unit}").format(unit=here.name), TITLE))
    shows = [Button(clip(unit.name, LABEL), Here(unit.id), _style(unit, here)) for unit in units]
    rows = [Buttons(tuple(shows[at : at + BUTTONS])) for at in range(0, len(shows), BUTTONS)]
    said = _("Until you say so it is {unit}: what you report is filed under it.")
    return Card(_("Where are you tonight?"), (Text(said.format(unit=clip(here.name, NAME))), *rows), Mark.WAITING)


def which_unit(units: Sequence[Unit], reader: Reader) -> Card:
    """To somebody on no roster whom their platform vouches for."""
    _ = sentences(reader).gettext
    shows = [Button(clip(unit.name, LABEL), Here(unit.id)) for unit in units[: BUTTONS * _ROWS]]
    rows = [Buttons(tuple(shows[at : at + BUTTONS])) for at in range(0, len(shows), BUTTONS)]
    more = _("If yours is not here, please ask the implementation lead to add you.")
    return Card(_("Which unit do you work on?"), (Text(_("You are asked this once.")), *rows, Text(more)), Mark.WAITING)


def _style(unit: Unit, here: Unit) -> Literal["plain", "primary"]:
    return "primary" if unit.id == here.id else "plain"


def you_are_here(unit: Unit, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("Noted: you are on {unit}").format(unit=clip(unit.name, NAME))
    return Card(title, (Text(_("What you report from now on is filed under it.")),), Mark.DONE)


def not_your_unit(units: Sequence[Unit], reader: Reader) -> Card:
    """They do not work there, or nowhere by that name."""
    _ = sentences(reader).gettext
    listed = ", ".join(clip(unit.name, NAME) for unit in units)
    said = _("Nothing was changed. You work on: {units}. Another unit is added by whoever keeps the roster.")
    rows = [Buttons(tuple(Button(clip(unit.name, LABEL), Here(unit.id)) for unit in units[:BUTTONS]))] if units else []
    return Card(_("That is no unit of yours"), (Text(said.format(units=listed)), *rows))
