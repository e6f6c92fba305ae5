"""What the reporter adds to an issue, and what somebody reads who said "me too"."""

from datetime import datetime

from bot.actions import Do, ShowIssue
from bot.cards import Button, Buttons, Card, Mark, Part, Quote, Text, clip
from bot.language import sentences
from bot.lifecycle import possible
from bot.messages.issue import About
from bot.messages.words import deed, for_reporter, mark, when
from bot.model import Event, Issue, Person, Reader, Status


def detail_noted(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: added, thank you").format(reference=issue.reference),
        (Buttons((Button(_("Show"), ShowIssue(issue.id)),)),),
        mark(issue),
    )


def unsafe_instead(issue: Issue, viewer: Person) -> Card:
    """To the safety officer, the same day: what is done instead touches what keeps patients safe."""
    _ = sentences(viewer.reader).gettext
    return Card(
        _("{reference}: what is done instead may be unsafe").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(_("They do this instead: {words}").format(words=clip(issue.instead))),
            Text(
                _("It touches the patient's identity, a dose, scanning or another safeguard. Please look at it today.")
            ),
            Buttons((Button(_("Show"), ShowIssue(issue.id)),)),
        ),
        Mark.WARNING,
    )


def me_too_noted(issue: Issue, reader: Reader) -> Card:
    """At once; what is known of the issue follows as a message that stays."""
    _ = sentences(reader).gettext
    title = _("{reference}: noted, it concerns you too").format(reference=issue.reference)
    return Card(title, (Text(_("You hear what comes of it, and are asked too when it is fixed.")),), mark(issue))


def for_follower(about: About, reader: Reader, now: datetime) -> Card:
    """The issue as it stands, for somebody whom it also concerns."""
    _ = sentences(reader).gettext
    issue = about.issue
    parts: list[Part] = [Quote(clip(issue.summary)), Text(_("You said «me too» to this."))]
    if about.workaround and about.workaround.delivered_at and issue.is_open:
        parts.append(Text(_("Until it is fixed: {words}").format(words=clip(about.workaround.words))))
    if issue.expected_at and issue.is_open:
        parts.append(Text(_("A fix is expected {when}.").format(when=when(issue.expected_at, now, reader))))
    if about.judged and _judges(about, now):
        parts.append(Text(_("What was done: {words}").format(words=clip(about.judged.words))))
        said = (Event.CONFIRM, Event.STILL_BROKEN)
        buttons = tuple(Button(deed(event, reader), Do(event, issue.id, issue.version)) for event in said)
        parts.append(Buttons(buttons))
    title = _("{reference}: {standing}").format(reference=issue.reference, standing=for_reporter(issue, reader))
    return Card(title, tuple(parts), mark(issue))


def _judges(about: About, now: datetime) -> bool:
    """Whether somebody whom it also concerns is asked what they say of the fix, which moves nothing."""
    over = about.issue.status in {Status.VERIFIED, Status.UNVERIFIED}
    return over or possible(about.issue, Event.SILENCE, now, about.survivor)
