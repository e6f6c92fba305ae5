"""What is said when a thing cannot be done: what is the matter, and what to do."""

from bot.actions import (
    Show,
    ShowIssue,
)
from bot.cards import (
    Button,
    Buttons,
    Card,
    Mark,
    Text,
    clip,
)
from bot.language import sentences
from bot.messages.forms import too_long
from bot.messages.words import mark, standing
from bot.model import (
    Issue,
    Reader,
    Status,
)


def _sorry(title: str, *more: str) -> Card:
    """A refusal: what is the matter, then what to do."""
    return Card(title, tuple(Text(words) for words in more if words), Mark.WARNING)


def words_too_long(length: int, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("Too long to keep"),
        too_long(length, reader),
        _("Nothing was sent. Your words are back where you wrote them."),
    )


def unknown_reference(reference: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("There is no {reference} that you can see").format(reference=clip(reference, 40)),
        _("Write mine to see your own reports, or check the number."),
    )


def not_now(issue: Issue, reader: Reader) -> Card:
    """The event is not possible in the issue's present state."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: {standing}").format(reference=issue.reference, standing=standing(issue, reader)),
        (Text(_possible(issue, reader)), Buttons((Button(_("Show"), ShowIssue(issue.id)),))),
        mark(issue),
    )


def _possible(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Status.REPORTED: _("Nothing was changed. It can be taken, answered or fixed now."),
        Status.TAKEN: _("Nothing was changed. It can be fixed or worked around now, or escalated."),
        Status.NEEDS_INFO: _("Nothing was changed. The reporter has been asked; it goes on with their answer."),
        Status.WAITING_VENDOR: _("Nothing was changed. It goes on when the vendor answers; it can be fixed meanwhile."),
        Status.FIXED: _("Nothing was changed. The reporter is asked whether it is fixed."),
        Status.VERIFIED: _("Nothing was changed. It is closed; if it comes back, say that it is still broken."),
        Status.UNVERIFIED: _("Nothing was changed. It is closed; if it is still broken, its reporter can say so."),
        Status.DECLINED: _("Nothing was changed. It is declined; for seven days its reporter can object."),
        Status.MERGED: _("Nothing was changed. It follows another issue: what is done there counts here too."),
        Status.WITHDRAWN: _("Nothing was changed. Its reporter has withdrawn it; if it comes back, report it again."),
    }[issue.status]


def out_of_date(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("This button is out of date"), _("Nothing was changed. Write queue or mine to see how things stand.")
    )


def overtaken(issue: Issue, reader: Reader) -> Card:
    """Somebody else was quicker: the card that was pressed showed an earlier state."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference} has changed since you saw that card").format(reference=issue.reference),
        (
            Text(_("Nothing was done. Now: {standing}.").format(standing=standing(issue, reader))),
            Buttons((Button(_("Show"), ShowIssue(issue.id)),)),
        ),
        Mark.WARNING,
    )


def may_not(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(_("That is for others to do"), _("Nothing was changed. Write help to see what you can do here."))


def cannot_verify_own(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return _sorry(
        _("{reference}: whoever fixes an issue cannot confirm it").format(reference=issue.reference),
        _("It stays unconfirmed, so that a confirmed fix always means that somebody else found it working."),
    )


def already_received(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("We have this already"), (Buttons((Button(_("Your reports"), Show("mine")),)),), Mark.DONE)


def unknown_person() -> Card:
    """To somebody who is not on the roster; English, since nothing is known of them."""
    reader = Reader("UTC")
    _ = sentences(reader).gettext
    return _sorry(
        _("You are not on this pilot's roster"),
        _("Please ask the implementation lead to add you. Nothing was sent; your words are back where you wrote them."),
    )


def not_saved() -> Card:
    """The database could not take it."""
    reader = Reader("UTC")
    _ = sentences(reader).gettext
    return _sorry(
        _("This could not be saved"),
        _("Nothing was changed. What you wrote is back where you wrote it: please try again in a minute."),
        _("If it is urgent, call somebody now."),
    )


def went_wrong(number: str) -> Card:
    """A fault of ours; the number is in the log beside the cause."""
    reader = Reader("UTC")
    _ = sentences(reader).gettext
    return _sorry(
        _("Something went wrong on our side"),
        _("Nothing was changed. Please try again; if it happens again, tell the lead this number: {number}").format(
            number=number
        ),
    )
