"""Examples of what is said when something cannot be done."""

from collections.abc import Mapping

from bot import messages
from bot.model import Status
from tests.examples.scene import Example

EXAMPLES: Mapping[str, Example] = {
    "words_too_long": lambda s: messages.words_too_long(12_001, s.reader),
    "unknown_reference": lambda s: messages.unknown_reference("MAR-7", s.reader),
    "out_of_date": lambda s: messages.out_of_date(s.reader),
    "overtaken": lambda s: messages.overtaken(s.issue(Status.TAKEN), s.reader),
    "may_not": lambda s: messages.may_not(s.reader),
    "cannot_verify_own": lambda s: messages.cannot_verify_own(s.issue(Status.FIXED), s.reader),
    "already_received": lambda s: messages.already_received(s.reader),
    "unknown_person": lambda s: messages.unknown_person(),  # noqa: ARG005 - nothing is known of them
    "not_saved": lambda s: messages.not_saved(),  # noqa: ARG005
    "went_wrong": lambda s: messages.went_wrong("0badcafe"),  # noqa: ARG005
}
