"""Reports without a name: what is said before and after they are sent."""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import DropDraft, NotMyChampion, SendNameless
from bot.cards import Button, Buttons, Card, Mark, Part, Quote, Text, clip
from bot.language import sentences
from bot.messages.drafts import DraftView, masked
from bot.messages.issue import own
from bot.messages.words import NAME, role, severity
from bot.model import Event, Issue, Nameless, Person, Pilot, Reader, Severity, Status

LINES = 5
LINE = 800  # of each


def nameless_draft(view: DraftView, *, code: str = "") -> Card:
    """What stays hidden and what does not, before anything is sent."""
    _ = sentences(view.reader).gettext
    parts: list[Part] = [
        Text(_("If somebody is in danger, call {number} now.").format(number=view.pilot.emergency), "quiet"),
        Quote(clip(view.draft.words)),
        *masked(view),
        Text(_hidden(view)),
        Text(_("What you typed here also lies in this chat, under your name: delete it there if you wish.")),
        *([Text(_code(code, view.reader), "strong")] if code else []),
        Text(_("How bad is it? One tap sends it without your name.") if view.draft.severity is None else _("Send it?")),
        Buttons(_senders(view)),
        Buttons(_others(view)),
    ]
    again = f"draft:{view.draft.id}:again" if view.again else None
    return Card(_("Send this without your name?"), tuple(parts), Mark.WAITING, slot=again)


def _hidden(view: DraftView) -> str:
    _ = sentences(view.reader).gettext
    if view.away:
        said = _("It goes to the {team} alone: your champion and your unit's channel do not see it.")
    elif view.small:
        said = _("So few are on shift that your unit is not named either; it goes to the {team}.")
    else:
        said = _("Your unit is named, you are not. Times are rounded down to the hour.")
    how = (
        _("Answers cannot be sent to you: you fetch them with a code.")
        if view.pilot.nameless is Nameless.STRICT
        else _("Answers find their way to you here, and nobody can look up who you are.")
    )
    return f"{said.format(team=view.pilot.fix_team)} {how}"


def _senders(view: DraftView) -> tuple[Button, ...]:
    _ = sentences(view.reader).gettext
    words, away = view.draft, view.away
    if words.severity is not None:
        return (Button(_("Send without my name"), SendNameless(words.id, words.severity, away), "primary"),)
    return tuple(Button(severity(level, view.reader), SendNameless(words.id, level, away)) for level in Severity)


def _others(view: DraftView) -> tuple[Button, ...]:
    _ = sentences(view.reader).gettext
    never = Button(_("Do not send"), DropDraft(view.draft.id))
    return (never,) if view.away else (Button(_("Not my champion"), NotMyChampion(view.draft.id)), never)


def with_code(receipt: Card, code: str, reader: Reader) -> Card:
    """The receipt, with the one thing that leads back to it."""
    return replace(receipt, parts=(*receipt.parts, Text(_code(code, reader), "strong")))


def _code(code: str, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("Your code is {code}. Write code {code} to see what is said; it is shown this once.").format(code=code)


def with_lines(card: Card, issue: Issue, pilot: Pilot, lines: Sequence[tuple[Person, str]], reader: Reader) -> Card:
    """What a code shows, with what the team wrote: the newest of it, as much as there is room for."""
    _ = sentences(reader).gettext
    parts: list[Part] = []
    for by, words in lines[-LINES:]:
        name, doing = clip(by.name, NAME), role(by, pilot, reader)
        parts += [Text(_("{name} ({role}) wrote to you:").format(name=name, role=doing)), Quote(clip(words, LINE))]
    if lines and issue.is_open and issue.status is not Status.NEEDS_INFO:
        parts.append(Buttons((Button(_("Write back…"), own(Event.RELAY, issue)),)))
    return replace(card, parts=(*card.parts, *parts))


def no_such_code(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("There is no report with that code"),
        (Text(_("Please check the letters. A while after a report is closed its code ends.")),),
        Mark.WARNING,
    )


def too_many_nameless(reader: Reader) -> Card:
    """So many in one day that it would drown the others."""
    _ = sentences(reader).gettext
    return Card(
        _("That is as many reports without a name as one person can send in a day"),
        (Text(_("Nothing was sent. Your words are back where you wrote them; they can go with your name.")),),
        Mark.WARNING,
    )
