"""Examples of what is said when an issue is declined, and when its reporter objects."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import Role, Status
from tests.examples.scene import LATER, NOW, Example

EXAMPLES: Mapping[str, Example] = {
    "propose_form": lambda s: messages.propose_form(s.issue(Status.TAKEN), s.reader, {"words": s.words}, {}),
    "propose_form: wrong": lambda s: messages.propose_form(
        s.issue(), s.reader, {}, {"words": messages.no_reason(s.reader)}
    ),
    "decline_form": lambda s: messages.decline_form(s.issue(Status.TAKEN), s.reader, {"words": s.words}, {}),
    "decline_form: wrong": lambda s: messages.decline_form(
        s.issue(), s.reader, {"instead": s.words},
        {"words": messages.no_reason(s.reader), "instead": messages.no_place(s.reader)},
    ),
    "appeal_form": lambda s: messages.appeal_form(s.issue(Status.DECLINED), s.reader, {"words": s.words}),
    "appeal_form: without a name": lambda s: messages.appeal_form(
        replace(s.issue(Status.DECLINED), nameless=True), s.reader, {}
    ),
    "proposed": lambda s: messages.proposed(s.issue(Status.TAKEN), s.crowd, s.reader),
    "proposal": lambda s: messages.proposal(s.issue(Status.TAKEN), s.person(2), s.words, s.viewer),
    "proposed_in_thread": lambda s: messages.proposed_in_thread(s.person(2), s.words, s.reader),
    "declined_for_reporter": lambda s: messages.declined_for_reporter(
        s.issue(Status.DECLINED), s.pilot, s.person(2, Role.LEAD), s.words, s.words, LATER, s.reader, NOW
    ),
    "declined_for_follower": lambda s: messages.declined_for_follower(
        s.issue(Status.DECLINED), s.pilot, s.person(2, Role.LEAD), s.words, s.words, s.reader
    ),
    "declined_for_owner": lambda s: messages.declined_for_owner(
        s.issue(Status.DECLINED), s.person(2), s.words, s.reader
    ),
    "declined_in_thread": lambda s: messages.declined_in_thread(s.person(2), s.words, s.words, s.reader),
    "declined": lambda s: messages.declined(s.issue(Status.DECLINED), LATER, s.reader, NOW),
    "appealed": lambda s: messages.appealed(s.issue(Status.TAKEN), s.words, s.viewer, NOW),
    "appealed: without a word": lambda s: messages.appealed(s.issue(Status.TAKEN, missed=True), "", s.viewer, NOW),
    "appeal_noted": lambda s: messages.appeal_noted(s.issue(Status.TAKEN), s.person(2), s.reader, NOW),
    "appeal_noted: missed": lambda s: messages.appeal_noted(s.issue(Status.TAKEN, missed=True), None, s.reader, NOW),
    "appealed_in_thread": lambda s: messages.appealed_in_thread(s.reader),
}  # fmt: skip
