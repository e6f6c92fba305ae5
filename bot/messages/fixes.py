"""What is said about a fix or an answer: delivered, not delivered, taken back; and several at once."""

from collections.abc import Mapping, Sequence

from bot.actions import Do, Several, Show, ShowIssue
from bot.cards import (
    FORM_TITLE,
    OPTION,
    Button,
    Buttons,
    Card,
    ChoiceField,
    Form,
    Line,
    Lines,
    ManyField,
    Mark,
    Option,
    Quote,
    Text,
    TextField,
    clip,
)
from bot.language import sentences
from bot.lifecycle import UNDO
from bot.messages.issue import ANSWERED
from bot.messages.words import NAME, deed, kind, role, span, standing, tag
from bot.model import Event, Fix, FixKind, Issue, Person, Pilot, Reader, Severity, Tag


def fix_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """Two things at once; the rest may be left out."""
    _ = sentences(reader).gettext
    asked = issue.severity is Severity.QUESTION
    title = _("Answer {reference}") if asked else _("{reference} is fixed")
    words = _("What do you answer?") if asked else _("What was done?")
    guess = FixKind.ANSWER.value if asked else ""
    return Form(
        clip(title.format(reference=issue.reference), FORM_TITLE),
        _("Tell the reporter"),
        Do(Event.FIX, issue.id, issue.version),
        (
            TextField("words", words, _("The reporter reads this."), values.get("words", "")),
            ChoiceField("kind", _("What kind of fix is it?"), _kinds(reader), values.get("kind", guess)),
            ManyField(
                "tags", _("What changes with it? The three move together."), _tags(reader), values.get("tags", "")
            ),
            _optional("cause", _("Why did it happen?"), "", values),
            _optional("before", _("A figure before it"), _("With how many cases: 12 of 40 scans failed"), values),
            _optional("after", _("The same figure after it"), "", values),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def _optional(name: str, label: str, hint: str, values: Mapping[str, str]) -> TextField:
    return TextField(name, label, hint, values.get(name, ""), required=False)


def _kinds(reader: Reader) -> tuple[Option, ...]:
    return tuple(Option(each.value, kind(each, reader)) for each in FixKind)


def _tags(reader: Reader) -> tuple[Option, ...]:
    return tuple(Option(each.value, tag(each, reader)) for each in Tag)


def no_fix_words(reader: Reader) -> str:
    return sentences(reader).gettext("Please write what was done; the reporter reads it.")


def fixed_in_thread(fix: Fix, author: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    said = (
        _("{name} has answered. The reporter is asked whether it helps.")
        if fix.kind is FixKind.ANSWER
        else _("{name} says it is fixed. The reporter is asked.")
    )
    return Card(said.format(name=clip(author.name, NAME)), (Text(clip(fix.words)),), Mark.WAITING)


def fix_on_its_way(issue: Issue, fix: Fix, reader: Reader) -> Card:
    """To its author; it counts once it has reached the reporter, and can be taken back for a while."""
    _ = sentences(reader).gettext
    title = (
        _("{reference}: your answer is on its way to the reporter")
        if fix.kind is FixKind.ANSWER
        else _("{reference}: your fix is on its way to the reporter")
    )
    said = _("It counts once it has arrived. You hear what they say. For {time} you can take it back.")
    undo = Button(deed(Event.UNDO, reader), Do(Event.UNDO, issue.id, issue.version))
    return Card(
        title.format(reference=issue.reference),
        (Text(said.format(time=span(UNDO, reader))), Buttons((undo,))),
        Mark.WAITING,
    )


def fix_not_delivered(issue: Issue, author: Person, viewer: Person) -> Card:
    """To the author of the fix, and to the owner where that is somebody else."""
    reader = viewer.reader
    _ = sentences(reader).gettext
    whose = _("Your fix") if viewer.id == author.id else _("The fix by {name}").format(name=clip(author.name, NAME))
    said = _(
        "{whose} has not reached them, so it does not count as helping and the time runs on. "
        "Please find them in person."
    )
    return Card(
        _("{reference}: the reporter could not be reached").format(reference=issue.reference),
        (Text(said.format(whose=whose)), Buttons((Button(_("Show"), ShowIssue(issue.id)),))),
        Mark.WARNING,
    )


def fixed_for_you_too(issue: Issue, pilot: Pilot, fix: Fix, author: Person, reader: Reader) -> Card:
    """To those who said "me too"."""
    _ = sentences(reader).gettext
    said = (
        _("{name} ({role}) answers: {words}")
        if fix.kind is FixKind.ANSWER
        else _("{name} ({role}) says it is fixed: {words}")
    )
    told = said.format(name=clip(author.name, NAME), role=role(author, pilot, reader), words=clip(fix.words, ANSWERED))
    verdicts = (
        Button(deed(Event.CONFIRM, reader), Do(Event.CONFIRM, issue.id, issue.version), "primary"),
        Button(deed(Event.STILL_BROKEN, reader), Do(Event.STILL_BROKEN, issue.id, issue.version), "danger"),
    )
    title = _("{reference}: fixed for you too?").format(reference=issue.reference)
    return Card(title, (Quote(clip(issue.summary)), Text(told), Buttons(verdicts)), Mark.WAITING)


def fix_taken_back(issue: Issue, by: Person, reader: Reader) -> Card:
    """To those who were asked whether it helps."""
    _ = sentences(reader).gettext
    title = _("{reference}: not fixed so far").format(reference=issue.reference)
    said = _("{name} has taken the fix back and is still working on it. You need not answer.")
    return Card(title, (Quote(clip(issue.summary)), Text(said.format(name=clip(by.name, NAME)))), Mark.WAITING)


def undone(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: taken back, {standing}")
    show = Buttons((Button(_("Show"), ShowIssue(issue.id)),))
    return Card(title.format(reference=issue.reference, standing=standing(issue, reader)), (show,), Mark.WAITING)


def undone_in_thread(by: Person, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("{name} has taken the fix back.").format(name=clip(by.name, NAME)), mark=Mark.WARNING)


def too_late_to_undo(issue: Issue, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{reference}: too late to take it back").format(reference=issue.reference)
    said = _("A fix can be taken back for {time}. If it does not hold, say that it is still broken.")
    broken = Button(deed(Event.STILL_BROKEN, reader), Do(Event.STILL_BROKEN, issue.id, issue.version))
    said = said.format(time=span(UNDO, reader))
    return Card(title, (Text(said), Buttons((broken, Button(_("Show"), ShowIssue(issue.id))))), Mark.WARNING)


# ---------------------------------------------------------------------------------------------------- several at once


def several_form(issues: Sequence[Issue], reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    listed = tuple(Option(str(each.id), clip(f"{each.reference} {each.summary}", OPTION)) for each in issues)
    what = (Option(Event.TAKE.value, _("I take them")), Option(Event.FIX.value, _("They are fixed")))
    return Form(
        clip(_("Several at once"), FORM_TITLE),
        _("Do it"),
        Several(),
        (
            ManyField("issues", _("Which ones?"), listed, values.get("issues", ""), required=True),
            ChoiceField("what", _("What about them?"), what, values.get("what", "")),
            _optional("words", _("If they are fixed: what was done?"), _("Each reporter reads this."), values),
            ChoiceField("kind", _("What kind of fix is it?"), _kinds(reader), values.get("kind", ""), required=False),
            _optional("cause", _("What caused all of them?"), "", values),
        ),
        errors=errors,
    )


def choose_some(reader: Reader) -> str:
    return sentences(reader).gettext("Please choose at least one.")


def nothing_to_choose(reader: Reader) -> Card:
    _ = sentences(reader).gettext
    return Card(_("Nothing is waiting for you"), (Buttons((Button(_("Queue"), Show("queue")),)),), Mark.DONE)


def not_for_you(reader: Reader) -> str:
    """Why one of several was left as it was."""
    return sentences(reader).gettext("that is for others to do")


def several_done(done: Sequence[Issue], left: Sequence[tuple[Issue, str]], reader: Reader) -> Card:
    """Which were done, and which were not and why."""
    _ = sentences(reader).gettext
    parts = []
    if done:
        parts.append(Lines(_("Done"), tuple(Line(_line(each, standing(each, reader))) for each in done)))
    if left:
        parts.append(Lines(_("Left as they were"), tuple(Line(_line(each, why)) for each, why in left)))
    many = sentences(reader).ngettext("{n} issue changed", "{n} issues changed", len(done)).format(n=len(done))
    return Card(many if done else _("Nothing was changed"), tuple(parts), Mark.WARNING if left else Mark.NONE)


def _line(issue: Issue, said: str) -> str:
    return f"{issue.reference}: {said}. {clip(issue.summary, 80)}"
