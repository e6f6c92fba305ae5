"""Examples of what is said when somebody asks: the reporter, or the bot."""

from collections.abc import Mapping

from bot import messages
from bot.model import AnswerId, Asked, IssueId, KnownAnswer, PersonId, PilotId, Role, Status
from tests.examples.scene import NOW, Example, Scene


def _asked(scene: Scene, answer: str = "") -> Asked:
    return Asked(IssueId(2**62), 4, PersonId(2), NOW, scene.words, answer)


def _known(scene: Scene) -> KnownAnswer:
    return KnownAnswer(AnswerId(2**62), PilotId(1), IssueId(2**62), scene.words, scene.words, PersonId(2), NOW, 3)


EXAMPLES: Mapping[str, Example] = {
    "ask_form": lambda s: messages.ask_form(s.issue(Status.TAKEN), s.reader, {"words": s.words}, {}),
    "ask_form: wrong": lambda s: messages.ask_form(
        s.issue(Status.TAKEN), s.reader, {}, {"words": messages.no_question(s.reader)}
    ),
    "asked_you": lambda s: messages.asked_you(
        s.issue(Status.NEEDS_INFO), s.pilot, _asked(s), s.person(2, Role.CHAMPION), s.reader
    ),
    "asked_again": lambda s: messages.asked_again(s.issue(Status.NEEDS_INFO), _asked(s), s.reader),
    "question_sent": lambda s: messages.question_sent(s.issue(Status.NEEDS_INFO), s.reader),
    "asked_in_thread": lambda s: messages.asked_in_thread(_asked(s), s.person(2), s.reader),
    "reply_form": lambda s: messages.reply_form(s.issue(Status.NEEDS_INFO), _asked(s), s.reader, {}, {}),
    "reply_form: wrong": lambda s: messages.reply_form(
        s.issue(Status.NEEDS_INFO), None, s.reader, {}, {"words": messages.no_reply(s.reader)}
    ),
    "replied_for_owner": lambda s: messages.replied_for_owner(
        s.issue(Status.TAKEN), _asked(s, s.words), s.viewer, NOW
    ),
    "replied_for_owner: who asked": lambda s: messages.replied_for_owner(
        s.issue(Status.TAKEN, missed=True), Asked(IssueId(2**62), 4, s.viewer.id, NOW, s.words, s.words), s.viewer, NOW
    ),
    "replied_in_thread": lambda s: messages.replied_in_thread(_asked(s, s.words), s.reader),
    "line_from_follower": lambda s: messages.line_from_follower(
        s.issue(Status.MERGED), s.issue(Status.TAKEN), s.words, s.viewer
    ),
    "reply_noted": lambda s: messages.reply_noted(s.issue(Status.TAKEN), s.person(2), s.reader),
    "reply_noted: nobody's": lambda s: messages.reply_noted(s.issue(), None, s.reader),
    "known_answers": lambda s: messages.known_answers([_known(s)] * 3, s.reader),
    "known_answers: found": lambda s: messages.known_answers([_known(s)], s.reader, found=True),
    "known_answers: none": lambda s: messages.known_answers([], s.reader),
    "glad_it_helped": lambda s: messages.glad_it_helped(s.reader),
    "answer_gone": lambda s: messages.answer_gone(s.reader),
}  # fmt: skip
