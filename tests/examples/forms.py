"""Examples of what is filled in, and of what a reporter or a follower adds and reads."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.cards import Card
from bot.model import IssueId, Status
from tests.examples.scene import NOW, Example, Scene


def _follower(status: Status, *, missed: bool) -> Example:
    return lambda s: messages.for_follower(s.about(status, missed=missed), s.reader, NOW)


def _instead(scene: Scene) -> Card:
    return messages.unsafe_instead(replace(scene.issue(), instead=scene.words), scene.viewer)


EXAMPLES: Mapping[str, Example] = {
    "report_form": lambda s: messages.report_form(s.reader, {"words": s.words}, {}),
    "report_form: wrong": lambda s: messages.report_form(
        s.reader,
        {"words": s.words, "nameless": "yes"},
        {"words": messages.no_words(s.reader), "severity": messages.choose_one(s.reader)},
    ),
    "report_form: too long": lambda s: messages.report_form(
        s.reader, {"words": s.words}, {"": messages.too_long(12_001, s.reader)}
    ),
    "detail_form": lambda s: messages.detail_form(s.issue(), s.reader, {"place": s.words}, {}),
    "detail_form: wrong": lambda s: messages.detail_form(
        s.issue(), s.reader, {}, {"place": messages.too_long(12_001, s.reader)}
    ),
    "detail_noted": lambda s: messages.detail_noted(s.issue(), s.reader),
    "unsafe_instead": _instead,
    "me_too_noted": lambda s: messages.me_too_noted(s.issue(), s.reader),
    "for_follower: merged into one that is fixed": lambda s: messages.for_follower(
        replace(s.about(Status.MERGED), survivor=replace(s.issue(Status.FIXED), id=IssueId(9)), judged=s.fix),
        s.reader,
        NOW,
    ),
    "for_follower": lambda s: messages.for_follower(s.about(), s.reader, NOW),
    **{
        f"for_follower: {status}{' missed' * missed}": _follower(status, missed=missed)
        for status in Status
        for missed in (False, True)
    },
}
