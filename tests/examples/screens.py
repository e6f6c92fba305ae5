"""Examples of what somebody looks at: lists, the figures, the log, help."""

from collections.abc import Mapping
from datetime import timedelta

from bot import messages
from bot.cards import Card
from bot.figures import Figures, Helped, Share
from bot.model import Event, Happening, IssueId, NonUse, Severity, Status
from tests.examples.scene import NOW, START, Example, Scene

HOUR = timedelta(hours=1)
NO_CASE = Figures(
    Share(0, 0), Share(0, 0), Share(0, 0), 0, 2, None, None, None,
    dict.fromkeys(Severity, Helped(0, 0, 0, 0, 0)), 0, 0, 0, 0, 0, dict.fromkeys(NonUse, 0),
)  # fmt: skip
CASES = Figures(
    Share(4, 5), Share(3, 5), Share(3, 4), 5, 2, 5 * HOUR, 23.5 * HOUR, timedelta(minutes=40),
    dict.fromkeys(Severity, Helped(5, 2, 1, 1, 1)), 1, 2, 3, 4, 5, dict.fromkeys(NonUse, 2),
)  # fmt: skip


def _help(scene: Scene) -> Card:
    return messages.help_card(list(messages.commands(scene.reader).items()), scene.reader, {})


def _help_team(scene: Scene) -> Card:
    return messages.help_card(list(messages.commands(scene.reader).items()), scene.reader, THREAD_WORDS, reports=False)


THREAD_WORDS = {"take": False, "vendor replied": False, "fixed": True, "dup": True, "sev": True, "hand": True}
EXAMPLES: Mapping[str, Example] = {
    "mine": lambda s: messages.mine([s.issue(status) for status in Status] * 8, [], s.reader, NOW),
    "mine: me too": lambda s: messages.mine([s.issue()] * 20, [s.issue(Status.FIXED)] * 20, s.reader, NOW),
    "mine: nothing": lambda s: messages.mine([], [], s.reader, NOW),
    "queue": lambda s: messages.queue([s.issue(), s.issue(Status.TAKEN, missed=True)] * 20, s.reader, NOW),
    "queue: nothing": lambda s: messages.queue([], s.reader, NOW),
    "figures": lambda s: messages.figures(s.pilot, CASES, s.reader),
    "figures: no case": lambda s: messages.figures(s.pilot, NO_CASE, s.reader),
    "help_card": _help,
    "help_card: team": _help_team,
    "none_meant": lambda s: messages.none_meant(s.reader),
    "nothing_to_answer": lambda s: messages.nothing_to_answer(s.reader),
    "which_one": lambda s: messages.which_one([s.issue(Status.FIXED)] * 9, s.reader),
}


def happenings() -> list[Happening]:
    """A line of the log for every event."""
    taken = Status.TAKEN
    return [Happening(IssueId(1), n, START, None, event, taken, taken, "lead,owner") for n, event in enumerate(Event)]
