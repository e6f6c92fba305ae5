"""Whole payloads: the blocks of a message, a message, a view; what holds across their blocks is looked at here."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from tests.peers.slackd.blockkit import texts
from tests.peers.slackd.blockkit.blocks import ON, Surface
from tests.peers.slackd.blockkit.rules import (
    Problem,
    Rule,
    each,
    flag,
    kinds,
    length,
    listed,
    mapping,
    one_of,
    shape,
    unique,
    words,
)

BLOCKS = {"message": 50, "modal": 100, "home": 100}
SERIALISED = 12_000  # Slack refuses about 13,200 characters of blocks, and says so nowhere
VIEW = 250_000
TEXT = 40_000
UPDATED = 4_000
PRIVATE = 3_000  # private_metadata
TS = r"\d{10}\.\d{6}"

_MOST: Mapping[str, int] = {"table": 1, "data_visualization": 2}  # in one message


def serialised(value: object) -> int:
    return length(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def inside(value: object, at: str) -> Iterator[tuple[Mapping[str, object], str]]:
    """Every object of a payload, outermost first, and where it is."""
    if isinstance(value, dict):
        yield cast("Mapping[str, object]", value), at
        for key, one in value.items():
            yield from inside(one, f"{at}/{key}")
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from inside(one, f"{at}/{place}")


_block_once = unique(lambda one: mapping(one).get("block_id"), "block_id")


def _actions_once(block: object, at: str) -> Iterator[Problem]:
    seen: set[object] = set()
    for one, where in inside(block, at):
        said = one.get("action_id")
        if said is not None and said in seen:
            yield Problem("not_unique", f"action_id {said!r} is there twice", where, "action_id")
        seen.add(said)


def _one_focus(blocks: object, at: str) -> Iterator[Problem]:
    focused = [where for one, where in inside(blocks, at) if one.get("focus_on_load") is True]
    yield from (Problem("too_many", "one focus_on_load at most", where, 1) for where in focused[1:])


def _modals_alone(blocks: object, at: str, surface: Surface) -> Iterator[Problem]:
    """What only a modal, or only an input of one, can have."""
    for place, block in enumerate(listed(blocks)):
        of_a_modals_input = surface == "modal" and mapping(block).get("type") == "input"
        for one, where in inside(block, f"{at}/{place}"):
            if one.get("type") == "file_input" and surface != "modal":
                yield Problem("misplaced", "file_input is for modals", where, "modal")
            if "response_url_enabled" in one and not of_a_modals_input:
                yield Problem("misplaced", "only an input of a modal has it", f"{where}/response_url_enabled", "modal")


def _sums(blocks: object, at: str) -> Iterator[Problem]:
    kinds = [mapping(one).get("type") for one in listed(blocks)]
    for kind, most in _MOST.items():
        if kinds.count(kind) > most:
            yield Problem("too_many", f"{kinds.count(kind)} of {kind}, {most} at most", at, most)
    markdown = sum(
        length(str(mapping(one).get("text"))) for one in listed(blocks) if mapping(one).get("type") == "markdown"
    )
    if markdown > 12_000:
        yield Problem("too_long", "markdown blocks hold 12000 characters between them", at, 12_000)
    cells = [one for one in listed(blocks) if mapping(one).get("type") == "data_table"]
    written = sum(length(str(cell.get("text", ""))) for cell, _ in inside(cells, at))
    if written > 20_000:
        yield Problem("too_long", "data tables hold 20000 characters between them", at, 20_000)


def _blocks(surface: Surface, least: int = 1) -> Rule:
    rule = each(ON[surface], least, BLOCKS[surface], _block_once)

    def further(value: object, at: str) -> Iterator[Problem]:
        yield from rule(value, at)
        for place, block in enumerate(listed(value)):
            yield from _actions_once(block, f"{at}/{place}")
        yield from _one_focus(value, at)
        yield from _modals_alone(value, at, surface)
        yield from _sums(value, at)

    return further


def _message_blocks(value: object, at: str) -> Iterator[Problem]:
    yield from _blocks("message", 0)(value, at)
    if serialised(value) > SERIALISED:
        yield Problem("too_long", f"{serialised(value)} characters of blocks, {SERIALISED} at most", at, SERIALISED)


def _text(most: int) -> Rule:
    rule = words(most)

    def further(value: object, at: str) -> Iterator[Problem]:
        yield from rule(value, at)
        yield from texts.quiet(value, at)

    return further


def _an_object(value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("wrong_type", "must be an object", at, "object")


METADATA = shape({"event_type": words(255, pattern=r"[A-Za-z0-9_]+"), "event_payload": _an_object}, {})

_never = one_of(*(False,))
_BODY: Mapping[str, Rule] = {"blocks": _message_blocks, "thread_ts": words(32, pattern=TS), "mrkdwn": flag}
_REPLY: Mapping[str, Rule] = {
    **_BODY,
    "response_type": one_of("ephemeral", "in_channel"),
    "replace_original": flag,
    "delete_original": flag,
    "unfurl_links": flag,
    "unfurl_media": flag,
}

MESSAGES: Mapping[str, Rule] = {
    "chat.postMessage": shape(
        {"channel": words(80), "text": _text(TEXT), "unfurl_links": _never, "unfurl_media": _never},
        {**_BODY, "metadata": METADATA, "reply_broadcast": flag},
    ),
    "chat.update": shape(
        {"channel": words(80), "ts": words(32, pattern=TS), "text": _text(UPDATED)},
        {"blocks": _message_blocks, "metadata": METADATA},
    ),
    "chat.postEphemeral": shape({"channel": words(80), "user": words(80), "text": _text(TEXT)}, _BODY),
    "reply": shape({"text": _text(TEXT)}, _REPLY),  # to a command, or at a response_url
    "": shape({"text": _text(TEXT)}, _BODY),  # what is said, wherever it goes
}

_VIEW: Mapping[str, Rule] = {
    "private_metadata": words(PRIVATE, 0),
    "callback_id": words(255),
    "external_id": words(255),
}


def _view_size(value: object, at: str) -> Iterator[Problem]:
    if serialised(value) > VIEW:
        yield Problem("too_long", f"a view of {serialised(value)} characters", at, VIEW)


def _submit_where_asked(value: object, at: str) -> Iterator[Problem]:
    asks = any(mapping(block).get("type") == "input" for block in listed(mapping(value).get("blocks")))
    if asks and "submit" not in mapping(value):
        yield Problem("missing", "a modal that asks needs submit", at, "submit")


VIEWS = kinds(
    {
        "modal": shape(
            {"type": one_of("modal"), "title": texts.plain(24), "blocks": _blocks("modal")},
            {
                **_VIEW,
                "submit": texts.plain(24),
                "close": texts.plain(24),
                "clear_on_close": flag,
                "notify_on_close": flag,
                "submit_disabled": flag,
            },
            _submit_where_asked,
            _view_size,
        ),
        "home": shape({"type": one_of("home"), "blocks": _blocks("home")}, _VIEW, _view_size),
    }
)


def check_message(message: object, call: str = "") -> list[Problem]:
    """What is wrong with the arguments of a call that says something; without a call, with `text` and `blocks`."""
    return list(MESSAGES[call](message, ""))


def check_view(view: object) -> list[Problem]:
    return list(VIEWS(view, ""))
