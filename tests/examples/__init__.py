"""An example of every message, by the name of its function in `bot.messages`; `name: variant` where one is not enough.

One file per room, as in `bot/messages/`.
"""

from collections.abc import Mapping

from tests.examples import (
    care,
    clock,
    coverage,
    declines,
    drafts,
    duty,
    erasures,
    fixes,
    forms,
    issue,
    merges,
    noise,
    questions,
    refusals,
    roles,
    screens,
    vendors,
    verdicts,
    work,
    workarounds,
)
from tests.examples.scene import Example

ROOMS = (
    issue, clock, work, fixes, workarounds, vendors, questions, verdicts, merges, declines, drafts, forms, screens,
    care, coverage, duty, noise, roles, erasures, refusals,
)  # fmt: skip
EXAMPLES: Mapping[str, Example] = {name: example for room in ROOMS for name, example in room.EXAMPLES.items()}
