"""What is said about a way to go on meanwhile: offered, checked, delivered, failing, asked after."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.actions import Do, ShowIssue, StillServes
from bot.cards import (
    FORM_TITLE,
    SHOWN,
    WORDS,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Form,
    Mark,
    Option,
    Part,
    Quote,
    Text,
    TextField,
    clip,
)
from bot.language import sentences
from bot.messages.issue import TO_CHECK, own_button
from bot.messages.words import NAME, deed, mark, names, role, when
from bot.messages.work import done, help_due, news, show
from bot.model import Event, Issue, Person, Pilot, Reader, Workaround

SAID = WORDS // 2  # of a way that somebody is to go by, and of why it is not to be gone

# ---------------------------------------------------------------------------------------------------------- offered


def workaround_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    until = _("For instance tomorrow 16:00, Monday or 3 May; left empty, a week. Then the reporter is asked about it.")
    return Form(
        clip(_("Meanwhile: {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Tell the reporter"),
        Do(Event.WORK_AROUND, issue.id, issue.version),
        (
            TextField(
                "words", _("What can they do meanwhile?"), _("The reporter reads this."), values.get("words", "")
            ),
            TextField("until", _("Until when?"), until, values.get("until", ""), required=False),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def no_way(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what they can do meanwhile; the reporter reads it.")


def until_too_far(days: int, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("That is too far ahead: at most {days} days, then the reporter is asked about it.").format(days=days)


def way_on_its_way(issue: Issue, reader: Reader) -> Card:
    """To its author; it counts once it has reached the reporter."""
    _ = sentences(reader).gettext
    title = _("{reference}: your workaround is on its way to the reporter").format(reference=issue.reference)
    return done(title, issue, reader, _("It counts once it has arrived. The issue stays open until it is fixed."))


def way_waits(issue: Issue, told: Sequence[Person], reader: Reader) -> Card:
    """To its author, where it could harm."""
    _ = sentences(reader).gettext
    title = _("{reference}: your workaround is checked first").format(reference=issue.reference)
    said = _(
        "It touches a patient's identity, a dose, scanning or another safeguard, "
        "so it is neither sent nor counted until then."
    )
    return done(title, issue, reader, said, _("Told: {names}.").format(names=names(told, reader)) if told else "")


def way_in_thread(way: Workaround, author: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = (
        _("{name} offers a workaround. It waits for the safety officer: please do not use it yet.")
        if way.waits_for_check
        else _("{name} offers a workaround. The reporter is told.")
    )
    return Card(said.format(name=clip(author.name, NAME)), (Text(clip(way.words)),), Mark.WAITING)


# ---------------------------------------------------------------------------------------------------------- checked


def check_this(issue: Issue, way: Workaround, author: Person, viewer: Person) -> Card:
    """To the safety officer and the lead: nobody else has been told of it."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    said = _(
        "{name} offers this. "
        "It touches a patient's identity, a dose, scanning or another safeguard, so it waits for you:"
    )
    check = Button(deed(Event.CHECK, reader), Do(Event.CHECK, issue.id, issue.version), "primary")
    return Card(
        _("{reference}: is this workaround safe?").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(said.format(name=clip(author.name, NAME))),
            Quote(clip(way.words, SAID)),
            Buttons((check, Button(_("Show"), ShowIssue(issue.id)))),
        ),
        Mark.WARNING,
    )


def check_form(
    issue: Issue, waiting: Sequence[Workaround], reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]
) -> Form:
    """What is sent back names the workaround, so that no word about one is ever taken for another."""
    _ = sentences(reader).gettext
    shown = waiting[:TO_CHECK]
    numbers = [f"{n}. " for n, _way in enumerate(shown, 1)] if len(shown) > 1 else [""]
    room = min(SAID, (WORDS - 2 * SHOWN) // len(shown))
    ways = [number + clip(way.words, room) for number, way in zip(numbers, shown, strict=True)]
    options = [each for number, way in zip(numbers, shown, strict=True) for each in _verdicts(way, number, reader)]
    hint = _("Needed where it is not. Whoever offered it reads this.")
    return Form(
        clip(_("Is it safe? {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Save"),
        Do(Event.CHECK, issue.id, issue.version),
        (
            ChoiceField("ok", _("Is it safe?"), tuple(options), values.get("ok", "")),
            TextField("words", _("Why?"), hint, values.get("words", ""), required=False),
        ),
        intro="\n".join([clip(issue.summary), *ways]),
        errors=errors,
    )


def _verdicts(way: Workaround, number: str, reader: Reader) -> tuple[Option, Option]:
    _ = sentences(reader).gettext
    yes = Option(f"yes {way.n}", number + _("Yes, they can do that"))
    return yes, Option(f"no {way.n}", number + _("No, it is not to be done"))


def why_unsafe(reader: Reader) -> str:
    return sentences(reader).gettext("Please write why not, so that it can be understood.")


def nothing_to_check(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: this check is done already, or not needed").format(reference=issue.reference)
    return Card(title, (Buttons((show(issue, reader),)),), mark(issue))


def way_checked(issue: Issue, way: Workaround, reader: Reader) -> Card:
    """To whoever checked it."""
    _ = sentences(reader).gettext
    title = _("{reference}: the workaround is refused") if way.refused else _("{reference}: the workaround is safe")
    said = (
        _("Nobody is told to use it, and those who offered it hear why.")
        if way.refused
        else _("It is on its way to the reporter.")
    )
    return done(title.format(reference=issue.reference), issue, reader, said)


def way_judged(issue: Issue, way: Workaround, by: Person, words: str, viewer: Person, now: datetime) -> Card:
    """To its author and to the owner."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = (
        _("{reference}: the workaround is not to be used") if way.refused else _("{reference}: the workaround is safe")
    )
    said = _("{name} says no.") if way.refused else _("{name} has checked it. It is on its way to the reporter.")
    why = _("They write: {words}").format(words=clip(words, SAID)) if words else ""
    heading = title.format(reference=issue.reference)
    way_words = _("The workaround: {words}").format(words=clip(way.words))
    return news(heading, issue, viewer, now, way_words, said.format(name=clip(by.name, NAME)), why)


def way_judged_in_thread(way: Workaround, by: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = (
        _("{name}: this workaround is not to be used.")
        if way.refused
        else _("{name} has checked the workaround. The reporter is told.")
    )
    quoted = (Text(clip(way.words), "quiet"),)
    return Card(said.format(name=clip(by.name, NAME)), quoted, Mark.WARNING if way.refused else Mark.WAITING)


# -------------------------------------------------------------------------------------------------------- delivered


def way_for_reporter(
    issue: Issue, pilot: Pilot, way: Workaround, author: Person, reader: Reader, now: datetime
) -> Card:
    """What they can do meanwhile, and what to press where that does not work."""
    _ = sentences(reader).gettext
    fails = own_button(Event.WORKAROUND_FAILS, issue, reader)
    return Card(_title(issue, reader), (*_way(issue, pilot, way, author, reader, now), Buttons((fails,))), Mark.WAITING)


def way_for_others(issue: Issue, pilot: Pilot, way: Workaround, author: Person, reader: Reader, now: datetime) -> Card:
    """To those who reported the same or said "me too"."""
    return Card(_title(issue, reader), tuple(_way(issue, pilot, way, author, reader, now)), Mark.WAITING)


def _title(issue: Issue, reader: Reader) -> str:
    return sentences(reader).gettext("{reference}: what you can do meanwhile").format(reference=issue.reference)


def _way(issue: Issue, pilot: Pilot, way: Workaround, author: Person, reader: Reader, now: datetime) -> list[Part]:
    _ = sentences(reader).gettext
    said = _("{name} ({role}) says, until it is fixed:")
    open_ = _("It stays open until it is fixed. You are asked {when} whether this still serves.")
    return [
        Quote(clip(issue.summary)),
        Text(said.format(name=clip(author.name, NAME), role=role(author, pilot, reader))),
        Quote(clip(way.words, SAID)),
        Text(open_.format(when=when(way.expires_at, now, reader))),
    ]


def way_not_delivered(issue: Issue, way: Workaround, viewer: Person, now: datetime) -> Card:
    """To its author and to the owner."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}: the workaround did not reach the reporter").format(reference=issue.reference)
    said = _("It does not count as helping, and the time runs on. Please find them in person.")
    return news(title, issue, viewer, now, clip(way.words), said, help_due(issue, reader, now))


# --------------------------------------------------------------------------------------------------- whether it serves


def way_fails_for_owner(issue: Issue, way: Workaround, viewer: Person, now: datetime) -> Card:
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}: the workaround fails").format(reference=issue.reference)
    said = _("The reporter says so of this: {words}").format(words=clip(way.words))
    return news(title, issue, viewer, now, said, help_due(issue, reader, now))


def way_fails_in_thread(way: Workaround, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("The reporter says that the workaround fails."), (Text(clip(way.words), "quiet"),), Mark.WARNING)


def way_fails_for_others(issue: Issue, way: Workaround, reader: Reader) -> Card:
    """To those who were told of it as well."""
    _ = sentences(reader).gettext
    title = _("{reference}: do not rely on the workaround").format(reference=issue.reference)
    said = _("Somebody says that it fails: {words}").format(words=clip(way.words))
    return Card(title, (Quote(clip(issue.summary)), Text(said)), Mark.WARNING)


def way_fails_noted(issue: Issue, owner: Person | None, reader: Reader, now: datetime) -> Card:
    """To the reporter."""
    _ = sentences(reader).gettext
    title = _("{reference}: noted, the workaround fails").format(reference=issue.reference)
    told = _("{name} has been told.").format(name=clip(owner.name, NAME)) if owner else _("It is still open.")
    return Card(title, (Text(told), Text(help_due(issue, reader, now))), mark(issue))


def still_serves(issue: Issue, way: Workaround, reader: Reader) -> Card:
    """To the reporter, when it expires."""
    _ = sentences(reader).gettext
    serves = Button(_("Yes, it serves"), StillServes(issue.id, way.n, issue.reporter), "primary")
    return Card(
        _("{reference}: does the workaround still serve?").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(_("Meanwhile you do this: {words}").format(words=clip(way.words))),
            Buttons((serves, own_button(Event.WORKAROUND_FAILS, issue, reader))),
        ),
        Mark.WAITING,
    )


def serves_until(issue: Issue, way: Workaround, reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: noted, it serves").format(reference=issue.reference)
    said = _("It stays open until it is fixed. You are asked again {when}.")
    return Card(title, (Text(said.format(when=when(way.expires_at, now, reader))),), Mark.WAITING)


def way_is_over(issue: Issue, reader: Reader) -> Card:
    """They judge one that is not in place any more."""
    _ = sentences(reader).gettext
    title = _("{reference}: that workaround is not in place").format(reference=issue.reference)
    return Card(title, (Text(_("Nothing was changed.")), Buttons((show(issue, reader),))), mark(issue))
