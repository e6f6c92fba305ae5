"""Examples of what a lead looks after."""

from collections.abc import Mapping

from bot import messages
from bot.model import IssueId, Status
from bot.ports import DeadLetter
from tests.examples.scene import NOW, START, Example, Scene


def _letters(scene: Scene) -> list[DeadLetter]:
    return [DeadLetter(n, IssueId(2**62) if n % 2 else None, scene.words, scene.words, START) for n in range(9)]


EXAMPLES: Mapping[str, Example] = {
    "due_soon": lambda s: messages.due_soon([s.issue(), s.issue(Status.TAKEN, missed=True)] * 10, s.reader, NOW),
    "due_soon: late": lambda s: messages.due_soon([s.issue(missed=True)], s.reader, s.issue().due_at),
    "due_soon: nothing": lambda s: messages.due_soon([], s.reader, NOW),
    "unexplained": lambda s: messages.unexplained([s.issue(missed=True)] * 20, s.reader, NOW),
    "unexplained: nothing": lambda s: messages.unexplained([], s.reader, NOW),
    "unconfirmed": lambda s: messages.unconfirmed([s.issue(Status.FIXED)] * 20, s.reader, NOW),
    "unconfirmed: nothing": lambda s: messages.unconfirmed([], s.reader, NOW),
    "dead_letters": lambda s: messages.dead_letters(_letters(s), s.reader, NOW),
    "dead_letters: nothing": lambda s: messages.dead_letters([], s.reader, NOW),
    "letter_again": lambda s: messages.letter_again(s.reader),
    "letter_seen": lambda s: messages.letter_seen(s.reader),
    "letter_gone": lambda s: messages.letter_gone(s.reader),
}
