"""What is kept together, so that nobody is written to too often."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.actions import ShowIssue
from bot.cards import BUTTONS, CARD, PARTS, Button, Buttons, Card, Line, Lines, Part, Text, clip, size
from bot.language import sentences
from bot.model import Issue, IssueId, Reader

TOGETHER = 4 * BUTTONS  # lines of one message; each has its button
BESIDE = BUTTONS  # lines that go along with another message
LINE = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """One line that waited, and the issue that it is about."""

    words: str
    issue: IssueId | None = None
    reference: str = ""


def kept_line(card: Card, issue: Issue) -> str:
    """A card about an issue in one line."""
    return clip(f"{card.title}: {' '.join(issue.summary.split())}", LINE)


def bundle(kept: Sequence[Kept], reader: Reader) -> Card:
    """Several messages in one."""
    title = sentences(reader).ngettext("One message, kept until now", "{n} messages in one", len(kept))
    heading = "" if len(kept) == 1 else sentences(reader).gettext("Oldest first")
    return Card(title.format(n=len(kept)), _parts(kept, heading, reader))


def with_kept(card: Card, kept: Sequence[Kept], reader: Reader) -> tuple[Card, int]:
    """The card with as much of what waited as fits beside it, and how many lines that is."""
    for many in range(min(len(kept), BESIDE), 0, -1):
        parts = _parts(kept[:many], sentences(reader).gettext("Kept for you until now"), reader)
        if len(card.parts) + len(parts) <= PARTS and size(card) + size(Card(card.title, parts)) <= CARD:
            return replace(card, parts=(*card.parts, *parts)), many
    return card, 0


def _parts(kept: Sequence[Kept], heading: str, reader: Reader) -> tuple[Part, ...]:
    """As a list under its heading; without one it is a single line."""
    _ = sentences(reader).gettext
    known = {each.issue: each.reference for each in kept if each.issue is not None}
    shows = [Button(_("Show {reference}").format(reference=known[issue]), ShowIssue(issue)) for issue in known]
    rows = [Buttons(tuple(shows[at : at + BUTTONS])) for at in range(0, len(shows), BUTTONS)]
    words = [clip(each.words, LINE) for each in kept]
    said = Lines(heading, tuple(map(Line, words))) if heading else Text(words[0])
    return (said, *rows)
