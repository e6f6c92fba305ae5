"""Examples of what is said when a fix is judged."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import Status
from tests.examples.scene import LATER, NOW, Example

EXAMPLES: Mapping[str, Example] = {
    "confirmed": lambda s: messages.confirmed(s.issue(Status.VERIFIED), s.reader),
    "confirmed_for_owner": lambda s: messages.confirmed_for_owner(s.issue(Status.VERIFIED), s.reader),
    "confirmed_in_thread": lambda s: messages.confirmed_in_thread(s.reader),
    "also_fixed": lambda s: messages.also_fixed(s.issue(Status.FIXED), s.reader),
    "still_broken_for_team": lambda s: messages.still_broken_for_team(
        s.issue(Status.TAKEN), s.person(), s.words, s.viewer, NOW
    ),
    "still_broken_for_team: missed": lambda s: messages.still_broken_for_team(
        s.issue(Status.TAKEN, missed=True), s.person(2), "", s.viewer, NOW
    ),
    "still_broken_in_thread": lambda s: messages.still_broken_in_thread(s.issue(Status.TAKEN), s.person(), s.reader),
    "still_broken_noted": lambda s: messages.still_broken_noted(s.issue(Status.TAKEN), s.person(2), s.reader, NOW),
    "still_broken_noted: missed": lambda s: messages.still_broken_noted(
        s.issue(Status.TAKEN, missed=True), None, s.reader, NOW
    ),
    "still_broken_noted: an idea": lambda s: messages.still_broken_noted(
        replace(s.issue(Status.TAKEN, level=4), idea=True), s.person(2), s.reader, NOW
    ),
    "not_fixed_after_all": lambda s: messages.not_fixed_after_all(s.issue(Status.TAKEN), s.person(2), s.reader, NOW),
    "not_fixed_after_all: another reporter": lambda s: messages.not_fixed_after_all(
        s.issue(Status.MERGED, missed=True), None, s.reader, NOW
    ),
    "came_back": lambda s: messages.came_back(s.issue(Status.VERIFIED), s.issue(), s.reader, NOW),
    "came_back_before": lambda s: messages.came_back_before(s.issue(Status.UNVERIFIED), s.issue(), s.reader),
    "next_shift_noted": lambda s: messages.next_shift_noted(s.issue(Status.FIXED), LATER, s.reader, NOW),
    "closed_by_silence": lambda s: messages.closed_by_silence(s.issue(Status.UNVERIFIED), s.reader),
    "closed_by_silence: without a name": lambda s: messages.closed_by_silence(
        replace(s.issue(Status.UNVERIFIED), nameless=True), s.reader
    ),
}  # fmt: skip
