"""What is said when several report the same: "me too", merged, apart again; and when a report is withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.actions import Do, NewReport
from bot.cards import FORM_TITLE, Button, Buttons, Card, Form, Mark, Quote, Text, TextField, clip
from bot.language import sentences
from bot.messages.issue import own
from bot.messages.words import NAME, mark, standing
from bot.messages.work import done, help_due, news, show
from bot.model import Event, Issue, Person, Reader, Status

# ----------------------------------------------------------------------------------------------------------- merging


def merge_form(
    issue: Issue, likely: Sequence[Issue], reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]
) -> Form:
    """Names those that are most likely meant."""
    _ = sentences(reader).gettext
    listed = "\n".join(f"{each.reference}: {clip(' '.join(each.summary.split()), 80)}" for each in likely)
    perhaps = _("Perhaps one of these:") if likely else ""
    return Form(
        clip(_("Duplicate {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Merge"),
        Do(Event.MERGE, issue.id, issue.version),
        (TextField("into", _("Of which one?"), _("Its number, as on its card."), values.get("into", "")),),
        intro="\n".join(part for part in (clip(issue.summary), perhaps, listed) if part),
        errors=errors,
    )


def no_such_issue(reader: Reader) -> str:
    """Beside the field; also of what is another pilot's."""
    return sentences(reader).gettext("There is no such issue here. Please check the number.")


def itself(reader: Reader) -> str:
    return sentences(reader).gettext("That is the same issue, or one that follows it.")


def over(into: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    said = _("{reference} is closed: {standing}. What comes back is an issue of its own.")
    return said.format(reference=into.reference, standing=standing(into, reader))


def not_merged(issue: Issue, why: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: nothing was merged").format(reference=issue.reference)
    return Card(title, (Text(why), Buttons((show(issue, reader),))), Mark.WARNING)


def merged(issue: Issue, survivor: Issue, reader: Reader, now: datetime) -> Card:
    """To whoever did it."""
    _ = sentences(reader).gettext
    title = _("{reference} follows {survivor} now").format(reference=issue.reference, survivor=survivor.reference)
    told = _("Its reporter has been told, and can say that theirs is different.")
    return done(title, survivor, reader, told, help_due(survivor, reader, now))


def merged_for_reporter(issue: Issue, survivor: Issue, reader: Reader) -> Card:
    """They judge for themselves whether it is the same."""
    _ = sentences(reader).gettext
    title = _("{reference}: worked on as {survivor}").format(reference=issue.reference, survivor=survivor.reference)
    said = _("Others reported the same, in these words:")
    asked = _("You are asked whether it is fixed for you, too.")
    different = Button(_("No, mine is different"), own(Event.UNMERGE, issue))
    parts = (Quote(clip(issue.summary)), Text(said), Quote(clip(survivor.summary)), Text(asked), Buttons((different,)))
    return Card(title, parts, Mark.WAITING)


def merged_for_owner(issue: Issue, survivor: Issue, by: Person, viewer: Person, now: datetime) -> Card:
    """To whoever had it until then: what is to be done is done on the other one."""
    _ = sentences(viewer.reader).gettext
    title = _("{reference} follows {survivor} now").format(reference=issue.reference, survivor=survivor.reference)
    nobody = "" if survivor.owner else _("Nobody has taken that one so far.")
    said = _("{name} says that both are the same.").format(name=clip(by.name, NAME))
    return news(title, survivor, viewer, now, said, nobody, help_due(survivor, viewer.reader, now))


def joined(survivor: Issue, issue: Issue, viewer: Person, now: datetime) -> Card:
    """To the owner of what it follows: more people have it, and help may be due earlier."""
    _ = sentences(viewer.reader).gettext
    title = _("{reference}: {other} is the same").format(reference=survivor.reference, other=issue.reference)
    said = _("Somebody else reported it in these words: {words}").format(words=clip(issue.summary))
    return news(title, survivor, viewer, now, said, help_due(survivor, viewer.reader, now))


def merged_in_thread(survivor: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("It follows {reference} now.").format(reference=survivor.reference), mark=Mark.WAITING)


def joined_in_thread(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("{reference} is the same and follows it now.").format(reference=issue.reference))


# ------------------------------------------------------------------------------------------------------- apart again


def apart(issue: Issue, owner: Person | None, reader: Reader, now: datetime) -> Card:
    """To whoever said that it is not the same."""
    _ = sentences(reader).gettext
    title = _("{reference}: an issue of its own again").format(reference=issue.reference)
    return done(title, issue, reader, _whose(owner, reader), help_due(issue, reader, now))


def apart_for_reporter(issue: Issue, survivor: Issue, owner: Person | None, reader: Reader, now: datetime) -> Card:
    """It goes on by itself, and why that is."""
    _ = sentences(reader).gettext
    why = {
        Status.DECLINED: _("{survivor}, as which it was worked on, was declined. Yours was not."),
        Status.WITHDRAWN: _("{survivor}, as which it was worked on, was withdrawn. Yours was not."),
    }.get(survivor.status, _("It is no longer worked on as {survivor}."))
    said = (why.format(survivor=survivor.reference), _whose(owner, reader), help_due(issue, reader, now))
    title = _("{reference}: worked on by itself again").format(reference=issue.reference)
    return Card(title, (Quote(clip(issue.summary)), *map(Text, said), Buttons((show(issue, reader),))), mark(issue))


def _whose(owner: Person | None, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("{name} has it.").format(name=clip(owner.name, NAME)) if owner else _("Nobody has taken it so far.")


def apart_for_team(issue: Issue, survivor: Issue, viewer: Person, now: datetime) -> Card:
    """To its owner; where it has none, to those who can take it."""
    _ = sentences(viewer.reader).gettext
    title = _("{reference}: an issue of its own again").format(reference=issue.reference)
    said = _("It is not solved together with {survivor}.").format(survivor=survivor.reference)
    if survivor.status in {Status.DECLINED, Status.WITHDRAWN}:
        said = _("{survivor}, which it followed, is closed: {standing}.").format(
            survivor=survivor.reference, standing=standing(survivor, viewer.reader)
        )
    return news(title, issue, viewer, now, said, help_due(issue, viewer.reader, now))


def apart_in_thread(survivor: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("It follows {reference} no longer.").format(reference=survivor.reference), mark=Mark.WARNING)


# ------------------------------------------------------------------------------------------------- me too, withdrawn


def yours_already(issue: Issue, reader: Reader) -> Card:
    """They say "me too" to what they reported themselves."""
    _ = sentences(reader).gettext
    title = _("{reference} is your own report").format(reference=issue.reference)
    return Card(title, (Text(_("You are told of everything already.")), Buttons((show(issue, reader),))), mark(issue))


def too_late_for_me_too(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = _("It is closed. If you have it now, please report it: that is an issue of its own.")
    return Card(
        _("{reference}: {standing}").format(reference=issue.reference, standing=standing(issue, reader)),
        (Text(said), Buttons((Button(_("Report a problem"), NewReport()),))),
        mark(issue),
    )


def withdrawn(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: withdrawn").format(reference=issue.reference)
    return Card(title, (Text(_("It is closed, and nobody works on it any more.")),), mark(issue))


def lives_on(issue: Issue, reader: Reader) -> Card:
    """To whoever withdrew what others have, too."""
    _ = sentences(reader).gettext
    title = _("{reference}: no longer yours").format(reference=issue.reference)
    return Card(title, (Text(_("Others said «me too», so it stays open for them. You hear no more of it.")),))


def yours_now(issue: Issue, reader: Reader) -> Card:
    """To the earliest of those who said "me too"."""
    _ = sentences(reader).gettext
    title = _("{reference}: you are asked about it now").format(reference=issue.reference)
    said = _("Whoever reported it has withdrawn. You said «me too», so it stays open, and you say whether it is fixed.")
    return Card(title, (Quote(clip(issue.summary)), Text(said)), mark(issue))


def withdrawn_for_owner(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: withdrawn by its reporter").format(reference=issue.reference)
    return Card(title, (Quote(clip(issue.summary)), Text(_("Nothing is to be done any more."))))


def withdrawn_in_thread(reader: Reader) -> Card:
    return Card(sentences(reader).gettext("The reporter has withdrawn it."))


def same_now(card: Card, issue: Issue, into: Issue, reader: Reader) -> Card:
    """What is known of the one that they joined, below what became of their own."""
    _ = sentences(reader).gettext
    said = _("{reference} is withdrawn: you follow {into} now.")
    return replace(card, parts=(Text(said.format(reference=issue.reference, into=into.reference)), *card.parts))


def worse_by(issue: Issue, reader: Reader) -> str:
    """Why another one is worse from now on."""
    _ = sentences(reader).gettext
    return _("{reference}, which says the same, was reported as this bad.").format(reference=issue.reference)
