"""What is filled in, and what is said beside a field."""

from collections.abc import Mapping

from bot.actions import NewReport
from bot.cards import (
    TYPED,
    ChoiceField,
    Form,
    ManyField,
    Option,
    TextField,
    clip,
)
from bot.language import sentences
from bot.messages.issue import own
from bot.messages.words import non_use, severity
from bot.model import (
    Event,
    Issue,
    NonUse,
    Reader,
    Severity,
)


def report_form(reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    level = values.get("severity", str(int(Severity.SLOWS_WORK)))
    box = ManyField("nameless", _("Who sends it"), (Option("yes", _("Without my name")),), values.get("nameless", ""))
    fields = (words_field(values.get("words", ""), reader), severity_field(level, reader), box)
    return Form(_("Report a problem"), _("Send"), NewReport(), fields, errors=errors)


def words_field(value: str, reader: Reader) -> TextField:
    _ = sentences(reader).gettext
    return TextField("words", _("What went wrong?"), _("No names, numbers or birth dates, please."), value)


def severity_field(value: str, reader: Reader) -> ChoiceField:
    _ = sentences(reader).gettext
    options = tuple(Option(str(int(level)), severity(level, reader)) for level in Severity)
    return ChoiceField("severity", _("How bad is it?"), options, value)


def detail_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Where it happens, what the reporter does instead, and why they do without the new technology."""
    _ = sentences(reader).gettext
    reasons = tuple(Option(each.value, non_use(each, reader)) for each in NonUse)
    return Form(
        _("A few details"),
        _("Save"),
        own(Event.DETAIL, issue),
        (
            TextField(
                "place", _("Where is it?"), _("A room or a cart; no patient."), values.get("place", ""), required=False
            ),
            TextField("instead", _("What do you do instead?"), "", values.get("instead", ""), required=False),
            ChoiceField("why", _("If you do without it: why?"), reasons, values.get("why", ""), required=False),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def no_words(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what went wrong; a few words are enough.")


def choose_one(reader: Reader) -> str:
    return sentences(reader).gettext("Please choose one.")


def too_long(length: int, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("That is {length} characters; up to {limit} can be kept. Please shorten it and send it again.").format(
        length=length, limit=TYPED
    )
