"""Text objects, options and the question before something is done: what elements and blocks are made of."""

import re
from collections.abc import Iterator

from tests.peers.slackd.blockkit.rules import (
    Problem,
    Rule,
    any_value,
    each,
    exactly_one,
    flag,
    kinds,
    listed,
    mapping,
    one_of,
    shape,
    unique,
    words,
)

URL = r"[a-z][a-z0-9+.\-]*:\S+"
HTTPS = r"https://\S+"
LOUD = re.compile(r"<!(channel|here|everyone|group)\b[^>]*>")

plain_type, mrkdwn_type = one_of("plain_text"), one_of("mrkdwn")


def quiet(value: object, at: str) -> Iterator[Problem]:
    """Nothing that calls a whole channel: the bot never does, so whatever does was typed by somebody."""
    if isinstance(value, str) and LOUD.search(value):
        yield Problem("loud", "calls everybody in the channel", at, LOUD.pattern)


def _quiet_text(value: object, at: str) -> Iterator[Problem]:
    yield from quiet(mapping(value).get("text"), f"{at}/text")


def plain(most: int) -> Rule:
    return kinds(
        {"plain_text": shape({"type": plain_type, "text": words(most)}, {"emoji": flag})},
        ("mrkdwn",),
    )


def mrkdwn(most: int) -> Rule:
    return kinds(
        {"mrkdwn": shape({"type": mrkdwn_type, "text": words(most)}, {"verbatim": flag}, _quiet_text)},
        ("plain_text",),
    )


def text(most: int) -> Rule:
    """Either kind."""
    return kinds(
        {
            "plain_text": shape({"type": plain_type, "text": words(most)}, {"emoji": flag}),
            "mrkdwn": shape({"type": mrkdwn_type, "text": words(most)}, {"verbatim": flag}, _quiet_text),
        }
    )


block_id = action_id = words(255)
url = words(3000, pattern=URL)
https = words(3000, pattern=HTTPS)
placeholder = plain(150)

confirm = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(*, formatted: bool = False, links: bool = False) -> Rule:
    wording = text(75) if formatted else plain(75)
    more = {"description": wording} | ({"url": url} if links else {})
    return shape({"text": wording, "value": words(150)}, more)


def options(most: int, *, formatted: bool = False, links: bool = False) -> Rule:
    once = unique(lambda one: mapping(one).get("value"), "value")
    return each(option(formatted=formatted, links=links), 1, most, once)


def _values_once(value: object, at: str) -> Iterator[Problem]:
    seen: set[object] = set()
    for place, group in enumerate(listed(value)):
        values = {str(mapping(one).get("value")) for one in listed(mapping(group).get("options"))}
        if seen & values:
            yield Problem("not_unique", "a value is in two groups", f"{at}/{place}", "value")
        seen |= values


group = shape({"label": plain(75), "options": options(100)}, {})
groups = each(group, 1, 100, _values_once)


def choices(value: object) -> list[object]:
    """Every option that an element offers, its groups opened."""
    element = mapping(value)
    inside = [
        one for each_group in listed(element.get("option_groups")) for one in listed(mapping(each_group).get("options"))
    ]
    return [*listed(element.get("options")), *inside]


def initial_offered(value: object, at: str) -> Iterator[Problem]:
    """What is chosen at first is, to the letter, one of what is offered."""
    element, offered = mapping(value), choices(value)
    if "initial_option" in element and element["initial_option"] not in offered:
        yield Problem("not_offered", "is none of the options", f"{at}/initial_option", "options")
    for place, one in enumerate(listed(element.get("initial_options"))):
        if one not in offered:
            yield Problem("not_offered", "is none of the options", f"{at}/initial_options/{place}", "options")


either_options_or_groups = exactly_one("options", "option_groups")
slack_file = shape({}, {"id": words(255), "url": url}, exactly_one("id", "url"))
dispatch = shape(
    {"trigger_actions_on": each(one_of("on_enter_pressed", "on_character_entered"), 1, 2)},
    {},
)
conversation_filter = shape(
    {},
    {
        "include": each(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
workflow = shape({"trigger": shape({"url": url}, {"customizable_input_parameters": any_value})}, {})
