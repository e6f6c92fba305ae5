"""Examples of what is said about who works on an issue, how bad it is, its cause, and to and by its reporter."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot import messages
from bot.model import Role, Status
from tests.examples.scene import NOW, Example

LATER = NOW + timedelta(hours=30)


def _taken(role: Role) -> Example:
    return lambda s: messages.taken_in_thread(s.person(2, role), s.pilot, s.reader)


_OWNERSHIP: Mapping[str, Example] = {
    "taken_in_thread": lambda s: messages.taken_in_thread(s.person(2, Role.RESPONDER), s.pilot, s.reader),
    **{f"taken_in_thread: {role}": _taken(role) for role in Role},
    "escalated": lambda s: messages.escalated(s.issue(), s.pilot, s.crowd, s.reader),
    "escalated: to nobody": lambda s: messages.escalated(s.issue(), s.pilot, [], s.reader),
    "escalated_to_you": lambda s: messages.escalated_to_you(s.issue(), s.person(2), s.viewer, NOW),
    "escalated_to_you: missed": lambda s: messages.escalated_to_you(
        s.issue(missed=True, level=1), s.person(2), s.viewer, NOW
    ),
    "escalated_in_thread": lambda s: messages.escalated_in_thread(s.person(2), s.pilot, s.reader),
    "released": lambda s: messages.released(s.issue(), s.crowd, s.reader),
    "released_to_you": lambda s: messages.released_to_you(s.issue(), s.person(2), s.viewer, NOW),
    "released_to_you: the clock": lambda s: messages.released_to_you(s.issue(), None, s.viewer, NOW),
    "released_in_thread": lambda s: messages.released_in_thread(s.person(2), s.reader),
    "released_in_thread: the clock": lambda s: messages.released_in_thread(None, s.reader),
    "no_longer_yours": lambda s: messages.no_longer_yours(s.issue(), s.person(2), s.person(3), s.reader),
    "no_longer_yours: the clock": lambda s: messages.no_longer_yours(s.issue(), None, s.person(3), s.reader),
    "no_longer_yours: to nobody": lambda s: messages.no_longer_yours(s.issue(), s.person(2), None, s.reader),
    "no_longer_yours: the clock, to nobody": lambda s: messages.no_longer_yours(s.issue(), None, None, s.reader),
    "handed_to_you": lambda s: messages.handed_to_you(s.issue(Status.TAKEN), s.person(2), s.words, s.viewer, NOW),
    "handed_to_you: the clock": lambda s: messages.handed_to_you(s.issue(Status.TAKEN), None, "", s.viewer, NOW),
    "handed_over": lambda s: messages.handed_over(s.issue(Status.TAKEN), s.person(2), s.reader),
    "handed_in_thread": lambda s: messages.handed_in_thread(s.person(2, Role.LEAD), s.pilot, s.reader),
    "hand_over_form": lambda s: messages.hand_over_form(
        s.issue(Status.TAKEN), s.pilot, [s.person(2, Role.LEAD), s.person(3, on_duty=False)], s.reader,
        {"to": "9", "words": s.words}, {"to": messages.cannot_take_it(s.pilot, s.reader)},
    ),
    "hand_over_form: one": lambda s: messages.hand_over_form(
        s.issue(Status.TAKEN), s.pilot, [s.person(2, Role.RESPONDER)], s.reader, {}, {}
    ),
    "nobody_to_take_it": lambda s: messages.nobody_to_take_it(s.issue(Status.TAKEN), s.reader),
    "resumed": lambda s: messages.resumed(s.issue(Status.TAKEN), s.reader),
    "resumed_for_owner": lambda s: messages.resumed_for_owner(s.issue(Status.TAKEN), s.person(2), s.viewer, NOW),
    "resumed_in_thread": lambda s: messages.resumed_in_thread(s.person(2), s.reader),
}  # fmt: skip

_CAUSE: Mapping[str, Example] = {
    "explain_form": lambda s: messages.explain_form(s.issue(Status.TAKEN), s.reader, NOW, {}, {}),
    "explain_form: wrong": lambda s: messages.explain_form(
        s.issue(Status.TAKEN), s.reader, NOW, {"cause": s.words, "expected": s.words},
        {"cause": messages.no_cause(s.reader), "expected": messages.not_ahead(s.reader)},
    ),
    "explained": lambda s: messages.explained(replace(s.issue(Status.TAKEN), expected_at=LATER), s.reader, NOW),
    "explained: no date": lambda s: messages.explained(s.issue(Status.TAKEN), s.reader, NOW),
    "explained_in_thread": lambda s: messages.explained_in_thread(
        replace(s.issue(Status.TAKEN), cause=s.words, expected_at=LATER), s.reader, NOW
    ),
}  # fmt: skip

_LINES: Mapping[str, Example] = {
    "relay_form": lambda s: messages.relay_form(s.issue(Status.TAKEN), s.viewer, {"words": s.words}, {}),
    "relay_form: the reporter's": lambda s: messages.relay_form(
        replace(s.issue(Status.TAKEN), reporter=s.viewer.id), s.viewer, {}, {"words": messages.no_line(s.reader)}
    ),
    "from_team": lambda s: messages.from_team(
        s.issue(Status.TAKEN), s.pilot, s.person(2, Role.RESPONDER), s.words, s.reader
    ),
    "from_team: asked": lambda s: messages.from_team(
        replace(s.issue(Status.NEEDS_INFO), nameless=True), s.pilot, s.person(2, Role.CHAMPION), s.words, s.reader
    ),
    "relayed": lambda s: messages.relayed(s.issue(Status.TAKEN), s.reader),
    "from_reporter": lambda s: messages.from_reporter(s.issue(Status.TAKEN), s.words, s.viewer),
    "from_reporter_in_thread": lambda s: messages.from_reporter_in_thread(s.words, s.reader),
    "line_passed_on": lambda s: messages.line_passed_on(s.issue(Status.TAKEN), s.person(2), s.reader),
    "line_passed_on: nobody's": lambda s: messages.line_passed_on(s.issue(), None, s.reader),
}

_LEVELS: Mapping[str, Example] = {
    "severity_form": lambda s: messages.severity_form(s.issue(), s.viewer, {}, {}),
    "severity_form: the reporter's": lambda s: messages.severity_form(
        replace(s.issue(), reporter=s.viewer.id), s.viewer, {"severity": "4"},
        {"severity": messages.only_up(s.issue(), s.reader)},
    ),
    "severity_form: from a patient's risk": lambda s: messages.severity_form(
        s.issue(level=1), replace(s.viewer, roles=frozenset({Role.LEAD})), {"words": s.words},
        {"severity": messages.only_up(s.issue(level=1), s.reader), "words": messages.why_milder(s.reader)},
    ),
    "severity_lowered": lambda s: messages.severity_lowered(s.issue(), s.person(2, Role.LEAD), s.words, s.reader),
    "severity_lowered: the clock": lambda s: messages.severity_lowered(s.issue(), None, "", s.reader),
    "severity_raised": lambda s: messages.severity_raised(
        s.issue(Status.TAKEN, level=1), s.person(), s.words, s.viewer, NOW
    ),
    "severity_raised: by another": lambda s: messages.severity_raised(
        s.issue(missed=True, level=1), s.person(3), "", s.viewer, NOW
    ),
    "severity_raised: the clock": lambda s: messages.severity_raised(s.issue(level=2), None, s.words, s.viewer, NOW),
    "severity_changed": lambda s: messages.severity_changed(s.issue(level=2), s.reader),
    "idea_kept": lambda s: messages.idea_kept(s.issue(level=4), LATER, s.reader, NOW),
    "idea_marked": lambda s: messages.idea_marked(s.issue(level=4), LATER, s.reader, NOW),
    "idea_in_thread": lambda s: messages.idea_in_thread(s.person(2), s.reader),
    "not_an_idea": lambda s: messages.not_an_idea(s.issue(), s.reader),
    "outage": lambda s: messages.outage(s.issue(level=2), s.pilot, s.reader),
    "outage_declared": lambda s: messages.outage_declared(s.issue(level=2), 3, s.reader),
    "outage_declared: one": lambda s: messages.outage_declared(s.issue(level=2), 1, s.reader),
    "already_an_outage": lambda s: messages.already_an_outage(s.issue(level=2), s.reader),
    "escalated_to_you: an idea": lambda s: messages.escalated_to_you(
        replace(s.issue(level=4), idea=True), s.person(2), s.viewer, NOW
    ),
}  # fmt: skip

EXAMPLES: Mapping[str, Example] = {**_OWNERSHIP, **_CAUSE, **_LINES, **_LEVELS}
