"""What is asked and answered: of the reporter by those who work on it, and of the bot by anybody, from kept answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.actions import Do, ShowIssue, ThatHelped
from bot.cards import FORM_TITLE, WORDS, Button, Buttons, Card, Form, Mark, Part, Quote, Text, TextField, clip
from bot.language import sentences
from bot.messages.issue import own, own_button
from bot.messages.words import NAME, mark, role
from bot.messages.work import done, news
from bot.model import Asked, DraftId, Event, Issue, KnownAnswer, Person, Pilot, Reader

SAID = WORDS // 2  # of a question and of an answer, where they are read for the first time
_NO_DRAFT = DraftId(0)  # nothing waits to be sent

# ---------------------------------------------------------------------------------------------- asking the reporter


def ask_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    return Form(
        clip(_("Ask about {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Ask the reporter"),
        Do(Event.ASK, issue.id, issue.version),
        (TextField("words", _("What do you need to know?"), _("No patient names."), values.get("words", "")),),
        intro=clip(issue.summary),
        errors=errors,
    )


def no_question(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what you need to know; the reporter reads it.")


def asked_you(issue: Issue, pilot: Pilot, asked: Asked, author: Person, reader: Reader) -> Card:
    """To the reporter: it waits for them."""
    _ = sentences(reader).gettext
    said = _("{name} ({role}) asks:").format(name=clip(author.name, NAME), role=role(author, pilot, reader))
    return Card(
        _("{reference}: we need a word from you").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(said),
            Quote(clip(asked.words, SAID)),
            Buttons((own_button(Event.REPLY, issue, reader),)),
        ),
        Mark.WAITING,
    )


def asked_again(issue: Issue, asked: Asked, reader: Reader) -> Card:
    """To the reporter, who has not answered so far."""
    _ = sentences(reader).gettext
    return Card(
        _("{reference}: still waiting for a word from you").format(reference=issue.reference),
        (
            Quote(clip(issue.summary)),
            Text(_("You were asked: {words}").format(words=clip(asked.words, SAID))),
            Text(_("It is not closed if you do not answer, but it goes on faster if you do.")),
            Buttons((own_button(Event.REPLY, issue, reader),)),
        ),
        Mark.WAITING,
    )


def question_sent(issue: Issue, reader: Reader) -> Card:
    """To whoever asked."""
    _ = sentences(reader).gettext
    title = _("{reference}: your question is on its way to the reporter").format(reference=issue.reference)
    return done(title, issue, reader, _("The time to help runs on. They are asked again after 24 and 72 hours."))


def asked_in_thread(asked: Asked, author: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = _("{name} asks the reporter:").format(name=clip(author.name, NAME))
    return Card(said, (Text(clip(asked.words)),), Mark.WAITING)


# ----------------------------------------------------------------------------------------------- the reporter's word


def reply_form(
    issue: Issue, asked: Asked | None, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]
) -> Form:
    _ = sentences(reader).gettext
    return Form(
        clip(_("Answer {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Send"),
        own(Event.REPLY, issue),
        (TextField("words", _("Your answer"), _("No names, numbers or birth dates."), values.get("words", "")),),
        intro=clip(asked.words if asked else issue.summary, SAID),
        errors=errors,
    )


def no_reply(reader: Reader) -> str:
    return sentences(reader).gettext("Please write your answer; a few words are enough.")


def replied_for_owner(issue: Issue, asked: Asked, viewer: Person, now: datetime) -> Card:
    """To the owner: it goes on."""
    _ = sentences(viewer.reader).gettext
    title = _("{reference}: the reporter has answered").format(reference=issue.reference)
    question = _("You asked: {words}") if asked.author == viewer.id else _("They were asked: {words}")
    answer = _("Their answer: {words}").format(words=clip(asked.answer, SAID))
    return news(title, issue, viewer, now, question.format(words=clip(asked.words)), answer)


def replied_in_thread(asked: Asked, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("The reporter has answered:"), (Quote(clip(asked.answer)),))


def line_from_follower(issue: Issue, survivor: Issue, words: str, viewer: Person) -> Card:
    """To the owner of what it follows: an answer would go to the reporter of that, so none is offered here."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}, which follows {survivor}: its reporter writes")
    heading = title.format(reference=issue.reference, survivor=survivor.reference)
    both = tuple(
        Button(_("Show {reference}").format(reference=each.reference), ShowIssue(each.id)) for each in (issue, survivor)
    )
    return Card(heading, (Quote(clip(words, SAID)), Buttons(both)), mark(survivor))


def reply_noted(issue: Issue, owner: Person | None, reader: Reader) -> Card:
    """To the reporter."""
    _ = sentences(reader).gettext
    title = _("{reference}: thank you, it goes on").format(reference=issue.reference)
    said = _("{name} reads it.").format(name=clip(owner.name, NAME)) if owner else _("Those who can help read it.")
    return Card(title, (Text(said),), mark(issue))


# ------------------------------------------------------------------------------------------------------- kept answers


def known_answers(answers: Sequence[KnownAnswer], reader: Reader, *, found: bool = False) -> Card:
    """Those that are likest what was asked (`found`), else those that helped most."""
    _ = sentences(reader).gettext
    if not answers:
        said = _("Write ask and your question: a champion answers, and the answer is kept.")
        return Card(_("No answer is kept so far"), (Text(said),))
    parts: list[Part] = []
    for each in answers:
        helped = Button(_("That helped"), ThatHelped(each.id, _NO_DRAFT))
        parts += [Quote(clip(each.question)), Text(clip(each.answer, 600)), Buttons((helped,))]
    parts.append(Text(_("Not what you need? Write ask and your question."), "quiet"))
    return Card(_("This may help") if found else _("Answers that helped most"), tuple(parts))


def glad_it_helped(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Good to know, thank you"), (Text(_("Nothing was sent.")),), Mark.DONE)


def answer_gone(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("That answer is no longer kept"), (Text(_("Write known to see those that are.")),))
