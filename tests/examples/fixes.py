"""Examples of what is said about a fix or an answer, and of the refusals by state."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import Event, FixKind, Issue, Role, Status
from tests.examples.scene import Example

MANY = 10  # as many as a form lists


def _several(issue: Issue) -> list[Issue]:
    return [replace(issue, number=number) for number in (7,) * MANY]


def _not_now(status: Status) -> Example:
    return lambda s: messages.not_now(s.issue(status), s.reader)


EXAMPLES: Mapping[str, Example] = {
    "fix_form": lambda s: messages.fix_form(s.issue(Status.TAKEN), s.reader, {"words": s.words, "tags": "people"}, {}),
    "fix_form: a question": lambda s: messages.fix_form(s.issue(level=4), s.reader, {}, {}),
    "fix_form: wrong": lambda s: messages.fix_form(
        s.issue(), s.reader, {}, {"words": messages.no_fix_words(s.reader), "kind": messages.choose_one(s.reader)}
    ),
    "fixed_in_thread": lambda s: messages.fixed_in_thread(s.fix, s.person(2), s.reader),
    "fixed_in_thread: answered": lambda s: messages.fixed_in_thread(
        replace(s.fix, kind=FixKind.ANSWER), s.person(2), s.reader
    ),
    "fix_on_its_way": lambda s: messages.fix_on_its_way(s.issue(Status.FIXED), s.fix, s.reader),
    "fix_on_its_way: an answer": lambda s: messages.fix_on_its_way(
        s.issue(Status.FIXED, level=4), replace(s.fix, kind=FixKind.ANSWER), s.reader
    ),
    "fix_not_delivered": lambda s: messages.fix_not_delivered(s.issue(Status.TAKEN), s.viewer, s.viewer),
    "fix_not_delivered: another's": lambda s: messages.fix_not_delivered(s.issue(Status.TAKEN), s.person(2), s.viewer),
    "fixed_for_you_too": lambda s: messages.fixed_for_you_too(
        s.issue(Status.FIXED), s.pilot, s.fix, s.person(2, Role.CHAMPION), s.reader
    ),
    "fixed_for_you_too: answered": lambda s: messages.fixed_for_you_too(
        s.issue(Status.FIXED, level=4), s.pilot, replace(s.fix, kind=FixKind.ANSWER), s.person(2), s.reader
    ),
    "question_over: taken back": lambda s: messages.question_over(
        s.issue(Status.TAKEN), replace(s.fix, undone=True), s.reader, latest=False
    ),
    "fix_taken_back": lambda s: messages.fix_taken_back(s.issue(Status.TAKEN), s.person(2), s.reader),
    "undone": lambda s: messages.undone(s.issue(Status.NEEDS_INFO), s.reader),
    "undone_in_thread": lambda s: messages.undone_in_thread(s.person(2), s.reader),
    "too_late_to_undo": lambda s: messages.too_late_to_undo(s.issue(Status.FIXED), s.reader),
    "several_form": lambda s: messages.several_form(_several(s.issue()), s.reader, {"what": Event.FIX}, {}),
    "several_form: wrong": lambda s: messages.several_form(
        [s.issue()], s.reader, {"cause": s.words},
        {"issues": messages.choose_some(s.reader), "what": messages.choose_one(s.reader)},
    ),
    "nothing_to_choose": lambda s: messages.nothing_to_choose(s.reader),
    "several_done": lambda s: messages.several_done(
        _several(s.issue(Status.FIXED)), [(each, messages.not_for_you(s.reader)) for each in _several(s.issue())],
        s.reader,
    ),
    "several_done: all": lambda s: messages.several_done([s.issue(Status.TAKEN)], [], s.reader),
    "several_done: none": lambda s: messages.several_done(
        [], [(s.issue(Status.VERIFIED), messages.standing(s.issue(Status.VERIFIED), s.reader))], s.reader
    ),
    **{f"not_now: {status}": _not_now(status) for status in Status},
}  # fmt: skip
