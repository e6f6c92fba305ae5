"""Examples of what is said about duty, handover, being away, and where one works."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import messages
from bot.messages.duty import Handed, Happened
from bot.model import Event, Happening, IssueId, Person, Role, Status
from tests.examples.scene import LATER, NOW, START, Example, Scene


def _off(scene: Scene) -> Person:
    return replace(scene.viewer, on_duty=False)


def _away(scene: Scene) -> Person:
    return replace(_off(scene), away_until=LATER)


def _handed(scene: Scene) -> Sequence[Handed]:
    return [Handed(scene.issue(Status.TAKEN), scene.person(2)), Handed(scene.issue(), None)] * 15


def _happened(scene: Scene) -> Sequence[Happened]:
    taken = Happening(IssueId(1), 1, START, None, Event.TAKE, Status.REPORTED, Status.TAKEN)
    return [Happened(taken, scene.issue(Status.TAKEN), scene.words)] * 30


EXAMPLES: Mapping[str, Example] = {
    "who_is_on_duty": lambda s: messages.who_is_on_duty(
        replace(s.viewer, duty_until=LATER), s.pilot, [(replace(p, duty_until=LATER), s.unit) for p in s.crowd], NOW
    ),
    "who_is_on_duty: nobody": lambda s: messages.who_is_on_duty(_off(s), s.pilot, [], NOW),
    "on_duty": lambda s: messages.on_duty(replace(s.viewer, duty_until=LATER), [s.issue()] * 30, NOW),
    "on_duty: nothing": lambda s: messages.on_duty(s.viewer, [], NOW),
    "off_duty": lambda s: messages.off_duty(_off(s), _handed(s), NOW),
    "off_duty: nothing": lambda s: messages.off_duty(_off(s), [], NOW),
    "hour_unread": lambda s: messages.hour_unread(s.words, s.reader),
    "handover": lambda s: messages.handover([s.issue(), s.issue(Status.TAKEN)] * 15, s.reader, NOW),
    "handover: late": lambda s: messages.handover([s.issue(missed=True)], s.reader, LATER),
    "away": lambda s: messages.away(s.viewer, NOW),
    "away: already": lambda s: messages.away(_away(s), NOW),
    "away_form": lambda s: messages.away_form(s.viewer, s.pilot, [], {}, {}),
    "away_form: with a deputy": lambda s: messages.away_form(
        s.viewer, s.pilot, [s.person(2, Role.LEAD), s.person(3)], {"until": s.words, "deputy": "2"},
        {"until": messages.no_such_day(s.reader)},
    ),
    "gone_away": lambda s: messages.gone_away(_away(s), _handed(s), s.person(2), NOW),
    "gone_away: nothing": lambda s: messages.gone_away(_away(s), [], None, NOW),
    "you_stand_in": lambda s: messages.you_stand_in(_away(s), s.viewer, NOW),
    "not_away": lambda s: messages.not_away(s.reader),
    "back": lambda s: messages.back(s.viewer, _happened(s), NOW),
    "back: nothing": lambda s: messages.back(s.viewer, [], NOW),
    "where_tonight": lambda s: messages.where_tonight(s.viewer, [s.unit] * 7, s.unit),
    "where_tonight: one": lambda s: messages.where_tonight(s.viewer, [s.unit], s.unit),
    "which_unit": lambda s: messages.which_unit([s.unit] * 7, s.reader),
    "you_are_here": lambda s: messages.you_are_here(s.unit, s.reader),
    "not_your_unit": lambda s: messages.not_your_unit([s.unit] * 3, s.reader),
    "not_your_unit: none": lambda s: messages.not_your_unit([], s.reader),
}  # fmt: skip
