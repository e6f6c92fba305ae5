"""Examples of messages that were kept together."""

from collections.abc import Mapping

from bot import messages
from bot.messages.noise import Kept
from bot.model import IssueId
from tests.examples.scene import Example

EXAMPLES: Mapping[str, Example] = {
    "bundle": lambda s: messages.bundle([Kept(s.words, IssueId(n), "MAR-7") for n in range(20)], s.reader),
    "bundle: one": lambda s: messages.bundle([Kept(s.words)], s.reader),
}
