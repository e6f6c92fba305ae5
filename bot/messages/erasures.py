"""What is said when somebody is erased."""

from dataclasses import dataclass

from bot.cards import Card, Line, Lines, Mark, Text, clip
from bot.language import sentences
from bot.messages.words import NAME
from bot.model import Person, Reader


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of each there was. What was reported without a name is not counted: it would say whose it was."""

    handed: int = 0  # issues, to others
    reports: int = 0
    drafts: int = 0
    unsent: int = 0  # messages to them


def erased(who: Person, what: Erased, reader: Reader, *, dry_run: bool) -> Card:
    """`dry_run`: what would be done."""
    _ = sentences(reader).gettext
    title = _("{name} ({email}) would be erased") if dry_run else _("{name} ({email}) is erased")
    lines = (
        Line(_("off the roster for good; name, e-mail, account and job are destroyed")),
        Line(_("issues handed on to others: {n}").format(n=what.handed)),
        Line(_("reports that stay, without their name: {n}").format(n=what.reports)),
        Line(_("drafts destroyed: {n}").format(n=what.drafts)),
        Line(_("messages to them that were not sent, destroyed: {n}").format(n=what.unsent)),
    )
    stays = Text(
        _("What people have typed about issues, and what stands on the chat platform, is not searched for their name.")
    )
    todo = (Text(_("Nothing was changed. To do it, add --yes. It cannot be undone.")),) if dry_run else ()
    named = title.format(name=clip(who.name, NAME), email=clip(who.email, NAME))
    return Card(
        named, (Lines(_("What goes, and what stays"), lines), stays, *todo), Mark.NONE if dry_run else Mark.DONE
    )


def somebody_who_left(reader: Reader) -> str:
    """In place of the name of whoever was erased."""
    return sentences(reader).gettext("somebody who left")
