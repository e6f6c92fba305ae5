"""Examples of what the clock says, and the auditor."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import ladder, messages
from bot.cards import Card
from bot.messages.clock import Gap
from bot.model import Issue, Person, Severity, Status, Step
from bot.ports import Promises
from tests.examples.scene import LATER, NOW, START, Example, Scene

MISS = 5  # which of a scene's steps it is
WEEK = timedelta(days=7)
PATIENT_STEPS = ladder.plan(Severity.PATIENT_AT_RISK, START, LATER)
_REMINDED: Mapping[str, tuple[Status, Step]] = {
    "no reply": (Status.NEEDS_INFO, ladder.info_asked(START, 1)[-1]),
    "vendor": (Status.WAITING_VENDOR, ladder.with_vendor(Severity.SLOWS_WORK, START, 1)[0]),
    "worked around": (Status.TAKEN, ladder.worked_around(Severity.SLOWS_WORK, START, LATER, 1)[0]),
    "not checked": (Status.TAKEN, ladder.unchecked(START, 1)[0]),
    "idea": (Status.REPORTED, ladder.idea(START, 1)[0]),
}


def _step(scene: Scene, told: Sequence[Person], issue: Issue, n: int = 0) -> Card:
    return messages.step_taken(issue, scene.steps[n], told, scene.viewer, NOW)


def _thread(scene: Scene, told: Sequence[Person], issue: Issue, n: int = 0) -> Card:
    return messages.step_in_thread(issue, scene.steps[n], told, scene.reader)


def _missed(status: Status) -> Example:
    return lambda s: messages.missed_for_reporter(
        s.issue(status, missed=True), s.pilot, [s.person()], s.person(2), s.reader, NOW
    )


def _reminder(status: Status, step: Step, level: int = 3) -> Example:
    return lambda s: messages.reminder(
        s.issue(status, level=level),
        step,
        replace(s.about(status, level=level), workaround=s.way, unchecked=[replace(s.way, risky=True)] * 9),
        s.viewer,
        LATER,
    )


def _why(status: Status, *, missed: bool) -> Example:
    return lambda s: messages.why_still_open(s.about(status, missed=missed), s.reader, START + WEEK)


def _not_kept(gap: Gap) -> Example:
    return lambda s: messages.not_kept(gap, "MAR-7", START, s.reader, NOW)


EXAMPLES: Mapping[str, Example] = {
    "step_taken": lambda s: _step(s, s.crowd, s.issue()),
    "step_taken: owned": lambda s: _step(s, [s.person()], s.issue(Status.TAKEN)),
    "step_taken: miss": lambda s: _step(s, [s.person(), s.person(2)], s.issue(missed=True), MISS),
    "step_taken: past": lambda s: _step(s, [s.person()], s.issue(missed=True)),
    "step_taken: a word is owed": lambda s: messages.step_taken(
        s.issue(Status.TAKEN, level=1),
        ladder.plan(Severity.PATIENT_AT_RISK, START, LATER)[2],
        [s.viewer],
        s.viewer,
        NOW,
    ),
    "step_in_thread": lambda s: _thread(s, s.crowd, s.issue()),
    "step_in_thread: owned": lambda s: _thread(s, [s.person()], s.issue(Status.TAKEN)),
    "step_in_thread: miss": lambda s: _thread(s, [s.person()], s.issue(), MISS),
    "missed_for_reporter": lambda s: messages.missed_for_reporter(
        s.issue(missed=True, level=1), s.pilot, s.crowd, s.person(2), s.reader, NOW
    ),
    "missed_for_reporter: unowned": lambda s: messages.missed_for_reporter(
        s.issue(missed=True), s.pilot, [], None, s.reader, NOW
    ),
    "missed_for_reporter: unowned and known": lambda s: messages.missed_for_reporter(
        s.issue(missed=True), s.pilot, [s.person()], None, s.reader, NOW
    ),
    **{f"missed_for_reporter: {status}": _missed(status) for status in Status},
    "not_paged": lambda s: messages.not_paged(s.issue(level=1), s.crowd, s.viewer, NOW),
    "not_paged_in_thread": lambda s: messages.not_paged_in_thread(s.crowd, s.reader),
    "reminder": lambda s: messages.reminder(s.issue(), s.steps[0], s.about(), s.viewer, NOW),
    **{f"reminder: {name}": _reminder(*which) for name, which in _REMINDED.items()},
    "reminder: a word is owed": _reminder(*_REMINDED["worked around"], level=1),
    "why_still_open": lambda s: messages.why_still_open(s.about(), s.reader, START + WEEK),
    **{
        f"why_still_open: {status}{' missed' * missed}": _why(status, missed=missed)
        for status in (Status.TAKEN, Status.NEEDS_INFO, Status.WAITING_VENDOR)
        for missed in (False, True)
    },
    "not_kept": lambda s: messages.not_kept(Gap.LATE, "MAR-7", START, s.reader, NOW),
    **{f"not_kept: {gap}": _not_kept(gap) for gap in Gap},
    "promises": lambda s: messages.promises(Promises(400, 300, 299, 300, 40, timedelta(seconds=1.5), 0), s.reader),
    "promises: not kept": lambda s: messages.promises(Promises(3, 0, 0, 0, 0, None, 2), s.reader),
}
