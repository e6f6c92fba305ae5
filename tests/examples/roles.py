"""Examples of what is said of roles, and to the first admin."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import Role
from tests.examples.scene import Example

EXAMPLES: Mapping[str, Example] = {
    "role_form": lambda s: messages.role_form(s.reader, {}, {}),
    "role_form: wrong": lambda s: messages.role_form(
        s.reader, {"email": s.words, "give": "no"}, {"role": messages.choose_one(s.reader)}
    ),
    "role_given": lambda s: messages.role_given(s.person(2, Role.SPONSOR), Role.SPONSOR, s.reader),
    "role_given: not trained": lambda s: messages.role_given(
        replace(s.person(2, Role.CHAMPION), trained=False), Role.CHAMPION, s.reader
    ),
    "role_taken": lambda s: messages.role_taken(s.person(2), Role.SAFETY, s.reader),
    "role_unchanged": lambda s: messages.role_unchanged(s.person(2, Role.RESPONDER), Role.RESPONDER, s.reader),
    "role_unchanged: not theirs": lambda s: messages.role_unchanged(s.person(2), Role.CHAMPION, s.reader),
    "role_stays": lambda s: messages.role_stays(s.person(2, Role.ADMIN), Role.ADMIN, s.reader, last=True),
    "role_stays: no other": lambda s: messages.role_stays(s.person(2), Role.CLINICIAN, s.reader, last=False),
    "nobody_known_as": lambda s: messages.nobody_known_as(s.words, s.reader),
    "several_known_as": lambda s: messages.several_known_as(s.words, [s.name, s.name], s.reader),
    "admin_now": lambda s: messages.admin_now(s.pilot, s.reader),
    "admin_refused": lambda s: messages.admin_refused(s.reader, taken=False),
    "admin_refused: taken": lambda s: messages.admin_refused(s.reader, taken=True),
}
