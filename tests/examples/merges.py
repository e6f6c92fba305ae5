"""Examples of what is said when several report the same, and when a report is withdrawn."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import Status
from tests.examples.scene import NOW, Example


def _apart(status: Status) -> Example:
    return lambda s: messages.apart_for_reporter(s.issue(Status.TAKEN), s.issue(status), s.person(2), s.reader, NOW)


def _apart_for_team(status: Status) -> Example:
    return lambda s: messages.apart_for_team(s.issue(Status.TAKEN), s.issue(status), s.viewer, NOW)


_SURVIVORS = (Status.TAKEN, Status.FIXED, Status.DECLINED, Status.WITHDRAWN)
EXAMPLES: Mapping[str, Example] = {
    "merge_form": lambda s: messages.merge_form(s.issue(), [s.issue(Status.TAKEN)] * 5, s.reader, {}, {}),
    "merge_form: wrong": lambda s: messages.merge_form(
        s.issue(), [], s.reader, {"into": s.words}, {"into": messages.no_such_issue(s.reader)}
    ),
    "merge_form: itself": lambda s: messages.merge_form(
        s.issue(), [], s.reader, {}, {"into": messages.itself(s.reader)}
    ),
    "merge_form: over": lambda s: messages.merge_form(
        s.issue(), [], s.reader, {}, {"into": messages.over(s.issue(Status.VERIFIED), s.reader)}
    ),
    "not_merged": lambda s: messages.not_merged(s.issue(), messages.itself(s.reader), s.reader),
    "merged": lambda s: messages.merged(s.issue(Status.MERGED), s.issue(Status.TAKEN), s.reader, NOW),
    "merged_for_reporter": lambda s: messages.merged_for_reporter(s.issue(Status.MERGED), s.issue(), s.reader),
    "merged_for_reporter: without a name": lambda s: messages.merged_for_reporter(
        replace(s.issue(Status.MERGED), nameless=True), s.issue(), s.reader
    ),
    "merged_for_owner": lambda s: messages.merged_for_owner(
        s.issue(Status.MERGED), s.issue(), s.person(2), s.viewer, NOW
    ),
    "merged_for_owner: taken": lambda s: messages.merged_for_owner(
        s.issue(Status.MERGED), s.issue(Status.TAKEN, missed=True), s.person(2), s.viewer, NOW
    ),
    "joined": lambda s: messages.joined(s.issue(Status.TAKEN), s.issue(Status.MERGED), s.viewer, NOW),
    "merged_in_thread": lambda s: messages.merged_in_thread(s.issue(), s.reader),
    "joined_in_thread": lambda s: messages.joined_in_thread(s.issue(), s.reader),
    "apart": lambda s: messages.apart(s.issue(Status.TAKEN), s.person(2), s.reader, NOW),
    "apart: nobody's": lambda s: messages.apart(s.issue(missed=True), None, s.reader, NOW),
    **{f"apart_for_reporter: {status}": _apart(status) for status in _SURVIVORS},
    "apart_for_reporter": lambda s: messages.apart_for_reporter(s.issue(), s.issue(), None, s.reader, NOW),
    **{f"apart_for_team: {status}": _apart_for_team(status) for status in _SURVIVORS},
    "apart_for_team": lambda s: messages.apart_for_team(s.issue(), s.issue(), s.viewer, NOW),
    "apart_in_thread": lambda s: messages.apart_in_thread(s.issue(), s.reader),
    "yours_already": lambda s: messages.yours_already(s.issue(), s.reader),
    "too_late_for_me_too": lambda s: messages.too_late_for_me_too(s.issue(Status.VERIFIED), s.reader),
    "withdrawn": lambda s: messages.withdrawn(s.issue(Status.WITHDRAWN), s.reader),
    "lives_on": lambda s: messages.lives_on(s.issue(), s.reader),
    "yours_now": lambda s: messages.yours_now(s.issue(), s.reader),
    "withdrawn_for_owner": lambda s: messages.withdrawn_for_owner(s.issue(Status.WITHDRAWN), s.reader),
    "withdrawn_in_thread": lambda s: messages.withdrawn_in_thread(s.reader),
    "same_now": lambda s: messages.same_now(
        messages.withdrawn(s.issue(Status.WITHDRAWN), s.reader), s.issue(Status.WITHDRAWN), s.issue(), s.reader
    ),
}  # fmt: skip
