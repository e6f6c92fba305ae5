"""Ids that Slack gives to blocks and elements that came without one."""

from collections.abc import Iterable, Iterator
from copy import deepcopy

from tests.peers.slackd.state import Json, State

ACTING = frozenset(
    {
        "button",
        "overflow",
        "checkboxes",
        "radio_buttons",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "rich_text_input",
        "file_input",
        *(
            f"{many}{kind}_select"
            for many in ("", "multi_")
            for kind in ("static", "external", "users", "channels", "conversations")
        ),
    }
)


def flat(blocks: Iterable[Json]) -> Iterator[Json]:
    """Blocks, and those inside them, in the order in which they are seen."""
    for block in blocks:
        yield block
        yield from flat(block.get("child_blocks", ()))
        yield from flat(block["elements"] if block["type"] == "carousel" else ())


def elements(block: Json) -> list[Json]:
    """What one can press or fill in there."""
    held = [block[name] for name in ("element", "accessory") if name in block]
    held += block["elements"] if block["type"] in {"actions", "context_actions"} else []
    held += block.get("actions", []) if block["type"] == "card" else []
    return [one for one in held if one["type"] in ACTING]


def identified(state: State, blocks: Iterable[Json]) -> list[Json]:
    done = deepcopy(list(blocks))
    for block in flat(done):
        block.setdefault("block_id", state.number("b"))
        for element in elements(block):
            element.setdefault("action_id", state.number("a"))
    return done
