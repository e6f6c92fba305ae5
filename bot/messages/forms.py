"""What is filled in, and what is said beside a field."""

from collections.abc import Mapping

from bot.actions import (
    ChangeSeverity,
    FixIt,
    NewReport,
)
from bot.cards import (
    TYPED,
    ChoiceField,
    Form,
    Option,
    TextField,
    clip,
)
from bot.language import sentences
from bot.messages.words import kind, severity
from bot.model import (
    FixKind,
    Issue,
    Reader,
    Severity,
)


def report_form(reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    options = tuple(Option(str(int(level)), severity(level, reader)) for level in Severity)
    return Form(
        _("Report a problem"),
        _("Send"),
        NewReport(),
        (
            TextField(
                "words",
                _("What went wrong?"),
                _("No patient names, record numbers or birth dates, please."),
                values.get("words", ""),
            ),
            ChoiceField(
                "severity", _("How bad is it?"), options, values.get("severity", str(int(Severity.SLOWS_WORK)))
            ),
        ),
        errors=errors,
    )


def fix_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    options = tuple(Option(each.value, kind(each, reader)) for each in FixKind)
    return Form(
        _("{reference} is fixed").format(reference=issue.reference),
        _("Tell the reporter"),
        FixIt(issue.id, issue.version),
        (
            TextField("words", _("What was done?"), _("The reporter reads this."), values.get("words", "")),
            ChoiceField("kind", _("What kind of fix is it?"), options, values.get("kind", "")),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def severity_form(issue: Issue, reader: Reader, errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    options = tuple(Option(str(int(level)), severity(level, reader)) for level in Severity)
    return Form(
        _("How bad is it?"),
        _("Save"),
        ChangeSeverity(issue.id, issue.version),
        (ChoiceField("severity", _("How bad is it?"), options, str(int(issue.severity))),),
        intro=clip(issue.summary),
        errors=errors,
    )


def no_words(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what went wrong; a few words are enough.")


def no_fix_words(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what was done; the reporter reads it.")


def choose_one(reader: Reader) -> str:
    return sentences(reader).gettext("Please choose one.")


def too_long(length: int, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("That is {length} characters; up to {limit} can be kept. Please shorten it and send it again.").format(
        length=length, limit=TYPED
    )


def only_up(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("It is «{severity}» now. Only a lead, or the reporter until it is taken, can make it milder.").format(
        severity=severity(issue.severity, reader)
    )


def nameless_in_form(reader: Reader) -> str:
    return sentences(reader).gettext(
        "Reports without a name cannot be taken here. Take away how it begins to report by name, or close this form."
    )
