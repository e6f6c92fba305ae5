"""Examples of an issue's own cards, as they are kept up to date."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import FixKind, Role, Status
from tests.examples.scene import NOW, Example


def _receipt(status: Status, level: int, *, missed: bool) -> Example:
    return lambda s: messages.receipt(
        s.about(status, missed=missed, level=level), [s.person(2, Role.CHAMPION)], s.person(3), s.reader, NOW
    )


def _card(status: Status, *, missed: bool) -> Example:
    return lambda s: messages.issue_card(s.about(status, missed=missed, level=1), s.reader, NOW, None)


def _more(status: Status) -> Example:
    return lambda s: messages.more(s.about(status), replace(s.viewer, roles=frozenset(Role)), NOW)


EXAMPLES: Mapping[str, Example] = {
    **{
        f"receipt: {status}{level}{' missed' * missed}": _receipt(status, level, missed=missed)
        for status in Status
        for missed in (False, True)
        for level in (1, 3)
    },
    "receipt": lambda s: messages.receipt(s.about(), s.crowd, s.person(3, Role.LEAD), s.reader, NOW),
    "receipt: off shift": lambda s: messages.receipt(
        s.about(), [s.person(2, Role.LEAD, on_duty=False)], None, s.reader, NOW
    ),
    "receipt: an idea": lambda s: messages.receipt(
        replace(s.about(Status.TAKEN, level=4), issue=replace(s.issue(Status.TAKEN, level=4), idea=True)),
        [], s.person(3), s.reader, NOW,
    ),
    "receipt: without a name": lambda s: messages.receipt(
        replace(s.about(), issue=replace(s.issue(), nameless=True)), s.crowd[:2], s.person(3), s.reader, NOW
    ),
    **{
        f"issue_card: {status}{' missed' * missed}": _card(status, missed=missed)
        for status in Status
        for missed in (False, True)
    },
    "issue_card": lambda s: messages.issue_card(s.about(Status.TAKEN), s.reader, NOW, s.person(2, Role.RESPONDER)),
    "issue_card: without a name": lambda s: messages.issue_card(
        replace(s.about(), issue=replace(s.issue(), nameless=True)), s.reader, NOW, None
    ),
    "issue_card: much to say": lambda s: messages.issue_card(
        replace(
            s.about(Status.NEEDS_INFO, missed=True, level=1),
            issue=replace(
                s.issue(Status.NEEDS_INFO, missed=True, level=1), place=s.words, instead=s.words, outage=True
            ),
            fix=s.fix, again_of="MAR-7", merged=3, unchecked=[replace(s.way, risky=True)] * 9,
        ),
        s.reader, NOW, s.person(2, Role.RESPONDER),
    ),
    "issue_card: to check": lambda s: messages.issue_card(
        replace(s.about(Status.TAKEN, missed=True), unchecked=[replace(s.way, risky=True)]),
        s.reader, NOW, replace(s.viewer, roles=frozenset({Role.LEAD})),
    ),
    **{f"more: {status}": _more(status) for status in Status},
    "more": lambda s: messages.more(s.about(Status.TAKEN), s.viewer, NOW),
    "fixed_for_you": lambda s: messages.fixed_for_you(
        s.issue(Status.FIXED, level=1), s.pilot, s.fix, s.person(2, Role.CHAMPION), s.reader
    ),
    "fixed_for_you: again": lambda s: messages.fixed_for_you(
        s.issue(Status.FIXED), s.pilot, s.fix, s.person(2), s.reader, again=True
    ),
    "fixed_for_you: own": lambda s: messages.fixed_for_you(
        replace(s.issue(Status.FIXED), fixer=s.person().id), s.pilot, s.fix, s.person(), s.reader
    ),
    "fixed_for_you: answered": lambda s: messages.fixed_for_you(
        s.issue(Status.FIXED, level=4), s.pilot, replace(s.fix, kind=FixKind.ANSWER), s.person(2), s.reader
    ),
    "with_bedside": lambda s: messages.with_bedside(
        messages.severity_changed(s.issue(level=1), s.reader), s.pilot, s.reader
    ),
    "with_all_words": lambda s: messages.with_all_words(
        messages.severity_changed(s.issue(), s.reader), s.issue(), s.reader
    ),
    "all_words": lambda s: messages.all_words(s.issue(), 0, s.reader),
    "all_words: the last": lambda s: messages.all_words(s.issue(), 99, s.reader),
}  # fmt: skip
