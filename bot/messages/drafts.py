"""Words that are not yet a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.actions import (
    DropDraft,
    EditDraft,
    MergeInto,
    NewReport,
    ReplyWith,
    SameAs,
    SendDraft,
    Show,
    ShowIssue,
    ThatHelped,
)
from bot.cards import (
    Button,
    Buttons,
    Card,
    Form,
    Mark,
    Part,
    Quote,
    Text,
    clip,
)
from bot.language import sentences
from bot.messages.forms import severity_field, words_field
from bot.messages.words import NAME, identifiers, severity
from bot.model import (
    Draft,
    Issue,
    KnownAnswer,
    Person,
    Pilot,
    Reader,
    Severity,
)
from bot.privacy import Identifier


@dataclass(frozen=True, slots=True)
class DraftView:
    """Everything that the question about a draft is drawn from."""

    draft: Draft
    pilot: Pilot
    reader: Reader
    likely: Sequence[Issue] = ()  # of others, that may say the same
    same: Issue | None = None  # their own of minutes ago, in nearly the same words
    answers: Sequence[KnownAnswer] = ()
    waiting: Sequence[Issue] = ()  # their own, that wait for a word from them
    behalf: Person | None = None  # for whom it is reported
    found: Sequence[Identifier] = ()  # what was masked
    again: bool = False
    named: bool = False  # it begins like a wish for no name
    away: bool = False  # from their own champion
    small: bool = False  # so few on shift that the unit would name them


def draft(view: DraftView) -> Card:
    """Words that were not plainly a command: nothing is filed without a tap, and nothing is lost."""
    _ = sentences(view.reader).gettext
    title = _("Still to be sent: is this a report?") if view.again else _("Send this as a report?")
    parts: list[Part] = [
        Text(_("If somebody is in danger, call {number} now.").format(number=view.pilot.emergency), "quiet"),
        Quote(clip(view.draft.words)),
        *masked(view),
        *_known_already(view),
        Text(_how(view)),
        Buttons(_senders(view)),
        Buttons((Button(_("Edit"), EditDraft(view.draft.id)), Button(_("Do not send"), DropDraft(view.draft.id)))),
    ]
    return Card(title, tuple(parts), Mark.WAITING, slot=_reminder(view.draft) if view.again else None)


def masked(view: DraftView) -> list[Part]:
    """What was taken out, and where the words still lie."""
    if not view.found:
        return []
    _ = sentences(view.reader).gettext
    words = _(
        "This looked like patient data and was taken out: {kinds}. Only what you see above is kept. "
        "Your own message still stands in this chat: please delete it there."
    )
    return [Text(words.format(kinds=identifiers(view.found, view.reader)), "strong")]


def _how(view: DraftView) -> str:
    _ = sentences(view.reader).gettext
    if view.behalf:
        return _("It is sent for {name}, who hears what comes of it.").format(name=clip(view.behalf.name, NAME))
    if view.draft.severity is not None:
        return _("One tap sends it, with your name.") if view.named else _("One tap sends it.")
    return _("It is sent with your name. How bad is it?") if view.named else _("How bad is it? One tap sends it.")


def _senders(view: DraftView) -> tuple[Button, ...]:
    _ = sentences(view.reader).gettext
    words = view.draft
    if words.severity is not None:
        return (Button(_("Send this"), SendDraft(words.id, words.severity), "primary"),)
    return tuple(Button(severity(level, view.reader), SendDraft(words.id, level)) for level in Severity)


def _known_already(view: DraftView) -> list[Part]:
    """Perhaps it is on its way already: one tap then says so, and one still sends it as new."""
    _ = sentences(view.reader).gettext
    parts: list[Part] = []
    if view.same:
        said = _("You sent nearly the same a few minutes ago, as {reference}.").format(reference=view.same.reference)
        parts += [Text(said, "strong"), Buttons((Button(_("Show"), ShowIssue(view.same.id)),))]
    if view.waiting:
        replies = tuple(
            Button(_("Answers {reference}").format(reference=each.reference), ReplyWith(view.draft.id, each.id))
            for each in view.waiting[:5]
        )
        parts += [Text(_("Or is it your answer to what you were asked?")), Buttons(replies)]
    for known in view.answers[:1]:
        parts += [
            Text(_("This was asked before, and the answer was: {answer}").format(answer=clip(known.answer))),
            Buttons((Button(_("That helps, do not send"), ThatHelped(known.id, view.draft.id)),)),
        ]
    if view.likely:
        lines = "\n".join(f"{each.reference}: {clip(' '.join(each.summary.split()), 80)}" for each in view.likely)
        same = tuple(
            Button(_("Same as {reference}").format(reference=each.reference), SameAs(view.draft.id, each.id))
            for each in view.likely
        )
        parts += [Text(_("Is it one of these?")), Quote(lines), Buttons(same)]
    return parts


def draft_form(words: Draft, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """The words once more, to be changed before they are sent."""
    _ = sentences(reader).gettext
    level = values.get("severity", str(int(words.severity or Severity.SLOWS_WORK)))
    return Form(
        _("Report a problem"),
        _("Send"),
        EditDraft(words.id),
        (words_field(values.get("words", words.words), reader), severity_field(level, reader)),
        errors=errors,
    )


def _reminder(words: Draft) -> str:
    return f"draft:{words.id}:again"


def draft_over(words: Draft, reader: Reader, *, sent: bool) -> Card:
    """What is left of the reminder: nothing to press."""
    _ = sentences(reader).gettext
    title = _("Sent as a report") if sent else _("Not sent")
    return Card(title, (Quote(clip(words.words)),), Mark.DONE if sent else Mark.NONE, slot=_reminder(words))


def draft_stays(refusal: Card, question: Card) -> Card:
    """What was pressed could not be done: why, and below it the words with what else they may be."""
    why = (part for part in refusal.parts if isinstance(part, Text))
    return replace(question, parts=(Text(refusal.title, "strong"), *why, *question.parts), slot=None)


def draft_expired(words: Draft, reader: Reader) -> Card:
    """A day has passed and nobody tapped: the words go back."""
    _ = sentences(reader).gettext
    return Card(
        _("Your words were never sent, and are no longer kept"),
        (
            Quote(clip(words.words)),
            Text(_("If it still matters, please report it.")),
            Buttons((Button(_("Report a problem"), NewReport()),)),
        ),
        Mark.WARNING,
    )


def draft_dropped(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Not sent, and not kept"))


def draft_gone(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(
        _("These words are no longer kept"),
        (
            Text(_("They were sent already, or a day has passed. Your reports show what was sent.")),
            Buttons((Button(_("Your reports"), Show("mine")), Button(_("Report a problem"), NewReport()))),
        ),
    )


def filed_for(receipt: Card, reporter: Person, reader: Reader) -> Card:
    """To whoever reported it for somebody else."""
    _ = sentences(reader).gettext
    said = Text(_("Sent for {name}, who is asked whether it is fixed.").format(name=clip(reporter.name, NAME)))
    quotes = tuple(part for part in receipt.parts if isinstance(part, Quote))
    return Card(receipt.title, (*quotes, said), receipt.mark)


def who_is_that(name: str, people: Sequence[Person], reader: Reader) -> Card:
    """Nobody, or several, can be meant."""
    _ = sentences(reader).gettext
    title = _("There is nobody «{name}» on the roster") if not people else _("Several people could be «{name}»")
    listed = ", ".join(f"@{each.address.id}" for each in people[:8])
    how = _("Nothing was sent. Write report for @account: and the words, with one of these: {people}")
    none = _("Nothing was sent. Please check how the account is written.")
    return Card(
        title.format(name=clip(name, NAME)), (Text(how.format(people=listed) if people else none),), Mark.WARNING
    )


def with_likely(receipt: Card, issue: Issue, likely: Sequence[Issue], reader: Reader) -> Card:
    """The receipt of a report that was filed at once, with what may say the same."""
    if not likely:
        return receipt
    _ = sentences(reader).gettext
    lines = "\n".join(f"{each.reference}: {clip(' '.join(each.summary.split()), 80)}" for each in likely)
    same = tuple(
        Button(_("Same as {reference}").format(reference=each.reference), MergeInto(issue.id, each.id, issue.version))
        for each in likely
    )
    more = (Text(_("Is it one of these? Then one tap joins yours to it.")), Quote(lines), Buttons(same))
    return replace(receipt, parts=(*receipt.parts, *more))
