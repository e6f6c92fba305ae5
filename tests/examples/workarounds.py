"""Examples of what is said about a way to go on meanwhile."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import IssueId, PersonId, Role, Status, Workaround
from tests.examples.scene import LATER, NOW, Example, Scene


def _way(scene: Scene, *, risky: bool = False, refused: bool = False) -> Workaround:
    way = Workaround(IssueId(2**62), 4, PersonId(2), NOW, scene.words, LATER, risky)
    return replace(way, checked_by=PersonId(3), refused=refused) if refused else way


EXAMPLES: Mapping[str, Example] = {
    "workaround_form": lambda s: messages.workaround_form(s.issue(Status.TAKEN), s.reader, {}, {}),
    "workaround_form: wrong": lambda s: messages.workaround_form(
        s.issue(), s.reader, {"words": s.words, "until": s.words},
        {"words": messages.no_way(s.reader), "until": messages.until_too_far(30, s.reader)},
    ),
    "way_on_its_way": lambda s: messages.way_on_its_way(s.issue(Status.TAKEN), s.reader),
    "way_waits": lambda s: messages.way_waits(s.issue(Status.TAKEN), s.crowd, s.reader),
    "way_waits: nobody": lambda s: messages.way_waits(s.issue(Status.TAKEN), [], s.reader),
    "way_in_thread": lambda s: messages.way_in_thread(_way(s), s.person(2), s.reader),
    "way_in_thread: risky": lambda s: messages.way_in_thread(_way(s, risky=True), s.person(2), s.reader),
    "check_this": lambda s: messages.check_this(s.issue(Status.TAKEN), _way(s, risky=True), s.person(2), s.viewer),
    "check_form": lambda s: messages.check_form(s.issue(Status.TAKEN), [_way(s, risky=True)], s.reader, {}, {}),
    "check_form: several": lambda s: messages.check_form(
        s.issue(Status.TAKEN), [_way(s, risky=True)] * 9, s.reader, {}, {}
    ),
    "check_form: wrong": lambda s: messages.check_form(
        s.issue(Status.TAKEN), [_way(s, risky=True)], s.reader, {"ok": "no 4"},
        {"ok": messages.choose_one(s.reader), "words": messages.why_unsafe(s.reader)},
    ),
    "nothing_to_check": lambda s: messages.nothing_to_check(s.issue(Status.TAKEN), s.reader),
    "way_checked": lambda s: messages.way_checked(s.issue(Status.TAKEN), _way(s), s.reader),
    "way_checked: refused": lambda s: messages.way_checked(s.issue(Status.TAKEN), _way(s, refused=True), s.reader),
    "way_judged": lambda s: messages.way_judged(s.issue(Status.TAKEN), _way(s), s.person(3), "", s.viewer, NOW),
    "way_judged: refused": lambda s: messages.way_judged(
        s.issue(Status.TAKEN), _way(s, refused=True), s.person(3), s.words, s.viewer, NOW
    ),
    "way_judged_in_thread": lambda s: messages.way_judged_in_thread(_way(s), s.person(3), s.reader),
    "way_judged_in_thread: refused": lambda s: messages.way_judged_in_thread(
        _way(s, refused=True), s.person(3), s.reader
    ),
    "way_for_reporter": lambda s: messages.way_for_reporter(
        s.issue(Status.TAKEN), s.pilot, _way(s), s.person(2, Role.CHAMPION), s.reader, NOW
    ),
    "way_for_reporter: without a name": lambda s: messages.way_for_reporter(
        replace(s.issue(Status.TAKEN), nameless=True), s.pilot, _way(s), s.person(2, Role.RESPONDER), s.reader, NOW
    ),
    "way_for_others": lambda s: messages.way_for_others(
        s.issue(Status.MERGED), s.pilot, _way(s), s.person(2, Role.LEAD), s.reader, NOW
    ),
    "way_not_delivered": lambda s: messages.way_not_delivered(s.issue(Status.TAKEN), _way(s), s.viewer, NOW),
    "way_fails_for_owner": lambda s: messages.way_fails_for_owner(s.issue(Status.TAKEN), _way(s), s.viewer, NOW),
    "way_fails_for_owner: missed": lambda s: messages.way_fails_for_owner(
        s.issue(Status.TAKEN, missed=True), _way(s), s.viewer, NOW
    ),
    "way_fails_in_thread": lambda s: messages.way_fails_in_thread(_way(s), s.reader),
    "way_fails_for_others": lambda s: messages.way_fails_for_others(s.issue(Status.TAKEN), _way(s), s.reader),
    "way_fails_noted": lambda s: messages.way_fails_noted(s.issue(Status.TAKEN), s.person(2), s.reader, NOW),
    "way_fails_noted: nobody's": lambda s: messages.way_fails_noted(s.issue(missed=True), None, s.reader, NOW),
    "still_serves": lambda s: messages.still_serves(s.issue(Status.TAKEN), _way(s), s.reader),
    "serves_until": lambda s: messages.serves_until(s.issue(Status.TAKEN), _way(s), s.reader, NOW),
    "way_is_over": lambda s: messages.way_is_over(s.issue(Status.TAKEN), s.reader),
}  # fmt: skip
